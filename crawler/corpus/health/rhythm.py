"""How often a portal brings news, by hour and kind of day, and how long its silences are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

__all__ = ["FESTIVAL", "FESTIVAL_DAYS", "Rhythm"]

#: Twenty-four hours of workdays, then of weekends.
CELLS = 48
#: What a festival leaves of a portal's news, and how many days it may last: 春节 and 国庆 have seven or eight.
FESTIVAL, FESTIVAL_DAYS = 0.1, 11.0
#: Hours of observation and news below which nothing is said of a portal's rhythm: two weeks, and something to count.
LEAST_HOURS, LEAST_NEWS = 14 * 24.0, 30.0
#: Days after which what was learned counts half.
HALF_LIFE = 60.0
#: Hours of the average that an hour's own rate is mixed with.
SHRINK = 0.5
#: Expected news that are compared with what came, so that chance alone does not make a low day.
LEAST_DAY = 30.0
#: Classes of expected news of a run, by their upper bounds.
EXPECTED = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
#: Burst that is assumed before it is known.
DEFAULT_BURST = 3.0
#: Days after which the lowest day so far says something of festivals: there is one every other month.
FESTIVAL_SEEN = 120.0
#: The next festival may be quieter than the quietest day so far, by so much.
LOWER = 0.75
#: Longest silence that was seen, times this: no alarm before, whatever the arithmetic says.
LONGER = 1.25


@dataclass(slots=True)
class Rhythm:
    """What is known of a portal's news, and of its present silence.

    news, hours: by cell (hour of the day, workday or weekend).  held: hours since the last news by cell, not learned
    before it is known that they were no break.  awaited, beyond: news expected since the last, and those of them after
    FESTIVAL_DAYS; silent, longest: days, the longest slowly forgotten.  runs, without: runs by the news that were
    expected (EXPECTED), and those that brought none.  lowest: news of the lowest day, as a part of what was expected.
    """

    news: list[float] = field(default_factory=lambda: [0.0] * CELLS)
    hours: list[float] = field(default_factory=lambda: [0.0] * CELLS)
    held: dict[int, float] = field(default_factory=dict)
    awaited: float = 0.0
    beyond: float = 0.0
    silent: float = 0.0
    longest: float = 0.0
    runs: list[float] = field(default_factory=lambda: [0.0] * len(EXPECTED))
    without: list[float] = field(default_factory=lambda: [0.0] * len(EXPECTED))
    lowest: float = 0.0
    day_news: float = 0.0
    day_expected: float = 0.0
    day_began: float | None = None
    faded_at: float | None = None
    alarmed: bool = False

    @property
    def known(self) -> bool:
        """True when there is enough history to judge by."""
        return sum(self.hours) >= LEAST_HOURS and sum(self.news) >= LEAST_NEWS

    @property
    def a_day(self) -> float:
        """News a day, on average."""
        hours = sum(self.hours)
        return 24 * sum(self.news) / hours if hours else 0.0

    @property
    def burst(self) -> float:
        """News that come together, at least 1: by how much more runs are without any than single news would leave.

        Bursts that come by themselves leave a run without news with probability exp(-expected / burst).
        """
        seen = [(e, n, z) for e, n, z in zip(EXPECTED, self.runs, self.without, strict=True) if n >= 20]
        awaited = sum(e * n for e, n, _ in seen)
        met = sum(-math.log((z + 0.5) / (n + 1)) * n for _, n, z in seen)
        return max(1.0, awaited / met) if met > 0 else DEFAULT_BURST

    def _rate(self, cell: int) -> float:
        """Expected news an hour."""
        hours = sum(self.hours)
        mean = sum(self.news) / hours if hours else 0.0
        return (self.news[cell] + SHRINK * mean) / (self.hours[cell] + SHRINK)

    def expect(self, cell: int, elapsed: float) -> float:
        """News that are expected of so many days, at that hour and kind of day."""
        return self._rate(cell) * elapsed * 24

    def observe(
        self, news: int, cell: int, elapsed: float, when: float, threshold: float, level: float | None = None
    ) -> bool:
        """Take in a run: news since the last one, `elapsed` days ago; True when the silence becomes an alarm.

        A festival week looks like the beginning of the end: FESTIVAL_DAYS of a silence count for the part of the news
        that a festival leaves; level: what there is of it, where others tell.
        """
        expected = self.expect(cell, elapsed)
        self.held[cell] = self.held.get(cell, 0.0) + elapsed * 24
        self._count(news, expected)
        if not news:
            self.silent += elapsed
            self.awaited += expected
            self.beyond += expected if self.silent > FESTIVAL_DAYS else 0.0
            if self.alarmed or not self._is_alarm(threshold, level):
                return False
            self.alarmed = True
            return True
        if self.known and not self.alarmed:
            self._compare(news, self.awaited + expected, when)
        self.longest = max(self.longest, self.silent)
        self._fade(when)
        self.news[cell] += news
        if not self.alarmed:
            for place, hours in self.held.items():
                self.hours[place] += hours
        self.forget_silence()
        return False

    def _count(self, news: int, expected: float) -> None:
        """Remember whether a run of that expectation brought any."""
        place = next((n for n, most in enumerate(EXPECTED) if expected <= most), None)
        if self.known and place is not None and self.silent < 1:
            self.runs[place] += 1
            self.without[place] += news == 0

    def _compare(self, news: int, expected: float, when: float) -> None:
        """Remember the lowest day: what a portal's own festivals leave of its news."""
        if self.day_began is None:
            self.day_began, self.lowest = when, 1.0
        self.day_news += news
        self.day_expected += expected
        if when - self.day_began >= 1 and self.day_expected >= LEAST_DAY:
            self.lowest = min(self.lowest, self.day_news / self.day_expected)
            self.day_news = self.day_expected = 0.0
            self.day_began = when

    def _is_alarm(self, threshold: float, level: float | None) -> bool:
        if not self.known or self.silent < self.longest * LONGER:
            return False
        seen = sum(self.hours) >= FESTIVAL_SEEN * 24 / 2
        festival = max(FESTIVAL, self.lowest * LOWER) if seen else FESTIVAL
        festival = festival if level is None else max(FESTIVAL, level)
        # Whatever the silence's length, so many days of it may be a festival.
        return (self.awaited * festival + self.beyond * (1 - festival)) / self.burst >= threshold

    def forget_silence(self) -> None:
        """Nobody looked for a while: what was awaited then came or did not, and will not be known."""
        self.silent = self.awaited = self.beyond = 0.0
        self.alarmed, self.held = False, {}

    def _fade(self, when: float) -> None:
        if self.faded_at is None:
            self.faded_at = when
        if when - self.faded_at < 1:
            return
        factor = 0.5 ** ((when - self.faded_at) / HALF_LIFE)
        self.news = [count * factor for count in self.news]
        self.hours = [count * factor for count in self.hours]
        self.runs = [count * factor for count in self.runs]
        self.without = [count * factor for count in self.without]
        self.longest *= 0.5 ** ((when - self.faded_at) / (4 * HALF_LIFE))
        self.faded_at = when
