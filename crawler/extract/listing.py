"""Read a list page or front page: which links lead to articles, which to sections, and where the list goes on.

No selector of any site is known here: links.py chooses article links, sections.py channels, paging.py the next page.
Answers that are not HTML (JSON, XML, JCMS records) are read by structured.py.
"""

from __future__ import annotations

import datetime as dt

from lxml import etree

from crawler.extract import paging, structured
from crawler.extract.anchors import Surroundings, collect
from crawler.extract.decode import decode
from crawler.extract.links import article_links, choose
from crawler.extract.sections import find_sections
from crawler.items import Listing
from crawler.urls import absolute, host_of

__all__ = ["parse_html", "read_list"]


def read_list(
    body: bytes, url: str, *, content_type: str | None = None, fetched_at: dt.datetime | None = None
) -> Listing:
    """What a list page leads to; never raises, and is empty for what is no address or no list.

    fetched_at: reference for relative and year-less dates, None = now.  JSON and XML answers are read as lists too.
    """
    if not host_of(url):
        return Listing(url)
    decoded = decode(body, content_type)
    text = decoded.text
    now = fetched_at or dt.datetime.now(dt.UTC)
    data = structured.read_data(text, url, now)
    if data is not None:
        return data
    listing = Listing(url)
    root = parse_html(body if decoded.exact else text)
    if root is None:
        return listing
    page = collect(root, url)
    chosen = choose(page.anchors)
    listing.articles = article_links(chosen, now)
    known = {link.url for link in listing.articles}
    listing.sections = find_sections(page, known)
    listing.feeds = _feeds(page)
    inlined = structured.read_datastore(page, now)
    if inlined is not None:
        listing.articles += [link for link in inlined.articles if link.url not in known]
        listing.next, listing.next_form = inlined.next, inlined.next_form
    if listing.next is None:
        listing.next = paging.find_next(page)
    listing.needs_script = listing.next is None and paging.needs_script(text, page)
    return listing


def parse_html(source: str | bytes) -> etree._Element | None:
    """The element tree of a page's text, or of its bytes in UTF-8; None without any markup."""
    if isinstance(source, str):
        source = source.encode("utf-8", "replace")
    if b"<" not in source:
        return None
    if b"\0" in source:
        # libxml2 takes it for the end of the page
        source = source.replace(b"\0", b"")
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(source, parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _feeds(page: Surroundings) -> list[str]:
    found: dict[str, None] = {}
    for node in page.links:
        kind = (node.get("type") or "").lower()
        if "rss" in kind or "atom" in kind:
            url = absolute(page.base, node.get("href"))
            if url:
                found[url] = None
    for anchor in page.anchors:
        if len(anchor.text) > 20:
            continue
        path = anchor.href.lower()
        if path.endswith((".xml", "/rss", "rss.php")) or "type=rss" in path:
            url = absolute(page.base, anchor.href)
            if url:
                found[url] = None
    return list(found)
