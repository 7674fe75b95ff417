"""Judges a portal run by run: figures go in, what begins and what ends comes out.  State is all that it remembers."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from crawler.corpus.health.model import (
    FIELDS,
    Articles,
    Change,
    Finding,
    RunFigures,
    SectionFigures,
    VerdictName,
)
from crawler.corpus.health.rhythm import Rhythm
from crawler.corpus.health.sequential import Event, Rank, Rate, Sequential
from crawler.items import CST

__all__ = ["PortalState", "SectionState", "Watch", "step"]

#: False alarms a year that all tests of a portal share: half of what was promised, since the bound is not exact.
BUDGET = 0.5
#: Days and observations before a figure is judged: two weekends, and a share to speak of.
LEARN_DAYS, LEARN_ARTICLES, LEARN_RUNS = 14.0, 40.0, 24
#: Articles of one run that count at most while learning: the backlog of a first run is of many years.
BACKLOG = 60
#: A pause between runs, in usual intervals and in days, after which news that came meanwhile prove nothing.
PAUSE_INTERVALS, PAUSE_DAYS = 6.0, 2.0
#: A list page with less than this share of its usual links has lost some.
THIN = 0.5
#: Steps of the slow median of links a page.
MEDIAN_STEP = 0.02
#: News that a section must have missed, and days of silence, before the share of it counts as lost.
MISSED, MISSED_DAYS = 8.0, 1.0
#: News of a section before its share is judged.
SHARE_NEWS = 30.0
#: Share of the articles that has to suffer before a portal is broken rather than to be watched.
SPOILT = 0.4
#: Without these an article is no article.
VITAL = frozenset({"missing_title", "missing_time", "short", "list", "blocked", "silence"})
#: A section below this share of the portal's news is watched, not mourned.
WEIGHTY = 0.05

_BAD_LIST = frozenset({"failed", "empty"})
_UNREAD = frozenset({"stopped", "limit", None})


def _run_rate() -> Rate:
    return Rate(kind="runs", strata=1, prior=0.02, weight=10.0, floor=5e-4, dispersed=False, least_bad=2, clear_at=4.5)


def _share_rate() -> Rate:
    return Rate(kind="share", strata=16, prior=0.9, weight=1.0, floor=1e-4, least_bad=MISSED)


@dataclass(slots=True)
class ArticleTests:
    """The tests over articles of one section, or of all.  reasons of rejects get a test when they are first met."""

    rates: dict[str, Rate] = field(default_factory=dict)
    short: Rank = field(default_factory=Rank)
    long: Rank = field(default_factory=lambda: Rank(up=True))
    confidence: Rank = field(default_factory=Rank)
    runs: int = 0
    pages: int = 0
    since: float | None = None

    def named(self) -> Iterator[tuple[str, Sequential]]:
        """All tests by the name of their figure."""
        yield from self.rates.items()
        yield from (("short", self.short), ("long", self.long), ("confidence", self.confidence))


@dataclass(slots=True)
class SectionState:
    """What is known of one section.  links: usual links a list page; seen: runs that walked it."""

    label: str = ""
    route: str = "list"
    runs: int = 0
    links: float = 0.0
    first: float = 0.0
    last_fresh: float = 0.0
    lists: Rate = field(default_factory=_run_rate)
    share: Rate = field(default_factory=_share_rate)
    articles: ArticleTests = field(default_factory=ArticleTests)


@dataclass(slots=True)
class PortalState:
    """All that is remembered of a portal.  last: when the last run began, in days; interval: usual days between runs."""

    runs: int = 0
    first: float | None = None
    last: float | None = None
    interval: float | None = None
    sections: dict[int, SectionState] = field(default_factory=dict)
    articles: ArticleTests = field(default_factory=ArticleTests)
    rhythm: Rhythm = field(default_factory=Rhythm)
    blocked: Rate = field(default_factory=_run_rate)
    open: dict[str, Finding] = field(default_factory=dict)

    @property
    def verdict(self) -> VerdictName:
        """The worst of what is open."""
        if any(finding.severity == "broken" for finding in self.open.values()):
            return "broken"
        return "watch" if self.open else "ok"


def key_of(finding: Finding) -> str:
    """Identity of a finding among the open ones."""
    return f"{finding.section_id or 0}/{finding.figure}"


def step(state: PortalState, run: RunFigures) -> list[Change]:
    """Take in one run; what it raises or ends.  Runs narrowed by arguments change nothing."""
    if run.narrowed:
        return []
    return Watch(state, run).judge()


class Watch:
    """One run in the light of what is known."""

    def __init__(self, state: PortalState, run: RunFigures) -> None:
        self.state, self.run = state, run
        self.now = run.started_at.timestamp() / 86400
        local = run.started_at.astimezone(CST)
        self.weekend = int(local.weekday() >= 5)
        self.cell = local.hour + 24 * self.weekend
        self.part = local.hour // 3 + 8 * self.weekend
        self.changes: list[Change] = []
        self.elapsed = 0.0 if state.last is None else self.now - state.last
        usual = state.interval or self.elapsed
        self.paused = state.last is None or not 0 < self.elapsed <= max(PAUSE_INTERVALS * usual, PAUSE_DAYS)

    # --- The run as a whole ------------------------------------------------------------------------------------------

    def judge(self) -> list[Change]:
        """All tests; the state moves on."""
        state, run = self.state, self.run
        if state.first is None or state.first > self.now:
            state.first = self.now
        self.old = self.now - state.first >= LEARN_DAYS and state.runs >= LEARN_RUNS / 2
        self.budget = self._budget()
        refused = run.outcome == "blocked"
        self._event("blocked", None, state.blocked, self._runs(state.blocked, refused), "")
        whole = run.outcome == "finished" or (run.outcome or "").startswith("closespider")
        if whole:
            self._lists()
            self._yields()
        self._articles()
        self._remember(whole)
        return self.changes

    def _budget(self) -> float:
        """Threshold of a run's log-likelihood ratio: so many tests, so often a year, so few false alarms."""
        interval = max(self.state.interval or 1.0, 1 / 48)
        sections = len(self.state.sections)
        tests = 12 + 14 * sections
        return math.log(max(365.25 / interval, 52.0) * tests / BUDGET)

    def _remember(self, whole: bool) -> None:
        state = self.state
        state.runs += 1
        if not self.paused:
            before = state.interval
            state.interval = self.elapsed if before is None else before + (self.elapsed - before) * 0.1
        if whole or state.last is None or self.paused:
            state.last = self.now

    # --- Lists -------------------------------------------------------------------------------------------------------

    def _lists(self) -> None:
        state = self.state
        for section in self._walked():
            known = state.sections.get(section.section_id or 0)
            if known is None:
                known = state.sections[section.section_id or 0] = SectionState(first=self.now)
            known.label, known.route = section.label, section.route
            bad, detail = self._list_is_bad(known, section)
            self._event("list", section, known.lists, self._runs(known.lists, bad), detail)
            known.runs += 1
            known.last_fresh = self.now if section.fresh else known.last_fresh

    def _walked(self) -> Iterator[SectionFigures]:
        """Sections that were read, or tried; those that used to be there and are not any more count as missing."""
        there = set()
        for section in self.run.sections:
            if section.section_id is not None and section.ended_by not in _UNREAD:
                there.add(section.section_id)
                yield section
            elif section.section_id is not None and section.ended_by is not None:
                there.add(section.section_id)
        for number, known in self.state.sections.items():
            if number not in there:
                yield SectionFigures(number, known.label, known.route, ended_by="absent")

    def _list_is_bad(self, known: SectionState, section: SectionFigures) -> tuple[bool, str]:
        if section.ended_by == "absent":
            return True, "the portal no longer links it"
        if section.ended_by in _BAD_LIST:
            return True, "cannot be read" if section.ended_by == "failed" else "shows no links"
        if section.route == "paper" or not section.list_pages:
            return False, ""
        ratio = section.links_seen / section.list_pages
        if known.runs < LEARN_RUNS:
            known.links += (ratio - known.links) / (known.runs + 1)
            return False, ""
        thin = ratio < known.links * THIN
        if not thin:
            known.links *= 1 + MEDIAN_STEP if ratio > known.links else 1 - MEDIAN_STEP
        return thin, f"shows {ratio:.0f} links a page, usually {known.links:.0f}"

    def _runs(self, rate: Rate, bad: bool) -> Event | None:
        threshold = self._runs_threshold() if rate.known >= LEARN_RUNS and self.old else None
        return rate.observe(float(bad), 1.0, 0, self.now, threshold)

    def _runs_threshold(self) -> float:
        return self.budget - 2.0

    # --- Yield -------------------------------------------------------------------------------------------------------

    def _yields(self) -> None:
        state = self.state
        if self.paused:
            state.rhythm.forget_silence()
            return
        usable = [s for s in self._countable() if s.section_id is not None]
        total = sum(s.fresh for s in usable)
        if state.rhythm.observe(total, self.cell, self.elapsed, self.now, self.budget):
            self._raise("silence", None, state.rhythm.awaited, state.rhythm.awaited, 0.0, state.rhythm.silent)
        elif total and "0/silence" in state.open:
            self._end("cleared", "0/silence")
        if total:
            for section in usable:
                self._share(section, total)

    def _countable(self) -> Iterator[SectionFigures]:
        """Sections whose news of this run are those since the last: not new, not unreadable."""
        for section in self.run.sections:
            known = self.state.sections.get(section.section_id or 0)
            if known and known.runs > 1 and section.ended_by not in _UNREAD | _BAD_LIST and known.lists.latch is None:
                yield section

    def _share(self, section: SectionFigures, total: int) -> None:
        known = self.state.sections[section.section_id or 0]
        rate = known.share
        news = sum(rate.usual_of) - sum(rate.usual_bad)
        judged = self.now - known.first >= LEARN_DAYS and news >= SHARE_NEWS and self.old
        event = rate.observe(total - section.fresh, total, self.part, self.now, self.budget if judged else None)
        self._event("yield", section, rate, event, "")

    # --- Articles ----------------------------------------------------------------------------------------------------

    def _articles(self) -> None:
        everything = Articles()
        for section in self.run.sections:
            everything.add(section.articles)
            known = self.state.sections.get(section.section_id or 0)
            if known is not None and (section.articles.count or section.articles.rejects):
                self._tests(known.articles, section.articles, section)
        if everything.count or everything.rejects:
            self._tests(self.state.articles, everything, None)

    def _tests(self, tests: ArticleTests, articles: Articles, section: SectionFigures | None) -> None:
        if tests.since is None:
            tests.since = self.now
        tests.runs += 1
        for name, bad, of in _shares(tests, articles):
            rate = tests.rates.get(name)
            if rate is None:
                rate = tests.rates[name] = Rate()
                if name.startswith("reject"):
                    rate.usual_of[self.weekend] = tests.pages
            threshold = self._article_threshold(tests, rate.known)
            cap = 1.0 if threshold is not None else min(1.0, BACKLOG / of) if of else 1.0
            event = rate.observe(bad * cap, of * cap, self.weekend, self.now, threshold)
            self._event(name, section, rate, event, "")
        for name, rank, counts in (
            ("short", tests.short, articles.lengths),
            ("long", tests.long, articles.lengths),
            ("confidence", tests.confidence, articles.confidences),
        ):
            event = rank.observe(counts, self.now, self._article_threshold(tests, rank.known))
            self._event(name, section, rank, event, "")
        tests.pages += articles.pages

    def _article_threshold(self, tests: ArticleTests, known: float) -> float | None:
        assert tests.since is not None
        judged = self.now - tests.since >= LEARN_DAYS and known >= LEARN_ARTICLES and self.old
        return self.budget if judged else None

    # --- Findings ----------------------------------------------------------------------------------------------------

    def _event(
        self, figure: str, section: SectionFigures | None, test: Sequential, event: Event | None, detail: str
    ) -> None:
        if event is None:
            return
        if event != "raised":
            self._end(event, f"{(section.section_id if section else None) or 0}/{figure}")
            return
        latch = test.latch
        assert latch is not None
        self._raise(figure, section, latch.bad, latch.of, latch.usual, self.now - latch.since, detail)

    def _raise(
        self,
        figure: str,
        section: SectionFigures | None,
        seen: float,
        of: float,
        usual: float,
        days: float,
        detail: str = "",
    ) -> None:
        finding = Finding(
            figure,
            section.section_id if section else None,
            section.label if section else "",
            self._severity(figure, section, seen / of - usual if of else 1.0),
            dt.datetime.fromtimestamp((self.now - days) * 86400, dt.UTC),
            seen,
            of,
            usual,
            detail,
        )
        self.state.open[key_of(finding)] = finding
        self.changes.append(Change("raised", finding))

    def _severity(self, figure: str, section: SectionFigures | None, worse: float) -> VerdictName:
        weighty = section is None or self._weight(section) >= WEIGHTY
        vital = figure in VITAL or figure.startswith("reject")
        return "broken" if vital and weighty and worse >= SPOILT else "watch"

    def _weight(self, section: SectionFigures) -> float:
        """The section's share of the portal's news."""
        known = self.state.sections.get(section.section_id or 0)
        return 1 - known.share.usual() if known and known.share.known else 0.0

    def _end(self, how: Event, key: str) -> None:
        finding = self.state.open.pop(key, None)
        if finding is not None and how != "raised":
            self.changes.append(Change(how, finding))


def _shares(tests: ArticleTests, articles: Articles) -> Iterable[tuple[str, float, float]]:
    """Figure, bad ones, of how many; for every reason of rejects that was ever met."""
    for name in FIELDS:
        yield f"missing_{name}", articles.missing.get(name, 0), articles.count
    yield "misfit", articles.misfits, articles.judged
    reasons = {name for name in tests.rates if name.startswith("reject_")}
    for name in reasons | {f"reject_{reason}" for reason in articles.rejects}:
        yield name, articles.rejects.get(name.removeprefix("reject_"), 0), articles.pages
