"""Keeps one delay between the last request of an earlier crawl and the first of this one (setting WAIT_AT_START)."""

from __future__ import annotations

import time
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.errors import CorpusError
from crawler.extensions.corpus import CorpusSession
from crawler.extensions.crawl_delay import CRAWL_DELAY
from crawler.extensions.pace import hold

__all__ = ["Spacing"]


class Spacing:
    """Holds every host of the portal for a delay, counted from when the crawl had the portal to itself.

    Crawls of a portal follow each other on different machines, and the one before may have asked a moment ago.  The
    delay is ours, or the Crawl-delay that the last run met: its robots.txt is not read yet.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("WAIT_AT_START"):
            raise NotConfigured
        self._crawler = crawler
        self._begins = float("inf")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """NotConfigured where nobody asked for it."""
        extension = cls(crawler)
        crawler.signals.connect(extension.opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.asked, signal=signals.request_reached_downloader)
        return extension

    def opened(self) -> None:
        """The session, which comes before, has the portal's lock."""
        session = CorpusSession.of(self._crawler)
        if session.failed or self._crawler.spider is None:
            return
        ours = self._crawler.settings.getfloat("DOWNLOAD_DELAY")
        try:
            asked = session.corpus.last_statistics(self._crawler.spider.name).get(CRAWL_DELAY, 0)
        except CorpusError as error:
            session.abort(error)
            return
        self._begins = time.monotonic() + max(ours, float(str(asked)))

    def asked(self, request: Request) -> None:
        """A request waits for its turn: nothing is sent to its host before the delay is over."""
        left = self._begins - time.monotonic()
        if 0 < left < float("inf"):
            host = request.meta[self._crawler.engine.downloader.DOWNLOAD_SLOT]
            hold(self._crawler, host, left, "another machine may have asked a moment ago")
