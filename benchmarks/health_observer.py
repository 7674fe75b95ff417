"""From when could a simulated break be told?  An observer who knows every rate of the simulation looks on.

It is what the tests of crawler.corpus.health are measured against, and knows more than they: how the portal is while it
is healthy, when the break began, and what it does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

__all__ = ["CERTAIN", "Break", "Observer", "Section"]

#: Ratio at which a break can be told from chance: such evidence comes by chance once a year, over hourly runs of ten
#: figures.
CERTAIN = math.log(365 * 24 * 10)
#: A slow decay is a break from when so many articles are lost.
DECAYED = 0.25
#: What a festival may leave of a portal's news, and the hours that it may last, for an observer without a calendar.
FESTIVAL, FESTIVAL_HOURS = 0.1, 11 * 24


@dataclass
class Break:
    """kind: one of KINDS.  begins, ends: run numbers.  section: index, None: the whole portal.

    lost: field → share of articles that lose it (length: factor, part: share of articles).  shrink: part of the links
    that lists still show.  visible: the first run that could show it, None: none could.  evidence: runs that met
    something broken.
    """

    kind: str
    begins: int
    ends: int
    section: int | None = None
    lost: dict[str, float] = field(default_factory=dict)
    shrink: float = 1.0
    visible: int | None = None
    evidence: list[int] = field(default_factory=list)


@dataclass
class Section:
    """How one section behaves while it is healthy: shares of the news, of articles without a field, of failed reads.

    style: stream, morning (one batch a day) or workdays.  page: links a list page.  length: mean and deviation of the
    logarithm of characters.
    """

    share: float
    style: str
    page: int
    missing: dict[str, float]
    length: tuple[float, float]
    confidence: float
    misfit: float
    reject: float
    failing: float


class Observer:
    """Follows one portal's year; broken: its break, None: none."""

    def __init__(self, broken: Break | None) -> None:
        self.broken = broken
        self._scores: dict[str, float] = {}
        self._awaited = 0.0
        self._last: dict[int, int] = {}
        self._longest: dict[int, int] = {}

    def note(self, number: int) -> None:
        """A run that met something broken."""
        assert self.broken
        if not self.broken.evidence or self.broken.evidence[-1] != number:
            self.broken.evidence.append(number)

    def article(
        self, number: int, section: Section, name: str, value: float, lost: dict[str, float], part: float
    ) -> None:
        """Add an article's evidence, figure by figure, to that of the break.  lost: what the break does to it."""
        if name not in lost or not lost[name]:
            return
        broken = self.broken
        assert broken
        if broken.kind == "slow decay" and lost[name] < DECAYED:
            return
        self.note(number)
        if broken.visible is not None:
            return
        self._scores[name] = self._scores.get(name, 0.0) + _log_ratio(section, name, value, lost[name], part)
        if self._scores[name] >= CERTAIN:
            broken.visible = number

    def news(self, number: int, index: int) -> None:
        """A section has news while nothing is broken: remember the longest silences, its own and the portal's."""
        for who in (index, -1):
            gap = number - self._last.get(who, number)
            self._longest[who] = max(self._longest.get(who, 0), gap)
            self._last[who] = number

    def silence(self, number: int, index: int, bursts: float, festival: bool) -> None:
        """Bursts that a frozen list withholds.

        Before the longest silence so far is reached, silence proves nothing.  When a whole portal is silent, there may
        be a festival for all the observer knows.
        """
        broken = self.broken
        if broken is None or not broken.kind.endswith("frozen") or broken.section not in (None, index):
            return
        who = -1 if broken.section is None else index
        silent = number - self._last.get(who, number)
        doubtful = broken.section is None and not festival and silent <= FESTIVAL_HOURS
        self._awaited += bursts * FESTIVAL if doubtful else bursts
        if broken.visible is None and self._awaited >= CERTAIN and silent > self._longest.get(who, 0):
            broken.visible = number

    def settle(self) -> None:
        """After the year: from when breaks of lists could be told."""
        broken = self.broken
        if broken is not None and not broken.lost and not broken.kind.endswith("frozen"):
            broken.visible = broken.evidence[0] if broken.evidence else None


def _log_ratio(section: Section, name: str, value: float, lost: float, part: float) -> float:
    """Of an article's figure, broken to healthy."""
    if name == "length":
        mean, spread = section.length
        shifted = math.exp(-((value - mean - math.log(lost)) ** 2 - (value - mean) ** 2) / (2 * spread**2))
        return math.log(max(part * shifted + 1 - part, 1e-9))
    healthy = {"misfit": section.misfit, "reject": section.reject}.get(name, section.missing.get(name, 0.0))
    healthy = max(healthy, 1e-4)
    broken = healthy + (1 - healthy) * lost
    return math.log(broken / healthy) if value else math.log(max(1 - broken, 1e-9) / (1 - healthy))
