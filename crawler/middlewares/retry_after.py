"""Waits as long as a portal asks for (Retry-After), and leaves alone who refuses (DESIGN.md §5)."""

from __future__ import annotations

import datetime as dt
import logging
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.extensions.backoff import Backoff, LeftAlone
from crawler.extensions.pace import hold
from crawler.urls import host_of

__all__ = ["RetryAfter", "seconds_asked"]

logger = logging.getLogger(__name__)

#: Statuses with which Retry-After means "ask again then" (RFC 9110 §10.2.3, RFC 6585 §4).
WAITING_STATUS = frozenset({429, 503})
#: How often one page is asked for again because its portal said when.
MOST_WAITS = 3
_WAITS = "retry_after_times"


class RetryAfter:
    """Downloader middleware: holds the host for the time asked for, up to RETRY_AFTER_MAX; beyond it the run ends."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._longest = crawler.settings.getfloat("RETRY_AFTER_MAX")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to every answer."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.response_downloaded, signal=signals.response_downloaded)
        return middleware

    def process_request(self, request: Request) -> None:
        """Ask no host that refuses."""
        if Backoff.of(self._crawler).leaves_alone(request.url):
            raise LeftAlone(f"{host_of(request.url)} refuses; it is left alone for now")

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The same request again after the pause, or the response as it is."""
        seconds = _asked(response)
        if seconds is None:
            return response
        if seconds > self._longest:
            why = f"HTTP {response.status}, Retry-After {_header(response)}"
            Backoff.of(self._crawler).asked_to_wait(request.url, seconds, why)
            return response
        times = request.meta.get(_WAITS, 0)
        if times >= MOST_WAITS:
            return response
        logger.info("%s asks to wait %.0f s (HTTP %d)", host_of(request.url), seconds, response.status)
        self._crawler.stats.inc_value("retry_after/waits")
        return request.replace(dont_filter=True, meta=request.meta | {_WAITS: times + 1})

    def response_downloaded(self, response: Response) -> None:
        """Hold the host before the downloader sends the next request, which it does before process_response."""
        seconds = _asked(response)
        if seconds is not None:
            why = f"Retry-After (HTTP {response.status})"
            hold(self._crawler, host_of(response.url), min(seconds, self._longest), why)


def _header(response: Response) -> str:
    return (response.headers.get("Retry-After") or b"").decode("latin-1")


def _asked(response: Response) -> float | None:
    """Seconds that the answer asks to wait; None for any answer that asks for nothing."""
    if response.status not in WAITING_STATUS:
        return None
    return seconds_asked(_header(response), dt.datetime.now(dt.UTC))


def seconds_asked(header: str, now: dt.datetime) -> float | None:
    """Seconds that a Retry-After header asks for, 0 or more; None where it says nothing.

    >>> now = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    >>> seconds_asked("120", now), seconds_asked("Sun, 01 Mar 2026 12:01:00 GMT", now), seconds_asked("soon", now)
    (120.0, 60.0, None)
    """
    header = header.strip()
    if header.isascii() and header.isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - now).total_seconds())
