"""What `scrapy cluster status` shows, as tables or as JSON."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from crawler.commands.run import complain

if TYPE_CHECKING:
    from crawler.cluster.status import Crawl, Status

__all__ = ["print_status"]

#: Portals being crawled that are named one by one.
_SHOWN = 20
#: Columns of the terminal for how a crawl ended.
_WORDS_WIDTH = 26


def print_status(status: Status, *, as_json: bool) -> None:
    """Print it; what is stuck goes to standard error too."""
    if as_json:
        said = json.dumps(dataclasses.asdict(status), ensure_ascii=False, indent=2, default=dt.datetime.isoformat)
        sys.stdout.write(said + "\n")
    else:
        console = Console(highlight=False)
        oldest = "" if status.oldest is None else f"; {status.oldest_portal} for {_time(status.oldest)}"
        console.print(f"queue: {status.waiting} wait{oldest}; {status.later} put off; {status.doing} being crawled")
        console.print(_workers(status))
        if status.running:
            console.print(_running(status))
        if status.last:
            console.print(_last(status))
    for line in status.stuck:
        complain(line)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="ellipsis", no_wrap=True)
    return table


def _workers(status: Status) -> Table:
    table = _table("workers", "worker", "is", "since", "crawls", "process")
    for worker in status.workers:
        alive = "alive" if worker.alive else "dead"
        crawls = f"{worker.crawls} of {worker.concurrency}"
        since = _time((status.at - worker.since).total_seconds())
        table.add_row(worker.name, alive, since, crawls, f"{worker.pid} on {worker.host}")
    if not status.workers:
        table.add_row("none", "", "", "", "")
    return table


def _running(status: Status) -> Table:
    table = _table("being crawled", "portal", "worker", "for", "log")
    for crawl in status.running[:_SHOWN]:
        table.add_row(crawl.portal, crawl.worker, _time((status.at - crawl.started_at).total_seconds()), crawl.log)
    if len(status.running) > _SHOWN:
        table.add_row(f"… {len(status.running) - _SHOWN} more", "", "", "")
    return table


def _last(status: Status) -> Table:
    table = _table("last results", "portal", "ended", "new", "ago", "took", "worker")
    # What is said may be long; it stands as a whole in --json.
    table.columns[1].max_width = _WORDS_WIDTH
    for crawl in status.last:
        assert crawl.ended_at is not None
        ago, took = status.at - crawl.ended_at, crawl.ended_at - crawl.started_at
        table.add_row(
            *(crawl.portal, _words(crawl), "" if crawl.new is None else str(crawl.new)),
            *(_time(ago.total_seconds()), _time(took.total_seconds()), crawl.worker),
        )
    return table


def _words(crawl: Crawl) -> str:
    said = (crawl.outcome or "").replace("_", " ")
    return f"{said}: {crawl.said}" if crawl.said and crawl.outcome != "finished" else said


def _time(seconds: float) -> str:
    """The two largest units.

    >>> _time(59), _time(3661), _time(200000)
    ('59 s', '1 h 1 min', '2 d 7 h')
    """
    whole = int(seconds)
    for unit, size, smaller, part in (("d", 86400, "h", 3600), ("h", 3600, "min", 60)):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // part} {smaller}"
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"
