"""Asks stored articles again: has the portal changed them, taken them away, brought them back?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.corpus import Due, Visit
from crawler.extensions.backoff import LeftAlone
from crawler.items import Article
from crawler.spiders.parts import PartMissing
from crawler.spiders.reading import fetched_at
from crawler.urls import key

if TYPE_CHECKING:
    from crawler.spiders.portal import PortalSpider

__all__ = ["Revisits", "visit_of"]

#: After news and lists, before feeds: what is known already can wait.
PRIORITY = -5
NOT_MODIFIED = 304
ABSENT = frozenset({404, 410})
#: What a page may be that has an article on it, and what stands where one was taken away (DOMAIN.md §4.11).
ARTICLES = frozenset({"article", "gallery", "video"})
EXCUSES = frozenset({"error", "front", "list"})


class Revisits:
    """The later looks of one portal's run; REVISIT_LIMIT bounds them, the corpus says when which article is due."""

    def __init__(self, spider: PortalSpider) -> None:
        self._spider = spider
        #: stories asked again, and of these those that were answered
        self.wanted = self.answered = 0

    def requests(self) -> Iterator[Request]:
        """Conditional requests for what is due, newest first."""
        spider = self._spider
        limit = spider.crawler.settings.getint("REVISIT_LIMIT")
        for due in spider.corpus.due(spider.name, limit) if limit > 0 else ():
            self.wanted += 1
            yield Request(
                due.url,
                callback=self.parse,
                errback=self.failed,
                cb_kwargs={"due": due},
                headers=_conditions(due.visit),
                meta={"handle_httpstatus_list": [NOT_MODIFIED, *ABSENT]}
                | spider.purpose("revisit", due.url, section=due.section),
                dont_filter=True,
                priority=PRIORITY,
            )

    async def parse(self, response: Response, due: Due) -> AsyncIterator[Article]:
        """The article once more, where its page was sent again."""
        self.answered += 1
        self._count("asked")
        if response.status == NOT_MODIFIED:
            self._present(due, "not_modified")
        elif response.status in ABSENT:
            self._missing(due, f"HTTP {response.status}")
        else:
            article = await self._article(response, due)
            if article is not None:
                yield article

    async def _article(self, response: Response, due: Due) -> Article | None:
        """The page as an article that may be stored; None, with the reason counted, where it is none."""
        spider, now = self._spider, fetched_at(response)
        first = spider.read(response, now)
        if first.kind == "blocked":
            spider.refused(response.url, "challenge page")
            return None
        spider.passed(response.url)
        if key(response.url) != key(due.url):
            self._elsewhere(response.url, first, due)
            return None
        if first.kind in EXCUSES:
            self._missing(due, f"no longer an article: {first.kind}")
            return None
        if first.kind not in ARTICLES or not first.title:
            self._present(due, "unreadable")
            return None
        try:
            article = await spider.articles.whole(first, now)
        except PartMissing:
            self._present(due, "unreadable")
            return None
        article.portal, article.section, article.fetched_at = spider.name, due.section, now
        spider.session.visits[article.url] = visit_of(response, article, again=True)
        return article

    def _elsewhere(self, url: str, found: Article, due: Due) -> None:
        """Redirected: the story has moved and stays what it is, or the portal hides that it is gone."""
        same = found.kind in ARTICLES and (found.content_hash == due.content_hash or found.title == due.title)
        if same:
            self._present(due, "moved")
        else:
            self._missing(due, f"redirected to {url}")

    def failed(self, failure: Failure) -> None:
        """Nothing was learned; what cannot be had now is asked for at its next turn, so that it does not hold it."""
        self.answered += 1
        if isinstance(failure.value, LeftAlone):
            return
        request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it to every failure it hands out
        self._count("failed")
        self._spider.corpus.postpone(request.cb_kwargs["due"].article_id)
        self._spider.count_refusal(failure)

    def _present(self, due: Due, how: str) -> None:
        self._count(how)
        if self._spider.corpus.present(due.article_id):
            self._count("restored")

    def _missing(self, due: Due, why: str) -> None:
        self._count("missing")
        if self._spider.corpus.missing(due.article_id, why, self._spider.look_id):
            self._count("gone")

    def _count(self, what: str) -> None:
        self._spider.crawler.stats.inc_value(f"revisits/{what}")


def visit_of(response: Response, article: Article, *, again: bool = False) -> Visit:
    """What an answer said of its version; of an article in several parts it is only the first part's, and worthless."""
    if article.part_urls or article.full_url:
        return Visit(again=again)
    etag, modified = (response.headers.get(name) for name in ("ETag", "Last-Modified"))
    return Visit(
        etag.decode("latin-1") if etag else None, modified.decode("latin-1") if modified else None, again=again
    )


def _conditions(visit: Visit) -> dict[str, str]:
    """Headers for "only if it has changed" (RFC 9110 §13.1)."""
    wanted = {"If-None-Match": visit.etag, "If-Modified-Since": visit.last_modified}
    return {name: value for name, value in wanted.items() if value}
