"""Lists that are JSON: find the array of records, name their address, title and date, and step to the next page.

Names and shapes are those of the interfaces in DOMAIN.md §4.8 and §5 (UCAP, TRS WCM, Founder and news clients).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

from crawler.extract.anchors import squeeze
from crawler.extract.dates import parse_date
from crawler.extract.pagination import PAGE_PARAMETER, replace_query, with_page
from crawler.extract.urlshape import Shape, shape_of
from crawler.items import CST, Link, Listing
from crawler.urls import absolute

__all__ = ["read_json"]

_URL_NAME = re.compile(r"(?:url|link|href|uri|path)$|^(?:url|link|href)", re.IGNORECASE)
_NOT_A_PAGE = re.compile(
    r"img|image|pic|thumb|cover|logo|avatar|icon|video|audio|share_?img|source|author|comment", re.IGNORECASE
)
_TITLE_NAME = re.compile(r"title|headline|subject|topic|name$|caption", re.IGNORECASE)
_DATE_NAME = re.compile(r"date|time|pub|created|ctime|stamp", re.IGNORECASE)
_SIZE_NAME = re.compile(
    r"^(?:page_?)?(?:size|count|num|rows|limit|per_?page)$|^(?:pagesize|show_num|cnt|length)$", re.IGNORECASE
)
_OFFSET_NAME = re.compile(r"^(?:offset|start|skip|startrecord|first|begin)$", re.IGNORECASE)
_CURSOR_NAME = re.compile(r"cursor|last|max_?id|min_?time|since_?id|next", re.IGNORECASE)
_MORE_NAME = re.compile(r"^(?:has_?(?:more|next)(?:page)?|more)$", re.IGNORECASE)
_END_NAME = re.compile(r"^(?:is_?(?:last|end)(?:page)?|last_?page|end)$", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]{1,200}>")
#: Deeper nesting than this is no list of records but a description of a page.
_DEPTH = 8

Record = Mapping[str, object]


def read_json(value: object, url: str, now: dt.datetime, read_html: Callable[[str], list[Link]]) -> Listing:
    """The list in a JSON value; without articles if there is none.  read_html: reads HTML that the JSON carries."""
    listing = Listing(url)
    records = _records(value, url)
    links: dict[str, Link] = {}
    for record in records:
        link = _link(record, url, now)
        if link:
            links.setdefault(link.url, link)
    if not links:
        for piece in _strings(value):
            for link in read_html(piece):
                links.setdefault(link.url, link)
    listing.articles = list(links.values())
    listing.next = _next(value, records, url, len(records) or len(links))
    return listing


def _lists(value: object, depth: int = 0) -> Iterator[Sequence[Record]]:
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        rows = [row for row in value if isinstance(row, dict)]
        if rows:
            yield rows
        for row in value:
            yield from _lists(row, depth + 1)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _lists(inner, depth + 1)


def _strings(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        if "<a " in value and "href" in value:
            yield value
    elif depth <= _DEPTH:
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from _strings(inner, depth + 1)


def _records(value: object, url: str) -> Sequence[Record]:
    """The array with most records that have both an address and a title."""
    best: Sequence[Record] = []
    most = 0
    for rows in _lists(value):
        fitting = sum(1 for row in rows if _address(row, url) and _title(row))
        if fitting > most:
            best, most = rows, fitting
    return best


def _address(record: Record, url: str) -> str | None:
    """The record's page: by the name of the field, then by the shape of the address."""
    found: list[tuple[int, str]] = []
    for name, value in record.items():
        if not isinstance(value, str) or not _URL_NAME.search(name) or _NOT_A_PAGE.search(name):
            continue
        address = absolute(url, value) if "/" in value or "." in value else None
        if address:
            shape = shape_of(urlsplit(address))
            if shape is not Shape.NEVER:
                found.append((int(shape), address))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _title(record: Record) -> str:
    exact = [v for n, v in record.items() if isinstance(v, str) and n.lower() in ("title", "doctitle", "headline")]
    named = exact or [v for n, v in record.items() if isinstance(v, str) and v.strip() and _TITLE_NAME.search(n)]
    return squeeze(_TAGS.sub("", named[0])) if named else ""


def _date(record: Record, now: dt.datetime) -> dt.datetime | None:
    names = sorted((n for n in record if _DATE_NAME.search(n)), key=lambda n: "pub" not in n.lower())
    for name in names:
        when = _moment(record[name], now)
        if when:
            return when
    return None


def _moment(value: object, now: dt.datetime) -> dt.datetime | None:
    """A printed date, or unix seconds or milliseconds."""
    if isinstance(value, str) and not value.isdecimal():
        stamp = parse_date(value, now)
        return stamp.when if stamp else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    seconds = float(value) / (1000 if float(value) > 1e11 else 1)
    return dt.datetime.fromtimestamp(int(seconds), CST) if 9e8 < seconds < 4e9 else None


def _link(record: Record, url: str, now: dt.datetime) -> Link | None:
    address, title = _address(record, url), _title(record)
    return Link(address, title, _date(record, now)) if address and title else None


def _next(value: object, records: Sequence[Record], url: str, count: int) -> str | None:
    """The interface's own address, one page on; None if this page came short or says that it is the last."""
    query = parse_qsl(urlsplit(url).query)
    size = next((int(v) for n, v in query if _SIZE_NAME.match(n) and v.isdecimal()), 0)
    if not count or (size and count < size) or _ends(value):
        return None
    for name, given in query:
        if _OFFSET_NAME.match(name) and given.isdecimal():
            return replace_query(url, name, str(int(given) + count))
    for name, given in query:
        if _CURSOR_NAME.search(name) and not PAGE_PARAMETER.fullmatch(name.lower()):
            cursor = _cursor(value, records, name)
            return replace_query(url, name, cursor) if cursor and cursor != given else None
    for name, given in query:
        if PAGE_PARAMETER.fullmatch(name.lower()) and given.isdecimal():
            return with_page(url, int(given) + 1)
    return None


def _ends(value: object, depth: int = 0) -> bool:
    if not isinstance(value, dict) or depth > 2:
        return False
    for name, inner in value.items():
        if (_MORE_NAME.match(name) and inner in (False, 0, "false")) or (_END_NAME.match(name) and inner is True):
            return True
        if _ends(inner, depth + 1):
            return True
    return False


def _cursor(value: object, records: Sequence[Record], name: str) -> str | None:
    """The value that the answer, or its last record, gives for a cursor parameter."""
    places: list[object] = [value, value.get("data") if isinstance(value, dict) else None]
    places += [records[-1]] if records else []
    for place in places:
        if isinstance(place, dict):
            for key, inner in place.items():
                if key.lower() == name.lower() and isinstance(inner, str | int):
                    return str(inner)
    return None
