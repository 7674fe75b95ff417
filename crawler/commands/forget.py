"""``scrapy forget URL…``: have articles fetched again in the next run."""

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
    """Puts addresses back into the ledger as never fetched; what is stored stays until the new page replaces it."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] URL…"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Have articles fetched again in the next run"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Mark addresses in the corpus (setting CORPUS) as never fetched: the next run of their portal asks for "
            "them again, whether they were stored, rejected, gone or had failed for good. An article that is stored "
            "stays; if its text has changed, scrapy diff shows how. "
            "Exit status: 0; 1 if an address is unknown or was purged, or the corpus cannot be written. "
            "Example: scrapy forget http://www.example.cn/a/1.html"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - Scrapy's signature
        """Forget each, and say which could not be."""
        if not args:
            raise ScrapyUsageError("name an address: scrapy forget http://www.example.cn/a/1.html", print_help=False)
        assert self.settings is not None
        self.exitcode = OK
        try:
            with Corpus.open(self.settings["CORPUS"], timeout=self.settings.getfloat("CORPUS_TIMEOUT")) as corpus:
                done = sum(self._forget(corpus, url) for url in args)
        except ChengwenError as e:
            complain(str(e))
            self.exitcode = FAILED
            return
        sys.stdout.write(f"{done} of {len(args)} will be fetched again in the next run\n")

    def _forget(self, corpus: Corpus, url: str) -> bool:
        tombstone = corpus.tombstone(url)
        if tombstone:
            complain(f"{url}: purged on {tombstone.purged_at:%Y-%m-%d} ({tombstone.why}); it is never fetched again")
        elif not corpus.forget(url):
            complain(f"{url}: not in the corpus; no run has met that address")
        else:
            return True
        self.exitcode = FAILED
        return False
