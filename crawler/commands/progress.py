"""Progress of a long command: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

from crawler.commands.run import complain

__all__ = ["shown"]

#: Seconds between two lines where there is no terminal, as a crawl's progress has them.
_IN_LOG = 30.0


def shown(numbers: Iterator[int], total: int, done: str, unit: str) -> Iterator[int]:
    """The same numbers, shown on standard error on their way to total.

    done, unit: what was done to what, for a line: packed 3 of 10 captures.
    """
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield from _told(numbers, total, done, unit)
        return
    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total)
        for number in numbers:
            progress.update(task, completed=number)
            yield number


def _told(numbers: Iterator[int], total: int, done: str, unit: str) -> Iterator[int]:
    spoken = time.monotonic()
    for number in numbers:
        if time.monotonic() - spoken >= _IN_LOG:
            spoken = time.monotonic()
            complain(f"{done} {number:,} of {total:,} {unit}")
        yield number
