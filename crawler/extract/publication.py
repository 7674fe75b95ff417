"""The publication time: chosen among all dates that stand near the headline, with the address as a cross-check.

The page's own stamp wins over everything (an editor set it), meta tags come second, the address last: it names the
day on which the story was entered (DOMAIN.md §3, §6).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from crawler.extract.dates import Stamp, find_dates, url_date
from crawler.extract.hints import Hints
from crawler.extract.lines import Line
from crawler.extract.zones import Zones, spaced
from crawler.items import Evidence

__all__ = ["Publication", "find_publication"]


@dataclass(slots=True)
class Publication:
    """The time, its text as printed (None: only from meta tags or address), where it stood, and why it was chosen."""

    when: dt.datetime | None = None
    text: str | None = None
    line: int | None = None
    stamp: Stamp | None = None
    evidence: Evidence | None = None


_LABEL = re.compile(
    r"(?:发布|发稿|发表|发文|刊发|上传|录入|来稿|见报|成文)?\s*(?:时\s*间|日\s*期|于)\s*[:：]?\s*$|发布\s*[:：]?\s*$"
)
_UPDATED = re.compile(r"(?:更新|修改|编辑)(?:时间|日期|于)?\s*[:：]?\s*$")
#: A clock in the page's header, or the date of something else.
_CLOCK = re.compile(
    r"今天是|现在是|北京时间|今日[:：]|截[至止]|有效期|旧版|以前|版权|Copyright|©|ICP|活动时间|报名时间|会议时间"
    r"|开始时间|结束时间",
    re.IGNORECASE,
)
_BOUND = re.compile(r"\s?[日号]?(?:以前|之前|前|起|至|截止)")
_PROSE = re.compile(r"[。，；！？]")
#: A date without year or day shares its line with a medium and a counter at most.
_AROUND_LOOSE = 20
#: A line with a stamp is short; in longer ones a date belongs to the story.
_SHORT = 120
#: Weeks may lie between entering and publishing a story (back-dated items, DOMAIN.md §6); beyond this the address and
#: the page tell of different things.
_AGREE = dt.timedelta(days=3)
_SURE, _FAIR, _UNSURE, _POOR = 0.95, 0.8, 0.5, 0.25


def find_publication(zones: Zones, hints: Hints, url: str, now: dt.datetime | None) -> Publication:
    """The publication time of a page; .when is None where nothing, not even the address, tells it."""
    entered = url_date(url)
    best: tuple[float, Line, Stamp] | None = None
    for line in zones.head:
        for score, stamp in _candidates(line, zones.anchor, now):
            if _is_clock(line, zones.anchor, stamp, entered):
                continue
            if best is None or score > best[0]:
                best = (score, line, stamp)
    if best is None:
        best = _in_the_text(zones, now)
    if best is not None:
        return _printed(best, entered, hints)
    for hint in hints.published:
        if stated := next(iter(find_dates(hint.value, now, loose=False)), None):
            return Publication(stated.when, None, None, stated, Evidence(hint.rule, 0.6, hint.value))
    if entered is not None:
        return Publication(entered, None, None, None, Evidence("address only, nothing printed", _POOR, None))
    return Publication()


def _candidates(line: Line, anchor: int, now: dt.datetime | None) -> list[tuple[float, Stamp]]:
    text = line.text
    if len(text) > _SHORT or not _might_hold_date(text):
        return []
    distance = line.index - anchor
    found = []
    stamps = find_dates(text, now)
    if not stamps and _GLUED.search(text):
        text = spaced(line)
        stamps = find_dates(text, now)
    for stamp in stamps:
        before = text[: stamp.start]
        if not stamp.dated and not _stands_alone(text, stamp):
            continue
        score = 3.0 - 0.15 * distance if distance > 0 else 1.2 + 0.2 * distance
        score += 1.2 if stamp.precision != "day" else 0.0
        score += 0.8 if stamp.dated else -0.5
        if _LABEL.search(before):
            score += 1.0
        if _UPDATED.search(before):
            score -= 0.6
        if _CLOCK.search(before) or _BOUND.match(text, stamp.end):
            score -= 3.0
        if line.link_chars > len(text) * 0.8:
            score -= 2.0
        if _PROSE.search(before):
            score -= 2.5
        found.append((score, stamp))
    return [(score, stamp) for score, stamp in found if score > 0]


#: Year, day and time in elements that touch (Xinhua): 202405/0922:27:02.
_GLUED = re.compile(r"20\d\d\d?\d[-/]\d\d")


def _stands_alone(text: str, stamp: Stamp) -> bool:
    """Whether a date without year or day is a stamp: 昨天 stands in sentences, too."""
    if len(text) - len(stamp.text) > _AROUND_LOOSE:
        return False
    return not _HAN.match(text, stamp.end) and not _HAN.match(text, stamp.start - 1 if stamp.start else len(text))


_HAN = re.compile(r"[\u4e00-\u9fff，、]")
#: 江城日报 2022年11月13日 星期日: the issue's date on an e-paper.
_NEWSPAPER = re.compile(r"[\u4e00-\u9fff]报(?:\s|$)")
_WEEKDAY = re.compile(r"星期|周[一二三四五六日]")


def _is_clock(line: Line, anchor: int, stamp: Stamp, entered: dt.datetime | None) -> bool:
    """A day with its weekday above the headline is the portal's clock, unless the address tells the same (e-papers).

    No page of the bench has one in its bytes; old portals write it there.
    """
    if line.index > anchor or stamp.precision != "day" or not _WEEKDAY.search(line.text):
        return False
    if _NEWSPAPER.search(line.text):
        return False
    return entered is None or entered.date() != stamp.when.date()


_DIGIT_OR_WORD = re.compile(r"[\d\uff10-\uff19]|刚刚|[今昨前][天日]")


def _might_hold_date(text: str) -> bool:
    return _DIGIT_OR_WORD.search(text) is not None


def _in_the_text(zones: Zones, now: dt.datetime | None) -> tuple[float, Line, Stamp] | None:
    """A labelled date behind the body, or a lone one in front of its first paragraph.

    On the bench: published 1.000, without it 0.976.
    """
    for line in (*zones.opening[:2], *zones.tail):
        if len(line.text) > _SHORT or not _might_hold_date(line.text):
            continue
        for stamp in find_dates(line.text, now, loose=False):
            lone = len(stamp.text) + 6 >= len(line.text) and line in zones.opening
            if lone or _LABEL.search(line.text[: stamp.start]):
                return 1.0, line, stamp
    return None


def _printed(best: tuple[float, Line, Stamp], entered: dt.datetime | None, hints: Hints) -> Publication:
    score, line, stamp = best
    when = stamp.when
    rule = "beside the headline" if score > 1.0 else "in the text"
    confidence = _SURE if score >= 3 else _FAIR
    if not stamp.dated:
        when, rule, confidence = _with_year(stamp, entered, hints)
    if entered is not None:
        if abs(entered.date() - when.date()) <= _AGREE:
            rule, confidence = f"{rule}, as in the address", min(0.99, confidence + 0.04)
        else:
            rule, confidence = f"{rule}, address says {entered.date()}", min(confidence, 0.7)
    return Publication(when, stamp.text, line.index, stamp, Evidence(rule, confidence, line.text[:200]))


def _with_year(stamp: Stamp, entered: dt.datetime | None, hints: Hints) -> tuple[dt.datetime, str, float]:
    """A date printed without its year takes it from the address or a meta tag that names the same day."""
    stated = [found.when for hint in hints.published for found in find_dates(hint.value, loose=False)]
    for other in ([entered] if entered else []) + stated:
        if (other.month, other.day) == (stamp.when.month, stamp.when.day):
            return stamp.when.replace(year=other.year), "beside the headline, year from elsewhere", _FAIR
    return stamp.when, "beside the headline, read against the clock", _UNSURE
