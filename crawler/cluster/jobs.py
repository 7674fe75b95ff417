"""The queue through Procrastinate: its app, putting portals in, and who may finish a job."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from crawler.cluster.database import away, connection_options
from crawler.errors import ClusterError

__all__ = ["CRAWL", "DUE", "PATIENCE", "SWEEP", "Jobs", "enqueue", "lock_of", "make_app", "put_back"]

logger = logging.getLogger(__name__)

#: Names of the tasks, and of their queues.
CRAWL, DUE, SWEEP = "crawl", "due", "sweep"
#: Seconds between two tries to write down what became of a job while the database is away.
PATIENCE = 1.0
#: Seconds that a query waits for a connection.
_POOL_SECONDS = 10.0
_T = TypeVar("_T")


class Jobs(JobManager):
    """Procrastinate's own, but that a job which was given to another worker meanwhile is that one's to finish.

    A worker that was stopped for a while (SIGSTOP, a machine that slept) would otherwise finish what another one is
    doing.  What cannot be written because the database is away is written when it is back, unless giving_up() says so:
    a job that stays in `doing` under a living worker would block its portal.
    """

    def __init__(self, connector: PsycopgConnector, giving_up: Callable[[], bool] = lambda: True) -> None:
        super().__init__(connector)
        self._giving_up = giving_up

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Finish it, if it is still the worker's that fetched it."""
        query = (
            "SELECT procrastinate_finish_job_v1(id, %(status)s, %(delete)s) FROM procrastinate_jobs"
            " WHERE id = %(id)s AND worker_id = %(worker)s AND status = 'doing' FOR UPDATE"
        )
        values = {"status": status.value, "delete": delete_job, "id": job.id, "worker": job.worker_id}
        await self.patiently(lambda: self.connector.execute_query_all_async(query, **values))

    async def patiently(self, act: Callable[[], Awaitable[_T]]) -> _T:
        """Do it, again and again while the database is away."""
        while True:
            try:
                return await act()
            except ConnectorException as error:
                if not away(error) or self._giving_up():
                    raise
                await asyncio.sleep(PATIENCE)


def make_app(address: str, giving_up: Callable[[], bool] = lambda: True) -> App:
    """Procrastinate on that database; not open yet, and without tasks."""
    connector = PsycopgConnector(
        conninfo=address, kwargs=connection_options(), min_size=1, max_size=4, timeout=_POOL_SECONDS
    )
    app = App(connector=connector)
    app.job_manager = Jobs(connector, giving_up)
    return app


def lock_of(portal: str) -> str:
    """Name of a portal's lock: one job of it is done at a time, and one waits at most."""
    return f"portal {portal}"


async def enqueue(app: App, portal: str, *, after: float = 0.0, **more: Any) -> int | None:
    """Let that portal be crawled; the job's number, None if one waits already.  after: seconds, at the earliest."""
    lock = lock_of(portal)
    options: Any = {"schedule_in": {"seconds": after}} if after else {}
    deferrer = app.configure_task(CRAWL, queue=CRAWL, lock=lock, queueing_lock=lock, **options)
    try:
        return int(await deferrer.defer_async(portal=portal, **more))
    except AlreadyEnqueued:
        return None
    except ConnectorException as error:
        raise ClusterError(f"{portal}: cannot be enqueued ({error.__cause__ or error})") from error


async def put_back(jobs: JobManager, job: Job) -> bool:
    """Let another worker do a job whose own is gone; False if it was finished as failed, since another one waits.

    queueing_lock forbids two waiting jobs of a portal (UniqueViolation); the one that waits does the work.
    """
    assert job.id is not None
    try:
        await jobs.retry_job(job)
    except UniqueViolation:
        await jobs.finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)
        return False
    return True
