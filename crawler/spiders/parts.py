"""Articles in several parts: fetch the other parts, and join them (DOMAIN.md §4.9)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Protocol

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.extract import stitch
from crawler.items import Article, Evidence
from crawler.spiders.failures import NETWORK_ERRORS
from crawler.urls import key

__all__ = ["PartMissing", "Reader", "whole_article"]

_PART_MARK = re.compile(r"[\s(（\[【]*[\d一二三四五六七八九十]{1,2}(?:\s*/\s*\d+)?[)）\]】]?$")
_NOT_A_LETTER = re.compile(r"[\W_]+")


#: A part that does not exist is a broken link of the portal's; anything else may pass.
NO_SUCH_PART = frozenset({404, 410})


class Reader(Protocol):
    """Who fetches pages and reads them: the spider."""

    def purpose(self, role: str, link: str) -> dict[str, Any]:
        """What a request is for, as its meta."""

    async def download(self, request: Request) -> Response:
        """The answer, whatever its status."""

    def read(self, response: Response, now: dt.datetime) -> Article:
        """The page as an article."""


class PartMissing(Exception):
    """A part that the article links to could not be had now; the article is fetched again in a later run."""


async def whole_article(first: Article, reader: Reader, now: dt.datetime, max_parts: int) -> Article:
    """The article with the text of all its parts; `first` itself where it has only one.

    Raises PartMissing, naming the part, so that half an article is never stored as a whole one.  A part that does not
    exist (404) is left out, and the evidence of part_urls says so.
    """
    if first.full_url:
        whole = await _part(first.full_url, reader, now)
        if whole and len(whole.body) > len(first.body):
            return _as(whole, first)
    parts, asked = [first], {key(first.url)}
    waiting = list(first.part_urls)
    while waiting and len(parts) < max_parts:
        url = waiting.pop(0)
        if key(url) in asked:
            continue
        asked.add(key(url))
        part = await _part(url, reader, now)
        if part is None:
            first.evidence["part_urls"] = Evidence("a part does not exist", 0.5, url)
        if part is None or not _same_story(first, part):
            continue
        parts.append(part)
        waiting += [u for u in part.part_urls if key(u) not in asked]
    return stitch(parts) if len(parts) > 1 else first


async def _part(url: str, reader: Reader, now: dt.datetime) -> Article | None:
    """None where there is no such page."""
    try:
        meta = reader.purpose("part", url)
        response = await reader.download(Request(url, callback=NO_CALLBACK, priority=20, meta=meta))
    except NETWORK_ERRORS as e:
        raise PartMissing(f"part {url}: {e}") from e
    if response.status in NO_SUCH_PART:
        return None
    if response.status != 200:
        raise PartMissing(f"part {url}: HTTP {response.status}")
    return reader.read(response, now)


def _as(whole: Article, first: Article) -> Article:
    """The one-page version under the address of the first part, which is the one that lists link to."""
    whole.url, whole.canonical_url = first.url, first.canonical_url
    return whole


def _same_story(first: Article, part: Article) -> bool:
    """Some portals link 下一页 to the next article: a part has the same headline, or none."""
    if part.kind not in ("article", "gallery", "video"):
        return False
    return not part.title or not first.title or _bare(part.title) == _bare(first.title)


def _bare(title: str) -> str:
    return _NOT_A_LETTER.sub("", _PART_MARK.sub("", title))
