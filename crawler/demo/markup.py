"""Small pieces of HTML that several families build their pages from; every family has its own tags around them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from html import escape

from crawler.items import Block

__all__ = ["anchor", "anchors", "blocks_html", "cut", "escape", "list_date", "relative_date", "table_html"]

Wrap = Callable[[Block], str]


def anchor(href: str, text: str, title: str | None = None, extra: str = "") -> str:
    """A link; title: its title attribute.

    >>> anchor("/a?b=1&c=2", "甲 & 乙")
    '<a href="/a?b=1&amp;c=2">甲 &amp; 乙</a>'
    """
    more = f' title="{escape(title)}"' if title is not None else ""
    return f'<a href="{escape(href)}"{more}{extra}>{escape(text)}</a>'


def anchors(pairs: Iterable[tuple[str, str]], joint: str = "\n") -> str:
    """Links one after the other."""
    return joint.join(anchor(href, text) for href, text in pairs)


def cut(text: str, length: int) -> str:
    """A headline cut for a narrow column.

    >>> cut("一二三四五", 3)
    '一二三…'
    """
    return text if len(text) <= length else f"{text[:length]}…"


def list_date(when: dt.datetime, style: str) -> str:
    """A list's date: a strftime pattern, or "noyear" for 1月5日 without padding.

    >>> list_date(dt.datetime(2025, 1, 5, 8, 3), "noyear")
    '1月5日'
    """
    return f"{when.month}月{when.day}日" if style == "noyear" else when.strftime(style)


def relative_date(when: dt.datetime, now: dt.datetime) -> str:
    """今天 08:30, 昨天 08:30, 前天 08:30, 3小时前, else the date (DOMAIN.md §3).

    >>> relative_date(dt.datetime(2025, 1, 4, 8, 30), dt.datetime(2025, 1, 5, 23, 30))
    '昨天 08:30'
    """
    days = (now.date() - when.date()).days
    hours = int((now - when).total_seconds() // 3600)
    if 0 <= hours < 6:
        return f"{hours}小时前" if hours else "刚刚"
    word = {0: "今天", 1: "昨天", 2: "前天"}.get(days)
    return f"{word} {when:%H:%M}" if word else f"{when:%Y-%m-%d}"


def table_html(text: str, attributes: str = "") -> str:
    """Rows are lines, cells are separated by tabs."""
    rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row.split("\t")) for row in text.split("\n"))
    return f"<table{attributes}>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def blocks_html(
    blocks: Iterable[Block],
    *,
    paragraph: str = "<p>{}</p>",
    heading: str = "<p><strong>{}</strong></p>",
    image: str = '<p align="center"><img src="{}"></p>',
    caption: str = '<p align="center" class="pic-note">{}</p>',
) -> str:
    """The body's mark-up: one pattern a kind; lists and tables are plain."""
    patterns = {"paragraph": paragraph, "heading": heading, "caption": caption}
    out = []
    for block in blocks:
        if block.kind == "image":
            out.append(image.format(escape(block.url or "")))
        elif block.kind == "table":
            out.append(table_html(block.text, ' border="1"'))
        elif block.kind == "list":
            items = "".join(f"<li>{escape(item)}</li>" for item in block.text.split("\n"))
            out.append(f"<ul>{items}</ul>")
        else:
            out.append(patterns[block.kind].format(escape(block.text)))
    return "\n".join(out)
