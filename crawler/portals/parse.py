"""A portal file's table → Portal, or a PortalError of one line that names file, key, value and what is allowed."""

from __future__ import annotations

import codecs
import datetime as dt
import re
from collections.abc import Mapping, Sequence

from crawler.errors import PortalError
from crawler.items import Template
from crawler.portals.model import PROVINCES, Edition, ListPages, Politeness, Portal, SectionSpec, did_you_mean
from crawler.portals.scope import site_of
from crawler.portals.selectors import pattern_fault, selector_fault
from crawler.portals.table import Table, url_fault
from crawler.urls import host_of, in_scope, key

__all__ = ["FIELDS", "KEYS", "parse"]

#: Fields of an article that a template may place (crawler.items.Template).
FIELDS = ("title", "published", "source", "reporters", "editors", "breadcrumb", "body")

#: Table of a portal file → the keys it may have.  "" is the top level; [sections] has labels of its own for keys.
KEYS: Mapping[str, tuple[str, ...]] = {
    "": (
        *("title", "city", "province", "home", "hosts", "article_urls", "list_urls", "list_pages", "feeds", "encoding"),
        *("checked", "notes", "sections", "epapers", "selectors", "templates", "politeness"),
    ),
    "list_pages": ("pattern", "first"),
    "epapers": ("label", "front_page", "date_format"),
    "selectors": (*FIELDS, "remove"),
    "templates": ("name", "url", "valid_until", *FIELDS, "remove"),
    "politeness": ("delay", "concurrency", "user_agent"),
}

_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*")


def parse(name: str, table: Mapping[str, object], file: str) -> Portal:
    """The portal of that name; `file` is what messages call the file.  Raises PortalError."""
    top = Table(file, dict(table), KEYS[""])
    home = top.need("home", url_fault)
    hosts = top.texts("hosts", _host_fault) or (site_of(host_of(home)),)
    if not in_scope(home, hosts):
        top.fail("home", home, f"must be on one of the hosts {', '.join(hosts)}")
    return Portal(
        name=name,
        title=top.need("title"),
        home=home,
        hosts=hosts,
        city=top.text("city"),
        province=top.text("province", _province_fault),
        sections=_sections(top, hosts),
        article_urls=top.texts("article_urls", pattern_fault),
        list_urls=top.texts("list_urls", pattern_fault),
        list_pages=_list_pages(top),
        feeds=top.texts("feeds", url_fault),
        epapers=_epapers(top, hosts),
        encoding=top.text("encoding", _encoding_fault),
        templates=_templates(top, name),
        politeness=_politeness(top),
        checked=top.date("checked"),
        notes=top.text("notes") or "",
    )


def _host_fault(host: str) -> str | None:
    if host != host.lower() or not _HOST.fullmatch(host):
        return "must be a host name in lower case without scheme, port and path, such as example.cn"
    return None


def _province_fault(province: str) -> str | None:
    if province in PROVINCES:
        return None
    return f"unknown province{did_you_mean(province, PROVINCES)}; allowed: {' '.join(PROVINCES)}"


def _encoding_fault(encoding: str) -> str | None:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return "must be an encoding that Python knows, such as gb18030, utf-8 or big5"
    return None


def _sections(top: Table, hosts: Sequence[str]) -> tuple[SectionSpec, ...]:
    given = top.table.get("sections", {})
    if not isinstance(given, dict):
        top.fail("sections", given, 'must be a table of "label" = "address"')
    table = Table(top.file, given, tuple(given), "sections")
    seen: dict[str, str] = {}
    for label in given:
        url = table.need(label, url_fault)
        if not label.strip():
            table.fail(label, url, "a section must have a label")
        if not in_scope(url, hosts):
            table.fail(label, url, f"must be on one of the hosts {', '.join(hosts)}")
        if key(url) in seen:
            table.fail(label, url, f"duplicate section, the same as {seen[key(url)]}")
        seen[key(url)] = label
    return tuple(SectionSpec(label, table.need(label)) for label in given)


def _list_pages(top: Table) -> ListPages | None:
    table = top.sub("list_pages", KEYS["list_pages"])
    if table is None:
        return None
    pattern = table.need("pattern", lambda p: None if "{n}" in p else "must contain {n}, such as index_{n}.html")
    first = table.count("first", 0, "the second page")
    return ListPages(pattern) if first is None else ListPages(pattern, first)


def _epapers(top: Table, hosts: Sequence[str]) -> tuple[Edition, ...]:
    editions: list[Edition] = []
    for table in top.tables("epapers", KEYS["epapers"]):
        label = table.need("label")
        front = table.need("front_page", url_fault)
        form = table.text("date_format", _date_format_fault)
        edition = Edition(label, front) if form is None else Edition(label, front, form)
        if "{date}" not in front:
            table.fail("front_page", front, "must contain {date}, such as http://epaper.example.cn/{date}/node_1.htm")
        if not in_scope(front, hosts):
            table.fail("front_page", front, f"must be on one of the hosts {', '.join(hosts)}")
        if any(label == other.label for other in editions):
            table.fail("label", label, "is given twice")
        editions.append(edition)
    return tuple(editions)


def _date_format_fault(form: str) -> str | None:
    days = dt.date(2021, 3, 4), dt.date(2022, 3, 4), dt.date(2021, 5, 4), dt.date(2021, 3, 6)
    if len({day.strftime(form) for day in days}) < len(days):
        return "must tell year, month and day apart as strftime does, such as %Y-%m/%d"
    return None


def _templates(top: Table, name: str) -> tuple[Template, ...]:
    one = top.sub("selectors", KEYS["selectors"])
    many = top.tables("templates", KEYS["templates"])
    if one is not None and many:
        raise PortalError(f"{top.file}: selectors: give either [selectors] or [[templates]], not both")
    if one is not None:
        return (_template(one, name),)
    templates = tuple(_template(table, table.need("name")) for table in many)
    for i, template in enumerate(templates):
        if any(template.name == other.name for other in templates[:i]):
            many[i].fail("name", template.name, "is given twice")
    return templates


def _template(table: Table, name: str) -> Template:
    selectors = {field: table.texts(field, selector_fault) for field in FIELDS if field in table.table}
    if not any(selectors.values()):
        raise PortalError(f"{table.file}: {table.path}: must give a selector for at least one of {', '.join(FIELDS)}")
    return Template(
        name=name,
        selectors=selectors,
        remove=table.texts("remove", selector_fault),
        url=table.text("url", pattern_fault),
        valid_until=table.date("valid_until"),
    )


def _politeness(top: Table) -> Politeness | None:
    table = top.sub("politeness", KEYS["politeness"])
    if table is None:
        return None
    return Politeness(
        delay=table.number("delay", 0, "seconds"),
        concurrency=table.count("concurrency", 1, "requests"),
        user_agent=table.text("user_agent"),
    )
