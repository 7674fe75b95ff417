"""What the corpus holds of each portal, in figures: for a person who looks after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from crawler.corpus.codec import parse
from crawler.corpus.database import Database
from crawler.corpus.portals import sections
from crawler.corpus.records import Section

__all__ = [
    "FAILURES_SHOWN",
    "RUNS_SHOWN",
    "FailedLink",
    "PastRun",
    "PortalDetail",
    "PortalFigures",
    "detail",
    "figures",
]

#: Failed entries and runs that a detail lists, newest first: what a person reads, not what there is.
FAILURES_SHOWN = 20
RUNS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class PastRun:
    """One crawl.  ended_at, outcome: None for a run that was killed, or that is still going on."""

    id: int
    started_at: dt.datetime
    ended_at: dt.datetime | None
    outcome: str | None
    articles: int


@dataclass(frozen=True, slots=True)
class PortalFigures:
    """A portal's line.  articles: duplicates included; last_run: None where it was never crawled; title: its name."""

    name: str
    city: str | None
    province: str | None
    home: str | None
    sections: int
    articles: int
    failed: int
    last_run: PastRun | None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class FailedLink:
    """An article that could not be had.  next_try: None where no run will ask again."""

    url: str
    title: str
    error: str | None
    attempts: int
    next_try: dt.datetime | None


@dataclass(frozen=True, slots=True)
class PortalDetail:
    """All that the corpus says of one portal.

    section_articles: id of a section → articles that stand in it.  months: 2022-11 → articles published then, ""
    for those without a date.  rejects: reason → pages.  failures: the newest; figures.failed counts them all.
    first_run: when it was first crawled, None: never.
    """

    figures: PortalFigures
    sections: list[Section]
    section_articles: dict[int, int]
    months: dict[str, int]
    rejects: dict[str, int]
    failures: list[FailedLink]
    runs: list[PastRun]
    first_run: dt.datetime | None = None


_FIGURES = """
SELECT name, city, province, home,
    (SELECT count(*) FROM sections WHERE sections.portal = name),
    (SELECT count(*) FROM articles WHERE articles.portal = name),
    (SELECT count(*) FROM frontier WHERE frontier.portal = name AND state = 'failed'), title
FROM portals WHERE :name IS NULL OR name = :name ORDER BY name"""

_RUNS = """
SELECT id, started_at, ended_at, outcome, (SELECT count(*) FROM articles WHERE run_id = runs.id)
FROM runs WHERE portal = ? ORDER BY id DESC LIMIT ?"""


def figures(db: Database, name: str | None = None) -> list[PortalFigures]:
    """One line a portal, or that of one, by name."""
    return [
        PortalFigures(one, city, province, home, found, articles, failed, next(iter(_runs(db, one, 1)), None), title)
        for one, city, province, home, found, articles, failed, title in db.execute(_FIGURES, {"name": name}).fetchall()
    ]


def detail(db: Database, name: str) -> PortalDetail | None:
    """One portal; None where the corpus knows no such name."""
    line = next(iter(figures(db, name)), None)
    if line is None:
        return None
    return PortalDetail(
        figures=line,
        sections=sections(db, name),
        section_articles=_counted(db, _BY_SECTION, name),
        months=_counted(db, _BY_MONTH, name),
        rejects=_counted(db, _BY_REASON, name),
        failures=_failures(db, name),
        runs=_runs(db, name, RUNS_SHOWN),
        first_run=parse(db.execute("SELECT min(started_at) FROM runs WHERE portal = ?", (name,)).fetchone()[0]),
    )


_BY_SECTION = """
SELECT section_id, count(*) FROM article_sections JOIN sections ON sections.id = section_id
WHERE portal = ? GROUP BY section_id"""
_BY_MONTH = """
SELECT coalesce(substr(published, 1, 7), '') AS month, count(*) FROM articles
WHERE portal = ? GROUP BY month ORDER BY month"""
_BY_REASON = "SELECT reason, count(*) AS n FROM rejects WHERE portal = ? GROUP BY reason ORDER BY n DESC, reason"


def _counted(db: Database, sql: str, name: str) -> dict[Any, int]:
    return dict(db.execute(sql, (name,)).fetchall())


def _failures(db: Database, name: str) -> list[FailedLink]:
    rows = db.execute(
        "SELECT url, title, last_error, attempts, next_try FROM frontier WHERE portal = ? AND state = 'failed'"
        " ORDER BY id DESC LIMIT ?",
        (name, FAILURES_SHOWN),
    )
    return [FailedLink(url, title, error, attempts, parse(again)) for url, title, error, attempts, again in rows]


def _runs(db: Database, name: str, limit: int) -> list[PastRun]:
    return [
        PastRun(number, dt.datetime.fromisoformat(began), parse(ended), outcome, articles)
        for number, began, ended, outcome, articles in db.execute(_RUNS, (name, limit))
    ]
