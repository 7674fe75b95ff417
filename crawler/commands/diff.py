"""``scrapy diff URL``: what was changed in an article after it was first stored."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.diff_view import print_changes
from crawler.commands.run import FAILED, OK, complain
from crawler.corpus import Corpus
from crawler.corpus.address import address_of
from crawler.errors import ChengwenError

__all__ = ["Command"]


class Command(ScrapyCommand):
    """Reads only."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] URL"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Show how an article was changed, sentence by sentence"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Show every change of headline and text that the corpus (setting CORPUS) has seen in an article: "
            "sentences that went (-) and came (+), in colours on a terminal. "
            "Exit status: 0, also where nothing changed; 1 if no such article is stored. "
            "Example: scrapy diff http://www.example.cn/a/1.html"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Output form."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print all revisions as JSON, for programs")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Look up and show."""
        if len(args) != 1:
            raise ScrapyUsageError("name one address: scrapy diff http://www.example.cn/a/1.html", print_help=False)
        assert self.settings is not None
        self.exitcode = FAILED
        try:
            with Corpus.open(address_of(self.settings["CORPUS"]), readonly=True) as corpus:
                stored, revisions = corpus.find(args[0]), corpus.revisions(args[0])
                tombstone = corpus.tombstone(args[0])
        except ChengwenError as e:
            complain(str(e))
            return
        if tombstone:
            complain(f"{args[0]}: purged on {tombstone.purged_at:%Y-%m-%d} ({tombstone.why})")
        elif stored is None:
            complain(f"{args[0]}: not in the corpus")
        else:
            self.exitcode = OK
            if opts.json:
                rows = [dataclasses.asdict(revision) for revision in revisions]
                sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2, default=str) + "\n")
            else:
                print_changes(stored.article, revisions)
