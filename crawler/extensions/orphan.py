"""A crawl that a worker started ends with it (setting ORPHAN_SECONDS)."""

from __future__ import annotations

import os
import signal
import threading
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

__all__ = ["Orphan"]

#: What a worker, or the kernel after its death, sends to its crawls: STOP of crawler/cluster/child.py.
_STOP = signal.SIGUSR1
#: Seconds between two looks whether the worker is still there.
_LOOK = 0.5


class Orphan:
    """Stops the crawl, once, when its worker asks for it or is gone, and kills it if it does not end in time.

    On Linux the kernel sends STOP the moment the worker dies (crawler/cluster/child.py); elsewhere the change of the
    parent tells it.  A thread looks, because a loop that hangs never would.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._grace = crawler.settings.getfloat("ORPHAN_SECONDS")
        if self._grace <= 0:
            raise NotConfigured
        self._parent = os.getppid()
        self._ended = threading.Event()
        self._stopped = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """NotConfigured where no worker started the crawl."""
        extension = cls(crawler)
        signal.signal(_STOP, lambda *_: extension.stop())
        crawler.signals.connect(extension.opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.closed, signal=signals.engine_stopped)
        return extension

    def opened(self) -> None:
        """Begin to look."""
        threading.Thread(target=self._watch, name="orphan", daemon=True).start()

    def closed(self) -> None:
        """The crawl ends by itself."""
        # Python gives handled signals back to the system as it ends, for which this one means death.
        signal.signal(_STOP, signal.SIG_IGN)
        self._ended.set()

    def stop(self) -> None:
        """Let Scrapy stop as it does on request: its second signal would break off what is under way."""
        if not self._stopped:
            self._stopped = True
            os.kill(os.getpid(), signal.SIGTERM)

    def _watch(self) -> None:
        while os.getppid() == self._parent:
            if self._ended.wait(_LOOK):
                return
        self.stop()
        if not self._ended.wait(self._grace):
            os.kill(os.getpid(), signal.SIGKILL)
