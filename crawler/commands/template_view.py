"""A portal's learned templates as text that a person can read."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from crawler.corpus import StoredTemplate
from crawler.errors import UsageError
from crawler.extract import from_json
from crawler.items import CST, Layout, Template

__all__ = ["print_templates"]


def print_templates(portal: str, stored: Sequence[StoredTemplate]) -> None:
    """Versions in the order in which they are tried: how they do, and where each of their layouts has what."""
    console = Console(highlight=False)
    console.print(_versions(portal, stored))
    for one in stored:
        try:
            _print_layouts(console, one, from_json(one.json))
        except UsageError as e:
            console.print(f"version {one.version} is not used: {e}", markup=False, soft_wrap=True)


def _versions(portal: str, stored: Sequence[StoredTemplate]) -> Table:
    table = Table(title=f"{escape(portal)}: templates, in the order in which they are tried", title_justify="left")
    table.add_column("version", justify="right", no_wrap=True)
    table.add_column("learned", no_wrap=True)
    table.add_column("from", overflow="fold")
    table.add_column("holds", overflow="fold")
    table.add_column("pages read", justify="right", no_wrap=True)
    table.add_column("fit", justify="right", no_wrap=True)
    for one in stored:
        learned = f"{one.learned_at.astimezone(CST):%Y-%m-%d}" if one.learned_at else "by hand"
        support = " + ".join(map(str, one.support))
        holds = f"until {one.valid_until}" if one.valid_until else "today"
        fit = f"{one.fit:.2f}" if one.fit is not None else "–"
        pinned = ", pinned" if one.pinned else ""
        table.add_row(str(one.version), learned, f"{support} pages", holds + pinned, str(one.pages), fit)
    return table


def _print_layouts(console: Console, stored: StoredTemplate, template: Template) -> None:
    for number, layout in enumerate(template.layouts, 1):
        title = f"version {stored.version}, layout {number}: seen on {layout.pages} pages"
        console.print(_layout(title, layout))


def _layout(title: str, layout: Layout) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("what", no_wrap=True)
    table.add_column("where", overflow="fold")
    table.add_column("pages", justify="right", no_wrap=True)
    for name, place in layout.places.items():
        table.add_row(name, escape(place.selector), str(place.pages))
    for place in layout.furniture:
        table.add_row(f"not: {place.kind or 'box'}", escape(place.selector), str(place.pages))
    for phrase in layout.phrases:
        table.add_row(f"not: {phrase.match}", escape(phrase.text), str(phrase.pages))
    return table
