"""The article's own text: which part of the page holds it, and what in there does not belong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from crawler.extract.dom import Box, Document, Line
from crawler.extract.titles import Title
from crawler.items import Block, Cut

__all__ = ["Body", "find_body"]

_SENTENCE = re.compile(r"[，。！？；：、”]")


@dataclass(slots=True)
class Body:
    """The body of an article.

    first, last: indices of the first and the last kept line, -1 without a body; lines: those kept, in order; containers: elements
    that hold it; cuts: what was left out of it.  rule: what found it.
    """

    containers: list[etree._Element] = field(default_factory=list)
    first: int = -1
    last: int = -1
    lines: list[Line] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    text: str = ""
    cuts: list[Cut] = field(default_factory=list)
    confidence: float = 0.0
    rule: str = "none"


def _weight(line: Line) -> int:
    """Characters that look like running text: outside links, in a line with punctuation."""
    if line.hidden or line.link_chars * 2 > len(line.text):
        return 0
    marks = len(_SENTENCE.findall(line.text))
    return len(line.text) - line.link_chars if marks and len(line.text) > 12 else 0


def find_body(document: Document, title: Title | None = None, selectors: Sequence[str] = ()) -> Body:
    """Choose the box with most of the page's running text and keep its lines."""
    sums = [0]
    for line in document.lines:
        sums.append(sums[-1] + _weight(line))
    total = sums[-1]
    best: Box | None = None
    for box in document.boxes:
        share = sums[box.last] - sums[box.first]
        if share * 10 > total * 6 and (best is None or box.depth > best.depth):
            best = box
    if best is None:
        return Body()
    lines = [line for line in document.lines[best.first : best.last] if not line.hidden]
    if not lines:
        return Body()
    text = "\n".join(line.text for line in lines)
    blocks = [Block("paragraph", line.text) for line in lines]
    return Body([best.element], lines[0].index, lines[-1].index, lines, blocks, text, [], 0.5, "density")
