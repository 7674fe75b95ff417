"""A portal's story in words: collected since when, what is usual, what changed, what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from rich.console import Console

from crawler.corpus import Alarm, Completeness, PortalDetail, PortalHealth, RunningIds
from crawler.items import CST

__all__ = ["print_story", "story"]

_FIELDS = {"title": "a headline", "time": "a time", "source": "a source", "reporter": "a reporter"}


def print_story(
    name: str, detail: PortalDetail, health: PortalHealth | None, complete: Completeness | None, ids: RunningIds | None
) -> None:
    """The story, folded to the width of the terminal; addresses stay whole."""
    console = Console(highlight=False)
    console.print(f"story of {name}", markup=False, style="italic")
    for line in story(name, detail, health, complete, ids):
        console.print(line, markup=False, soft_wrap=line.startswith("    "))
    console.print()


def story(
    name: str, detail: PortalDetail, health: PortalHealth | None, complete: Completeness | None, ids: RunningIds | None
) -> Iterator[str]:
    """Its sentences, one a line; examples are indented."""
    yield from _collected(name, detail)
    if health is None:
        yield f"Its health is judged from the next run on: scrapy crawl {name}"
    else:
        yield from _usual(health)
        yield from _changed(health)
    yield from _completeness(complete)
    yield from _ids(ids)


def _collected(name: str, detail: PortalDetail) -> Iterator[str]:
    figures, first = detail.figures, detail.first_run
    if first is None:
        yield f"Never crawled: scrapy crawl {name}"
        return
    articles = _number(figures.articles, "article")
    yield f"Collected since {_day(first)}: {articles} from {_number(figures.sections, 'section')}."
    gaps = [section.label for section in detail.sections if section.gap]
    if gaps:
        shown = "、".join(gaps[:5]) + (" …" if len(gaps) > 5 else "")
        yield (
            f"Articles may be missing in {_number(len(gaps), 'section')} ({shown}): the next run reads deeper; "
            f"if it says so again, raise the budget: scrapy crawl {name} -s SECTION_PAGES=300"
        )


def _usual(health: PortalHealth) -> Iterator[str]:
    usual = health.usual
    if health.learning:
        yield f"Its health is {health.learning}."
        return
    news = f"about {usual.articles_a_day:.1f} new links a day" if usual.articles_a_day else "too few news to count"
    silence = f", never silent for longer than {_hours(usual.longest_silence)}" if usual.longest_silence else ""
    every = f", looked at every {_hours(usual.interval)}" if usual.interval else ""
    yield f"Usual: {news}{silence}{every}."
    with_fields = [f"{_FIELDS[field]} on {100 * (1 - share):.0f} %" for field, share in usual.missing.items()]
    if with_fields:
        yield f"Of its articles there is usually {', '.join(with_fields)}."


def _changed(health: PortalHealth) -> Iterator[str]:
    if not health.alarms:
        if not health.learning:
            yield "All is as usual: verdict ok."
    else:
        yield f"Verdict {health.verdict}. What changed:"
        for alarm in health.alarms:
            yield from _alarm(alarm)
    for alarm in health.past:
        assert alarm.ended_at is not None
        how = {"cleared": "is over", "accepted": "has become usual", "recounted": "is no longer seen so"}
        yield f"Earlier: {alarm.words}; {how[alarm.ended_how or 'cleared']} since {_day(alarm.ended_at)}."


def _alarm(alarm: Alarm) -> Iterator[str]:
    yield f"- {alarm.words} ({alarm.severity})."
    yield from (f"    {url}" for url in alarm.examples)
    yield f"  To do: {alarm.advice}."


def _completeness(complete: Completeness | None) -> Iterator[str]:
    if complete is None:
        return
    yield (
        f"Completeness since {_day(complete.since)}: lists showed {complete.lists} articles, feeds {complete.feeds}, "
        f"{complete.both} were in both. By that about {complete.published:.0f} were published "
        f"(95 %: {complete.low:.0f} to {complete.high:.0f}), and {complete.stored} are stored, "
        f"{100 * complete.share:.0f} %."
    )


def _ids(ids: RunningIds | None) -> Iterator[str]:
    if ids is None:
        return
    yield (
        f"Running numbers since {_day(ids.since)}: {ids.met} of the {ids.numbers} from {ids.first} to {ids.last} are "
        "articles that were met; the others are drafts, other channels, or missing."
    )


def _day(moment: dt.datetime) -> str:
    return f"{moment.astimezone(CST):%Y-%m-%d}"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count:,} {what}s"


def _hours(hours: float) -> str:
    """A span as people say it.

    >>> _hours(0.9), _hours(5.2), _hours(60.0)
    ('54 minutes', '5 hours', '2.5 days')
    """
    if hours < 1:
        return f"{hours * 60:.0f} minutes"
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.1f} days"
