"""Work on Spark in steps, each told while it goes on, and timed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from crawler.bulk.session import Engine

__all__ = ["Tell", "Work"]

#: Called with a step's name, the tasks done and the tasks there are.
Tell = Callable[[str, int, int], None]
#: Seconds between two looks.
_EVERY = 0.5


class Work:
    """What extracting and deduping have in common.  seconds: step → how long it took, filled in."""

    def __init__(self, engine: Engine, tell: Tell, seconds: dict[str, float]) -> None:
        self._engine, self._session, self._tell, self._seconds = engine, engine.session, tell, seconds

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        """Tell how far the block's jobs are."""
        ended = threading.Event()
        begun = time.monotonic()
        watch = threading.Thread(target=_watch, args=(self._session.sparkContext, name, self._tell, ended), daemon=True)
        watch.start()
        try:
            yield
        finally:
            self._seconds[name] = round(self._seconds.get(name, 0.0) + time.monotonic() - begun, 2)
            ended.set()
            watch.join()

    @staticmethod
    def _kept(frame: Any) -> Any:
        """On the disks of those who made it; made now, so that the step's time is its own."""
        from pyspark import StorageLevel

        kept = frame.persist(StorageLevel.DISK_ONLY)
        kept.count()
        return kept


def _watch(context: Any, name: str, tell: Tell, ended: threading.Event) -> None:
    tracker = context.statusTracker()
    while not ended.wait(_EVERY):
        try:
            stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        except Exception:  # noqa: BLE001 - Spark is ending, which whoever waits for it will hear
            return
        running = [stage for stage in stages if stage is not None]
        if running:
            tell(name, sum(s.numCompletedTasks for s in running), sum(s.numTasks for s in running))
