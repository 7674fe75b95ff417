"""Two texts compared by sentence, as a person wants to see it."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from rich.console import Console
from rich.markup import escape

from crawler.corpus import Revision
from crawler.items import CST, Article

__all__ = ["changes", "print_changes", "print_diff", "sentences"]

#: A sentence ends with its stop and the closing quotation marks and brackets after it, or with its paragraph.
_SENTENCE = re.compile(r"[^。！？!?；;…]*[。！？!?；;…]*[”’」』）)》]*")
_COLOURS = {"-": "red", "+": "green", " ": "dim"}
#: Characters of an unchanged sentence that are shown beside a change: where it is, not what it says.
_SHOWN = 30

Sign = Literal["-", "+", " "]


def sentences(text: str) -> list[str]:
    """The sentences of a text, paragraph by paragraph.

    >>> sentences("他说：“好。”走了！\\n第二段")
    ['他说：“好。”', '走了！', '第二段']
    """
    return [s.strip() for line in text.splitlines() for s in _SENTENCE.findall(line) if s.strip()]


def changes(old: str, new: str) -> Iterator[tuple[Sign, str]]:
    """Sentences that went (-), that came (+), and the unchanged one in front of each change ( ).

    >>> list(changes("一。二。三。", "一。二。四。"))
    [(' ', '二。'), ('-', '三。'), ('+', '四。')]
    """
    before, after = sentences(old), sentences(new)
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if a:
            yield " ", before[a - 1]
        for sentence in before[a:b]:
            yield "-", sentence
        for sentence in after[c:d]:
            yield "+", sentence


def print_changes(article: Article, revisions: Sequence[Revision]) -> None:
    """Every revision against the one before it."""
    console = Console(highlight=False)
    console.print(f"[bold]{escape(article.title or '')}[/bold]\n{escape(article.url)}", soft_wrap=True)
    if not revisions:
        console.print("No change of headline or text since it was stored.")
    for old, new in itertools.pairwise(revisions):
        seen = new.seen_at.astimezone(CST)
        console.print(f"\nrevision {new.number}, {new.kind}, seen {seen:%Y-%m-%d %H:%M}: {', '.join(new.changed)}")
        print_diff(console, (old.title, old.body), (new.title, new.body))


def print_diff(console: Console, old: tuple[str | None, str], new: tuple[str | None, str]) -> None:
    """Headline and text of one version against those of another."""
    if old[0] != new[0]:
        _print(console, [("-", old[0] or ""), ("+", new[0] or "")])
    _print(console, changes(old[1], new[1]))


def _print(console: Console, lines: Sequence[tuple[Sign, str]] | Iterator[tuple[Sign, str]]) -> None:
    for sign, sentence in lines:
        shown = sentence if sign != " " or len(sentence) <= _SHOWN else f"…{sentence[-_SHOWN:]}"
        console.print(f"[{_COLOURS[sign]}]{sign} {escape(shown)}[/]", soft_wrap=True)
