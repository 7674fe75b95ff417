"""scrapy export --snapshot: a data set that others read as it is, the same bytes from the same corpus."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import errno
import gc
import io
import json
import os
import random
import re
import resource
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from crawler.commands.snapshot import Command as Verify
from crawler.corpus import Corpus, export_formats, reading
from crawler.items import CST, Image
from tests.corpus_kit import address, article, rows, text_of
from tests.crawling import ROOT, command, environment, scrapy
from tests.test_export import export, left

pytest.importorskip("pyarrow")

COUNT = 60


@pytest.fixture(scope="session")
def original(tmp_path_factory):
    """Sixty articles: 0 to 9 in one cluster, 10 and 11 of the same text, 12 a round-up of 13 and of 14."""
    home = tmp_path_factory.mktemp("original")
    with Corpus.open(home / "corpus.db") as corpus:
        body = {11: text_of(10), 50: "点击观看视频", 51: "点击观看视频", 59: f"请致电13812345678。{text_of(59)}"}
        told = [
            article(
                n,
                body=body.get(n, text_of(n)),
                portal=f"p{n % 3}",
                source=["新华社", "苏州|日报", None][n % 3],
                published=dt.datetime(2022, 1 + n % 3, 5, 22, tzinfo=CST) if n else None,
                reporters=["陆一鸣"],
                images=[Image("http://a/1.jpg", "图注")],
            )
            for n in range(COUNT)
        ]
        corpus.store(told)
        with corpus._connection.writing() as db:
            db.executemany("INSERT INTO clusters VALUES (?, 1)", [(n + 1,) for n in range(10)])
            links = [(n + 1, 1, "reprint") for n in range(1, 10)] + [(13, 14, "expanded"), (13, 15, "expanded")]
            db.executemany("INSERT INTO reprints VALUES (?, ?, ?, .9, .9, 'time')", links)
    return home


@pytest.fixture
def home(original, tmp_path):
    (tmp_path / "corpus.db").write_bytes((original / "corpus.db").read_bytes())
    return tmp_path


@pytest.fixture(scope="session")
def dataset(original):
    """Made once, only looked at."""
    assert export(original, "dataset", snapshot=True, splits="60/20/20") == 0
    return original / "dataset"


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def placed(folder):
    """Number of each article → its split."""
    from pyarrow import parquet

    found = {}
    for path in sorted((folder / "data").iterdir()):
        for url in parquet.read_table(path, columns=["url"]).column("url").to_pylist():
            found[int(re.search(r"(\d+)\.html", url)[1])] = path.name.partition("-")[0]
    return found


# --- Who reads it ----------------------------------------------------------------------------------------------------


#: Python with datasets and pandas.  Not ours: sqlite-utils imports pandas where it finds it, and every command would
#: take a second longer.
READERS = Path(os.environ.get("READERS_BIN", Path(sys.executable).parent), "python")


def read_with(program: str, *arguments: str, needs: str, **settings: str) -> dict:
    """What a program of the readers' own environment prints as JSON."""
    if subprocess.run([READERS, "-c", f"import {needs}"], capture_output=True, check=False).returncode:
        pytest.skip(f"{needs} is not installed (READERS_BIN=FOLDER)")
    command = [READERS, "-c", program, *arguments]
    done = subprocess.run(command, env=environment() | settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_datasets_loads_it(dataset, tmp_path):
    program = (
        "import sys, json; from datasets import load_dataset\n"
        "data = load_dataset(sys.argv[1])\n"
        "row = next(row for split in data.values() for row in split if row['url'] == sys.argv[2])\n"
        "print(json.dumps({'rows': data.num_rows, 'title': row['title'], 'published': row['published'].isoformat(),"
        " 'reporters': row['reporters'], 'images': json.loads(row['images'])}))"
    )
    offline = {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    read = read_with(program, str(dataset), address(7), needs="datasets", **offline)
    splits = list(placed(dataset).values())
    assert read["rows"] == {name: splits.count(name) for name in ("train", "validation", "test")}
    assert read["title"] == "第7条新闻"
    assert dt.datetime.fromisoformat(read["published"]) == dt.datetime(2022, 2, 5, 22, tzinfo=CST)
    assert (read["reporters"], read["images"][0]["caption"]) == (["陆一鸣"], "图注")


def test_duckdb_reads_it(dataset):
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'Asia/Shanghai'")
        what = "count(*), count(cluster), count(DISTINCT portal), sum(len(reporters))"
        assert db.execute(f"SELECT {what} FROM '{dataset}/data/*.parquet'").fetchone() == (COUNT, 10, 3, COUNT)


def test_pandas_reads_it(dataset):
    program = (
        "import sys, json, pandas; frame = pandas.read_parquet(sys.argv[1])\n"
        "print(json.dumps([len(frame), frame['url'].nunique(), str(frame['published'].dtype)]))"
    )
    read = read_with(program, str(dataset / "data"), needs="pandas")
    assert read == [COUNT, COUNT, "datetime64[us, Asia/Shanghai]"]


# --- Splits ----------------------------------------------------------------------------------------------------------


def test_what_hangs_together_stays_together(dataset):
    split = placed(dataset)
    assert set(split.values()) == {"train", "validation", "test"}
    for together in (range(10), (10, 11), (12, 13, 14), (50, 51)):
        assert len({split[n] for n in together}) == 1, together


def test_links_through_what_is_not_exported_count(home):
    """13 and 14 hang together by the round-up 12, which another portal has."""
    assert export(home, "all", snapshot=True, splits="34/33/33") == 0
    for portal in ("p1", "p2"):
        assert export(home, portal, snapshot=True, splits="34/33/33", portal=portal) == 0
    everything = placed(home / "all")
    assert placed(home / "p1") == {n: split for n, split in everything.items() if n % 3 == 1}
    assert placed(home / "p1")[13] == placed(home / "p2")[14]


def test_an_articles_split_stays_when_the_corpus_grows(home):
    assert export(home, "before", snapshot=True) == 0
    with Corpus.open(home / "corpus.db") as corpus:
        corpus.store([article(n) for n in range(100, 160)])
    assert export(home, "after", snapshot=True) == 0
    after = placed(home / "after")
    assert {n: after[n] for n in range(COUNT)} == placed(home / "before")


def test_shares_hold_on_average(tmp_path):
    with Corpus.open(tmp_path / "corpus.db") as corpus:
        corpus.store([article(n) for n in range(2000)])
    assert export(tmp_path, "a", snapshot=True) == 0
    splits = list(placed(tmp_path / "a").values())
    assert abs(splits.count("train") - 1800) < 60
    assert abs(splits.count("validation") - splits.count("test")) < 60


def test_a_split_without_articles_has_no_file(home, tmp_path):
    assert export(home, "a", snapshot=True, splits="100/0/0") == 0
    assert sorted(contents(home / "a")) == ["README.md", "data/train-00000-of-00001.parquet", "manifest.json"]
    assert "validation-*" not in (home / "a/README.md").read_text("utf-8")


def test_shards_are_bounded(home, monkeypatch):
    monkeypatch.setattr("crawler.corpus.snapshot.SHARD_ROWS", 25)
    assert export(home, "a", snapshot=True, splits="100/0/0") == 0
    manifest = json.loads((home / "a/manifest.json").read_text("utf-8"))
    shards = {each["path"]: each["rows"] for each in manifest["files"] if "rows" in each}
    assert shards == {f"data/train-0000{n}-of-00003.parquet": rows for n, rows in enumerate((25, 25, 10))}
    assert placed(home / "a").keys() == set(range(COUNT))


# --- The same bytes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"dedupe": "near", "filter": "all", "redact": "all", "splits": "50/25/25"}])
def test_the_same_corpus_gives_the_same_bytes(home, options):
    assert export(home, "a", snapshot=True, **options) == export(home, "b", snapshot=True, **options) == 0
    assert contents(home / "a") == contents(home / "b")


def test_the_same_bytes_in_other_processes(home):
    made = []
    for seed in ("1", "2"):
        out = home / f"seed{seed}"
        subprocess.run(
            command(
                "export", str(out), "--snapshot", "--dedupe", "near", "--redact", "-s", f"CORPUS={home / 'corpus.db'}"
            ),
            cwd=ROOT,
            env=environment() | {"PYTHONHASHSEED": seed, "TZ": ("UTC", "Asia/Tokyo")[int(seed) - 1]},
            check=True,
            capture_output=True,
        )
        made.append(contents(out))
    assert made[0] == made[1]


def test_another_state_has_another_hash(home):
    assert export(home, "a", snapshot=True) == 0
    with Corpus.open(home / "corpus.db") as corpus:
        rows(corpus, "UPDATE articles SET source = '新华网' WHERE id = 1")
    assert export(home, "b", snapshot=True) == 0
    first, second = (json.loads((home / name / "manifest.json").read_text("utf-8"))["corpus"] for name in "ab")
    assert first["rows"] == second["rows"]
    assert first["sha256"] != second["sha256"]


def test_a_crawl_that_writes_meanwhile_changes_nothing(home, monkeypatch):
    assert export(home, "before", snapshot=True) == 0
    told = []

    def store(self, step, done, total):
        if step == "writing" and not told:
            told.append(step)
            with Corpus.open(home / "corpus.db") as corpus:
                corpus.store([article(500), article(3, body=text_of(501), published=None)])

    monkeypatch.setattr("crawler.commands.progress.Telling.__call__", store)
    assert export(home, "during", snapshot=True) == 0
    assert told
    assert contents(home / "during") == contents(home / "before")


def test_memory_does_not_grow(tmp_path, monkeypatch):
    """Four times the articles, all steps: what Python holds at most stays the same (eight bytes an article aside)."""
    monkeypatch.setattr(export_formats, "_GROUP", 50)
    monkeypatch.setattr(reading, "PAGE", 50)
    peaks = []
    for count in (400, 1600):
        home = tmp_path / str(count)
        with Corpus.open(home / "corpus.db") as corpus:
            corpus.store([article(n) for n in range(count)])
        gc.collect()
        tracemalloc.start()
        assert export(home, "a", snapshot=True, dedupe="near", filter="all", redact="all") == 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


# --- Card and manifest -----------------------------------------------------------------------------------------------


def test_the_card(dataset):
    card = (dataset / "README.md").read_text("utf-8")
    header = card.split("---\n")[1]
    yaml = pytest.importorskip("yaml")
    said = yaml.safe_load(header)
    assert (said["language"], said["license"], said["size_categories"]) == (["zh"], "other", ["n<1K"])
    split = list(placed(dataset).values())
    sizes = {each["name"]: each["num_examples"] for each in said["dataset_info"]["splits"]}
    assert sizes == {name: split.count(name) for name in ("train", "validation", "test")}
    for line in (
        "| p0 | 20 |",
        "| 2022-02 | 20 |",
        "| *no date printed* | 1 |",
        "| 苏州\\|日报 | 20 |",
        "| *none printed* | 20 |",
        "| 0 % | 6 |",
        "| pairs of articles here: reprint | 9 |",
        "| pairs of articles here: expanded | 2 |",
        "| articles whose text another one here has too, beyond the first | 1 |",
        "| reprint clusters with at least two | 1 |",
        "| `too_short` | a text below 100 characters | not used |",
        "`scrapy purge URL`",
    ):
        assert line in card, line
    assert not re.search(r"20[2-9]\d-\d\d-\d\dT", card)


def test_the_manifest_says_what_was_asked_for(home):
    options = {"query": "老住户", "since": "2022-02", "dedupe": "near", "filter": "too_short", "redact": "phone"}
    assert export(home, "a", snapshot=True, **options) == 0
    manifest = json.loads((home / "a/manifest.json").read_text("utf-8"))
    assert manifest["query"] == {
        "words": "老住户",
        "portal": None,
        "source": None,
        "source_is": None,
        "section": None,
        "since": "2022-02-01T00:00:00+08:00",
        "until": None,
        "dedupe": "near",
        "filters": ["too_short"],
        "redact": ["phone"],
        "splits": {"train": 90, "validation": 5, "test": 5},
    }
    counters = manifest["counters"]
    assert counters["redacted"] == {"phone": 1}
    assert (
        manifest["articles"]
        == counters["written"]
        == counters["selected"] - counters["repeated"] - counters["left_out"]
    )
    assert manifest["corpus"]["rows"]["articles"] == manifest["corpus"]["largest_id"]["articles"] == COUNT
    assert set(manifest["versions"]) == {"chengwen", "schema", "python", "pyarrow"}
    assert str(home) not in json.dumps(manifest)


# --- Bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("out", "options", "line"),
    [
        ("a", {"splits": "90/5"}, "--splits 90/5: three per cents for train, validation, test that make 100"),
        ("a", {"splits": "90/5/6"}, "that make 100"),
        ("a", {"splits": "90/x/10"}, "that make 100"),
        ("a", {"splits": "110/-5/-5"}, "that make 100"),
        ("a", {"format": "csv"}, "--format csv: a snapshot is made of Parquet files"),
        ("corpus.db", {}, "a file; a snapshot is a folder"),
        ("full", {}, "exists; --force replaces an older snapshot"),
        ("full", {"force": True}, "holds something else than a snapshot, which --force does not remove"),
        (".", {"force": True}, "holds something else than a snapshot"),
        ("/", {"force": True}, "holds something else than a snapshot"),
    ],
)
def test_wrong_options_are_one_line(home, out, options, line, capsys):
    (home / "full").mkdir()
    (home / "full/mine.txt").write_text("mine")
    assert export(home, out, snapshot=True, **options) == 2
    said = capsys.readouterr().err
    assert line in said
    assert said.count("\n") == 1
    assert left(home) == ["full"]
    assert (home / "full/mine.txt").read_text() == "mine"


def test_force_replaces_an_older_snapshot(home, monkeypatch):
    assert export(home, "a", snapshot=True) == 0
    (home / "a/data/extra.txt").write_text("left over")
    before = contents(home / "a")
    assert export(home, "a", snapshot=True, portal="p1") == 2
    assert contents(home / "a") == before
    assert export(home, "a", snapshot=True, portal="p1", force=True) == 0
    assert set(placed(home / "a")) == set(range(1, COUNT, 3))
    assert left(home) == ["a"]


@pytest.mark.parametrize("options", [{"portal": "wuxi"}, {"filter": "too_short", "query": "点击观看视频"}])
def test_nothing_to_write_makes_no_snapshot(home, options, capsys):
    assert export(home, "a/b", snapshot=True, **options) == 1
    assert re.search(r"a/b: no articles are left of [02]; no snapshot was made\n$", capsys.readouterr().err)
    assert left(home) == []


def test_a_missing_package_names_its_extra(home, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert export(home, "a", snapshot=True) == 2
    assert "pip install 'chengwen[export]'" in capsys.readouterr().err
    assert left(home) == []


@pytest.mark.parametrize("place", ["crawler.corpus.snapshot.os.fsync", "crawler.corpus.snapshot.digest"])
def test_a_full_disk_leaves_the_older_snapshot(home, place, monkeypatch, capsys):
    assert export(home, "a", snapshot=True) == 0
    before = contents(home / "a")

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(place, full)
    assert export(home, "a", snapshot=True, force=True) == 1
    assert "a: cannot be written (No space left on device); nothing of it is kept" in capsys.readouterr().err
    assert contents(home / "a") == before
    assert left(home) == ["a"]


def test_a_swap_that_fails_is_undone(home, monkeypatch, capsys):
    assert export(home, "a", snapshot=True) == 0
    before = contents(home / "a")
    path = type(home)
    rename = path.rename

    def refuse(self, target):
        if self.suffix == ".part":
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(path, "rename", refuse)
    assert export(home, "a", snapshot=True, force=True, portal="p1") == 1
    assert "Input/output error" in capsys.readouterr().err
    assert contents(home / "a") == before
    assert left(home) == ["a"]


def test_a_real_refusal_of_the_system(home):
    """A limit on file sizes, which is how a quota looks to a program.  SQLite's own files beside the corpus fit in."""
    chance = random.Random(1)
    with Corpus.open(home / "corpus.db") as corpus:
        corpus.store([article(n, body=chance.randbytes(2000).hex()) for n in range(500, 550)])
    done = subprocess.run(
        command("export", str(home / "a"), "--snapshot", "-s", f"CORPUS={home / 'corpus.db'}"),
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done
    assert re.search(r"a: cannot be written \(.*File too large.*\); nothing of it is kept", done.stderr), done
    assert left(home) == []


def test_a_stopped_snapshot_leaves_nothing(home, monkeypatch, capsys):
    def stop(self, step, done, total):
        if done == COUNT // 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("crawler.commands.progress.Telling.__call__", stop)
    assert export(home, "a", snapshot=True) == 1
    assert "stopped on request" in capsys.readouterr().err
    assert left(home) == []


# --- scrapy snapshot verify ------------------------------------------------------------------------------------------


@pytest.fixture
def copy(dataset, tmp_path):
    for name, content in contents(dataset).items():
        path = tmp_path / "copy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "copy"


def verified(folder):
    """The command as Scrapy runs it, in this process: its exit status and what it says."""
    asked = Verify()
    with contextlib.redirect_stdout(io.StringIO()) as said:
        asked.run(["verify", str(folder)], argparse.Namespace())
    return asked.exitcode, said.getvalue().splitlines()


def shard(folder, split):
    return folder / f"data/{split}-00000-of-00001.parquet"


def rewrite(folder, change):
    """Change the manifest; it has no hash of its own."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2), "utf-8")


def rehash(folder):
    """What somebody does who mends the manifest to fit files that were changed."""
    from crawler.corpus.snapshot_manifest import digest

    def change(manifest):
        for each in manifest["files"]:
            each |= {"sha256": digest(folder / each["path"]), "bytes": (folder / each["path"]).stat().st_size}

    rewrite(folder, change)


def test_a_snapshot_is_whole(copy):
    (copy / ".gitattributes").write_text("*.parquet filter=lfs")
    assert verified(copy) == (0, [f"{copy}: whole"])


def test_every_fault_is_a_line(copy):
    shard(copy, "test").write_bytes(shard(copy, "test").read_bytes()[:-9])
    content = bytearray(shard(copy, "train").read_bytes())
    content[len(content) // 2] ^= 1
    shard(copy, "train").write_bytes(content)
    (copy / "README.md").unlink()
    (copy / "data/mine.txt").write_text("mine")
    status, lines = verified(copy)
    assert status == 1
    assert [re.sub(r"^.*?copy/", "", line) for line in lines[:3]] == [
        "README.md: missing",
        "data/mine.txt: extra, the manifest does not know it",
        lines[2].rpartition("copy/")[2],
    ]
    assert re.search(r"data/test-.*: [\d,]+ bytes, not [\d,]+$", lines[2])
    assert lines[3].endswith("data/train-00000-of-00001.parquet: another content (SHA-256 differs)")
    assert len(lines) == 4


def test_no_parquet_and_other_columns(copy):
    from pyarrow import parquet

    shard(copy, "test").write_bytes(b"PAR1 nonsense")
    table = parquet.read_table(shard(copy, "train"))
    parquet.write_table(table.drop_columns(["cuts"]), shard(copy, "train"))
    rehash(copy)
    status, lines = verified(copy)
    assert (status, len(lines)) == (1, 2)
    assert "test-00000-of-00001.parquet: no Parquet (" in lines[0]
    assert lines[1].endswith("train-00000-of-00001.parquet: other columns than a snapshot has")


def test_rows_that_are_missing(copy):
    from pyarrow import parquet

    table = parquet.read_table(shard(copy, "train"))
    parquet.write_table(table.slice(1), shard(copy, "train"))
    rehash(copy)
    status, lines = verified(copy)
    assert (status, len(lines)) == (1, 1)
    assert re.search(rf"train.*: {table.num_rows - 1} rows, not {table.num_rows}", lines[0])


def test_a_story_in_two_splits(copy):
    """Somebody moves an article of the cluster, and one with a text that another has, and one stands there twice."""
    import pyarrow as pa
    from pyarrow import parquet

    split = placed(copy)
    tables = {name: parquet.read_table(shard(copy, name)) for name in set(split.values())}

    def moved(number, elsewhere):
        home = tables[split[number]]
        row = [url == address(number) for url in home.column("url").to_pylist()]
        tables[elsewhere] = pa.concat_tables([tables[elsewhere], home.filter(pa.array(row))])
        tables[split[number]] = tables[split[number]].filter(pa.array([not one for one in row]))

    def other(number):
        return next(name for name in ("train", "validation", "test") if name != split[number])

    moved(3, other(3))
    moved(51, other(51))
    tables["train"] = pa.concat_tables([tables["train"], tables["train"].slice(0, 1)])
    for name, table in tables.items():
        parquet.write_table(table, shard(copy, name))
    rehash(copy)

    def count(manifest):
        for each in manifest["files"]:
            if "rows" in each:
                each["rows"] = tables[each["split"]].num_rows
        manifest["articles"] = COUNT + 1

    rewrite(copy, count)
    status, lines = verified(copy)
    assert (status, len(lines)) == (1, 3)
    assert lines[0].endswith(": stands there 2 times")
    assert f"{address(0)}: story in " in lines[1]
    assert re.search(r"[0-9a-f]{64}: text in \w+ and \w+$", lines[2])


def test_counts_that_do_not_agree(copy):
    rewrite(copy, lambda manifest: manifest.update(articles=61))
    status, lines = verified(copy)
    assert (status, lines) == (1, [f"{copy}/manifest.json: 61 articles, but its files have 60 rows"])


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"format": "chengwen-snapshot", "format_version": 99}'])
def test_no_manifest(copy, content):
    (copy / "manifest.json").unlink()
    if content is not None:
        (copy / "manifest.json").write_text(content)
    status, lines = verified(copy)
    assert (status, len(lines)) == (1, 1)
    assert "manifest.json: missing, damaged, or of another format" in lines[0]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["verify"], "scrapy snapshot verify FOLDER"),
        (["check", "x"], "scrapy snapshot verify FOLDER"),
        (["verify", "nowhere"], "nowhere: no such folder"),
    ],
)
def test_wrong_arguments(arguments, line):
    done = scrapy("snapshot", *arguments)
    assert done.status == 2
    assert line in done.out + done.err


def test_the_command_is_what_runs(home):
    """Once as a person would."""
    done = scrapy("export", str(home / "a"), "--snapshot", "--splits", "80/10/10", "-s", f"CORPUS={home / 'corpus.db'}")
    assert (done.status, done.err) == (0, ""), done
    assert re.search(rf"a: {COUNT} articles, [\d.]+ MB", done.out)
    done = scrapy("snapshot", "verify", str(home / "a"))
    assert (done.status, done.out, done.err) == (0, f"{home / 'a'}: whole\n", "")
