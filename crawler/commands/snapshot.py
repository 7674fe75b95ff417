"""``scrapy snapshot verify FOLDER``: whether a snapshot is whole."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.progress import Telling
from crawler.commands.run import FAILED, OK, USAGE, complain
from crawler.corpus import verify_snapshot
from crawler.errors import UsageError

__all__ = ["Command"]

_ARGUMENTS = 2


class Command(ScrapyCommand):
    """Needs no corpus: everything stands in the folder."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "verify FOLDER"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Check a snapshot that scrapy export --snapshot made"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Compare the files in FOLDER with its manifest.json: none missing, none extra, sizes, hashes, rows and "
            "columns as they were; and compare the splits: no address, no text and no reprint cluster in two of them. "
            "Each fault is a line. "
            "Exit status: 0; 1 if there is a fault; 2 if there is no such folder. "
            "Example: scrapy snapshot verify dataset"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - Scrapy's signature
        """Check, and say what is wrong."""
        if len(args) != _ARGUMENTS or args[0] != "verify":
            raise ScrapyUsageError("say what to do: scrapy snapshot verify FOLDER", print_help=False)
        folder = Path(args[1])
        try:
            with Telling() as tell:
                faults = list(verify_snapshot(folder, tell))
        except UsageError as e:
            complain(str(e))
            self.exitcode = USAGE
            return
        except KeyboardInterrupt:
            complain(f"{folder}: stopped on request; not all of it was checked")
            self.exitcode = FAILED
            return
        sys.stdout.write("".join(f"{folder}/{fault}\n" for fault in faults) or f"{folder}: whole\n")
        self.exitcode = FAILED if faults else OK
