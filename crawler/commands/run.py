"""Runs one crawl for the commands `crawl` and `demo`: checks first, one line an error, the summary, the exit status."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

from scrapy.commands import BaseRunSpiderCommand
from scrapy.crawler import Crawler

from crawler.commands.summary import print_summary
from crawler.corpus import Corpus
from crawler.errors import ChengwenError, UnknownPortal, UsageError
from crawler.extensions.corpus import FATAL
from crawler.spiders.portal import PortalSpider
from crawler.urls import host_of

__all__ = ["FAILED", "LATER", "OK", "REFUSED", "USAGE", "ask_for_contact", "complain", "run_crawl"]

#: Exit statuses of all commands (DESIGN.md §4).
OK, FAILED, USAGE = 0, 1, 2
#: Not now (EX_TEMPFAIL of sysexits.h): another run is on, or the portal's pause has not passed; nothing was asked.
LATER = 75
#: The portal refused the run (EX_NOPERM): it is left alone for a while.
REFUSED = 77
_NOT_NOW = {"busy": LATER, "paused": LATER, "blocked": REFUSED}
#: Stands in the User-Agent of crawler/settings.py until somebody puts a contact there.
NO_CONTACT = "example.invalid"
#: How Scrapy says that a crawl ended by itself.
FINISHED = "finished"
_ENDINGS = {
    "shutdown": "stopped on request",
    "": "stopped at once",
    "closespider_pagecount": "CLOSESPIDER_PAGECOUNT reached",
    "closespider_timeout": "CLOSESPIDER_TIMEOUT reached",
    "closespider_itemcount": "CLOSESPIDER_ITEMCOUNT reached",
}


def complain(line: str) -> None:
    """One line on standard error."""
    print(f"chengwen: {line}", file=sys.stderr)  # noqa: T201 - this is where a command speaks


def ask_for_contact(user_agent: str, home: str) -> bool:
    """Warn, in one line, that the User-Agent still names nobody; whether that was said.  Loopback has nobody to ask."""
    said = NO_CONTACT in user_agent and not _is_loopback(host_of(home))
    if said:
        line = "USER_AGENT names no contact: set it in crawler/settings.py or with -s, so that portals can reach you"
        print(f"chengwen warning: {line}", file=sys.stderr)  # noqa: T201 - this is where a command speaks
    return said


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def run_crawl(command: BaseRunSpiderCommand, spider: str, arguments: dict[str, Any]) -> int:
    """Crawl and give the exit status; everything a person got wrong is said before the first request."""
    assert command.crawler_process is not None
    try:
        crawler = command._create_crawler(spider)
        trial = crawler.spidercls(**arguments)
        Corpus.open(crawler.settings["CORPUS"], timeout=crawler.settings.getfloat("CORPUS_TIMEOUT")).close()
    except (UsageError, UnknownPortal) as e:
        complain(str(e))
        return USAGE
    except ChengwenError as e:
        complain(str(e))
        return FAILED
    if isinstance(trial, PortalSpider):
        ask_for_contact(crawler.settings["USER_AGENT"], trial.site.home)
    command.crawler_process.crawl(crawler, **arguments)
    command.crawler_process.start()
    return _report(crawler, bool(command.crawler_process.bootstrap_failed))


def _report(crawler: Crawler, bootstrap_failed: bool) -> int:
    spider = crawler.spider
    if not isinstance(spider, PortalSpider) or crawler._stats is None:
        complain("the crawl could not begin; the log above says why")
        return FAILED
    tally = spider.tally
    if crawler.settings.getbool("SUMMARY") and any(section.list_pages for section in tally.sections):
        print_summary(spider, crawler.stats.get_stats())
    fatal = crawler.stats.get_value(FATAL)
    if tally.reason in _NOT_NOW:
        complain(fatal or f"{spider.name}: {tally.reason}")
        return _NOT_NOW[tally.reason]
    problems = [*tally.failures, *tally.section_failures, *([fatal] if fatal else [])]
    for line in problems:
        complain(line)
    if tally.reason != FINISHED and not problems:
        ending = _ENDINGS.get(tally.reason, tally.reason)
        complain(f"{ending}; what was stored is kept, and the next run goes on from there")
    errors = crawler.stats.get_value("log_count/ERROR", 0)
    if errors and not problems:
        complain(f"{errors} errors, which the log above names; what was stored is kept")
    stopped_early = tally.reason != FINISHED and not tally.reason.startswith("closespider_")
    return FAILED if problems or errors or bootstrap_failed or stopped_early else OK
