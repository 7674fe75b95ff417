"""How long a portal takes to answer: a statistic of the run that stays small however many answers there are."""

from __future__ import annotations

from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler

from crawler.corpus.histogram import bound, quantile

__all__ = ["HISTOGRAM", "Latency"]

#: Statistic: upper bound of a class in seconds → answers; filled while the run goes on, so that a killed one has it.
HISTOGRAM = "latency/histogram"
#: Statistics of the whole run: seconds in which so large a share of the answers had begun.
_SHARES = {"latency/p50": 0.5, "latency/p90": 0.9, "latency/p99": 0.99}


class Latency:
    """Counts the seconds from a request to the first byte of its answer (Scrapy's download_latency)."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._counts: dict[str, int] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to every answer."""
        extension = cls(crawler)
        crawler.signals.connect(extension.opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.answered, signal=signals.response_downloaded)
        crawler.signals.connect(extension.closed, signal=signals.spider_closed)
        return extension

    def opened(self) -> None:
        """The statistic is the dict itself."""
        self._crawler.stats.set_value(HISTOGRAM, self._counts)

    def answered(self, request: Request) -> None:
        """Count one."""
        seconds = request.meta.get("download_latency")
        if seconds is not None:
            key = bound(seconds)
            self._counts[key] = self._counts.get(key, 0) + 1

    def closed(self) -> None:
        """Sum up."""
        for name, share in _SHARES.items():
            seconds = quantile(self._counts, share)
            if seconds is not None:
                self._crawler.stats.set_value(name, seconds)
