"""Backs off from hosts that refuse to be crawled; never gets around them (DESIGN.md §5, DOMAIN.md §4.10)."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.utils.defer import deferred_from_coro

from crawler.errors import CorpusError
from crawler.extensions.corpus import FATAL, CorpusSession
from crawler.extensions.pace import drop_queue, hold
from crawler.urls import host_of

__all__ = ["BLOCKED", "Backoff", "LeftAlone"]

logger = logging.getLogger(__name__)

#: Why a refused run ends: Scrapy's reason, and the outcome in the table of runs.
BLOCKED = "blocked"
#: After the n-th refusal in a row a host is left alone for 2**n delays, so that five of them take half a minute.
LONGEST_HOLD = 60.0


class LeftAlone(IgnoreRequest):
    """A request that was not sent, because its host refuses: nobody's failure, the ledger keeps it waiting."""


@dataclass(slots=True)
class _Host:
    """row: refusals since a page came through; asked: how long the host itself wants to be left alone."""

    row: int = 0
    refusals: int = 0
    passed: bool = False
    over: bool = False
    why: str = ""
    asked: dt.timedelta = dt.timedelta()


class Backoff:
    """Counts refusals by host; after BLOCKED_LIMIT in a row, or when nothing else came, the run ends as blocked.

    The host then stands in the corpus with a pause that doubles from run to run.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._limit = crawler.settings.getint("BLOCKED_LIMIT")
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._hosts: dict[str, _Host] = {}
        self._known: frozenset[str] = frozenset()
        self._paused: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to the end of the walk."""
        extension = cls(crawler)
        crawler.signals.connect(extension.opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.idle, signal=signals.spider_idle)
        crawler.signals.connect(extension.closed, signal=signals.spider_closed)
        return extension

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """The extension of a crawl."""
        extension = crawler.get_extension(cls)
        if extension is None:
            raise RuntimeError("the extension crawler.extensions.backoff.Backoff is switched off; EXTENSIONS names it")
        return extension

    def refused(self, url: str, why: str) -> None:
        """One more refusal; raises CloseSpider once the run has to end."""
        name = host_of(url)
        host = self._hosts.setdefault(name, _Host())
        if host.over:
            # An answer to what was on its way when the run gave up.
            return
        host.row, host.refusals, host.why = host.row + 1, host.refusals + 1, why
        self._crawler.stats.inc_value("articles/blocked")
        if host.row >= self._limit:
            self._give_up(name)
            raise CloseSpider(BLOCKED)
        times = "once" if host.row == 1 else f"{host.row} times"
        hold(self._crawler, name, min(self._delay * 2**host.row, LONGEST_HOLD), f"refused {times} ({why})")

    def passed(self, url: str) -> None:
        """A page came through."""
        host = self._hosts.setdefault(host_of(url), _Host())
        host.row, host.passed = 0, True

    def asked_to_wait(self, url: str, seconds: float, why: str) -> None:
        """The host wants a longer rest than a run can wait: the run ends, and the next keeps the pause."""
        name = host_of(url)
        host = self._hosts.setdefault(name, _Host())
        host.refusals, host.why, host.asked = host.refusals + 1, why, dt.timedelta(seconds=seconds)
        self._give_up(name)
        deferred_from_coro(self._end())

    def leaves_alone(self, url: str) -> bool:
        """True for hosts that are not to be asked in this run (any more)."""
        name = host_of(url)
        return name in self._paused or (name in self._hosts and self._hosts[name].over)

    def _give_up(self, name: str) -> None:
        self._hosts[name].over = True
        drop_queue(self._crawler, name, LeftAlone(f"{name} refuses; it is left alone"))

    async def _end(self) -> None:
        engine = self._crawler.engine
        if engine.spider is not None:
            await engine.close_spider_async(reason=BLOCKED)

    def opened(self) -> None:
        """Learn from earlier runs."""
        session = CorpusSession.of(self._crawler)
        if session.failed:
            return
        pauses = session.corpus.pauses()
        now = dt.datetime.now(dt.UTC)
        self._known = frozenset(pauses)
        self._paused = frozenset(name for name, pause in pauses.items() if pause.until > now)

    def idle(self) -> None:
        """A run to which nothing but refusals came was blocked, however few they were."""
        refused = [name for name, host in self._hosts.items() if host.refusals]
        if refused and not any(host.passed for host in self._hosts.values()):
            for name in refused:
                self._hosts[name].over = True
            raise CloseSpider(BLOCKED)

    def closed(self) -> None:
        """Write down who refused, and who refuses no more."""
        session = CorpusSession.of(self._crawler)
        if session.failed:
            return
        try:
            for name, host in self._hosts.items():
                if host.over:
                    self._pause(session, name, host)
                elif host.passed and name in self._known:
                    session.corpus.lift(name)
        except CorpusError as error:
            session.abort(error)

    def _pause(self, session: CorpusSession, name: str, host: _Host) -> None:
        pause = session.corpus.pause(name, host.why, host.asked)
        until = pause.until.astimezone().strftime("%Y-%m-%d %H:%M")
        times = f"{host.refusals} refusal{'s' if host.refusals > 1 else ''}"
        line = f"{name}: blocked ({host.why}; {times}); it is left alone until {until}"
        self._crawler.stats.set_value(FATAL, line)
        logger.info("%s", line)
