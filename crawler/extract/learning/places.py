"""Where things stand, by a vote: every page names its candidates, and every candidate is tried on every page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from crawler.extract.learning.samples import Sample
from crawler.extract.lines import Box, Line
from crawler.extract.places import scan
from crawler.items import Place

__all__ = ["BodyPlace", "find_body_place", "find_places"]

#: Boxes around the one that the generic rules chose are candidates too: on a short page they choose one too small.
_LEVELS = 4
#: A lead in a box of its own stands on more pages than this share; on fewer, the generic rules erred.  Missing it costs
#: more than all that the larger box holds besides, which is cut later.
_STRAY, _OUTSIDE = 0.2, 0.5
#: Shorter lines are counters and labels.
_TEXT = 12
#: A field's place is believed if it holds on this share of the pages that have the field, and on so many.
_SHARE, _LEAST = 0.3, 2
#: A row of cells is read as a whole (breadcrumbs.py, zones.py).
_ROW = 9
_FIELDS = (
    *("title", "date", "source", "breadcrumb", "reporters", "correspondents", "photographers", "editors"),
    *("keywords", "pager", "page"),
)


@dataclass(slots=True)
class BodyPlace:
    """The place of the body.  homes: its box on the pages that have it.  agreement: 0 to 1, how well it holds what the
    generic rules kept, weighted by how sure they were."""

    place: Place
    homes: Mapping[Sample, Box]
    agreement: float


def find_body_place(samples: list[Sample], common: Collection[str]) -> BodyPlace | None:
    """The place that best holds what the pages' bodies are made of, and little else.

    common: lines that stand in several stories and are therefore none of the text.
    """
    candidates = dict.fromkeys(selector for sample in samples for selector in _body_candidates(sample))
    found = {sample: scan(sample.document.root, candidates) for sample in samples}
    best: BodyPlace | None = None
    whole = sum(sample.weight for sample in samples)
    for selector in candidates:
        homes: dict[Sample, Box] = {}
        total = 0.0
        for sample in samples:
            box = sample.boxes.get(found[sample].get(selector))
            held = _held(sample, box) if box is not None else 0.0
            total += sample.weight * held
            if box is not None and held >= 0.5:
                homes[sample] = box
        total -= _OUTSIDE * whole * max(0.0, _missing(samples, homes, common) - _STRAY)
        if best is None or total / whole > best.agreement + 1e-9:
            best = BodyPlace(Place(selector, len(homes), None, _path(homes)), homes, total / whole)
    return best


def _missing(samples: list[Sample], homes: Mapping[Sample, Box], common: Collection[str]) -> float:
    """Share of the pages that have text of their own outside of the box: a lead above it, or what was kept in error."""
    short = sum(
        any(_own_text(line, common) and not home.first <= line.index < home.last for line in sample.body.lines)
        for sample, home in homes.items()
    )
    return short / len(samples)


def _own_text(line: Line, common: Collection[str]) -> bool:
    return len(line.text) >= _TEXT and line.link_chars * 2 < len(line.text) and line.text not in common


def _body_candidates(sample: Sample) -> Iterable[str]:
    box: Box | None = sample.boxes.get(sample.body.containers[0])
    for _ in range(_LEVELS):
        if box is None or box.parent is None or box.tag in ("body", "html"):
            break
        yield sample.writer.selector(box.element)
        box = box.parent


def _held(sample: Sample, box: Box) -> float:
    """How much of the page's body the box holds, less what else it holds: 0 to 1."""
    body = sum(len(line.text) for line in sample.body.lines)
    inside = sum(len(line.text) for line in sample.body.lines if box.first <= line.index < box.last)
    other = sum(
        len(line.text)
        for line in sample.document.lines[box.first : box.last]
        if line.index not in sample.kept and not line.hidden
    )
    # Of two boxes with the same text the smaller one wins; what else there is in it weighs little, as it is cut later.
    return inside / max(1, body) * (1.0 - 0.3 * other / max(1, other + inside))


def find_places(samples: list[Sample], homes: Mapping[Sample, Box]) -> dict[str, Place]:
    """Field → its place outside the body, where pages agree on one."""
    found = {}
    for name in _FIELDS:
        place = _vote([sample for sample in samples if name in sample.lines], name, homes)
        if place is not None:
            found[name] = place
    return found


def _vote(samples: list[Sample], name: str, homes: Mapping[Sample, Box]) -> Place | None:
    outside = [sample for sample in samples if name == "title" or not _inside(sample, name, homes)]
    candidates = dict.fromkeys(selector for sample in outside for selector in _candidates(sample, name))
    found = {sample: scan(sample.document.root, candidates) for sample in outside}
    best: Place | None = None
    for selector in candidates:
        places = {sample: found[sample].get(selector) for sample in outside}
        held = {sample: box for sample, node in places.items() if (box := _holding(sample, name, node)) is not None}
        if best is None or len(held) > best.pages:
            best = Place(selector, len(held), None, _path(held))
    if best is None or best.pages < _LEAST or best.pages < _SHARE * len(samples):
        return None
    return best


def _inside(sample: Sample, name: str, homes: Mapping[Sample, Box]) -> bool:
    home = homes[sample]
    return home.first <= sample.lines[name].index < home.last


def _candidates(sample: Sample, name: str) -> Iterable[str]:
    box = sample.lines[name].box
    if name == "title":
        yield sample.writer.selector(box.element)
        return
    row = box.parent
    if row is not None and row.parent is not None and row.last - row.first <= _ROW and not sample.taken(row):
        yield sample.writer.selector(row.element)
    yield sample.writer.selector(box.element)


def _holding(sample: Sample, name: str, element: etree._Element | None) -> Box | None:
    """The element's box if the field's line stands in it."""
    box = sample.boxes.get(element)
    return box if box is not None and box.first <= sample.lines[name].index < box.last else None


def _path(boxes: Mapping[Sample, Box]) -> str | None:
    """The full path that most of the boxes have."""
    paths = Counter(sample.writer.path(box.element) for sample, box in boxes.items())
    return paths.most_common(1)[0][0] if paths else None
