"""Pictures and attached files of an article, with their real addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from lxml import etree

from crawler.extract.dom import Box, Document, Picture
from crawler.extract.lines import Anchor
from crawler.items import Attachment
from crawler.urls import absolute

__all__ = ["attachments", "is_attachment", "picture_url", "pictures_between"]

#: Where lazy loaders keep the address; DOMAIN.md §3 counts data-src 66 times and data-original 32 times.
_LAZY = (
    "data-original",
    "data-src",
    "data-lazy-src",
    "data-actualsrc",
    "data-lazyload",
    "data-lazy",
    "data-echo",
    "data-url",
    "data-img",
    "data-real-src",
    "data-backsrc",
    "lazy-src",
    "lazysrc",
    "zoomfile",
    "original",
    "real_src",
    "_src",
    "file",
)
#: File names of placeholders, buttons and marks, which are no pictures of an article.
_ORNAMENT = re.compile(
    r"(?:^|[/_\-.])(?:blank|loading|placeholder|spacer|pixel|1px|1x1|grey|gray|transparent|lazy\w*|icons?|ico|logo\w*"
    r"|qr_?code\w*|erweima|ewm\w*|weixin|wechat|wx\d*|weibo|share|arrow\w*|dot|btn\w*|button|avatar|face|emot\w*|emoji"
    r"|qzone|print|top|back|close|play|nopic|no_?img|none|s\.gif|c\.gif|grey\.gif|tplimg|filetype\w*|icon_\w+|fileTypeImages)"
    r"(?:[/_\-.]|\d*$)",
    re.IGNORECASE,
)
_PIXELS = re.compile(r"\s*(\d+)")
#: Smaller pictures are icons, emoticons and spacers: news photos are printed some hundred pixels wide.
_SMALLEST = 60
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|wps|et|ofd|csv|txt|rtf)$", re.IGNORECASE)


def picture_url(element: etree._Element, base: str) -> str | None:
    """Absolute address of an <img>'s real file; None for placeholders, icons, spacers and QR codes."""
    if _too_small(element):
        return None
    candidates = [element.get(name) for name in _LAZY]
    candidates += [_largest(element.get("data-srcset")), element.get("src"), _largest(element.get("srcset"))]
    for candidate in candidates:
        if not candidate or candidate.strip().startswith("data:"):
            continue
        url = absolute(base, candidate)
        if url and not _ORNAMENT.search(urlsplit(url).path):
            return url
    return None


def _too_small(element: etree._Element) -> bool:
    for name in ("width", "height"):
        value = element.get(name)
        match = _PIXELS.match(value) if value and "%" not in value else None
        if match and int(match[1][:6]) < _SMALLEST:
            return True
    return False


def _largest(srcset: str | None) -> str | None:
    """The candidate of a srcset with the largest width or density."""
    best, size = None, -1.0
    for part in (srcset or "").split(","):
        words = part.split()
        if not words:
            continue
        number = re.match(r"[\d.]+", words[1]) if len(words) > 1 else None
        value = float(number[0].strip(".") or 0) if number else 1.0
        if value > size:
            best, size = words[0], value
    return best


def pictures_between(document: Document, first: int, last: int, home: Box) -> Iterator[tuple[Picture, str]]:
    """Pictures before lines first to last (inclusive) inside a box, in page order, each address once."""
    seen: set[str] = set()
    for picture in document.pictures:
        if first <= picture.line <= last and (picture.box.within(home)):
            url = picture_url(picture.element, document.url)
            if url and url not in seen:
                seen.add(url)
                yield picture, url


def is_attachment(href: str) -> bool:
    """True for the address of a document or an archive.

    >>> is_attachment("./P02024.xlsx"), is_attachment("/news/1.shtml")
    (True, False)
    """
    return _FILE.search(href.partition("?")[0].partition("#")[0].strip()) is not None


def attachments(document: Document, first: int, last: int) -> list[Attachment]:
    """Files that the lines first to last (inclusive) link to, each address once.

    The name is the link's text, or else the file's name.
    """
    found: dict[str, Attachment] = {}
    for anchor in document.anchors:
        if not first <= anchor.line <= last:
            continue
        href = anchor.href
        if href and is_attachment(href):
            url = absolute(document.url, href)
            if url and url not in found:
                found[url] = Attachment(url, _name(anchor, url))
    return list(found.values())


def _name(anchor: Anchor, url: str) -> str:
    text = " ".join("".join(anchor.element.itertext()).split())
    return text or anchor.element.get("title") or unquote(urlsplit(url).path.rpartition("/")[2])
