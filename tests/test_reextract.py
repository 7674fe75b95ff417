"""Stored articles are read anew from the archive: what changes is shown first, and stored when it is wanted."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crawler.corpus import Corpus, Selection
from crawler.demo import DemoPortal, serve
from crawler.extract import EXTRACTOR
from crawler.items import Article, Cut
from crawler.spiders.reextract import changes, only, what_changed
from tests.crawling import Done, crawl_url, scrapy

URL = "http://www.lanjiang.example.cn/a/1.html"


def sql(corpus: Path, statement: str, *values: object) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(corpus)) as db, db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(statement, values)]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reextract")
    portals = [DemoPortal("empire", seed=9, size=40), DemoPortal("trs", seed=9, size=40)]
    with serve(portals) as server:
        for name, url in zip(("first", "second"), server.urls, strict=True):
            assert crawl_url(url, folder / "corpus.db", name=name).status == 0
    return folder


@pytest.fixture
def corpus(crawled: Path, tmp_path: Path) -> Path:
    """A copy of which three articles were read worse by an earlier release."""
    folder = tmp_path / "data"
    shutil.copytree(crawled, folder)
    path = folder / "corpus.db"
    sql(path, "UPDATE articles SET extractor = 'chengwen/0.0.1'")
    # One kept a line of furniture, one had lost its last paragraph, one had no source.
    (furnished,) = sql(path, "SELECT body_id FROM articles WHERE duplicate_of IS NULL AND part_urls = '[]' LIMIT 1")
    line = "UPDATE bodies SET body = body || char(10) || '【关闭】', content_hash = 'x1' WHERE id = ?"
    sql(path, line, furnished["body_id"])
    short = sql(path, "SELECT articles.id, body_id, body FROM articles JOIN bodies ON bodies.id = body_id"
                      " WHERE part_urls <> '[]' ORDER BY articles.id")[0]  # fmt: skip
    cut = short["body"].rpartition("\n")[0]
    sql(path, "UPDATE bodies SET body = ?, content_hash = 'x2' WHERE id = ?", cut, short["body_id"])
    sql(path, "UPDATE articles SET source = NULL WHERE id = (SELECT id FROM articles WHERE source IS NOT NULL"
              " AND portal = 'second' LIMIT 1)")  # fmt: skip
    return path


def reextract(corpus: Path, *options: str) -> Done:
    return scrapy("reextract", "-s", f"CORPUS={corpus}", *options)


def test_what_was_read_by_this_release_reads_the_same(crawled: Path) -> None:
    done = reextract(crawled / "corpus.db")
    assert (done.status, done.err) == (0, "")
    assert ", 0 would change" in done.out


def test_the_dry_run_reports_and_writes_nothing(corpus: Path) -> None:
    before = corpus.read_bytes()
    done = reextract(corpus)
    assert done.status == 0
    assert "3 would change" in done.out
    for said in ("furniture gone", "body longer", "source filled", "characters that bodies gain or lose", "--apply"):
        assert said in done.out
    assert "chengwen/0.0.1" in done.out
    assert ".warc.gz:" in done.out
    assert corpus.read_bytes() == before
    assert max(map(len, done.out.splitlines())) <= 200


def test_lines_of_json_say_what_each_was_read_by(corpus: Path) -> None:
    rows = [json.loads(line) for line in reextract(corpus, "--json").out.splitlines()]
    assert len(rows) == 3
    assert {kind for row in rows for kind in row["kinds"]} == {"furniture gone", "body longer", "source filled"}
    for row in rows:
        assert row["extractor"] == ["chengwen/0.0.1", EXTRACTOR]
        assert ".warc.gz:" in row["record"]


@pytest.mark.parametrize(
    ("options", "count"),
    [(("--field", "source"), 1), (("--field", "body,title"), 2), (("--portal", "second", "--field", "source"), 1),
     (("--since", "2100"), 0), (("--portal", "none"), 0), (("--workers", "1"), 3)],
)  # fmt: skip
def test_narrowed(corpus: Path, options: tuple[str, ...], count: int) -> None:
    done = reextract(corpus, *options)
    assert done.status == 0
    assert f"{count} would change" in done.out


def test_apply_makes_revisions_and_then_all_is_as_it_should_be(corpus: Path, crawled: Path) -> None:
    done = reextract(corpus, "--apply")
    assert (done.status, done.err) == (0, "")
    assert "3 changed" in done.out
    kinds = sql(corpus, "SELECT kind, count(*) AS n FROM revisions GROUP BY kind ORDER BY kind")
    assert {"kind": "re-extracted", "n": 2} in kinds
    assert {row["extractor"] for row in sql(corpus, "SELECT extractor FROM articles")} == {EXTRACTOR}
    texts = "SELECT articles.key, body, source FROM articles JOIN bodies ON bodies.id = body_id ORDER BY articles.key"
    assert sql(corpus, texts) == sql(crawled / "corpus.db", texts)
    assert all(row["capture_id"] for row in sql(corpus, "SELECT capture_id FROM articles"))
    assert "0 would change" in reextract(corpus).out


def test_one_field_is_stored_and_the_rest_left(corpus: Path) -> None:
    assert reextract(corpus, "--field", "source", "--apply").status == 0
    assert "2 would change" in reextract(corpus).out


def test_an_interrupted_run_goes_on(corpus: Path) -> None:
    arguments = json.dumps({"portal": None, "since": None, "field": None, "limit": None})
    with Corpus.open(corpus) as opened:
        run = opened.begin_reextraction(arguments, EXTRACTOR)
        ids = opened.reextractable(Selection())
        opened.reextracted(run, ids[-3], [], [])
    done = reextract(corpus, "--apply")
    assert done.status == 0
    assert "goes on with the run of" in done.err
    assert done.out.startswith("2 read anew")
    assert reextract(corpus, "--apply").out.count(f"{len(ids)} read anew") == 1


def test_articles_without_archived_bytes_are_named(corpus: Path) -> None:
    sql(corpus, "UPDATE articles SET capture_id = NULL WHERE id IN (SELECT id FROM articles LIMIT 5)")
    done = reextract(corpus)
    assert done.status == 0
    assert "5 not archived" in done.out
    assert "and 2 more" in done.out


def test_an_archive_that_was_moved(corpus: Path) -> None:
    (corpus.parent / "warc").rename(corpus.parent / "elsewhere")
    done = reextract(corpus)
    assert done.status == 1
    assert "ARCHIVE_DIR" in done.out
    assert "3 would change" in reextract(corpus, "-s", f"ARCHIVE_DIR={corpus.parent / 'elsewhere'}").out


def test_damaged_records_are_counted_and_the_rest_is_read(corpus: Path) -> None:
    (row,) = sql(
        corpus,
        "SELECT warc_files.name, offset FROM articles JOIN captures ON captures.id = capture_id"
        " JOIN warc_files ON warc_files.id = file_id WHERE source IS NULL LIMIT 1",
    )
    path = corpus.parent / "warc" / row["name"]
    data = bytearray(path.read_bytes())
    data[row["offset"] + 100 : row["offset"] + 120] = b"\xff" * 20
    path.write_bytes(data)
    done = reextract(corpus)
    assert done.status == 1
    assert "2 would change" in done.out
    assert "its record is damaged or gone" in done.out


@pytest.mark.parametrize(
    ("options", "said"),
    [(("--field", "titel"), "no such field"), (("--since", "gestern"), "no date"), (("--limit", "x"), "not a number"),
     (("--apply", "--dry-run"), "not both"), (("more",), "unknown: more")],
)  # fmt: skip
def test_wrong_options(corpus: Path, options: tuple[str, ...], said: str) -> None:
    done = reextract(corpus, *options)
    assert done.status == 2
    assert said in done.out + done.err


@pytest.mark.parametrize("apply", [(), ("--apply",)])
def test_no_corpus_and_an_empty_one(tmp_path: Path, apply: tuple[str, ...]) -> None:
    done = reextract(tmp_path / "none.db", *apply)
    assert done.status == 1
    assert "no such corpus" in done.err
    assert not (tmp_path / "none.db").exists()
    Corpus.open(tmp_path / "empty.db").close()
    assert reextract(tmp_path / "empty.db", *apply).out.startswith("0 ")


def test_kinds_of_changes() -> None:
    old = Article(URL, URL, title="旧", body="甲。\n乙。\n丙。", source="江报")
    assert what_changed("body", old, Article(URL, URL, body="甲。\n乙。\n丙。\n丁。")) == "body longer"
    assert what_changed("body", old, Article(URL, URL, body="甲。\n乙。")) == "body shorter"
    assert (
        what_changed("body", old, Article(URL, URL, body="甲。\n丙。", cuts=[Cut("乙。", "links")])) == "furniture gone"
    )
    assert what_changed("title", old, Article(URL, URL, title="新")) == "title changed"
    assert what_changed("source", old, Article(URL, URL)) == "source emptied"
    assert changes(old, only(old, Article(URL, URL, title="新", body="丁"), ["title"])) == ["title"]
