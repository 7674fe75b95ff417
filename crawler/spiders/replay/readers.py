"""Reads archived pages in processes of their own: nothing here knows the corpus or the order of pages."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import parent_process
from typing import NamedTuple

from scrapy import Request
from scrapy.http import Response

from crawler.corpus.warc import Capture
from crawler.extensions.archive import FETCHED_AT
from crawler.extract import Edition, read_edition
from crawler.items import CST, Article, Listing
from crawler.portals import Portal
from crawler.spiders.reading import list_page, news_page

__all__ = ["Job", "Read", "begin", "look", "read_all", "response_of", "undisturbed"]

#: Kinds of pages that lead to news and are none.
LEADING = frozenset({"list", "front"})
#: An article, a list page, a page of an e-paper; of a page of which nobody knows the article, and the list if it is
#: one.
Read = Article | Listing | Edition | tuple[Article, Listing | None] | None


class Job(NamedTuple):
    """One page to read.  site: the portal with its templates, pickled: many pages have the same."""

    capture: Capture
    role: str
    site: bytes


def begin() -> None:
    """Begin a process: it ends with its parent, whatever ends that."""

    def follow() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Processes that are begun within leave Ctrl-C to this one, from their first moment on."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def read_all(jobs: Sequence[Job]) -> list[Read]:
    """What the pages say, in the same order."""
    return [look(job.capture, job.role, _site(job.site)) for job in jobs]


@lru_cache(maxsize=64)
def _site(pickled: bytes) -> Portal:
    site: Portal = pickle.loads(pickled)
    return site


def look(capture: Capture, role: str, site: Portal) -> Read:
    """What a page says, read as what it was fetched for; None for an answer without a page."""
    if not 200 <= capture.status < 300:
        return None
    response, now = response_of(capture), capture.fetched_at
    if role in ("list", "home"):
        return list_page(response, site, now.astimezone(CST))
    if role == "paper":
        return read_edition(response.body, response.url)
    article = news_page(response, site, now)
    if role != "any":
        return article
    return article, list_page(response, site, now.astimezone(CST)) if article.kind in LEADING else None


def response_of(capture: Capture) -> Response:
    """The answer as the walk would have had it."""
    headers: dict[str, list[str]] = {}
    for name, value in capture.headers:
        headers.setdefault(name, []).append(value)
    request = Request(capture.url, meta={FETCHED_AT: capture.fetched_at})
    return Response(capture.url, status=capture.status, headers=headers, body=capture.body, request=request)
