"""``scrapy export OUT``: articles of the corpus as a file, or as a snapshot."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.filters import add_filters, given, selection, settle
from crawler.commands.progress import Telling
from crawler.commands.run import FAILED, OK, complain, failed
from crawler.corpus import (
    FILTERS,
    FORMATS,
    PERSONAL,
    REDACTED,
    SHARES,
    Corpus,
    Tally,
    Wish,
    check_folder,
    check_target,
    export_articles,
    filter_names,
    redaction_names,
    shares,
    target_of,
    write_snapshot,
)
from crawler.corpus.address import Place, address_of
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
        return "Export articles as JSON lines, CSV, text or Parquet, or as a data set"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Write the articles of the corpus (setting CORPUS) to the file OUT, or to OUT/articles.FORMAT where OUT is "
            "a folder or ends in /: all, or those that the options mean, in the order in which they were stored. The "
            "file appears when it is whole. Formats: jsonl (all fields), "
            "jsonl.zst (the same, compressed), csv (for spreadsheets), txt (for reading), parquet (pandas, DuckDB); "
            "parquet and jsonl.zst need pip install 'chengwen[export]'. --snapshot makes a folder of Parquet files "
            "with splits, a card and a manifest, for Hugging Face datasets. docs/export.md says more. "
            "Exit status: 0, also for an empty selection; 1 if the corpus cannot be read, OUT not be written, or a "
            "snapshot would be empty; 2 for a wrong option, an existing file, a missing package. "
            "Examples: scrapy export news.jsonl --since 2022-11 --dedupe exact | "
            "scrapy export szdushi.parquet --portal szdushi --query '长三角 -广告' | "
            "scrapy export dataset --snapshot --dedupe near --filter too_short,advertorial --redact"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Format, query, filters, redaction, snapshot."""
        super().add_options(parser)
        parser.add_argument("--format", metavar="FORMAT", help=f"{', '.join(FORMATS)} [what OUT ends in]")
        parser.add_argument("--query", metavar="WORDS", help="only articles that scrapy search WORDS finds")
        add_filters(parser)
        parser.add_argument(
            "--filter", metavar="NAMES", help=f"leave out: {', '.join(FILTERS)}; all; list: say what they are"
        )
        parser.add_argument(
            "--redact",
            metavar="KINDS",
            nargs="?",
            const=",".join(REDACTED),
            help=f"put marks for personal data: {', '.join(PERSONAL)}; all [{','.join(REDACTED)}]",
        )
        parser.add_argument("--snapshot", action="store_true", help="make OUT a folder: a data set with splits")
        parser.add_argument(
            "--splits",
            metavar="N/N/N",
            help=f"per cents of train, validation and test [{'/'.join(map(str, SHARES))}]",
        )
        parser.add_argument("--force", action="store_true", help="overwrite OUT where it exists")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Export, and turn errors into a line and a status."""
        if opts.filter == "list" and not args:
            sys.stdout.write("".join(f"{name:14} {each.rule}\n" for name, each in FILTERS.items()))
            self.exitcode = OK
            return
        if len(args) != 1:
            said = f", not {' '.join(args)}" if args else ""
            raise ScrapyUsageError(f"name one file{said}: scrapy export news.jsonl", print_help=False)
        try:
            self.exitcode = self._run(args[0], opts)
        except ChengwenError as e:
            self.exitcode = failed(e)
        except KeyboardInterrupt:
            complain(f"{args[0]}: stopped on request; nothing of it is kept")
            self.exitcode = FAILED

    def _run(self, out: str, opts: argparse.Namespace) -> int:
        assert self.settings is not None
        source = address_of(self.settings["CORPUS"])
        wish = _wish(opts)
        path, tally = (_snapshot if opts.snapshot else _file)(out, opts, source, wish)
        files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
        size = sum(each.stat().st_size for each in files) / _MEGA
        sys.stdout.write(f"{path}: {tally.written:,} article{'s' if tally.written != 1 else ''}, {size:,.1f} MB\n")
        sys.stdout.write("".join(f"{line}\n" for line in _account(tally, opts.dedupe)))
        if not tally.selected:
            narrowed = given(opts) + ([f"--query {opts.query}"] if opts.query else [])
            complain(f"no articles match{' ' + ' '.join(narrowed) if narrowed else ': the corpus holds none yet'}")
        return OK


def _wish(opts: argparse.Namespace) -> Wish:
    filters = filter_names(opts.filter) if opts.filter is not None else ()
    redact = redaction_names(opts.redact) if opts.redact is not None else ()
    return Wish(selection(opts, opts.query), filters, redact)


def _file(out: str, opts: argparse.Namespace, source: Place, wish: Wish) -> tuple[Path, Tally]:
    if opts.splits is not None:
        raise UsageError(f"--splits {opts.splits}: goes with --snapshot")
    path, kind = target_of(out, opts.format)
    check_target(path, out, source, opts.force)
    if wish.selection.words:
        settle(source)
    with Corpus.open(source, readonly=True) as corpus, corpus.choose(wish.selection) as choice, Telling() as tell:
        return path, export_articles(choice, wish, path, kind, tell)


def _snapshot(out: str, opts: argparse.Namespace, source: Place, wish: Wish) -> tuple[Path, Tally]:
    if opts.format not in (None, "parquet"):
        raise UsageError(f"--format {opts.format}: a snapshot is made of Parquet files; leave --format out")
    wanted = SHARES if opts.splits is None else shares(opts.splits)
    path = Path(out).resolve()
    check_folder(path, source, opts.force)
    if wish.selection.words:
        settle(source)
    with (
        Corpus.open(source, readonly=True) as corpus,
        corpus.frozen(),
        corpus.choose(wish.selection) as choice,
        Telling() as tell,
    ):
        return path, write_snapshot(choice, wish, wanted, path, tell)


def _account(tally: Tally, dedupe: str) -> list[str]:
    """What was left out or changed, where that was asked for."""
    lines = []
    if tally.filtered:
        reasons = ", ".join(f"{name} {number:,}" for name, number in tally.filtered.items())
        lines.append(f"left out by filters: {tally.left_out:,} ({reasons})")
    if dedupe != "none":
        lines.append(f"left out as repetitions ({dedupe}): {tally.repeated:,}")
    if tally.redacted:
        kinds = ", ".join(f"{name} {number:,}" for name, number in tally.redacted.items())
        lines.append(f"redacted: {kinds}; in articles: {tally.redacted_articles:,}")
    return lines
