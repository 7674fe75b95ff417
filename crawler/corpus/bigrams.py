"""Text as tokens of the search index: Chinese as overlapping pairs, everything else as words.

SQLite's own tokenizers take a Chinese sentence for one word (unicode61) or cannot find a word of two characters
(trigram; ECOSYSTEM.md, fact 3).  Pairs find every word of two characters and more, by adjacency; the last character
of a run stands alone besides, so that a single character is the beginning of some token wherever it stands:

    城闻5G网  →  城闻 闻 5g 网

A change of these rules needs a migration that fills the index anew.
"""

from __future__ import annotations

import re
from operator import add
from typing import NamedTuple

from crawler.corpus.folding import fold

__all__ = ["CHINESE", "Phrase", "is_chinese", "phrase", "tokens_of"]

#: Written without spaces: ideographs with their extensions, 〇 and 々, kana, hangul.
CHINESE = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{CHINESE}]+|[^\W_{CHINESE}]+")
_FIRST_CHINESE = "\u3005"
_CHINESE_START = re.compile(f"[{CHINESE}]")


class Phrase(NamedTuple):
    """What has to stand together.

    runs: as a person wrote it, folded, each of Chinese or a word.  tokens: of the index, one after the other.
    prefix: the last one may go on.
    """

    runs: tuple[str, ...]
    tokens: tuple[str, ...]
    prefix: bool


def tokens_of(text: str) -> list[str]:
    """What the index holds of a text, in its order.

    >>> " ".join(tokens_of("苏州GDP增長3.5。好"))
    '苏州 州 gdp 增长 长 3 5 好'
    """
    tokens: list[str] = []
    for run in _RUN.findall(fold(text)):
        if is_chinese(run):
            tokens += map(add, run, run[1:])
            tokens.append(run[-1])
        else:
            tokens.append(run)
    return tokens


def phrase(words: str, prefix: bool = False) -> Phrase | None:
    """The tokens that a text which contains these words must have; None where there is nothing to look for.

    prefix: the last word of letters and digits may go on (GDP* finds GDPs).

    >>> phrase("长三角").tokens
    ('长三', '三角')
    >>> phrase("5G网")
    Phrase(runs=('5g', '网'), tokens=('5g', '网'), prefix=True)
    """
    runs = _RUN.findall(fold(words))
    if not runs:
        return None
    tokens = tuple(tokens_of(" ".join(runs)))
    last = runs[-1]
    if not is_chinese(last):
        return Phrase(tuple(runs), tokens, prefix)
    # The last character alone marks the end of a run in the index; here more may follow.
    alone = len(last) == 1
    return Phrase(tuple(runs), tokens if alone else tokens[:-1], alone)


def is_chinese(run: str) -> bool:
    """True for a run that is written without spaces."""
    # The first test serves nearly all: the ideographs in use, and below them what is certainly none.
    return "\u4e00" <= run[0] <= "\u9fff" or (run[0] >= _FIRST_CHINESE and _CHINESE_START.match(run) is not None)
