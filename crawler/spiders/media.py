"""Pictures, files and style sheets of articles, fetched for the archive alone (-a media=yes)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from crawler.extensions.archive import MEDIA
from crawler.items import Article
from crawler.spiders.failures import ignore
from crawler.urls import absolute, key

if TYPE_CHECKING:
    from crawler.spiders.portal import PortalSpider

__all__ = ["Media"]

#: After everything else: what is missing of them the next run fetches.
PRIORITY = -10
#: Style sheets that one page may name; more are a page builder's, whose pages look the same without the rest.
_SHEETS = 10
_LINK = re.compile(rb"<link\b[^>]*>", re.IGNORECASE)
_SHEET = re.compile(rb"""\brel\s*=\s*["']?stylesheet""", re.IGNORECASE)
_HREF = re.compile(rb"""\bhref\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


class Media:
    """The media side of one portal's run: every address once, and none that the archive has."""

    def __init__(self, spider: PortalSpider) -> None:
        self._spider = spider
        self._asked: set[str] = set()

    def missing(self) -> Iterator[Request]:
        """What earlier runs did not come to, or did not want."""
        if self._spider.options.media:
            yield from self._requests(self._spider.corpus.unarchived_files(self._spider.name))

    def of(self, article: Article, response: Response) -> Iterator[Request]:
        """What belongs to an article that was just read."""
        if self._spider.options.media:
            files = [image.url for image in article.images] + [file.url for file in article.attachments]
            yield from self._requests([*files, *_sheets(response)])

    def _requests(self, urls: Iterable[str]) -> Iterator[Request]:
        for url in urls:
            if not url.startswith(("http://", "https://")) or key(url) in self._asked:
                continue
            self._asked.add(key(url))
            if self._spider.corpus.captures(url):
                continue
            self._spider.crawler.stats.inc_value("media/asked")
            yield Request(
                url,
                callback=self.parse,
                errback=ignore,
                priority=PRIORITY,
                dont_filter=True,
                meta={
                    MEDIA: True,
                    "handle_httpstatus_all": True,
                    "download_maxsize": self._spider.crawler.settings.getint("ARCHIVE_MEDIA_SIZE"),
                },
            )

    def parse(self, response: Response) -> None:
        """The archive has it; nothing else wants it."""
        self._spider.crawler.stats.inc_value(f"media/{response.status}")


def _sheets(response: Response) -> Iterator[str]:
    found = 0
    for link in _LINK.findall(response.body):
        href = _HREF.search(link) if _SHEET.search(link) else None
        url = absolute(response.url, href[1].decode("latin-1").replace("&amp;", "&")) if href else None
        if url and found < _SHEETS:
            found += 1
            yield url
