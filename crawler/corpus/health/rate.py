"""A share of bad ones, by strata: articles without a source, runs without a list, news of other sections."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from crawler.corpus.health.sequential import ACCEPTED_AFTER, ACCEPTED_WITH, NOTHING_LEFT, Event, Latch, Sequential

__all__ = ["Part", "Rate"]

#: Observations of the whole that a stratum's own share is mixed with.
SHRINK = 20.0
#: Odds of a bad one that a slow decay multiplies before it is worth an alarm.
DECAY_ODDS = 3.0
#: Alternatives for losses: most are bad, all are.  0.7 is the one under which a quarter of bad ones, as special columns
#: have them, speaks for neither side, while a half is recognised nearly as fast as by its own ratio.
MOST, ALL = 0.7, 0.95
#: What a section keeps of its share when it dwindles, and when it is silent.
DWINDLED, SILENT = 0.3, 0.02

#: One stratum's observations of a run: stratum, bad ones, of how many.
Part = tuple[int, float, float]


@dataclass(slots=True)
class Rate(Sequential):
    """A share of bad ones.  kind: articles, runs, or share (bad are the news that other sections had).

    usual: stratum (a section's workdays or weekends, or time of day) → [bad ones, of how many], what the usual share
    of each is computed from.  prior: share that is assumed before anything is known, worth `weight` observations.
    floor: usual shares below it are not believed.
    """

    kind: Literal["articles", "runs", "share"] = "articles"
    prior: float = 0.05
    weight: float = 2.0
    floor: float = 0.005
    total: list[float] = field(default_factory=lambda: [0.0, 0.0])
    strata: dict[int, list[float]] = field(default_factory=dict)
    waiting: dict[int, list[float]] = field(default_factory=dict)

    @property
    def known(self) -> float:
        """Observations that the usual share rests on."""
        return self.total[1]

    def usual(self, stratum: int | None = None) -> float:
        """The usual share of bad ones, 0 to 1; None: over all strata."""
        share = (self.total[0] + self.prior * self.weight) / (self.total[1] + self.weight)
        own = self.strata.get(stratum) if stratum is not None else None
        if own is not None:
            share = (own[0] + SHRINK * share) / (own[1] + SHRINK)
        # What few observations say may be too low by so much.
        if self.dispersed:
            share += math.sqrt(self.dispersion * share * (1 - share) / (self.total[1] + self.weight))
        return min(max(share, self.floor), 1 - self.floor)

    def dismiss(self) -> None:
        """An alarm is over for reasons that the test does not know; what it saw meanwhile is not learned."""
        self.latch, self.scores, self.waiting = None, [], {}

    def observe(self, parts: Sequence[Part], when: float, threshold: float | None) -> Event | None:
        """Take in one run; threshold None: only learn.  when: days, ascending."""
        bad, of = sum(part[1] for part in parts), sum(part[2] for part in parts)
        if of <= 0:
            return None
        if not bad and self.kind == "runs" and self.latch is None and threshold is not None and self.quiet:
            self._good(of, when)
            return None
        if self.latch is not None:
            return self._while_latched(bad, of, when)
        shares = [self.usual(part[0]) for part in parts]
        usual = variance = 0.0
        for share, part in zip(shares, parts, strict=True):
            usual += share * part[2]
            variance += share * (1 - share) * part[2]
        hopeless = usual > NOTHING_LEFT * of and self.kind != "share"
        if threshold is not None and not hopeless and (bad or not self.quiet):
            self._score(self._ratios(parts, shares), bad, usual, of, when)
            won = self._over(threshold, when)
            if won is not None:
                self.waiting = {}
                return self._raise(won, when)
        if self.dispersed:
            self._spread(bad - usual, variance, when)
        for stratum, some_bad, some in parts:
            waits = self.waiting.setdefault(stratum, [0.0, 0.0])
            waits[0] += some_bad
            waits[1] += some
        if threshold is None or self.quiet:
            self._learn(when)
        return None

    def _good(self, of: float, when: float) -> None:
        """One more good run: by far the most frequent case, kept cheap; what is known fades once a day."""
        waits = self.waiting.setdefault(0, [0.0, 0.0])
        waits[1] += of
        if self.learned_at is None or not 0 <= when - self.learned_at < 1:
            self._learn(when)

    def _ratios(self, parts: Sequence[Part], shares: Sequence[float]) -> list[float]:
        """Log-likelihood ratios of the alternatives to the usual shares."""
        sums: list[float] = []
        for (_, bad, of), usual in zip(parts, shares, strict=True):
            others = _alternatives(self.kind, usual)
            sums = sums or [0.0] * len(others)
            for number, other in enumerate(others):
                sums[number] += _ratio(usual, other, bad, of)
        dispersion = self.dispersion
        return [ratio / dispersion for ratio in sums]

    def _learn(self, when: float) -> None:
        fade = self._fade(when, self.total[1])
        if fade < 1:
            for values in (self.total, *self.strata.values()):
                values[:] = [value * fade for value in values]
        for stratum, (bad, of) in self.waiting.items():
            own = self.strata.setdefault(stratum, [0.0, 0.0])
            for values in (own, self.total):
                values[0] += bad
                values[1] += of
        self.waiting = {}
        self._settle()

    def _while_latched(self, bad: float, of: float, when: float) -> Event | None:
        latch = self.latch
        assert latch is not None
        latch.ratio = max(0.0, latch.ratio + _ratio(self._broken(latch), latch.usual, bad, of) / self.dispersion)
        latch.bad += bad
        latch.of += of
        if latch.ratio >= self.clear_at:
            self._release(latch)
            return "cleared"
        if when - latch.at >= ACCEPTED_AFTER and latch.of >= ACCEPTED_WITH:
            # Little weight: what was accepted may be mended one day.
            of = min(latch.of, ACCEPTED_WITH)
            self.total, self.strata = [of * latch.bad / latch.of, of], {}
            self.latch, self.learned_at = None, when
            return "accepted"
        return None

    def _broken(self, latch: Latch) -> float:
        """The share of bad ones that the break has brought."""
        good = 1 - latch.usual
        if self.kind == "share":
            return 1 - good * SILENT
        return min(max(latch.share, latch.usual + good / 4), 0.9 if self.kind == "runs" else ALL)


def _alternatives(kind: str, usual: float) -> tuple[float, ...]:
    """Shares of bad ones that a break may bring; the mildest first."""
    if kind == "share":
        return 1 - (1 - usual) * DWINDLED, 1 - (1 - usual) * SILENT
    if kind == "runs":
        return max(0.4, (1 + usual) / 2), max(0.9, (1 + usual) / 2)
    odds = DECAY_ODDS * usual / (1 - usual)
    return odds / (1 + odds), max(MOST, (1 + usual) / 2), max(ALL, (3 + usual) / 4)


def _ratio(usual: float, other: float, bad: float, of: float) -> float:
    return bad * math.log(other / usual) + (of - bad) * math.log((1 - other) / (1 - usual))
