"""``scrapy harvest``: many portals in one run, each at its own pace: the scheduled job."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from typing import Any

from rich.console import Console
from rich.table import Table
from scrapy.commands import BaseRunSpiderCommand
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.harvest_progress import HarvestProgress
from crawler.commands.harvesting import Harvest, PortalResult, status_of_all
from crawler.commands.log_format import add_log_format, apply_log_format, speaks_json
from crawler.commands.outcome import FAILED, OK, USAGE
from crawler.commands.run import ask_for_contact, complain
from crawler.corpus import Corpus, due_times
from crawler.errors import ChengwenError, UnknownPortal, UsageError
from crawler.extensions.archive import check_archive
from crawler.extensions.json_lines import json_line
from crawler.portals import Portal
from crawler.spiders.loader import PortalLoader
from crawler.spiders.options import CrawlOptions

__all__ = ["Command"]

#: Portals named one by one in the table; more without anything new or wrong are counted in a line of their own.
SHOWN = 40


class Command(BaseRunSpiderCommand):
    """Scrapy runs one spider a process; a hundred portals at a request a second need one process, not a hundred."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] [NAME ...]"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Crawl many portals in one run, each at its own pace"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Crawl the portals of those names, or --all, side by side in one process, each host at its own pace. "
            "--due takes only those where about twenty new articles should wait by their usual rate of news, "
            "never one that was begun within HARVEST_LEAST_HOURS, and all that were never crawled. "
            "-a since=…, limit=… narrow every portal's run as in scrapy crawl. "
            "Exit status: 0; 1 if some portals failed or are broken (docs/health.md); 2 for a wrong argument; "
            "75 if none failed, but some refused, "
            "are left alone for a while, or were being crawled already. "
            "--log-format json: progress, log and results as JSON lines. "
            "Examples: scrapy harvest szdushi cnnb | scrapy harvest --due --all"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Which portals, and how many at a time."""
        super().add_options(parser)
        add_log_format(parser)
        group = parser.add_argument_group("Harvest")
        group.add_argument("--all", action="store_true", help="all portals that have a file")
        group.add_argument("--due", action="store_true", help="only those whose news should be fetched now")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """A hundred live lines and tables would tell nothing, and a hundred counters of all log lines the same."""
        super().process_options(args, opts)
        assert self.settings is not None
        apply_log_format(self.settings, opts)
        self._watched = self.settings.getbool("PROGRESS")
        extensions = self.settings.getdict("EXTENSIONS") | {"scrapy.extensions.logcount.LogCount": None}
        own = {"PROGRESS": False, "SUMMARY": False, "EXTENSIONS": extensions}
        self.settings.setdict(own, priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Choose, crawl, report."""
        assert self.settings is not None
        self._as_json = speaks_json(self.settings)
        if bool(args) == opts.all:
            raise ScrapyUsageError(
                "name some portals, or give --all: scrapy harvest szdushi cnnb (scrapy list shows all)",
                print_help=False,
            )
        try:
            assert self.settings is not None
            options = CrawlOptions.parse(opts.spargs)
            names = self._chosen(args, due=opts.due)
            check_archive(self.settings, media=options.media)
        except (UsageError, UnknownPortal) as error:
            complain(str(error), as_json=self._as_json)
            self.exitcode = USAGE
        except ChengwenError as error:
            complain(str(error), as_json=self._as_json)
            self.exitcode = FAILED
        else:
            self.exitcode = self._harvest(names, opts) if names else OK

    def _chosen(self, args: list[str], *, due: bool) -> list[str]:
        """Names to crawl, in the order given; with `due` those that are, the longest overdue first."""
        assert self.settings is not None
        loader = PortalLoader(self.settings)
        names = list(dict.fromkeys(args)) or loader.portals()
        portals = {name: _portal(loader, name, named=bool(args)) for name in names}
        homes = [portal.home for portal in portals.values() if portal]
        agent = self.settings["USER_AGENT"]
        any(ask_for_contact(agent, home, as_json=self._as_json) for home in homes)
        timeout = self.settings.getfloat("CORPUS_TIMEOUT")
        with Corpus.open(self.settings["CORPUS"], timeout=timeout) as corpus:
            return self._due(corpus, portals) if due else names

    def _due(self, corpus: Corpus, portals: dict[str, Portal | None]) -> list[str]:
        assert self.settings is not None
        least = dt.timedelta(hours=self.settings.getfloat("HARVEST_LEAST_HOURS"))
        now = dt.datetime.now(dt.UTC)
        homes = {name: portal.home if portal else None for name, portal in portals.items()}
        times = due_times(corpus, homes, now, least)
        found = sorted((name for name in times if times[name] <= now), key=times.__getitem__)
        if not found and times:
            first = min(times, key=times.__getitem__)
            line = f"nothing is due before {times[first].astimezone():%Y-%m-%d %H:%M} ({first})"
            _say(json_line("due", message=line) if self._as_json else line)
        return found

    def _harvest(self, names: list[str], opts: argparse.Namespace) -> int:
        assert isinstance(self.crawler_process, AsyncCrawlerProcess)
        assert self.settings is not None
        began, total = time.monotonic(), len(names)

        def tell(result: PortalResult) -> None:
            if self._as_json:
                _say(json_line("ended", **_values(result), portals_ended=len(harvest.results), portals=total))
            elif not progress.on_terminal or result.outcome.status != OK:
                # On a terminal the picture counts those that went well.
                _say(f"{time.strftime('%H:%M:%S')} {_line(result)} ({len(harvest.results)} of {total})")

        harvest = Harvest(self.crawler_process, names, opts.spargs, self.settings.getint("HARVEST_PORTALS"), tell)
        progress = HarvestProgress(harvest, self.settings, shown=self._watched)
        with progress:
            harvest.run()
        for result in harvest.results:
            for line in result.outcome.lines:
                said = line if line.startswith(result.portal) else f"{result.portal}: {line}"
                complain(said, as_json=self._as_json)
        if harvest.left:
            left = f"{len(harvest.left)} portals were not begun: {', '.join(harvest.left)}"
            complain(f"stopped on request; {left}", as_json=self._as_json)
        if not self._as_json:
            _print_table(harvest.results, time.monotonic() - began)
        return FAILED if harvest.left else status_of_all(harvest.results)


def _portal(loader: PortalLoader, name: str, *, named: bool) -> Portal | None:
    """The portal of that name; None where --all meets a broken file, which fails by itself later."""
    try:
        return loader.portal(name)
    except UnknownPortal:
        raise
    except ChengwenError:
        if named:
            raise
        return None


def _say(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201 - this is where a command speaks


def _values(result: PortalResult) -> dict[str, Any]:
    """A portal's result for a program."""
    return {
        "portal": result.portal,
        "outcome": result.outcome.reason,
        "status": result.outcome.status,
        "new": result.new,
        "requests": result.requests,
        "gaps": result.gaps,
        "seconds": round(result.seconds, 1),
    }


def _line(result: PortalResult) -> str:
    seconds = int(result.seconds)
    return (
        f"{result.portal}: {result.outcome.reason.replace('_', ' ')}; {result.new} new, {result.requests} requests, "
        f"{seconds // 60}:{seconds % 60:02d}"
    )


def _print_table(results: list[PortalResult], seconds: float) -> None:
    table = Table(title="harvest", title_justify="left")
    table.add_column("portal", overflow="ellipsis", no_wrap=True)
    for column in ("new", "requests", "gaps", "time"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("ended", no_wrap=True)
    ordered = sorted(results, key=lambda r: (r.outcome.status == OK, -r.new, r.portal))
    for r in ordered[:SHOWN]:
        ended = r.outcome.reason.replace("_", " ") + (" *" if r.outcome.status == FAILED else "")
        table.add_row(r.portal, str(r.new), str(r.requests), str(r.gaps), f"{r.seconds:.0f} s", ended)
    rest = ordered[SHOWN:]
    if rest:
        sums = (sum(r.new for r in rest), sum(r.requests for r in rest), sum(r.gaps for r in rest))
        table.add_row(f"… {len(rest)} more", *map(str, sums), "", "")
    table.add_section()
    requests = sum(r.requests for r in results)
    total = (sum(r.new for r in results), requests, sum(r.gaps for r in results))
    table.add_row(f"{len(results)} portals", *map(str, total), f"{seconds:.0f} s", f"{requests / seconds:.1f} a second")
    Console(highlight=False).print(table)
