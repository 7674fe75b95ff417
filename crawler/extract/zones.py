"""The few lines of a page in which date, source and names may stand: around the headline and around the body's ends.

Looking anywhere else costs time and finds the dates of lists, the editors of other stories and the site's imprint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from crawler.extract.dom import Document
from crawler.extract.labels import split_labels
from crawler.extract.lines import Line
from crawler.extract.titles import Title

__all__ = ["Extent", "Zones", "find_zones", "spaced"]


class Extent(Protocol):
    """Where the body stands: indices of its first and last line (-1: no body)."""

    @property
    def first(self) -> int:
        """Index of the first line."""

    @property
    def last(self) -> int:
        """Index of the last line."""


@dataclass(slots=True)
class Zones:
    """Lines by where they stand.

    head: from above the headline to the body, without the headline itself; body: the text; opening and closing: its
    first and last lines; tail: what follows it.  anchor: index of the headline, or of the body without one.
    """

    anchor: int
    head: list[Line] = field(default_factory=list)
    opening: list[Line] = field(default_factory=list)
    closing: list[Line] = field(default_factory=list)
    tail: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)


#: Lines above the headline (Xinhua prints the date there, e-papers too) and below it, where the body begins far away.
_ABOVE, _BELOW = 6, 16
#: Lines around a second copy of the headline, and in front of the body.
_COPY_ABOVE, _COPY_BELOW, _BEFORE_BODY = 4, 6, 10
#: Characters from which a line is taken for a paragraph; half of them with a full stop.
_PROSE = 80
_NO_VALUE = re.compile(r"[:：]|[，。？！…]")
#: A label in a cell of its own, and its value in the next one.
_LABEL, _VALUE = 12, 40
_OPENING, _CLOSING, _TAIL = 4, 5, 30


def find_zones(doc: Document, title: Title, body: Extent) -> Zones:
    """The lines worth reading for metadata."""
    lines = doc.lines
    first, last = body.first, body.last
    if first < 0 or last < 0:
        first = last = -1
    anchor = title.lines[0] if title.lines else max(first, 0)
    stop = _first_prose(lines, title.lines[-1] + 1 if title.lines else anchor, first)
    wanted = set(range(max(0, anchor - _ABOVE), min(stop, anchor + _BELOW)))
    if first > anchor:
        wanted.update(range(max(0, stop - _BEFORE_BODY), stop))
    for copy in title.repeats:
        if copy < stop:
            wanted.update(range(max(0, copy - _COPY_ABOVE), min(stop, copy + _COPY_BELOW)))
    wanted.difference_update(title.lines, title.repeats)
    zones = Zones(anchor, _joined([lines[index] for index in sorted(wanted)]))
    if first >= 0:
        zones.body = lines[stop : last + 1]
        zones.opening = lines[stop : min(last + 1, stop + _OPENING)]
        zones.closing = lines[max(stop, last + 1 - _CLOSING) : last + 1]
        zones.tail = _joined(lines[last + 1 : last + 1 + _TAIL])
    return zones


def _first_prose(lines: list[Line], start: int, first: int) -> int:
    """The body's first line, or the first sentence behind it: its container may hold the line with date and source.

    Bench: with bodies that keep the meta line, published 0.992 instead of 0.871.
    """
    stop = max(first, start) if first >= 0 else start
    for line in lines[stop : stop + _BELOW]:
        if len(line.text) >= _PROSE or (len(line.text) >= _PROSE // 2 and "。" in line.text):
            return line.index
    return stop


def _joined(lines: list[Line]) -> list[Line]:
    """Labels and values that stand in cells or items of their own (`来源：` | `苏州日报`), as one line each.

    No page of the bench needs it; table layouts of gov portals do (DOMAIN.md §4.8).
    """
    joined: list[Line] = []
    label: Line | None = None
    for line in lines:
        if (
            label is not None
            and line.index == label.index + 1
            and len(line.text) <= _VALUE
            and line.text[-1] not in ":："
        ):
            line = Line(label.text + line.text, label.index, label.box, line.link_chars, line.bold_chars)
            joined.pop()
        label = line if line.text[-1] in ":：" and len(line.text) <= _LABEL and _is_field(line.text) else None
        joined.append(line)
    return joined


def _is_field(text: str) -> bool:
    fields = split_labels(text)
    return bool(fields) and fields[-1].role not in ("other", "keywords")


def spaced(line: Line) -> str:
    """The line's text with a blank between elements that touch (`22:24</span><span>苏州日报</span><a>赵焱`).

    Only where the line has a box to itself; else the text as it is.
    """
    if line.box.last - line.box.first != 1:
        return line.text
    pieces: list[str] = []
    for node in line.element.iter():
        if node.tag not in ("script", "style") and isinstance(node.tag, str):
            pieces.append(node.text or "")
        if node is not line.element:
            pieces.append(node.tail or "")
    return " ".join(" ".join(pieces).split())
