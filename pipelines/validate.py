"""First stage: what is no article goes to the table of rejects, with its reason, and no further."""

from __future__ import annotations

import datetime as dt
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.corpus import utc_now
from crawler.errors import CorpusError
from crawler.extensions.corpus import CorpusSession
from crawler.items import Article

__all__ = ["FUTURE", "MIN_TEXT", "STORED_KINDS", "Validate", "fault_of"]

#: Galleries and videos are news with a line of text or none (DOMAIN.md §9.18).
STORED_KINDS = frozenset({"article", "gallery", "video"})
#: Kinds that may be articles another day: challenges pass, and 正在审核 is a soft error (DOMAIN.md §4.10, §4.11).
PASSING_KINDS = frozenset({"blocked", "error"})
#: Characters below which the text of a plain article is debris (正文, 【关闭】); the shortest of the bench has 77, and
#: notices of one sentence (今晚停水) stand well above.
MIN_TEXT = 8
#: Clocks differ and editors set times by hand, within the day; beyond it the "time" is another number on the page.
FUTURE = dt.timedelta(days=1)
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


def fault_of(article: Article, now: dt.datetime) -> str | None:
    """Why this is not stored: no_title, no_body, too_short, future_date or not_an_article:KIND; None: nothing wrong."""
    if article.kind not in STORED_KINDS:
        return f"not_an_article:{article.kind}"
    if not (article.title or "").strip():
        return "no_title"
    if article.kind == "article" and not article.images and not article.attachments:
        characters = len("".join(article.body.split()))
        if characters < MIN_TEXT:
            return "too_short" if characters else "no_body"
    if article.published is not None and article.published > now + FUTURE:
        return "future_date"
    return None
