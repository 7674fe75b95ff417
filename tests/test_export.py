"""scrapy export: every format holds what the corpus holds, whole or not at all."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import errno
import io
import json
import resource
import sqlite3
import subprocess

import pytest
from scrapy.utils.project import get_project_settings

from crawler.commands.export import Command
from crawler.corpus import FORMATS, Corpus, export_formats
from crawler.items import CST, Attachment, Cut, Evidence, Image
from tests.corpus_kit import address, article, text_of
from tests.crawling import ROOT, command, environment

RICH = {
    "reporters": ["陆一鸣", "吴立"],
    "source": "苏州日报",
    "subtitle": "副题",
    "images": [Image("http://a/1.jpg", "图注")],
    "attachments": [Attachment("http://a/1.pdf", "附件")],
    "evidence": {"title": Evidence("h1", 0.9)},
    "cuts": [Cut("广告", "ad")],
    "fetched_at": dt.datetime(2022, 11, 14, tzinfo=dt.UTC),
}


@pytest.fixture
def home(tmp_path):
    with Corpus.open(tmp_path / "corpus.db") as corpus:
        corpus.store([article(0, **RICH), article(1, published=None), article(2, body=text_of(0))])
    return tmp_path


def export(home, out, **options):
    """The command as Scrapy runs it, in this process; its exit status."""
    asked = Command()
    asked.settings = get_project_settings()
    asked.settings.set("CORPUS", str(home / "corpus.db"), priority="cmdline")
    filters = dict.fromkeys(("format", "query", "since", "until", "portal", "source", "section"))
    asked.run([str(home / out)], argparse.Namespace(**filters | {"dedupe": "none", "force": False} | options))
    return asked.exitcode


def left(home):
    """Files beside the corpus, temporary ones among them."""
    return sorted(p.name for p in home.iterdir() if not p.name.startswith("corpus.db"))


def test_jsonl(home, capsys):
    assert export(home, "news.jsonl") == 0
    first, second, third = map(json.loads, (home / "news.jsonl").read_text("utf-8").splitlines())
    assert first["url"] == address(0)
    assert first["published"] == "2022-11-13T22:00:00+08:00"
    assert first["images"] == [{"url": "http://a/1.jpg", "caption": "图注"}]
    assert first["evidence"] == {"title": {"rule": "h1", "confidence": 0.9, "text": None}}
    assert second["published"] is None
    assert third["duplicate_of"] == address(0)
    assert "news.jsonl: 3 articles" in capsys.readouterr().out


def test_jsonl_has_every_field_of_an_article():
    assert set(export_formats._NAMES) == set(article(0).__dataclass_fields__)


def test_jsonl_zst_is_jsonl(home):
    zstandard = pytest.importorskip("zstandard")
    assert export(home, "a.jsonl") == export(home, "a.jsonl.zst") == 0
    packed = (home / "a.jsonl.zst").read_bytes()
    assert zstandard.ZstdDecompressor().stream_reader(packed).read() == (home / "a.jsonl").read_bytes()


def test_csv(home):
    assert export(home, "a.csv") == 0
    content = (home / "a.csv").read_bytes()
    assert content.startswith("\ufeffurl,".encode())
    first, second, _ = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert (first["reporters"], first["body"]) == ("陆一鸣、吴立", text_of(0))
    assert second["published"] == ""


def test_txt(home):
    assert export(home, "a.txt") == 0
    first, second, third = (home / "a.txt").read_text("utf-8").strip().split("\n\n")
    assert first == f"第0条新闻\n副题\n2022-11-13 22:00　苏州日报　{address(0)}\n{text_of(0)}"
    assert second.splitlines()[1] == address(1)
    assert third.startswith("第2条新闻")


def test_parquet(home):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert export(home, "a.parquet") == 0
    table = parquet.read_table(home / "a.parquet")
    first = table.to_pylist()[0]
    assert first["published"] == dt.datetime(2022, 11, 13, 22, tzinfo=CST)
    assert first["reporters"] == ["陆一鸣", "吴立"]
    assert json.loads(first["images"]) == [{"url": "http://a/1.jpg", "caption": "图注"}]
    assert (table.num_rows, str(table.schema.field("fetched_at").type)) == (3, "timestamp[us, tz=UTC]")


def test_parquet_in_several_row_groups(home, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(export_formats, "_GROUP", 2)
    assert export(home, "a.parquet") == 0
    read = parquet.ParquetFile(home / "a.parquet")
    assert [read.metadata.row_group(n).num_rows for n in range(read.num_row_groups)] == [2, 1]


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_articles_give_the_same_bytes(home, kind):
    assert export(home, "a", format=kind) == export(home, "b", format=kind) == 0
    assert (home / "a").read_bytes() == (home / "b").read_bytes()


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_to_export_is_a_file_too(home, kind, capsys):
    assert export(home, "a", format=kind, portal="wuxi") == 0
    assert "no articles match --portal wuxi" in capsys.readouterr().err
    assert left(home) == ["a"]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ({}, [0, 1, 2]),
        ({"dedupe": "exact"}, [0, 1]),
        ({"query": "平江路 title:第1"}, [1]),
        ({"source": "日报"}, [0]),
        ({"since": "2022-11-13", "until": "2022"}, [0, 2]),
        ({"until": "2022-10"}, []),
    ],
)
def test_selections(home, options, numbers):
    assert export(home, "a.jsonl", **options) == 0
    lines = (home / "a.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["url"] for line in lines] == [address(n) for n in numbers]


# --- Bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("out", "options", "line"),
    [
        ("a.xls", {}, "its name says no format; add --format, one of jsonl, jsonl.zst, csv, txt, parquet"),
        ("a.jsonl", {"format": "xls"}, "--format xls: unknown; one of jsonl"),
        ("corpus.db", {"format": "txt", "force": True}, "the corpus itself"),
        ("none/a.csv", {}, "there is no folder"),
        (".", {"format": "csv"}, "a folder; name a file in it"),
        ("a.csv", {"query": "(苏州"}, "query, character 1: a bracket is opened and not closed"),
        ("a.csv", {"since": "2022-13"}, "--since 2022-13: no date"),
        ("a.csv", {"since": "gestern"}, "--since gestern: no date"),
        ("a.csv", {"since": "2023", "until": "2022"}, "--until 2022: lies before --since 2023"),
        ("a.csv", {"dedupe": "near"}, "--dedupe near: none or exact"),
    ],
)
def test_wrong_options_are_one_line(home, out, options, line, capsys):
    assert export(home, out, **options) == 2
    said = capsys.readouterr().err
    assert line in said
    assert said.count("\n") == 1
    assert left(home) == []


def test_an_existing_file_stays(home, capsys):
    (home / "a.csv").write_text("mine")
    assert export(home, "a.csv") == 2
    assert "exists; --force overwrites it" in capsys.readouterr().err
    assert (home / "a.csv").read_text() == "mine"
    assert export(home, "a.csv", force=True) == 0
    assert (home / "a.csv").read_text("utf-8").count(address(0))


@pytest.mark.parametrize(("kind", "package"), [("parquet", "pyarrow"), ("jsonl.zst", "zstandard")])
def test_a_missing_package_names_its_extra(home, kind, package, monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, package, None)
    assert export(home, "a", format=kind) == 2
    assert f"needs the package {package}" in (said := capsys.readouterr().err)
    assert "pip install 'chengwen[export]'" in said
    assert left(home) == []


@pytest.mark.parametrize("kind", FORMATS)
def test_a_full_disk_leaves_nothing(home, kind, monkeypatch, capsys):
    """The last bytes do not fit: the older file stays, and nothing looks whole."""
    (home / "a").write_text("older")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("crawler.corpus.export.os.fsync", full)
    assert export(home, "a", format=kind, force=True) == 1
    assert "a: cannot be written (No space left on device); nothing of it is kept" in capsys.readouterr().err
    assert left(home) == ["a"]
    assert (home / "a").read_text() == "older"


def test_a_real_refusal_of_the_system(home):
    """A limit on file sizes, which is how a quota looks to a program."""
    with Corpus.open(home / "corpus.db") as corpus:
        corpus.store([article(n) for n in range(10, 60)])
    done = subprocess.run(
        command("export", str(home / "a.jsonl"), "-s", f"CORPUS={home / 'corpus.db'}"),
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done
    assert "a.jsonl: cannot be written (File too large)" in done.stderr
    assert left(home) == []


def test_corpora_that_cannot_be_read(tmp_path, capsys):
    assert export(tmp_path, "a.csv") == 1
    assert "no such corpus" in capsys.readouterr().err
    with sqlite3.connect(tmp_path / "corpus.db") as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    assert export(tmp_path, "a.csv") == 1
    assert "another program" in capsys.readouterr().err
    assert left(tmp_path) == []


def test_a_stopped_export_leaves_nothing(home, monkeypatch, capsys):
    def stop(self, wanted):
        yield article(1)
        raise KeyboardInterrupt

    monkeypatch.setattr(Corpus, "select", stop)
    assert export(home, "a.csv") == 1
    assert "stopped on request" in capsys.readouterr().err
    assert left(home) == []


def test_memory_does_not_grow(home, monkeypatch):
    """Articles are asked for as they are written, not collected."""
    alive, most = 0, 0

    class Counted(type(article(0))):
        def __del__(self):
            nonlocal alive
            alive -= 1

    def many(self, wanted):
        nonlocal alive, most
        fields = {name: getattr(article(1), name) for name in export_formats._NAMES}
        for _ in range(1000):
            alive += 1
            most = max(most, alive)
            yield Counted(**fields)

    monkeypatch.setattr(Corpus, "select", many)
    assert export(home, "a.jsonl") == 0
    assert most < 5
