"""Sends nothing to a portal any more once the right to crawl it is lost (a corpus in PostgreSQL: its connection)."""

from __future__ import annotations

from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from twisted.internet.task import LoopingCall

from crawler.errors import CorpusLost
from crawler.extensions.backoff import LeftAlone
from crawler.extensions.corpus import FATAL_REASON, CorpusSession
from crawler.extensions.pace import drop_queue

__all__ = ["TurnWatch"]

#: Seconds between two looks: less than any delay between requests, and a look is one system call.
_LOOK = 0.2


class TurnWatch:
    """Ends the crawl when its turn, or the corpus, is lost, and throws away what waits to be sent.

    A crawl that ends otherwise finishes the requests that wait; here another machine may begin before they are sent.
    The ledger has all of them.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._loop: AsyncioLoopingCall | LoopingCall = create_looping_call(self._look)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Look from the first request until the downloader is empty."""
        extension = cls(crawler)
        crawler.signals.connect(extension.opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.closed, signal=signals.spider_closed)
        return extension

    def opened(self, spider: Spider) -> None:
        """Begin; a spider of many portals asks nobody."""
        if not getattr(spider, "of_many_portals", False):
            self._loop.start(_LOOK, now=False)

    def closed(self) -> None:
        """Nothing is under way any more."""
        if self._loop.running:
            self._loop.stop()

    def _look(self) -> None:
        session = CorpusSession.of(self._crawler)
        if not session.failed and session.turn_lost:
            session.abort(
                CorpusLost(
                    f"{session.corpus.address}: the connection that held the portal's lock was lost; what was stored is"
                    " kept, and the next run goes on there"
                )
            )
        if self._crawler.stats.get_value(FATAL_REASON) == "corpus_lost":
            for host in list(self._crawler.engine.downloader.slots):
                drop_queue(self._crawler, host, LeftAlone(f"{host}: the corpus was lost"))
