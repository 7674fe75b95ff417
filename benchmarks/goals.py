"""The figures that `make bench` prints: what each must reach, and what the best other extractor reaches.

Goals are the project's own; peers were measured on the same pages (docs/benchmark.md).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FIGURES", "Figure"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    goal: what it must reach.  peer: the best other extractor's, None where no other gives it.  lower: less is better.
    noisy: a time, which varies between runs; all others come out the same on every run and every machine.
    capped: its floor stops at the goal: a share of a handful of pages falls when one of them is repaired.
    """

    name: str
    goal: float
    peer: float | None = None
    lower: bool = False
    noisy: bool = False
    capped: bool = False

    def reached(self, value: float) -> bool:
        """True if the value is at the goal or beyond."""
        return value <= self.goal if self.lower else value >= self.goal


FIGURES = (
    Figure("body F1", 0.99, 0.961),
    Figure("body pageF1", 0.985, 0.951),
    Figure("body clean", 0.93, 0.69),
    Figure("title", 0.98, 0.90),
    Figure("published", 0.97, 0.79),
    Figure("source", 0.93),
    Figure("reporters F1", 0.92, 0.15),
    Figure("editors F1", 0.93),
    Figure("breadcrumb", 0.88),
    Figure("empty bodies", 0, lower=True),
    Figure("crashes", 0, lower=True),
    Figure("doubt finds faults", 0.5, capped=True),
    Figure("time × lxml", 4, 13, lower=True, noisy=True),
    Figure("list precision", 0.97, 0.878),
    Figure("list recall", 0.97, 0.939),
    Figure("list next", 0.95),
    Figure("list sections", 0.90),
    Figure("onboard demo recall", 0.9),
    Figure("onboard demo precision", 0.8),
    Figure("onboard front recall", 0.9),
    Figure("onboard front precision", 0.8),
    Figure("learned clean", 0.96),
    Figure("learned hosts worse", 0, lower=True),
    Figure("learned time × lxml", 2, lower=True, noisy=True),
)
