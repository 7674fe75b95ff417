"""PostgreSQL's errors in the project's words.  The only place where they are translated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from crawler.errors import (
    CorpusDamaged,
    CorpusError,
    CorpusFull,
    CorpusLocked,
    CorpusLost,
    CorpusReadOnly,
)

__all__ = ["translated"]

_LOCKED = "another process is writing to it and did not finish in time; run again when it has ended"
_READ_ONLY = "the user may not write to it; grant it the right (docs/scale.md), or give another address (-s CORPUS=…)"
_FULL = "the server's disk is full; nothing of the last batch was written. Free some space there and run again"
_DAMAGED = "the server reports damaged data; restore a backup"
_LOST = "the connection to the database was lost; nothing is lost of what was stored, and the next run goes on there"

#: SQLSTATE (https://www.postgresql.org/docs/15/errcodes-appendix.html), or its class → the error and its way out.
_MEANING: dict[str, tuple[type[CorpusError], str]] = {
    "08": (CorpusLost, _LOST),
    "25006": (CorpusReadOnly, _READ_ONLY),
    # The session was idle in a transaction for too long: the process was stopped, or its machine hung.
    "25P03": (CorpusLost, _LOST),
    "40001": (CorpusLocked, _LOCKED),
    "40P01": (CorpusLocked, _LOCKED),
    "42501": (CorpusReadOnly, _READ_ONLY),
    "53100": (CorpusFull, _FULL),
    "53300": (CorpusLost, "the server takes no more connections; raise its max_connections, or run fewer workers"),
    "55P03": (CorpusLocked, _LOCKED),
    "57P": (CorpusLost, _LOST),
    "58": (CorpusFull, "the server cannot read or write its disk; see its log"),
    "XX001": (CorpusDamaged, _DAMAGED),
    "XX002": (CorpusDamaged, _DAMAGED),
}


@contextmanager
def translated(address: str) -> Iterator[None]:
    """Turn any psycopg.Error of the block into a CorpusError whose one line names the database and the way out."""
    try:
        yield
    except psycopg.Error as error:
        raise _meaning(address, error) from error


def _meaning(address: str, error: psycopg.Error) -> CorpusError:
    state = error.sqlstate or ("08000" if isinstance(error, psycopg.OperationalError) else "")
    for length in (5, 3, 2):
        if state[:length] in _MEANING:
            kind, way_out = _MEANING[state[:length]]
            return kind(f"{address}: {way_out}")
    first = str(error).strip().partition("\n")[0]
    return CorpusError(f"{address}: {first}")
