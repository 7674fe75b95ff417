"""Shows that a crawl is moving: a live picture on a terminal, elsewhere a line now and then, as text or as JSON."""

from __future__ import annotations

import sys
import time
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from twisted.internet.task import LoopingCall

from crawler.extensions.json_lines import json_line
from crawler.extensions.moment import Meter
from crawler.extensions.progress_view import as_values, draw_one, line_of
from crawler.extensions.screen import EVERY, Screen, terminal

__all__ = ["Progress"]


class Progress:
    """Writes to standard error, so that items may go to standard output (-O -:jsonl)."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("PROGRESS"):
            raise NotConfigured
        self._seconds = crawler.settings.getfloat("PROGRESS_SECONDS")
        self._json = crawler.settings["LOG_LINES"] == "json"
        self._meter = Meter(crawler)
        self._screen: Screen | None = None
        self._loop: AsyncioLoopingCall | LoopingCall | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Show progress from the first request to the last."""
        extension = cls(crawler)
        crawler.signals.connect(extension.opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.stop, signal=signals.spider_closed)
        return extension

    def opened(self) -> None:
        """Begin to show."""
        console = None if self._json else terminal()
        if console:
            self._screen = Screen(console, lambda console: draw_one(self._meter.look(), console))
            self._screen.start()
        self._loop = create_looping_call(self._show)
        self._loop.start(EVERY if self._screen else self._seconds, now=False)

    def stop(self) -> None:
        """Leave the terminal as it was; may be called again."""
        if self._loop and self._loop.running:
            self._loop.stop()
        if self._screen:
            self._screen.stop()

    def _show(self) -> None:
        if self._screen:
            self._screen.show()
            return
        moment = self._meter.look()
        line = (
            json_line("progress", **as_values(moment))
            if self._json
            else f"{time.strftime('%H:%M:%S')} {line_of(moment)}"
        )
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - this is where a crawl speaks
