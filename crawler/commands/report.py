"""``scrapy report``: how the runs went, as a page with plots or as text for a mail."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.filters import dates
from crawler.commands.run import FAILED, OK, USAGE, complain
from crawler.corpus import Corpus, Report, check_target, whole_file
from crawler.corpus.address import Place, address_of, shown
from crawler.errors import ChengwenError, UnknownPortal, UsageError
from crawler.portals import load
from crawler.portals.model import did_you_mean
from crawler.report import render, state_of, write
from crawler.spiders.loader import portals_dir

__all__ = ["Command"]


class Command(ScrapyCommand):
    """Reads the corpus only, also while a crawl is writing."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options]"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Report on runs: a page with plots, or text for a mail"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "How the runs went and what they brought: articles a day, requests per new article, latency, status codes, "
            "lengths, field fill rates, reprints, template fit, gaps, verdicts and alarms, of all portals of the "
            "corpus (setting CORPUS) or of one. Without -o as text of 80 columns; with -o as one HTML file with plots "
            "that needs no network. "
            "Exit status: 0; 1 if there is nothing to report, the corpus cannot be read or the file not be written; "
            "2 for a wrong option, an unknown portal, an existing file. "
            "Examples: scrapy report | scrapy report --portal szdushi --since 2026-11 -o report.html"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """What of, since when, and where to."""
        super().add_options(parser)
        parser.add_argument("--portal", metavar="NAME", help="of that portal only")
        parser.add_argument("--since", metavar="DATE", help="runs and articles since then: 2026, 2026-11 or 2026-11-01")
        parser.add_argument("-o", "--output", metavar="FILE", help="write a page with plots there, instead of text")
        parser.add_argument("--force", action="store_true", help="overwrite FILE where it exists")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Report, and turn errors into a line and a status."""
        if args:
            raise ScrapyUsageError(
                f"unexpected: {' '.join(args)}; a portal is named by --portal NAME", print_help=False
            )
        try:
            self.exitcode = self._run(opts)
        except (UsageError, UnknownPortal) as e:
            complain(str(e))
            self.exitcode = USAGE
        except ChengwenError as e:
            complain(str(e))
            self.exitcode = FAILED

    def _run(self, opts: argparse.Namespace) -> int:
        assert self.settings is not None
        source = address_of(self.settings["CORPUS"])
        since = dates("--since", opts.since)[0] if opts.since is not None else None
        if opts.output is not None:
            check_target(Path(opts.output), opts.output, source, opts.force)
        with Corpus.open(source, readonly=True) as corpus, corpus.frozen():
            if opts.portal is not None:
                self._check_portal(corpus, opts.portal)
            report = corpus.report(opts.portal, since)
            states = [state_of(one, corpus.completeness(one.portal)) for one in corpus.health(opts.portal)]
        if not report.runs and not any(portal.articles for portal in report.portals):
            complain(_nothing(source, report, opts))
            return FAILED
        if opts.output is None:
            sys.stdout.write(write(report, states))
        else:
            page, path = render(report, states), Path(opts.output)
            with whole_file(path) as file:
                file.write(page)
            sys.stdout.write(f"{path}: {len(report.runs):,} runs, {len(page) / 1000:,.0f} kB\n")
        return OK

    def _check_portal(self, corpus: Corpus, name: str) -> None:
        """UsageError for a portal that has never been crawled, UnknownPortal for one that nobody knows."""
        assert self.settings is not None
        crawled = [figures.name for figures in corpus.overview()]
        if name in crawled:
            return
        near = did_you_mean(name, crawled)
        if near:
            raise UsageError(f"--portal {name}: not in {corpus.address}{near}")
        load(name, portals_dir(self.settings))
        raise UsageError(f"--portal {name}: never crawled into {corpus.address}; scrapy crawl {name} does")


def _nothing(source: Place, report: Report, opts: argparse.Namespace) -> str:
    if report.since is not None:
        return f"{shown(source)}: no run and no article since {opts.since}; leave --since out, or name an earlier day"
    return f"{shown(source)}: no run yet; scrapy crawl NAME makes the first"
