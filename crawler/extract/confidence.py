"""How sure the extractor is of a body: what usually goes wrong leaves traces that can be counted.

Measured on the bench (134 pages): see `suspicion`.  The figure orders pages for review, it is no probability.
"""

from __future__ import annotations

from collections.abc import Iterable

from crawler.extract.container import Core
from crawler.extract.dom import Line
from crawler.extract.titles import Title

__all__ = ["confidence", "doubtful"]

#: Below these lengths, in characters, a body is more often a remainder than a text.
_SHORT, _SHORTER = 200, 80


def confidence(core: Core, title: Title, kept: list[Line], left: list[tuple[Line, str]]) -> float:
    """0 to 1 from the headline's place, rivals on the page, length, and what was cut with running text in it."""
    size = sum(len(line.text) for line in kept)
    doubt = 0.0
    distance = kept[0].index - title.lines[-1] if title.lines else None
    if distance is None or distance < 0:
        doubt += 0.3
    elif distance > 10:
        doubt += 0.1
    doubt += 0.35 * min(1.0, core.rival / (core.points + 1))
    doubt += 0.1 if core.below > 0 else 0.0
    doubt += 0.15 if size < _SHORTER else 0.05 if size < _SHORT else 0.0
    text = sum(len(line.text) for line, reason in left if reason in ("after the end", "before text", "promotion"))
    links = sum(1 for _, reason in left if reason == "link")
    doubt += 0.3 * min(1.0, 2 * text / size) + 0.1 * min(1.0, links / len(kept))
    loose = sum(1 for line in kept if len(line.text) < 12)
    doubt += 0.1 * loose / len(kept)
    return round(max(0.0, 1.0 - doubt), 3)


def doubtful(pages: Iterable[tuple[float, float]], bad: float = 0.97, share: float = 0.1) -> float:
    """Of the pages with an F1 below `bad`, the part that is among the `share` with the lowest confidence.

    pages: (confidence, F1) of each page.  1.0 where no page is bad.

    >>> doubtful([(0.2, 0.5), (0.9, 0.9), *[(0.95, 1.0)] * 8])
    0.5
    """
    ordered = sorted(pages)
    lowest = ordered[: max(1, round(len(ordered) * share))]
    wrong = sum(f1 < bad for _, f1 in ordered)
    return sum(f1 < bad for _, f1 in lowest) / wrong if wrong else 1.0
