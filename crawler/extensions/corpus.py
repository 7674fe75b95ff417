"""Opens the corpus for a crawl, keeps the record of the run, and closes both whatever happens."""

from __future__ import annotations

import datetime as dt
import logging
import weakref
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure

from crawler.corpus import Batch, Corpus, PortalLock, Visit, utc_now
from crawler.errors import (
    ChengwenError,
    CorpusError,
    CorpusFull,
    CorpusLocked,
    CorpusReadOnly,
    Later,
    PortalBusy,
    PortalPaused,
)
from crawler.urls import host_of

__all__ = ["FATAL", "CorpusSession"]

logger = logging.getLogger(__name__)

#: Key of crawler.stats that holds the line for the person who started the crawl, where the corpus ended it.
FATAL = "chengwen/fatal"

#: What ended a run that the corpus could not go on with; closes the spider, and ends in the runs table.
_REASONS: dict[type[ChengwenError], str] = {
    PortalBusy: "busy",
    PortalPaused: "paused",
    CorpusFull: "corpus_full",
    CorpusLocked: "corpus_locked",
    CorpusReadOnly: "corpus_read_only",
}


class CorpusSession:
    """The corpus of the setting CORPUS, open from the crawler's beginning to its very end.

    corpus: the open corpus; batch: articles not yet written, shared by the pipelines; visits: url of an article on its
    way → what its page's answer said; run_id: row in the table of runs, None before the spider is opened; at_end:
    called with the outcome when all is written and the corpus still open.

    Scrapy closes the pipelines, then sends spider_closed (the walk writes its sections down), then engine_stopped:
    only then does the corpus close.  A crawl that never started its engine gets no engine_stopped, and spider_closed
    is the last word; one that failed even earlier closes with the interpreter.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.corpus = Corpus.open(
            crawler.settings["CORPUS"],
            timeout=crawler.settings.getfloat("CORPUS_TIMEOUT"),
            recent=dt.timedelta(days=crawler.settings.getfloat("REVISIT_DAYS", 3)),
        )
        self.batch = Batch(self.corpus)
        self.visits: dict[str, Visit] = {}
        self.run_id: int | None = None
        self.at_end: list[Callable[[str], None]] = []
        self._turn: PortalLock | None = None
        self._reason = "failed_to_start"
        self._aborted: str | None = None
        self._started = False
        self._finalizer = weakref.finalize(self, self.corpus.close)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the corpus; CorpusError where that is impossible."""
        session = cls(crawler)
        connect = crawler.signals.connect
        connect(session.spider_opened, signal=signals.spider_opened)
        connect(session.engine_started, signal=signals.engine_started)
        connect(session.error, signal=signals.spider_error)
        connect(session.spider_closed, signal=signals.spider_closed)
        connect(session.engine_stopped, signal=signals.engine_stopped)
        return session

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """The session of a crawl.

        Pipelines know items and the corpus only; this is their one way to the open corpus, and it stands here
        because Scrapy hands out extensions by class: whoever asks has to import the class anyway.
        """
        session = crawler.get_extension(cls)
        if session is None:
            raise RuntimeError(
                "the extension crawler.extensions.corpus.CorpusSession is switched off; EXTENSIONS names it"
            )
        return session

    @property
    def failed(self) -> bool:
        """True once the corpus has ended the run."""
        return self._aborted is not None

    @property
    def open_run(self) -> int:
        """The run's id; RuntimeError before the spider is opened."""
        if self.run_id is None:
            raise RuntimeError("the run is recorded when the spider is opened, and no earlier")
        return self.run_id

    def abort(self, error: CorpusError | Later) -> None:
        """End the run: the corpus cannot go on, or this is not the time.  The ledger lists what was not written."""
        if self.failed:
            return
        self._crawler.stats.set_value(FATAL, str(error))
        logger.log(logging.INFO if isinstance(error, Later) else logging.ERROR, "%s", error)
        self._aborted = _REASONS.get(type(error), "corpus_error")
        # Whoever still writes on the way out would wait as long again for the same answer.
        self.corpus.stop_waiting()
        deferred_from_coro(self._close_spider(self._aborted))

    async def _close_spider(self, reason: str) -> None:
        engine = self._crawler.engine
        if engine.spider is not None:
            await engine.close_spider_async(reason=reason)

    def spider_opened(self, spider: Spider) -> None:
        """Open the record of the run."""
        try:
            self._turn = PortalLock.take(self.corpus.path, spider.name)
            self._refuse_paused(spider)
            self.run_id = self.corpus.begin_run(spider.name, _arguments(spider)).id
        except (CorpusError, Later) as error:
            self.abort(error)

    def _refuse_paused(self, spider: Spider) -> None:
        """PortalPaused where the host of the home page refused an earlier run and its pause has not passed."""
        site = getattr(spider, "site", None)
        pause = self.corpus.pauses().get(host_of(site.home)) if site else None
        if pause and pause.until > utc_now():
            until = pause.until.astimezone().strftime("%Y-%m-%d %H:%M")
            raise PortalPaused(
                f"{spider.name}: {pause.host} refused the last run ({pause.why}); it is left alone until {until}"
            )

    def engine_started(self) -> None:
        """From here on engine_stopped will come."""
        self._started = True

    def error(self, failure: Failure) -> None:
        """A callback of the spider failed; when the corpus was the cause, every further one would."""
        if isinstance(failure.value, CorpusError):
            self.abort(failure.value)

    def spider_closed(self, reason: str) -> None:
        """Remember how the crawl ended."""
        self._reason = reason
        if not self._started:
            self.engine_stopped()

    def engine_stopped(self) -> None:
        """Close the record of the run, and the corpus."""
        try:
            if self.run_id is not None:
                try:
                    for act in self.at_end if not self.failed else ():
                        act(self._reason)
                finally:
                    self.corpus.end_run(self.run_id, self._aborted or self._reason, self._crawler.stats.get_stats())
                if not self.failed:
                    self.corpus.index()
            self._finalizer()
        except CorpusError as error:
            self.abort(error)
        finally:
            self.corpus.close()
            if self._turn is not None:
                self._turn.release()


def _arguments(spider: Spider) -> dict[str, Any]:
    """What the run was narrowed by: the fields that are set in the spider's options."""
    options = getattr(spider, "options", None)
    if options is None or not is_dataclass(options) or isinstance(options, type):
        return {}
    return {name: value for name, value in asdict(options).items() if value}
