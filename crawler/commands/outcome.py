"""What a run came to: its exit status and the lines that say why; the same for one crawl and for a harvest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawler.extensions.corpus import FATAL, FATAL_REASON
from crawler.extensions.health import HEALTH
from crawler.spiders.portal import PortalSpider
from crawler.spiders.replay.spider import ReplaySpider

__all__ = ["FAILED", "LATER", "OK", "REFUSED", "USAGE", "Outcome", "outcome_of", "write_outcome"]

#: Exit statuses of all commands (DESIGN.md §4).
OK, FAILED, USAGE = 0, 1, 2
#: Not now (EX_TEMPFAIL of sysexits.h): another run is on, or the portal's pause has not passed; nothing was asked.
LATER = 75
#: The portal refused the run (EX_NOPERM): it is left alone for a while.
REFUSED = 77
_NOT_NOW = {"busy": LATER, "paused": LATER, "blocked": REFUSED, "corpus_lost": LATER}
#: How Scrapy says that a crawl ended by itself.
FINISHED = "finished"
_ENDINGS = {
    "shutdown": "stopped on request",
    "": "stopped at once",
    "closespider_pagecount": "CLOSESPIDER_PAGECOUNT reached",
    "closespider_timeout": "CLOSESPIDER_TIMEOUT reached",
    "closespider_itemcount": "CLOSESPIDER_ITEMCOUNT reached",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """status: for the shell; reason: Scrapy's word; lines: for a person, none where all went well."""

    status: int
    reason: str
    lines: tuple[str, ...] = ()


def outcome_of(crawler: Crawler, errors: int) -> Outcome:
    """How that crawl ended.  errors: logged while it ran."""
    spider = crawler.spider
    if not isinstance(spider, PortalSpider | ReplaySpider) or crawler._stats is None:
        return Outcome(FAILED, "failed_to_start", ("the crawl could not begin; the log above says why",))
    tally = spider.tally
    fatal = crawler.stats.get_value(FATAL)
    reason = crawler.stats.get_value(FATAL_REASON) or tally.reason
    if reason in _NOT_NOW:
        return Outcome(_NOT_NOW[reason], reason, (fatal or f"{spider.name}: {reason}",))
    lines = [*tally.failures, *tally.section_failures, *([fatal] if fatal else [])]
    stopped_early = tally.reason != FINISHED and not tally.reason.startswith("closespider_")
    failed = bool(lines or errors or stopped_early)
    if tally.reason != FINISHED and not lines:
        ending = _ENDINGS.get(tally.reason, tally.reason)
        lines.append(f"{ending}; what was stored is kept, and the next run goes on from there")
        if errors:
            lines.append(_errors(errors))
    elif errors and not lines:
        lines.append(_errors(errors))
    # A portal that is broken is said in every run, until it is mended or a month has made it usual.
    broken = crawler.stats.get_value(HEALTH)
    lines += [f"{broken} (scrapy portals {spider.name})"] if broken else []
    return Outcome(FAILED if failed or broken else OK, tally.reason, tuple(lines))


def write_outcome(settings: BaseSettings, outcome: Outcome, stats: Mapping[str, Any]) -> None:
    """For the program that started the crawl: how it ended, as JSON in OUTCOME_JSON, if that is set."""
    if not settings["OUTCOME_JSON"]:
        return
    figures = {"new": stats.get("articles/new", 0), "requests": stats.get("downloader/request_count", 0)}
    said = {"status": outcome.status, "outcome": outcome.reason, "lines": outcome.lines, **figures}
    Path(settings["OUTCOME_JSON"]).write_text(json.dumps(said, ensure_ascii=False) + "\n", encoding="utf-8")


def _errors(count: int) -> str:
    return f"{count} errors, which the log above names; what was stored is kept"
