"""Runs one crawl for the commands `crawl` and `demo`: checks first, one line an error, the summary, the exit status."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

from scrapy.commands import BaseRunSpiderCommand
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawler.commands.log_format import speaks_json
from crawler.commands.outcome import FAILED, LATER, OK, REFUSED, USAGE, Outcome, outcome_of, write_outcome
from crawler.commands.summary import print_replay, print_summary
from crawler.corpus import Corpus
from crawler.errors import ChengwenError, CorpusLost, UnknownPortal, UsageError
from crawler.extensions.archive import check_archive
from crawler.extensions.json_lines import json_line
from crawler.extensions.progress import Progress
from crawler.spiders.portal import PortalSpider
from crawler.spiders.replay.spider import ReplaySpider
from crawler.urls import host_of

__all__ = ["FAILED", "LATER", "OK", "REFUSED", "USAGE", "ask_for_contact", "complain", "failed", "run_crawl"]

#: Stands in the User-Agent of crawler/settings.py until somebody puts a contact there.
NO_CONTACT = "example.invalid"


def complain(line: str, *, as_json: bool = False) -> None:
    """One line on standard error."""
    said = json_line("error", message=line) if as_json else f"chengwen: {line}"
    print(said, file=sys.stderr)  # noqa: T201 - this is where a command speaks


def failed(error: ChengwenError) -> int:
    """Say what went wrong, and give the exit status for it: 2 where a person got it wrong, else 1."""
    complain(str(error))
    return USAGE if isinstance(error, UsageError | UnknownPortal) else FAILED


def ask_for_contact(user_agent: str, home: str, *, as_json: bool = False) -> bool:
    """Warn, in one line, that the User-Agent still names nobody; whether that was said.  Loopback has nobody to ask."""
    said = NO_CONTACT in user_agent and not _is_loopback(host_of(home))
    if said:
        line = "USER_AGENT names no contact: set it in crawler/settings.py or with -s, so that portals can reach you"
        warning = json_line("warning", message=line) if as_json else f"chengwen warning: {line}"
        print(warning, file=sys.stderr)  # noqa: T201 - this is where a command speaks
    return said


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def run_crawl(command: BaseRunSpiderCommand, spider: str, arguments: dict[str, Any]) -> int:
    """Crawl and give the exit status; everything a person got wrong is said before the first request."""
    assert command.crawler_process is not None
    assert command.settings is not None
    as_json = speaks_json(command.settings)
    try:
        crawler = command._create_crawler(spider)
        trial = crawler.spidercls(**arguments)
        Corpus.open(crawler.settings["CORPUS"], timeout=crawler.settings.getfloat("CORPUS_TIMEOUT")).close()
        check_archive(crawler.settings, media=isinstance(trial, PortalSpider) and trial.options.media)
    except (UsageError, UnknownPortal) as e:
        return _refused(command.settings, e, USAGE, as_json)
    except ChengwenError as e:
        return _refused(command.settings, e, FAILED, as_json)
    if isinstance(trial, PortalSpider):
        ask_for_contact(crawler.settings["USER_AGENT"], trial.site.home, as_json=as_json)
    command.crawler_process.crawl(crawler, **arguments)
    command.crawler_process.start()
    progress = crawler.get_extension(Progress) if crawler.extensions else None
    if progress is not None:
        # After a second Ctrl-C the end of the crawl is not announced.
        progress.stop()
    return _report(crawler, bool(command.crawler_process.bootstrap_failed), as_json)


def _refused(settings: BaseSettings, error: ChengwenError, status: int, as_json: bool) -> int:
    """A crawl that did not begin."""
    complain(str(error), as_json=as_json)
    reason = "corpus_lost" if isinstance(error, CorpusLost) else "failed_to_start"
    write_outcome(settings, Outcome(status, reason, (str(error),)), {})
    return status


def _report(crawler: Crawler, bootstrap_failed: bool, as_json: bool) -> int:
    stats = {} if crawler._stats is None else crawler.stats.get_stats()
    outcome = outcome_of(crawler, stats.get("log_count/ERROR", 0))
    spider = crawler.spider
    if isinstance(spider, ReplaySpider) and crawler.settings.getbool("SUMMARY"):
        print_replay(spider, stats)
    if isinstance(spider, PortalSpider) and crawler.settings.getbool("SUMMARY") and spider.tally.read_something:
        if as_json:
            said = json_line("summary", portal=spider.name, outcome=outcome.reason, stats=stats)
            print(said, file=sys.stderr)  # noqa: T201 - this is where a command speaks
        else:
            print_summary(spider, stats)
    for line in outcome.lines:
        complain(line, as_json=as_json)
    write_outcome(crawler.settings, outcome, stats)
    return FAILED if bootstrap_failed and outcome.status == OK else outcome.status
