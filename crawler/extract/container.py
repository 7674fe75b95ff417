"""Where the body stands: the stretch of lines that reads like an article, and the box that holds it.

Every line earns points for running text and loses them for links, furniture and jumps between boxes; the body's core
is the stretch with the highest sum.  Nothing of this depends on which element the CMS chose: text in <br>, <td>, <div>
or bare text nodes gives the same lines.

Effect on the bench (pageF1 and share of clean pages; with all rules 0.9989 and 0.970), without: cost of jumps 0.9989,
0.963; growth into sibling boxes 0.9962, 0.963.  Names of boxes, labels of the foot, Founder's markers and the fallback
change nothing there; they are for pages of DOMAIN.md §3 and §4.3 that the bench lacks, and tests/test_body.py has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.extract.dom import Box, Document, Line
from crawler.extract.furniture import is_meta_line, mark
from crawler.extract.titles import Title

__all__ = ["Core", "core_within", "find_core"]

_MARKS = re.compile(r"[，。！？；：、”…]|[,.;:!?](?=\s|$)")
#: Labels of a page's foot.  The same labels end official notices, so they earn no points but are not cut either.
_FOOT = re.compile(
    r"[\s\W_]{0,3}(?:主[办管]|承办|协办|地址|邮编|技术支持|网站标识码|联系我们|关于我们|法律顾问|传真|电话|建议使用|总机)"
    r"(?:单位|部门)?[\s:：|]"
)
#: Names of boxes around comments, recommendations and page feet: a weak hint, which only lowers the points.
_ASIDE_NAMES = re.compile(
    r"comment|reply|pinglun|foot(?!ball)|copyright|recommend|tuijian|relate|xiangguan|sidebar|(?<![a-z])side(?![a-z])"
    r"|aside|(?<![a-z])rank|paihang|hotnews|(?<![a-z])nav(?![a-z])|(?<![a-z])menu|breadcrumb|login|disclaimer"
    r"|shengming|(?<![a-z])share|qrcode|advert"
)


#: A page with fewer points than a sentence of running text earns shows no body: look among the hidden lines.
_LITTLE = 30.0


#: Lines below the body's box that are looked at for text that was missed.
_BELOW = 8
#: Steps up and down between two paragraphs in three wrappers each.
_WRAPPED = 8
#: Lines below the headline among which the meta line stands, under a sub-title perhaps.
_META_LINES = 5
#: Without running text: how far below the headline a line may stand, and its least length, in characters.
_NEARBY, _PLAIN = 25, 8
#: Shorter lines are labels and headlines.
_LABEL = 20
#: Text, in characters, that a sibling box must add below the body to count as its continuation, and the number of
#: its lines that are looked at.
_GROWTH = 200
_GROWTH_CHECKED = 400


@dataclass(slots=True)
class Core:
    """Half-open range of lines of the body's core, the box that holds it, and the points it earned.

    rival: points of running text elsewhere on the page, for the confidence.
    """

    first: int
    last: int
    home: Box
    points: float
    rival: float = 0.0
    #: the text was found among lines that are styled away
    hidden: bool = False
    #: nothing outside of first to last belongs to it
    exact: bool = False
    #: points of running text directly below the box, for the confidence
    below: float = 0.0


def _points(line: Line) -> float:
    text, size = line.text, len(line.text)
    own = size - line.link_chars
    if own * 2 < size:
        return -8.0 - min(size, 40) * 0.5
    reason = mark(line)
    if reason in ("related", "comments"):
        return -120.0
    if reason is not None:
        return -30.0
    marks = text.count("，") + text.count("。") if size >= 8 else 0
    if marks < 2 and size >= 8:
        marks = len(_MARKS.findall(text))
    if not marks or (size < 16 and marks < 2):
        return -4.0
    if size < 120 and (is_meta_line(text) or _FOOT.match(text)):
        return -10.0
    return float(min(own, 400)) * (1.0 if marks > 1 or text[-1] in "。！？”…" else 0.6)


def _aside(box: Box, home: Box | None, known: dict[int, bool]) -> float:
    """Factor below 1 for boxes (or their near ancestors, up to a known home) that are named like furniture."""
    step: Box | None = box
    for _ in range(5):
        if step is None or step.parent is None or step is home:
            break
        named = known.get(id(step))
        if named is None:
            # Paragraphs share their ancestors, and most of the cost is the search in names.
            named = step.tag in ("footer", "nav", "aside") or _ASIDE_NAMES.search(step.names()) is not None
            known[id(step)] = named
        if named:
            return 0.25
        step = step.parent
    return 1.0


def _jump(one: Box, other: Box) -> float:
    """Cost of stepping from one line's box to the next line's: how far up their common ancestor is."""
    if one is other or one.parent is other.parent:
        return 0.0
    steps = 0
    a: Box | None = one
    b: Box | None = other
    while a is not b and a is not None and b is not None:
        if a.depth >= b.depth:
            a = a.parent
        else:
            b = b.parent
        steps += 1
    # Paragraphs that are wrapped alike (秀米 and 135 editors: a section for each) are no farther apart for it.
    alike = one.depth == other.depth and one.tag == other.tag and steps <= _WRAPPED
    return 0.0 if alike else min(steps, 12) * 1.5


def find_core(document: Document, title: Title) -> Core | None:
    """The stretch of lines with the most running text; None on a page without any."""
    marked = _between_markers(document)
    if marked is not None:
        return marked
    lines = [line for line in document.lines if not line.hidden]
    points = _score(lines, title)
    best = _stretch(lines, points)
    hidden = (best is None or best[2] < _LITTLE) and len(lines) < len(document.lines)
    if hidden:
        lines = document.lines
        points = _score(lines, title)
        best = _stretch(lines, points)
    if best is None:
        return None
    first, last, total = best
    if total < _LITTLE and (plain := fallback_core(document, title)) is not None:
        return plain
    home = _grown(document, _home(document, lines[first : last + 1], points[first : last + 1]))
    rival = sum(value for value in points[:first] + points[last + 1 :] if value > 0)
    core = Core(lines[first].index, lines[last].index + 1, home, total, rival, hidden)
    below = max(core.last, home.last)
    core.below = sum(value for line in document.lines[below : below + _BELOW] if (value := _points(line)) > 0)
    return core


def core_within(document: Document, title: Title, home: Box) -> Core | None:
    """The same, among the lines of a box that is known to hold the body; None where it holds no running text."""
    inside = document.lines[home.first : home.last]
    lines = [line for line in inside if not line.hidden] or inside
    best = _stretch(lines, _score(lines, title, home)) if lines else None
    if best is None:
        return None
    first, last, total = best
    return Core(lines[first].index, lines[last].index + 1, home, total, 0.0, lines[first].hidden)


def _score(lines: list[Line], title: Title, home: Box | None = None) -> list[float]:
    headline = title.lines[-1] if title.lines else -1
    factors: dict[int, float] = {}
    known: dict[int, bool] = {}
    scored: list[float] = []
    ended, gathered = 1.0, 0.0
    texts: set[Box | None] = set()
    titles = frozenset(title.lines) | frozenset(title.repeats)
    for line in lines:
        # Above the headline stands navigation; what its labels say does not matter.
        label = line.index in titles or (line.index < headline and len(line.text) < _LABEL)
        points = -4.0 if label else _points(line)
        if points > 0:
            factor = factors.get(id(line.box))
            if factor is None:
                factor = factors[id(line.box)] = _aside(line.box, home, known)
            # Paragraphs beside earlier ones go on after a list that floats among them.
            beside = line.box in texts or line.box.parent in texts
            points *= factor * (1.0 if beside else ended) * (0.4 if line.index < headline else 1.0)
            if line.index > headline:
                gathered += points
                if ended == 1.0 and points > _LITTLE:
                    texts.update((line.box, line.box.parent))
        elif points < -60 and gathered > (_LITTLE / 2 if title.lines else _LITTLE * 2):
            ended = 0.3
        scored.append(points)
    return scored


def _stretch(lines: list[Line], points: list[float]) -> tuple[int, int, float] | None:
    """Maximum-sum stretch (Kadane) over points minus the cost of jumps: linear."""
    best: tuple[int, int, float] | None = None
    total, start = 0.0, 0
    for index, value in enumerate(points):
        if index:
            total -= _jump(lines[index - 1].box, lines[index].box) if total > 0 else 0.0
        if total <= 0:
            total, start = 0.0, index
        total += value
        if total > 0 and (best is None or total > best[2]):
            best = (start, index, total)
    return best


def _home(document: Document, lines: list[Line], points: list[float]) -> Box:
    """The smallest box that holds nearly all of the core's running text."""
    weights = {line.index: value for line, value in zip(lines, points, strict=True) if value > 0}
    total = sum(weights.values())
    chain: list[Box] = []
    heaviest = max(weights, key=lambda index: weights[index])
    box: Box | None = document.lines[heaviest].box
    while box is not None:
        chain.append(box)
        box = box.parent
    for box in chain:
        last = box.last or len(document.lines)
        if sum(value for index, value in weights.items() if box.first <= index < last) >= 0.85 * total:
            return box
    return chain[-1]


def _grown(document: Document, home: Box) -> Box:
    """An ancestor that adds nothing but plain text below: bodies split over sibling boxes, tables beside them."""
    box = home
    while box.parent is not None and box.parent.parent is not None:
        box = box.parent
        below = [line for line in document.lines[home.last : box.last] if not line.hidden]
        alien = sum(line.link_chars > 0 or mark(line) is not None for line in below[:_GROWTH_CHECKED])
        if alien * 20 > len(below):
            break
        if len(below) <= _GROWTH_CHECKED and sum(len(line.text) for line in below) >= _GROWTH:
            home = box
    return home


def _between_markers(document: Document) -> Core | None:
    """What stands between Founder's comments enpcontent and /enpcontent (DOMAIN.md §4.3), where that is text.

    The pair may occur twice in a page; the first one with text counts.
    """
    opened: int | None = None
    for text, index in document.comments:
        name = text.strip().lower()
        if name == "enpcontent":
            opened = index
        elif name == "/enpcontent" and opened is not None:
            lines = document.lines[opened:index]
            points = sum(value for value in map(_points, lines) if value > 0)
            if points > _LITTLE:
                return Core(opened, index, _common(lines), points, 0.0, all(line.hidden for line in lines), exact=True)
            opened = None
    return None


def _common(lines: list[Line]) -> Box:
    """The smallest box that holds all lines."""
    box = lines[0].box
    while box.parent is not None and not lines[-1].box.within(box):
        box = box.parent
    return box


def fallback_core(document: Document, title: Title) -> Core | None:
    """On pages without running text (galleries, videos): the first plain lines below the headline, if any."""
    if not title.lines:
        return None
    below = title.lines[-1] + 1
    dated = [line.index for line in document.lines[below : below + _META_LINES] if is_meta_line(line.text)]
    below = dated[-1] + 1 if dated else below
    for line in document.lines[below : below + _NEARBY]:
        if line.hidden or line.link_chars or len(line.text) < _PLAIN or mark(line) or is_meta_line(line.text):
            continue
        last = line.index + 1
        for other in document.lines[last : last + _GROWTH_CHECKED]:
            if other.link_chars or mark(other):
                break
            last = other.index + 1
        return Core(line.index, last, _common(document.lines[line.index : last]), 0.0, exact=True)
    return None
