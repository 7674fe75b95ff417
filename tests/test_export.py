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
from rich.cells import cell_len
from scrapy.utils.project import get_project_settings

from crawler.commands.export import Command
from crawler.corpus import FILTERS, FORMATS, Choice, Corpus, Selection, export_formats
from crawler.errors import OutputError
from crawler.items import CST, Attachment, Cut, Evidence, Image
from tests.corpus_kit import address, article, rows, stored, text_of
from tests.crawling import ROOT, command, environment, scrapy

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
    names = ("format", "query", "since", "until", "portal", "source", "section", "filter", "redact", "splits")
    flags = {"dedupe": "none", "force": False, "snapshot": False}
    asked.run([f"{home}/{out}"], argparse.Namespace(**dict.fromkeys(names) | flags | options))
    return asked.exitcode


def urls(home, out="a.jsonl"):
    return [json.loads(line)["url"] for line in (home / out).read_text("utf-8").splitlines()]


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
    assert set(export_formats._NAMES) == {*article(0).__dataclass_fields__, "cluster"}


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
    assert urls(home) == [address(n) for n in numbers]


# --- A folder as OUT -------------------------------------------------------------------------------------------------


def test_a_folder_is_made_and_gets_a_file(home, capsys):
    assert export(home, "new/deep/", format="jsonl") == 0
    assert urls(home, "new/deep/articles.jsonl") == [address(n) for n in range(3)]
    assert "new/deep/articles.jsonl: 3 articles" in capsys.readouterr().out


def test_an_existing_folder_needs_no_slash(home):
    (home / "there").mkdir()
    assert export(home, "there", format="csv") == 0
    assert left(home / "there") == ["articles.csv"]


def test_a_file_in_the_folder_stays(home, capsys):
    assert export(home, "there/", format="csv") == 0
    assert export(home, "there/", format="csv", portal="wuxi") == 2
    assert "there/articles.csv: exists; --force" in capsys.readouterr().err
    assert export(home, "there/", format="csv", portal="wuxi", force=True) == 0
    assert address(0) not in (home / "there/articles.csv").read_text("utf-8")


def test_a_folder_that_was_made_goes_with_what_failed(home, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("crawler.corpus.export.os.fsync", full)
    assert export(home, "new/deep/", format="txt") == 1
    assert left(home) == []


# --- Dedupe, filters, marks ------------------------------------------------------------------------------------------


def clustered(home, *members):
    """Enter a cluster of articles, the representative first, as near-duplicate detection does."""
    ids = [number + 1 for number in members]
    with Corpus.open(home / "corpus.db") as corpus, corpus._connection.writing() as db:
        db.executemany("INSERT OR REPLACE INTO clusters VALUES (?, ?)", [(number, ids[0]) for number in ids])


@pytest.fixture
def reprints(tmp_path):
    """0 to 3 tell a story, 1 first; 4 repeats the text of 0; 5 is alone."""
    with Corpus.open(tmp_path / "corpus.db") as corpus:
        days = {0: 14, 1: 13, 2: 16, 3: 15, 4: 17, 5: 13}
        at = {n: dt.datetime(2022, 11, day, tzinfo=CST) for n, day in days.items()}
        portals = {0: "jia", 1: "yi", 2: "bing", 3: "bing", 4: "bing", 5: "bing"}
        bodies = {n: text_of(0) + "（编辑：甲乙丙丁）"[: 3 + n] for n in range(4)} | {
            4: text_of(0) + "（编辑",
            5: text_of(5),
        }
        corpus.store([article(n, published=at[n], portal=portals[n], body=bodies[n]) for n in days])
    return tmp_path


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ({"dedupe": "none"}, [0, 1, 2, 3, 4, 5]),
        ({"dedupe": "exact"}, [0, 1, 2, 3, 5]),
        ({"dedupe": "near"}, [1, 5]),
        # The first copy and the representative are elsewhere: their stories are not lost.
        ({"dedupe": "exact", "portal": "bing"}, [2, 3, 4, 5]),
        ({"dedupe": "near", "portal": "bing"}, [3, 5]),
        ({"dedupe": "near", "portal": "jia"}, [0]),
        ({"dedupe": "near", "query": "老住户 portal:bing"}, [3, 5]),
        ({"dedupe": "near", "query": "title:第0条 OR title:第2条 OR title:第4条"}, [0]),
        ({"dedupe": "exact", "since": "2022-11-15"}, [2, 3, 4]),
    ],
)
def test_one_of_those_that_are_meant_is_kept(reprints, options, numbers):
    assert export(reprints, "a.jsonl", **options) == 0
    assert urls(reprints) == [address(n) for n in numbers]
    wanted = Selection(**{"words": options.get("query"), "portal": options.get("portal"), "dedupe": options["dedupe"]})
    with Corpus.open(reprints / "corpus.db", readonly=True) as corpus:
        if "since" not in options:
            assert corpus.count(wanted) == len(numbers)
            assert [a.url for a in corpus.select(wanted)] == urls(reprints)


def test_articles_without_a_date_come_last_in_their_cluster(tmp_path):
    with Corpus.open(tmp_path / "corpus.db") as corpus:
        corpus.store([article(0, portal="jia"), article(1, published=None), article(2)])
    clustered(tmp_path, 0, 1, 2)
    assert export(tmp_path, "a.jsonl", dedupe="near", portal=article(1).portal) == 0
    assert urls(tmp_path) == [address(2)]


def test_a_readonly_corpus_is_deduplicated_too(reprints):
    """SQLite's temporary tables lie elsewhere."""
    before = (reprints / "corpus.db").read_bytes()
    with Corpus.open(reprints / "corpus.db", readonly=True) as corpus:
        assert [a.url for a in corpus.select(Selection(dedupe="near"))] == [address(1), address(5)]
        assert rows(corpus, "SELECT name FROM temp.sqlite_master") == []
    assert (reprints / "corpus.db").read_bytes() == before


def test_exports_name_the_cluster(reprints):
    assert export(reprints, "a.jsonl") == export(reprints, "a.csv") == 0
    lines = [json.loads(line) for line in (reprints / "a.jsonl").read_text("utf-8").splitlines()]
    clusters = [address(1)] * 5 + [None]
    assert [line["cluster"] for line in lines] == clusters
    table = csv.DictReader(io.StringIO((reprints / "a.csv").read_text("utf-8-sig"), newline=""))
    assert [row["cluster"] or None for row in table] == clusters


def test_filters_leave_out_and_count(reprints, capsys):
    with Corpus.open(reprints / "corpus.db") as corpus:
        corpus.store([article(6, body="短讯。", published=dt.datetime(2023, 1, 1, tzinfo=CST))])
    clustered(reprints, 1, 6)
    assert export(reprints, "a.jsonl", filter="too_short,stale_reprint") == 0
    assert urls(reprints) == [address(n) for n in range(6)]
    assert "left out by filters: 1 (too_short 1, stale_reprint 1)" in capsys.readouterr().out


def test_a_representative_that_a_filter_leaves_out_does_not_take_its_story_along(reprints):
    with Corpus.open(reprints / "corpus.db") as corpus:
        corpus.store([article(1, body="短讯。", published=dt.datetime(2022, 11, 13, tzinfo=CST), portal="yi")])
    assert export(reprints, "a.jsonl", filter="too_short", dedupe="near") == 0
    assert urls(reprints) == [address(0), address(5)]


def test_marks_are_put_and_counted(home, capsys):
    text = "失主请致电13812345678，或拨打12345热线。" * 3
    with Corpus.open(home / "corpus.db") as corpus:
        corpus.store([article(7, title="寻苏E·12345车主", body=text, images=[Image("http://a/1.jpg", "13812345678")])])
    assert export(home, "a.jsonl", redact="phone,plate") == 0
    assert "redacted: phone 4, plate 1; in articles: 1" in capsys.readouterr().out
    row = json.loads((home / "a.jsonl").read_text("utf-8").splitlines()[-1])
    assert row["title"] == "寻〔车牌号〕车主"
    assert row["body"] == row["blocks"][0]["text"] == text.replace("13812345678", "〔电话〕")
    assert row["images"][0]["caption"] == "〔电话〕"
    assert row["content_hash"] == ""
    assert "13812345678" not in (home / "a.jsonl").read_text("utf-8")


def test_redact_alone_means_the_usual_kinds(home):
    done = scrapy("export", str(home / "a.jsonl"), "--redact", "-s", f"CORPUS={home / 'corpus.db'}")
    assert "redacted: id 0, phone 0, plate 0; in articles: 0" in done.out, done


def test_filters_are_listed():
    done = scrapy("export", "--filter", "list")
    assert (done.status, [line.split()[0] for line in done.out.splitlines()]) == (0, list(FILTERS))
    assert max(cell_len(line) for line in done.out.splitlines()) <= 80


# --- Bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("out", "options", "line"),
    [
        ("a.xls", {}, "its name says no format; add --format, one of jsonl, jsonl.zst, csv, txt, parquet"),
        ("a.jsonl", {"format": "xls"}, "--format xls: unknown; one of jsonl"),
        ("corpus.db", {"format": "txt", "force": True}, "the corpus itself"),
        ("none/a.csv", {}, "there is no folder"),
        (".", {}, "a folder says no format; add --format, one of jsonl"),
        ("corpus.db/", {"format": "csv"}, "a file, not a folder"),
        ("a.csv", {"filter": "to_short"}, "--filter to_short: to_short is unknown; all, or of too_short, mostly_links"),
        ("a.csv", {"filter": ""}, "an empty name is unknown"),
        ("a.csv", {"redact": "names"}, "--redact names: names is unknown; all, or of email, id, card, phone, plate"),
        ("a.csv", {"splits": "80/10/10"}, "--splits 80/10/10: goes with --snapshot"),
        ("a.csv", {"query": "(苏州"}, "query, character 1: a bracket is opened and not closed"),
        ("a.csv", {"since": "2022-13"}, "--since 2022-13: no date"),
        ("a.csv", {"since": "gestern"}, "--since gestern: no date"),
        ("a.csv", {"since": "2023", "until": "2022"}, "--until 2022: lies before --since 2023"),
        ("a.csv", {"dedupe": "fuzzy"}, "--dedupe fuzzy: none, exact or near"),
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


def test_no_room_for_temporary_files(home, monkeypatch):
    """Which is where the choice lies; the line names their folder, not the corpus."""
    monkeypatch.setenv("SQLITE_TMPDIR", "/scratch")
    with Corpus.open(home / "corpus.db") as corpus:
        corpus.store([article(n) for n in range(10, 1500)])
    with Corpus.open(home / "corpus.db", readonly=True) as corpus:
        rows(corpus, "CREATE TEMP TABLE begun (x)")
        rows(corpus, "PRAGMA temp.max_page_count = 4")
        with pytest.raises(OutputError, match=r"^/scratch: no room for SQLite's temporary files; free some, or set"):
            corpus.choose(Selection())


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
    def stop(self):
        yield stored(article(1))
        raise KeyboardInterrupt

    monkeypatch.setattr(Choice, "rows", stop)
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

    def many(self):
        nonlocal alive, most
        fields = {name: getattr(article(1), name) for name in article(1).__dataclass_fields__}
        for _ in range(1000):
            alive += 1
            most = max(most, alive)
            yield stored(Counted(**fields))

    monkeypatch.setattr(Choice, "rows", many)
    assert export(home, "a.jsonl") == 0
    assert most < 5
