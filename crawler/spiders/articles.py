"""Asks for articles and reads them: one request a story, however many lists show it."""

from __future__ import annotations

import collections
import datetime as dt
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.extensions.backoff import LeftAlone
from crawler.items import Article, Link
from crawler.spiders.failures import BLOCKED_STATUS, reason_of, status_of
from crawler.spiders.parts import PartMissing, whole_article
from crawler.spiders.reading import fetched_at
from crawler.spiders.revisits import visit_of
from crawler.urls import key

if TYPE_CHECKING:
    from crawler.spiders.portal import PortalSpider

__all__ = ["PRIORITY", "Articles"]

#: Number and name of an e-paper's page.
Place = tuple[str | None, str | None]
#: Articles come before further list pages, so that what waits in memory is a page of links and not a portal's.
PRIORITY = 10


class Articles:
    """The article side of one portal's walk; failures and rejects go to the ledger, never just away."""

    def __init__(self, spider: PortalSpider) -> None:
        self._spider = spider
        self._asked: set[str] = set()
        #: stories asked for and answered, by section; None: those that no section led to
        self.wanted: collections.Counter[str | None] = collections.Counter()
        self.answered: collections.Counter[str | None] = collections.Counter()

    @property
    def limit_reached(self) -> bool:
        """True once as many articles were asked for as -a limit allows."""
        limit = self._spider.options.limit
        return limit is not None and len(self._asked) >= limit

    def requests(self, link: Link, section: str | None, page: Place | None = None) -> Iterator[Request]:
        """The request for a story, unless this run has asked for it."""
        if key(link.url) in self._asked or self.limit_reached:
            return
        self._asked.add(key(link.url))
        self.wanted[section] += 1
        yield Request(
            link.url,
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"link_url": link.url, "section": section, "page": page},
            meta=self._spider.purpose("article", link.url, section=section, page=page),
            priority=PRIORITY,
            # The ledger sees to it that nothing is asked twice; Scrapy's filter would drop, without a word, whatever
            # is redirected to an address that was asked for, and it would wait in the ledger for ever.
            dont_filter=True,
        )

    async def parse(
        self, response: Response, link_url: str, section: str | None, page: Place | None
    ) -> AsyncIterator[Article | Request]:
        """One article, with the text of all its parts, and requests for its media."""
        self.answered[section] += 1
        now = fetched_at(response)
        if key(response.url) == key(self._spider.site.home) != key(link_url):
            self._reject(link_url, "redirected_home", response.url)
            return
        article = self._spider.read(response, now)
        if article.kind == "blocked":
            self._fail(link_url, "blocked: challenge page")
            self._spider.refused(response.url, "challenge page")
            return
        self._spider.passed(response.url)
        try:
            article = await self.whole(article, now)
        except PartMissing as e:
            self._fail(link_url, str(e))
            return
        article.portal, article.section, article.fetched_at = self._spider.name, section, now
        article.link_url = link_url if key(link_url) != key(article.url) else None
        if page:
            article.page_number, article.page_name = article.page_number or page[0], article.page_name or page[1]
        self._spider.session.visits[article.url] = visit_of(response, article)
        self._spider.templates.seen(response, article)
        yield article
        for request in self._spider.media.of(article, response):
            yield request

    async def whole(self, first: Article, now: dt.datetime) -> Article:
        """The article with all its parts; PartMissing where one cannot be had now."""
        most = self._spider.crawler.settings.getint("MAX_PARTS")
        return await whole_article(first, self._spider, now, most)

    def failed(self, failure: Failure) -> None:
        """The ledger keeps what failed and why; a later run asks again."""
        request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it to every failure it hands out
        self.answered[request.cb_kwargs["section"]] += 1
        if isinstance(failure.value, LeftAlone):
            return
        blocked = "blocked: " if status_of(failure) in BLOCKED_STATUS else ""
        self._fail(request.cb_kwargs["link_url"], blocked + reason_of(failure))
        self._spider.count_refusal(failure)

    def _fail(self, url: str, reason: str) -> None:
        self._spider.corpus.fail(self._spider.name, url, reason)
        self._spider.tally.article_failed()

    def _reject(self, url: str, reason: str, excerpt: str) -> None:
        self._spider.corpus.reject(self._spider.name, url, reason, excerpt, run_id=self._spider.run_id)
        self._spider.crawler.stats.inc_value(f"articles/rejected/{reason}")
        self._spider.crawler.stats.inc_value("articles/rejected")
