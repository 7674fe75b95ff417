"""Feeds and sitemaps: RSS 2.0, Atom, sitemap.xml with news dates, their indexes, baidunews.xml (DOMAIN.md §4.1, §4.7).

Machine-made channels are often broken XML (a bare "&", GBK under a UTF-8 name, a cut-off file), so the parser recovers.
It never loads anything and never expands entities, which makes entity bombs harmless.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from lxml import etree

from crawler.extract.anchors import squeeze
from crawler.extract.dates import parse_date
from crawler.extract.decode import decode
from crawler.items import CST, Link
from crawler.urls import absolute

__all__ = ["FEED_PATHS", "Feed", "read_feed", "read_feed_index"]

#: Where feeds lie that no page declares (DOMAIN.md §4.1, §4.5–§4.7); probe each once, robots permitting.
FEED_PATHS = (
    "/sitemap.xml",
    "/xml/sitemap.xml",
    "/sitemaps.xml",
    "/baidunews.xml",
    "/rss.xml",
    "/e/web/?type=rss2",
)

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
#: "&" that begins no entity, outside CDATA: an address with parameters that nobody escaped.
_LOOSE_AMPERSAND = re.compile(r"(<!\[CDATA\[.*?\]\]>)|&(?!(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z]\w*);)", re.DOTALL)
_HEAD = 2_000
_TAGS = re.compile(r"<[^>]{1,300}>")
#: Elements that stand for one story, and those of its parts, in all the formats; namespaces are dropped.
_ENTRIES = frozenset(("item", "entry", "url"))
_DATES = ("publication_date", "pubdate", "published", "date", "updated", "lastmod")
_FEED_ROOTS = re.compile(r"<(?:rss|feed|urlset|sitemapindex|rdf:rdf|document)\b", re.IGNORECASE)


@dataclass(slots=True)
class Feed:
    """What a feed leads to: stories, and further sitemaps (of a <sitemapindex>)."""

    links: list[Link] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)


def read_feed(body: bytes, url: str, *, now: dt.datetime | None = None) -> list[Link]:
    """Stories of a feed in its order, each address once; empty for what is no feed.  Never raises."""
    return read_feed_index(body, url, now=now).links


def read_feed_index(body: bytes, url: str, *, now: dt.datetime | None = None) -> Feed:
    """Stories and child sitemaps of a feed.  now: reference for dates without a year, None = the present."""
    return read_text(decode(body).text, url, now)


def read_text(text: str, url: str, now: dt.datetime | None) -> Feed:
    """As read_feed_index(), for text that is decoded already."""
    feed = Feed()
    root = _parse(text)
    if root is None:
        return feed
    links: dict[str, Link] = {}
    sitemaps: dict[str, None] = {}
    for element in root.iter("{*}*"):
        name = _name(element)
        if name in _ENTRIES:
            link = _link(element, url, now)
            if link:
                links.setdefault(link.url, link)
        elif name == "sitemap":
            address = absolute(url, _first(element, ("loc",)))
            if address:
                sitemaps[address] = None
    feed.links, feed.sitemaps = list(links.values()), list(sitemaps)
    return feed


def _parse(text: str) -> etree._Element | None:
    """Element tree of XML that may be broken; None for HTML pages and other text."""
    head = text[: 2 * _HEAD]
    if not _FEED_ROOTS.search(head) or "<html" in head.lower():
        return None
    text = _DOCTYPE.sub("", _DECLARATION.sub("", text.removeprefix("\ufeff")), count=1).strip()
    text = _LOOSE_AMPERSAND.sub(lambda match: match[1] or "&amp;", text)
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        root: etree._Element | None = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None
    return root


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname.lower()


def _parts(element: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    for part in element.iter("{*}*"):
        if part is not element:
            yield _name(part), part


def _first(element: etree._Element, names: tuple[str, ...]) -> str:
    """Text of the first of the names that the element has something under, in the order of the names."""
    texts: dict[str, str] = {}
    for name, part in _parts(element):
        text = squeeze(" ".join(part.itertext())) if name in names else ""
        if text:
            texts.setdefault(name, text)
    return next((texts[name] for name in names if name in texts), "")


def _link(element: etree._Element, url: str, now: dt.datetime | None) -> Link | None:
    address = absolute(url, _address(element))
    if not address:
        return None
    title = squeeze(_TAGS.sub("", _first(element, ("title",))))
    return Link(address, title, _when(_first(element, _DATES), now))


def _when(text: str, now: dt.datetime | None) -> dt.datetime | None:
    """A date of RSS (RFC 822), of Atom and sitemaps (ISO 8601), or as portals print it; in Chinese time."""
    for read in (parsedate_to_datetime, dt.datetime.fromisoformat):
        try:
            when = read(text)
        except ValueError:
            continue
        return when.astimezone(CST) if when.tzinfo else when.replace(tzinfo=CST)
    stamp = parse_date(text, now)
    return stamp.when if stamp else None


def _address(element: etree._Element) -> str:
    """RSS has the address as text, Atom as an attribute, a sitemap in <loc>; a guid counts where it is an address."""
    for name, part in _parts(element):
        if name == "link" and part.get("href") and part.get("rel", "alternate") == "alternate":
            return part.get("href") or ""
    text = _first(element, ("loc", "link"))
    if text:
        return text
    guid = _first(element, ("guid",))
    return guid if guid.startswith("http") else ""
