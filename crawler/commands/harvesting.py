"""Many crawls side by side in one process: who is next, how each ended."""

from __future__ import annotations

import asyncio
import collections
import functools
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler

from crawler.commands.outcome import FAILED, LATER, OK, Outcome, outcome_of
from crawler.errors import ChengwenError
from crawler.extensions.moment import Meter
from crawler.extensions.progress_view import Fleet

__all__ = ["Harvest", "PortalResult", "status_of_all"]

#: Figures of a crawl that are summed up over those that have ended.
SUMS = ("new", "duplicate", "rejected", "errors", "requests")


@dataclass(frozen=True, slots=True)
class PortalResult:
    """One portal's line.  gaps: sections in which articles may be missing; seconds: how long it took."""

    portal: str
    outcome: Outcome
    new: int = 0
    requests: int = 0
    gaps: int = 0
    seconds: float = 0.0


class Harvest:
    """Crawls portals in the given order, at most `at_once` at the same time, each at its own hosts' pace.

    results: of those that ended, in the order in which they did; left: those that a Ctrl-C kept from beginning.
    """

    def __init__(
        self,
        process: AsyncCrawlerProcess,
        names: Sequence[str],
        arguments: dict[str, Any],
        at_once: int,
        tell: Callable[[PortalResult], None],
    ) -> None:
        self.left = collections.deque(names)
        self.results: list[PortalResult] = []
        self._process = process
        self._running: dict[str, Meter] = {}
        self._gone: collections.Counter[str] = collections.Counter()
        self._clock = time.monotonic()
        self._arguments = arguments
        self._at_once = at_once
        self._tell = tell
        self._errors = _ErrorsByCrawl()
        self._stopped = False

    def run(self) -> None:
        """Crawl all; returns when the last has ended."""
        # Scrapy makes a record of every request; unread ones cost a tenth of the time when there are many crawls.
        logging.root.setLevel(self._process.settings["LOG_LEVEL"])
        logging.root.addHandler(self._errors)
        try:
            for _ in range(min(self._at_once, len(self.left))):
                self._begin()
            if self._process.crawlers:
                self._process.start()
        finally:
            logging.root.removeHandler(self._errors)

    def fleet(self) -> Fleet:
        """All portals at this moment."""
        running = [meter.look(name) for name, meter in self._running.items()]
        return Fleet(time.monotonic() - self._clock, running, len(self.results), len(self.left), self._gone)

    def _begin(self) -> None:
        """Start the next portal that can be started."""
        while self.left and not self._stopped:
            name = self.left.popleft()
            began = time.monotonic()
            try:
                crawler = self._process.create_crawler(name)
            except ChengwenError as error:
                self._add(PortalResult(name, Outcome(FAILED, "failed_to_start", (str(error),))))
                continue
            task = self._process.crawl(crawler, **self._arguments)
            self._running[name] = Meter(crawler)
            task.add_done_callback(functools.partial(self._ended, name, crawler, began))
            return

    def _ended(self, name: str, crawler: Crawler, began: float, task: asyncio.Task[None]) -> None:
        last = self._running.pop(name).look(name)
        for what in SUMS:
            self._gone[what] += getattr(last, what)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            line = str(error) if isinstance(error, ChengwenError) else f"{type(error).__name__}: {error}"
            self._add(PortalResult(name, Outcome(FAILED, "failed_to_start", (line,))))
        else:
            self._add(_result(name, crawler, self._errors.counts[name], time.monotonic() - began))
        self._begin()

    def _add(self, result: PortalResult) -> None:
        self._stopped |= result.outcome.reason == "shutdown"
        self.results.append(result)
        self._tell(result)


def _result(name: str, crawler: Crawler, errors: int, seconds: float) -> PortalResult:
    stats = {} if crawler._stats is None else crawler.stats.get_stats()
    return PortalResult(
        name,
        outcome_of(crawler, errors),
        new=stats.get("articles/new", 0),
        requests=stats.get("downloader/request_count", 0),
        gaps=stats.get("walk/gaps", 0),
        seconds=seconds,
    )


def status_of_all(results: Sequence[PortalResult]) -> int:
    """0: all well; 1: some failed; 75: none failed, but some refused, are left alone, or were being crawled already."""
    found = {result.outcome.status for result in results}
    return FAILED if FAILED in found else LATER if found - {OK} else OK


class _ErrorsByCrawl(logging.Handler):
    """Counts logged errors by the crawl that they belong to; Scrapy's own counter adds all of them to every crawl's."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.counts: collections.Counter[str] = collections.Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        name = getattr(getattr(record, "spider", None), "name", None)
        if name is not None:
            self.counts[name] += 1
