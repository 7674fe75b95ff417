"""Two texts compared by sentence, as a person wants to see it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Literal

__all__ = ["Sign", "changes", "sentences"]

#: A sentence ends with its stop and the closing quotation marks and brackets after it, or with its paragraph.
_SENTENCE = re.compile(r"[^。！？!?；;…]*[。！？!?；;…]*[”’」』）)》]*")

Sign = Literal["-", "+", " "]


def sentences(text: str) -> list[str]:
    """The sentences of a text, paragraph by paragraph.

    >>> sentences("他说：“好。”走了！\\n第二段")
    ['他说：“好。”', '走了！', '第二段']
    """
    return [s.strip() for line in text.splitlines() for s in _SENTENCE.findall(line) if s.strip()]


def changes(old: str, new: str) -> Iterator[tuple[Sign, str]]:
    """Sentences that went (-), that came (+), and the unchanged one in front of each change ( ).

    >>> list(changes("一。二。三。", "一。二。四。"))
    [(' ', '二。'), ('-', '三。'), ('+', '四。')]
    """
    before, after = sentences(old), sentences(new)
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if a:
            yield " ", before[a - 1]
        for sentence in before[a:b]:
            yield "-", sentence
        for sentence in after[c:d]:
            yield "+", sentence
