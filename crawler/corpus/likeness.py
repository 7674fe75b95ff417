"""Whether two texts are one story: how much they share, and whether what differs is what tells stories apart.

Copies differ in words, notices in figures: 最高气温23℃ and 最高气温17℃ share most of their text and are two
weather reports.  So beside the shingles that two texts share, their numbers are weighed: by the chance that so many
would have survived the edits that the text shows, against the chance that two fillings of one form agree in so many.
Constants were set on seeds 1 to 3 of benchmarks/dedupe.py and are reported on others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from crawler.corpus.records import ReprintKind
from crawler.corpus.shingles import GRAM, Shingled

__all__ = ["ALIKE", "FORMAL", "Likeness", "compare"]

#: Share of the shorter text's shingles that the other must have.  One character in ten edited leaves 0.55 to 0.80;
#: unrelated news of one subject share up to 0.35.
ALIKE = 0.5
#: The same for a text of a form that the corpus holds in many fillings: only a copy shares so much.
FORMAL = 0.9
#: Shingles that both must have: a dozen characters in a row can be a name or a phrase.
_LEAST = 20
#: Share of its numbers that one filling of a form has in common with another by chance: years, 00 minutes, 3到4级.
_CHANCE = 0.4
#: The least and the most that a number's survival is taken for: some are corrected in any copy.
_LEAST_SURVIVAL, _MOST_SURVIVAL = 0.5, 0.96
#: Digits of a number that count for its survival; a telephone number is copied as a whole.
_LONGEST = 3
#: Evidence of the numbers (logarithm of the ratio of the two chances) below which a text is another filling.  A form's
#: differences stand in its slots, between long runs that agree; edits stand anywhere.  The more there is that differs,
#: and the more it gathers, the more evidence is asked for, up to _GATHERED, which two equal numbers give.
_EDITED, _GATHERED, _SLOPE = -0.5, 1.5, 40.0
#: Length of the later text against the earlier one's beyond which something was left out or put around it.
_SHORTENED, _LENGTHENED = 0.75, 1 / 0.75
#: Share of the shorter text that a reprint has in common: below, words were changed here and there.
_TAKEN_OVER = 0.85


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts have in common.

    resemblance: shingles of both against those of either.  containment: share of the shorter one's that the other has.
    ratio: length of the second against the first's.  alike: one story, figures weighed; False with
    containment from ALIKE on: two fillings of one form.
    """

    resemblance: float
    containment: float
    ratio: float
    alike: bool

    @property
    def kind(self) -> ReprintKind:
        """What the second is to the first, where they are alike."""
        if self.resemblance == 1.0:
            return "identical"
        if self.ratio < _SHORTENED:
            return "abridged"
        if self.ratio > _LENGTHENED:
            return "expanded"
        return "reprint" if self.containment >= _TAKEN_OVER else "revised"

    def turned(self) -> Likeness:
        """The same, of the first against the second."""
        return replace(self, ratio=1 / self.ratio)


def compare(first: Shingled, second: Shingled) -> Likeness:
    """Measure the second text against the first; both comparable."""
    shared = len(first.grams & second.grams)
    fewer, more = sorted((len(first.grams), len(second.grams)))
    containment = shared / fewer
    alike = shared >= _LEAST and containment >= ALIKE and _told_by_figures(first, second, containment)
    return Likeness(shared / (fewer + more - shared), containment, len(second.letters) / len(first.letters), alike)


def _told_by_figures(first: Shingled, second: Shingled, containment: float) -> bool:
    """False where the numbers say that these are two notices of one form."""
    shorter, longer = sorted((first, second), key=lambda text: len(text.letters))
    figures = shorter.figures
    total = figures.total()
    if not total:
        return True
    common = (figures & longer.figures).total()
    digits = sum(min(len(number), _LONGEST) * times for number, times in figures.items()) / total
    # One character survives with the GRAM-th root of what a shingle does; a number has its digits and an end.
    survival = min(_MOST_SURVIVAL, max(_LEAST_SURVIVAL, containment ** ((digits + 1) / GRAM)))
    evidence = common * math.log(survival / _CHANCE) + (total - common) * math.log((1 - survival) / (1 - _CHANCE))
    if not _EDITED <= evidence < _GATHERED:
        return evidence >= _GATHERED
    gathered = max(0.0, _gathered(shorter, longer, containment))
    return evidence >= _EDITED + _SLOPE * (1 - containment) * gathered


def _gathered(shorter: Shingled, longer: Shingled, containment: float) -> float:
    """How far the differences stand together: about 0 where each character is changed by itself, 1 in one piece.

    Where each stands by itself, a shingle of twice the length survives with the square of the chance.
    """
    if containment == 1.0:
        return 0.0
    long_share = len(shorter.long_grams & longer.long_grams) / max(1, len(shorter.long_grams))
    square = containment * containment
    return (long_share - square) / (containment - square)
