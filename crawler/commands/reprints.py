"""``scrapy reprints [URL]``: who tells the story of an article too, or who takes from whom."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.filters import settle
from crawler.commands.reprints_view import print_cluster, print_flows
from crawler.commands.run import FAILED, OK, complain
from crawler.corpus import Corpus
from crawler.corpus.address import address_of
from crawler.errors import ChengwenError

__all__ = ["Command"]


class Command(ScrapyCommand):
    """Reads only, also while a crawl is writing."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] [URL]"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Show who reprinted an article, or which portal takes from which"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "With URL: the articles of the corpus (setting CORPUS) that tell the same story in nearly the same text, "
            "the one that came first on top, each with what it is to the one it was taken from: identical, reprint, "
            "abridged, expanded, revised. Without: a table of which portal takes how many articles from which. "
            "Exit status: 0, also where nothing was reprinted; 1 if no such article is stored. "
            "Examples: scrapy reprints http://www.example.cn/a/1.html | scrapy reprints --json"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Output form."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print JSON, for programs")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Look up and show."""
        if len(args) > 1:
            raise ScrapyUsageError("name one address: scrapy reprints http://www.example.cn/a/1.html", print_help=False)
        assert self.settings is not None
        self.exitcode = FAILED
        try:
            path = address_of(self.settings["CORPUS"])
            settle(path)
            with Corpus.open(path, readonly=True) as corpus:
                self.exitcode = _article(corpus, args[0], opts.json) if args else _all(corpus, opts.json)
        except ChengwenError as e:
            complain(str(e))


def _article(corpus: Corpus, url: str, as_json: bool) -> int:
    stored, cluster = corpus.find(url), corpus.cluster(url)
    if stored is None:
        complain(f"{url}: not in the corpus")
        return FAILED
    if as_json:
        _print_json(None if cluster is None else dataclasses.asdict(cluster))
    elif cluster is None:
        sys.stdout.write(f"{stored.article.url}: nobody else has this story\n")
    else:
        print_cluster(cluster, stored.id)
    return OK


def _all(corpus: Corpus, as_json: bool) -> int:
    flows = corpus.flows()
    if as_json:
        _print_json([dataclasses.asdict(flow) for flow in flows])
    elif flows:
        print_flows(flows)
    else:
        complain(f"{corpus.address}: no article was taken from another one")
    return OK


def _print_json(answer: object) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2, default=str) + "\n")
