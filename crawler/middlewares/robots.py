"""robots.txt, obeyed: Scrapy's middleware, told about the answers that portals give for a missing file."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler
from twisted.internet.defer import Deferred

from crawler.extensions.backoff import LeftAlone
from crawler.spiders.failures import TOO_LARGE, words_of
from crawler.urls import host_of

__all__ = ["Robots"]

_NOTHING, _ALL = b"", b"User-agent: *\nDisallow: /\n"
#: "Too many requests" says nothing about rules: as for a server error, nothing may be asked.
_TOO_MANY = 429


class Robots(RobotsTxtMiddleware):
    """Obeys robots.txt as RFC 9309 §2.3.1 says: 4xx, and a page in its place, forbid nothing; 5xx, 429 and a host that
    cannot be reached forbid all for this run, and the reason is said as it is."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._unavailable: dict[str, str] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The host's rules, for every request that waits for them.

        Scrapy 2.19 lets all of them await one Deferred, and a Deferred gives its result to the first who asks: the
        others got None, which forbids nothing (seen as feeds asked for under "Disallow: /").
        """
        asked = self._parsers.get(urlparse_cached(request).netloc)
        if not isinstance(asked, Deferred):
            return await super().robot_parser(request)
        mine: Deferred[RobotParser | None] = Deferred()

        def pass_on(parser: RobotParser | None) -> RobotParser | None:
            mine.callback(parser)
            return parser

        asked.addCallback(pass_on)
        return await maybe_deferred_to_future(mine)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == _TOO_MANY:
            self._unavailable[netloc] = f"robots.txt of {host_of(request.url)} answered HTTP {response.status}"
            response = response.replace(body=_ALL)
        elif response.status >= 400 or response.body.lstrip()[:1] == b"<":
            # A home page or an error page under this name is no list of rules.
            response = response.replace(body=_NOTHING)
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if isinstance(exc, IgnoreRequest) and not isinstance(exc, LeftAlone) and words_of(exc) != TOO_LARGE:
            # It leads to another site, or in circles, which is as good as none.
            super()._robots_error(exc, netloc)
            return
        self._unavailable[netloc] = f"robots.txt of {netloc.partition(':')[0]}: {words_of(exc)}"
        waiting = self._parsers[netloc]
        parser: RobotParser = build_from_crawler(self._parserimpl, self.crawler, _ALL)
        self._parsers[netloc] = parser
        if isinstance(waiting, Deferred):
            waiting.callback(parser)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Refuse what is forbidden, and say why."""
        with _said(self._unavailable.get(urlparse_cached(request).netloc), host_of(request.url)):
            super().process_request_2(rp, request)


@contextmanager
def _said(unavailable: str | None, host: str) -> Iterator[None]:
    try:
        yield
    except IgnoreRequest as error:
        raise IgnoreRequest(unavailable or f"robots.txt of {host} forbids it") from error


def _in_one_line(record: logging.LogRecord) -> bool:
    """A host that cannot be reached is reported by the request that wanted it; a traceback says no more."""
    record.exc_info = None
    record.levelno, record.levelname = logging.DEBUG, "DEBUG"
    return logging.getLogger(record.name).isEnabledFor(logging.DEBUG)


logging.getLogger("scrapy.downloadermiddlewares.robotstxt").addFilter(_in_one_line)
