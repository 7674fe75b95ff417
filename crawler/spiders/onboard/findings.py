"""What was found out about a portal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from crawler.extract.cms import Cms
from crawler.extract.urlpattern import ArticlePattern
from crawler.items import Article, Page, Template
from crawler.portals import Portal
from crawler.portals.place import Place

__all__ = ["Fetch", "Findings", "NotAPortal", "Sample", "Say", "SectionFound", "Unreadable"]


class NotAPortal(Exception):
    """The address is no news portal that can be read; the message is one line: what it is, and what can be done."""


class Unreadable(Exception):
    """A page could not be had; the message says why in a few words.  refused: by an anti-crawl system's status."""

    def __init__(self, why: str, *, refused: bool = False) -> None:
        super().__init__(why)
        self.refused = refused


class Fetch(Protocol):
    """Gets pages within a budget of requests."""

    @property
    def left(self) -> int:
        """Requests that may still be made, those for robots.txt included."""

    @property
    def spent(self) -> int:
        """Requests made."""

    def __call__(self, url: str) -> Awaitable[Page]:
        """The page of that address, after redirects.  Raises Unreadable."""


#: Takes one line of progress for a person who waits, and the number of requests made.
Say = Callable[[str, int], None]


@dataclass(slots=True)
class SectionFound:
    """A section.  links: the articles of its own first list page, None: not read.  depth: 1 on the home page, 2 below.

    fault: why it is left out, in words; None: it is kept.  paging: how its next page was found, None: not read.
    next: address of the next page.  dated: items of the list that print a date.
    """

    label: str
    url: str
    depth: int = 1
    links: list[str] | None = None
    dated: int = 0
    fault: str | None = None
    paging: str | None = None
    next: str | None = None


@dataclass(slots=True)
class Sample:
    """An article's page as received, and as it would be stored."""

    page: Page
    article: Article
    fetched_at: dt.datetime
    section: str | None = None


@dataclass(slots=True)
class Findings:
    """All of it.  portal: what would be written, before anything of an older file is kept."""

    home: Page
    portal: Portal
    place: Place
    charset: str
    cms: Cms | None
    sections: list[SectionFound]
    patterns: list[ArticlePattern]
    links: int
    samples: list[Sample]
    #: learned from the samples; None: they have too little in common
    template: Template | None = None
    requests: int = 0
    #: what a person should look at, in words
    uncertain: list[str] = field(default_factory=list)

    @property
    def kept(self) -> list[SectionFound]:
        """Sections that would be written."""
        return [section for section in self.sections if section.fault is None]

    @property
    def dropped(self) -> list[SectionFound]:
        """Sections that would not, with their faults."""
        return [section for section in self.sections if section.fault is not None]
