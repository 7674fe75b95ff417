"""Simulated portals for benchmarks/health.py: a year of hourly runs each, some with a break.

The simulation knows nothing of the tests that it feeds.

News come in bursts (a doubly stochastic process: day and night, weekends, festivals, a wandering level, several at a
time); articles of a day and of a special column are alike; machines and portals fail now and then.  What is drawn is
what the crawler would write down; what is broken, and from when an observer who knows every rate could tell, is kept
beside it.  Long because a portal, its breaks and what could be told of them are one simulation.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Iterator

from benchmarks.health_observer import Break, Observer, Section
from crawler.corpus.health.model import Articles, RunFigures, SectionFigures, bucket, tenth
from crawler.items import CST

__all__ = ["BEGIN", "KINDS", "Simulation"]

BEGIN = dt.datetime(2025, 3, 1, 0, 23, tzinfo=CST)
DAYS = 365
#: First days of festivals and their lengths, of the official calendar: 清明, 劳动节, 端午, 国庆 with 中秋, 元旦, 春节.
FESTIVALS = (
    (dt.date(2025, 4, 4), 3),
    (dt.date(2025, 5, 1), 5),
    (dt.date(2025, 5, 31), 3),
    (dt.date(2025, 10, 1), 8),
    (dt.date(2026, 1, 1), 3),
    (dt.date(2026, 2, 15), 9),
)
KINDS = (
    "lists empty",
    "lists thin",
    "articles spoilt",
    "half a template",
    "slow decay",
    "blocked",
    "section moved: 404",
    "section moved: empty",
    "section frozen",
    "portal frozen",
    "rejects",
)
#: Days on which a special column begins in some section: about five a year, of one to four days.
SPECIAL = 0.013
FIELDS = ("title", "time", "source", "reporter")
REASONS = ("no_body", "too_short", "not_an_article:list", "no_title")
#: Days over which a decay runs from healthy to lost, at least and at most.
DECAY = (40, 120)


class Simulation:
    """One portal's year.  kind: of its break, None: none.  runs() draws it; observer.settle() then says the truth."""

    def __init__(self, seed: int, kind: str | None) -> None:
        self.random = random.Random(seed * 7919 + 17)
        draw = self.random
        self.kind = kind
        self.a_day = math.exp(draw.uniform(0.0, math.log(300)))
        self.weekend = draw.uniform(0.25, 0.9)
        self.festival = draw.uniform(0.05, 0.5)
        self.burst = draw.uniform(1.0, 3.5)
        self.wander = draw.uniform(0.1, 0.4)
        peak = draw.uniform(8, 11)
        self.hours = [self._of_hour(hour, peak) for hour in range(24)]
        self.sections = [self._section() for _ in range(draw.randint(2, 8))]
        total = sum(section.share for section in self.sections)
        for section in self.sections:
            section.share /= total
        self.outages = self._outages()
        self.absences = self._absences()
        self.break_ = self._break() if kind else None
        self.run_count = DAYS * 24
        self.odd = 0.0
        self.observer = Observer(self.break_)

    # --- What it is like ---------------------------------------------------------------------------------------------

    def _of_hour(self, hour: int, peak: float) -> float:
        noon = math.exp(-((hour - peak) ** 2) / 8) + 0.8 * math.exp(-((hour - peak - 6.5) ** 2) / 10)
        return noon + (0.02 if 1 <= hour <= 6 else 0.12)

    def _section(self) -> Section:
        draw = self.random
        style = draw.choices(("stream", "morning", "workdays"), (0.7, 0.15, 0.15))[0]
        missing = {
            "title": draw.uniform(0, 0.003),
            "time": draw.choice((0.0, 0.002, 0.02)),
            "source": draw.choice((0.01, 0.04, 0.1, 0.3)),
            "reporter": draw.uniform(0.2, 0.8),
        }
        length = (math.log(draw.uniform(300, 1200)), draw.uniform(0.4, 0.9))
        return Section(
            share=draw.gammavariate(1.2, 1) + 0.08,
            style=style,
            page=draw.choice((10, 15, 20, 20, 25, 30, 50)),
            missing=missing,
            length=length,
            confidence=draw.uniform(0.8, 0.97),
            misfit=draw.uniform(0.005, 0.1),
            reject=draw.uniform(0.002, 0.05),
            failing=math.exp(draw.uniform(math.log(3e-4), math.log(8e-3))),
        )

    def _outages(self) -> list[tuple[int, int]]:
        """The portal does not answer: beginning and end, in runs; mostly one run, sometimes some hours."""
        draw = self.random
        found = []
        for _ in range(draw.randint(2, 8)):
            at = draw.randrange(DAYS * 24)
            length = 1
            while draw.random() < 0.35:
                length += 1
            found.append((at, at + length))
        return found

    def _absences(self) -> list[tuple[int, int]]:
        """No runs: a machine that was off, now and then a portal that was paused for a month."""
        draw = self.random
        found = [(at := draw.randrange(DAYS * 24), at + draw.randint(2, 200)) for _ in range(draw.randint(0, 3))]
        if draw.random() < 0.1:
            found.append((at := draw.randrange(100 * 24, 250 * 24), at + 30 * 24))
        return found

    def _break(self) -> Break:
        draw = self.random
        assert self.kind
        begins = draw.randrange(60 * 24, 290 * 24)
        ends = begins + draw.choice((10, 25, 60)) * 24
        broken = Break(self.kind, begins, ends)
        weights = [section.share for section in self.sections]
        if self.kind.startswith("section"):
            broken.section = draw.choices(range(len(weights)), weights)[0]
        if self.kind == "lists thin":
            broken.shrink = draw.uniform(0.15, 0.45)
        elif self.kind == "articles spoilt":
            broken.lost = {"misfit": 0.95, "source": draw.uniform(0.7, 1), "time": draw.choice((0.0, 0.9))}
            broken.lost["length"] = draw.choice((0.1, 0.3, 3.0))
        elif self.kind == "half a template":
            what = draw.choice(("source", "time", "length", "misfit", "title"))
            broken.lost = {what: 0.3 if what == "length" else draw.uniform(0.4, 0.6)}
            broken.section = draw.choice((None, draw.choices(range(len(weights)), weights)[0]))
            if what == "length":
                broken.lost["part"] = 0.5
        elif self.kind == "slow decay":
            broken.lost = {draw.choice(("source", "time", "misfit")): draw.uniform(0.8, 1.0)}
            broken.ends = broken.begins + draw.randint(*DECAY) * 24
        elif self.kind == "rejects":
            broken.lost = {"reject": draw.uniform(0.4, 0.95)}
        return broken

    # --- The year ----------------------------------------------------------------------------------------------------

    def runs(self) -> Iterator[tuple[int, RunFigures]]:
        """Run number (an hour each) and figures, in order."""
        draw, level, day = self.random, 0.0, -1
        held = [0] * len(self.sections)
        mood: list[dict[str, float]] = [{} for _ in self.sections]
        column: tuple[int, int] = (-1, 0)
        for number in range(self.run_count):
            when = BEGIN + dt.timedelta(hours=number, minutes=draw.uniform(0, 6))
            if when.date().toordinal() != day:
                day = when.date().toordinal()
                level = 0.7 * level + draw.gauss(0, self.wander)
                mood = [self._mood() for _ in self.sections]
                if draw.random() < SPECIAL:
                    column = (draw.randrange(len(self.sections)), day + draw.randint(1, 4))
                    self.odd = draw.uniform(0.1, 0.3)
            rate = self._rate(when, level)
            for index, section in enumerate(self.sections):
                held[index] += self._arrivals(number, index, section, rate, when)
            if self._away(number):
                continue
            special = column[0] if column[1] >= day else -1
            yield number, self._run(number, when, held, mood, special)

    def _mood(self) -> dict[str, float]:
        """Factors on the odds of a day."""
        return {name: math.exp(self.random.gauss(0, 0.3)) for name in (*FIELDS, "misfit", "reject")}

    def _rate(self, when: dt.datetime, level: float) -> float:
        rate = self.a_day * self.hours[when.hour] / sum(self.hours) * math.exp(level - self.wander**2)
        if when.weekday() >= 5:
            rate *= self.weekend
        if _is_festival(when.date()):
            rate *= self.festival
        return rate

    def _arrivals(self, number: int, index: int, section: Section, rate: float, when: dt.datetime) -> int:
        if number == 0:
            return self.random.randint(100, 400)
        festival = _is_festival(when.date())
        if section.style == "workdays" and (when.weekday() >= 5 or festival):
            rate *= 0.05 if not festival else 0.1
        rate *= section.share
        if section.style == "morning":
            rate = rate / self.hours[when.hour] * sum(self.hours) * (0.92 if when.hour == 7 else 0.08 / 23)
        if self._broken(number):
            self.observer.silence(number, index, rate / self.burst, festival)
        count = _poisson(self.random, rate / self.burst)
        if count and self._broken(number) is None:
            self.observer.news(number, index)
        return sum(1 + _geometric(self.random, self.burst) for _ in range(count))

    def _away(self, number: int) -> bool:
        return self.random.random() < 0.01 or any(a <= number < b for a, b in self.absences)

    def _run(
        self, number: int, when: dt.datetime, held: list[int], mood: list[dict[str, float]], special: int
    ) -> RunFigures:
        run = RunFigures(number + 1, when)
        broken = self._broken(number)
        if broken and broken.kind == "blocked" and self.random.random() < 0.97:
            run.outcome, run.refusals = "blocked", 5
            self.observer.note(number)
            return run
        out = any(a <= number < b for a, b in self.outages)
        hiccup = self.random.random() < 0.0008
        for index, section in enumerate(self.sections):
            figures = SectionFigures(index + 1, f"栏目{index + 1}")
            run.sections.append(figures)
            hit = broken if broken and broken.section in (None, index) else None
            if out or hiccup or self.random.random() < section.failing:
                figures.ended_by = "failed"
            else:
                self._read(number, index, figures, held, hit)
                self._articles(number, figures, section, mood[index], hit, special == index)
        return run

    def _broken(self, number: int) -> Break | None:
        found = self.break_
        return found if found and found.begins <= number < found.ends else None

    def _read(self, number: int, index: int, figures: SectionFigures, held: list[int], hit: Break | None) -> None:
        """One section's list in one run."""
        section, draw = self.sections[index], self.random
        kind = hit.kind if hit else ""
        if kind in ("lists empty", "section moved: empty", "section moved: 404"):
            figures.ended_by = "failed" if kind.endswith("404") else "empty"
            self.observer.note(number)
            held[index] = 0
            return
        figures.ended_by, figures.list_pages = "known", 1 + (held[index] > section.page // 2)
        if number == 0:
            figures.list_pages = held[index] // section.page + 1
        links = (
            section.page * figures.list_pages
            - draw.choice((0, 0, 0, 1, 2))
            - (held[index] % 3 if figures.list_pages > 1 else 0)
        )
        figures.fresh = held[index]
        held[index] = 0
        if kind == "lists thin":
            assert hit
            links = int(links * hit.shrink)
            figures.fresh = sum(draw.random() < hit.shrink for _ in range(figures.fresh))
            self.observer.note(number)
        if kind in ("section frozen", "portal frozen"):
            if figures.fresh:
                self.observer.note(number)
            figures.fresh = 0
        figures.links_seen = max(1, links)

    def _articles(
        self,
        number: int,
        figures: SectionFigures,
        section: Section,
        mood: dict[str, float],
        hit: Break | None,
        special: bool,
    ) -> None:
        articles, draw = figures.articles, self.random
        lost = dict(hit.lost) if hit else {}
        part = lost.pop("part", 1.0)
        if hit and hit.kind == "slow decay":
            done = (number - hit.begins) / (hit.ends - hit.begins)
            lost = {name: share * done for name, share in lost.items()}
        for _ in range(figures.fresh):
            if draw.random() < self._chance(section.reject, mood["reject"], lost.get("reject", 0.0)):
                reason = "no_body" if "reject" in lost else draw.choice(REASONS)
                articles.rejects[reason] = articles.rejects.get(reason, 0) + 1
                self.observer.article(number, section, "reject", True, lost, part)
                continue
            self.observer.article(number, section, "reject", False, lost, part)
            self._article(number, articles, section, mood, lost, part, special)

    def _article(
        self,
        number: int,
        articles: Articles,
        section: Section,
        mood: dict[str, float],
        lost: dict[str, float],
        part: float,
        special: bool,
    ) -> None:
        draw = self.random
        articles.count += 1
        # Articles of a special column are made otherwise: no source, short.
        odd = special and draw.random() < self.odd
        for name in FIELDS:
            chance = self._chance(section.missing[name], mood[name], lost.get(name, 0.0))
            gone = draw.random() < (max(chance, 0.8) if odd and name in ("source", "reporter") else chance)
            if gone:
                articles.missing[name] = articles.missing.get(name, 0) + 1
            self.observer.article(number, section, name, gone, lost, part)
        length = draw.gauss(*section.length) - (1.5 if odd or draw.random() < 0.07 else 0)
        if "length" in lost and draw.random() < part:
            length += math.log(lost["length"])
        self.observer.article(number, section, "length", length, lost, part)
        place = bucket(int(math.exp(length)))
        articles.lengths[place] = articles.lengths.get(place, 0) + 1
        sure = 1 - (1 - section.confidence) * draw.expovariate(1.0)
        where = tenth(max(0.0, sure))
        articles.confidences[where] = articles.confidences.get(where, 0) + 1
        articles.judged += 1
        misfit = draw.random() < self._chance(section.misfit, mood["misfit"], lost.get("misfit", 0.0))
        articles.misfits += misfit
        self.observer.article(number, section, "misfit", misfit, lost, part)

    @staticmethod
    def _chance(healthy: float, mood: float, lost: float) -> float:
        odds = healthy / (1 - healthy) * mood
        chance = odds / (1 + odds)
        return chance + (1 - chance) * lost


def _is_festival(day: dt.date) -> bool:
    return any(first <= day < first + dt.timedelta(days=days) for first, days in FESTIVALS)


def _poisson(draw: random.Random, mean: float) -> int:
    if mean <= 0:
        return 0
    if mean > 30:
        return max(0, round(draw.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, draw.random()
    while product > limit:
        count += 1
        product *= draw.random()
    return count


def _geometric(draw: random.Random, mean: float) -> int:
    """Further ones of a burst whose size has that mean."""
    count = 0
    while draw.random() < 1 - 1 / mean:
        count += 1
    return count
