"""The live part of a terminal: drawn in place, out of the way of log lines, and gone when it ends."""

from __future__ import annotations

import atexit
import logging
import sys
from collections.abc import Callable
from typing import Any

from rich.console import Console, RenderableType
from rich.live import Live

__all__ = ["Screen", "terminal"]

#: Seconds between two pictures: often enough to look alive, seldom enough to be read.
EVERY = 0.5


def terminal() -> Console | None:
    """Standard error, where it is a terminal that can move its cursor; None elsewhere."""
    console = Console(stderr=True, highlight=False)
    return console if console.is_terminal and not console.is_dumb_terminal else None


class Screen:
    """Shows what `draw` gives for a console's size.

    Log lines are written above it: the log's handlers hold on to the standard error of their birth, which would write
    into the picture.  It ends with the process at the latest, because a second Ctrl-C tells nobody else.
    """

    def __init__(self, console: Console, draw: Callable[[Console], RenderableType]) -> None:
        self._console = console
        self._draw = draw
        # One write a picture, when we say so: a thread of its own would draw into ours.
        self._live = Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False)
        self._moved: list[logging.StreamHandler[Any]] = []

    def start(self) -> None:
        """Begin to show."""
        before = sys.stderr
        self._live.start()
        for handler in logging.root.handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is before:
                handler.setStream(sys.stderr)
                self._moved.append(handler)
        atexit.register(self.stop)
        self.show()

    def show(self) -> None:
        """Draw anew."""
        if self._live.is_started:
            self._live.update(self._draw(self._console), refresh=True)

    def stop(self) -> None:
        """Leave the terminal as it was; may be called again."""
        atexit.unregister(self.stop)
        self._live.update("", refresh=False)
        self._live.stop()
        for handler in self._moved:
            handler.setStream(sys.stderr)
        self._moved.clear()
