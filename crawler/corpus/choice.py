"""The articles that an export is made of: their ids, in a temporary table that SQLite moves to disk where it is large.

A temporary table belongs to the connection and lies in a file of its own, so a corpus opened readonly has one too.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from crawler.corpus import reading, search
from crawler.corpus.database import Database, Store
from crawler.corpus.records import StoredArticle
from crawler.corpus.selection import Dedupe, Selection, place_sql
from crawler.errors import CorpusFull, OutputError

__all__ = ["Choice"]

#: Several may be open on one connection.
_NUMBERS = itertools.count(1)


class Choice:
    """Articles that were chosen, until it is closed.

    They are those of the selection, those that repeat each other among them until dedupe() is called.
    Raises UsageError for a query that makes no sense.
    """

    def __init__(self, connection: Store, wanted: Selection) -> None:
        self._connection = connection
        #: The temporary table: id, and for snapshots the number of the split and what decides it.
        self.table = f"temp.chosen_{next(_NUMBERS)}"
        source, values = search.meant(connection.engine, wanted)
        row = search.number(connection.engine, wanted)
        with self.reading() as db:
            db.execute(f"CREATE TABLE {self.table} (id INTEGER PRIMARY KEY, component INTEGER, split INTEGER)")
            db.execute(f"INSERT INTO {self.table} (id) SELECT {row} {source} ORDER BY {row}", values)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        with self.reading() as db:
            return int(db.execute(f"SELECT count(*) FROM {self.table}").fetchone()[0])

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database, for queries that join the table.  Raises OutputError where there is no room for them."""
        try:
            with self._connection.reading() as db:
                yield db
        except CorpusFull as error:
            # Where SQLite looks first: https://sqlite.org/tempfiles.html#temporary_file_storage_locations
            folder = os.environ.get("SQLITE_TMPDIR") or os.environ.get("TMPDIR") or "/var/tmp"
            raise OutputError(
                f"{folder}: no room for SQLite's temporary files; free some, or set SQLITE_TMPDIR to another folder"
            ) from error

    def rows(self) -> Iterator[StoredArticle]:
        """The articles in the order in which they were stored, read bit by bit; discard() may be called meanwhile."""
        last = 0
        while True:
            with self.reading() as db:
                found = reading.chosen(db, self.table, last)
            if not found:
                return
            yield from found
            last = found[-1].id

    def splits(self) -> Iterator[int]:
        """Numbers of the splits of these articles, in the same order."""
        with self.reading() as db:
            for (split,) in db.stream(f"SELECT split FROM {self.table} ORDER BY id"):
                yield split

    def discard(self, article_id: int) -> None:
        """Leave this one out."""
        with self.reading() as db:
            db.execute(f"DELETE FROM {self.table} WHERE id = ?", (article_id,))

    def dedupe(self, how: Dedupe) -> int:
        """Leave out all but one of those that repeat each other; how many that are."""
        if how == "none":
            return 0
        places = (
            f"SELECT articles.id AS id, {place_sql(how)} AS place FROM {self.table} AS chosen"
            " JOIN articles ON articles.id = chosen.id"
        )
        with self.reading() as db:
            sql = f"DELETE FROM {self.table} WHERE id IN (SELECT id FROM ({places}) AS placed WHERE place > 1)"
            return int(db.execute(sql).rowcount)

    def close(self) -> None:
        """Forget it."""
        with self.reading() as db:
            db.execute(f"DROP TABLE IF EXISTS {self.table}")
