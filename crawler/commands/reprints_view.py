"""Reprints as a person wants to see them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.corpus import Cluster, ClusterArticle, Flow, Reprint
from crawler.corpus.records import ReprintKind

__all__ = ["print_cluster", "print_flows"]

#: Before the number of the other article.
_KINDS: dict[ReprintKind, str] = {
    "identical": "identical to",
    "reprint": "reprint of",
    "abridged": "abridged from",
    "expanded": "expanded from",
    "revised": "revised from",
}
#: What told the direction, in words.
_TOLD = {"source": "by the printed source", "time": "by time", "portal": "own source", "order": "stored first"}


def print_cluster(cluster: Cluster, asked: int) -> None:
    """Who told the story, first to last, and what each text is to the one that it was taken from."""
    table = Table(title=_title(cluster), title_justify="left", show_lines=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("published, portal, source", overflow="fold")
    table.add_column("title, text", overflow="fold")
    number = {article.id: place for place, article in enumerate(cluster.articles, 1)}
    for article in cluster.articles:
        edges = [edge for edge in cluster.reprints if edge.article_id == article.id]
        mark = "▸" if article.id == asked else ""
        table.add_row(f"{mark}{number[article.id]}", _where(article), _what(article, edges, number))
    Console(highlight=False).print(table)


def _title(cluster: Cluster) -> str:
    portals = {article.portal for article in cluster.articles}
    return f"one story, {len(cluster.articles)} articles, {len(portals)} portal{'s' if len(portals) != 1 else ''}"


def _where(article: ClusterArticle) -> Text:
    when = f"{article.published:%Y-%m-%d %H:%M}" if article.published else "no date"
    return Text("\n".join(part for part in (when, article.portal or "–", article.source) if part))


def _what(article: ClusterArticle, edges: Sequence[Reprint], number: dict[int, int]) -> Text:
    text = Text(f"{article.title or '(no title)'}\n")
    text.append(f"{article.url}\n", style="dim")
    said = [
        f"{_KINDS[edge.kind]} {number[edge.of_id]} ({edge.resemblance:.0%} alike, {_TOLD[edge.told_by]})"
        for edge in edges
    ] or ["first" if number[article.id] == 1 else "taken from none of these"]
    return text.append(f"{article.characters:,} characters, {'; '.join(said)}")


def print_flows(flows: Sequence[Flow]) -> None:
    """One line a pair of portals."""
    table = Table(title="who takes from whom", title_justify="left")
    table.add_column("portal", overflow="fold")
    table.add_column("takes from", overflow="fold")
    table.add_column("articles", justify="right", no_wrap=True)
    table.add_column("of them", overflow="fold")
    for flow in flows:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(flow.kinds.items(), key=lambda item: -item[1]))
        table.add_row(
            flow.portal or "–", "itself" if flow.of == flow.portal else flow.of or "–", str(flow.articles), kinds
        )
    Console(highlight=False).print(table)
