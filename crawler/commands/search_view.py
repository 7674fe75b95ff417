"""What a search found, as a person wants to see it."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.corpus import Excerpt, Found, Hit

__all__ = ["print_found"]

_MARK = "bold yellow"
_DAY = len("2022-11-13")


def print_found(found: Found) -> None:
    """A line about each article, the headline above the passage; marks are colours, where there are any."""
    table = Table(title=_title(found), title_justify="left", show_lines=True)
    table.add_column("date", no_wrap=True)
    table.add_column("portal", overflow="fold", max_width=14)
    table.add_column("title and text", overflow="fold")
    for hit in found.hits:
        table.add_row((hit.published or "–")[:_DAY], Text(hit.portal or "–"), _words(hit))
    Console(highlight=False).print(table)


def _title(found: Found) -> str:
    shown = len(found.hits)
    if shown == found.total:
        return f"{shown:,} article{'s' if shown != 1 else ''}"
    return f"the best {shown:,} of {found.total:,} articles (--limit shows more)"


def _words(hit: Hit) -> Text:
    lines = [_marked(hit.title)]
    if hit.subtitle.marks:
        lines.append(_marked(hit.subtitle))
    if hit.passage.text:
        lines.append(_marked(hit.passage))
    # An address that is cut cannot be opened: it is folded with the rest.
    lines.append(Text(hit.url, style="dim"))
    return Text("\n").join(lines)


def _marked(excerpt: Excerpt) -> Text:
    text = Text(excerpt.text)
    for start, end in excerpt.marks:
        text.stylize(_MARK, start, end)
    return text
