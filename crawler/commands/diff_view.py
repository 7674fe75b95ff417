"""Changes of an article on a terminal."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape

from crawler.corpus import Revision, Sign, changes
from crawler.items import CST, Article

__all__ = ["print_changes", "print_diff"]

_COLOURS = {"-": "red", "+": "green", " ": "dim"}
#: Characters of an unchanged sentence that are shown beside a change: where it is, not what it says.
_SHOWN = 30


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
