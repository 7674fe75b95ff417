"""Which pages are set in the same layout: those whose elements bear the same names in the same places."""

from __future__ import annotations

from crawler.extract.learning.samples import Sample
from crawler.extract.places import stable

__all__ = ["cluster"]

#: Pages of one layout share most of their structure whatever their text; of two layouts of one portal, header and
#: footer at most.  Measured on the bench's eight hosts: within a layout 0.6 to 1.0, between layouts below 0.35.
_ALIKE = 0.5
_DEPTH = 3


def cluster(samples: list[Sample]) -> list[list[Sample]]:
    """Groups of pages of one layout, the largest first; every page is in one of them."""
    groups: list[tuple[list[Sample], list[frozenset[str]]]] = []
    for sample in samples:
        marks = _structure(sample)
        best = max(groups, key=lambda group: _mean(marks, group[1]), default=None)
        if best is not None and _mean(marks, best[1]) >= _ALIKE:
            best[0].append(sample)
            best[1].append(marks)
        else:
            groups.append(([sample], [marks]))
    return sorted((members for members, _ in groups), key=len, reverse=True)


def _structure(sample: Sample) -> frozenset[str]:
    """Names of boxes outside the text, each with the names of those around it."""
    marks = set()
    inside = {id(element) for element in sample.body.containers}
    for box in sample.document.boxes:
        name = box.element.get("class") or box.element.get("id")
        if not stable(name) or id(box.element) in inside:
            continue
        steps: list[str] = []
        step = box
        while step.parent is not None and len(steps) < _DEPTH:
            steps.append(f"{step.tag}.{step.element.get('class') or step.element.get('id') or ''}")
            step = step.parent
        marks.add("/".join(steps))
    return frozenset(marks)


def _mean(marks: frozenset[str], members: list[frozenset[str]]) -> float:
    return sum(_jaccard(marks, other) for other in members) / len(members)


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    union = len(one | other)
    return len(one & other) / union if union else 1.0
