"""What a page about one article or one portal shows, beyond what search and overview give."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from crawler.corpus import captures, clusters, reading, revisions
from crawler.corpus.codec import parse
from crawler.corpus.database import Database
from crawler.corpus.records import CaptureRow, Cluster, Revision, StoredArticle
from crawler.items import CST

__all__ = ["Address", "ArticleDetail", "Check", "Origin", "article", "days"]


@dataclass(frozen=True, slots=True)
class Address:
    """An address by which an article goes, without scheme and www.  kind: own, canonical, link or part."""

    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The run that stored an article.  outcome: None while it goes on, or where it was killed."""

    id: int
    portal: str
    started_at: dt.datetime
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """When an article's page was last asked for, and whether it is there.  gone_at: since when it is not, and why."""

    checked_at: dt.datetime
    next_check: dt.datetime
    gone_at: dt.datetime | None
    gone_why: str | None
    restored_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ArticleDetail:
    """All that the corpus says of one article.

    portal_title: the portal's own name, None: not known.  sections: labels of all that showed it.  revisions: oldest
    first, none where it never changed.  capture: what it was read from, None: not archived.  run: None outside a crawl.
    cluster: None where nothing else tells its story.
    """

    stored: StoredArticle
    portal_title: str | None
    sections: tuple[str, ...]
    addresses: tuple[Address, ...]
    revisions: tuple[Revision, ...]
    capture: CaptureRow | None
    check: Check | None
    run: Origin | None
    cluster: Cluster | None


def article(db: Database, article_id: int) -> ArticleDetail | None:
    """The article of that number; None where there is none."""
    stored = reading.numbered(db, article_id)
    if stored is None:
        return None
    title = db.execute("SELECT title FROM portals WHERE name = ?", (stored.article.portal,)).fetchone()
    return ArticleDetail(
        stored=stored,
        portal_title=title[0] if title else None,
        sections=tuple(label for (label,) in db.execute(_SECTIONS, (article_id,))),
        addresses=tuple(Address(*row) for row in db.execute(_ADDRESSES, (article_id,))),
        revisions=tuple(revisions.revisions(db, stored.article.url)),
        capture=captures.capture_of(db, article_id),
        check=_check(db, article_id),
        run=_run(db, stored.run_id),
        cluster=clusters.cluster(db, stored.article.url),
    )


_SECTIONS = """
SELECT label FROM article_sections JOIN sections ON sections.id = section_id WHERE article_id = ?
GROUP BY label ORDER BY min(first_seen), label"""
_ADDRESSES = "SELECT key, kind FROM addresses WHERE article_id = ? ORDER BY kind = 'own' DESC, kind, key"
_CHECK = "SELECT checked_at, next_check, gone_at, gone_why, restored_at FROM checks WHERE article_id = ?"


def _check(db: Database, article_id: int) -> Check | None:
    row = db.execute(_CHECK, (article_id,)).fetchone()
    if row is None:
        return None
    checked, again, gone, why, restored = row
    return Check(
        dt.datetime.fromisoformat(checked), dt.datetime.fromisoformat(again), parse(gone), why, parse(restored)
    )


def _run(db: Database, run_id: int | None) -> Origin | None:
    row = db.execute("SELECT id, portal, started_at, outcome FROM runs WHERE id = ?", (run_id,)).fetchone()
    return None if row is None else Origin(row[0], row[1], dt.datetime.fromisoformat(row[2]), row[3])


# --- Articles a day --------------------------------------------------------------------------------------------------


def days(db: Database, portal: str, most: int) -> dict[dt.date, int]:
    """Articles of the last `most` days up to the newest article's, oldest first, days without any included."""
    newest = db.execute("SELECT max(published) FROM articles WHERE portal = ?", (portal,)).fetchone()[0]
    if newest is None:
        return {}
    last = dt.datetime.fromisoformat(newest).date()
    first = last - dt.timedelta(days=most - 1)
    rows = db.execute(
        "SELECT substr(published, 1, 10) AS day, count(*) FROM articles"
        " WHERE portal = ? AND published >= ? GROUP BY day",
        (portal, dt.datetime.combine(first, dt.time(), CST).isoformat()),
    )
    counted = dict(rows.fetchall())
    every = (first + dt.timedelta(days=number) for number in range(most))
    return {day: counted.get(day.isoformat(), 0) for day in every}
