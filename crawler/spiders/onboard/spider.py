"""The spider that looks a portal over: one request after the other, each planned by what the last one showed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawler.items import Page
from crawler.middlewares.budget import Budget
from crawler.portals import Portal
from crawler.spiders.failures import BLOCKED_STATUS, NETWORK_ERRORS, words_of
from crawler.spiders.onboard.findings import Findings, NotAPortal, Say, Unreadable
from crawler.spiders.onboard.look import look_over
from crawler.spiders.reading import content_type

__all__ = ["MAX_REQUESTS", "Onboarding", "onboarding_settings"]

#: Requests that a look may cost, those for robots.txt and redirects included: a minute at the default pace.
MAX_REQUESTS = 40


class Onboarding(scrapy.Spider):
    """Nameless, so that `scrapy list` does not show it.  findings: None where objection says why not."""

    budget: Budget

    def __init__(self, portal: Portal, known: Portal | None, say: Say, **_: Any) -> None:
        super().__init__("onboard")
        self._portal, self._known, self._say = portal, known, say
        self.findings: Findings | None = None
        self.objection: str | None = None

    async def start(self) -> AsyncIterator[Request]:
        """All of the look: it awaits its pages one by one, and leaves nothing for the scheduler."""
        try:
            self.findings = await look_over(self._portal, self._known, _Download(self), self._say)
        except NotAPortal as e:
            self.objection = str(e)
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request


class _Download:
    """Fetch by Scrapy's downloader: robots.txt, pace and redirects as in a crawl."""

    def __init__(self, spider: Onboarding) -> None:
        self._spider = spider

    @property
    def left(self) -> int:
        return self._spider.budget.most - self._spider.budget.spent

    @property
    def spent(self) -> int:
        return self._spider.budget.spent

    async def __call__(self, url: str) -> Page:
        engine = self._spider.crawler.engine
        try:
            response = await engine.download_async(Request(url, callback=NO_CALLBACK))
        except NETWORK_ERRORS as e:
            raise Unreadable(words_of(e)) from e
        if response.status != 200:
            raise Unreadable(f"HTTP {response.status}", refused=response.status in BLOCKED_STATUS)
        return Page(response.url, response.body, content_type(response))


def onboarding_settings(middlewares: dict[Any, Any]) -> dict[str, Any]:
    """Settings of the look, for the settings' DOWNLOADER_MIDDLEWARES.

    No corpus, no pipelines; a budget next to the network (Scrapy counts at 850).  What refuses is not asked again, so
    that nothing needs to know how long to wait.
    """
    own = {"crawler.middlewares.retry_after.RetryAfter": None, "crawler.middlewares.budget.Budget": 849}
    return {
        "ITEM_PIPELINES": {},
        "SPIDER_MIDDLEWARES": {},
        "EXTENSIONS": {"crawler.extensions.crawl_delay.CrawlDelay": 20},
        "DOWNLOADER_MIDDLEWARES": {**middlewares, **own},
        "MAX_REQUESTS": MAX_REQUESTS,
        "RETRY_HTTP_CODES": [500, 502, 504],
        "RETRY_TIMES": 1,
    }
