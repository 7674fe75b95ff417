"""Dates as people write them: a year, a month or a day."""

from __future__ import annotations

import datetime as dt
import re

from crawler.items import CST

__all__ = ["period"]

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_DECEMBER = 12


def period(text: str) -> tuple[dt.datetime, dt.datetime]:
    """First moment of a year, month or day in China, and of the one after it.  Raises ValueError, OverflowError.

    >>> [str(moment.date()) for moment in period("2022-12")]
    ['2022-12-01', '2023-01-01']
    """
    found = _DATE.fullmatch(text.strip())
    year, month, day = (int(part) if part else None for part in found.groups()) if found else (0, None, None)
    first = dt.datetime(year or 0, month or 1, day or 1, tzinfo=CST)
    if day:
        return first, first + dt.timedelta(days=1)
    if month and month < _DECEMBER:
        return first, first.replace(month=month + 1)
    return first, first.replace(year=first.year + 1, month=1)
