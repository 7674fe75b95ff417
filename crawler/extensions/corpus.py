"""Opens the corpus for a crawl, keeps the record of the run, and closes both whatever happens."""

from __future__ import annotations

import datetime as dt
import logging
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, is_dataclass
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure

from crawler.corpus import Batch, Corpus, Turn, Visit, utc_now
from crawler.errors import (
    ArchiveError,
    ArchiveFull,
    ChengwenError,
    CorpusError,
    CorpusFull,
    CorpusLocked,
    CorpusLost,
    CorpusReadOnly,
    Later,
    PortalBusy,
    PortalPaused,
)
from crawler.urls import host_of

__all__ = ["FATAL", "FATAL_REASON", "CorpusSession"]

logger = logging.getLogger(__name__)

#: Key of crawler.stats that holds the line for the person who started the crawl, where the corpus ended it.
FATAL = "chengwen/fatal"

#: Key of crawler.stats that holds the reason, one of _REASONS; a run may have finished before its end could be written.
FATAL_REASON = "chengwen/fatal_reason"

#: What ended a run that the corpus could not go on with; closes the spider, and ends in the runs table.
_REASONS: dict[type[ChengwenError], str] = {
    PortalBusy: "busy",
    PortalPaused: "paused",
    ArchiveError: "archive_error",
    ArchiveFull: "archive_full",
    CorpusFull: "corpus_full",
    CorpusLocked: "corpus_locked",
    CorpusLost: "corpus_lost",
    CorpusReadOnly: "corpus_read_only",
}


class CorpusSession:
    """The corpus of the setting CORPUS, open from the crawler's beginning to its very end.

    corpus: the open corpus; batch: articles not yet written, shared by the pipelines; visits: url of an article on its
    way → what its page's answer said; run_id: row in the table of runs, None before the spider is opened, and for a
    spider of many portals (of_many_portals); runs: portal → run; at_end: called with the outcome when all of a
    portal's own run is written and the corpus still open.

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
        self.runs: dict[str, int] = {}
        self.at_end: list[Callable[[str], None]] = []
        self._turns: list[Turn] = []
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
        self._crawler.stats.set_value(FATAL_REASON, self._aborted)
        # Whoever still writes on the way out would wait as long again for the same answer.  A server that is gone
        # cannot be told so.
        with suppress(CorpusError):
            self.corpus.stop_waiting()
        deferred_from_coro(self._close_spider(self._aborted))

    async def _close_spider(self, reason: str) -> None:
        engine = self._crawler.engine
        if engine.spider is not None:
            await engine.close_spider_async(reason=reason)

    def spider_opened(self, spider: Spider) -> None:
        """Open the record of the run."""
        try:
            if getattr(spider, "of_many_portals", False):
                return
            self._take_turn(spider.name)
            self._refuse_paused(spider)
            self.run_id = self._begin(spider.name, _arguments(spider))
        except (CorpusError, Later) as error:
            self.abort(error)

    def turn(self, portal: str, arguments: Mapping[str, object]) -> int:
        """For a spider of many portals: begin one more portal's run; its id.  PortalBusy where another run is on."""
        if portal not in self.runs:
            self._take_turn(portal)
            self._begin(portal, arguments)
        return self.runs[portal]

    @property
    def run_ids(self) -> int | Mapping[str, int] | None:
        """The run, or those of a spider of many portals."""
        return self.runs if self.run_id is None else self.run_id

    def run_of(self, portal: str) -> int | None:
        """The run that deals with that portal's pages."""
        return self.runs.get(portal, self.run_id)

    @property
    def turn_lost(self) -> bool:
        """True if another process may be crawling one of these portals by now."""
        return any(turn.lost() for turn in self._turns)

    def write(self) -> None:
        """Bring the batch into the corpus; where that is impossible, the run ends and the batch stays."""
        try:
            stored = self.batch.flush(self.run_ids)
        except CorpusError as error:
            self.abort(error)
            return
        for article in stored:
            self._crawler.stats.inc_value(f"articles/{article.outcome}")
            if article.revised:
                self._crawler.stats.inc_value("revisits/revised")

    def _take_turn(self, portal: str) -> None:
        self._turns.append(self.corpus.turn(portal))

    def _begin(self, portal: str, arguments: Mapping[str, object]) -> int:
        run_id = self.runs[portal] = self.corpus.begin_run(portal, arguments).id
        return run_id

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
            try:
                for act in self.at_end if self.run_id is not None and not self.failed else ():
                    act(self._reason)
            finally:
                for run_id in self.runs.values():
                    self._compare(run_id)
                    self.corpus.end_run(run_id, self._aborted or self._reason, self._crawler.stats.get_stats())
            self._finalizer()
        except CorpusError as error:
            self.abort(error)
        finally:
            self.corpus.close()
            for turn in self._turns:
                turn.release()

    def _compare(self, run_id: int) -> None:
        """Index what bulk loads left out, and count which of the run's articles tell a known story."""
        if self.failed:
            return
        try:
            self.corpus.index()
            for kind, articles in self.corpus.reprinted(run_id).items():
                self._crawler.stats.set_value(f"articles/reprint/{kind}", articles)
        except CorpusError as error:
            self.abort(error)


def _arguments(spider: Spider) -> dict[str, Any]:
    """What the run was narrowed by: the fields that are set in the spider's options."""
    options = getattr(spider, "options", None)
    if options is None or not is_dataclass(options) or isinstance(options, type):
        return {}
    return {name: value for name, value in asdict(options).items() if value}
