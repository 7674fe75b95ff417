"""A plot of articles a day, drawn here: no script, and the figures stand beside it as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["HEIGHT", "Bar", "Plot", "plot"]

#: Units of the drawing, which is stretched to its place; a day is ten wide.
HEIGHT, _DAY, _GAP = 100, 10, 2
#: The lowest bar of a day with anything: a single article must be seen beside a day of hundreds.
_LEAST = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """A day.  x, y, width, height: of its bar, in units of the drawing."""

    day: dt.date
    articles: int
    x: int
    y: float
    width: int
    height: float


@dataclass(frozen=True, slots=True)
class Plot:
    """width: of the drawing; total: articles in it; most: the day with the most of them."""

    bars: tuple[Bar, ...]
    width: int
    total: int
    most: Bar


def plot(days: Mapping[dt.date, int]) -> Plot | None:
    """Bars for these days, oldest first; None where there are none.

    >>> drawn = plot({dt.date(2022, 11, 12): 4, dt.date(2022, 11, 13): 1})
    >>> drawn.width, drawn.most.articles, [bar.height for bar in drawn.bars]
    (20, 4, [100.0, 25.0])
    """
    if not days:
        return None
    highest = max(*days.values(), 1)
    bars = []
    for place, (day, articles) in enumerate(days.items()):
        height = max(round(HEIGHT * articles / highest, 1), _LEAST) if articles else 0.0
        bars.append(Bar(day, articles, place * _DAY + _GAP // 2, round(HEIGHT - height, 1), _DAY - _GAP, height))
    return Plot(tuple(bars), len(bars) * _DAY, sum(days.values()), max(bars, key=lambda bar: bar.articles))
