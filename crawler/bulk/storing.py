"""What the corpus would make of the articles: later looks, moved addresses and shared texts, by its own rules.

Articles meet only where they share an address or a text.  So those that do are brought together, connected component by
component, and stored in their order in a small corpus; the rest pass through alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import groupby
from typing import Any

from crawler.bulk.components import components
from crawler.bulk.ordering import Item, beside
from crawler.bulk.rows import Row, packed, unpacked
from crawler.corpus import Corpus, Selection, StoredArticle, Visit

__all__ = ["COLUMNS", "grouped", "stored"]

COLUMNS = {"at": "long", "begun": "long", "sub": "long", "row": "binary", "repeats": "boolean"}
_PLACE = ("at", "begun", "sub")
#: Articles of one small corpus, unless one component has more; and of one transaction.
_MOST, _BATCH = 2000, 500


def grouped(items: Any) -> Any:
    """The items with a column more: a number that those have in common that may meet in the corpus."""
    from pyspark.sql import functions as f

    place = f.struct(*_PLACE).alias("u")
    keys = items.select(place, f.explode("keys").alias("key"))
    shared = keys.groupBy("key").agg(f.min("u").alias("v"), f.count("*").alias("n")).where("n > 1")
    edges = keys.join(shared.select("key", "v"), "key").select("u", "v")
    found = components(edges).select(f.col("node").alias("place"), "component")
    whole = items.withColumn("place", f.struct(*_PLACE)).join(found, "place", "left")
    return whole.withColumn("component", f.coalesce("component", "place")).select(*_PLACE, "component", "item")


def stored(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows of COLUMNS for items sorted by component and place."""
    small: _Small | None = None
    for _, mates in groupby(rows, key=lambda row: tuple(row["component"].values())):
        if small is not None and small.size >= _MOST:
            yield from small.rows()
            small = None
        small = small or _Small()
        for row in mates:
            small.add(tuple(row[name] for name in _PLACE), unpacked(row["item"]))
    if small is not None:
        yield from small.rows()


class _Small:
    """A corpus of some whole components."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._corpus: Corpus = self._stack.enter_context(beside())
        self._batch: list[tuple[tuple[int, ...], Item]] = []
        self._places: dict[int, tuple[int, ...]] = {}
        self.size = 0

    def add(self, place: tuple[int, ...], item: Item) -> None:
        if self._batch and (len(self._batch) >= _BATCH or self._batch[-1][1].kind != item.kind):
            self._write()
        self._batch.append((place, item))
        self.size += 1

    def _write(self) -> None:
        visits: dict[str, Visit] = {i.article.url: i.visit for _, i in self._batch if i.visit is not None}
        kind = self._batch[0][1].kind
        articles = [item.article for _, item in self._batch]
        done = self._corpus.store(articles, visits=visits, kind=kind, replayed=kind == "edited")  # type: ignore[arg-type]
        for (place, _), one in zip(self._batch, done, strict=True):
            if one.outcome in ("new", "duplicate"):
                self._places[one.id] = place
        self._batch = []

    def rows(self) -> Iterator[Row]:
        """All articles as they stand now."""
        with self._stack:
            if self._batch:
                self._write()
            with self._corpus.choose(Selection()) as choice:
                for one in choice.rows():
                    at, begun, sub = self._places[one.id]
                    place = {"at": at, "begun": begun, "sub": sub}
                    yield place | {"row": packed(_alone(one)), "repeats": one.duplicate_of is not None}


def _alone(one: StoredArticle) -> StoredArticle:
    """Without its cluster: who tells the same story in other words is `bulk dedupe`'s to say."""
    return replace(one, cluster=None, cluster_published=None)
