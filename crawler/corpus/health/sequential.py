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
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["ACCEPTED_AFTER", "Event", "Part", "Rank", "Ranked", "Rate", "Sequential"]

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

#: Share of the good ones whose loss is worth an alarm, however slowly it came.
LEAST_EFFECT = 0.1
#: Days after which a suspicion that has come to nothing is dropped, and what raised it counts as usual.
PATIENCE = 45.0
#: Days that special columns, exhibitions and congresses last, in which a portal's articles are other than usual.
SPELL = 10.0

Event = Literal["raised", "cleared", "accepted"]


@dataclass(slots=True)
class Latch:
    """An open alarm.  at, since: days; share: of bad ones when it was raised; bad, of: counted since then.

    ratio: collected evidence that it is over.
    """

    at: float
    since: float
    bad: float
    of: float
    usual: float
    share: float
    ratio: float = 0.0


@dataclass(slots=True)
class Sequential:
    """What both tests share; a subclass says what an observation's ratios are and how it is learned.

    least_bad, least_runs: bad observations, and runs that had some, below which there is no alarm.  least_worse: share
    of the good ones that a short spell must have spoilt.  mild: alternatives that are believed after SPELL days only.
    """

    least_bad: float = 3.0
    least_runs: int = 2
    least_worse: float = 0.35
    least_days: float = 0.0
    mild: int = 1
    clear_at: float = 7.0
    dispersed: bool = True
    #: for each alternative [ratio so far, when it began, runs with bad ones, bad ones, usual bad ones, of how many]
    scores: list[list[float]] = field(default_factory=list)
    by_run: bool = False
    squares: list[float] = field(default_factory=lambda: [DISPERSION * DISPERSION_DAYS, DISPERSION_DAYS])
    run_squares: list[float] = field(default_factory=lambda: [DISPERSION * DISPERSION_DAYS, DISPERSION_DAYS])
    held: list[float] = field(default_factory=lambda: [0.0, 0.0])
    held_run: list[float] = field(default_factory=lambda: [0.0, 0.0])
    residual: float = 0.0
    variance: float = 0.0
    day: int | None = None
    learned_at: float | None = None
    latch: Latch | None = None

    @property
    def dispersion(self) -> float:
        """How much more days (and runs, where bursts are looked at) differ than independent observations; at least 1."""
        if not self.dispersed:
            return 1.0
        by_run = self.run_squares[0] / self.run_squares[1] if self.by_run else 1.0
        return max(1.0, self.squares[0] / self.squares[1], by_run)

    def _spread(self, residual: float, variance: float, when: float) -> None:
        """Collect residuals by day: whole days, and as many as it takes for half an expected event."""
        if self.by_run:
            self.held_run[0] += min(residual**2, LARGEST_SQUARE * max(variance, 0.5))
            self.held_run[1] += variance
        today = int(when)
        if self.day is None:
            self.day = today
        if today != self.day and self.variance >= 0.5:
            self.held[0] += min(self.residual**2 / self.variance, LARGEST_SQUARE)
            self.held[1] += 1
            self.residual = self.variance = 0.0
            self.day = today
        self.residual += residual
        self.variance += variance

    def _settle(self) -> None:
        """What was held back turned out to be usual."""
        fade = 0.5 ** (self.held[1] / HALF_LIFE) if self.squares[1] > 2 * HALF_LIFE else 1.0
        for known, held in ((self.squares, self.held), (self.run_squares, self.held_run)):
            known[0] = known[0] * fade + held[0]
            known[1] = known[1] * fade + held[1]
            held[:] = (0.0, 0.0)

    @property
    def quiet(self) -> bool:
        """True while no alternative explains the last observations better than the usual state."""
        return not any(score[0] for score in self.scores)

    def _score(self, ratios: list[float], bad: float, usual: float, of: float, when: float) -> None:
        """Move the CUSUMs on; one that is back at zero begins anew, and so does one that has come to nothing."""
        if len(self.scores) != len(ratios):
            self.scores = [[0.0] * 6 for _ in ratios]
        for score, ratio in zip(self.scores, ratios, strict=True):
            stale = when - score[1] > PATIENCE and not self._matters(score, LEAST_EFFECT)
            if not score[0] or stale:
                score[0] = 0.0
                if ratio <= 0:
                    continue
                score[:] = (0.0, when, 0.0, 0.0, 0.0, 0.0)
            score[0] = max(0.0, score[0] + ratio)
            score[2] += bad > 0
            score[3] += bad
            score[4] += usual
            score[5] += of

    @staticmethod
    def _matters(score: list[float], effect: float) -> bool:
        """True if that share of the good ones has been lost since the alternative began to win."""
        _, _, _, bad, usual, of = score
        return bad - usual >= effect * (of - usual)

    def _over(self, threshold: float, when: float) -> list[float] | None:
        """The alternative that has won, with enough behind it; None: none has.

        Special columns last some days and are no breaks: within SPELL days a good part of the articles has to be
        concerned, and the mildest alternatives wait so long.
        """
        for number, score in enumerate(self.scores):
            ratio, since, runs, bad, *_ = score
            if ratio < threshold or runs < self.least_runs or bad < self.least_bad or when - since < self.least_days:
                continue
            long = when - since >= SPELL
            if (long or number >= self.mild) and self._matters(score, LEAST_EFFECT if long else self.least_worse):
                return score
        return None

    def _raise(self, score: list[float], when: float) -> Event:
        _, since, _, bad, usual, of = score
        self.latch = Latch(when, since, bad, of, usual / of, bad / of)
        self.scores = []
        self.residual = self.variance = 0.0
        self.held, self.held_run = [0.0, 0.0], [0.0, 0.0]
        return "raised"

    def _release(self, latch: Latch) -> None:
        """An alarm that ended by itself within SPELL days was noise, or news: it widens what is usual."""
        variance = latch.of * latch.usual * (1 - latch.usual)
        if self.dispersed and variance and latch.at - latch.since < SPELL:
            self.squares[0] += min((latch.bad - latch.of * latch.usual) ** 2 / variance, LARGEST_SQUARE)
            self.squares[1] += 1
        self.latch = None

    def _fade(self, when: float, total: float) -> float:
        """Factor by which what was learned has lost weight since it was last added to."""
        before, self.learned_at = self.learned_at, when
        if before is None or when <= before or total <= KEPT:
            return 1.0
        return float(0.5 ** ((when - before) / HALF_LIFE))


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
        if threshold is not None and (bad or not self.quiet):
            usual = sum(share * part[2] for share, part in zip(shares, parts, strict=True))
            self._score(self._ratios(parts, shares), bad, usual, of, when)
            won = self._over(threshold, when)
            if won is not None:
                self.waiting = {}
                return self._raise(won, when)
        if self.dispersed:
            expected = [(share * part[2], share) for share, part in zip(shares, parts, strict=True)]
            self._spread(bad - sum(e for e, _ in expected), sum(e * (1 - share) for e, share in expected), when)
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
        if self.learned_at is None or int(when) != int(self.learned_at):
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
            of = min(latch.of, KEPT)
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


#: Alternatives of Rank, the mildest first: how sharply they crowd at one end, and the share of articles that do.
TILTS = ((4.0, 1.0), (12.0, 0.5), (12.0, 1.0), (40.0, 0.5), (40.0, 1.0))
#: Classes that a Rank can tell apart: as many as body lengths have.
CLASSES = 60
#: Rank below which an observation counts as bad in words: the lowest tenth of what was usual.
BAD_RANK = 0.1

#: Observations by class, and the ranks of the classes where they were made.
Ranked = tuple[dict[int, int], list[float]]


@dataclass(slots=True)
class Rank(Sequential):
    """A distribution over ordered classes: has it moved down (or up)?  Works on ranks, whatever its shape.

    An observation's rank among the usual ones is even between 0 and 1; the alternatives are exponentials over it.
    """

    least_worse: float = 0.3
    up: bool = False
    usual: list[float] = field(default_factory=list)
    waiting: dict[int, float] = field(default_factory=dict)
    ranks: list[float] = field(default_factory=list)

    @property
    def known(self) -> float:
        """Observations that the usual distribution rests on."""
        return sum(self.usual)

    def observe(
        self, counts: dict[int, int], when: float, threshold: float | None, parts: Sequence[Ranked] = ()
    ) -> Event | None:
        """Take in one run: class → observations; threshold None: only learn.

        parts: the same observations by section, each with its own ranks; none: ranked among all that is usual here.
        """
        of = sum(counts.values())
        if of <= 0:
            return None
        if self.latch is None and not self.ranks:
            self._wait(counts)
            self._learn(when)
            return None
        ranked = parts or ((counts, self.ranks),)
        bad = float(sum(n for some, ranks in ranked for place, n in some.items() if ranks[place] < BAD_RANK))
        if self.latch is not None:
            return self._while_latched(counts, ranked, bad, when)
        if threshold is not None:
            dispersion = self.dispersion
            self._score([_tilted(*tilt, ranked) / dispersion for tilt in TILTS], bad, of * BAD_RANK, of, when)
            won = self._over(threshold, when)
            if won is not None:
                self.waiting = {}
                return self._raise(won, when)
        self._spread(
            sum(n * (ranks[place] - 0.5) for some, ranks in ranked for place, n in some.items()), of / 12, when
        )
        self._wait(counts)
        if threshold is None or self.quiet:
            self._learn(when)
        return None

    def _wait(self, counts: dict[int, int]) -> None:
        for place, count in counts.items():
            self.waiting[place] = self.waiting.get(place, 0.0) + count

    def _learn(self, when: float) -> None:
        if not self.usual:
            self.usual = [0.0] * CLASSES
        fade = self._fade(when, sum(self.usual))
        if fade < 1:
            self.usual = [count * fade for count in self.usual]
        for place, count in self.waiting.items():
            self.usual[place] += count
        self.waiting = {}
        self._settle()
        self._rank()

    def _rank(self) -> None:
        total, below, ranks = sum(self.usual) + 1, 0.5, []
        for count in self.usual:
            ranks.append((below + count / 2) / total)
            below += count
        self.ranks = [1 - rank for rank in ranks] if self.up else ranks

    def _while_latched(self, counts: dict[int, int], ranked: Sequence[Ranked], bad: float, when: float) -> Event | None:
        latch = self.latch
        assert latch is not None
        latch.ratio = max(0.0, latch.ratio - _tilted(*TILTS[0], ranked) / self.dispersion)
        latch.bad += bad
        latch.of += sum(counts.values())
        self._wait(counts)
        if latch.ratio >= self.clear_at:
            self._release(latch)
            self.waiting = {}
            return "cleared"
        if when - latch.at >= ACCEPTED_AFTER and latch.of >= ACCEPTED_WITH:
            self.usual, self.latch = [0.0] * CLASSES, None
            self._learn(when)
            return "accepted"
        return None


def _tilted(tilt: float, part: float, ranked: Sequence[Ranked]) -> float:
    """Log-likelihood ratio of ranks of which that part crowds at 0."""
    height = part * tilt / (1 - math.exp(-tilt))
    rest = 1 - part
    return sum(
        count * math.log(rest + height * math.exp(-tilt * ranks[place]))
        for counts, ranks in ranked
        for place, count in counts.items()
    )
