"""What all sequential tests share: has a figure left what was usual?  Pure arithmetic over its history.

The tests are CUSUMs of log-likelihood ratios (Page 1954; Lorden 1971: with a threshold of ln A the mean time between
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

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["ACCEPTED_AFTER", "ACCEPTED_WITH", "KEPT", "NOTHING_LEFT", "Event", "Latch", "Sequential"]

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

#: Usual share of bad ones beyond which nothing is left to lose.
NOTHING_LEFT = 0.9
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

    least_bad: float = 4.0
    least_runs: int = 2
    least_worse: float = 0.3
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
        """How much more days (and runs, where bursts count) differ than independent observations; at least 1."""
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
        if not (self.held[1] or self.held_run[1]):
            return
        fade = 0.5 ** (self.held[1] / HALF_LIFE) if self.squares[1] > 2 * HALF_LIFE else 1.0
        for known, held in ((self.squares, self.held), (self.run_squares, self.held_run)):
            known[0] = known[0] * fade + held[0]
            known[1] = known[1] * fade + held[1]
            held[:] = (0.0, 0.0)

    @property
    def quiet(self) -> bool:
        """True while no alternative explains the last observations better than the usual state."""
        for score in self.scores:  # noqa: SIM110 - the hottest line; a generator takes twice as long
            if score[0]:
                return False
        return True

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

    def dismiss(self) -> None:
        """An alarm is over for reasons that the test does not know; what it saw meanwhile is not learned."""
        self.latch, self.scores = None, []

    def _fade(self, when: float, total: float) -> float:
        """Factor by which what was learned has lost weight; once a day."""
        before = self.learned_at
        if before is not None and 0 <= when - before < 1:
            return 1.0
        self.learned_at = when
        if before is None or when <= before or total <= KEPT:
            return 1.0
        return float(0.5 ** ((when - before) / HALF_LIFE))
