"""``scrapy export OUT``: articles of the corpus as a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.filters import add_filters, given, selection, settle
from crawler.commands.progress import shown
from crawler.commands.run import FAILED, OK, USAGE, complain
from crawler.corpus import FORMATS, Corpus, check_target, export_articles, format_of
from crawler.errors import ChengwenError, UsageError

__all__ = ["Command"]

_MEGA = 1_000_000


class Command(ScrapyCommand):
    """Reads the corpus only, also while a crawl is writing."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] OUT"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Export articles as JSON lines, CSV, text or Parquet"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Write the articles of the corpus (setting CORPUS) to the file OUT, all or those that the options mean, in "
            "the order in which they were stored. The file appears when it is whole. Formats: jsonl (all fields), "
            "jsonl.zst (the same, compressed), csv (for spreadsheets), txt (for reading), parquet (pandas, DuckDB); "
            "parquet and jsonl.zst need pip install 'chengwen[export]'. "
            "Exit status: 0, also for an empty selection; 1 if the corpus cannot be read or OUT not be written; 2 for "
            "a wrong option, an existing file, a missing package. "
            "Examples: scrapy export news.jsonl --since 2022-11 --dedupe exact | "
            "scrapy export szdushi.parquet --portal szdushi --query '长三角 -广告'"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Format, query, filters."""
        super().add_options(parser)
        parser.add_argument("--format", metavar="FORMAT", help=f"{', '.join(FORMATS)} [what OUT ends in]")
        parser.add_argument("--query", metavar="WORDS", help="only articles that scrapy search WORDS finds")
        add_filters(parser)
        parser.add_argument("--force", action="store_true", help="overwrite OUT where it exists")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Export, and turn errors into a line and a status."""
        if len(args) != 1:
            said = f", not {' '.join(args)}" if args else ""
            raise ScrapyUsageError(f"name one file{said}: scrapy export news.jsonl", print_help=False)
        try:
            self.exitcode = self._run(Path(args[0]), opts)
        except UsageError as e:
            complain(str(e))
            self.exitcode = USAGE
        except ChengwenError as e:
            complain(str(e))
            self.exitcode = FAILED
        except KeyboardInterrupt:
            complain(f"{args[0]}: stopped on request; nothing of it is kept")
            self.exitcode = FAILED

    def _run(self, out: Path, opts: argparse.Namespace) -> int:
        assert self.settings is not None
        source = Path(self.settings["CORPUS"])
        kind, wanted = format_of(out, opts.format), selection(opts, opts.query)
        check_target(out, source, opts.force)
        if wanted.words:
            settle(source)
        with Corpus.open(source, readonly=True) as corpus:
            total = corpus.count(wanted)
            written = max(
                shown(export_articles(corpus.select(wanted), out, kind), total, "exported", "articles"), default=0
            )
        size = out.stat().st_size / _MEGA
        sys.stdout.write(f"{out}: {written:,} article{'s' if written != 1 else ''}, {size:,.1f} MB\n")
        if not total:
            narrowed = given(opts) + ([f"--query {opts.query}"] if opts.query else [])
            complain(f"no articles match{' ' + ' '.join(narrowed) if narrowed else ': the corpus holds none yet'}")
        return OK
