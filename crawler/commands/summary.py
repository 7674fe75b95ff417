"""The table at the end of a crawl."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from crawler.corpus.address import is_server, shown
from crawler.spiders.portal import PortalSpider
from crawler.spiders.replay.spider import ReplaySpider

__all__ = ["print_summary"]

#: Sections named one by one; more are counted in a line of their own.
SECTIONS_SHOWN = 20

#: Statistics that are broken down, and how the table names them.
_PREFIXES = {
    "articles/duplicate/": "duplicate: ",
    "articles/reprint/": "reprint: ",
    "articles/rejected/": "rejected: ",
}


def print_summary(spider: PortalSpider, stats: dict[str, Any]) -> None:
    """Sections walked, articles by what became of them, requests per new article, time, and what to try next."""
    console = Console(highlight=False)
    console.print(_sections(spider))
    console.print(_articles(stats))
    corpus = spider.crawler.settings["CORPUS"]
    console.print(f"Corpus: {shown(corpus)}\nNext:", soft_wrap=True, markup=False)
    for command in _next_commands(corpus):
        console.print(f"  {command}", soft_wrap=True, markup=False)


def print_replay(spider: ReplaySpider, stats: dict[str, Any]) -> None:
    """What an archive gave: pages, and articles by what became of them."""
    console = Console(highlight=False)
    table = Table(show_header=False, title=f"replay of {spider.options.archive}", title_justify="left")
    table.add_column("what")
    table.add_column("how many", justify="right")
    pages, seconds = stats.get("replay/pages", 0), stats.get("replay/seconds") or 0.0
    table.add_row("pages read", f"{pages:,}")
    for name in ("new", "duplicate", "updated", "unchanged"):
        if stats.get(f"articles/{name}"):
            table.add_row(name, f"{stats[f'articles/{name}']:,}")
    for prefix, what in (("articles/rejected/", "rejected: "), ("replay/passed_over/", "passed over: ")):
        for key in sorted(stats):
            if key.startswith(prefix):
                table.add_row(what + key.removeprefix(prefix).replace("_", " "), f"{stats[key]:,}")
    if seconds:
        table.add_row("pages a second", f"{pages / seconds:,.0f}")
    console.print(table)


def _next_commands(corpus: str) -> tuple[str, ...]:
    """What a newcomer may try on the corpus, as can be typed in this folder."""
    folder = os.path.relpath(Path(sys.executable).parent)
    select = "select published, source, title from article_texts order by published desc limit 5"
    if is_server(corpus):
        return (f'psql {shown(corpus)} -c "{select}"', f"{folder}/scrapy list")
    return (f'{folder}/sqlite-utils {corpus} "{select}" --table', f"{folder}/scrapy list")


def _sections(spider: PortalSpider) -> Table:
    sections = sorted(spider.tally.sections, key=lambda s: -s.links_seen)
    endings = [s.ended.replace("_", " ") + (", gap possible" if s.gap else "") for s in sections]
    table = Table(title=f"{spider.name}: sections", title_justify="left")
    table.add_column("section", overflow="ellipsis", no_wrap=True, max_width=28)
    for column in ("list pages", "links", "new"):
        table.add_column(column, justify="right", no_wrap=True)
    # A narrow terminal cuts labels, never the word that something may be missing.
    table.add_column("ended by", no_wrap=True, min_width=max(map(len, endings), default=0))
    for s, ended in zip(sections[:SECTIONS_SHOWN], endings, strict=False):
        table.add_row(s.label, str(s.list_pages), str(s.links_seen), str(s.links_new), ended)
    rest = sections[SECTIONS_SHOWN:]
    if rest:
        sums = (sum(s.list_pages for s in rest), sum(s.links_seen for s in rest), sum(s.links_new for s in rest))
        table.add_row(f"… {len(rest)} more", *map(str, sums), "")
    return table


def _articles(stats: dict[str, Any]) -> Table:
    table = Table(show_header=False, title="articles", title_justify="left")
    table.add_column("what")
    table.add_column("how many", justify="right")
    new = stats.get("articles/new", 0)
    table.add_row("new", str(new))
    for prefix, label in _PREFIXES.items():
        for key in sorted(k for k in stats if k.startswith(prefix)):
            table.add_row(label + key.removeprefix(prefix).replace("_", " "), str(stats[key]))
    for key in ("unchanged", "updated", "failed", "blocked"):
        if stats.get(f"articles/{key}"):
            table.add_row(key, str(stats[f"articles/{key}"]))
    for key in ("asked", "revised", "missing", "gone", "restored"):
        if stats.get(f"revisits/{key}"):
            table.add_row(f"later looks: {key}", str(stats[f"revisits/{key}"]))
    requests = stats.get("downloader/request_count", 0)
    table.add_row("requests", str(requests))
    table.add_row("requests per new article", f"{requests / new:.2f}" if new else "–")
    table.add_row("time", f"{stats.get('elapsed_time_seconds', 0.0):.1f} s")
    return table
