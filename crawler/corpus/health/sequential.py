"""Sequential tests: has a share, or a distribution, left what was usual?  Pure arithmetic over one figure's history.

Both tests are CUSUMs of log-likelihood ratios (Page 1954; Lorden 1971: with a threshold of ln A the mean time between
false alarms is at least A observations) against several alternatives at once, from a slow decay to a total loss.  Three
additions make them fit for news portals:

* **Over-dispersion.**  News of a day are alike.  The ratios are divided by the figure's own dispersion, the mean
  squared standardised residual of whole days (quasi-likelihood; McCullagh & Nelder 1989, §4.5).
* **What is usual is learned only from what is usual.**  Observations wait until the CUSUM is back at zero; what ended
  in an alarm is never learned, so that a slow decay cannot teach the test to put up with it.
* **Alarms latch.**  An alarm is raised once, stays until the ratio speaks for the usual state again, or until the new
  state has lasted so long that it is the usual one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal, Self

__all__ = ["ACCEPTED_AFTER", "Rank", "Rate", "Sequential"]

#: Days after which what was usual counts half, where there is enough of it: portals change with the seasons.
HALF_LIFE = 60.0
#: Observations below which nothing is forgotten: a quiet portal has them from months.
KEPT = 300.0
#: Days after which a changed state is the usual one: whoever wanted to mend it has had a month.
ACCEPTED_AFTER = 30.0
#: Observations that this needs too.
ACCEPTED_WITH = 20.0
#: Dispersion of a figure nothing is known of, and the days that this counts for.
DISPERSION, DISPERSION_DAYS = 1.3, 10.0
#: Largest squared residual that one day adds to the dispersion: a day with a break must not blind the test for a month.
LARGEST_SQUARE = 25.0

Event = Literal["raised", "cleared", "accepted"]


@dataclass(slots=True)
class Latch:
    """An open alarm.  at, since: days; bad, of: counted since then; ratio: collected evidence that it is over."""

    at: float
    since: float
    bad: float
    of: float
    usual: float
    ratio: float = 0.0


@dataclass(slots=True)
class Sequential:
    """What both tests share; a subclass says what an observation's ratios are and how it is learned.

    least: bad observations, and runs that had some, below which there is no alarm.
    """

    least_bad: float = 3.0
    least_runs: int = 2
    clear_at: float = 7.0
    dispersed: bool = True
    scores: list[float] = field(default_factory=list)
    since: float | None = None
    runs: int = 0
    bad: float = 0.0
    of: float = 0.0
    squares: float = DISPERSION * DISPERSION_DAYS
    days: float = DISPERSION_DAYS
    residual: float = 0.0
    variance: float = 0.0
    day: int | None = None
    learned_at: float | None = None
    latch: Latch | None = None

    @property
    def dispersion(self) -> float:
        """How much more whole days differ than independent observations would; at least 1."""
        return max(1.0, self.squares / self.days) if self.dispersed else 1.0

    def _spread(self, residual: float, variance: float, when: float) -> None:
        """Collect a day's residuals; whole days, and as many as it takes for half an expected event."""
        today = int(when)
        if self.day is None:
            self.day = today
        if today != self.day and self.variance >= 0.5:
            fade = 0.5 ** (1 / HALF_LIFE) if self.days > 2 * HALF_LIFE else 1.0
            self.squares = self.squares * fade + min(self.residual**2 / self.variance, LARGEST_SQUARE)
            self.days = self.days * fade + 1
            self.residual = self.variance = 0.0
            self.day = today
        self.residual += residual
        self.variance += variance

    def _score(self, ratios: list[float], bad: float, of: float, when: float) -> None:
        """Move the CUSUMs on."""
        if len(self.scores) != len(ratios):
            self.scores = [0.0] * len(ratios)
        if self.since is None:
            self.since, self.runs, self.bad, self.of = when, 0, 0.0, 0.0
        self.scores = [max(0.0, score + ratio) for score, ratio in zip(self.scores, ratios, strict=True)]
        self.runs += bad > 0
        self.bad += bad
        self.of += of

    def _over(self, threshold: float) -> bool:
        return max(self.scores) >= threshold and self.runs >= self.least_runs and self.bad >= self.least_bad

    def _quiet(self) -> None:
        """Nothing is suspected any more."""
        self.scores = [0.0] * len(self.scores)
        self.since = None

    def _raise(self, usual: float, when: float) -> Event:
        self.latch = Latch(when, self.since if self.since is not None else when, self.bad, self.of, usual)
        self._quiet()
        self.residual = self.variance = 0.0
        return "raised"

    def _fade(self, when: float, total: float) -> float:
        """Factor by which what was learned has lost weight since it was last added to."""
        before, self.learned_at = self.learned_at, when
        if before is None or when <= before or total <= KEPT:
            return 1.0
        return float(0.5 ** ((when - before) / HALF_LIFE))

    def dump(self) -> dict[str, Any]:
        """For storage; load() is the inverse."""
        values = {name: getattr(self, name) for name in _fields(self)}
        latch = self.latch
        values["latch"] = None if latch is None else [getattr(latch, name) for name in _fields(latch)]
        return values

    @classmethod
    def load(cls, values: dict[str, Any]) -> Self:
        """From what dump() gave."""
        latch = values["latch"]
        return cls(**(values | {"latch": None if latch is None else Latch(*latch)}))


def _fields(value: Any) -> list[str]:
    return [*value.__dataclass_fields__]


@dataclass(slots=True)
class Rate(Sequential):
    """A share of bad ones.  kind: articles, runs, or share (bad are the news that other sections had).

    strata: classes (workday and weekend, or time of day) with a usual share of their own.
    """

    kind: Literal["articles", "runs", "share"] = "articles"
    strata: int = 2
    prior: float = 0.05
    weight: float = 2.0
    floor: float = 0.005
    usual_bad: list[float] = field(default_factory=list)
    usual_of: list[float] = field(default_factory=list)
    waiting_bad: list[float] = field(default_factory=list)
    waiting_of: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("usual_bad", "usual_of", "waiting_bad", "waiting_of"):
            if not getattr(self, name):
                setattr(self, name, [0.0] * self.strata)

    @property
    def known(self) -> float:
        """Observations that the usual share rests on."""
        return sum(self.usual_of)

    def usual(self, stratum: int | None = None) -> float:
        """The usual share of bad ones, 0 to 1; None: over all strata."""
        share = (sum(self.usual_bad) + self.prior * self.weight) / (sum(self.usual_of) + self.weight)
        if stratum is not None and self.strata > 1:
            share = (self.usual_bad[stratum] + SHRINK * share) / (self.usual_of[stratum] + SHRINK)
        return min(max(share, self.floor), 1 - self.floor)

    def observe(self, bad: float, of: float, stratum: int, when: float, threshold: float | None) -> Event | None:
        """Take in one run; threshold None: only learn.  when: days, ascending."""
        if of <= 0:
            return None
        if threshold is not None and bad == 0 and self.latch is None and self.since is None and self.kind == "runs":
            self.usual_of[stratum] += of  # by far the most frequent case
            return None
        if self.latch is not None:
            return self._while_latched(bad, of, when)
        usual = self.usual(stratum)
        if threshold is not None:
            dispersion = self.dispersion
            self._score(_ratios(self.kind, usual, bad, of, dispersion), bad, of, when)
            if self._over(threshold):
                self.waiting_bad, self.waiting_of = [0.0] * self.strata, [0.0] * self.strata
                return self._raise(usual, when)
        if self.dispersed:
            self._spread(bad - of * usual, of * usual * (1 - usual), when)
        self.waiting_bad[stratum] += bad
        self.waiting_of[stratum] += of
        if threshold is None or not any(self.scores):
            self._learn(when)
        return None

    def _learn(self, when: float) -> None:
        fade = self._fade(when, sum(self.usual_of))
        for stratum in range(self.strata):
            self.usual_bad[stratum] = self.usual_bad[stratum] * fade + self.waiting_bad[stratum]
            self.usual_of[stratum] = self.usual_of[stratum] * fade + self.waiting_of[stratum]
            self.waiting_bad[stratum] = self.waiting_of[stratum] = 0.0
        self.since = None

    def _while_latched(self, bad: float, of: float, when: float) -> Event | None:
        latch = self.latch
        assert latch is not None
        now = min(max(latch.bad / latch.of, latch.usual + (1 - latch.usual) / 4), 0.95 if self.kind != "share" else 1)
        now = min(now, 1 - (1 - latch.usual) * 0.02) if self.kind == "share" else now
        ratio = _ratio(now, latch.usual, bad, of) / self.dispersion
        latch.ratio = max(0.0, latch.ratio + ratio)
        latch.bad += bad
        latch.of += of
        if latch.ratio >= self.clear_at:
            self.latch = None
            return "cleared"
        if when - latch.at >= ACCEPTED_AFTER and latch.of >= ACCEPTED_WITH:
            share = latch.bad / latch.of
            self.usual_of = [min(latch.of, KEPT) / self.strata] * self.strata
            self.usual_bad = [share * count for count in self.usual_of]
            self.latch, self.learned_at = None, when
            return "accepted"
        return None


#: Observations of the whole that a stratum's own share is mixed with.
SHRINK = 20.0
#: Odds of a bad one that a slow decay multiplies before it is worth an alarm.
DECAY_ODDS = 3.0


def _ratios(kind: str, usual: float, bad: float, of: float, dispersion: float) -> list[float]:
    """Log-likelihood ratios of the alternatives to the usual share."""
    if kind == "share":
        alternatives = (1 - (1 - usual) * 0.02, 1 - (1 - usual) * 0.3)
    elif kind == "runs":
        alternatives = (max(0.9, (1 + usual) / 2), max(0.4, usual * 1.5 if usual < 0.5 else (1 + usual) / 2))
    else:
        odds = DECAY_ODDS * usual / (1 - usual)
        alternatives = (odds / (1 + odds), max(0.5, (1 + usual) / 2), max(0.95, (3 + usual) / 4))  # type: ignore[assignment]
    return [_ratio(usual, other, bad, of) / dispersion for other in alternatives]


def _ratio(usual: float, other: float, bad: float, of: float) -> float:
    return bad * math.log(other / usual) + (of - bad) * math.log((1 - other) / (1 - usual))


#: How sharply the alternatives of Rank crowd at one end: a shift by a third, by most, beyond all that was seen.
TILTS = (4.0, 12.0, 40.0)


@dataclass(slots=True)
class Rank(Sequential):
    """A distribution over ordered classes: has it moved down (or up)?  Works on ranks, whatever its shape.

    An observation's rank among the usual ones is even between 0 and 1; the alternatives are exponentials over it.
    """

    up: bool = False
    usual: list[float] = field(default_factory=list)
    waiting: dict[int, float] = field(default_factory=dict)
    ranks: list[float] = field(default_factory=list)

    @property
    def known(self) -> float:
        """Observations that the usual distribution rests on."""
        return sum(self.usual)

    def observe(self, counts: dict[int, int], when: float, threshold: float | None) -> Event | None:
        """Take in one run: class → observations; threshold None: only learn."""
        of = sum(counts.values())
        if of <= 0:
            return None
        ranks = self.ranks
        bad = float(sum(count for place, count in counts.items() if ranks and ranks[place] < BAD_RANK))
        if self.latch is not None:
            return self._while_latched(counts, bad, of, when)
        if ranks:
            if threshold is not None:
                self._score([_tilted(tilt, ranks, counts) / self.dispersion for tilt in TILTS], bad, of, when)
                if self._over(threshold):
                    self.waiting = {}
                    return self._raise(BAD_RANK, when)
            residual = sum(count * (ranks[place] - 0.5) for place, count in counts.items())
            self._spread(residual, of / 12, when)
        for place, count in counts.items():
            self.waiting[place] = self.waiting.get(place, 0.0) + count
        if threshold is None or not any(self.scores):
            self._learn(when)
        return None

    def _learn(self, when: float) -> None:
        if not self.usual:
            self.usual = [0.0] * CLASSES
        fade = self._fade(when, sum(self.usual))
        if fade < 1:
            self.usual = [count * fade for count in self.usual]
        for place, count in self.waiting.items():
            self.usual[place] += count
        self.waiting, self.since = {}, None
        self._rank()

    def _rank(self) -> None:
        total, below, ranks = sum(self.usual) + 1, 0.5, []
        for count in self.usual:
            ranks.append((below + count / 2) / total)
            below += count
        self.ranks = [1 - rank for rank in ranks] if self.up else ranks

    def _while_latched(self, counts: dict[int, int], bad: float, of: float, when: float) -> Event | None:
        latch = self.latch
        assert latch is not None
        ratio = -_tilted(TILTS[0], self.ranks, counts) / self.dispersion
        latch.ratio = max(0.0, latch.ratio + ratio)
        latch.bad += bad
        latch.of += of
        for place, count in counts.items():
            self.waiting[place] = self.waiting.get(place, 0.0) + count
        if latch.ratio >= self.clear_at:
            self.latch, self.waiting = None, {}
            return "cleared"
        if when - latch.at >= ACCEPTED_AFTER and latch.of >= ACCEPTED_WITH:
            self.usual, self.latch = [0.0] * CLASSES, None
            self._learn(when)
            return "accepted"
        return None


#: Classes that a Rank can tell apart: as many as body lengths have.
CLASSES = 60
#: Rank below which an observation counts as bad in words: the lowest tenth of what was usual.
BAD_RANK = 0.1


def _tilted(tilt: float, ranks: list[float], counts: dict[int, int]) -> float:
    """Log-likelihood ratio of ranks that crowd at 0."""
    base = math.log(tilt / (1 - math.exp(-tilt)))
    return sum(count * (base - tilt * ranks[place]) for place, count in counts.items())
