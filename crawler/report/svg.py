"""Plots as SVG elements: columns, lines and bars.  No script, no font and no colour of their own: see style.css.

Units are those of the drawing, WIDTH wide, which is stretched to its place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from lxml import etree
from lxml.builder import ElementMaker
from rich.cells import cell_len, set_cell_size

__all__ = ["COLOURS", "WIDTH", "bars", "clean", "clip", "columns", "lines"]

Element = etree._Element
Series = Mapping[str, Sequence[float | None]]
Words = Callable[[float], str]

WIDTH = 720
#: Series that style.css has colours for; more than a person can tell apart.
COLOURS = 8
_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT = 52, 8, 8, 24, 220
#: Columns of names beside bars, and of figures after them; a cell of a letter is about so wide at our size.
_NAMES, _FIGURES, _CELL, _ROW = 210, 90, 7, 22
#: Lines across, and labels below, beyond which they run into each other.
_GRID, _LABELS = 4, 8
#: A day with a single article must be seen beside one of hundreds.
_LEAST = 1.5

_E = ElementMaker()


def clean(text: str) -> str:
    """Text without the control characters that no page can hold."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)


def clip(text: str, cells: int) -> str:
    """Text of so many cells at most, Chinese characters taking two.

    >>> clip("高新区动态与产业观察", 9), clip("体育", 9)
    ('高新区动…', '体育')
    """
    return text if cell_len(text) <= cells else set_cell_size(text, cells - 1).rstrip() + "…"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def columns(labels: Sequence[str], series: Series, name: str, words: Words = _plain) -> Element:
    """A column a label, the series stacked in it.  name: what the drawing is called where it cannot be seen."""
    sums = [sum(values[place] or 0 for values in series.values()) for place in range(len(labels))]
    top = _nice(max(sums, default=0))
    picture = _frame(labels, top, name, words)
    step = (WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    for place, label in enumerate(labels):
        foot = float(_HEIGHT - _BOTTOM)
        for number, (what, values) in enumerate(series.items()):
            value = values[place] or 0
            if value <= 0:
                continue
            height = max(value / top * (_HEIGHT - _TOP - _BOTTOM), _LEAST)
            foot -= height
            x, width = _LEFT + place * step + step * 0.1, step * 0.8
            picture.append(_mark(x, foot, width, height, number, f"{label} · {what}: {words(value)}"))
    return picture


def lines(labels: Sequence[str], series: Series, name: str, words: Words = _plain) -> Element:
    """A line a series, with a dot a value; None breaks it."""
    top = _nice(max((v for values in series.values() for v in values if v is not None), default=0))
    picture = _frame(labels, top, name, words)
    step = (WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    for number, (what, values) in enumerate(series.items()):
        points: list[str] = []
        for place, value in enumerate([*values, None]):
            if value is None:
                if len(points) > 1:
                    picture.append(_E.polyline(points=" ".join(points), **{"class": f"line s{number % COLOURS}"}))
                points = []
                continue
            x = _LEFT + (place + 0.5) * step
            y = _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)
            points.append(f"{x:.1f},{y:.1f}")
            dot = _E.circle(cx=f"{x:.1f}", cy=f"{y:.1f}", r="3", **{"class": f"mark s{number % COLOURS}"})
            dot.append(_E.title(f"{labels[place]} · {what}: {words(value)}"))
            picture.append(dot)
    return picture


def bars(rows: Sequence[str], series: Series, name: str, words: Words = _plain, top: float | None = None) -> Element:
    """A bar a row, the series one after the other in it, its sum behind it.  top: what a full bar is worth."""
    sums = [sum(values[place] or 0 for values in series.values()) for place in range(len(rows))]
    full = top or max(*sums, 0, 0) or 1
    picture = _svg(len(rows) * _ROW + 4, name)
    for place, row in enumerate(rows):
        y = place * _ROW + 2
        x = float(_NAMES)
        for number, (what, values) in enumerate(series.items()):
            value = values[place] or 0
            if value <= 0:
                continue
            width = max(min(value / full, 1.0) * (WIDTH - _NAMES - _FIGURES), _LEAST)
            picture.append(_mark(x, y + 2, width, _ROW - 8, number, f"{row} · {what}: {words(value)}"))
            x += width
        picture.append(_text(_NAMES - 8, y + 12, clip(row, _NAMES // _CELL), "end"))
        unknown = all(values[place] is None for values in series.values())
        picture.append(_text(x + 6, y + 12, "–" if unknown else words(sums[place]), "start"))
    return picture


def _svg(height: float, name: str) -> Element:
    said = clean(name)
    return _E.svg(_E.title(said), viewBox=f"0 0 {WIDTH} {height:g}", role="img", **{"aria-label": said})


def _frame(labels: Sequence[str], top: float, name: str, words: Words) -> Element:
    """The drawing with its lines across and its labels."""
    picture = _svg(_HEIGHT, name)
    for number in range(_GRID + 1):
        y = _HEIGHT - _BOTTOM - number / _GRID * (_HEIGHT - _TOP - _BOTTOM)
        picture.append(_E.line(x1=str(_LEFT), x2=str(WIDTH - _RIGHT), y1=f"{y:g}", y2=f"{y:g}", **{"class": "grid"}))
        picture.append(_text(_LEFT - 6, y + 4, words(top * number / _GRID), "end"))
    step = (WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    every = max(1, math.ceil(len(labels) / _LABELS))
    for place in range(0, len(labels), every):
        picture.append(_text(_LEFT + (place + 0.5) * step, _HEIGHT - 6, labels[place], "middle"))
    return picture


def _nice(highest: float) -> float:
    """The next of 1, 2, 4, 8 times a power of ten: its quarters are round."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in (1, 2, 4, 8, 10) if highest <= step * power)


def _mark(x: float, y: float, width: float, height: float, number: int, words: str) -> Element:
    mark = _E.rect(
        x=f"{x:.1f}", y=f"{y:.1f}", width=f"{width:.1f}", height=f"{height:.1f}",
        **{"class": f"mark s{number % COLOURS}"},
    )  # fmt: skip
    mark.append(_E.title(clean(words)))
    return mark


def _text(x: float, y: float, words: str, anchor: str) -> Element:
    return _E.text(clean(words), x=f"{x:.1f}", y=f"{y:.1f}", **{"text-anchor": anchor})
