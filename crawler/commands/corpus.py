"""``scrapy corpus copy FROM TO``: one corpus into another, from a file into PostgreSQL or back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.filters import settle
from crawler.commands.progress import shown
from crawler.commands.run import FAILED, OK, complain, failed
from crawler.corpus import Copied, Corpus
from crawler.corpus.address import address_of
from crawler.corpus.address import shown as address_shown
from crawler.errors import ChengwenError, UsageError

__all__ = ["Command"]


class Command(ScrapyCommand):
    """The way from one engine to the other."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] copy FROM TO"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Copy a corpus, from a file into PostgreSQL or back"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Copy all tables of the corpus FROM into TO, with the same ids: files (data/corpus.db) or PostgreSQL "
            "databases (postgresql://user@host/database, docs/scale.md), which must be empty. FROM may be crawled "
            "into meanwhile; what was there at the beginning is copied. A copy that was cut off goes on with the same "
            "command. At the end all rows of both are read and their hashes compared. The archive's files are not "
            "touched: copy their folder beside. "
            "Exit status: 0; 1 if the copy could not be made whole; 2 where TO holds something else. "
            "Example: scrapy corpus copy data/corpus.db postgresql://chengwen@db.example.cn/chengwen"
        )

    def run(self, args: list[str], _: argparse.Namespace) -> None:
        """Copy, and say what was copied."""
        if len(args) != 3 or args[0] != "copy":
            raise ScrapyUsageError("say what to do: scrapy corpus copy FROM TO", print_help=False)
        try:
            self._copy(args[1], args[2])
            self.exitcode = OK
        except ChengwenError as e:
            self.exitcode = failed(e)
        except KeyboardInterrupt:
            complain("stopped on request; the same command goes on from there")
            self.exitcode = FAILED

    def _copy(self, source: str, target: str) -> None:
        assert self.settings is not None
        if address_of(source) == address_of(target):
            raise UsageError(f"{address_shown(source)}: FROM and TO are the same; name another place")
        timeout = self.settings.getfloat("CORPUS_TIMEOUT")
        settle(address_of(source))
        with (
            Corpus.open(source, readonly=True) as theirs,
            Corpus.open(target, timeout=timeout) as ours,
            theirs.frozen(),
        ):
            done: list[Copied] = []

            def numbers() -> Iterator[int]:
                for said in theirs.copy_to(ours):
                    if isinstance(said, Copied):
                        done.append(said)
                    else:
                        yield said

            for _ in shown(numbers(), theirs.rows(), "rows copied"):
                pass
            copied = done[0]
        before = f", {copied.there_before:,} of them by an earlier copy" if copied.there_before else ""
        sys.stdout.write(
            f"{address_shown(target)}: {copied.rows:,} rows{before}; all read again and equal (sha256 "
            f"{copied.sha256[:16]}…)\n"
        )
