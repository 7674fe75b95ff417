"""What went wrong with a request, in words for the ledger and for the person who reads the summary."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import ConnectError, DNSLookupError, TCPTimedOutError, TimeoutError
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from crawler.urls import host_of

__all__ = ["BLOCKED_STATUS", "Refusals", "ignore", "reason_of"]

#: Statuses by which anti-crawl systems refuse (DOMAIN.md §4.10): plain, 瑞数, too many requests, 加速乐.
BLOCKED_STATUS = frozenset({403, 412, 429, 521})


def reason_of(failure: Failure, url: str) -> str:
    """One line: what happened, and to what.

    Scrapy wraps Twisted's connection errors in exceptions of its own; their messages name the cause.
    """
    error = failure.value
    host = host_of(url)
    if isinstance(error, HttpError):
        return f"HTTP {error.response.status}"
    if isinstance(error, IgnoreRequest):
        return f"robots.txt of {host} forbids it" if "robots" in str(error) else str(error) or "ignored"
    name = type(error).__name__
    if isinstance(error, DNSLookupError) or "Resolve" in name or "getaddrinfo" in str(error):
        return f"{host}: no such host, or no network"
    if isinstance(error, TimeoutError | TCPTimedOutError) or "Timeout" in name:
        return f"{host}: no answer in time"
    if isinstance(error, ConnectError) or "ConnectionRefused" in name:
        return f"{host}: connection refused or host unreachable"
    if isinstance(error, ResponseFailed):
        return f"{host}: connection broken off"
    text = " ".join(str(error).split())
    return f"{name}: {text}"[:200] if text else name


def ignore(_: Failure) -> None:
    """For requests whose failure tells nothing: a feed that was only asked for on the chance that it exists."""


class Refusals:
    """Counts refusals in a row; a page that comes through ends the row."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._row = 0
        self.total = 0

    def refused(self) -> bool:
        """One more refusal; True once the run has to end as blocked."""
        self._row += 1
        self.total += 1
        return self._row >= self._limit

    def passed(self) -> None:
        """A page came through."""
        self._row = 0
