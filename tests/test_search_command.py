"""scrapy search as a person meets it, and the examples of docs/search.md."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import sqlite3

import pytest
from rich.cells import cell_len
from scrapy.utils.project import get_project_settings

from crawler.commands.search import Command
from crawler.corpus import Corpus, Selection
from crawler.items import CST
from tests.corpus_kit import PORTAL, address, article
from tests.crawling import ROOT, scrapy

EXAMPLES = re.findall(r"^\| `([^`-][^`]*)` \|", (ROOT / "docs/search.md").read_text("utf-8"), re.MULTILINE)
STORIES = [
    {"title": "苏州地铁延伸", "body": "长三角一体化，长三角 一体化。GDP之外，GDPR。5G 网络。", "source": "新华社"},
    {"title": "副题里有苏州", "subtitle": "苏州", "body": "苏州河边的轨道交通。", "reporters": ["陆一鸣"]},
    {"title": "苏州", "body": "苏州的事。", "portal": "szdushi", "section": "要闻", "source": "城市日报"},
]


@pytest.fixture
def home(tmp_path):
    with Corpus.open(tmp_path / "corpus.db") as corpus:
        corpus.store([article(n, **story) for n, story in enumerate(STORIES)])
    return tmp_path


def search(home, *words, **options):
    """The command as Scrapy runs it, in this process; its exit status."""
    command = Command()
    command.settings = get_project_settings()
    command.settings.set("CORPUS", str(home / "corpus.db"), priority="cmdline")
    filters = dict.fromkeys(("since", "until", "portal", "source", "section"))
    defaults = filters | {"dedupe": "none", "limit": "20", "json": False}
    command.run(list(words), argparse.Namespace(**defaults | options))
    return command.exitcode


@pytest.mark.parametrize("query", EXAMPLES)
def test_examples_of_the_documentation_find_something(home, query):
    with Corpus.open(home / "corpus.db", readonly=True) as corpus:
        assert corpus.search(Selection(query)).total


def test_there_are_examples():
    assert len(EXAMPLES) >= 18


def test_the_documented_error_is_what_is_said(home, capsys):
    assert search(home, "苏州 (地铁") == 2
    assert capsys.readouterr().err in (ROOT / "docs/search.md").read_text("utf-8")


def test_a_table_of_eighty_columns(home, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert search(home, "苏州") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].strip() == "3 articles"
    assert max(map(cell_len, lines)) == 80
    text = "\n".join(lines)
    assert all(
        word in text for word in ("2022-11-13", PORTAL, "szdushi", "苏州地铁延伸", "苏州河边的轨道交通", address(2))
    )


def test_markup_in_headlines_stays_text(home, capsys):
    with Corpus.open(home / "corpus.db") as corpus:
        corpus.store([article(9, title="[bold]苏州[/bold]", body="[red]苏州[/red]" * 3)])
    assert search(home, "bold") == 0
    assert "[bold]苏州[/bold]" in capsys.readouterr().out


def test_json(home, capsys):
    assert search(home, "地铁", json=True) == 0
    answer = json.loads(capsys.readouterr().out)
    (hit,) = answer["hits"]
    assert answer["total"] == 1
    assert (hit["url"], hit["title"]) == (address(0), {"text": "苏州地铁延伸", "marks": [[2, 4]]})
    assert dt.datetime.fromisoformat(hit["published"]) == dt.datetime(2022, 11, 13, 22, 0, tzinfo=CST)


def test_words_of_several_arguments_belong_together(home, capsys):
    assert search(home, "苏州", "地铁", json=True) == 0
    assert json.loads(capsys.readouterr().out)["total"] == 1


def test_limit(home, capsys):
    assert search(home, "苏州", limit="1") == 0
    assert "the best 1 of 3 articles (--limit shows more)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "options", "hint"),
    [
        ("南京", {}, "no articles match; try fewer or shorter words, or OR between them"),
        ("苏州", {"since": "2030"}, "no articles match; 3 would without --since 2030"),
        ("苏州", {"portal": "wuxi"}, f"none are stored of --portal wuxi (stored: {PORTAL}, szdushi)"),
    ],
)
def test_nothing_found_says_what_to_try(home, words, options, hint, capsys):
    assert search(home, words, **options) == 0
    said = capsys.readouterr()
    assert hint in said.err
    assert said.out == ""


def test_an_empty_corpus_says_so(tmp_path, capsys):
    Corpus.open(tmp_path / "corpus.db").close()
    assert search(tmp_path, "苏州", json=True) == 0
    said = capsys.readouterr()
    assert "holds none yet; scrapy crawl NAME" in said.err
    assert json.loads(said.out) == {"total": 0, "hits": []}


@pytest.mark.parametrize(
    ("words", "options", "line"),
    [
        ("(苏州", {}, "query, character 1"),
        ("", {}, "the query is empty"),
        ("苏州", {"limit": "0"}, "--limit 0: a number from 1 to"),
        ("苏州", {"limit": "viele"}, "--limit viele: a number"),
        ("苏州", {"until": "2022-02-30"}, "--until 2022-02-30: no date"),
        ("苏州", {"until": "9999"}, "--until 9999: no date"),
    ],
)
def test_wrong_options_are_one_line(home, words, options, line, capsys):
    assert search(home, words, **options) == 2
    said = capsys.readouterr().err
    assert line in said
    assert said.count("\n") == 1


def other_program(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()


def no_database(path):
    path.write_text("x" * 5000)


@pytest.mark.parametrize(
    ("make", "line"),
    [(None, "no such corpus"), (other_program, "another program"), (no_database, "not an SQLite file")],
)
def test_corpora_that_cannot_be_read(tmp_path, make, line, capsys):
    if make:
        make(tmp_path / "corpus.db")
    assert search(tmp_path, "苏州") == 1
    said = capsys.readouterr().err
    assert line in said
    assert said.count("\n") == 1


def test_a_corpus_that_is_being_written_can_be_searched(home, capsys):
    with Corpus.open(home / "corpus.db") as writer, writer._connection.writing():
        assert search(home, "苏州") == 0
    assert "3 articles" in capsys.readouterr().out


def test_a_file_without_the_right_to_write_can_be_searched(home, capsys):
    (home / "corpus.db").chmod(0o444)
    assert search(home, "苏州") == 0
    assert "3 articles" in capsys.readouterr().out


def test_as_a_program(home):
    done = scrapy("search", "苏州", "-s", f"CORPUS={home / 'corpus.db'}", "--limit", "2")
    assert (done.status, done.err) == (0, "")
    assert "the best 2 of 3" in done.out
    assert scrapy("search").status == 2
