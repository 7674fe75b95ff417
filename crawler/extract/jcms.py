"""Hanweb JCMS lists: records in CDATA, and how to ask dataproxy.jsp for the next ones (DOMAIN.md §4.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qsl, urlsplit

from crawler.extract.anchors import Surroundings
from crawler.extract.pagers import scripts
from crawler.extract.pagination import replace_query, with_page
from crawler.urls import absolute

__all__ = ["Recordset", "next_from_answer", "next_from_page", "read_recordset"]

_RECORD = re.compile(r"<record\b[^>]*>\s*(?:<!\[CDATA\[(.*?)\]\]>|(.*?))\s*</record>", re.DOTALL | re.IGNORECASE)
_NEXT_GROUP = re.compile(r"<nextgroup\b[^>]*>(.*?)</nextgroup>", re.DOTALL | re.IGNORECASE)
_HREF = re.compile(r"""href\s*=\s*["']([^"']+)""", re.IGNORECASE)
_TOTAL = re.compile(r"<total(?:record|count)?>\s*(\d+)", re.IGNORECASE)
_FIELDS = "col|appid|webid|path|columnid|sourceContentType|unitid|webname|permissiontype"
_FIELD = re.compile(rf"""["']?\b({_FIELDS})["']?\s*[:=]\s*(?:"([^"]*)"|'([^']*)'|([\w./%-]+))""")
_PROXY = re.compile(r"""["']([^"'\s]*dataproxy\.jsp[^"'\s]*)["']""")
_OPTION = re.compile(r"""["']?\b(perPage|totalRecord|groupSize)["']?\s*[:=]\s*["']?(\d+)""", re.IGNORECASE)
#: What dataproxy.jsp answers to when the page does not say: three pages of fifteen.
_PER_PAGE = 15
_GROUP = 3


@dataclass(slots=True)
class Recordset:
    """HTML of each record, the address in <nextgroup>, and the printed total (an upper bound only)."""

    records: list[str] = field(default_factory=list)
    next_group: str | None = None
    total: int | None = None


def read_recordset(text: str) -> Recordset:
    """Records of an XML answer or of a page's <datastore>; broken XML is read as far as records go."""
    found = Recordset([cdata or unescape(plain) for cdata, plain in _RECORD.findall(text)])
    group = _NEXT_GROUP.search(text)
    href = _HREF.search(unescape(group[1])) if group else None
    found.next_group = href[1] if href else None
    total = _TOTAL.search(text)
    found.total = int(total[1]) if total else None
    return found


def next_from_page(page: Surroundings, records: Recordset) -> tuple[str | None, dict[str, str] | None]:
    """Address and form fields for the records after those that the page holds."""
    code = "\n".join(text for text in scripts(page) if "record>" not in text)
    options = {name.lower(): int(value) for name, value in _OPTION.findall(code)}
    form = {name: a or b or c for name, a, b, c in _FIELD.findall(code)}
    proxy = _PROXY.search(code)
    address = absolute(page.url, unescape(proxy[1]) if proxy else records.next_group)
    if records.next_group:
        given = dict(parse_qsl(urlsplit(unescape(records.next_group)).query, keep_blank_values=True))
        form = {name: value.strip("'\"") for name, value in given.items() if name in _FIELDS.split("|")} | form
    if address is None:
        return None, None
    address = address.partition("?")[0]
    per_page = options.get("perpage", _PER_PAGE)
    held = len(records.records)
    total = options.get("totalrecord", records.total)
    if total is not None and held >= total:
        return None, None
    # Whole pages only: a record that an editor pinned on top is not counted by the interface.
    held -= held % per_page if held >= per_page else 0
    size = max(per_page * options.get("groupsize", _GROUP), per_page)
    last = held + size if total is None else min(held + size, total)
    return f"{address}?startrecord={held + 1}&endrecord={last}&perpage={per_page}", form or None


def next_from_answer(records: Recordset, url: str) -> str | None:
    """The following stretch of an answer that came full, else None.

    Repeat the form fields of the request that brought the answer: the answer itself does not hold them.
    """
    query = dict(parse_qsl(urlsplit(url).query))
    start, end = query.get("startrecord", ""), query.get("endrecord", "")
    if start.isdecimal() and end.isdecimal():
        size = int(end) - int(start) + 1
        if len(records.records) < size or (records.total is not None and int(end) >= records.total):
            return None
        url = replace_query(url, "startrecord", str(int(end) + 1))
        last = int(end) + size if records.total is None else min(int(end) + size, records.total)
        return replace_query(url, "endrecord", str(last))
    page = query.get("page", "")
    if page.isdecimal() and records.records:
        return with_page(url, int(page) + 1)
    return None
