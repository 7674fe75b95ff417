"""`scrapy bulk dedupe` says of articles what the corpus's own index says when they are stored in the same order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from crawler.corpus import Corpus
from crawler.items import Article
from tests.bulk_kit import PORTALS, articles, bulk, deduped, exported, index_of, indexed, rows_of, spark_python, texts
from tests.crawling import Done

SEED, STORIES, DAYS = 5, 20, 12


class Compared(NamedTuple):
    corpus: Path
    out: Path
    done: Done
    made: list[Article]


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> Compared:  # type: ignore[no-untyped-def]
    spark_python()
    folder = tmp_path_factory.mktemp("dedupe")
    made = articles(texts(SEED, STORIES, DAYS), SEED)
    corpus = indexed(made, folder / "corpus.db")
    parts = folder / "parts"
    parts.mkdir()
    half = len(made) // 2
    # Two files, the second of which repeats rows of the first.
    for name, some in (("a", made[:half]), ("b", [*made[:3], *made[half:]])):
        with Corpus.open(folder / f"{name}.db") as one:
            one.store(some)
        exported(folder / f"{name}.db", parts / f"{name}.parquet")
    done = bulk("dedupe", parts, folder / "out", "--corpus", corpus)
    return Compared(corpus, folder / "out", done, made)


def test_the_texts_have_all_that_can_be_met(compared: Compared) -> None:
    index = index_of(compared.corpus)
    assert {edge[2] for edge in index["edges"]} == {"identical", "reprint", "abridged", "expanded", "revised"}
    assert {edge[5] for edge in index["edges"]} == {"source", "time", "portal", "order"}
    manifest = json.loads((compared.out / "manifest.json").read_text("utf-8"))
    assert manifest["hot_values"] > 0
    assert manifest["beyond"] > 0


def test_edges_clusters_and_duplicates_are_the_index_s(compared: Compared) -> None:
    assert (compared.done.status, index_of(compared.corpus)) == (0, deduped(compared.out))


def test_rows_with_the_address_of_an_earlier_one_are_told_apart(compared: Compared) -> None:
    assert "3 rows repeat the address of an earlier one" in compared.done.err
    rows = rows_of(compared.out / "duplicates")
    again = [(row["article"], row["of"]) for row in rows if row["by"] == "address"]
    assert again == [(one.url, one.url) for one in compared.made[:3]]
    urls = [row["url"] for row in rows_of(compared.out / "articles")]
    assert urls == [one.url for one in compared.made]
    assert set(PORTALS) == {row["portal"] for row in rows_of(compared.out / "articles")}
