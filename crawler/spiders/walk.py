"""How far one section is read: the rules that end a walk, apart from any fetching.

Lists are ordered by a time that editors set, pinned items stay on top, static servers answer page N+1 with page 1
(DOMAIN.md §4.3-5, §5, §7).  So neither the first known link nor a status nor a printed total may end a walk.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from crawler.items import Link
from crawler.urls import canonical, key

__all__ = ["COMPLETE", "Ending", "Limits", "SectionWalk", "Seen", "page_id"]

_LIST_PAGE_ONE = re.compile(r"/1\.s?html?$")

#: Why a walk ended.  known: known ground reached; last_page: no next page; no_new_links: a page that repeats others;
#: since: all news older than asked for; loop: the next page was read before; by_date: e-papers, whose editions are
#: addressed by date; needs_script: the list goes on through a script only; empty: a list page without links;
#: budget: SECTION_PAGES reached; limit: -a limit reached; failed: a page could not be fetched; stopped: the run ended.
Ending = Literal[
    "known",
    "last_page",
    "no_new_links",
    "since",
    "loop",
    "by_date",
    "needs_script",
    "empty",
    "budget",
    "limit",
    "failed",
    "stopped",
]
#: Familiar links that may stand above or among the news: pinned (置顶) and fixed ones (DOMAIN.md §4.3-5).
PINNED = 5
#: Share of a list page that may be news without casting doubt on the pages below: on a page of twenty, what a section
#: of a city portal gets in a day (DOMAIN.md §7).
HEAD_OF_NEWS = 1 / 2
#: Endings after which nothing of the section is left unread.
COMPLETE: frozenset[Ending] = frozenset({"known", "last_page", "no_new_links", "since", "loop", "by_date"})


@dataclass(frozen=True, slots=True)
class Limits:
    """known_pages and overlap as in the settings; pages: budget of pages with news; since: oldest time of interest."""

    pages: int = 100
    known_pages: int = 1
    overlap: dt.timedelta = dt.timedelta(days=3)
    since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A link as the ledger knows it: familiar means it was there when this section's last walk was completed."""

    link: Link
    familiar: bool
    new: bool


@dataclass(slots=True)
class SectionWalk:
    """One section being read in one run."""

    section_id: int
    label: str
    url: str
    limits: Limits = field(default_factory=Limits)
    feed: bool = False
    #: False: what was known covers less ground than this run asks for (an earlier run ended at its own since)
    trusts_known: bool = True
    #: an earlier walk read this list to its end or to known ground: some of that should be met again
    met_before: bool = False
    list_pages: int = 0
    links_seen: int = 0
    links_new: int = 0
    ended: Ending | None = None
    _visited: set[str] = field(default_factory=set)
    _links: set[str] = field(default_factory=set)
    _spent: int = 0
    _known_run: int = 0
    _news: int = 0
    _met_familiar: bool = False
    _oldest: dt.datetime | None = None

    def turn(
        self, page: str, seen: Sequence[Seen], next_page: str | None, now: dt.datetime, news: int | None = None
    ) -> bool:
        """Take in one list page; True if the next page is to be read, else `ended` says why not.

        page and next_page identify the requests: see page_id.  news: links that the run has met for the first time so
        far, in all sections; None: not counted.
        """
        self._visited.add(page)
        self.list_pages += 1
        own = [s for s in seen if not s.link.side]
        keys = {key(s.link.url) for s in own}
        fresh = keys - self._links
        self._links |= keys
        self.links_seen += len(fresh)
        self._met_familiar |= any(s.familiar for s in own)
        self.links_new += sum(s.new for s in seen)
        self._spent += any(s.new for s in own)
        self._look_at_dates(own)
        if not _is_first_page(next_page):
            self._news += sum(not s.familiar for s in own)
            self._known_run = self._known_run + 1 if self._is_known(own, news or 0) else 0
        self.ended = self._ending(own, fresh, next_page, now)
        return self.ended is None

    def end(self, reason: Ending) -> None:
        """End the walk from outside: a failed page, a limit, the end of the run."""
        self.ended = self.ended or reason

    @property
    def complete(self) -> bool:
        """True if nothing of the section is left unread."""
        return self.ended in COMPLETE

    @property
    def gap(self) -> bool:
        """True if news may lie beyond what was read, although nobody asked to leave it out.

        A list that ends before anything familiar is met is capped (DOMAIN.md §4.1): what was new since the last run
        and fell out below its last page was never shown to us.
        """
        if self.ended in ("last_page", "no_new_links", "loop"):
            return self.met_before and self.links_seen > 0 and not self._met_familiar
        return self.ended in ("budget", "failed", "stopped", "empty", "needs_script")

    def _look_at_dates(self, own: Sequence[Seen]) -> None:
        dates = [s.link.published for s in own if s.link.published]
        if dates:
            oldest = min(dates)
            self._oldest = min(self._oldest, oldest) if self._oldest else oldest

    def _is_known(self, own: Sequence[Seen], run_news: int) -> bool:
        """True if the page holds familiar links only, or a little news above them.

        News above familiar links is how a list grows, and what lies below is as well known as below a page without any.
        Many familiar links above the news say that it was put in further down; news that fills half of the page, or a
        whole page over all sections of the run, says that much has happened: then a whole familiar page is wanted.
        """
        if not own:
            return False
        news = [place for place, s in enumerate(own) if not s.familiar]
        if not news:
            return True
        if run_news > len(own):
            return False
        above = news[-1] + 1 - len(news)
        return above <= PINNED and len(news) == self._news and len(news) < len(own) * HEAD_OF_NEWS

    def _ending(self, own: Sequence[Seen], fresh: set[str], next_page: str | None, now: dt.datetime) -> Ending | None:
        if not own and self.list_pages == 1 and next_page is None:
            return "empty"
        if not fresh and self.list_pages > 1:
            return "no_new_links"
        if self._all_before_since(own):
            return "since"
        if self.trusts_known and self._known_run >= self.limits.known_pages and self._overlap_covered(now):
            return "known"
        if next_page is None:
            return "last_page"
        if next_page in self._visited:
            return "loop"
        return "budget" if self._spent >= self.limits.pages else None

    def _all_before_since(self, own: Sequence[Seen]) -> bool:
        since = self.limits.since
        return since is not None and bool(own) and all(s.link.published and s.link.published < since for s in own)

    def _overlap_covered(self, now: dt.datetime) -> bool:
        # A list without dates cannot tell how far back it reaches: one page more than asked for stands in.
        if self._oldest is None:
            return self._known_run > self.limits.known_pages
        return self._oldest <= now - self.limits.overlap


def _is_first_page(next_page: str | None) -> bool:
    """True if the chronological list only begins on the next page: CmsTop's index is curated (DOMAIN.md §4.1)."""
    return next_page is not None and bool(_LIST_PAGE_ONE.search(next_page))


def page_id(url: str, form: dict[str, str] | None = None) -> str:
    """Identity of a list page's request."""
    tail = "&".join(f"{k}={v}" for k, v in sorted((form or {}).items()))
    return f"{canonical(url)}#{tail}" if tail else canonical(url)
