"""Judges a run when it ends, and hands the judgement on: statistics, health.json, Prometheus, webhook, mail."""

from __future__ import annotations

import logging
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from crawler.corpus import Judgement
from crawler.errors import CorpusError
from crawler.extensions.corpus import CorpusSession
from crawler.extensions.health_files import write_files
from crawler.extensions.health_hooks import hooks_of, tell

__all__ = ["HEALTH", "Health"]

logger = logging.getLogger(__name__)

#: Key of crawler.stats that holds a broken portal's line for the person who started the crawl.
HEALTH = "chengwen/health"

#: Statistic of a run → its name under portal/NAME/.
_STATS = {
    "articles/new": "articles/new",
    "articles/duplicate": "articles/duplicate",
    "articles/updated": "articles/updated",
    "articles/failed": "articles/failed",
    "articles/rejected": "articles/rejected",
    "articles/blocked": "refusals",
    "downloader/request_count": "requests",
    "walk/sections": "sections",
    "walk/sections_failed": "sections_failed",
    "walk/gaps": "gaps",
}


class Health:
    """Statistics: portal/NAME/verdict, portal/NAME/alarms and what _STATS names, the same names for every portal.

    A judgement that fails is one line in the log: the run and what it stored stay what they are.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._mark = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to the run's beginning."""
        extension = cls(crawler)
        crawler.signals.connect(extension.opened, signal=signals.spider_opened)
        return extension

    def opened(self) -> None:
        """Note where the run's own sightings will begin, and ask to be called at its end."""
        session = CorpusSession.of(self._crawler)
        session.at_end.append(self.judge)
        if session.failed:
            return
        try:
            self._mark = session.corpus.sighting_mark()
        except CorpusError as error:
            session.abort(error)

    def judge(self, outcome: str) -> None:
        """Judge the run that ends."""
        try:
            self._judge(outcome)
        except CorpusError as error:
            logger.error("the run could not be judged: %s", error)

    def _judge(self, outcome: str) -> None:
        session, stats, spider = CorpusSession.of(self._crawler), self._crawler.stats, self._crawler.spider
        assert spider is not None
        refusals = int(stats.get_value("articles/blocked", 0))
        found = session.corpus.judge(session.open_run, outcome, mark=self._mark, refusals=refusals)
        self._count(spider, found)
        if found.line and found.verdict == "broken":
            stats.set_value(HEALTH, found.line)
        settings = self._crawler.settings
        write_files(session.corpus, settings.get("HEALTH_JSON"), settings.get("HEALTH_TEXTFILE"))
        if found.verdict != found.before:
            tell(hooks_of(settings), found)

    def _count(self, spider: Spider, found: Judgement) -> None:
        stats = self._crawler.stats
        values: dict[str, Any] = {name: stats.get_value(key, 0) for key, name in _STATS.items()}
        health = CorpusSession.of(self._crawler).corpus.health(spider.name)
        values |= {"verdict": found.verdict, "alarms": len(health[0].alarms) if health else 0}
        for name, value in values.items():
            stats.set_value(f"portal/{spider.name}/{name}", value)
