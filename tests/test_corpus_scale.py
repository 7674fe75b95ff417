"""What keeps the corpus fast when it is large, and whole when many write to it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.corpus import Batch, Corpus
from tests.corpus_kit import MORNING, PORTAL, address, article, link, rows

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with Corpus.open(tmp_path / "corpus.db") as corpus:
        section = corpus.section(PORTAL, "要闻", "http://www.example.cn/news/")
        corpus.note(PORTAL, section.id, [link(n) for n in range(20)])
        corpus.store([article(n) for n in range(10)])
        yield corpus


ACTIONS: dict[str, Callable[[Corpus], object]] = {
    "note": lambda c: c.note(PORTAL, 1, [link(n) for n in range(10, 30)]),
    "waiting": lambda c: c.waiting(PORTAL, 10),
    "store": lambda c: c.store([article(40), article(41, body=article(40).body), article(1, title="更正")]),
    "store an edited first": lambda c: c.store([article(1, body="改写过的正文" * 20)]),
    "known": lambda c: Batch(c).known(article(50)),
    "find": lambda c: c.find(address(1)),
    "reject": lambda c: c.reject(PORTAL, address(12), "no_body"),
    "fail": lambda c: c.fail(PORTAL, address(12), "HTTP 500"),
    "forget": lambda c: c.forget(address(1)),
    "complete": lambda c: c.complete(1, MORNING),
    "section": lambda c: c.section(PORTAL, "要闻", "http://www.example.cn/news/"),
    "sections": lambda c: c.sections(PORTAL),
    "articles": lambda c: next(c.articles()),
}

#: Reading a whole table, by itself or through an index; joins and lookups are SEARCH.
SCAN = re.compile(r"\bSCAN (?!CONSTANT)(\w+)")
#: What a scan of a query's own intermediate result is called: as large as the answer, not as the corpus.
OWN_RESULTS = {"WITH", "SUBQUERY"}


@pytest.mark.parametrize("action", ACTIONS)
def test_no_statement_reads_a_whole_table(corpus: Corpus, action: str) -> None:
    """Plans, unlike times, are the same for ten rows and ten million."""
    statements: set[str] = set()
    sqlite = corpus._connection._db.conn
    sqlite.set_trace_callback(statements.add)
    ACTIONS[action](corpus)
    sqlite.set_trace_callback(None)
    explained = {s for s in statements if s.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))}
    assert explained
    for statement in explained:
        plan = " / ".join(row[3] for row in rows(corpus, f"EXPLAIN QUERY PLAN {statement}"))
        assert not set(SCAN.findall(plan)) - OWN_RESULTS, f"{statement}: {plan}"


def test_the_plan_check_sees_a_scan(corpus: Corpus) -> None:
    plan = rows(corpus, "EXPLAIN QUERY PLAN SELECT * FROM articles WHERE title = 'x'")[0][3]
    assert SCAN.findall(plan) == ["articles"]


def test_every_foreign_key_has_an_index(corpus: Corpus) -> None:
    """Without one, removing a row reads every table that might refer to it; portals and runs are never removed."""
    tables = [name for (name,) in rows(corpus, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    missing = []
    for table in tables:
        firsts = {
            rows(corpus, f"PRAGMA index_info({index[1]})")[0][2]
            for index in rows(corpus, f"PRAGMA index_list({table})")
        }
        primary = {row[1] for row in rows(corpus, f"PRAGMA table_info({table})") if row[5] == 1}
        missing += [
            f"{table}.{key[3]}"
            for key in rows(corpus, f"PRAGMA foreign_key_list({table})")
            if key[3] not in firsts | primary and key[2] not in ("portals", "runs")
        ]
    assert missing == []


WRITER = """
import sys
from crawler.corpus import Corpus
from tests.corpus_kit import article, link

name, path = sys.argv[1:]
with Corpus.open(path) as corpus:
    section = corpus.section(name, "news", f"http://{name}.example.cn/news/")
    for first in range(0, 150, 5):
        numbers = range(first, first + 5)
        urls = [f"http://{name}.example.cn/{n}.html" for n in numbers]
        corpus.note(name, section.id, [link(n, url=url) for n, url in zip(numbers, urls)])
        corpus.known(article(first))
        corpus.store([article(n, url=url, portal=name) for n, url in zip(numbers, urls)])
"""


def test_three_processes_write_one_corpus(place: str) -> None:
    """The file does not exist when they start: making it is part of the race."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, name, place], env=environment, stderr=subprocess.PIPE, text=True
        )
        for name in ("suzhou", "wuxi", "nantong")
    ]
    errors = [writer.communicate(timeout=120)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0], errors
    with Corpus.open(place) as corpus:
        counts = corpus.counts()
        assert (counts["articles"], counts["stored"], counts["waiting"]) == (450, 450, 0)
        # each text came from all three portals, and one of them was first
        assert (counts["duplicates"], rows(corpus, "SELECT count(*) FROM bodies")) == (300, [(150,)])
        if corpus._connection.engine == "sqlite":
            assert rows(corpus, "PRAGMA integrity_check") == [("ok",)]
            assert rows(corpus, "PRAGMA foreign_key_check") == []


KILLED = """
import os, sys
from crawler.corpus import Corpus
from tests.corpus_kit import PORTAL, article, link

corpus = Corpus.open(sys.argv[1])
corpus.note(PORTAL, None, [link(n) for n in range(20)])
corpus.store([article(n) for n in range(10)])
with corpus._connection.writing() as db:
    db.execute("DELETE FROM frontier")
    os.kill(os.getpid(), 9)
"""


def test_a_killed_writer_loses_its_last_transaction_only(place: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, place], env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False
    )
    assert done.returncode == -9
    with Corpus.open(place) as corpus:
        assert len(corpus.waiting(PORTAL)) == 10
        assert corpus.counts()["articles"] == 10
