"""docs/corpus.md says what the tables are: here it is held to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from crawler.corpus import Corpus
from crawler.corpus.records import NewCapture
from crawler.items import Evidence, Image
from tests.corpus_kit import MORNING, PORTAL, address, article, link, rows, text_of

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "corpus.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.+?)```", PAGE, re.DOTALL)
CHAPTERS = dict(re.findall(r"^### (\w+)\n(.+?)(?=^### |\Z)", PAGE, re.DOTALL | re.MULTILINE))
TABLES = [name for name in CHAPTERS if name not in ("article_texts", "articles_fts")]


ALARM = (
    "INSERT INTO alarms (portal, section_id, figure, severity, since, seen, of, usual, words, examples, raised_at,"
    " run_id) VALUES (?, ?, 'list', 'broken', '2022', 2, 2, 0, 'no links', '[\"http://a/\"]', '2022', ?)"
)


class Column(NamedTuple):
    name: str
    type: str
    null: bool


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    """Something of everything."""
    with Corpus.open(tmp_path / "corpus.db") as corpus:
        corpus.portal(PORTAL, "苏州", "江苏", "http://www.example.cn/")
        section = corpus.section(PORTAL, "苏州资讯", "http://www.example.cn/news/")
        run = corpus.begin_run(PORTAL, {})
        corpus.note(PORTAL, section.id, [link(n) for n in range(5)])
        first = article(
            0, reporters=["陆一鸣"], evidence={"title": Evidence("h1", 0.9)}, images=[Image("http://a/1.jpg")]
        )
        corpus.store([first, article(1, body=text_of(0))], run.id)
        # An article with its page in the archive.
        file_id = corpus.open_warc("a.warc.gz", PORTAL)
        corpus.recovered([NewCapture(address(4), MORNING, "response", 200, None, "sha1:A", file_id, 0, 9, 9)])
        corpus.store([article(4, fetched_at=MORNING)], run.id)
        gone = corpus.store([article(4, title="改过的标题", fetched_at=MORNING)], run.id)[0].id
        assert [corpus.missing(gone, "HTTP 404", n) for n in (None, run.id)] == [False, True]
        corpus.reject(PORTAL, address(2), "no_body", run_id=run.id)
        corpus.fail(PORTAL, address(3), "HTTP 502")
        corpus.section_run(run.id, section.id, list_pages=1, links_seen=5, links_new=5, ended_by="last_page")
        corpus.judge(run.id, "finished", mark=0)
        rows(corpus, ALARM, PORTAL, section.id, run.id)
        corpus.end_run(run.id, "finished", {})
        yield corpus


def documented(table: str) -> list[Column]:
    lines = re.findall(r"^\| (\w+) \| ([A-Z]+) \| (no|yes)\b.*\|$", CHAPTERS[table], re.MULTILINE)
    return [Column(name, kind, null == "yes") for name, kind, null in lines]


def real(corpus: Corpus, table: str) -> list[Column]:
    """An INTEGER PRIMARY KEY is never null, though SQLite does not say so."""
    found = rows(corpus, f"PRAGMA table_info({table})")
    return [Column(name, kind, not (notnull or primary)) for _, name, kind, notnull, _, primary in found]


def test_every_table_is_documented(corpus: Corpus) -> None:
    names = rows(corpus, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'")
    assert sorted(CHAPTERS) == sorted(name for (name,) in names if not name.startswith("articles_fts_"))


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_documented(corpus: Corpus, table: str) -> None:
    assert documented(table) == real(corpus, table)


@pytest.mark.parametrize("table", TABLES)
def test_references_are_documented(corpus: Corpus, table: str) -> None:
    told = set(re.findall(r"^\| (\w+) \|[^|]+\|[^|]+\| → (\w+)", CHAPTERS[table], re.MULTILINE))
    assert told == {(key[3], key[2]) for key in rows(corpus, f"PRAGMA foreign_key_list({table})")}


def test_the_view_is_documented(corpus: Corpus) -> None:
    columns = [row[1] for row in rows(corpus, "PRAGMA table_info(article_texts)")]
    assert ", ".join(columns) in " ".join(CHAPTERS["article_texts"].split())


def test_the_index_is_documented(corpus: Corpus) -> None:
    columns = [row[1] for row in rows(corpus, "PRAGMA table_info(articles_fts)")]
    assert re.findall(r"^\| (\w+) \| (?:articles|bodies)\.", CHAPTERS["articles_fts"], re.MULTILINE) == columns


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_answers(corpus: Corpus, query: str) -> None:
    assert rows(corpus, query)


def test_there_are_queries() -> None:
    assert len(QUERIES) >= 8
