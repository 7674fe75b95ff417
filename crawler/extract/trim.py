"""What stands inside the body's box and does not belong to the text, each with a named reason.

Effect on the bench (pageF1 and share of clean pages; with all rules 0.9989 and 0.970), without: head 0.9892, 0.918;
tail 0.9856, 0.903; lines of links 0.9959, 0.918; headline among paragraphs 0.9986, 0.963; repeated headline 0.9986,
0.963; text after a list of links (_CONCLUSION) 0.9988, 0.963; notices that are told (_NOTICE) 0.9988, 0.963.
Sub-headings and twins change nothing there (see tests/test_body.py).
"""

from __future__ import annotations

import re
from collections.abc import Container

from crawler.extract.container import Core
from crawler.extract.dom import Document, Line
from crawler.extract.furniture import END_REASONS, is_meta_line, is_sentence, mark
from crawler.extract.titles import Title

__all__ = ["trim"]

_NOT_WORD = re.compile(r"[\W_]+")
#: A longer line in the middle of the text that speaks of rights or reprints is news about them.
_NOTICE = 60
#: So much running text above a headline, in characters and in its own box, makes it a sub-heading.
_MISPLACED = 150
#: Shorter lines repeat for good reasons: refrains, table cells, sub-headings.
_PARAGRAPH = 30
#: So much running text, in characters and in paragraphs that follow each other, is no summary in a list of links.
_CONCLUSION = 150
_ABSTRACT = re.compile(r"^[\s\W]*(?:内容)?(?:摘要|导读|简介|提要|核心提示|导语)\s*[\W_]+")
#: Below the headline stand a sub-title and the meta line.
_META_LINES = 4
#: So many characters in common are no chance.
_REPEATED = 12
_STOP = re.compile(r"[。！？…!?；;：:，,、”」』）)】\\]\"']$")


def trim(
    document: Document, core: Core, title: Title, removed: Container[int] = ()
) -> tuple[list[Line], list[tuple[Line, str]]]:
    """Lines of the body in order, and the lines left out, each with its reason.

    removed: indices of lines that a template takes out.
    """
    home = core.home
    first, last = core.first, core.last
    if not core.exact:
        first, last = min(first, home.first), max(last, home.last)
    lines = [line for line in document.lines[first:last] if not line.hidden or core.hidden]
    reasons = ["template" if line.index in removed else _reason(line) for line in lines]
    _subheadings(lines, reasons)
    _head(lines, reasons, core, title)
    _tail(lines, reasons, core)
    _twins(lines, reasons)
    _counters(lines, reasons)
    _abstract(lines, reasons)
    kept = [line for line, reason in zip(lines, reasons, strict=True) if reason is None]
    left = [(line, reason) for line, reason in zip(lines, reasons, strict=True) if reason is not None]
    return kept, left


def _reason(line: Line) -> str | None:
    reason = mark(line)
    if reason is None and line.link_chars > 0.8 * len(line.text) and not _STOP.search(line.text):
        return "link"
    return reason


def _running(line: Line) -> bool:
    return len(line.text) >= 25 and line.link_chars * 2 < len(line.text) and is_sentence(line.text)


def _subheadings(lines: list[Line], reasons: list[str | None]) -> None:
    """最新动态 above a paragraph of the same box is a heading of the text; a list of links has no paragraphs."""
    for position in range(len(lines) - 1):
        if reasons[position] == "related":
            after = lines[position + 1]
            same = after.box.parent is lines[position].box.parent or after.box is lines[position].box
            if same and reasons[position + 1] is None and _running(after):
                reasons[position] = None


def _head(lines: list[Line], reasons: list[str | None], core: Core, title: Title) -> None:
    """Before the core: nothing above the headline, no meta line, no repeated headline, nothing of another box."""
    headline = title.lines[-1] if title.lines else -1
    if _is_subheading(lines, core, headline):
        headline = -1
    start = _start(lines, reasons, core, headline)
    for position, line in enumerate(lines[: start + 1]):
        if line.index in title.lines and headline >= 0:
            reasons[position] = "headline"
        elif line.index < headline < core.last:
            reasons[position] = "before headline"
        elif position < start and is_meta_line(line.text):
            reasons[position] = "meta line"
        elif position < start and any(is_meta_line(other.text) for other in lines[position + 1 : start]):
            reasons[position] = reasons[position] or "above the meta line"
        elif _apart(line, lines[start]):
            reasons[position] = reasons[position] or "before text"
    _repeated_headline(lines, reasons, title)


def _is_subheading(lines: list[Line], core: Core, headline: int) -> bool:
    """True where what passes for the headline stands among the text's paragraphs, with running text above it."""
    box = next((line.box for line in lines if line.index == headline), None)
    if box is None:
        return False
    above = [line for line in lines if core.first <= line.index < headline and _running(line)]
    return sum(len(line.text) for line in above if line.box.parent is box.parent or line.box is box) > _MISPLACED


def _start(lines: list[Line], reasons: list[str | None], core: Core, headline: int) -> int:
    """Position of the first line of running text below the headline, and below a meta line close to it."""
    if headline >= 0:
        for line in [line for line in lines if headline < line.index <= headline + _META_LINES]:
            if line.text.endswith("。") or len(line.text) > _NOTICE:
                break
            if is_meta_line(line.text):
                headline = line.index
    for position, line in enumerate(lines):
        below = line.index > headline or headline >= core.last
        if not below or line.index < core.first or reasons[position] is not None or is_meta_line(line.text):
            continue
        if line.link_chars and _promotes(line, lines[position + 1 :]):
            reasons[position] = "promotion"
            continue
        return position
    return 0


def _promotes(line: Line, following: list[Line]) -> bool:
    """True for a line with a link in a box of its own above paragraphs that stand together: a lead has no links."""
    text = [other for other in following if _running(other)]
    if len(text) < 2 or text[0].box.parent is not text[1].box.parent:
        return False
    if line.box is text[0].box or line.box.parent is text[0].box.parent:
        return False
    return sum(len(other.text) for other in text) > 1.5 * len(line.text)


def _apart(one: Line, other: Line) -> bool:
    """True for lines of different boxes, but for boxes that are made alike (each paragraph in a section of its own)."""
    a, b = one.box, other.box
    return a is not b and a.parent is not b.parent and (a.depth != b.depth or a.tag != b.tag)


def _repeated_headline(lines: list[Line], reasons: list[str | None], title: Title) -> None:
    """Cut the first lines where they are the headline again, broken into several."""
    whole = _fold(title.text or "")
    joined = ""
    first = [position for position, reason in enumerate(reasons) if reason is None][:6]
    for count, position in enumerate(first, 1):
        joined += _fold(lines[position].text)
        if not whole.startswith(joined):
            return
        if joined == whole:
            for cut in first[:count]:
                reasons[cut] = "headline"
            return


def _counters(lines: list[Line], reasons: list[str | None]) -> None:
    """Numbers that stand alone at either end count readers, comments or pages."""
    for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
        for position in order:
            if reasons[position] is None:
                if not lines[position].text.isdigit():
                    break
                reasons[position] = "counter"


def _abstract(lines: list[Line], reasons: list[str | None]) -> None:
    """Cut a first line that only repeats the beginning of the next one: an abstract that the system made."""
    first = [position for position, reason in enumerate(reasons) if reason is None][:3]
    if len(first) < 2:
        return
    told = _fold(_ABSTRACT.sub("", lines[first[0]].text))
    if len(told) >= _REPEATED and any(_fold(lines[position].text).startswith(told) for position in first[1:]):
        reasons[first[0]] = "abstract"


def _is_told(text: str) -> bool:
    """True for sentences, where notices of rights are labels or longer."""
    return len(text) > _NOTICE or text[-1] in "。！？”"


def _twins(lines: list[Line], reasons: list[str | None]) -> None:
    """Keep the first of two copies of a body, printed for the desk and for the telephone.

    A paragraph that alone is repeated may be the author's; so nearly half of them must be.
    """
    seen: set[str] = set()
    twins: list[int] = []
    for position, line in enumerate(lines):
        if reasons[position] is None and len(line.text) >= _PARAGRAPH:
            if line.text in seen:
                twins.append(position)
            seen.add(line.text)
    if len(twins) * 5 >= len(seen) * 2:
        for position in twins:
            reasons[position] = "printed twice"


def _fold(text: str) -> str:
    return _NOT_WORD.sub("", text)


def _tail(lines: list[Line], reasons: list[str | None], core: Core) -> None:
    """After the first closing mark that is followed by little running text: nothing."""
    running = [
        len(line.text) if reason is None and _running(line) else 0 for line, reason in zip(lines, reasons, strict=True)
    ]
    total = sum(running)
    behind = solid = 0
    end = len(lines)
    for position in range(len(lines) - 1, -1, -1):
        reason = reasons[position]
        if reason in END_REASONS:
            goes_on = behind > 0.15 * total or (reason == "related" and solid > _CONCLUSION)
            if not goes_on or (lines[position].index >= core.last and reason != "related"):
                end = position
            elif reason == "legal" and _is_told(lines[position].text) and behind < 0.95 * total:
                reasons[position] = None
        elif reason in ("prompt", "signature") and behind > 0.15 * total and lines[position].text[-1] in "。！？":
            # A sentence about an app or an account, with the text going on, is the text's.
            reasons[position] = None
        behind += running[position]
        if position and reasons[position - 1] is None:
            solid += running[position]
    for position in range(end, len(lines)):
        if reasons[position] is None:
            reasons[position] = "after the end"
