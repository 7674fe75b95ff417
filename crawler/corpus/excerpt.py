"""Where a query's words stand in the real text: marks in a headline, and the passage that shows most of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crawler.corpus.bigrams import CHINESE, Phrase, is_chinese
from crawler.corpus.folding import fold
from crawler.corpus.search_query import Term

__all__ = ["Excerpt", "passage", "whole"]

#: Characters of a passage, and how many of them stand before the first hit: two lines of 80 columns.
_LENGTH, _BEFORE = 72, 12
_WORD = rf"[^\W_{CHINESE}]"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a text as it is printed.  marks: (start, end) of each hit in it, in order, never overlapping."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


def whole(text: str, terms: Iterable[Term], column: str) -> Excerpt:
    """All of a short text, a headline for instance, with marks."""
    return Excerpt(text, _merged((start, end) for start, end, _ in _hits(text, terms, column)))


def passage(text: str, terms: Sequence[Term], column: str = "body") -> Excerpt:
    """The passage with the most different words of the query; the text's beginning where none of them stands in it."""
    hits = _hits(text, terms, column)
    first = max(hits, key=lambda hit: (_shown(hits, hit[0]), -hit[0]))[0] if hits else 0
    start = max(0, min(first - _BEFORE, len(text) - _LENGTH))
    end = min(len(text), start + _LENGTH)
    lead = "…" if start else ""
    # One character for one: the marks stay where they are.
    shown = re.sub(r"\s", " ", text[start:end])
    within = ((max(a, start), min(b, end)) for a, b, _ in hits if a < end and b > start)
    marks = _merged((a - start + len(lead), b - start + len(lead)) for a, b in within)
    return Excerpt(f"{lead}{shown}{'…' if end < len(text) else ''}", marks)


def _shown(hits: Sequence[tuple[int, int, int]], first: int) -> int:
    """Different terms that a passage shows which begins with that hit."""
    return len({term for a, b, term in hits if a >= first and b <= first - _BEFORE + _LENGTH})


def _hits(text: str, terms: Iterable[Term], column: str) -> list[tuple[int, int, int]]:
    """(start, end, number of the term) of every hit, in the order of the text."""
    patterns = [(number, _pattern(term.phrase)) for number, term in enumerate(terms) if term.column in (None, column)]
    if not text or not patterns:
        return []
    folded, places = _folded(text)
    hits = [
        (places[found.start()], places[found.end() - 1] + 1, number)
        for number, pattern in patterns
        for found in pattern.finditer(folded)
    ]
    return sorted(hits)


def _folded(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and for each of its characters the place of the one that it comes from."""
    pieces = [fold(character) for character in text]
    return "".join(pieces), [place for place, piece in enumerate(pieces) for _ in piece]


def _pattern(phrase: Phrase) -> re.Pattern[str]:
    """What the phrase's tokens stand for, in folded text."""
    parts: list[str] = []
    for place, run in enumerate(phrase.runs):
        if place:
            # Between characters of one kind something has to stand, or they were one run.
            parts.append(r"[\W_]+" if is_chinese(phrase.runs[place - 1]) == is_chinese(run) else r"[\W_]*")
        parts.append(re.escape(run) if is_chinese(run) else rf"(?<!{_WORD}){re.escape(run)}")
        if not is_chinese(run):
            last = place == len(phrase.runs) - 1
            parts.append(f"{_WORD}*" if phrase.prefix and last else f"(?!{_WORD})")
    return re.compile("".join(parts))


def _merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
