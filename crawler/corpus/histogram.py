"""Counts of durations in classes: any number of them in constant memory, and sums of many runs stay exact."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

__all__ = ["bound", "merge", "quantile"]

#: Classes a factor of ten: neighbours differ by 12 %, less than what a latency varies from one request to the next.
_A_DECADE = 20
#: Exponents of the first and last bound in seconds: a millisecond is loopback, a hundred seconds beyond any timeout.
_FIRST, _LAST = -3, 2


def bound(seconds: float) -> str:
    """Upper bound of the class, in seconds, as a key of a JSON object.

    >>> bound(0.0001), bound(0.2), bound(10_000)
    ('0.001', '0.2239', '100')
    """
    place = math.ceil(_A_DECADE * math.log10(seconds)) if seconds > 0 else _FIRST * _A_DECADE
    return f"{10 ** (min(max(place, _FIRST * _A_DECADE), _LAST * _A_DECADE) / _A_DECADE):.4g}"


def merge(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of several."""
    total: dict[str, int] = {}
    for each in counts:
        for key, number in each.items():
            total[key] = total.get(key, 0) + number
    return total


def quantile(counts: Mapping[str, int], share: float) -> float | None:
    """Upper bound of the class in which that share of all is reached, in seconds; None where nothing was counted.

    >>> quantile({"0.1": 90, "0.5": 9, "2": 1}, 0.5), quantile({"0.1": 90, "0.5": 9, "2": 1}, 0.99), quantile({}, 0.5)
    (0.1, 0.5, None)
    """
    wanted, passed = share * sum(counts.values()), 0
    for key in sorted(counts, key=float):
        passed += counts[key]
        if passed >= wanted and passed:
            return float(key)
    return None
