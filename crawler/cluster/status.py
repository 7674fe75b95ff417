"""How the queue is: what waits, who works, what is crawled, how the last crawls ended, and what is stuck."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from crawler.cluster.database import Row, connect
from crawler.cluster.schema import check

__all__ = ["Crawl", "Status", "WorkerRow", "read_status"]

#: Results shown.
_LAST = 10
#: Seconds that a job which can be done may wait while a worker has room, before that is called stuck.
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A worker.  alive: it was seen lately; since: of its start, and where it is not alive, when it was last seen."""

    name: str
    host: str
    pid: int
    concurrency: int
    alive: bool
    since: dt.datetime
    crawls: int


@dataclass(frozen=True, slots=True)
class Crawl:
    """A crawl.  ended_at, outcome, said: None, empty while it is on; new, requests: its figures at its end."""

    portal: str
    worker: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    outcome: str | None
    said: str | None
    new: int | None
    requests: int | None
    log: str


@dataclass(frozen=True, slots=True)
class Status:
    """The queue at one moment.

    waiting: jobs that could be done; later: that are put off for a while; doing: under way; oldest: seconds that the
    first of `waiting` has waited, None where there is none; stuck: what is wrong, in lines.
    """

    at: dt.datetime
    waiting: int
    later: int
    doing: int
    oldest: float | None
    oldest_portal: str | None
    workers: list[WorkerRow]
    running: list[Crawl]
    last: list[Crawl]
    stuck: list[str] = field(default_factory=list)


_QUEUE = """
SELECT count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()) AS waiting,
       count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()) AS later,
       count(*) FILTER (WHERE status = 'doing') AS doing, now() AS at
  FROM procrastinate_jobs WHERE queue_name = 'crawl'
"""
#: Those that could be begun: a job behind another one of its portal waits for that and not for a worker.
_OLDEST = """
SELECT job.args ->> 'portal' AS portal, extract(epoch FROM now() - greatest(job.scheduled_at, max(event.at))) AS seconds
  FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id
 WHERE job.queue_name = 'crawl' AND job.status = 'todo' AND coalesce(job.scheduled_at, now()) <= now()
   AND event.type IN ('deferred', 'deferred_for_retry')
   AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs other WHERE other.lock = job.lock AND other.status = 'doing')
 GROUP BY job.id ORDER BY 2 DESC LIMIT 1
"""
_WORKERS = """
SELECT name, host, pid, concurrency, seen_at > now() - make_interval(secs => stalled) AS alive, started_at, seen_at,
       (SELECT count(*) FROM chengwen_crawls WHERE worker = name AND chengwen_crawls.ended_at IS NULL) AS crawls
  FROM chengwen_workers WHERE ended_at IS NULL AND seen_at > now() - interval '1 day' ORDER BY name, id
"""
_CRAWLS = "SELECT portal, worker, started_at, ended_at, outcome, said, new, requests, log FROM chengwen_crawls"
#: Jobs whose worker is gone, or that take longer than any may, and that no sweep has taken away since.
_STUCK = """
SELECT job.args ->> 'portal' AS portal, extract(epoch FROM now() - max(event.at)) AS seconds,
       coalesce(extract(epoch FROM now() - worker.last_heartbeat), 1e9) AS silent
  FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'started'
  LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
 WHERE job.queue_name = 'crawl' AND job.status = 'doing' GROUP BY job.id, worker.id ORDER BY 2 DESC
"""


def read_status(address: str) -> Status:
    """ClusterError where the queue cannot be read."""
    check(address)
    with connect(address) as db:
        queue, first = db.execute(_QUEUE).fetchone(), db.execute(_OLDEST).fetchone()
        assert queue is not None
        workers = [_worker(row) for row in db.execute(_WORKERS).fetchall()]
        limits = db.execute(
            "SELECT coalesce(max(stalled), 0) AS stalled, coalesce(max(longest), 0) AS longest FROM chengwen_workers"
            " WHERE seen_at > now() - interval '1 day'"
        ).fetchone()
        assert limits is not None
        running = db.execute(f"{_CRAWLS} WHERE ended_at IS NULL ORDER BY started_at, id").fetchall()
        last = db.execute(f"{_CRAWLS} WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT {_LAST}").fetchall()
        doing = db.execute(_STUCK).fetchall()
    oldest = None if first is None or first["seconds"] is None else max(0.0, float(first["seconds"]))
    return Status(
        queue["at"],
        queue["waiting"],
        queue["later"],
        queue["doing"],
        oldest,
        first["portal"] if first else None,
        workers,
        [Crawl(**row) for row in running],
        [Crawl(**row) for row in last],
        [*_idle(queue["waiting"], oldest, workers), *_held(doing, limits)],
    )


def _worker(row: Row) -> WorkerRow:
    since = row["started_at"] if row["alive"] else row["seen_at"]
    return WorkerRow(row["name"], row["host"], row["pid"], row["concurrency"], row["alive"], since, row["crawls"])


def _idle(waiting: int, oldest: float | None, workers: list[WorkerRow]) -> list[str]:
    if oldest is None or oldest < _PATIENCE:
        return []
    alive = [worker for worker in workers if worker.alive]
    if not alive:
        return [f"{waiting} jobs wait and no worker is alive; start one: scrapy cluster worker"]
    if any(worker.crawls < worker.concurrency for worker in alive):
        return [f"{waiting} jobs wait although workers have room; look at the workers' own lines"]
    return []


def _held(doing: list[Row], limits: dict[str, Any]) -> list[str]:
    """Twice the time after which somebody should have acted."""
    lines = []
    for row in doing:
        if float(row["silent"]) > 2 * limits["stalled"] + _PATIENCE:
            lines.append(f"{row['portal']}: its worker is gone, and no worker has taken it over")
        elif float(row["seconds"]) > limits["longest"] + 2 * _PATIENCE + limits["stalled"]:
            lines.append(f"{row['portal']}: is being crawled for {float(row['seconds']) / 3600:.1f} hours")
    return lines
