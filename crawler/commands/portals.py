"""``scrapy portals``: what is known of portals, what the corpus holds of them, whether their saved pages read alike."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.portals_check import check_fixtures
from crawler.commands.portals_story import print_story
from crawler.commands.portals_templates import import_templates, pin_template
from crawler.commands.portals_view import print_detail, print_differences, print_table
from crawler.commands.run import FAILED, OK, USAGE, complain
from crawler.commands.template_view import print_templates
from crawler.corpus import (
    Completeness,
    Corpus,
    PortalDetail,
    PortalFigures,
    PortalHealth,
    RunningIds,
    StoredTemplate,
)
from crawler.corpus.address import Place, address_of, is_there
from crawler.errors import ChengwenError, PortalError, UnknownPortal, UsageError
from crawler.portals import Portal, load, names, where
from crawler.spiders.loader import portals_dir

__all__ = ["Command"]

_T = TypeVar("_T")

#: First word of `scrapy portals check NAME`.
_CHECK = "check"


class Command(ScrapyCommand):
    """Reads only: the corpus is opened without the right to write."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] [NAME | check NAME]"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Show portals, what the corpus holds of them, and check their fixtures"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Without a name: a table of the portals that have articles in the corpus (setting CORPUS); --all: of all "
            "that are known. With a name: its story (collected since when, what is usual, what changed, what to do), "
            "its file, sections, articles by month, rejects, failures and last runs. "
            "--template: the templates learned of it, --json for export; --import-template FILE takes such an export, "
            "edited or not; --pin VERSION keeps a version whatever its fit, --unpin VERSION lets it go again. "
            "check NAME: read the portal's saved pages again (PORTALS_DIR/fixtures/NAME) and show what differs. "
            "Exit status: 0; 1 if a saved page reads otherwise or the corpus cannot be read; 2 for a wrong name. "
            "Examples: scrapy portals | scrapy portals szdushi | scrapy portals check szdushi"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Output form, and how much of it."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print JSON, for programs")
        parser.add_argument("--all", action="store_true", help="portals without articles too")
        parser.add_argument("--template", action="store_true", help="of the portal NAME, what was learned of its pages")
        parser.add_argument("--import-template", metavar="FILE", help="enter templates of the portal NAME from JSON")
        parser.add_argument("--pin", type=int, metavar="VERSION", help="keep that version of the portal's template")
        parser.add_argument("--unpin", type=int, metavar="VERSION", help="let a pinned version be replaced again")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Dispatch, and turn errors into a line and a status."""
        if len(args) > 2 or (len(args) == 2 and args[0] != _CHECK):
            raise ScrapyUsageError(f"one name at most, not {' '.join(args)}: scrapy portals szdushi", print_help=False)
        if args == [_CHECK]:
            raise ScrapyUsageError("name the portal to check: scrapy portals check szdushi", print_help=False)
        try:
            self.exitcode = self._run(args, opts)
        except (UsageError, UnknownPortal) as e:
            complain(str(e))
            self.exitcode = USAGE
        except ChengwenError as e:
            complain(str(e))
            self.exitcode = FAILED

    def _run(self, args: list[str], opts: argparse.Namespace) -> int:
        if not args and (opts.template or opts.import_template is not None):
            raise UsageError("--template: name the portal: scrapy portals szdushi --template")
        if not args:
            return self._table(opts)
        if args[0] == _CHECK:
            return self._check(args[1], opts)
        if opts.template or opts.import_template is not None or opts.pin is not None or opts.unpin is not None:
            return self._templates(args[0], opts)
        return self._detail(args[0], opts)

    # --- All of them -------------------------------------------------------------------------------------------------

    def _table(self, opts: argparse.Namespace) -> int:
        stored = {line.name: line for line in self._figures()}
        wanted = {name for name, line in stored.items() if line.articles or opts.all}
        if opts.all:
            wanted |= set(names(self._folder))
        rows = [self._row(name, stored.get(name)) for name in sorted(wanted)]
        if opts.json:
            _write_json(rows)
        elif rows:
            print_table(rows)
        else:
            complain(f"{self._corpus}: no articles yet; scrapy crawl NAME fetches some, --all shows all portals")
        return OK

    def _row(self, name: str, stored: PortalFigures | None) -> dict[str, Any]:
        portal = self._known(name)
        line = stored or PortalFigures(name, None, None, None, 0, 0, 0, None)
        row = dataclasses.asdict(line) | {"title": None}
        if portal:
            row |= {"title": portal.title, "city": portal.city, "province": portal.province, "home": portal.home}
            row["sections"] = line.sections or len(portal.sections)
        return row

    def _known(self, name: str) -> Portal | None:
        """What the files say; None for a portal without one.  A broken file is named and hurts no other portal."""
        try:
            return load(name, self._folder)
        except UnknownPortal:
            return None
        except PortalError as e:
            complain(str(e))
            return None

    # --- One of them -------------------------------------------------------------------------------------------------

    def _detail(self, name: str, opts: argparse.Namespace) -> int:
        detail = self._stored(name)
        portal = load(name, self._folder) if detail is None else self._known(name)
        file = where(name, self._folder)
        unjudged: list[PortalHealth] = []
        health = next(iter(self._read(lambda corpus: corpus.health(name), unjudged)), None)
        complete = self._read(lambda corpus: corpus.completeness(name), None)
        ids = self._read(lambda corpus: corpus.running_ids(name), None)
        if opts.json:
            told = {"health": _plain(health), "completeness": _plain(complete), "running_ids": _plain(ids)}
            _write_json(self._as_json(name, portal, detail, file) | told)
        else:
            if detail is not None:
                print_story(name, detail, health, complete, ids)
            print_detail(name, portal, detail, file)
        return OK

    def _as_json(
        self, name: str, portal: Portal | None, detail: PortalDetail | None, file: Path | None
    ) -> dict[str, Any]:
        known = dataclasses.asdict(portal) if portal else None
        stored = dataclasses.asdict(detail) if detail else None
        return {"name": name, "file": str(file) if file else None, "portal": known, "corpus": stored}

    def _templates(self, name: str, opts: argparse.Namespace) -> int:
        if self._stored(name) is None:
            load(name, self._folder)
        if opts.import_template is not None:
            import_templates(self._corpus, name, Path(opts.import_template))
        for version, pinned in ((opts.pin, True), (opts.unpin, False)):
            if version is not None:
                pin_template(self._corpus, name, version, pinned)
        none: list[StoredTemplate] = []
        stored = self._read(lambda corpus: corpus.templates(name), none)
        if opts.json:
            _write_json([json.loads(one.json) for one in stored])
        elif stored:
            print_templates(name, stored)
        else:
            complain(f"{name}: no template learned yet; the first crawl learns one: scrapy crawl {name}")
        return OK

    def _check(self, name: str, opts: argparse.Namespace) -> int:
        portal = load(name, self._folder)
        pages, found = check_fixtures(portal, self._folder)
        if opts.json:
            _write_json({"pages": pages, "differences": [dataclasses.asdict(d) for d in found]})
        else:
            print_differences(name, pages, found)
        return FAILED if found else OK

    # --- Where things are --------------------------------------------------------------------------------------------

    @property
    def _folder(self) -> Path | None:
        assert self.settings is not None
        return portals_dir(self.settings)

    @property
    def _corpus(self) -> Place:
        assert self.settings is not None
        return address_of(self.settings["CORPUS"])

    def _figures(self) -> list[PortalFigures]:
        return self._read(lambda corpus: corpus.overview(), [])

    def _stored(self, name: str) -> PortalDetail | None:
        return self._read(lambda corpus: corpus.detail(name), None)

    def _read(self, question: Callable[[Corpus], _T], without: _T) -> _T:
        """The corpus's answer; `without` where there is no corpus yet."""
        if not is_there(self._corpus):
            return without
        with Corpus.open(self._corpus, readonly=True) as corpus:
            return question(corpus)


def _plain(record: PortalHealth | Completeness | RunningIds | None) -> dict[str, Any] | None:
    return dataclasses.asdict(record) if record is not None else None


def _write_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")
