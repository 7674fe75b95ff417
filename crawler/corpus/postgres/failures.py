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

__all__ = ["reason", "translated", "unconnected"]

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


def unconnected(address: str, error: BaseException) -> CorpusError:
    """Why there is no connection, and the way out; CorpusLost where the server is away and may come back."""
    said = reason(error)
    if "password" in said or "authentication" in said or "role" in said:
        way_out = "see to the name and password in CORPUS, or to ~/.pgpass"
        return CorpusError(f"{address}: the server refuses the user ({said}); {way_out}")
    if "does not exist" in said:
        return CorpusError(f"{address}: {said}; make it (createdb), or name another (-s CORPUS=…)")
    return CorpusLost(f"{address}: no answer ({said}); see that PostgreSQL runs there and takes connections")


def reason(error: BaseException) -> str:
    """What PostgreSQL, or its library, gave as the reason; addresses and passwords do not stand in it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    said = next((line for line in lines if "failed:" in line), lines[-1])
    for mark in ("failed:", "FATAL:", "ERROR:"):
        said = said.rpartition(mark)[2].strip()
    return said[:1].lower() + said[1:].rstrip(".")
