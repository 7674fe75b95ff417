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

__all__ = ["BLOCKED_STATUS", "NETWORK_ERRORS", "TOO_LARGE", "ignore", "reason_of", "status_of", "words_of"]

#: Statuses by which anti-crawl systems refuse (DOMAIN.md §4.10): plain, 瑞数, too many requests, 加速乐.
BLOCKED_STATUS = frozenset({403, 412, 429, 521})


#: What a page is that was broken off for its size, before or after it was decompressed.
TOO_LARGE = "larger than DOWNLOAD_MAXSIZE, or stopped"
#: Marks of Scrapy's own messages, whose words are for programmers.
_SCRAPY_SAYS = {"exceeded DOWNLOAD_MAXSIZE": TOO_LARGE, "max redirections": "redirected in circles, or too often"}

#: Scrapy's names for what its downloaders meet, most special first, in words that say whose fault it may be.
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (CannotResolveHostError, "no such host, or no network"),
    (DownloadConnectionRefusedError, "connection refused"),
    (DownloadTimeoutError, "no answer in time"),
    (DownloadCancelledError, TOO_LARGE),
    (ResponseDataLossError, "connection broken off in mid-page"),
    (DownloadFailedError, "connection failed"),
)


#: All that a download can end with instead of a response.
NETWORK_ERRORS: tuple[type[Exception], ...] = (IgnoreRequest, *(kind for kind, _ in _WORDS))


def status_of(failure: Failure) -> int | None:
    """The HTTP status that made a request fail; None if it was something else."""
    error = failure.value
    return error.response.status if isinstance(error, HttpError) else None


def reason_of(failure: Failure) -> str:
    """What happened, in a few words; callers print the address beside them."""
    return words_of(failure.value)


def words_of(error: BaseException | None) -> str:
    """What an error of a download says to a person."""
    if isinstance(error, HttpError):
        return f"HTTP {error.response.status}"
    if isinstance(error, IgnoreRequest):
        text = str(error) or "left out"
        return next((words for mark, words in _SCRAPY_SAYS.items() if mark in text), text)
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:200] if text else type(error).__name__


def ignore(_: Failure) -> None:
    """For requests whose failure tells nothing: a feed that was only asked for on the chance that it exists."""
