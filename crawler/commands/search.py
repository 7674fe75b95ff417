"""``scrapy search WORDS``: articles of the corpus that contain them, the best first."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.filters import add_filters, given, selection, settle
from crawler.commands.run import OK, complain, failed
from crawler.commands.search_view import print_found
from crawler.corpus import Corpus, Selection
from crawler.corpus.address import address_of
from crawler.errors import ChengwenError, UsageError

__all__ = ["Command"]

#: What fits a screen, and what a person would call a list.
_LIMIT, _MOST = 20, 10_000


class Command(ScrapyCommand):
    """Reads only, also while a crawl is writing."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] WORDS"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Search the corpus: Chinese words, phrases, AND, OR, NOT, fields, dates"

    def long_desc(self) -> str:
        """For --help."""
        return (
            'Find articles of the corpus (setting CORPUS). Words between spaces must all occur; "…" is a phrase; OR, '
            "NOT (or -) and brackets; title:, body:, source:, section:, portal:, reporter: ask one field. Traditional "
            "and simplified, full and half width, capital and small letters are the same. docs/search.md says more. "
            "Exit status: 0, also where nothing matches; 1 if the corpus cannot be read; 2 for a wrong query or "
            "option. "
            "Examples: scrapy search '长三角 一体化' --since 2022-11 | "
            "scrapy search 'title:苏州 (地铁 OR 轨道交通) -招聘' --portal szdushi --json"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Filters, and the form of the answer."""
        super().add_options(parser)
        add_filters(parser)
        parser.add_argument("--limit", metavar="N", default=str(_LIMIT), help=f"show so many [{_LIMIT}]")
        parser.add_argument("--json", action="store_true", help="print JSON, for programs")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Search, show, and turn errors into a line and a status."""
        if not args:
            raise ScrapyUsageError("say what to look for: scrapy search '长三角 一体化'", print_help=False)
        try:
            self.exitcode = self._run(" ".join(args), opts)
        except ChengwenError as e:
            self.exitcode = failed(e)

    def _run(self, words: str, opts: argparse.Namespace) -> int:
        assert self.settings is not None
        wanted, limit = selection(opts, words), _limit(opts.limit)
        path = address_of(self.settings["CORPUS"])
        settle(path)
        with Corpus.open(path, readonly=True) as corpus:
            found = corpus.search(wanted, limit)
            hint = "" if found.total else _hint(corpus, wanted, given(opts))
        if opts.json:
            answer = {"total": found.total, "hits": [dataclasses.asdict(hit) for hit in found.hits]}
            sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
        elif found.total:
            print_found(found)
        if hint:
            complain(hint)
        return OK


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST:
        raise UsageError(f"--limit {text}: a number from 1 to {_MOST}")
    return int(text)


def _hint(corpus: Corpus, wanted: Selection, filters: list[str]) -> str:
    """Why nothing was found, as far as can be told, and what to try."""
    nothing = "no articles match"
    if not corpus.counts()["articles"]:
        return f"{nothing}: {corpus.address} holds none yet; scrapy crawl NAME fetches some"
    portals = [line.name for line in corpus.overview() if line.articles]
    if wanted.portal is not None and wanted.portal not in portals:
        return f"{nothing}: none are stored of --portal {wanted.portal} (stored: {', '.join(portals[:8])})"
    anywhere = corpus.count(Selection(wanted.words)) if filters else 0
    if anywhere:
        return f"{nothing}; {anywhere:,} would without {' '.join(filters)}"
    return f"{nothing}; try fewer or shorter words, or OR between them"
