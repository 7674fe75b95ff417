"""The pace of a host's downloader slot: the one place that knows how Scrapy's downloader keeps its queue."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import call_later

if TYPE_CHECKING:
    from scrapy.core.downloader import Slot

__all__ = ["Pace", "Wait", "drop_queue", "hold", "waiting"]


@dataclass(frozen=True, slots=True)
class Wait:
    """A host to which nothing is sent for the moment.  seconds: how long still; why: in words."""

    host: str
    seconds: float
    why: str


class Pace:
    """Counts a host's delay from its last answer.

    Scrapy counts from the moment at which it hands a request on; what a busy process sends later than that comes
    closer to the next one (0.2 s instead of 1 s in a harvest of a hundred portals).  The answer proves that the request
    has arrived.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        #: host → until when it is held (monotonic), and why
        self.held: dict[str, tuple[float, str]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to every answer."""
        extension = cls(crawler)
        crawler.signals.connect(extension.answered, signal=signals.response_downloaded)
        return extension

    def answered(self, request: Request) -> None:
        """The next request goes out a whole delay after this moment; what is held longer stays so."""
        downloader = self._crawler.engine.downloader
        slot = downloader.slots.get(request.meta.get(downloader.DOWNLOAD_SLOT, ""))
        if slot is not None:
            slot.lastseen = max(slot.lastseen, time.monotonic())


def hold(crawler: Crawler, host: str, seconds: float, why: str) -> None:
    """Send nothing to that host for so many seconds; what waits in its slot goes out at its pace afterwards.

    why: for whoever watches.
    """
    downloader = crawler.engine.downloader
    slot = downloader.slots.get(host)
    if slot is None or seconds <= 0:
        return
    # While latercall is set the slot sends nothing, whatever its delay; lastseen keeps the slot from being thrown away.
    release = time.monotonic() + seconds
    if release - slot.delay <= slot.lastseen:
        return
    _cancel(slot)
    pace = crawler.get_extension(Pace)
    if pace is not None:
        pace.held[host] = (release, why)
    slot.lastseen = release - slot.delay
    slot.latercall = call_later(seconds, downloader._latercall, slot)


def waiting(crawler: Crawler) -> Wait | None:
    """The host that keeps its requests waiting longest for the sake of politeness; None where none does."""
    if crawler.engine is None:
        return None
    now, downloader = time.monotonic(), crawler.engine.downloader
    waits = []
    for name, slot in downloader.slots.items():
        left = slot.lastseen + slot.delay - now
        if slot.queue and slot.latercall and left > 0:
            waits.append(Wait(name, left, _why(crawler, name, slot, now)))
    return max(waits, key=lambda wait: wait.seconds, default=None)


def _why(crawler: Crawler, host: str, slot: Slot, now: float) -> str:
    pace = crawler.get_extension(Pace)
    until, why = pace.held.get(host, (0.0, "")) if pace is not None else (0.0, "")
    if until > now:
        return why
    asked = host in crawler.engine.downloader.per_slot_settings
    return f"Crawl-delay {slot.delay:g} s" if asked else f"{slot.delay:g} s between requests"


def drop_queue(crawler: Crawler, host: str, error: Exception) -> None:
    """Fail all requests that wait in the host's slot."""
    slot = crawler.engine.downloader.slots.get(host)
    while slot and slot.queue:
        _, waiting = slot.queue.popleft()
        waiting.errback(error)


def _cancel(slot: Slot) -> None:
    if slot.latercall:
        slot.latercall.cancel()
        slot.latercall = None
