"""SQLite's errors in the project's words.  The only place where they are translated."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.errors import (
    CorpusDamaged,
    CorpusError,
    CorpusForeign,
    CorpusFull,
    CorpusLocked,
    CorpusReadOnly,
)

__all__ = ["translated"]

_LOCKED = "another process is writing to it and did not finish in time; wait for that crawl to end and run again"
_READ_ONLY = "no permission to write to it or to its folder; change the permissions, or give another file (-s CORPUS=…)"
_FULL = (
    "the disk is full; nothing of the last batch was written. Free some space and run again: the crawl goes on there"
)
_IO = "the disk refuses to read or write it (full quota, file size limit, or a fault); see to the disk and run again"
_DAMAGED = "the file is damaged; restore a backup, or save what can be read with: sqlite3 FILE .recover"
_FOREIGN = "not an SQLite file; give another file (-s CORPUS=…)"

#: SQLite's primary result codes (https://sqlite.org/rescode.html) → the error and its way out.
_MEANING: dict[int, tuple[type[CorpusError], str]] = {
    sqlite3.SQLITE_BUSY: (CorpusLocked, _LOCKED),
    sqlite3.SQLITE_LOCKED: (CorpusLocked, _LOCKED),
    sqlite3.SQLITE_PERM: (CorpusReadOnly, _READ_ONLY),
    sqlite3.SQLITE_READONLY: (CorpusReadOnly, _READ_ONLY),
    sqlite3.SQLITE_CANTOPEN: (CorpusReadOnly, _READ_ONLY),
    sqlite3.SQLITE_FULL: (CorpusFull, _FULL),
    sqlite3.SQLITE_IOERR: (CorpusError, _IO),
    sqlite3.SQLITE_CORRUPT: (CorpusDamaged, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (CorpusForeign, _FOREIGN),
}
_EXTENDED_BITS = 8


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn any sqlite3.Error of the block into a CorpusError whose one line names the file and the way out."""
    try:
        yield
    except sqlite3.Error as error:
        raise _meaning(path, error) from error


def _meaning(path: Path, error: sqlite3.Error) -> CorpusError:
    """The error of ours for one of SQLite's; errors of the sqlite3 module itself carry no code."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    kind, way_out = _MEANING.get(code & ((1 << _EXTENDED_BITS) - 1), (CorpusError, str(error)))
    return kind(f"{path}: {way_out}")
