"""Jobs of dead workers go back to the queue; Procrastinate finds them, but does not look for them by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from crawler.cluster.database import away
from crawler.cluster.jobs import CRAWL, Jobs, put_back
from crawler.cluster.options import Options
from crawler.cluster.records import Records

__all__ = ["give_back", "sweep"]

#: Times that a job is taken over: a portal whose crawl takes its worker's machine down would take all of them down.
MOST_TAKEOVERS = 5
#: Seconds that a crawl which takes too long may still take to end, on top of its grace, before its job is taken away.
_MARGIN = 60.0

#: Jobs that their worker, alive by its heartbeat, should have ended long ago.
_OVERDUE = """
SELECT job.id, job.status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name, attempts, worker_id
  FROM procrastinate_jobs job
 WHERE job.status = 'doing'
   AND (SELECT max(at) FROM procrastinate_events WHERE job_id = job.id AND type = 'started')
       < now() - make_interval(secs => %(seconds)s)
"""
#: A server that was away could take no sign of life: all workers look dead until they have had the time to give one.
_YOUNG = "SELECT now() - pg_postmaster_start_time() < make_interval(secs => %(seconds)s) AS young"
#: Jobs of certain workers.
_OF_WORKERS = """
SELECT id, status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name, attempts, worker_id
  FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = ANY(%(workers)s)
"""
_Tell = Callable[[str], None]


async def sweep(jobs: Jobs, records: Records, options: Options, tell: _Tell) -> int:
    """Put back the jobs of workers without a heartbeat, and those that take too long; how many crawls there were.

    tell: is told in a line of each.
    """
    rows = await jobs.connector.execute_query_all_async(_YOUNG, seconds=options.stalled)
    if rows[0]["young"]:
        return 0
    dead = list(await jobs.get_stalled_jobs(seconds_since_heartbeat=options.stalled))
    seconds = options.longest + options.grace + _MARGIN
    overdue = await jobs.connector.execute_query_all_async(_OVERDUE, seconds=seconds)
    known = {job.id for job in dead}
    late = [job for job in map(Job.from_row, overdue) if job.id not in known]
    why = dict.fromkeys(known, "gave no sign of life") | {job.id: "holds it for too long" for job in late}
    return await _put_back([*dead, *late], jobs, records, tell, why)


async def give_back(workers: Iterable[int], jobs: Jobs, records: Records, tell: _Tell) -> int:
    """Put back what these workers of Procrastinate's, none of which is left, were doing; how many crawls there were."""
    rows = await jobs.connector.execute_query_all_async(_OF_WORKERS, workers=list(workers))
    left = [Job.from_row(row) for row in rows]
    return await _put_back(left, jobs, records, tell, dict.fromkeys((job.id for job in left), "lost the database"))


async def _put_back(found: Iterable[Job], jobs: Jobs, records: Records, tell: _Tell, why: dict[int | None, str]) -> int:
    crawls = 0
    for job in found:
        assert job.id is not None
        try:
            done = await _one(job, jobs)
        except ConnectorException as error:
            if away(error):
                raise
            # Somebody else finished it, or put it back, in this very moment.
            continue
        if job.task_name == CRAWL:
            crawls += 1
            worker = await records.lost(job.id)
            tell(f"{job.task_kwargs.get('portal')}: {worker} {why[job.id]}; {done} (job {job.id})")
    return crawls


async def _one(job: Job, jobs: Jobs) -> str:
    assert job.id is not None
    if job.task_name == CRAWL and job.attempts < MOST_TAKEOVERS:
        back = await put_back(jobs, job)
        return "back in the queue" if back else "finished as failed, since it waits in the queue already"
    # What is periodic comes again by itself.
    await jobs.finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)
    return f"given up after {job.attempts} takeovers"
