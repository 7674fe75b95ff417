"""A corpus that cannot go on ends the run in one line, from whichever callback noticed it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.errors import CorpusError
from crawler.extensions.corpus import CorpusSession

__all__ = ["CorpusGuard"]


class CorpusGuard:
    """Spider middleware: hands a CorpusError to the session, which closes the spider and keeps the message."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy."""
        return cls(crawler)

    def process_spider_exception(self, response: Response, exception: Exception) -> Iterable[Any] | None:  # noqa: ARG002 - Scrapy's signature
        """Nothing more comes of this response; None leaves every other exception to Scrapy."""
        if not isinstance(exception, CorpusError):
            return None
        CorpusSession.of(self._crawler).abort(exception)
        return []
