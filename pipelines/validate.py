"""First stage: what is no article goes to the table of rejects, with its reason, and no further."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.corpus import utc_now
from crawler.corpus.acceptance import FUTURE, MIN_TEXT, PASSING_KINDS, STORED_KINDS, fault_of
from crawler.errors import CorpusError
from crawler.extensions.corpus import CorpusSession
from crawler.items import Article

__all__ = ["FUTURE", "MIN_TEXT", "STORED_KINDS", "Validate", "fault_of"]

#: Characters of the page that are kept with a reject: enough to see what it was.
_EXCERPT = 200


class Validate:
    """Rejects with a named reason; statistics: articles/rejected, articles/rejected/REASON."""

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        self._session = CorpusSession.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy."""
        return cls(crawler)

    def process_item(self, item: Article) -> Article:
        """The article as it came; DropItem with the reason where it is none."""
        reason = fault_of(item, item.fetched_at or utc_now())
        if reason is None:
            return item
        self._reject(item, reason)
        self._stats.inc_value("articles/rejected")
        self._stats.inc_value(f"articles/rejected/{reason}")
        raise DropItem(f"{item.url}: {reason}")

    def _reject(self, item: Article, reason: str) -> None:
        excerpt = f"{item.title or ''}\n{item.body}".strip()[:_EXCERPT]
        asked = item.link_url or item.url
        portal = item.portal or "unknown"
        try:
            self._session.corpus.reject(
                portal, asked, reason, excerpt, self._session.run_of(portal), retry=item.kind in PASSING_KINDS
            )
        except CorpusError as error:
            self._session.abort(error)
