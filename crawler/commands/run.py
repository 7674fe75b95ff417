"""Runs one crawl for the commands `crawl` and `demo`: checks first, one line an error, the summary, the exit status."""

from __future__ import annotations

import sys
from typing import Any

from scrapy.commands import BaseRunSpiderCommand
from scrapy.crawler import Crawler

from crawler.commands.summary import print_summary
from crawler.corpus import Corpus
from crawler.errors import ChengwenError, UnknownPortal, UsageError
from crawler.spiders.portal import PortalSpider

__all__ = ["FAILED", "OK", "USAGE", "complain", "run_crawl"]

#: Exit statuses of all commands (DESIGN.md §4).
OK, FAILED, USAGE = 0, 1, 2
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


def run_crawl(command: BaseRunSpiderCommand, spider: str, arguments: dict[str, Any]) -> int:
    """Crawl and give the exit status; everything a person got wrong is said before the first request."""
    assert command.crawler_process is not None
    try:
        crawler = command._create_crawler(spider)
        crawler.spidercls(**arguments)
        Corpus.open(crawler.settings["CORPUS"], timeout=crawler.settings.getfloat("CORPUS_TIMEOUT")).close()
    except (UsageError, UnknownPortal) as e:
        complain(str(e))
        return USAGE
    except ChengwenError as e:
        complain(str(e))
        return FAILED
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
    fatal = crawler.stats.get_value("chengwen/fatal")
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
