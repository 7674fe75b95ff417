"""What a report is made of: plain figures of portals and runs, free of SQL."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from crawler.corpus.records import Flow, ReprintKind

__all__ = ["FIELDS", "LENGTHS", "PortalReport", "Report", "RunReport"]

#: Fields of an article whose share of filled ones is reported, as columns of the articles table.
FIELDS = ("title", "published", "source", "reporters", "editors", "section")
#: Upper bounds of the classes of body length in characters; the last class has none.  Doubling: news are long-tailed.
LENGTHS = (63, 125, 250, 500, 1000, 2000, 4000, 8000)


@dataclass(frozen=True, slots=True)
class RunReport:
    """One run.

    outcome: Scrapy's word, "killed", or "not ended" for the newest run of a portal, which may still be going on.
    seconds: how long it took, None where that is not known.  statuses: HTTP status → answers; latency: upper bound in
    seconds → answers (crawler.corpus.histogram).  gaps: sections in which articles may be missing.
    """

    id: int
    portal: str
    started_at: dt.datetime
    outcome: str
    seconds: float | None
    new: int = 0
    duplicate: int = 0
    rejected: int = 0
    failed: int = 0
    refused: int = 0
    requests: int = 0
    sections: int = 0
    gaps: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    latency: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PortalReport:
    """One portal.

    articles: stored in the period, those that repeat another's text included (duplicates).  days: day of publication
    → articles; undated: those without.  filled: field of FIELDS → articles that have it.  lengths: number of the class
    of LENGTHS → articles.  kinds: what articles of the period were to the ones that they were taken from.
    template: today's, fit: its mean fit, 0 to 1, over fit_pages; None where none was learned or used.
    sections, complete: known, and of these read to their end at least once; gaps: labels of those with a gap now.
    waiting, failed: links in the ledger that are still to be fetched, or could not be.
    """

    name: str
    title: str | None
    city: str | None
    articles: int = 0
    duplicates: int = 0
    undated: int = 0
    days: dict[dt.date, int] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    kinds: dict[ReprintKind, int] = field(default_factory=dict)
    rejects: dict[str, int] = field(default_factory=dict)
    template: str | None = None
    fit: float | None = None
    fit_pages: int = 0
    sections: int = 0
    complete: int = 0
    gaps: tuple[str, ...] = ()
    waiting: int = 0
    failed: int = 0

    @property
    def label(self) -> str:
        """What a person reads: 苏州都市网 szdushi; the name alone where the portal has no Chinese one."""
        return self.name if not self.title or self.title.isascii() else f"{self.title} {self.name}"


@dataclass(frozen=True, slots=True)
class Report:
    """All of it.  portals: the one with the most articles first; runs: oldest first; flows: of all time."""

    made_at: dt.datetime
    portal: str | None
    since: dt.datetime | None
    portals: tuple[PortalReport, ...]
    runs: tuple[RunReport, ...]
    flows: tuple[Flow, ...]
