"""Writing links down before anything is fetched.

Every article link that a list page shows goes into the ledger first, and is crossed off when it is stored: a run that
is killed loses nothing but the request in flight.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.corpus.codec import identity, instant, local, text
from crawler.corpus.database import Database
from crawler.corpus.ledger import due
from crawler.corpus.portals import ensure
from crawler.corpus.purge import buried
from crawler.corpus.records import Noted
from crawler.items import Link

__all__ = ["note"]

#: Values in one IN (…); SQLite before 3.32 takes 999 in a statement.
_CHUNK = 400


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


def _due(entry: _Entry, now: dt.datetime) -> bool:
    if entry.state == "failed":
        return due(entry.next_try, now)
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

    A later sighting fills in a headline or date that the first one (a picture, a side list) did not print.  What was
    purged is never fetched, and its headline never written.
    """
    dead = buried(db, firsts)
    rows = [
        (portal, address, text(link.url), text(link.title), local(link.published), instant(now), address, "waiting")
        if address not in dead
        else (portal, address, text(link.url), "", None, instant(now), address, "gone")
        for address, (_, link) in firsts.items()
    ]
    db.executemany(
        "INSERT INTO frontier (portal, key, url, title, published, first_seen, state) VALUES (?, ?, ?, ?, ?, ?,"
        " CASE WHEN EXISTS (SELECT 1 FROM addresses WHERE key = ?) THEN 'stored' ELSE ? END)"
        " ON CONFLICT (key, portal) DO UPDATE SET"
        " title = CASE frontier.title WHEN '' THEN excluded.title ELSE frontier.title END,"
        " published = coalesce(frontier.published, excluded.published)"
        " WHERE frontier.title = '' AND excluded.title <> ''"
        " OR frontier.published IS NULL AND excluded.published IS NOT NULL",
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
    db.executemany(
        "INSERT INTO sightings (frontier_id, section_id, first_seen, position, side) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (frontier_id, section_id) DO UPDATE SET"
        " first_seen = excluded.first_seen, position = excluded.position, side = 0"
        " WHERE sightings.side = 1 AND excluded.side = 0",
        [(entries[a].id, section_id, instant(now), position, link.side) for a, (position, link) in firsts.items()],
    )
    db.executemany(
        "INSERT INTO article_sections (article_id, section_id, first_seen, position)"
        " SELECT article_id, section_id, sightings.first_seen, position FROM sightings"
        " JOIN frontier ON frontier.id = frontier_id JOIN addresses ON addresses.key = frontier.key"
        " WHERE frontier_id = ? AND section_id = ? AND side = 0 ON CONFLICT DO NOTHING",
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


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
