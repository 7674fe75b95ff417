"""How far Spark is, told step by step."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Tell", "step"]

#: Called with a step's name, the tasks done and the tasks there are.
Tell = Callable[[str, int, int], None]
#: Seconds between two looks.
_EVERY = 0.5


@contextmanager
def step(session: Any, name: str, tell: Tell, seconds: dict[str, float]) -> Iterator[None]:
    """Tell how far the block's jobs are; seconds: step → how long it took, filled in."""
    ended = threading.Event()
    begun = time.monotonic()
    watch = threading.Thread(target=_watch, args=(session.sparkContext, name, tell, ended), daemon=True)
    watch.start()
    try:
        yield
    finally:
        seconds[name] = round(seconds.get(name, 0.0) + time.monotonic() - begun, 2)
        ended.set()
        watch.join()


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
