"""How far a harvest is: one picture of all portals on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from scrapy.settings import BaseSettings
from scrapy.utils.asyncio import create_looping_call

from crawler.commands.harvesting import Harvest
from crawler.extensions.json_lines import json_line
from crawler.extensions.progress_view import Fleet, as_values, draw_fleet, line_of_fleet
from crawler.extensions.screen import EVERY, Screen, terminal

__all__ = ["HarvestProgress"]


class HarvestProgress:
    """A context manager around Harvest.run().  on_terminal: a picture is shown."""

    def __init__(self, harvest: Harvest, settings: BaseSettings, *, shown: bool) -> None:
        self._harvest = harvest
        self._shown = shown
        self._json = settings["LOG_LINES"] == "json"
        console = terminal() if shown and not self._json else None
        self._screen = Screen(console, lambda console: draw_fleet(harvest.fleet(), console)) if console else None
        self._loop = create_looping_call(self._show)
        self._every = EVERY if self._screen else settings.getfloat("PROGRESS_SECONDS")

    @property
    def on_terminal(self) -> bool:
        """True if a picture is shown."""
        return self._screen is not None

    def __enter__(self) -> Self:
        if self._screen:
            self._screen.start()
        if self._shown:
            self._loop.start(self._every, now=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop.running:
            self._loop.stop()
        if self._screen:
            self._screen.stop()

    def _show(self) -> None:
        if self._screen:
            self._screen.show()
            return
        for line in self._lines(self._harvest.fleet()):
            print(line, file=sys.stderr, flush=True)  # noqa: T201 - this is where a command speaks

    def _lines(self, fleet: Fleet) -> list[str]:
        if self._json:
            return [json_line("progress", **as_values(moment)) for moment in fleet.running]
        return [f"{time.strftime('%H:%M:%S')} {line_of_fleet(fleet)}"]
