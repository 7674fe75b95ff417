"""What went wrong with a request, in words for the ledger and for the person who reads the summary."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.urls import host_of

__all__ = ["BLOCKED_STATUS", "NETWORK_ERRORS", "Refusals", "ignore", "reason_of", "status_of"]

#: Statuses by which anti-crawl systems refuse (DOMAIN.md §4.10): plain, 瑞数, too many requests, 加速乐.
BLOCKED_STATUS = frozenset({403, 412, 429, 521})


#: Scrapy's names for what its downloaders meet, most special first, in words that say whose fault it may be.
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (CannotResolveHostError, "no such host, or no network"),
    (DownloadConnectionRefusedError, "connection refused"),
    (DownloadTimeoutError, "no answer in time"),
    (DownloadCancelledError, "larger than DOWNLOAD_MAXSIZE, or stopped"),
    (ResponseDataLossError, "connection broken off in mid-page"),
    (DownloadFailedError, "connection failed"),
)


#: All that a download can end with instead of a response.
NETWORK_ERRORS: tuple[type[Exception], ...] = (IgnoreRequest, *(kind for kind, _ in _WORDS))


def status_of(failure: Failure) -> int | None:
    """The HTTP status that made a request fail; None if it was something else."""
    error = failure.value
    return error.response.status if isinstance(error, HttpError) else None


def reason_of(failure: Failure, url: str) -> str:
    """What happened, in a few words; callers print the address beside them."""
    error = failure.value
    if isinstance(error, HttpError):
        return f"HTTP {error.response.status}"
    if isinstance(error, IgnoreRequest):
        text = str(error)
        return f"robots.txt of {host_of(url)} forbids it" if "robots" in text else text or "left out"
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:200] if text else type(error).__name__


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
