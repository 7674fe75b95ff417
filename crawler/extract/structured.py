"""Lists that are no HTML page: JSON answers of list interfaces, XML recordsets, and JCMS records inlined in a page.

DOMAIN.md §4.4: JCMS keeps the first records in `<script type="text/xml"><datastore>` and fetches the others from
dataproxy.jsp as `<record><![CDATA[<li>…</li>]]></record>`; §5: UCAP, WCM and news clients answer with JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from html import unescape

from lxml import etree

from crawler.extract.anchors import Surroundings, collect
from crawler.extract.feeds import read_text
from crawler.extract.jcms import Recordset, next_from_answer, next_from_page, read_recordset
from crawler.extract.jsonlist import read_json
from crawler.extract.links import article_links, is_command
from crawler.items import Link, Listing

__all__ = ["fragment_tree", "read_data", "read_datastore"]

_JSONP = re.compile(r"^\s*[\w.$]{1,60}\s*\(\s*([\[{].*[\]}])\s*\)\s*;?\s*$", re.DOTALL)
_RECORDS = re.compile(r"<(?:recordset|datastore|nextgroup|record)\b", re.IGNORECASE)
#: An answer begins with its records; inlined ones stand in a page.
_ANSWER = re.compile(
    r"(?:<\?xml[^>]*\?>\s*)?<(?:recordset|datastore|nextgroup|record|result|root|data)\b", re.IGNORECASE
)
_HEAD = 4_096


def fragment_tree(fragment: str) -> etree._Element:
    """Element tree of a piece of HTML."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    return etree.fromstring(f"<html><body>{fragment}</body></html>".encode("utf-8", "replace"), parser)


def read_data(text: str, url: str, now: dt.datetime) -> Listing | None:
    """The list in a JSON or XML answer; None if the text is neither (an HTML page, most often)."""
    head = text[:_HEAD].lstrip("\ufeff \r\n\t")
    if head.startswith(("{", "[")) or _JSONP.match(text):
        return _json(text, url, now)
    if head.startswith("<") and (feed := read_text(text, url, now)).links:
        return Listing(url, articles=feed.links)
    if _ANSWER.match(head):
        records = read_recordset(text)
        listing = Listing(url, articles=_links(records, url, now))
        listing.next = next_from_answer(records, url)
        return listing
    return None


def read_datastore(page: Surroundings, now: dt.datetime) -> Listing | None:
    """The records that a JCMS page holds in a script; None if it has none."""
    url = page.url
    for node in page.scripts:
        text = node.text or ""
        if "record" not in text or not _RECORDS.search(text):
            continue
        records = read_recordset(unescape(text) if "&lt;record" in text else text)
        if not records.records and not records.next_group:
            continue
        listing = Listing(url, articles=_links(records, url, now))
        listing.next, listing.next_form = next_from_page(page, records)
        return listing
    return None


def _json(text: str, url: str, now: dt.datetime) -> Listing | None:
    wrapped = _JSONP.match(text)
    try:
        value = json.loads(wrapped[1] if wrapped else text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return read_json(value, url, now, lambda piece: fragment_links(piece, url, now))


def _links(records: Recordset, url: str, now: dt.datetime) -> list[Link]:
    return fragment_links("".join(f"<div>{record}</div>" for record in records.records), url, now)


def fragment_links(fragment: str, url: str, now: dt.datetime) -> list[Link]:
    """Links of a piece of HTML that is known to be a list: all that are no commands, whatever their address."""
    anchors = collect(fragment_tree(fragment), url).anchors
    return article_links([a for a in anchors if a.url and not is_command(a) and (a.text or a.tooltip)], now)
