"""``scrapy bulk …``: archives into Parquet, and Parquet into clusters, on Spark."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.bulk import LARGEST, Deduped, Extracted, Wanted, check_spark, dedupe, extract_archives, files_of, spark
from crawler.bulk.folder import check_out
from crawler.commands.progress import Telling
from crawler.commands.run import FAILED, OK, complain, failed
from crawler.corpus import Corpus, StoredTemplate
from crawler.corpus.warc import Source, sources
from crawler.errors import ChengwenError, UsageError
from crawler.portals import load_all
from crawler.spiders.loader import portals_dir

__all__ = ["Command"]

_ACTIONS = ("extract", "dedupe")
#: Damaged records that are named one by one; all are in the manifest.
NAMED = 5


class Command(ScrapyCommand):
    """One word says what to do."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "extract WARC… OUT | dedupe PARQUET… OUT  [options]"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Extract archives, or find near-duplicates, on Spark"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "For more pages than one machine reads in a night. "
            "extract makes Parquet of archives: the articles that `scrapy crawl replay` would store, in the columns of "
            "`scrapy export`. dedupe makes clusters, edges and duplicates of such Parquet, as the corpus's own index "
            "would. WARC, PARQUET: files, folders, patterns, WACZ packages, which all machines see under one name; "
            "OUT: a folder that appears when it is whole, with a manifest.json. "
            "Needs pip install 'chengwen[spark]' and Java 17; docs/scale.md says more. "
            "Exit status: 0; 1 if records are damaged (the sound ones are used) or Spark cannot go on; 2 for a wrong "
            "argument or an existing OUT. "
            "Examples: scrapy bulk extract data/warc articles | scrapy bulk dedupe articles clusters | "
            "scrapy bulk extract /shared/warc /shared/articles --master spark://big:7077 --corpus data/corpus.db"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Where it runs, and what it takes along."""
        super().add_options(parser)
        parser.add_argument(
            "--master", metavar="MASTER", default="local[*]", help="local[2], spark://HOST:7077, yarn … [local[*]]"
        )
        parser.add_argument("--overwrite", action="store_true", help="replace OUT where it exists")
        parser.add_argument("--portal", metavar="NAME", help="extract: pages of that portal")
        parser.add_argument(
            "--corpus", metavar="FILE", help="extract: use its learned templates; dedupe: its names of portals"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check, work, account; errors are a line and a status."""
        if len(args) < 3 or args[0] not in _ACTIONS:
            said = " ".join(args) or "nothing"
            raise ScrapyUsageError(
                f"{said}: write scrapy bulk extract WARC… OUT, or scrapy bulk dedupe PARQUET… OUT", print_help=False
            )
        self.exitcode = FAILED
        try:
            act = self._extract if args[0] == "extract" else self._dedupe
            self.exitcode = act(args[1:-1], args[-1], opts)
        except ChengwenError as e:
            self.exitcode = failed(e)
        except KeyboardInterrupt:
            complain(f"{args[-1]}: stopped on request; nothing of it is kept")

    def _extract(self, paths: Sequence[str], out: str, opts: argparse.Namespace) -> int:
        assert self.settings is not None
        folder = check_out(out, opts.overwrite)
        archive = _archive(paths)
        portals = load_all(portals_dir(self.settings))
        stored = _templates(opts.corpus) if opts.corpus else {}
        wanted = Wanted(archive, portals, stored, opts.portal, self.settings.getint("MAX_PARTS"))
        check_spark(opts.master)
        with spark(opts.master, "extract") as engine, Telling() as tell:
            done = extract_archives(engine, wanted, folder, tell)
        return _account(done, out)

    def _dedupe(self, paths: Sequence[str], out: str, opts: argparse.Namespace) -> int:
        assert self.settings is not None
        if opts.portal is not None:
            raise UsageError(f"--portal {opts.portal}: goes with extract; stories are told by all portals")
        folder = check_out(out, opts.overwrite)
        files = files_of(paths)
        titles: dict[str, str | None] = {
            name: portal.title for name, portal in load_all(portals_dir(self.settings)).items()
        }
        titles |= _titles(opts.corpus) if opts.corpus else {}
        check_spark(opts.master)
        with spark(opts.master, "dedupe") as engine, Telling() as tell:
            done = dedupe(engine, files, titles, folder, tell)
        sys.stdout.write(
            f"{out}: {done.articles:,} articles; {done.clustered:,} of them tell {done.clusters:,} stories, "
            f"{done.duplicates:,} repeat another's text; {done.edges:,} edges\n"
        )
        for line in _reservations(done):
            complain(line)
        return OK


def _archive(paths: Sequence[str]) -> list[Source]:
    """The files of all paths, each once, by the names under which all machines know them."""
    found = [Source(s.path.absolute(), s.inside) for path in paths for s in sources(path)]
    return list(dict.fromkeys(found))


def _templates(path: str) -> dict[str, list[StoredTemplate]]:
    with Corpus.open(path, readonly=True) as corpus:
        return {figures.name: corpus.templates(figures.name) for figures in corpus.overview()}


def _titles(path: str) -> dict[str, str | None]:
    with Corpus.open(path, readonly=True) as corpus:
        return {figures.name: figures.title for figures in corpus.overview() if figures.title}


def _reservations(done: Deduped) -> list[str]:
    """What a person should know of the figures."""
    lines = []
    if done.addresses:
        lines.append(f"{done.addresses:,} rows repeat the address of an earlier one and were not compared")
    if done.left_out:
        lines.append(f"{done.left_out:,} articles of groups of more than {LARGEST:,} were left out of clusters")
    return lines


def _account(done: Extracted, out: str) -> int:
    rejected = {n.rpartition("/")[2]: c for n, c in done.counts.items() if n.startswith("articles/rejected/")}
    pages = f"{done.articles:,} articles of {done.pages:,} pages"
    sys.stdout.write(f"{out}: {pages}, {done.repeats:,} repeat another's text\n")
    if rejected:
        told = ", ".join(f"{name} {count:,}" for name, count in rejected.items())
        sys.stdout.write(f"rejected: {sum(rejected.values()):,} ({told})\n")
    for line in done.faults[:NAMED]:
        complain(line)
    if done.damaged > NAMED:
        complain(f"{done.damaged - NAMED:,} further records could not be read as they should; {out}/manifest.json")
    return FAILED if done.damaged else OK
