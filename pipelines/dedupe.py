"""Second stage: says which articles the corpus has already.  Nothing is dropped: the store links what this marks."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from crawler.errors import CorpusError
from crawler.extensions.corpus import CorpusSession
from crawler.items import Article
from crawler.urls import key

__all__ = ["Dedupe"]


class Dedupe:
    """Fills duplicate_of; statistics: articles/duplicate/url (its address is stored), articles/duplicate/body.

    Articles that were asked for again are no repeats.  Articles that wait to be written count as stored.  Two processes
    may bring the same text at the same moment; the store decides then, in its transaction.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        self._session = CorpusSession.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy."""
        return cls(crawler)

    def process_item(self, item: Article) -> Article:
        """The article, marked where it repeats another one."""
        visit = self._session.visits.get(item.url)
        if visit is not None and visit.again:
            return item
        try:
            known = self._session.batch.known(item)
        except CorpusError as error:
            self._session.abort(error)
            return item
        if known is not None:
            self._stats.inc_value(f"articles/duplicate/{known.kind}")
            if key(known.url) != key(item.url):
                item.duplicate_of = known.url
        return item
