"""One connection to a corpus file: opening with all checks, migrations, and the two kinds of access."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import sqlite_utils

from crawler.corpus import indexes, search
from crawler.corpus.database import Turn
from crawler.corpus.failures import translated
from crawler.corpus.lock import PortalLock
from crawler.corpus.schema import APPLICATION_ID, MIGRATIONS, REPRINTS_VERSION, SEARCH_VERSION, VERSION
from crawler.errors import CorpusError, CorpusForeign, CorpusNewer, CorpusReadOnly

__all__ = ["Connection"]

#: Seconds between two attempts at the one statement for which SQLite does not wait by itself.
_WAL_RETRY = 0.05
#: Memory for pages; SQLite's own 2 MB do not hold the upper levels of the indexes of a large corpus.
_CACHE_KIB = 32 * 1024
#: Pages of 4 KB in the log before they are written back: with 16 MB, pages that change often are written once, and
#: benchmarks/pipelines.py gains a tenth over the default of 4 MB.
_LOG_PAGES = 4000


class _Database:
    """What the corpus's modules get: see crawler.corpus.database."""

    engine: Literal["sqlite"] = "sqlite"

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def execute(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> sqlite3.Cursor:
        return self._db.execute(sql, parameters if isinstance(parameters, Sequence) else dict(parameters))

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> object:
        return self._db.conn.executemany(sql, rows)

    def stream(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[Any]:
        # SQLite reads row by row anyway.
        return iter(self.execute(sql, parameters))


class Connection:
    """An open corpus file.  All SQL runs inside reading() or writing(), which translate SQLite's errors."""

    engine: Literal["sqlite"] = "sqlite"

    def __init__(self, path: Path, *, readonly: bool = False, timeout: float = 30.0) -> None:
        """Open the file, and make it where it does not exist.

        timeout: seconds to wait for another process's write lock.  Raises CorpusNewer, CorpusForeign,
        CorpusReadOnly, CorpusLocked, CorpusFull, CorpusDamaged, or CorpusError (readonly and no such file).
        """
        self.path = path
        self.address = str(path)
        self.readonly = readonly
        self._timeout = timeout
        _prepare(path, readonly)
        with translated(path):
            self._db = sqlite_utils.Database(self._connect(), execute_plugins=False)
            self._handed_out = _Database(self._db)
            try:
                self._check()
                self._configure()
            except BaseException:
                self._db.close()
                raise
        self._open = True

    @contextmanager
    def reading(self) -> Iterator[_Database]:
        """The database for queries."""
        with translated(self.path):
            yield self._handed_out

    @contextmanager
    def writing(self) -> Iterator[_Database]:
        """One transaction that holds the write lock from its start: committed as a whole or not at all.

        A deferred transaction that reads before it writes fails at once when another process wrote in between
        (ECOSYSTEM.md, fact 2: 291 of 450 tries); an immediate one waits for its turn.
        """
        with translated(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._handed_out
                self._db.execute("COMMIT")
            except BaseException:
                # SQLite has already rolled back by itself after some errors, a full disk among them.
                self._db.rollback()
                raise

    @contextmanager
    def frozen(self) -> Iterator[_Database]:
        """One transaction that reads: all queries see the same state of the file."""
        with translated(self.path):
            self._db.execute("BEGIN")
            try:
                # The state is taken with the first row that is read, not with BEGIN.
                self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
                yield self._handed_out
            finally:
                self._db.rollback()

    def turn(self, portal: str) -> Turn:
        """The right to crawl that portal, as long as this process lives; PortalBusy where another one has it."""
        return PortalLock.take(self.path, portal)

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """What is deleted within is overwritten in the file, and in the log."""
        with translated(self.path):
            self._db.execute("PRAGMA secure_delete = ON")
        yield
        with translated(self.path):
            # The log still holds the old pages.
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def counters(self) -> dict[str, int]:
        """The largest id ever given, by table that never gives one twice."""
        with self.reading() as db:
            return dict(db.execute("SELECT name, seq FROM sqlite_sequence").fetchall())

    def count_on(self, counters: Mapping[str, int]) -> None:
        """Give no id again that these have given; what rows have, SQLite minds by itself."""
        with self.writing() as db:
            for name in {name for (name,) in db.execute("SELECT name FROM sqlite_sequence").fetchall()} & set(counters):
                db.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (counters[name], name))

    def stop_waiting(self) -> None:
        """From now on fail at once where another process holds the write lock."""
        if self._open:
            with translated(self.path):
                self._db.execute("PRAGMA busy_timeout = 0")

    def close(self) -> None:
        """Write the log back into the file and close it; harmless when already closed."""
        if not self._open:
            return
        self._open = False
        with translated(self.path):
            try:
                if not self.readonly:
                    # PASSIVE never waits for other processes; the last one to close the file does the rest.
                    self._db.execute("PRAGMA wal_checkpoint(PASSIVE)")
            finally:
                self._db.close()

    def _connect(self) -> sqlite3.Connection:
        address = self.path.absolute().as_uri()
        mode = "rwc"
        if self.readonly:
            # A reader of a log needs a file beside it; in a folder that nobody may write to there is nothing to watch.
            log = self.path.with_name(f"{self.path.name}-wal")
            mode = "ro" if _writable(self.path.parent) or log.exists() else "ro&immutable=1"
        # Transactions are begun by hand: the module's own are deferred.
        return sqlite3.connect(f"{address}?mode={mode}", uri=True, timeout=self._timeout, isolation_level=None)

    def _check(self) -> None:
        """Refuse what is no corpus before anything is written to it."""
        application = self._pragma("application_id")
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != APPLICATION_ID and (tables or application):
            raise CorpusForeign(f"{self.path}: a database of another program; give another file (-s CORPUS=…)")
        version = self._pragma("user_version")
        if application == APPLICATION_ID and version > VERSION:
            raise CorpusNewer(
                f"{self.path}: written by a newer release (schema {version}, this one {VERSION}); upgrade chengwen"
            )
        if self.readonly and (application != APPLICATION_ID or version < VERSION):
            raise CorpusError(f"{self.path}: empty or of an older release; a crawl brings it up to date")

    def _configure(self) -> None:
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        if self.readonly:
            return
        self._enter_wal()
        # In WAL mode NORMAL can lose the last commits in a power cut, never the file; those articles are fetched again.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        if self._pragma("user_version") < VERSION:
            self._migrate()

    def _enter_wal(self) -> None:
        """Switch the file to write-ahead logging, the one thing for which SQLite does not wait for other processes."""
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                if self._db.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal":
                    return
                raise CorpusError(
                    f"{self.path}: its file system has no write-ahead log; put the corpus on a local disk"
                )
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(_WAL_RETRY)

    def _migrate(self) -> None:
        with self.writing() as db:
            # Read again under the lock: another process may have been faster.
            before = self._pragma("user_version")
            for version, script in enumerate(MIGRATIONS[before:], before + 1):
                self._db.executescript(script)
                if version == SEARCH_VERSION:
                    search.fill(db)
                if version == REPRINTS_VERSION:
                    indexes.fill_reprints(db)
            self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version = {VERSION}")

    def _pragma(self, name: str) -> int:
        return int(self._db.execute(f"PRAGMA {name}").fetchone()[0])


def _prepare(path: Path, readonly: bool) -> None:
    """Make the folder, and say in plain words what SQLite would only hint at."""
    if path.is_dir():
        raise CorpusError(f"{path}: a folder; name a file in it (-s CORPUS=…)")
    if readonly:
        if not path.exists():
            raise CorpusError(f"{path}: no such corpus; run a crawl first, or name another file (-s CORPUS=…)")
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CorpusReadOnly(f"{path}: cannot make its folder ({error.strerror}); name another file") from error
    # The log stands beside the file, so the folder has to be writable too.
    for place in (path, path.parent) if path.exists() else (path.parent,):
        if not _writable(place):
            raise CorpusReadOnly(f"{place}: no permission to write; change it, or name another file (-s CORPUS=…)")


def _writable(place: Path) -> bool:
    return os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
