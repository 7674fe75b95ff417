"""How far a long command is: a bar on a terminal, elsewhere a line now and then; both on standard error."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from crawler.commands.run import complain

__all__ = ["Telling", "shown"]

#: Seconds between two lines where there is no terminal, as a crawl's progress has them.
_IN_LOG = 30.0


class Telling:
    """Called with a step's name, what is done and what there is in all; a context manager."""

    def __init__(self) -> None:
        console = Console(stderr=True, highlight=False)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, transient=True) if console.is_terminal else None
        self._tasks: dict[str, TaskID] = {}
        self._spoken = time.monotonic()

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show it, or say it if some time has passed."""
        if self._bar:
            if step not in self._tasks:
                self._tasks[step] = self._bar.add_task(step, total=total)
            self._bar.update(self._tasks[step], completed=done)
        elif time.monotonic() - self._spoken >= _IN_LOG:
            self._spoken = time.monotonic()
            complain(f"{step}: {done:,} of {total:,}")


def shown(numbers: Iterator[int], total: int, step: str) -> Iterator[int]:
    """The same numbers, told on their way to total."""
    with Telling() as tell:
        for number in numbers:
            tell(step, number, total)
            yield number
