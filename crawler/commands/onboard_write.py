"""From what was found to what is written: the portal's file, merged with an older one, and its fixtures."""

from __future__ import annotations

import datetime as dt
import itertools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crawler.corpus import Corpus
from crawler.corpus.address import Place
from crawler.errors import PortalError
from crawler.extract import to_json
from crawler.items import CST, Template
from crawler.portals import Portal, dump, where
from crawler.portals import fixtures as fixture_files
from crawler.portals.merge import difference, merge
from crawler.portals.parse import parse
from crawler.spiders.onboard import Findings, Sample
from crawler.urls import host_of

__all__ = ["PREVIEWED", "Plan", "check_pause", "plan", "store_template", "write"]

#: Articles that are shown, and saved as fixtures.
PREVIEWED = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written.  diff: against the older file, "" where nothing changes, None where there is none.

    samples: pages to save; empty where the portal has fixtures already, which are kept as they are.  template: for the
    corpus, unless it has one of the portal.
    """

    file: Path
    fixtures: Path
    portal: Portal
    text: str
    diff: str | None
    samples: Sequence[Sample]
    template: Template | None = None


def plan(findings: Findings, name: str, known: Portal | None, folder: Path) -> Plan:
    """Merge, and check that the file would read back as meant.  Raises PortalError."""
    portal = replace(findings.portal, name=name)
    diff = None
    if known is not None:
        portal = merge(portal, known, [url for section in findings.kept for url in section.links or ()])
        old = where(name, folder if folder.is_dir() else None)
        before = old.read_text(encoding="utf-8-sig") if old else dump(known)
        text = _comments(before) + dump(portal)
        diff = difference(before, text, f"{name}.toml")
    else:
        text = dump(portal)
    parse(name, tomllib.loads(text), f"{name}.toml")
    pages = fixture_files.folder_of(folder, name)
    samples = [] if (pages / fixture_files.EXPECTED).exists() else findings.samples[:PREVIEWED]
    return Plan(folder / f"{name}.toml", pages, portal, text, diff, samples, findings.template)


def _comments(text: str) -> str:
    """Comments at the head of a file, which a new one keeps; others cannot be told where they belong."""
    head = itertools.takewhile(lambda line: not line.strip() or line.startswith("#"), text.splitlines(keepends=True))
    return "".join(head)


def write(planned: Plan) -> None:
    """Write the file, where it changes, and the fixtures.  Raises OSError."""
    planned.file.parent.mkdir(parents=True, exist_ok=True)
    if planned.diff != "" or not planned.file.exists():
        planned.file.write_text(planned.text, encoding="utf-8")
    if planned.samples:
        rows = [(sample.page, sample.article, sample.fetched_at) for sample in planned.samples]
        fixture_files.write(planned.fixtures, rows)


def check_pause(corpus: Place, home: str, timeout: float, *, readonly: bool) -> None:
    """Raises PortalError where the host refused a crawl and is to be left alone for now."""
    with Corpus.open(corpus, timeout=timeout, readonly=readonly) as opened:
        pause = opened.pauses().get(host_of(home))
    if pause is not None and pause.until > dt.datetime.now(dt.UTC):
        until = pause.until.astimezone(CST).strftime("%Y-%m-%d %H:%M")
        raise PortalError(f"{home}: the host refused the last run ({pause.why}); it is left alone until {until}")


def store_template(planned: Plan, corpus: Place, timeout: float) -> bool:
    """Put the learned template into the corpus, so that the first crawl reads by it; False where there is one already.

    Raises CorpusError.
    """
    if planned.template is None:
        return False
    portal = planned.portal
    template = replace(planned.template, name=f"{portal.name}-{planned.template.version}")
    with Corpus.open(corpus, timeout=timeout) as opened:
        if opened.templates(portal.name):
            return False
        opened.portal(portal.name, portal.city, portal.province, portal.home, portal.title)
        opened.put_template(portal.name, template, to_json(template))
    return True
