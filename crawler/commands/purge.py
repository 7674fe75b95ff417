"""``scrapy purge URL… --why TEXT``: remove articles for good."""

from __future__ import annotations

import argparse
import sys

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.run import FAILED, OK, complain
from crawler.corpus import Corpus
from crawler.errors import ChengwenError

__all__ = ["Command"]


class Command(ScrapyCommand):
    """The one command that deletes; a tombstone says what and why, and keeps the address from being fetched again."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] URL… --why TEXT"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Remove articles from the corpus for good, leaving a tombstone"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Remove text, headline, image rows and earlier revisions of an article from the corpus (setting CORPUS), "
            "overwriting them in the file. A tombstone keeps the address and the reason, and the address is never "
            "fetched again. Articles under other addresses with the same text are named, and stay. There is no way "
            "back. Exit status: 0; 1 if an address is unknown or the corpus cannot be written; 2 without --why. "
            "Example: scrapy purge http://www.example.cn/a/1.html --why 应当事人要求"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """The reason is not optional."""
        super().add_options(parser)
        parser.add_argument("--why", metavar="TEXT", help="reason, kept with the tombstone")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Purge each, and say what went and what is left."""
        if not args:
            raise ScrapyUsageError("name an address: scrapy purge URL --why TEXT", print_help=False)
        if not (opts.why or "").strip():
            raise ScrapyUsageError("say why, for those who come later: --why TEXT", print_help=False)
        assert self.settings is not None
        self.exitcode = OK
        try:
            with Corpus.open(self.settings["CORPUS"], timeout=self.settings.getfloat("CORPUS_TIMEOUT")) as corpus:
                for url in args:
                    self._purge(corpus, url, opts.why.strip())
        except ChengwenError as e:
            complain(str(e))
            self.exitcode = FAILED

    def _purge(self, corpus: Corpus, url: str, why: str) -> None:
        purged = corpus.purge(url, why)
        if purged is None:
            complain(f"{url}: not in the corpus")
            self.exitcode = FAILED
            return
        what = "article removed" if purged.stored else "no article was stored; its traces are removed"
        sys.stdout.write(f"{purged.url}: {what}; never fetched again\n")
        for copy in purged.copies:
            sys.stdout.write(f"  the same text is still stored under {copy}\n")
        for file in sorted({capture.file for capture in corpus.captures(purged.url)}):
            sys.stdout.write(f"  its page is still in the archive: {file} (docs/archive.md, What was purged)\n")
