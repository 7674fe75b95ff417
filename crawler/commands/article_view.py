"""An article as a person wants to see it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from crawler.items import Article

__all__ = ["print_article"]

_FIELDS = (
    "kind",
    "title",
    "subtitle",
    "published",
    "source",
    "reporters",
    "correspondents",
    "photographers",
    "editors",
    "breadcrumb",
    "keywords",
    "page_number",
    "page_name",
    "template",
    "part_urls",
    "full_url",
)
#: A cut longer than this is shown by its beginning.
_CUT_SHOWN = 70


def print_article(article: Article) -> None:
    """Fields with rule and confidence, blocks in page order, then what was cut and why."""
    console = Console(highlight=False)
    console.print(_fields(article))
    console.print()
    for block in article.blocks:
        if block.kind == "image":
            console.print(f"[dim]\\[image][/dim] {escape(block.url or '')}", soft_wrap=True)
        else:
            mark = "" if block.kind == "paragraph" else f"[dim]\\[{block.kind}][/dim] "
            console.print(mark + escape(block.text))
    for attachment in article.attachments:
        console.print(f"[dim]\\[attachment][/dim] {escape(attachment.name)} {escape(attachment.url)}", soft_wrap=True)
    if not article.blocks:
        console.print("[dim]no body[/dim]")
    if article.cuts:
        console.print()
        console.print(_cuts(article))


def _fields(article: Article) -> Table:
    table = Table(title=escape(article.url), title_justify="left")
    for column in ("field", "value", "from", "sure"):
        table.add_column(column, overflow="fold")
    for name in _FIELDS:
        value = _text(getattr(article, name))
        if not value:
            continue
        evidence = article.evidence.get(name)
        rule, sure = (evidence.rule, f"{evidence.confidence:.2f}") if evidence else ("", "")
        table.add_row(name, escape(value), escape(rule), sure)
    body = article.evidence.get("body")
    count = f"{len(article.body)} characters, {len(article.images)} images"
    table.add_row("body", count, escape(body.rule) if body else "", f"{article.confidence:.2f}")
    return table


def _cuts(article: Article) -> Table:
    table = Table(title="cut out of the body", title_justify="left")
    table.add_column("reason", no_wrap=True)
    table.add_column("text", overflow="fold")
    for cut in article.cuts:
        text = " ".join(cut.text.split())
        table.add_row(escape(cut.reason), escape(text[:_CUT_SHOWN] + ("…" if len(text) > _CUT_SHOWN else "")))
    return table


def _text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, list):
        return " / ".join(str(part) for part in value)
    return str(value) if value is not None else ""
