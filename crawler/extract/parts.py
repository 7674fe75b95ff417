"""Other pages of the same article, and its "all on one page" version (DOMAIN.md §4.9).

A link is a part only if its address is this article's own, plus a page number: some portals label the next article or
the next gallery 下一页, and their id differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, urlsplit

from crawler.extract.dom import Document
from crawler.extract.pagers import call_pages
from crawler.extract.pagination import PAGE_PARAMETER, replace_query
from crawler.urls import absolute

__all__ = ["Parts", "find_parts"]

#: name_2.html, content_1234_2.htm, show-12-3456-2.html: a page number after the article's own name.
_NUMBERED = re.compile(r"(.+?)([_-])(\d{1,3})")
_FILE = re.compile(r"(.*/)([^/]*?)((?:\.[a-z]{2,5})?)", re.IGNORECASE)
_WHOLE = re.compile(
    r"[\[【(（]*(?:余下全文|(?:在)?(?:本|单|一)页(?:阅读|显示|查看|浏览)(?:全文|全部|剩余内容)?|(?:点击)?(?:全文阅读|阅读全文|显示全文|查看全文|浏览全文|展开全文)"
    r"|显示全部|全文)[\]】)）>»…]*"
)
#: Labels of a pager's links, as opposed to headlines.
_PAGER = re.compile(r"[\[【(（]?(?:\d{1,2}|第?\d{1,2}页|[上下前后首末尾]一?页|[<>«»]+)[\]】)）]?[>»]*")
_DATE = re.compile(r"(?:19|20)\d{6}(?!\d)")
_ID = re.compile(r"\d{4,}")
#: Articles of more pages exist only as galleries; beyond this a number is no page number.
_MOST_PAGES = 60


@dataclass(slots=True)
class Parts:
    """Addresses of all known pages of the article in order, its own included (empty: it has one page only).

    A page that links only to the next one knows only that; ask again on the next page.  full_url: address of the
    version with everything on one page, None where there is none.
    """

    urls: list[str] = field(default_factory=list)
    full_url: str | None = None


@dataclass(frozen=True, slots=True)
class _Name:
    """An address taken apart: what all pages share, and the page's separator and number (0: none)."""

    folder: str
    base: str
    suffix: str
    separator: str = ""
    number: int = 0

    def shares(self, other: _Name) -> bool:
        """True if both are pages of one article, as far as names tell."""
        return (self.folder, self.base, self.suffix) == (other.folder, other.base, other.suffix)

    def path(self, number: int = 0, separator: str = "_") -> str:
        """Path of a page; number 0: without a number."""
        return f"{self.folder}{self.base}{f'{separator}{number}' if number else ''}{self.suffix}"


def find_parts(document: Document) -> Parts:
    """Pages of the article that the document is a page of."""
    url = document.url
    called = _from_script(document)
    links = list(_links(document))
    parts = Parts(called or _by_query(url, links) or _by_name(url, links))
    parts.full_url = _whole(url, links)
    return parts


def _links(document: Document) -> Iterator[tuple[str, str]]:
    """Address and text of the links that may lead to a page of this article, on the page's own host.

    Resolving an address costs more than all else here, so only those are resolved that bear the article's name or id,
    or consist of a query; the rules above ask for no other.
    """
    parts = urlsplit(document.url)
    host, base = parts.hostname, _take_apart(parts).base
    if parts.path in ("", "/") and not parts.query:
        return
    marks = [mark for mark in (base, *_ID.findall(f"{parts.path}?{parts.query}")[-1:]) if mark]
    for anchor in document.anchors:
        href = anchor.href or ""
        # A plain loop: with any() over a generator this takes twice as long, for hundreds of links.
        for mark in marks:
            if mark in href:
                break
        else:
            if marks and "?" not in href[:1]:
                continue
        address = absolute(document.url, href)
        if address and urlsplit(address).hostname == host:
            yield address, "".join("".join(anchor.element.itertext()).split())


def _from_script(document: Document) -> list[str]:
    """TRS: createPageHTML in an article's page names its pages (index_1, t20221113_1234_1 …)."""
    name = _take_apart(urlsplit(document.url))
    for script in document.scripts:
        text = script.text
        found = call_pages(text, document.url) if text else []
        if len(found) > 1 and any(_take_apart(urlsplit(page)).base in (name.base, "index") for page in found):
            return found
    return []


def _take_apart(parts: SplitResult, *, whole: bool = False) -> _Name:
    """Take a path apart; whole: leave a number at the name's end in the name."""
    match = _FILE.fullmatch(parts.path)
    folder, stem, suffix = match.groups() if match else ("/", "", "")
    numbered = None if whole else _NUMBERED.fullmatch(stem)
    if numbered and 0 < int(numbered[3]) <= _MOST_PAGES:
        return _Name(folder, numbered[1], suffix, numbered[2], int(numbered[3]))
    return _Name(folder, stem, suffix)


def _by_name(url: str, links: list[tuple[str, str]]) -> list[str]:
    """name.html, name_2.html, name_3.html: from whichever of them this page is."""
    parts = urlsplit(url)
    named = [(_take_apart(urlsplit(address)), text) for address, text in links]
    own = _take_apart(parts, whole=True)
    found = {name: text for name, text in named if name.number and name.shares(own)} if _nameable(own) else {}
    has_plain = True
    if not found:
        own = _take_apart(parts)
        found = {name: text for name, text in named if name.number and name.shares(own) and _PAGER.fullmatch(text)}
        has_plain = any(urlsplit(address).path == own.path() for address, _ in links)
        if not own.number or not (has_plain or (found and _identified(own))):
            return []
        found.setdefault(own, str(own.number))
    return [parts._replace(path=path, fragment="").geturl() for path in _series(own, found, has_plain=has_plain)]


def _series(own: _Name, found: dict[_Name, str], *, has_plain: bool) -> list[str]:
    """Paths of all pages up to the highest number; numbers that a long pager leaves out are filled in."""
    numbers = {name.number for name in found}
    separator = next(iter(found)).separator
    first = 2 if has_plain else min(numbers)
    if has_plain and any(name.number == 1 and text != "1" for name, text in found.items()):
        # TRS counts from 0, so that name_1 is the second page; a link named 1 is a copy of the first one (DedeCMS).
        first = 1
    pages = [own.path()] if has_plain else []
    pages += [own.path(number, separator) for number in range(first, max(numbers) + 1)]
    return pages if len(pages) > 1 else []


def _nameable(name: _Name) -> bool:
    """index.html and its like name a folder, which holds one article only where it bears an id itself."""
    folder = _DATE.sub("", name.folder.rstrip("/").rsplit("/", 1)[-1])
    return name.base not in ("index", "default", "") or re.search(r"\d{5,}", folder) is not None


def _identified(name: _Name) -> bool:
    """The shared name holds an id besides a date, so that another number is no other article (20260304_3)."""
    return re.search(r"\d{3,}", _DATE.sub("", name.base)) is not None


def _by_query(url: str, links: list[tuple[str, str]]) -> list[str]:
    """?id=5&page=2: the same address with another page number."""
    own_rest, own_page, _ = _query(url)
    numbers: dict[int, str] = {own_page: url}
    name_used = ""
    for address, _ in links:
        rest, number, name = _query(address)
        if rest == own_rest and 0 < number <= _MOST_PAGES and name:
            numbers.setdefault(number, address)
            name_used = name
    if len(numbers) < 2:
        return []
    pattern = next(address for address in numbers.values() if _query(address)[2])
    return [
        numbers.get(number) or replace_query(pattern, name_used, str(number)) for number in range(1, max(numbers) + 1)
    ]


def _query(url: str) -> tuple[object, int, str]:
    """What stays the same from page to page, the number (1 where none is given), and the parameter's name."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    pages = [(name, value) for name, value in pairs if PAGE_PARAMETER.fullmatch(name.lower()) and value.isdecimal()]
    rest = (parts.netloc, parts.path, tuple(sorted(pair for pair in pairs if pair not in pages)))
    return rest, int(pages[-1][1]) if pages else 1, pages[-1][0] if pages else ""


def _whole(url: str, links: list[tuple[str, str]]) -> str | None:
    """Address of the one-page version: labelled so, and carrying this article's id or name."""
    parts = urlsplit(url)
    name = _take_apart(parts)
    ids = _ID.findall(f"{parts.path}?{parts.query}")
    for address, text in links:
        if address == url or not _WHOLE.fullmatch(text):
            continue
        other = urlsplit(address)
        same_name = other.path.startswith(f"{name.folder}{name.base}") and bool(name.base)
        if (ids and ids[-1] in f"{other.path}?{other.query}") or (not ids and same_name):
            return address
    return None
