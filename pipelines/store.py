"""Last stage: writes articles into the corpus, many in one transaction."""

from __future__ import annotations

import logging
import math
import time
from typing import Self

from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

from crawler.extensions.corpus import CorpusSession
from crawler.items import Article

__all__ = ["Store"]

logger = logging.getLogger(__name__)


class Store:
    """Writes an article at once, and the next ones after STORE_BATCH or STORE_SECONDS.

    At a polite pace every article is a transaction, so that a killed run fetches none of them twice; in a flood many
    share one.  Statistics: articles/new, duplicate, unchanged, updated, purged; revisits/revised.

    When the corpus refuses, the crawl ends with the reason.  The batch is tried once more at the end; what is then
    still unwritten stays in the ledger as waiting, and the next run fetches it.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._session = CorpusSession.of(crawler)
        self._most = crawler.settings.getint("STORE_BATCH")
        self._seconds = crawler.settings.getfloat("STORE_SECONDS")
        self._written = -math.inf

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Begin to look at the clock."""
        self._loop = create_looping_call(self._write)
        self._loop.start(self._seconds, now=False)

    def process_item(self, item: Article) -> Article:
        """Take the article in, and write when there are enough."""
        self._session.batch.add(item, self._session.visits.pop(item.url, None))
        if len(self._session.batch) >= self._most or time.monotonic() - self._written >= self._seconds:
            self._write()
        return item

    def close_spider(self) -> None:
        """Write what is left."""
        if self._loop.running:
            self._loop.stop()
        self._flush()
        if len(self._session.batch):
            logger.error("%d articles were not written; the next run fetches them again", len(self._session.batch))

    def _write(self) -> None:
        """Once the corpus has refused, every further try would only wait for the same answer."""
        if not self._session.failed:
            self._flush()

    def _flush(self) -> None:
        self._written = time.monotonic()
        self._session.write()
