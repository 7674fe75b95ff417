"""Writes down now and then how far a run is, so that one that is killed leaves its figures too."""

from __future__ import annotations

from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from twisted.internet.task import LoopingCall

from crawler.errors import CorpusError
from crawler.extensions.corpus import CorpusSession
from crawler.spiders.portal import PortalSpider

__all__ = ["Checkpoint"]


class Checkpoint:
    """Every CHECKPOINT_SECONDS one small transaction: statistics, and the sections that are still being read."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._seconds = crawler.settings.getfloat("CHECKPOINT_SECONDS")
        self._loop: AsyncioLoopingCall | LoopingCall = create_looping_call(self._write)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Run from the first request to the last."""
        extension = cls(crawler)
        crawler.signals.connect(extension.opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.closed, signal=signals.spider_closed)
        return extension

    def opened(self, spider: Spider) -> None:
        """Begin; only walks have a record of their run."""
        if isinstance(spider, PortalSpider):
            self._loop.start(self._seconds, now=False)

    def closed(self) -> None:
        """The session writes the rest."""
        if self._loop.running:
            self._loop.stop()

    def _write(self) -> None:
        session, spider = CorpusSession.of(self._crawler), self._crawler.spider
        if session.failed or session.run_id is None or not isinstance(spider, PortalSpider):
            return
        sections = [(w.section_id, w.list_pages, w.links_seen, w.links_new) for w in spider.lists.unrecorded()]
        try:
            session.corpus.checkpoint(session.run_id, self._crawler.stats.get_stats(), sections)
        except CorpusError as error:
            session.abort(error)
