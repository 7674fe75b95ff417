"""A crawl, and a replay of its archive into an empty corpus, give the same corpus; so may anybody's archive be read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from crawler.demo import DemoPortal, serve
from tests.crawling import Done, crawl_url, scrapy
from tests.replay_kit import TABLES, differences, rows

FAMILIES = ("founder", "jcms", "seed", "trs")
#: Runs of each portal: all is new; articles came, changed, went; they came back.
RUNS = 3


class Crawled(NamedTuple):
    corpus: Path
    archive: Path


def sql(corpus: Path, statement: str) -> list[tuple]:  # type: ignore[type-arg]
    with closing(sqlite3.connect(corpus)) as db, db:
        return db.execute(statement).fetchall()


def replay(archive: Path | str, corpus: Path, *options: str) -> Done:
    return scrapy("crawl", "replay", "-a", f"archive={archive}", "-s", f"CORPUS={corpus}", *options)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory) -> Crawled:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("replay")
    corpus = folder / "corpus.db"
    portals = [DemoPortal(family, seed=7, size=40) for family in FAMILIES]
    with serve(portals, proxy=True) as server:
        for run in range(RUNS):
            for name, portal, url in zip(FAMILIES, portals, server.urls, strict=True):
                if run == 1:
                    server.command("add", portal, count=5)
                    plain = [s for s in portal.truth() if s.kind == "article" and not s.part_urls]
                    server.command("edit", portal, number=plain[4].number)
                    for number, soft in ((plain[6].number, False), (plain[7].number, True)):
                        server.command("remove", portal, number=number, soft=soft)
                done = crawl_url(url, corpus, name=name, proxy=server.proxy)
                assert done.status in (0, 1), done.err
            sql(corpus, "UPDATE checks SET next_check = '2000'")
    return Crawled(corpus, folder / "warc")


def test_the_crawl_met_all_that_can_be_met(crawled: Crawled) -> None:
    """Or the comparison would say little."""
    found = rows(crawled.corpus)
    assert all(found[table] for table in TABLES)
    assert any(a["duplicate_of"] for a in found["articles"])
    assert any(a["template"] for a in found["articles"])
    assert any(a["part_urls"] != "[]" for a in found["articles"])
    assert {r["kind"] for r in found["revisions"]} >= {"first", "edited"}
    assert any(c["gone_why"] for c in found["checks"])


@pytest.mark.parametrize("workers", [1, 2])
def test_crawl_and_replay_give_equal_corpora(crawled: Crawled, tmp_path: Path, workers: int) -> None:
    done = replay(crawled.archive, tmp_path / "corpus.db", "-a", f"workers={workers}")
    assert (done.status, done.err) == (0, "")
    assert differences(crawled.corpus, tmp_path / "corpus.db") == []


def test_a_second_replay_changes_nothing(crawled: Crawled, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.db"
    replay(crawled.archive, corpus)
    before = rows(corpus)["articles"]
    assert replay(crawled.archive, corpus).status == 0
    after = rows(corpus)["articles"]
    assert [a["url"] for a in after] == [a["url"] for a in before]
