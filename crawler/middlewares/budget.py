"""A crawl that only looks asks for no more than so many pages, whatever redirects and robots.txt add."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured

__all__ = ["Budget"]


class Budget:
    """Downloader middleware next to the network: refuses every request beyond the setting MAX_REQUESTS."""

    def __init__(self, most: int) -> None:
        self.most, self.spent = most, 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy."""
        most = crawler.settings.getint("MAX_REQUESTS")
        if not most:
            raise NotConfigured
        budget = cls(most)
        crawler.spider.budget = budget  # type: ignore[union-attr]  # the spider whose walk plans with it
        return budget

    def process_request(self, request: Request) -> None:  # noqa: ARG002 - Scrapy's signature
        """Count it, or refuse it."""
        if self.spent >= self.most:
            raise IgnoreRequest(f"budget of {self.most} requests is spent")
        self.spent += 1
