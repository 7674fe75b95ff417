"""The ledger: every article link is written down before it is fetched, and crossed off when it is stored.

So a run that is killed loses nothing but the request in flight, and a failure stays visible until it is resolved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from crawler.corpus.codec import identity, instant, local, parse, text
from crawler.corpus.portals import ensure
from crawler.corpus.records import Noted, Waiting
from crawler.items import Link

__all__ = [
    "BACKOFF_FIRST",
    "BACKOFF_LONGEST",
    "MAX_ATTEMPTS",
    "Verdict",
    "fail",
    "forget",
    "gone",
    "note",
    "reject",
    "waiting",
]

#: Pause before the second attempt, doubled with every further one: portals that stumble are well within the hour.
BACKOFF_FIRST = dt.timedelta(minutes=30)
#: The pause does not grow beyond a day, so that a nightly run always finds what failed the night before last.
BACKOFF_LONGEST = dt.timedelta(days=1)
#: Attempts before an article counts as failed for good: with the pauses above they span four days, a long weekend.
MAX_ATTEMPTS = 8

#: Values in one IN (…); SQLite before 3.32 takes 999 in a statement.
_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a page is no article.  retry: it may become one (a challenge page, a soft 404)."""

    reason: str
    excerpt: str
    retry: bool = False


@dataclass(slots=True)
class _Entry:
    """A frontier row as note() needs it."""

    id: int
    state: str
    next_try: str | None


def note(db: Database, portal: str, section_id: int | None, links: Sequence[Link], now: dt.datetime) -> list[Noted]:
    """Write down what a list page shows; see Corpus.note()."""
    ensure(db, portal, now)
    firsts: dict[str, tuple[int, Link]] = {}
    keys = [identity(link.url) for link in links]
    for position, (address, link) in enumerate(zip(keys, links, strict=True)):
        firsts.setdefault(address, (position, link))
    before = _entries(db, portal, list(firsts))
    _enter(db, portal, firsts, now)
    entries = _entries(db, portal, list(firsts))
    familiar = set() if section_id is None else _sight(db, section_id, firsts, entries, now)
    return [
        Noted(
            link,
            address,
            fetch=firsts[address][1] is link and _due(entries[address], now),
            familiar=address in familiar,
            new=address not in before,
        )
        for address, link in zip(keys, links, strict=True)
    ]


def waiting(db: Database, portal: str, limit: int | None, now: dt.datetime) -> list[Waiting]:
    """What is still to fetch, oldest first: never asked for, or failed and due."""
    rows = db.execute(
        f"SELECT * FROM ({_OPEN} AND state = 'waiting' UNION ALL {_OPEN} AND state = 'failed' AND next_try <= :now)"
        " ORDER BY id LIMIT :limit",
        {"portal": portal, "now": instant(now), "limit": -1 if limit is None else limit},
    )
    return [
        Waiting(Link(url, title, parse(published)), label, attempts)
        for _, url, title, published, attempts, label in rows
    ]


_OPEN = """
SELECT id, url, title, published, attempts, (
    SELECT label FROM sightings JOIN sections ON sections.id = section_id
    WHERE frontier_id = frontier.id ORDER BY side, sightings.id LIMIT 1
) AS label
FROM frontier WHERE portal = :portal"""


def reject(db: Database, portal: str, url: str, verdict: Verdict, run_id: int | None, now: dt.datetime) -> None:
    """Keep the reason (and an excerpt) why a page is no article; asked for again only if the verdict says so."""
    _touch(db, portal, url, now)
    db.execute(
        "INSERT OR REPLACE INTO rejects (portal, key, url, reason, excerpt, run_id, rejected_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (portal, identity(url), url, text(verdict.reason), text(verdict.excerpt), run_id, instant(now)),
    )
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
        "UPDATE frontier SET state = 'waiting', attempts = 0, last_error = NULL, next_try = NULL WHERE key = ?",
        (identity(url),),
    ).rowcount


def _pause(attempts: int) -> dt.timedelta:
    doublings = 1 << (attempts - 1)
    return min(BACKOFF_FIRST * doublings, BACKOFF_LONGEST)


def _due(entry: _Entry, now: dt.datetime) -> bool:
    if entry.state == "failed":
        return entry.next_try is not None and entry.next_try <= instant(now)
    return entry.state == "waiting"


def _entries(db: Database, portal: str, keys: list[str]) -> dict[str, _Entry]:
    """The ledger's entries for these keys."""
    found: dict[str, _Entry] = {}
    for chunk in _chunks(keys):
        rows = db.execute(
            f"SELECT key, id, state, next_try FROM frontier WHERE key IN ({_marks(chunk)}) AND portal = ?",
            [*chunk, portal],
        )
        found.update((address, _Entry(*rest)) for address, *rest in rows)
    return found


def _enter(db: Database, portal: str, firsts: Mapping[str, tuple[int, Link]], now: dt.datetime) -> None:
    """Write new links down; what is stored already, perhaps by another portal, needs no fetch.

    A later sighting fills in a headline or date that the first one (a picture, a side list) did not print.
    """
    rows = [
        (portal, address, link.url, text(link.title), local(link.published), instant(now), address)
        for address, (_, link) in firsts.items()
    ]
    db.conn.executemany(
        "INSERT INTO frontier (portal, key, url, title, published, first_seen, state) VALUES (?, ?, ?, ?, ?, ?,"
        " CASE WHEN EXISTS (SELECT 1 FROM addresses WHERE key = ?) THEN 'stored' ELSE 'waiting' END)"
        " ON CONFLICT (key, portal) DO UPDATE SET title = CASE title WHEN '' THEN excluded.title ELSE title END,"
        " published = coalesce(published, excluded.published)"
        " WHERE title = '' AND excluded.title <> '' OR published IS NULL AND excluded.published IS NOT NULL",
        rows,
    )


def _sight(
    db: Database,
    section_id: int,
    firsts: Mapping[str, tuple[int, Link]],
    entries: Mapping[str, _Entry],
    now: dt.datetime,
) -> set[str]:
    """Write down that the section shows these links; the keys of those that it showed before its last completion.

    A link that moves from a side list into the section's own list counts as seen anew there.
    """
    familiar = _familiar(db, section_id, {entry.id: address for address, entry in entries.items()})
    db.conn.executemany(
        "INSERT INTO sightings (frontier_id, section_id, first_seen, position, side) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (frontier_id, section_id) DO UPDATE SET"
        " first_seen = excluded.first_seen, position = excluded.position, side = 0"
        " WHERE side = 1 AND excluded.side = 0",
        [(entries[a].id, section_id, instant(now), position, link.side) for a, (position, link) in firsts.items()],
    )
    db.conn.executemany(
        "INSERT OR IGNORE INTO article_sections (article_id, section_id, first_seen, position)"
        " SELECT article_id, section_id, sightings.first_seen, position FROM sightings"
        " JOIN frontier ON frontier.id = frontier_id JOIN addresses ON addresses.key = frontier.key"
        " WHERE frontier_id = ? AND section_id = ? AND side = 0",
        [(entry.id, section_id) for entry in entries.values() if entry.state == "stored"],
    )
    return familiar


def _familiar(db: Database, section_id: int, addresses: Mapping[int, str]) -> set[str]:
    """Number and time both have to lie before the completion: after a clock's jump the walk reads more, never less."""
    found: set[str] = set()
    for chunk in _chunks(list(addresses)):
        rows = db.execute(
            "SELECT frontier_id FROM sightings JOIN sections ON sections.id = section_id"
            f" WHERE frontier_id IN ({_marks(chunk)}) AND section_id = ?"
            " AND sightings.id <= complete_mark AND first_seen <= completed_at",
            [*chunk, section_id],
        )
        found.update(addresses[row[0]] for row in rows)
    return found


def _touch(db: Database, portal: str, url: str, now: dt.datetime) -> None:
    """An entry for an address that no list page showed."""
    ensure(db, portal, now)
    db.execute(
        "INSERT OR IGNORE INTO frontier (portal, key, url, title, first_seen, state)"
        " VALUES (?, ?, ?, '', ?, 'waiting')",
        (portal, identity(url), url, instant(now)),
    )


def _set(db: Database, portal: str, url: str, values: Mapping[str, Any]) -> None:
    columns = ", ".join(f"{name} = ?" for name in values)
    db.execute(f"UPDATE frontier SET {columns} WHERE key = ? AND portal = ?", [*values.values(), identity(url), portal])


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
