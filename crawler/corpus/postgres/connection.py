"""One connection to a corpus in PostgreSQL: opening with all checks, migrations, and the two kinds of access.

As in a file, one transaction writes at a time: ids come in the order in which they are committed, which the indexes and
the ledger's marks rely on, and no two of them can wait for each other.  Transactions take milliseconds; what they hold
up is other writers, never readers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from crawler.corpus import indexes, search
from crawler.corpus.address import shown
from crawler.corpus.database import Rows, Turn
from crawler.corpus.postgres.dialect import respell
from crawler.corpus.postgres.failures import translated, unconnected
from crawler.corpus.postgres.schema import FUNCTIONS, MARK, script
from crawler.corpus.postgres.turn import Turns
from crawler.corpus.postgres.values import adapt
from crawler.corpus.schema import REPRINTS_VERSION, SEARCH_VERSION, VERSION
from crawler.errors import CorpusError, CorpusForeign, CorpusLost, CorpusNewer, CorpusReadOnly

__all__ = ["CONNECT_SECONDS", "Connection", "connect"]

#: Seconds until a server that does not answer counts as away.
CONNECT_SECONDS = 10
#: Seconds that a transaction may stand still: a process that was stopped, or whose machine hangs, must not keep the
#: others from writing.  Half of what they wait for (CORPUS_TIMEOUT); a statement comes every few milliseconds.
_STANDSTILL = 15
#: Seconds without a sign after which the server lets the session of a machine that vanished go, and its locks with it.
_VANISHED = {"tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3}
#: Rows of a large result that are in memory.
_STREAMED = 500


def connect(address: str, **more: Any) -> psycopg.Connection[Any]:
    """A connection in which every statement is a transaction of its own.

    Raises CorpusError, in one line without the password, where there is none; CorpusLost where the server is away and
    may come back.
    """
    try:
        known = conninfo_to_dict(address)
        known.setdefault("connect_timeout", CONNECT_SECONDS)
        known.setdefault("application_name", "chengwen")
        known.setdefault("tcp_user_timeout", 1000 * (CONNECT_SECONDS + _STANDSTILL))
        db = psycopg.connect(**(known | more), autocommit=True)
        # For every session: above all for the one that holds the locks of portals.
        for name, seconds in _VANISHED.items():
            db.execute("SELECT set_config(%s, %s, false)", (name, str(seconds)))
        return db
    except (psycopg.Error, UnicodeError) as error:
        raise unconnected(shown(address), error) from error


class Connection:
    """An open corpus of a server.  All SQL runs inside reading() or writing(), which translate its errors."""

    engine: Literal["postgresql"] = "postgresql"

    def __init__(self, address: str, *, readonly: bool = False, timeout: float = 30.0) -> None:
        """Open the database, and make the tables where there are none.

        timeout: seconds to wait for another process that writes.  Raises CorpusNewer, CorpusForeign, CorpusReadOnly,
        CorpusLocked, CorpusFull, CorpusLost, or CorpusError (away, wrong user, no such database).
        """
        self.address = shown(address)
        self.readonly = readonly
        self._db = connect(address)
        self._turns = Turns(address)
        try:
            with translated(self.address):
                adapt(self._db)
                self._configure(timeout)
                self._check()
                if not readonly and self._version() < VERSION:
                    self._migrate()
        except BaseException:
            self._db.close()
            raise
        self._handed_out = _Database(self._db)

    @contextmanager
    def reading(self) -> Iterator[_Database]:
        """The database for queries."""
        with translated(self.address):
            yield self._handed_out

    @contextmanager
    def writing(self) -> Iterator[_Database]:
        """One transaction, in which nobody else writes: committed as a whole or not at all.

        Raises CorpusLost where the right to crawl a portal was lost with its session: somebody else may have it.
        """
        if self.readonly:
            raise CorpusReadOnly(f"{self.address}: opened for reading only")
        if self._turns.lost():
            raise CorpusLost(
                f"{self.address}: the lock of the portal was lost with its connection; the next run goes on"
            )
        with translated(self.address), self._db.transaction():
            self._db.execute("SELECT pg_advisory_xact_lock(%s)", (_WRITERS,))
            yield self._handed_out

    @contextmanager
    def frozen(self) -> Iterator[_Database]:
        """One transaction that reads: all queries see the same state."""
        with translated(self.address):
            # Nothing is changed in it but temporary tables.
            self._db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            self._db.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            try:
                yield self._handed_out
            finally:
                if not self._db.closed:
                    self._db.execute("ROLLBACK")

    def turn(self, portal: str) -> Turn:
        """The right to crawl that portal, as long as this process lives; PortalBusy where another one has it."""
        with translated(self.address):
            return self._turns.take(portal)

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """What is deleted within is overwritten when the tables are vacuumed, as they are at the end."""
        yield
        with translated(self.address):
            # Without the right to, autovacuum does it later.
            for table in ("articles", "bodies", "revisions", "articles_fts", "frontier", "rejects"):
                self._db.execute(sql.SQL("VACUUM {}").format(sql.Identifier(table)))

    def counters(self) -> dict[str, int]:
        """The largest id ever given, by table."""
        found = {}
        with translated(self.address):
            for table, sequence in self._sequences():
                query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.SQL(sequence))
                row = self._db.execute(query).fetchone()
                if row and row[1]:
                    found[table] = int(row[0])
        return found

    def count_on(self, counters: Mapping[str, int]) -> None:
        """Give no id again that these have given, nor one that a row has."""
        with self.writing() as db:
            for table, sequence in self._sequences():
                largest = int(db.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])
                least = max(largest, counters.get(table, 0))
                if least:
                    db.execute("SELECT setval(?, greatest(?, nextval(?) - 1))", (sequence, least, sequence))

    def _sequences(self) -> list[tuple[str, str]]:
        return self._db.execute(
            "SELECT table_name, pg_get_serial_sequence(table_name, 'id') FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND column_name = 'id' AND is_identity = 'YES'"
        ).fetchall()

    def stop_waiting(self) -> None:
        """From now on fail at once where another process writes."""
        if not self._db.closed:
            with translated(self.address):
                self._db.execute("SET lock_timeout = '1ms'")

    def close(self) -> None:
        """Close it; harmless when already closed."""
        self._turns.close()
        self._db.close()

    def _configure(self, timeout: float) -> None:
        settings: dict[str, object] = {
            "lock_timeout": max(1, round(timeout * 1000)),
            "idle_in_transaction_session_timeout": _STANDSTILL * 1000,
            "client_min_messages": "warning",
            "timezone": "UTC",
        }
        for name, value in settings.items():
            self._db.execute("SELECT set_config(%s, %s, false)", (name, str(value)))

    def _check(self) -> None:
        """Refuse what is no corpus before anything is written to it."""
        version = self._version()
        if version < 0:
            tables = self._db.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").fetchone()
            if tables and tables[0]:
                raise CorpusForeign(f"{self.address}: a database of another program; give an empty one (-s CORPUS=…)")
        if version > VERSION:
            raise CorpusNewer(
                f"{self.address}: written by a newer release (schema {version}, this one {VERSION}); upgrade chengwen"
            )
        if self.readonly and version < VERSION:
            raise CorpusError(f"{self.address}: empty or of an older release; a crawl brings it up to date")

    def _version(self) -> int:
        """The schema's version; -1: there is none."""
        if self._db.execute("SELECT to_regclass(%s)", (MARK,)).fetchone() == (None,):
            return -1
        row = self._db.execute(sql.SQL("SELECT version FROM {}").format(sql.Identifier(MARK))).fetchone()
        return int(row[0]) if row else -1

    def _migrate(self) -> None:
        with self._db.transaction():
            self._db.execute("SELECT pg_advisory_xact_lock(%s)", (_WRITERS,))
            # Read again under the lock: another process may have been faster.
            before = self._version()
            if before < 0:
                self._db.execute(FUNCTIONS)
                before = 0
            db = _Database(self._db)
            for version in range(before + 1, VERSION + 1):
                self._db.execute(script(version).encode())
                if version == SEARCH_VERSION:
                    search.fill(db)
                if version == REPRINTS_VERSION:
                    indexes.fill_reprints(db)
            self._db.execute(sql.SQL("UPDATE {} SET version = %s").format(sql.Identifier(MARK)), (VERSION,))


class _Database:
    """What the corpus's modules get: their SQL, respelled."""

    engine: Literal["postgresql"] = "postgresql"

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Rows:
        return self._connection.execute(respell(statement).encode(), parameters)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> object:
        with self._connection.cursor() as cursor:
            cursor.executemany(respell(statement).encode(), rows)
        return None

    def stream(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[Any]:
        with self._connection.cursor("stream", withhold=True) as cursor:
            cursor.itersize = _STREAMED
            yield from cursor.execute(respell(statement).encode(), parameters)


#: The lock of whoever writes.
_WRITERS = int.from_bytes(hashlib.sha256(b"chengwen: writing").digest()[:8], signed=True)
