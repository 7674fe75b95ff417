"""A worker: takes jobs while it may, survives the database, and leaves nothing behind when it is told to stop."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker as QueueWorker

from crawler.cluster.crawls import Crawls
from crawler.cluster.database import away
from crawler.cluster.jobs import CRAWL, DUE, SWEEP, Jobs, make_app
from crawler.cluster.options import Options
from crawler.cluster.records import Records
from crawler.cluster.schema import check
from crawler.cluster.sweeping import give_back
from crawler.cluster.tasks import add_tasks
from crawler.corpus.postgres.failures import reason
from crawler.errors import ClusterError

__all__ = ["Worker"]

#: Seconds between two looks whether the database is back.
_AGAIN = 1.0
#: Seconds that a worker which was told to stop tries to write down what it stopped, if the database is away.
_LAST_WORDS = 5.0
#: Seconds that Procrastinate leaves our jobs beyond their grace: they end by themselves.
_MARGIN = 10.0


class Worker:
    """Serves until it is told to stop.  tell: is told in a line what happens."""

    def __init__(self, options: Options, tell: Callable[[str], None]) -> None:
        self._options, self._tell = options, tell
        self._crawls = Crawls(options, tell)
        self._records = Records(options)
        self._stop = asyncio.Event()
        self._stopped_at = 0.0
        self._hurried = False
        self._away_since: float | None = None
        self._up: dt.datetime | None = None
        #: Procrastinate's numbers of this process's workers, as long as they may have jobs in their name.
        self._ids: set[int] = set()

    async def run(self) -> int:
        """Work; 0 when all that was begun is finished or back in the queue, 1 if a second signal broke it off.

        ClusterError where the database cannot be used at the start, or is another release's later.
        """
        check(self._options.corpus)
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_unheard)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled)
        try:
            while not self._stop.is_set():
                await self._serve()
                if not self._stop.is_set():
                    await self._wait_for_database()
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
                # All is done: a second signal that comes now changes nothing, nor makes the end look like another one.
                signal.signal(number, signal.SIG_IGN)
        return 1 if self._hurried else 0

    def _signalled(self) -> None:
        if self._stop.is_set():
            self._hurried = True
            self._tell("stopped at once; what was being crawled goes back to the queue")
            self._crawls.kill()
            return
        self._stopped_at = time.monotonic()
        self._stop.set()
        running = self._crawls.portals
        tail = f": {', '.join(running)} may take {self._options.grace:g} s to end" if running else ""
        self._tell(f"stops on request{tail}")

    def _gives_up(self) -> bool:
        return self._stop.is_set() and time.monotonic() - self._stopped_at > self._options.grace + _LAST_WORDS

    async def _serve(self) -> None:
        """Take jobs until told to stop, or until the database breaks off."""
        app = make_app(self._options.corpus, self._gives_up)
        records = self._records
        records.use(app.connector)
        self._crawls.ending = False
        try:
            async with app.open_async():
                jobs = app.job_manager
                assert isinstance(jobs, Jobs)
                await records.register()
                await give_back(self._ids, jobs, records, self._tell)
                await self._retire(jobs)
                self._tell(f"worker {records.name} takes jobs: {self._options.concurrency} portals at a time")
                await self._work(app, records)
                if self._stop.is_set():
                    await records.leave()
        except (ConnectorException, psycopg.OperationalError) as error:
            self._lost(error)
        finally:
            # A pool that could not be opened goes on trying behind our back.
            await app.close_async()

    async def _work(self, app: App, records: Records) -> None:
        add_tasks(app, self._options, self._crawls, records, self._tell)
        workers = [self._queue_worker(app, CRAWL, self._options.concurrency)]
        workers += [self._queue_worker(app, queue, 1) for queue in (DUE, SWEEP)]
        running = [asyncio.create_task(_run(worker)) for worker in workers]
        stop = asyncio.create_task(self._stop.wait())
        async with self._heart(app, records, workers):
            await asyncio.wait([*running, stop], return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            self._crawls.interrupt()
            for worker in workers:
                worker.stop()  # type: ignore[no-untyped-call]
            end = asyncio.create_task(self._kill_in_time())
            results = await asyncio.gather(*running, return_exceptions=True)
            end.cancel()
        for result in results:
            if isinstance(result, Exception):
                raise result
        self._ids.clear()

    def _queue_worker(self, app: App, queue: str, concurrency: int) -> QueueWorker:
        # Polling instead of LISTEN: one connection less, and a broken one would end the worker.
        return QueueWorker(
            app,
            queues=[queue],
            name=queue,
            concurrency=concurrency,
            listen_notify=False,
            fetch_job_polling_interval=self._options.poll,
            update_heartbeat_interval=self._options.heartbeat,
            stalled_worker_timeout=self._options.stalled,
            shutdown_graceful_timeout=self._options.grace + _MARGIN,
            delete_jobs="never" if queue == CRAWL else "always",
            install_signal_handlers=False,
        )

    async def _kill_in_time(self) -> None:
        await asyncio.sleep(self._options.grace)
        self._crawls.kill()

    @asynccontextmanager
    async def _heart(self, app: App, records: Records, workers: list[QueueWorker]) -> AsyncIterator[None]:
        task = asyncio.create_task(self._beat(app, records, workers))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _beat(self, app: App, records: Records, workers: list[QueueWorker]) -> None:
        """Say that the worker is alive, also while it ends: Procrastinate's own heartbeat stops before its jobs do."""
        while True:
            self._ids |= {worker.worker_id for worker in workers if worker.worker_id is not None}
            try:
                self._noticed(await records.seen())
                for number in self._ids:
                    await app.job_manager.update_heartbeat(number)
            except ConnectorException as error:
                self._lost(error)
            else:
                self._found()
            await asyncio.sleep(self._options.heartbeat)

    async def _retire(self, jobs: Jobs) -> None:
        for number in self._ids:
            await jobs.connector.execute_query_all_async(
                "DELETE FROM procrastinate_workers WHERE id = %(id)s RETURNING id", id=number
            )
        self._ids.clear()

    def _noticed(self, up: dt.datetime | None) -> None:
        """A restart that was over before anything was asked broke all connections, those of the crawls too."""
        if up is not None and self._up not in (None, up) and self._away_since is None:
            self._tell("the database was restarted; crawls that it cut off go on after it")
        self._up = up or self._up

    # --- The database is away -------------------------------------------------------------------------------------

    def _lost(self, error: Exception) -> None:
        if self._away_since is None:
            cause = error.__cause__ or error
            self._away_since = time.monotonic()
            said = f"the database broke off ({reason(cause)})" if away(error) else f"the queue failed ({reason(cause)})"
            self._tell(f"{said}; the worker waits for it, and crawls go on after it")

    def _found(self) -> None:
        if self._away_since is not None:
            self._tell(f"the database is back after {time.monotonic() - self._away_since:.0f} s")
            self._away_since = None

    async def _wait_for_database(self) -> None:
        """Return when it is back, or when there is nothing to wait for; ClusterError if it is another release's now."""
        while not self._stop.is_set():
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stop.wait(), _AGAIN)
            if self._stop.is_set():
                return
            try:
                await asyncio.to_thread(check, self._options.corpus)
            except ClusterError as error:
                if not away(error.__cause__):
                    raise
            else:
                self._found()
                return


async def _run(worker: QueueWorker) -> None:
    await worker.run()  # type: ignore[no-untyped-call]


def _unheard(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Errors of tasks that nobody waits for: Procrastinate's own of the database were said once."""
    if isinstance(context.get("exception"), ConnectorException):
        logging.getLogger(__name__).debug("unheard: %s", context["exception"])
        return
    loop.default_exception_handler(context)
