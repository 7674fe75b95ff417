"""One run a portal, on however many machines: advisory locks of PostgreSQL, held by the crawl itself.

They stand on a connection of their own that is never in a transaction: the server takes a transaction from a process
that was stopped in it, but not the right to crawl, for when the process goes on, so do its requests.
"""

from __future__ import annotations

import hashlib
import os
import select
import socket
from typing import Any

import psycopg

from crawler.errors import PortalBusy

__all__ = ["Turns"]


class Turns:
    """The portals that this process crawls."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._held: set[int] = set()
        self._db: psycopg.Connection[Any] | None = None

    def take(self, portal: str) -> PortalTurn:
        """The right to crawl that portal; PortalBusy at once, saying who has it, where that is somebody else."""
        key = _key(portal)
        db = self._connected()
        taken = key not in self._held and db.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone() == (True,)
        if not taken:
            raise PortalBusy(f"{portal}: another run is on ({self._holder(key)}); this one ends, try again after it")
        self._held.add(key)
        return PortalTurn(self, key)

    def lost(self) -> bool:
        """True if a right that was taken went with its connection; asks without waiting."""
        if not self._held or self._db is None:
            return False
        if self._db.closed:
            return True
        # An idle session is sent nothing but its end.
        readable, _, _ = select.select([self._db.fileno()], [], [], 0)
        if readable:
            self._db.close()
        return bool(readable)

    def give_back(self, key: int) -> None:
        """Let the next run in."""
        self._held.discard(key)
        if self._db is not None and not self._db.closed:
            try:
                self._db.execute("SELECT pg_advisory_unlock(%s)", (key,))
            except psycopg.Error:
                # The session is gone, and the lock with it.
                self._db.close()

    def close(self) -> None:
        """Give everything back."""
        self._held.clear()
        if self._db is not None:
            self._db.close()

    def _connected(self) -> psycopg.Connection[Any]:
        from crawler.corpus.postgres.connection import connect

        if self._db is None or self._db.closed:
            # 63 bytes at most (https://www.postgresql.org/docs/15/runtime-config-logging.html).
            name = f"chengwen process {os.getpid()} on {socket.gethostname()}"
            self._db = connect(self._address, application_name=name.encode()[:63].decode("utf-8", "ignore"))
        return self._db

    def _holder(self, key: int) -> str:
        if key in self._held:
            return "in this process"
        row = (
            self._connected()
            .execute(
                "SELECT application_name, backend_start FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname ="
                " current_database()) AND ((classid::bigint << 32) | objid::bigint) = %s",
                (key,),
            )
            .fetchone()
        )
        if row is None or row[0] is None:
            return "just begun"
        return f"{row[0].removeprefix('chengwen ')} since {row[1].astimezone().isoformat(timespec='seconds')}"


class PortalTurn:
    """The right to crawl one portal.  left_by: never known, the server forgets sessions that end."""

    left_by: str | None = None

    def __init__(self, turns: Turns, key: int) -> None:
        self._turns = turns
        self._key: int | None = key

    def lost(self) -> bool:
        """True if the server let it go: with the connection that held it."""
        return self._key is not None and self._turns.lost()

    def release(self) -> None:
        """Let the next run in; harmless when done before."""
        if self._key is not None:
            key, self._key = self._key, None
            self._turns.give_back(key)


def _key(portal: str) -> int:
    """The number that PostgreSQL locks: 64 bits, so that no two portals share one by chance."""
    return int.from_bytes(hashlib.sha256(f"chengwen: portal {portal}".encode()).digest()[:8], signed=True)
