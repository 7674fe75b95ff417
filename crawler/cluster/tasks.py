"""The tasks of the queue: a crawl, the look for portals that are due, the sweep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from procrastinate import App, JobContext

from crawler.cluster.crawls import Crawls
from crawler.cluster.due import due_portals
from crawler.cluster.jobs import CRAWL, DUE, SWEEP, Jobs, enqueue, lock_of
from crawler.cluster.options import Options, cron
from crawler.cluster.records import Records
from crawler.cluster.sweeping import sweep
from crawler.errors import ChengwenError

__all__ = ["add_tasks", "enqueue_due", "in_hand"]

#: Portals whose job waits or is being done.
_IN_HAND = """
SELECT lock, status FROM procrastinate_jobs WHERE queue_name = %(queue)s AND status IN ('todo', 'doing')
"""


def add_tasks(app: App, options: Options, crawls: Crawls, records: Records, tell: Callable[[str], None]) -> None:
    """Let a worker's app do all jobs, and put in those that come by the clock.

    No retry= anywhere: together with queueing_lock a twin in the queue would make the retry fail and keep the portal's
    lock for ever (UniqueViolation).  What has to be done again is put in anew, or comes with the next look.
    """

    @app.task(name=CRAWL, queue=CRAWL, pass_context=True)
    async def crawl(context: JobContext, portal: str, tries: int = 0, busy: bool = False) -> str:
        return await crawls.crawl(context, records, portal, tries, busy)

    @app.task(name=DUE, queue=DUE, lock=DUE, queueing_lock=DUE)
    async def due(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate's
        try:
            found = await enqueue_due(app, options)
        except ChengwenError as error:
            tell(f"portals that are due are not enqueued: {error}")
            return
        if found:
            tell(f"{len(found)} portals are due: {', '.join(found[:5])}{' …' if len(found) > 5 else ''}")
        jobs = app.job_manager
        await records.forget(options.keep_days)
        await jobs.delete_old_jobs(options.keep_days * 24, include_failed=True, include_aborted=True)

    if options.due:
        app.periodic(cron=cron(options.due), periodic_id=DUE)(due)

    @app.periodic(cron=cron(options.sweep), periodic_id=SWEEP)
    @app.task(name=SWEEP, queue=SWEEP, queueing_lock=SWEEP)
    async def sweeping(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate's
        assert isinstance(app.job_manager, Jobs)
        await sweep(app.job_manager, records, options, tell)


async def in_hand(app: App) -> dict[str, str]:
    """Status (todo, doing) of every portal's job, by the name of its lock; doing where there are both."""
    rows = await app.connector.execute_query_all_async(_IN_HAND, queue=CRAWL)
    return {row["lock"]: row["status"] for row in sorted(rows, key=lambda row: row["status"] == "doing")}


async def enqueue_due(app: App, options: Options, wanted: list[str] | None = None) -> list[str]:
    """Put in the portals that are due and not in hand already; which they were."""
    found, busy = await asyncio.to_thread(due_portals, options, wanted), await in_hand(app)
    return [name for name in found if lock_of(name) not in busy and await enqueue(app, name) is not None]
