"""How often a portal brings news, by hour and kind of day, and how long its silences are."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["FESTIVAL", "FESTIVAL_DAYS", "Rhythm"]

#: Twenty-four hours of workdays, then of weekends.
CELLS = 48
#: What a festival leaves of a portal's news, and how many days it may last: 春节 and 国庆 have seven or eight.
FESTIVAL, FESTIVAL_DAYS = 0.1, 9.0
#: Hours of observation and news below which nothing is said of a portal's rhythm: two weeks, and something to count.
LEAST_HOURS, LEAST_NEWS = 14 * 24.0, 30.0
#: Days after which what was learned counts half.
HALF_LIFE = 60.0
#: Hours of the average that an hour's own rate is mixed with.
SHRINK = 4.0
#: Longest silence that was seen, times this: no alarm before, whatever the arithmetic says.
LONGER = 1.25


@dataclass(slots=True)
class Rhythm:
    """State: news and hours by cell; expected news since the last; the longest silence in days, slowly forgotten.

    burst: mean squared residual by expectation of a run, the size of the bursts in which news come.
    """

    news: list[float] = field(default_factory=lambda: [0.0] * CELLS)
    hours: list[float] = field(default_factory=lambda: [0.0] * CELLS)
    awaited: float = 0.0
    silent: float = 0.0
    longest: float = 0.0
    squares: float = 2.0
    expected: float = 1.0
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
        """News that come together, at least 1."""
        return max(1.0, self.squares / self.expected)

    def _rate(self, cell: int) -> float:
        """Expected news an hour."""
        hours = sum(self.hours)
        mean = sum(self.news) / hours if hours else 0.0
        return (self.news[cell] + SHRINK * mean) / (self.hours[cell] + SHRINK)

    def observe(self, news: int, cell: int, elapsed: float, when: float, threshold: float) -> bool:
        """Take in a run: news since the last one, `elapsed` days ago; True when the silence becomes an alarm.

        A festival week looks like the beginning of the end: up to FESTIVAL_DAYS a silence must be improbable even at a
        tenth of the usual rate.
        """
        expected = self._rate(cell) * elapsed * 24
        if news:
            self.longest = max(self.longest, self.silent)
            self.silent = self.awaited = 0.0
            self.alarmed = False
        else:
            self.silent += elapsed
            self.awaited += expected
            if self.alarmed or self._is_alarm(threshold):
                raised, self.alarmed = not self.alarmed, True
                return raised
        if self.known:
            self.squares += min((news - expected) ** 2, 25 * max(expected, 1.0))
            self.expected += expected
        self._fade(when)
        self.news[cell] += news
        self.hours[cell] += elapsed * 24
        return False

    def _is_alarm(self, threshold: float) -> bool:
        if not self.known or self.silent < self.longest * LONGER:
            return False
        share = FESTIVAL if self.silent < FESTIVAL_DAYS else 1.0
        return self.awaited * share / self.burst >= threshold

    def forget_silence(self) -> None:
        """Nobody looked for a while: what was awaited then came or did not, and will not be known."""
        self.silent = self.awaited = 0.0
        self.alarmed = False

    def _fade(self, when: float) -> None:
        if self.faded_at is None:
            self.faded_at = when
        if when - self.faded_at < 1:
            return
        factor = 0.5 ** ((when - self.faded_at) / HALF_LIFE)
        self.news = [count * factor for count in self.news]
        self.hours = [count * factor for count in self.hours]
        self.squares, self.expected = self.squares * factor, self.expected * factor
        self.longest *= 0.5 ** ((when - self.faded_at) / (4 * HALF_LIFE))
        self.faded_at = when
