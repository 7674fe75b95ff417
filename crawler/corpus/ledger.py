"""What is to be fetched, what failed, what is no article: the ledger's entries and their states."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crawler.corpus import checks
from crawler.corpus.codec import identity, instant, parse, text
from crawler.corpus.database import Database
from crawler.corpus.portals import ensure
from crawler.corpus.records import Waiting
from crawler.items import Link

__all__ = [
    "BACKOFF_FIRST",
    "BACKOFF_LONGEST",
    "MAX_ATTEMPTS",
    "Verdict",
    "due",
    "fail",
    "forget",
    "gone",
    "reject",
    "waiting",
]

#: Pause before the second attempt, doubled with every further one: portals that stumble are well within the hour.
BACKOFF_FIRST = dt.timedelta(minutes=30)
#: The pause does not grow beyond a day, so that a nightly run always finds what failed the night before last.
BACKOFF_LONGEST = dt.timedelta(days=1)
#: Attempts before an article counts as failed for good: with the pauses above they span four days, a long weekend.
MAX_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a page is no article.  retry: it may become one (a challenge page, a soft 404)."""

    reason: str
    excerpt: str
    retry: bool = False


def waiting(db: Database, portal: str, limit: int | None, now: dt.datetime) -> list[Waiting]:
    """What is still to fetch, oldest first: never asked for, or failed and due."""
    rows = db.execute(
        f"SELECT * FROM ({_OPEN} AND state = 'waiting' UNION ALL {_OPEN} AND state = 'failed' AND {_DUE}) AS open"
        " ORDER BY id LIMIT :limit",
        {"portal": portal, "limit": sys.maxsize if limit is None else limit} | _bounds(now),
    )
    return [
        Waiting(Link(url, title, parse(published)), label, attempts)
        for _, url, title, published, attempts, label in rows
    ]


def due(next_try: str | None, now: dt.datetime) -> bool:
    """True if a failed article is to be asked for now; a time beyond every pause is of a clock that ran ahead."""
    bounds = _bounds(now)
    return next_try is not None and (next_try <= bounds["now"] or next_try > bounds["farthest"])


def _bounds(now: dt.datetime) -> dict[str, str]:
    return {"now": instant(now), "farthest": instant(now + BACKOFF_LONGEST)}


_DUE = "(next_try <= :now OR next_try > :farthest)"
_OPEN = """
SELECT id, url, title, published, attempts, (
    SELECT label FROM sightings JOIN sections ON sections.id = section_id
    WHERE frontier_id = frontier.id ORDER BY side, sightings.id LIMIT 1
) AS label
FROM frontier WHERE portal = :portal"""


def reject(db: Database, portal: str, url: str, verdict: Verdict, run_id: int | None, now: dt.datetime) -> None:
    """Keep the reason (and an excerpt) why a page is no article; asked for again only if the verdict says so.

    An address whose article is stored keeps its state: what was read there once stays, whatever stands there now.
    """
    _touch(db, portal, url, now)
    db.execute(
        "INSERT INTO rejects (portal, key, url, reason, excerpt, run_id, rejected_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (key, portal) DO UPDATE SET url = excluded.url, reason = excluded.reason,"
        " excerpt = excluded.excerpt, run_id = excluded.run_id, rejected_at = excluded.rejected_at",
        (portal, identity(url), text(url), text(verdict.reason), text(verdict.excerpt), run_id, instant(now)),
    )
    if _state(db, portal, url) in ("stored", "gone"):
        stored = db.execute("SELECT article_id FROM addresses WHERE key = ?", (identity(url),)).fetchone()
        if stored:
            checks.postpone(db, stored[0], now)
        return
    if verdict.retry:
        fail(db, portal, url, verdict.reason, False, now)
    else:
        _set(db, portal, url, {"state": "rejected", "last_error": text(verdict.reason), "next_try": None})


def fail(db: Database, portal: str, url: str, error: str, final: bool, now: dt.datetime) -> None:
    """One more failed attempt: the next after a growing pause, or none."""
    _touch(db, portal, url, now)
    row = db.execute("SELECT attempts FROM frontier WHERE key = ? AND portal = ?", (identity(url), portal)).fetchone()
    attempts = int(row[0]) + 1
    again = None if final or attempts >= MAX_ATTEMPTS else instant(now + _pause(attempts))
    _set(
        db,
        portal,
        url,
        {"state": "failed", "attempts": attempts, "last_error": text(error), "next_try": again},
    )


def gone(db: Database, portal: str, url: str, why: str, now: dt.datetime) -> None:
    """The portal has taken the page away: it is not asked for again."""
    _touch(db, portal, url, now)
    _set(db, portal, url, {"state": "gone", "last_error": text(why), "next_try": None})


def forget(db: Database, url: str, now: dt.datetime) -> int:
    """Have an address fetched again as if nothing were known; the number of ledger entries that this concerns."""
    known = "SELECT portal FROM articles JOIN addresses ON article_id = articles.id WHERE addresses.key = ?"
    for (portal,) in db.execute(known, (identity(url),)).fetchall():
        if portal is not None:
            _touch(db, portal, url, now)
    return db.execute(
        "UPDATE frontier SET state = 'waiting', attempts = 0, last_error = NULL, next_try = NULL"
        " WHERE key = :key AND NOT EXISTS (SELECT 1 FROM tombstones WHERE key = :key)",
        {"key": identity(url)},
    ).rowcount


def _pause(attempts: int) -> dt.timedelta:
    doublings = 1 << (attempts - 1)
    return min(BACKOFF_FIRST * doublings, BACKOFF_LONGEST)


def _touch(db: Database, portal: str, url: str, now: dt.datetime) -> None:
    """An entry for an address that no list page showed."""
    ensure(db, portal, now)
    db.execute(
        "INSERT INTO frontier (portal, key, url, title, first_seen, state)"
        " VALUES (?, ?, ?, '', ?, 'waiting') ON CONFLICT DO NOTHING",
        (portal, identity(url), text(url), instant(now)),
    )


def _state(db: Database, portal: str, url: str) -> str:
    sql = "SELECT state FROM frontier WHERE key = ? AND portal = ?"
    return str(db.execute(sql, (identity(url), portal)).fetchone()[0])


def _set(db: Database, portal: str, url: str, values: Mapping[str, Any]) -> None:
    columns = ", ".join(f"{name} = ?" for name in values)
    db.execute(f"UPDATE frontier SET {columns} WHERE key = ? AND portal = ?", [*values.values(), identity(url), portal])
