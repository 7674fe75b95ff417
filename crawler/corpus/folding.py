"""Spellings that a reader takes for the same: width, case, and traditional for simplified characters.

The table is frozen in variants.txt, not asked of a package: index and query have to fold alike for as long as the
corpus exists.  It is OpenCC 1.4.2's conversion of each character by itself (t2s, then what tw2s and hk2s add), and ten
characters that OpenCC converts only inside words (乾燥, 瞭解).  Characters that became one in simplified writing are
one here: 皇后 and 以後 share 后.  A change of this table, or of crawler.corpus.bigrams, needs a migration that fills
the index anew.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

__all__ = ["fold"]


def fold(text: str) -> str:
    """The text as it is compared: compatibility forms resolved (NFKC), lower case, simplified.

    >>> fold("ＧＤＰ增長３"), fold("蘇州臺灣後裏")
    ('gdp增长3', '苏州台湾后里')
    """
    if text.isascii():
        return text.lower()
    if _COMBINING.search(text):
        text = unicodedata.normalize("NFC", text)
    return "".join(map(_folded().__getitem__, text))


#: Accents and voicing marks that stand behind their letter.
_COMBINING = re.compile("[\u0300-\u036f\u3099\u309a]")


class _Folded(dict[str, str]):
    """Each character folded, found out once: five times as fast as normalising and translating whole texts."""

    def __init__(self, simplified: dict[int, str]) -> None:
        super().__init__()
        self._simplified = simplified

    def __missing__(self, character: str) -> str:
        folded = unicodedata.normalize("NFKC", character).lower().translate(self._simplified)
        self[character] = folded
        return folded


@cache
def _folded() -> _Folded:
    lines = files("crawler.corpus").joinpath("variants.txt").read_text(encoding="utf-8").splitlines()
    _, variants, simplified = lines
    return _Folded(dict(zip(map(ord, variants), simplified, strict=True)))
