"""What workers write down for people: who is there, what was crawled, how it ended."""

from __future__ import annotations

import datetime as dt
import os
import socket
from typing import Any

from procrastinate.connector import BaseConnector

from crawler import __version__
from crawler.cluster.child import Ended
from crawler.cluster.options import Options

__all__ = ["Records"]


class Records:
    """One worker's rows in our own tables.  name: the worker's, alone among those alive."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._open: BaseConnector | None = None
        self._id: int | None = None
        self.name = options.worker

    def use(self, connector: BaseConnector) -> None:
        """Write through that one from now on."""
        self._open = connector

    async def register(self) -> None:
        """Enter the worker, once; of two with one name the second is called NAME-2."""
        if self._id is not None:
            await self.seen()
            return
        living = await self._all(
            "SELECT name FROM chengwen_workers WHERE ended_at IS NULL"
            " AND seen_at > now() - make_interval(secs => stalled)"
        )
        taken, number = {row["name"] for row in living}, 2
        while self.name in taken:
            self.name, number = f"{self._options.worker}-{number}", number + 1
        (row,) = await self._all(
            "INSERT INTO chengwen_workers (name, host, pid, release, concurrency, stalled, longest)"
            " VALUES (%(name)s, %(host)s, %(pid)s, %(release)s, %(concurrency)s, %(stalled)s, %(longest)s)"
            " RETURNING id",
            name=self.name,
            host=socket.gethostname(),
            pid=os.getpid(),
            release=__version__,
            concurrency=self._options.concurrency,
            stalled=self._options.stalled,
            longest=self._options.longest,
        )
        self._id = row["id"]

    async def seen(self) -> dt.datetime | None:
        """The worker is alive; since when the database's server is up, None if the worker is not in it."""
        rows = await self._all(
            "UPDATE chengwen_workers SET seen_at = now() WHERE id = %(id)s RETURNING pg_postmaster_start_time() AS up",
            id=self._id,
        )
        return rows[0]["up"] if rows else None

    async def leave(self) -> None:
        """The worker has ended by itself."""
        await self._all("UPDATE chengwen_workers SET ended_at = now() WHERE id = %(id)s RETURNING id", id=self._id)

    async def begin(self, job_id: int, portal: str, log: str) -> int:
        """A crawl begins; its number."""
        (row,) = await self._all(
            "INSERT INTO chengwen_crawls (job_id, portal, worker, log)"
            " VALUES (%(job)s, %(portal)s, %(worker)s, %(log)s) RETURNING id",
            **{"job": job_id, "portal": portal, "worker": self.name, "log": log},
        )
        return int(row["id"])

    async def end(self, crawl: int, ended: Ended) -> None:
        """A crawl has ended."""
        await self._all(
            "UPDATE chengwen_crawls SET ended_at = now(), status = %(status)s, outcome = %(outcome)s,"
            " said = %(said)s, new = %(new)s, requests = %(requests)s WHERE id = %(id)s RETURNING id",
            id=crawl,
            status=ended.status,
            outcome=ended.outcome,
            said=ended.said,
            new=ended.new,
            requests=ended.requests,
        )

    async def lost(self, job_id: int) -> str:
        """The crawls of a job whose worker is gone have ended, nobody saw how; the worker's name."""
        rows = await self._all(
            "UPDATE chengwen_crawls SET ended_at = now(), outcome = 'worker_lost', said = 'its worker is gone'"
            " WHERE job_id = %(job)s AND ended_at IS NULL RETURNING worker",
            job=job_id,
        )
        return str(rows[0]["worker"]) if rows else "its worker"

    async def forget(self, days: int) -> None:
        """Remove what ended longer ago than that."""
        for table in ("chengwen_crawls", "chengwen_workers"):
            await self._all(
                f"DELETE FROM {table} WHERE coalesce(ended_at, {_LAST[table]})"
                " < now() - make_interval(days => %(days)s) RETURNING id",
                days=days,
            )

    async def _all(self, query: Any, **values: Any) -> list[dict[str, Any]]:
        assert self._open is not None
        return await self._open.execute_query_all_async(query, **values)


#: When something last happened to a row that never ended.
_LAST = {"chengwen_crawls": "started_at", "chengwen_workers": "seen_at"}
