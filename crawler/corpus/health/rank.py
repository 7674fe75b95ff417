"""A distribution over ordered classes: has it moved?  Body lengths, and how sure the extractor is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from crawler.corpus.health.sequential import ACCEPTED_AFTER, ACCEPTED_WITH, Event, Sequential

__all__ = ["Rank", "Ranked"]

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

    least_bad: float = 5.0
    least_worse: float = 0.25
    up: bool = False
    usual: list[float] = field(default_factory=list)
    waiting: dict[int, float] = field(default_factory=dict)
    ranks: list[float] = field(default_factory=list)

    @property
    def known(self) -> float:
        """Observations that the usual distribution rests on."""
        return sum(self.usual)

    def dismiss(self) -> None:
        """An alarm is over for reasons that the test does not know; what it saw meanwhile is not learned."""
        self.latch, self.scores, self.waiting = None, [], {}

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
        before = self.learned_at
        fade = self._fade(when, sum(self.usual))
        if fade < 1:
            self.usual = [count * fade for count in self.usual]
        for place, count in self.waiting.items():
            self.usual[place] += count
        self.waiting = {}
        self._settle()
        if before != self.learned_at or not self.ranks:
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
            self.usual, self.ranks, self.latch = [0.0] * CLASSES, [], None
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
