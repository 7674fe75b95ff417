"""Pagers that exist only as script calls (TRS, DOMAIN.md §4.2), and CmsTop's list beside its curated index (§4.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from crawler.extract.anchors import Surroundings

__all__ = ["by_script", "call_pages", "cmstop", "script_pages", "scripts"]

#: createPageHTML(20, 0, "index", "html") and its relatives; the arguments decide, not the name.
#: What all their names hold: looked for first, because a search for a fixed beginning is quick.
_NAMED = re.compile(r"age(?:(?<=[cC]reatePage)|(?<=createpage)|(?<=howPage)|(?<=showpage)|[Cc]ontrol|H(?:tml|TML))")
_CALL = re.compile(
    r"\b(?:create_?page\w*|page_?control\w*|page_?html|show_?page\w*|get_?page_?html)\s*\(([^()]{3,200})\)", re.I
)
_ARGUMENT = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|(\d+)|[\w.]+)\s*(?:,|$)""")
_EXTENSION = re.compile(r"s?html?|jhtml|php|aspx?|jsp")
_CMSTOP = re.compile(r"cmstop|mode-txtlink|[?&]app=system&(?:amp;)?controller=")
#: 1.shtml, 2.shtml: CmsTop writes twenty list pages at most; longer numbers, and headlines, are articles.
_NUMBER_FILE = re.compile(r"\d{1,3}(\.s?html?)")
_LABEL = 8


@dataclass(slots=True)
class _Call:
    """Pages of one pager call, and the position of the page that it stands on."""

    pages: list[str]
    current: int


def scripts(page: Surroundings) -> Iterator[str]:
    """Text of the inline scripts that are code."""
    for node in page.scripts:
        if node.text and "json" not in (node.get("type") or ""):
            yield node.text


def by_script(page: Surroundings) -> str | None:
    """Next page of a TRS-like pager call, or None without one and on its last page."""
    pages = script_pages(page)
    return pages[0] if pages else None


def script_pages(page: Surroundings) -> list[str]:
    """All pages after this one that the page's pager call makes, in order; empty without a call.

    The base is read from the call, not assumed (DOMAIN.md §4.2): four arguments count from 0 (page 2 = index_1), six
    or a container's name before the numbers count from 1 (page 2 = index_2).
    """
    for text in scripts(page):
        if not _NAMED.search(text):
            continue
        for call in _CALL.finditer(text):
            found = _pages(call[1], page.url)
            if found is not None:
                return found.pages[found.current + 1 :]
    return []


def call_pages(text: str, url: str) -> list[str]:
    """All pages that a pager call in a script makes, the first included; empty without a call."""
    for call in _CALL.finditer(text) if _NAMED.search(text) else ():
        found = _pages(call[1], url)
        if found is not None:
            return found.pages
    return []


def _pages(arguments: str, url: str) -> _Call | None:
    numbers: list[int] = []
    names: list[str] = []
    named_first = False
    total = 0
    for match in _ARGUMENT.finditer(arguments):
        total += 1
        if match[3] is not None:
            numbers.append(int(match[3]))
        elif match[1] is not None or match[2] is not None:
            names.append(match[1] if match[1] is not None else match[2])
            named_first = named_first or total == 1
    if named_first and len(names) > 2:
        names = names[1:]
    extension = next((name.lstrip(".") for name in names if _EXTENSION.fullmatch(name.lstrip("."))), None)
    if len(numbers) < 2 or not names or extension is None or names[0].lstrip(".") == extension:
        return None
    count, current, name = numbers[0], numbers[1], names[0]
    one_based = total >= 6 or named_first
    first, last = (1, count) if one_based else (0, count - 1)
    pages = [f"{name}_{number}.{extension}" for number in range(first, last + 1)]
    pages[:1] = [f"{name}.{extension}"]
    return _Call([urljoin(url, page) for page in pages], current - first)


def cmstop(page: Surroundings) -> str | None:
    """1.shtml beside a CmsTop section's curated index, which shows no pager of its own (DOMAIN.md §4.1)."""
    path = urlsplit(page.url).path
    if not path.endswith(("/", "/index.shtml", "/index.html")) or path.count("/") < 2:
        return None
    folder = urljoin(page.url, ".")
    for anchor in page.anchors:
        if anchor.url and anchor.size < _LABEL and anchor.url.startswith(folder):
            numbered = _NUMBER_FILE.fullmatch(anchor.url[len(folder) :])
            if numbered:
                return f"{folder}1{numbered[1]}"
    return f"{folder}1.shtml" if _is_cmstop(page) else None


def _is_cmstop(page: Surroundings) -> bool:
    """CmsTop's own style sheets, scripts or list classes (DOMAIN.md §4)."""
    values = [node.get("href") for node in page.links] + [node.get("src") for node in page.scripts]
    values += [anchor.context.signature for anchor in page.anchors] + [anchor.href for anchor in page.anchors]
    return any(value and _CMSTOP.search(value) for value in values)
