"""What the health of a portal is judged by, and what the judgement says: plain records, free of SQL and of Scrapy."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import Literal, TypeVar

__all__ = [
    "BUCKETS",
    "FIELDS",
    "TENTHS",
    "Articles",
    "Change",
    "Finding",
    "RunFigures",
    "SectionFigures",
    "VerdictName",
    "bucket",
    "tenth",
]

#: Fields of an article whose share of empty ones is watched.
FIELDS = ("title", "time", "source", "reporter")
#: Classes of body length: twelve a factor of ten, so that a change by a fifth moves an article into the next one.
BUCKETS = 60
_A_DECADE = 12
#: Classes of confidence and the like: 0 to 1 in steps of a twentieth.
TENTHS = 21

_K = TypeVar("_K")
#: ok: nothing beyond its own noise; watch: something changed, news still come; broken: news are lost or spoilt.
VerdictName = Literal["ok", "watch", "broken"]


def bucket(characters: int) -> int:
    """The class of a body's length.

    >>> bucket(0), bucket(100), bucket(125), bucket(10**9)
    (0, 24, 25, 59)
    """
    return min(BUCKETS - 1, int(_A_DECADE * math.log10(1 + characters)))


def tenth(confidence: float) -> int:
    """The class of a number between 0 and 1.

    >>> tenth(0.0), tenth(0.93), tenth(1.0)
    (0, 18, 20)
    """
    return max(0, min(TENTHS - 1, int(confidence * (TENTHS - 1) + 1e-9)))


@dataclass(slots=True)
class Articles:
    """What the articles of one run were like, in one section or in all.

    count: articles stored.  missing: field of FIELDS → articles without it.  lengths, confidences: class → articles
    (see bucket, tenth).  judged, misfits: articles that a template was tried on, and of these those it did not fit.
    rejects: reason → pages that were no articles.
    """

    count: int = 0
    missing: dict[str, int] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    confidences: dict[int, int] = field(default_factory=dict)
    judged: int = 0
    misfits: int = 0
    rejects: dict[str, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """Pages that were read: articles and rejects."""
        return self.count + sum(self.rejects.values())

    def add(self, other: Articles) -> None:
        """Take in what another section had."""
        self.count += other.count
        self.judged += other.judged
        self.misfits += other.misfits
        _add(self.missing, other.missing)
        _add(self.rejects, other.rejects)
        _add(self.lengths, other.lengths)
        _add(self.confidences, other.confidences)


def _add(mine: dict[_K, int], theirs: dict[_K, int]) -> None:
    for name, count in theirs.items():
        mine[name] = mine.get(name, 0) + count


@dataclass(slots=True)
class SectionFigures:
    """One section in one run.

    section_id: None for articles that no section of this run led to (feeds, leftovers of earlier runs).
    route: list, front, feed or paper.  ended_by: as in run_sections, None where the section was not walked.
    fresh: links that the section showed for the first time.
    """

    section_id: int | None
    label: str = ""
    route: str = "list"
    ended_by: str | None = None
    list_pages: int = 0
    links_seen: int = 0
    fresh: int = 0
    articles: Articles = field(default_factory=Articles)


@dataclass(slots=True)
class RunFigures:
    """One run of a portal.

    outcome: as in runs, None: killed.  narrowed: by arguments, so that it says nothing of the portal's rhythm.
    refusals: answers by which the portal refused.
    """

    run_id: int
    started_at: dt.datetime
    outcome: str | None = "finished"
    narrowed: bool = False
    refusals: int = 0
    sections: list[SectionFigures] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure beyond its own noise.

    figure: list, yield, silence, blocked, missing_FIELD, short, long, confidence, misfit, reject_REASON.
    section_id: None for the portal as a whole.  since: when the change began, as far as can be told.  seen of of: what
    was counted since then; usual: the share that is usual, 0 to 1.  severity: watch or broken.  detail: what else is
    to be said, in words.
    """

    figure: str
    section_id: int | None
    label: str
    severity: VerdictName
    since: dt.datetime
    seen: float
    of: float
    usual: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that begins or ends with a run.  how: raised, cleared, accepted (the new state is taken as usual)."""

    how: Literal["raised", "cleared", "accepted"]
    finding: Finding
