"""Floors: the best figures reached so far.  A change that falls below one is refused; only better ones replace it.

Floors hold for one corpus.  Its hash stands beside them, since figures of different pages cannot be compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from goals import Figure

__all__ = ["EPSILON", "SLACK", "Floors", "corpus_hash"]

#: Sums of floats in another order differ by this much at most; a page more or less right moves a figure by 1e-4.
EPSILON = 1e-9
#: Times may be this much worse than the floor: on a machine of two cores with other work, five runs of one extractor
#: spread over 1.3 ×; the ratio to lxml takes out the machine's speed, not its neighbours.
SLACK = 1.5
#: What the figures depend on, in the bench folder: pages and gold, and the scorers.
_PARTS = ("articles", "lists", "same_host", "score.py", "score_lists.py")


def corpus_hash(bench: Path) -> str:
    """SHA-256 (hex) over names and bytes of everything below the bench folder that figures depend on."""
    digest = hashlib.sha256()
    for part in _PARTS:
        top = bench / part
        for path in sorted(p for p in (top.rglob("*") if top.is_dir() else [top]) if p.is_file()):
            if path.suffix == ".pyc":
                continue
            data = path.read_bytes()
            digest.update(f"{path.relative_to(bench).as_posix()}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Floors:
    """Floors by figure name, and the corpus that they were measured on (None: no floor yet)."""

    corpus: str | None
    values: Mapping[str, float]

    @classmethod
    def read(cls, path: Path) -> Floors:
        """The floors of that file; none where there is no file."""
        if not path.exists():
            return cls(None, {})
        stored = json.loads(path.read_text("utf-8"))
        return cls(stored["corpus"], stored["floors"])

    def write(self, path: Path) -> None:
        """Write the file, sorted, so that a raised floor is a diff of one line."""
        text = json.dumps(
            {"corpus": self.corpus, "floors": dict(sorted(self.values.items()))}, indent=2, ensure_ascii=False
        )
        path.write_text(f"{text}\n", "utf-8")

    def fit(self, corpus: str) -> bool:
        """True if figures of that corpus may be compared with these floors."""
        return self.corpus in (None, corpus)

    def drops(self, figures: Iterable[Figure], now: Mapping[str, float]) -> list[str]:
        """One line for each figure that fell below its floor, or that is no longer measured."""
        lines = []
        for figure in figures:
            floor = self.values.get(figure.name)
            if floor is None:
                continue
            value = now.get(figure.name)
            if value is None:
                lines.append(f"{figure.name}: not measured any more; its floor is {floor:.4f}")
            elif _worse(figure, value, floor):
                side = "above" if figure.lower else "below"
                lines.append(f"{figure.name}: {value:.4f} is {side} its floor {floor:.4f}")
        return lines

    def raised(self, figures: Iterable[Figure], now: Mapping[str, float], corpus: str) -> Floors:
        """These floors with every better figure in place of its floor; never a worse one."""
        best = dict(self.values)
        for figure in figures:
            if figure.name in now:
                best[figure.name] = _better(figure, now[figure.name], best.get(figure.name))
        return replace(self, corpus=corpus, values=best)


def _better(figure: Figure, value: float, floor: float | None) -> float:
    if figure.capped:
        value = max(value, figure.goal) if figure.lower else min(value, figure.goal)
    if floor is None:
        return value
    return min(value, floor) if figure.lower else max(value, floor)


def _worse(figure: Figure, value: float, floor: float) -> bool:
    if figure.noisy:
        return value > floor * SLACK if figure.lower else value < floor / SLACK
    return value > floor + EPSILON if figure.lower else value < floor - EPSILON
