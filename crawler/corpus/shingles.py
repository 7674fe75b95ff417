"""A text as near-duplicates are sought and measured: pieces of some characters, and the smallest hashes of them.

Only letters, ideographs and digits count, folded as in the search index: punctuation, white space, width, case and
traditional writing differ between copies.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from functools import cached_property
from itertools import chain, pairwise

from rensa import CMinHash

from crawler.corpus.folding import fold

__all__ = ["GRAM", "LONG", "PERMUTATIONS", "SHORTEST", "Shingled"]

#: Characters of a shingle by which two texts are measured: the usual size for Chinese (ECOSYSTEM.md, fact 13).
GRAM = 4
#: Characters of a shingle by which candidates are found.  A shingle of eight is as telling as a band of two rows over
#: shingles of four, costs one hash instead of two, and hardly ever stands in texts that have nothing to do with each
#: other, so that a band is a single hash.
LONG = 8
#: Bytes of GRAM letters in UTF-16.
_WIDTH = 2 * GRAM
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
        self._folded = fold(text)
        #: what counts of the text
        self.letters = _NO_LETTER.sub("", self._folded)

    @property
    def comparable(self) -> bool:
        """False for a text that says too little."""
        return len(self.letters) >= SHORTEST

    @cached_property
    def steps(self) -> list[array[int]]:
        """All pieces of GRAM letters as numbers, in GRAM rows: each row goes through the text in steps of its own size.

        Four letters of UTF-16 are the eight bytes of one number, so that the pieces cost no string each.
        """
        units = self.letters.encode("utf-16-le", "surrogatepass")
        rows = []
        for start in range(GRAM):
            row = array("Q")
            row.frombytes(units[2 * start : len(units) - (len(units) - 2 * start) % _WIDTH])
            rows.append(row)
        return rows

    @cached_property
    def grams(self) -> frozenset[int]:
        """Pieces of GRAM letters, each once."""
        return frozenset(chain.from_iterable(self.steps))

    @cached_property
    def long_grams(self) -> frozenset[tuple[int, int]]:
        """Pieces of twice the length, each once: neighbours in a row stand next to each other in the text."""
        return frozenset(chain.from_iterable(map(pairwise, self.steps)))

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
        letters = self.letters
        sketch.update([letters[place : place + LONG] for place in range(len(letters) - LONG + 1)])
        return [(place << _BITS) | (smallest & _MASK) for place, smallest in enumerate(sketch.digest_u64())]
