"""Judges a portal run by run: figures go in, what begins and what ends comes out.  State is all that it remembers."""

from __future__ import annotations

import math
from collections.abc import Iterator

from crawler.corpus.health.findings import Findings
from crawler.corpus.health.model import (
    FIELDS,
    Articles,
    Change,
    RunFigures,
    SectionFigures,
)
from crawler.corpus.health.rank import Rank, Ranked
from crawler.corpus.health.rate import Rate
from crawler.corpus.health.rhythm import FESTIVAL_DAYS
from crawler.corpus.health.sequential import Event
from crawler.corpus.health.state import ArticleTests, PortalState, SectionState
from crawler.items import CST

__all__ = ["LEARN_DAYS", "Watch", "step"]

#: False alarms a year that all tests of a portal share: half of what was promised, since the bound is not exact.
BUDGET = 0.5
#: Tests over articles that a section has, roughly: four fields, template, lengths, confidence, some reasons of rejects.
ARTICLE_TESTS = 10
#: What the tests over runs are let off, so that two bad runs in a row are an alarm where one in three hundred is bad.
TWO_RUNS = 0.5
#: What the tests over articles are let off: a CUSUM jumps over its threshold, mostly by more than this, and Lorden's
#: bound does not count it (Siegmund 1985, §2.6); the simulation of benchmarks/health.py confirms it.
OVERSHOOT = 3.0
#: Share of the good articles that a short spell must have spoilt: a special column spoils a quarter of one section's.
SECTION_WORSE, PORTAL_WORSE = 0.36, 0.25
#: A section whose weekends bring less than this part of its share on workdays rests at festivals too.
RESTS = 0.4
#: Days and observations before a figure is judged: two weekends, and a share to speak of.
LEARN_DAYS, LEARN_ARTICLES, LEARN_RUNS = 14.0, 40.0, 24
#: Articles of one run that count at most while learning: the backlog of a first run is of many years.
BACKLOG = 60
#: A pause between runs, in usual intervals and in days, after which news that came meanwhile prove nothing.
PAUSE_INTERVALS, PAUSE_DAYS = 6.0, 2.0
#: A list page with less than this share of its usual links has lost some.
THIN = 0.5
#: Share of the sections whose lists are bad at once that concerns the portal as a whole.
MOST_LISTS = 0.5
#: Steps of the slow median of links a page.
MEDIAN_STEP = 0.02
#: News of a section before its share is judged.
SHARE_NEWS = 30.0

_BAD_LIST = frozenset({"failed", "empty"})
_UNREAD = frozenset({"stopped", "limit", None})


def step(state: PortalState, run: RunFigures) -> list[Change]:
    """Take in one run; what it raises or ends.  Runs narrowed by arguments change nothing."""
    if run.narrowed:
        return []
    return Watch(state, run).judge()


class Watch(Findings):
    """One run in the light of what is known."""

    def __init__(self, state: PortalState, run: RunFigures) -> None:
        super().__init__(state, run)
        local = run.started_at.astimezone(CST)
        self.weekend = int(local.weekday() >= 5)
        self.cell = local.hour + 24 * self.weekend
        self.part = local.hour // 3 + 8 * self.weekend
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
        self._budgets()
        refused = run.outcome == "blocked"
        self._event("blocked", None, state.blocked, self._runs(state.blocked, refused), "")
        whole = run.outcome == "finished" or (run.outcome or "").startswith("closespider")
        if whole:
            self._lists()
            self._yields()
        self._articles()
        for figure in self.over:
            self._left_over(figure)
        self._remember(whole)
        return self.changes

    def _budgets(self) -> None:
        """Thresholds of log-likelihood ratios: so many tests, so often a year, so few false alarms."""
        state = self.state
        runs = 365.25 / max(state.interval or 1.0, 1 / 48)
        with_news = min(runs, 365.25 * state.rhythm.a_day) if state.rhythm.known else runs
        sections = len(state.sections)
        self.runs_budget = _log(runs * (2 + sections) / BUDGET) - TWO_RUNS
        self.yield_budget = _log(with_news * (1 + sections) / BUDGET)
        self.silence_budget = _log(with_news / BUDGET)
        self.article_budget = _log(with_news * ARTICLE_TESTS * (1 + sections) / BUDGET) - OVERSHOOT

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
        found = [(self._known(section), section) for section in self._walked()]
        judged = [(known, section, *self._list_is_bad(known, section)) for known, section in found]
        lost = sum(bad for _, _, bad, _ in judged)
        if len(judged) > 1:
            event = self._runs(state.lists, lost > len(judged) * MOST_LISTS)
            self._event("lists", None, state.lists, event, f"{lost} of {len(judged)} sections")
        for known, section, bad, detail in judged:
            self._event("list", section, known.lists, self._runs(known.lists, bad), detail)
            known.runs += 1
            known.last_fresh = self.now if section.fresh else known.last_fresh

    def _known(self, section: SectionFigures) -> SectionState:
        """What is remembered of a section, with its present name."""
        number = section.section_id or 0
        known = self.state.sections.get(number)
        if known is None:
            known = self.state.sections[number] = SectionState(first=self.now)
        known.label, known.route = section.label, section.route
        return known

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
            return True, "is no longer linked by the portal"
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
        threshold = self.runs_budget if rate.known >= LEARN_RUNS and self.old else None
        return rate.observe([(0, float(bad), 1.0)], self.now, threshold)

    # --- Yield -------------------------------------------------------------------------------------------------------

    def _yields(self) -> None:
        state = self.state
        elapsed, state.counted = self.now - (state.counted or self.now), state.counted or self.now
        usable = list(self._countable())
        if self.paused or elapsed <= 0 or elapsed > PAUSE_DAYS:
            self._forget_silence()
            state.counted = self.now
            return
        if len(usable) * 2 < len(state.sections):
            return
        state.counted = self.now
        total = sum(s.fresh for s in usable)
        expected = state.rhythm.expect(self.cell, elapsed)
        if state.rhythm.observe(total, self.cell, elapsed, self.now, self.silence_budget):
            self._raise("silence", None, state.rhythm.awaited, state.rhythm.awaited, 0.0, state.rhythm.silent)
        elif total and "0/silence" in state.open:
            self._end("cleared", "0/silence")
        for section in usable:
            self._silence(section, total, expected, elapsed)
            if total:
                self._share(section, total)

    def _forget_silence(self) -> None:
        """Nobody looked for a while."""
        self.state.rhythm.forget_silence()
        for known in self.state.sections.values():
            known.rhythm.forget_silence()
            known.others = [0.0, 0.0]

    def _silence(self, section: SectionFigures, total: int, expected: float, elapsed: float) -> None:
        """A section's own silence, in the light of what the others bring: they know of festivals."""
        known = self.state.sections[section.section_id or 0]
        rhythm, others, key = known.rhythm, known.others, f"{section.section_id}/silence"
        others[0] += total - section.fresh
        others[1] += max(expected - rhythm.expect(self.cell, elapsed), 0.0)
        level = 0.0 if _rests(known.share) else _at_least(others[0], others[1], self.state.rhythm.burst)
        if rhythm.observe(section.fresh, self.cell, elapsed, self.now, self.yield_budget, level):
            if "0/silence" not in self.state.open and f"{section.section_id}/yield" not in self.state.open:
                self._raise("silence", section, rhythm.awaited, rhythm.awaited, 0.0, rhythm.silent)
        elif section.fresh:
            known.others = [0.0, 0.0]
            self._end("cleared", key)

    def _countable(self) -> Iterator[SectionFigures]:
        """Sections whose news of this run are those since the last: not new, not unreadable."""
        for section in self.run.sections:
            known = self.state.sections.get(section.section_id or 0)
            if known and known.runs > 1 and section.ended_by not in _UNREAD | _BAD_LIST and known.lists.latch is None:
                yield section

    def _share(self, section: SectionFigures, total: int) -> None:
        known = self.state.sections[section.section_id or 0]
        rate = known.share
        news = rate.total[1] - rate.total[0]
        judged = self.now - known.first >= LEARN_DAYS and news >= SHARE_NEWS and self.old
        threshold = self.yield_budget if judged else None
        if judged and _rests(rate) and self.now - known.last_fresh < FESTIVAL_DAYS:
            threshold = math.inf
        event = rate.observe([(self.part, total - section.fresh, total)], self.now, threshold)
        self._event("yield", section, rate, event, "")

    # --- Articles ----------------------------------------------------------------------------------------------------

    def _articles(self) -> None:
        parts = [section for section in self.run.sections if section.articles.pages]
        if not parts:
            return
        # The portal first: by the section's ranks as they were before this run.
        self._tests(self.state.articles, parts, None)
        for section in parts:
            known = self.state.sections.get(section.section_id or 0)
            if known is not None:
                self._tests(known.articles, [section], section)

    def _tests(self, tests: ArticleTests, parts: list[SectionFigures], section: SectionFigures | None) -> None:
        if tests.since is None:
            tests.since = self.now
        articles = Articles()
        for part in parts:
            articles.add(part.articles)
        for name in _figures(tests, articles):
            rate = tests.rates.get(name)
            if rate is None:
                rate = tests.rates[name] = Rate(least_worse=SECTION_WORSE if section else PORTAL_WORSE)
                if name.startswith("reject"):
                    rate.total[1] = float(tests.pages)
            threshold = self._article_threshold(tests, rate.known)
            cap = 1.0 if threshold is not None else min(1.0, BACKLOG / articles.pages)
            shares = [
                ((part.section_id or 0) * 2 + self.weekend, bad * cap, of * cap)
                for part in parts
                for bad, of in (_share(name, part.articles),)
                if of
            ]
            self._event(name, section, rate, rate.observe(shares, self.now, threshold), "")
        for name, kind in (("short", "lengths"), ("long", "lengths"), ("confidence", "confidences")):
            rank: Rank = getattr(tests, name)
            threshold = self._article_threshold(tests, rank.known)
            ranked = [] if section else self._ranked(name, kind, parts, rank)
            event = rank.observe(getattr(articles, kind), self.now, threshold, ranked)
            self._event(name, section, rank, event, "")
        tests.pages += articles.pages

    def _ranked(self, name: str, kind: str, parts: list[SectionFigures], whole: Rank) -> list[Ranked]:
        """Articles with their ranks in their own section, or among all where that knows too few."""
        found = []
        for part in parts:
            known = self.state.sections.get(part.section_id or 0)
            own: Rank | None = getattr(known.articles, name) if known else None
            ranks = own.ranks if own is not None and own.known >= LEARN_ARTICLES else whole.ranks
            found.append((getattr(part.articles, kind), ranks))
        return found

    def _article_threshold(self, tests: ArticleTests, known: float) -> float | None:
        assert tests.since is not None
        judged = self.now - tests.since >= LEARN_DAYS and known >= LEARN_ARTICLES and self.old
        return self.article_budget if judged else None


def _log(number: float) -> float:
    return math.log(max(number, 100.0))


def _rests(rate: Rate) -> bool:
    """True for a section that is quiet at weekends, even more than the portal is."""
    parts = ([own for part, own in rate.strata.items() if part // 8 == kind] for kind in (0, 1))
    workdays, weekends = (1 - (sum(b for b, _ in some) + 1) / (sum(of for _, of in some) + 1) for some in parts)
    return weekends < workdays * RESTS


def _at_least(seen: float, expected: float, burst: float) -> float:
    """A level that seen of expected news speak for: a standard error below what it looks like, at most 1."""
    if expected <= 0:
        return 0.0
    return min(1.0, max(0.0, seen - math.sqrt(seen * burst)) / expected)


def _figures(tests: ArticleTests, articles: Articles) -> list[str]:
    """Names of the shares that are watched; every reason of rejects from when it was first met."""
    reasons = {name for name in tests.rates if name.startswith("reject_")}
    reasons |= {f"reject_{reason}" for reason in articles.rejects}
    return [*(f"missing_{name}" for name in FIELDS), "misfit", *sorted(reasons)]


def _share(name: str, articles: Articles) -> tuple[float, float]:
    """Bad ones, of how many."""
    if name == "misfit":
        return articles.misfits, articles.judged
    kind, _, what = name.partition("_")
    if kind == "missing":
        return articles.missing.get(what, 0), articles.count
    return articles.rejects.get(what, 0), articles.pages
