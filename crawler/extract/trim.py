"""What stands inside the body's box and does not belong to the text, each with a named reason."""

from __future__ import annotations

import re

from crawler.extract.container import Core
from crawler.extract.dom import Document, Line
from crawler.extract.furniture import END_REASONS, furniture, is_meta_line
from crawler.extract.titles import Title
from crawler.items import Cut

__all__ = ["trim"]

_STOP = re.compile(r"[。！？…!?；;：:，,、”」』）)】\\]\"']$")


def trim(document: Document, core: Core, title: Title) -> tuple[list[Line], list[Cut]]:
    """Lines of the body in order, and what was left out."""
    home = core.home
    first, last = min(core.first, home.first), max(core.last, home.last)
    lines = [line for line in document.lines[first:last] if not line.hidden]
    reasons = [_reason(line) for line in lines]
    _head(lines, reasons, core, title)
    _tail(lines, reasons, core)
    kept = [line for line, reason in zip(lines, reasons, strict=True) if reason is None]
    cuts = [Cut(line.text, reason) for line, reason in zip(lines, reasons, strict=True) if reason is not None]
    return kept, cuts


def _reason(line: Line) -> str | None:
    reason = furniture(line.text)
    if reason is None and line.link_chars > 0.8 * len(line.text) and not _STOP.search(line.text):
        return "link"
    return reason


def _head(lines: list[Line], reasons: list[str | None], core: Core, title: Title) -> None:
    """Before the core: nothing above the headline, no meta line, no repeated headline."""
    headline = title.lines[-1] if title.lines else -1
    for position, line in enumerate(lines):
        if line.index >= core.first and line.index > headline:
            break
        if line.index <= headline < core.last:
            reasons[position] = "headline" if line.index in title.lines else "before headline"
        elif is_meta_line(line.text):
            reasons[position] = "meta line"
        elif line.text.isdigit() or len(line.text) < 3:
            reasons[position] = "label"


def _tail(lines: list[Line], reasons: list[str | None], core: Core) -> None:
    """After the first closing mark that is followed by little running text: nothing."""
    total = sum(len(line.text) for line, reason in zip(lines, reasons, strict=True) if reason is None)
    behind = 0
    end = len(lines)
    for position in range(len(lines) - 1, -1, -1):
        line = lines[position]
        if reasons[position] in END_REASONS or reasons[position] == "credit":
            if behind > 0.15 * total and line.index < core.last:
                break
            end = position
        elif reasons[position] is None:
            behind += len(line.text)
    for position in range(end, len(lines)):
        if reasons[position] is None:
            reasons[position] = "after the end"
