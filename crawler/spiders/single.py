"""Fetches one page, politely, for a command that looks at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.spiders.failures import reason_of

__all__ = ["SinglePage"]


class SinglePage(scrapy.Spider):
    """One request.  Nameless, so that `scrapy list` does not show it.  response: None where fault says why not."""

    def __init__(self, url: str, **_: Any) -> None:
        super().__init__("single")
        self._url = url
        self.response: Response | None = None
        self.fault: str | None = None

    async def start(self) -> AsyncIterator[Request]:
        """The page, whatever its status: an error page is worth a look too."""
        yield Request(self._url, self.parse, errback=self.failed, meta={"handle_httpstatus_all": True})

    def parse(self, response: Response) -> None:
        """Keep it."""
        self.response = response

    def failed(self, failure: Failure) -> None:
        """Keep why there is none."""
        self.fault = reason_of(failure)
