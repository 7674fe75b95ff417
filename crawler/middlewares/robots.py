"""robots.txt, obeyed: Scrapy's middleware, told about the answers that portals give for a missing file."""

from __future__ import annotations

import logging

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import Response

__all__ = ["Robots"]


class Robots(RobotsTxtMiddleware):
    """Obeys robots.txt as RFC 9309 says: 5xx forbids all for this run, 4xx and a page in its place forbid nothing."""

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500:
            response = response.replace(body=b"User-agent: *\nDisallow: /\n")
        elif response.status >= 400 or response.body.lstrip()[:1] == b"<":
            # A home page or an error page under this name is no list of rules.
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)


def _in_one_line(record: logging.LogRecord) -> bool:
    """A host that cannot be reached is reported by the request that wanted it; a traceback says no more."""
    record.exc_info = None
    record.levelno, record.levelname = logging.DEBUG, "DEBUG"
    return logging.getLogger(record.name).isEnabledFor(logging.DEBUG)


logging.getLogger("scrapy.downloadermiddlewares.robotstxt").addFilter(_in_one_line)
