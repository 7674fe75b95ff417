"""Shows that a crawl is moving: one live line on a terminal, a plain line now and then without one."""

from __future__ import annotations

import time
from typing import Self

from rich.console import Console
from rich.status import Status
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from twisted.internet.task import LoopingCall

__all__ = ["Progress"]

#: Seconds between two looks: a terminal is looked at, a log is read later.
ON_TERMINAL, IN_LOG = 0.5, 30.0


class Progress:
    """Writes to standard error, so that items may go to standard output (-O -:jsonl)."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("PROGRESS"):
            raise NotConfigured
        self._crawler = crawler
        self._console = Console(stderr=True, highlight=False)
        self._status: Status | None = None
        self._loop: AsyncioLoopingCall | LoopingCall | None = None
        self._began = time.monotonic()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Show progress from the first request to the last."""
        extension = cls(crawler)
        crawler.signals.connect(extension.opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.closed, signal=signals.spider_closed)
        return extension

    def opened(self) -> None:
        """Begin to show."""
        if self._console.is_terminal:
            self._status = self._console.status(self._line())
            self._status.start()
        self._loop = create_looping_call(self._show)
        self._loop.start(ON_TERMINAL if self._status else IN_LOG, now=False)

    def closed(self) -> None:
        """Leave the terminal as it was."""
        if self._loop and self._loop.running:
            self._loop.stop()
        if self._status:
            self._status.stop()

    def _show(self) -> None:
        if self._status:
            self._status.update(self._line())
        else:
            self._console.print(f"{time.strftime('%H:%M:%S')} {self._line()}", soft_wrap=True)

    def _line(self) -> str:
        count = self._crawler.stats.get_value
        name = self._crawler.spider.name if self._crawler.spider else ""
        seconds = int(time.monotonic() - self._began)
        return (
            f"{name}: {count('articles/new', 0)} new, {count('articles/duplicate', 0)} duplicate, "
            f"{count('articles/rejected', 0)} rejected; {count('downloader/request_count', 0)} requests, "
            f"{seconds // 60}:{seconds % 60:02d}"
        )
