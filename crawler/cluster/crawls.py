"""The jobs of a worker: each crawls one portal in a child process, and is finished whatever comes of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from procrastinate import JobContext
from procrastinate.exceptions import JobAborted

from crawler.cluster.child import Child, Ended, crawl_command, log_file
from crawler.cluster.due import was_finished
from crawler.cluster.jobs import Jobs, enqueue
from crawler.cluster.options import Options
from crawler.cluster.records import Records

__all__ = ["Crawls"]

#: Outcomes after which the portal is crawled again as soon as may be: nothing is wrong with it.
_BUSY, _LOST, _STOPPED = "busy", "corpus_lost", "shutdown"
#: Tries of a crawl that cannot begin.
_MOST_STARTS = 3
#: Looks into the queue (CLUSTER_POLL_SECONDS) until the first try again, doubled with each further one, and the longest
#: wait in seconds: what is busy or away may be so for a moment or for hours.
_FIRST_WAIT, _LONGEST_WAIT = 2.5, 300.0


class Crawls:
    """Crawls under way in this worker.  tell: is told in a line what begins and how it ended.

    ending: set while the worker ends, or has lost the database: what is interrupted now goes back to the queue.
    """

    def __init__(self, options: Options, tell: Callable[[str], None]) -> None:
        self._options, self._tell = options, tell
        self._running: dict[str, Child] = {}
        self.ending = False

    @property
    def portals(self) -> list[str]:
        """Those being crawled."""
        return sorted(self._running)

    def interrupt(self) -> None:
        """Let all end by themselves; theirs go back to the queue."""
        self.ending = True
        for child in self._running.values():
            child.interrupt()

    def kill(self) -> None:
        """End all at once; theirs go back to the queue."""
        self.ending = True
        for child in self._running.values():
            child.kill()

    async def crawl(self, context: JobContext, records: Records, portal: str, tries: int, busy: bool) -> str:
        """Do one job; how it ended, in a word.  tries: how often it was put off; busy: because another run was on."""
        jobs, job_id = context.app.job_manager, context.job.id
        assert isinstance(jobs, Jobs)
        assert job_id is not None
        if busy and await asyncio.to_thread(was_finished, self._options, portal):
            self._tell(f"{portal}: the run that was on has finished; nothing to do (job {job_id})")
            return "finished"
        began = time.monotonic()
        log = self._options.logs / f"{portal}.log"
        crawl_id = await jobs.patiently(lambda: records.begin(job_id, portal, str(log)))
        self._tell(f"{portal}: begins (job {job_id}, log {log})")
        ended = await self._run(portal, records.name)
        stopped = self.ending and ended.outcome in (_STOPPED, "killed", _LOST)
        back = stopped or _again(ended, tries)
        if back:
            wait = 0.0 if stopped else min(_FIRST_WAIT * self._options.poll * 2**tries, _LONGEST_WAIT)
            more = {"tries": tries if stopped else tries + 1, "busy": ended.outcome == _BUSY}
            await jobs.patiently(lambda: enqueue(context.app, portal, after=wait, **more))
        await jobs.patiently(lambda: records.end(crawl_id, ended))
        self._tell(_line(portal, ended, time.monotonic() - began, "" if stopped else ended.said, back))
        return ended.outcome

    async def _run(self, portal: str, worker: str) -> Ended:
        outcome = self._options.logs / f"{portal}.json"
        with log_file(self._options.logs, portal) as log:
            command = crawl_command(portal, outcome, self._options.grace, worker, self._options.handed_on)
            child = self._running[portal] = Child(command, log, outcome)
            try:
                return await child.run(self._options.longest, self._options.grace)
            except asyncio.CancelledError:
                # Procrastinate's word for a job that its worker broke off.
                raise JobAborted from None
            finally:
                del self._running[portal]


def _again(ended: Ended, tries: int) -> bool:
    """True if the portal is to be crawled again soon.  What did not begin may have met the database as it came back."""
    return ended.outcome in (_BUSY, _LOST) or (ended.outcome == "failed_to_start" and tries < _MOST_STARTS)


def _line(portal: str, ended: Ended, seconds: float, said: str, back: bool) -> str:
    words = ended.outcome.replace("_", " ")
    why = f" ({said})" if said else ""
    again = "; back in the queue" if back else ""
    figures = f"{ended.new} new, {ended.requests} requests, {int(seconds) // 60}:{int(seconds) % 60:02d}"
    return f"{portal}: {words}{why}; {figures}{again}"
