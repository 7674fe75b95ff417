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
from collections.abc import Iterator
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
    table, changing = _folded()
    return changing.sub(lambda found: table[found[0]], text)


#: Accents and voicing marks that stand behind their letter.
_COMBINING = re.compile("[\u0300-\u036f\u3099\u309a]")


class _Folded(dict[str, str]):
    """Each character folded, found out once."""

    def __init__(self, simplified: dict[int, str]) -> None:
        super().__init__()
        self._simplified = simplified

    def __missing__(self, character: str) -> str:
        folded = unicodedata.normalize("NFKC", character).lower().translate(self._simplified)
        self[character] = folded
        return folded


@cache
def _folded() -> tuple[_Folded, re.Pattern[str]]:
    """The table, and the characters that have to be looked up in it: a tenth of a simplified text, at most."""
    lines = files("crawler.corpus").joinpath("variants.txt").read_text(encoding="utf-8").splitlines()
    _, variants, simplified = lines
    table = _Folded(dict(zip(map(ord, variants), simplified, strict=True)))
    return table, re.compile(f"[^{_UNCHANGED}{''.join(_between(variants))}]")


def _between(variants: str) -> Iterator[str]:
    """Ranges of the ideographs in use that lie between the variants; one class is searched faster than two."""
    start = _FIRST
    for place in [*sorted(place for place in map(ord, variants) if _FIRST <= place <= _LAST), _LAST + 1]:
        if start < place:
            yield f"{chr(start)}-{chr(place - 1)}"
        start = place + 1


#: The block of ideographs in use, and what else of common text stays as it is.
_FIRST, _LAST = 0x4E00, 0x9FFF
_UNCHANGED = r"\n a-z0-9。、《》"
