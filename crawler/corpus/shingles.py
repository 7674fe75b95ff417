"""A text as near-duplicates are sought and measured: pieces of some characters, and the smallest hashes of them.

Only letters, ideographs and digits count, folded as in the search index: punctuation, white space, width, case and
traditional writing differ between copies.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property

from rensa import CMinHash

from crawler.corpus.folding import fold

__all__ = ["GRAM", "LONG", "PERMUTATIONS", "SHORTEST", "Shingled"]

#: Characters of a shingle by which two texts are measured: the usual size for Chinese (ECOSYSTEM.md, fact 13).
GRAM = 4
#: Characters of a shingle by which candidates are found.  A shingle of eight is as telling as a band of two rows over
#: shingles of four, costs one hash instead of two, and hardly ever stands in texts that have nothing to do with each
#: other, so that a band is a single hash.
LONG = 8
#: Smallest hashes kept of a text, each a band of its own.  At one character in ten edited, texts share 0.28 of their
#: long shingles, and 99 % of such pairs share one of sixteen hashes; an abridged copy at 40 % shares 0.4.
PERMUTATIONS = 16
#: Letters below which a text says too little to be compared: 点击观看视频, a caption, a line of credits.
SHORTEST = 24

#: Any constant: two corpora that are to be merged one day need the same.
_SEED = 20221113
#: A value is 4 bits of permutation over the lowest 43 bits of the hash: SQLite keeps 47 bits and a sign in six bytes.
#: The low bits, because the smallest of many hashes has none but zeros on top.
_BITS = 43
_MASK = (1 << _BITS) - 1

_NO_LETTER = re.compile(r"[\W_]+")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")


class Shingled:
    """A text and its shingles, each kind made when it is first asked for."""

    def __init__(self, text: str) -> None:
        folded = fold(text)
        #: what counts of the text
        self.letters = _NO_LETTER.sub("", folded)
        self._folded = folded

    @property
    def comparable(self) -> bool:
        """False for a text that says too little."""
        return len(self.letters) >= SHORTEST

    @cached_property
    def grams(self) -> frozenset[str]:
        """Pieces of GRAM letters."""
        return frozenset(_pieces(self.letters, GRAM))

    @cached_property
    def long_grams(self) -> frozenset[str]:
        """Pieces of LONG letters."""
        return frozenset(_pieces(self.letters, LONG))

    @cached_property
    def figures(self) -> Counter[str]:
        """Numbers of the text, and how often each stands there.

        >>> Shingled("最高气温２３℃，降水概率3.5%，23日").figures
        Counter({'23': 2, '3.5': 1})
        """
        return Counter(_FIGURE.findall(self._folded))

    def minhashes(self) -> list[int]:
        """Values under which the index keeps the text; texts share them as often as they share long shingles."""
        sketch = CMinHash(PERMUTATIONS, _SEED)
        sketch.update(_pieces(self.letters, LONG))
        return [(place << _BITS) | (smallest & _MASK) for place, smallest in enumerate(sketch.digest_u64())]


def _pieces(letters: str, size: int) -> list[str]:
    return [letters[place : place + size] for place in range(len(letters) - size + 1)]
