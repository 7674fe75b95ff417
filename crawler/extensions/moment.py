"""What a crawl is doing at this moment, in figures: for a terminal, a log, or a program."""

from __future__ import annotations

import collections
import time
from dataclasses import dataclass

from scrapy.crawler import Crawler

from crawler.extensions.pace import Wait, waiting
from crawler.spiders.portal import PortalSpider

__all__ = ["Meter", "Moment", "SectionLine"]

#: Requests per second are those of the last so many seconds: long enough for a portal asked every five.
WINDOW = 15.0
#: Before that a rate, and what follows from it, would be a guess.
LEAST = 2.0


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section: articles wanted so far, of these answered; ended: why no more will come, None while it is read."""

    label: str
    answered: int
    wanted: int
    list_pages: int
    ended: str | None


@dataclass(frozen=True, slots=True)
class Moment:
    """A crawl now.

    seconds: since it began.  errors: articles and sections that could not be had.  rate: requests a second of late.
    wait: what politeness keeps waiting, None: nothing.  answered, wanted: articles, later looks included.
    left: seconds that the rest will take; None while lists are unread, since nobody knows what they will bring.
    """

    portal: str
    seconds: float
    new: int
    duplicate: int
    rejected: int
    errors: int
    requests: int
    rate: float
    wait: Wait | None
    sections: tuple[SectionLine, ...]
    answered: int
    wanted: int
    left: float | None


class Meter:
    """Looks at one crawl again and again."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._began = time.monotonic()
        self._looks: collections.deque[tuple[float, int]] = collections.deque([(self._began, 0)])

    def look(self, name: str = "") -> Moment:
        """The crawl now.  name: of a portal whose spider is not made yet."""
        spider = self._crawler.spider
        stats = {} if self._crawler._stats is None else self._crawler.stats.get_stats()
        requests = int(stats.get("downloader/request_count", 0))
        rate = self._rate(requests)
        walk = spider if isinstance(spider, PortalSpider) else None
        answered, wanted = _stories(walk) if walk else (0, 0)
        known = walk is not None and not walk.asks_for_more and rate > 0
        return Moment(
            portal=walk.name if walk else name,
            seconds=time.monotonic() - self._began,
            new=int(stats.get("articles/new", 0)),
            duplicate=int(stats.get("articles/duplicate", 0)),
            rejected=int(stats.get("articles/rejected", 0)),
            errors=_errors(walk) if walk else 0,
            requests=requests,
            rate=rate,
            wait=waiting(self._crawler),
            sections=_sections(walk) if walk else (),
            answered=answered,
            wanted=wanted,
            left=(wanted - answered) / rate if known else None,
        )

    def _rate(self, requests: int) -> float:
        now = time.monotonic()
        self._looks.append((now, requests))
        while len(self._looks) > 2 and self._looks[1][0] <= now - WINDOW:
            self._looks.popleft()
        then, before = self._looks[0]
        return (requests - before) / (now - then) if now - then >= LEAST else 0.0


def _stories(walk: PortalSpider) -> tuple[int, int]:
    articles, again = walk.articles, walk.revisits
    return articles.answered.total() + again.answered, articles.wanted.total() + again.wanted


def _errors(walk: PortalSpider) -> int:
    return walk.tally.articles_failed + len(walk.tally.section_failures) + len(walk.tally.failures)


def _sections(walk: PortalSpider) -> tuple[SectionLine, ...]:
    """All sections begun so far; articles that stand in several count in the one that led to them first."""
    articles = walk.articles
    return tuple(
        SectionLine(s.label, articles.answered[s.label], articles.wanted[s.label], s.list_pages, s.ended)
        for s in walk.lists.walks()
    )
