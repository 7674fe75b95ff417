"""One corpus into another, of either engine: all tables, row for row, with the same ids.

A copy that was cut off goes on where it stopped: what stands in the target has to be how the source begins, table for
table, and that is read and compared, not believed.  The search index is made anew, because the engines keep different
ones; near-duplicates come along as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from crawler.corpus import search
from crawler.corpus.database import Database, Store
from crawler.errors import CorpusError, UsageError

__all__ = ["TABLES", "Copied", "copy", "rows_of"]

#: Tables, those that others refer to first, and what orders their rows.
TABLES: dict[str, tuple[str, ...]] = {
    "portals": ("name",), "runs": ("id",), "sections": ("id",), "run_sections": ("run_id", "section_id"),
    "frontier": ("id",), "sightings": ("id",), "rejects": ("id",), "warc_files": ("id",), "captures": ("id",),
    "bodies": ("id",), "articles": ("id",), "addresses": ("key",), "article_sections": ("article_id", "section_id"),
    "images": ("article_id", "position"), "attachments": ("article_id", "position"), "pauses": ("host",),
    "revisions": ("article_id", "number"), "checks": ("article_id",), "tombstones": ("key",), "templates": ("id",),
    "minhashes": ("value", "body_id"), "reprints": ("article_id", "of_id"), "clusters": ("article_id",),
    "reextractions": ("id",), "run_figures": ("run_id", "coalesce(section_id, 0)"), "health": ("portal",),
    "alarms": ("id",),
}  # fmt: skip

#: Columns that may refer to a later row of their own table: filled in when all rows are there.
_LATER = {"articles": "duplicate_of"}
#: Rows that are read, and written in one transaction.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Copied:
    """rows: of all tables; there_before: those that an earlier attempt had brought; sha256: of all rows, of both."""

    rows: int
    there_before: int
    sha256: str


def rows_of(store: Store) -> int:
    """How many rows there are to be copied."""
    with store.reading() as db:
        return sum(_count(db, table) for table in TABLES)


def copy(source: Store, target: Store) -> Iterator[int | Copied]:
    """Copy, telling again and again how many rows are there; the last word is what was done.

    The source must be frozen.  Raises UsageError where the target holds something else, CorpusError where what arrived
    is not what was sent.
    """
    there = {table: _there(source, target, table) for table in TABLES}
    done = 0
    for table in TABLES:
        done += there[table]
        for rows in _missing(source, table, there[table]):
            with target.writing() as db:
                _enter(db, table, rows)
            done += len(rows)
            yield done
    with source.reading() as theirs:
        for table, column in _LATER.items():
            for rows in _batches(theirs.stream(f"SELECT {column}, id FROM {table} WHERE {column} IS NOT NULL")):
                with target.writing() as ours:
                    ours.executemany(f"UPDATE {table} SET {column} = ? WHERE id = ?", rows)
        last = search.last(theirs)
    waiting = True
    while waiting:
        with target.writing() as ours:
            waiting = bool(search.catch_up(ours, _BATCH, last))
        yield done
    target.count_on(source.counters())
    sent, arrived = _digest(source), _digest(target)
    if sent != arrived:
        raise CorpusError(f"{target.address}: what arrived is not what was sent; empty it and copy again")
    yield Copied(done, sum(there.values()), arrived)


def _there(source: Store, target: Store, table: str) -> int:
    """How many rows of a table an earlier attempt brought; UsageError where others stand there."""
    with source.reading() as theirs, target.reading() as ours:
        there = _count(ours, table)
        sent = islice(theirs.stream(_select(theirs, table, _LATER.get(table))), there)
        arrived = ours.stream(_select(ours, table, _LATER.get(table)))
        if there and _hash(sent) != _hash(arrived):
            raise UsageError(
                f"{target.address}: holds other rows (table {table}) than {source.address} begins with; "
                "name an empty place, or the one where a copy of just this corpus was cut off"
            )
    return there


def _missing(source: Store, table: str, there: int) -> Iterator[list[tuple[Any, ...]]]:
    with source.reading() as db:
        yield from _batches(islice(db.stream(_select(db, table)), there, None))


def _enter(db: Database, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    names = _names(db, table)
    left_out = names.index(_LATER[table]) if table in _LATER else -1
    marks = ", ".join("NULL" if place == left_out else "?" for place in range(len(names)))
    if left_out >= 0:
        rows = [(*row[:left_out], *row[left_out + 1 :]) for row in rows]
    db.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)


def _select(db: Database, table: str, but: str | None = None) -> str:
    names = ", ".join(name for name in _names(db, table) if name != but)
    return f"SELECT {names} FROM {table} ORDER BY {', '.join(TABLES[table])}"


def _names(db: Database, table: str) -> list[str]:
    return [column[0] for column in db.execute(f"SELECT * FROM {table} LIMIT 0").description or ()]


def _count(db: Database, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _digest(store: Store) -> str:
    """Of all rows of all tables, in their order."""
    seen = hashlib.sha256()
    with store.reading() as db:
        for table in TABLES:
            seen.update(f"{table} {_hash(db.stream(_select(db, table)))}\n".encode())
    return seen.hexdigest()


def _hash(rows: Iterable[tuple[Any, ...]]) -> str:
    seen = hashlib.sha256()
    for row in rows:
        seen.update(repr(tuple(row)).encode("utf-8", "backslashreplace"))
    return seen.hexdigest()


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch
