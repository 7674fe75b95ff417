"""Keeps the pace that a host asks for in its robots.txt (Crawl-delay)."""

from __future__ import annotations

import logging
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.robotstxt import RobotParser

from crawler.urls import host_of

__all__ = ["CRAWL_DELAY", "CrawlDelay"]

#: Key of crawler.stats that holds the longest delay, in seconds, that a host of the portal asked for beyond ours.
CRAWL_DELAY = "robotstxt/crawl_delay"

logger = logging.getLogger(__name__)

#: A delay beyond a minute would stretch a run over days; such a portal is asked once a minute and the log says so.
LONGEST_DELAY = 60.0


class CrawlDelay:
    """Slows a host's download slot down to its Crawl-delay; never speeds one up."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._user_agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to every robots.txt that is read."""
        extension = cls(crawler)
        crawler.signals.connect(extension.robots_parsed, signal=signals.robots_parsed)
        return extension

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Take over the host's Crawl-delay where it is longer than ours."""
        asked = robotparser.crawl_delay(self._user_agent)
        if asked is None:
            return
        host = host_of(request.url)
        delay = min(float(asked), LONGEST_DELAY)
        downloader = self._crawler.engine.downloader
        ours = float(downloader.per_slot_settings.get(host, {}).get("delay", self._crawler.settings["DOWNLOAD_DELAY"]))
        if delay <= ours:
            return
        logger.info("%s asks for %s s between requests (robots.txt)%s", host, asked, _note(float(asked)))
        # For the next run, which may begin a moment after this one on another machine.
        self._crawler.stats.max_value(CRAWL_DELAY, delay)
        # Slots are thrown away when idle and made anew from these settings.
        downloader.per_slot_settings[host] = {"delay": delay, "concurrency": 1}
        if host in downloader.slots:
            downloader.slots[host].delay = delay
            downloader.slots[host].concurrency = 1


def _note(asked: float) -> str:
    return f"; it is asked every {LONGEST_DELAY:g} s" if asked > LONGEST_DELAY else ""
