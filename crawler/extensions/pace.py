"""Holds a host's downloader slot: the one place that knows how Scrapy's downloader keeps its queue."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scrapy.crawler import Crawler
from scrapy.utils.asyncio import call_later

if TYPE_CHECKING:
    from scrapy.core.downloader import Slot

__all__ = ["drop_queue", "hold"]


def hold(crawler: Crawler, host: str, seconds: float) -> None:
    """Send nothing to that host for so many seconds; what waits in its slot goes out at its pace afterwards."""
    downloader = crawler.engine.downloader
    slot = downloader.slots.get(host)
    if slot is None or seconds <= 0:
        return
    # While latercall is set the slot sends nothing, whatever its delay; lastseen keeps the slot from being thrown away.
    release = time.monotonic() + seconds
    if release - slot.delay <= slot.lastseen:
        return
    _cancel(slot)
    slot.lastseen = release - slot.delay
    slot.latercall = call_later(seconds, downloader._latercall, slot)


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
