"""A corpus in a file and one in PostgreSQL, side by side in one run: storing, search, size, and the copy between them.

    POSTGRES_URL=postgresql://… python benchmarks/engines.py [ARTICLES]

Ends with status 1 where an answer of PostgreSQL differs from brute force, or a copy from its original.
"""

from __future__ import annotations

import dataclasses
import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import search
from crawler.corpus import Copied, Corpus, Selection
from crawler.items import Article
from tests import postgres_kit

ARTICLES = 20_000
#: A crawl that asks politely writes a few at a time; they are indexed and compared in the same transaction.
FEW, FEWS = 4, 50
#: Portals among which the articles are shared out.
PORTALS = 50


class Watch:
    """Seconds by what took them."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """Count the time of the block to that."""
        began = time.perf_counter()
        yield
        self.spent[what] = self.spent.get(what, 0.0) + time.perf_counter() - began


def fill(corpus: Corpus, count: int) -> Watch:
    """Bulk loads, then batches as a crawl writes them."""
    watch = Watch()
    batches = itertools.chain.from_iterable(search.articles(count + FEW * FEWS))
    for number, batch in enumerate(_sized(batches, count)):
        what = "bulk" if number == 0 or len(batch) > FEW else "few"
        shared = [dataclasses.replace(a, portal=f"p{n % PORTALS}") for n, a in enumerate(batch)]
        with watch.on(what):
            corpus.store(shared)
        if len(batch) > FEW:
            with watch.on("index"):
                corpus.index()
    return watch


def _sized(articles: Iterator[Article], bulk: int) -> Iterator[list[Article]]:
    left = bulk
    while left > 0:
        batch = list(itertools.islice(articles, min(500, left)))
        left -= len(batch)
        yield batch
    while batch := list(itertools.islice(articles, FEW)):
        yield batch


def rates(watches: dict[str, Watch], count: int) -> Table:
    """How fast they were stored, by engine."""
    table = Table(title=f"{count:,} articles: a second", title_justify="left")
    for column in ("what", *watches, "ratio"):
        table.add_column(column, justify="left" if column == "what" else "right")
    words = {
        "bulk": ("stored, 500 a transaction", count),
        "index": ("then indexed and compared", count),
        "few": (f"all of it, {FEW} a transaction", FEW * FEWS),
    }
    for what, (name, number) in words.items():
        per_second = [number / watch.spent[what] for watch in watches.values()]
        table.add_row(name, *(f"{rate:,.0f}" for rate in per_second), f"{per_second[1] / per_second[0]:.2f}")
    return table


def times(corpora: dict[str, Corpus]) -> Table:
    """How long searches take, by engine; both have to find as many."""
    table = Table(title="first page of 20, with passages and total: ms", title_justify="left")
    for column in ("query", "matches", *corpora):
        table.add_column(column, justify="left" if column == "query" else "right")
    for query in (*search.TYPICAL, *search.OTHERS):
        found = [search.timed(corpus, query) for corpus in corpora.values()]
        if len({total for _, total in found}) > 1:
            raise SystemExit(f"{query}: {found}")
        table.add_row(query, f"{found[0][1]:,}", *(f"{took:.0f}" for took, _ in found))
    for query in ("记者", "街道 社区"):
        took, total = [], 0
        for corpus in corpora.values():
            began = time.perf_counter()
            total = corpus.search(Selection(query, portal="p7")).total
            took.append((time.perf_counter() - began) * 1000)
        table.add_row(f"{query}, in one of {PORTALS} portals", f"{total:,}", *(f"{ms:.0f}" for ms in took))
    return table


def main() -> int:
    """Print the figures; 1 where an answer differs."""
    count, console = int(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES, Console(highlight=False)
    if postgres_kit.POSTGRES_URL is None:
        sys.exit("POSTGRES_URL names no server, such as postgresql://postgres@127.0.0.1:5432/postgres")
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres_kit.database() as place,
        postgres_kit.database() as other,
        Corpus.open(Path(folder, "corpus.db")) as file,
        Corpus.open(place) as server,
        Corpus.open(other) as target,
    ):
        corpora = {"SQLite": file, "PostgreSQL": server}
        console.print(rates({name: fill(corpus, count) for name, corpus in corpora.items()}, count))
        with server._connection.reading() as db:
            db.execute("VACUUM ANALYZE")
            index = "pg_total_relation_size('articles_fts')"
            size, text = db.execute(f"SELECT {index}, (SELECT sum(octet_length(body)) FROM bodies)").fetchone()
        console.print(times(corpora))
        console.print(f"PostgreSQL's search index: {size / text:.2f} × the text")
        asked, wrong = search.brute_force(server)
        console.print(f"{asked} random queries to PostgreSQL, {wrong} differ from brute force")
        began = time.perf_counter()
        with file.frozen():
            *_, copied = file.copy_to(target)
        took = time.perf_counter() - began
        assert isinstance(copied, Copied)
        console.print(f"copied into PostgreSQL, read again and compared: {copied.rows / took:,.0f} rows a second")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
