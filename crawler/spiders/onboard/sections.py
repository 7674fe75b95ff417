"""Reads the first page of each section: does it lead to articles, and how does it go on?"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from crawler.extract import extract, read_list
from crawler.extract.sitename import name_parts, page_title
from crawler.items import Link, Listing, Page
from crawler.portals import Portal
from crawler.spiders.onboard.findings import Fetch, Say, SectionFound, Unreadable
from crawler.spiders.onboard.objections import STORED_KINDS
from crawler.urls import absolute, in_scope, key

__all__ = ["SectionReader", "candidates", "drop_furniture"]

_HREF = re.compile(rb"""href\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
#: A page that reads as an article (关于我们) must list at least so many others to count as a section all the same.
_LEAST_BESIDE_TEXT = 3
#: What more than half of at least so many section pages link to is furniture of all of them.
_LEAST_SECTIONS = 4


def candidates(links: Iterable[Link], portal: Portal, known: Iterable[str] = ()) -> list[SectionFound]:
    """Links to sections on the portal's hosts, the home page itself left out, each once."""
    seen = {key(portal.home), *known}
    found: list[SectionFound] = []
    for link in links:
        if in_scope(link.url, portal.hosts) and key(link.url) not in seen:
            seen.add(key(link.url))
            found.append(SectionFound(" ".join(link.title.split()), link.url))
    return found


class SectionReader:
    """Reads sections while the budget lasts; `found` grows by those that section pages themselves name."""

    def __init__(self, portal: Portal, fetch: Fetch, say: Say, found: list[SectionFound]) -> None:
        self.found = found
        self.pages: list[Page] = []
        self._portal, self._fetch, self._say = portal, fetch, say

    async def read(self, reserve: int) -> None:
        """Read the sections in their order; as many requests as `reserve` are left over."""
        for section in self.found:  # grows while it is read
            if self._fetch.left <= reserve:
                break
            self._say(f"section {section.label or section.url}", self._fetch.spent)
            await self._read_one(section)

    async def _read_one(self, section: SectionFound) -> None:
        try:
            page = await self._fetch(section.url)
        except Unreadable as e:
            section.fault = str(e)
            return
        if not in_scope(page.url, self._portal.hosts) or key(page.url) == key(self._portal.home):
            section.fault = f"leads to {page.url}"
            return
        self.pages.append(page)
        now = dt.datetime.now(dt.UTC)
        listing = read_list(page.body, page.url, content_type=page.content_type, fetched_at=now)
        self._judge(section, page, listing)
        if section.depth == 1:
            known = {key(other.url) for other in self.found}
            for child in candidates(listing.sections, self._portal, known):
                child.depth = 2
                self.found.append(child)

    def _judge(self, section: SectionFound, page: Page, listing: Listing) -> None:
        main = [link for link in listing.articles if not link.side]
        own = [link for link in main if in_scope(link.url, self._portal.hosts)]
        section.links = [link.url for link in own]
        section.dated = sum(link.published is not None for link in own)
        section.next = listing.next
        section.paging = _paging(page, listing)
        section.label = section.label or name_parts(page_title(page))[0]
        if not own:
            section.fault = _empty(main, listing)
        elif len(own) < _LEAST_BESIDE_TEXT:
            kind = extract(page.body, page.url, content_type=page.content_type).kind
            section.fault = "a page of its own, no list" if kind in STORED_KINDS else None


def drop_furniture(sections: Sequence[SectionFound]) -> None:
    """Sections without a list of their own are left out: all they link to stands on most other section pages too."""
    read = [section for section in sections if section.links]
    if len(read) < _LEAST_SECTIONS:
        return
    seen = Counter(link for section in read for link in {key(url) for url in section.links or ()})
    for section in read:
        own = [url for url in section.links or () if 2 * seen[key(url)] <= len(read)]
        if own:
            section.links = own
        elif section.fault is None:
            section.fault = "no list of its own"


def _empty(main: Sequence[Link], listing: Listing) -> str:
    if main:
        return "leads to other sites only"
    return "its list is drawn by a script" if listing.needs_script else "leads to no article"


def _paging(page: Page, listing: Listing) -> str:
    """How the next page was found, in words."""
    if listing.next_form is not None:
        return "a form that a script sends"
    if listing.next is None:
        return "a script only" if listing.needs_script else "one page"
    linked = {absolute(page.url, href.decode("latin-1").replace("&amp;", "&")) for href in _HREF.findall(page.body)}
    return "links" if listing.next in linked else "numbers in a script"
