"""`scrapy bulk extract` makes of archives what a replay makes of them, also when its processes are killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from crawler.corpus import Corpus
from crawler.demo import DemoPortal, serve
from crawler.extract import from_json
from tests.bulk_kit import bulk, bulk_command, exported, rows_of, spark_python
from tests.crawling import ROOT, Done, crawl_url, environment, scrapy
from tests.test_replay import sql
from tests.test_replay import write as write_anyones

#: One learns its template from the first pages; one has articles in several parts.
FAMILIES = ("founder", "trs")


class Extracted(NamedTuple):
    """An archive, the corpus that a replay makes of it, and what `scrapy bulk extract` makes of it."""

    archive: Path
    damaged: Path
    corpus: Path
    done: Done
    out: Path


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> Extracted:  # type: ignore[no-untyped-def]
    """Two portals in two runs with news, edits and removals between them, somebody else's archive, and a torn file."""
    spark_python()
    folder = tmp_path_factory.mktemp("bulk")
    archive, crawled = folder / "warc", folder / "corpus.db"
    portals = [DemoPortal(family, seed=7, size=30) for family in FAMILIES]
    with serve(portals, proxy=True) as server:
        for run in range(2):
            for name, portal, url in zip(FAMILIES, portals, server.urls, strict=True):
                if run == 1:
                    server.command("add", portal, count=4)
                    plain = [s for s in portal.truth() if s.kind == "article" and not s.part_urls]
                    server.command("edit", portal, number=plain[4].number)
                    server.command("remove", portal, number=plain[6].number, soft=True)
                done = crawl_url(url, crawled, name=name, proxy=server.proxy)
                assert done.status in (0, 1), done.err
            sql(crawled, "UPDATE checks SET next_check = '2000'")
    write_anyones(archive / "other.warc.gz", DemoPortal("empire", seed=4, size=20))
    damaged = archive / "torn.warc.gz"
    write_anyones(damaged, DemoPortal("empire", seed=5, size=4))
    damaged.write_bytes(damaged.read_bytes()[:-40])
    corpus = folder / "replayed.db"
    assert scrapy("crawl", "replay", "-a", f"archive={archive}", "-s", f"CORPUS={corpus}").status == 1
    done = bulk("extract", archive, folder / "out")
    return Extracted(archive, damaged, corpus, done, folder / "out")


def told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What an archive tells of articles: who else has the story is for `scrapy bulk dedupe` to say."""
    return [{name: value for name, value in row.items() if name != "cluster"} for row in rows]


def test_the_archive_has_all_that_can_be_met(extracted: Extracted) -> None:
    """Or the comparison would say little."""
    rows = rows_of(exported(extracted.corpus, extracted.out.parent / "all.parquet"))
    assert {row["portal"] for row in rows} == {*FAMILIES, "lanjiang-demo.test"}
    assert any(row["duplicate_of"] for row in rows)
    assert any(row["part_urls"] for row in rows)
    assert any(row["link_url"] for row in rows)
    assert {row["template"] for row in rows} >= {"founder-1", "trs-1", None}
    with closing(sqlite3.connect(extracted.corpus)) as db:
        assert db.execute("SELECT count(*) FROM revisions WHERE kind = 'edited'").fetchone()[0]
        assert db.execute("SELECT count(*) FROM captures WHERE kind = 'revisit'").fetchone()[0]


def test_the_same_articles_as_a_replay_in_the_same_order(extracted: Extracted, tmp_path: Path) -> None:
    expected = rows_of(exported(extracted.corpus, tmp_path / "all.parquet"))
    found = rows_of(extracted.out)
    assert [row["url"] for row in found] == [row["url"] for row in expected]
    assert told(found) == told(expected)


def test_files_have_the_columns_of_an_export(extracted: Extracted, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    export = pq.read_schema(exported(extracted.corpus, tmp_path / "all.parquet"))
    assert all(pq.read_schema(path).equals(export) for path in extracted.out.glob("*.parquet"))


def test_a_damaged_file_is_named_and_the_rest_used(extracted: Extracted) -> None:
    status, said, complaints = extracted.done
    assert status == 1
    faults = [line for line in complaints.splitlines() if " of " not in line]
    assert len(faults) == 1
    assert faults[0].startswith(f"chengwen: {extracted.damaged}, byte ")
    manifest = json.loads((extracted.out / "manifest.json").read_text("utf-8"))
    assert manifest["faults"] == [faults[0].removeprefix("chengwen: ")]
    assert manifest["articles"] == len(rows_of(extracted.out))
    assert f"{manifest['articles']} articles of " in said
    assert not list(extracted.out.parent.glob("*.part"))


def test_rejects_are_counted_as_a_replay_counts_them(extracted: Extracted) -> None:
    counts = json.loads((extracted.out / "manifest.json").read_text("utf-8"))["counts"]
    with closing(sqlite3.connect(extracted.corpus)) as db:
        stats = json.loads(db.execute("SELECT stats FROM runs WHERE stats IS NOT NULL LIMIT 1").fetchone()[0])
    names = ("articles/rejected", "templates/learned", "replay/passed_over", "revisits/")
    expected = {name: number for name, number in stats.items() if name.startswith(names)}
    # Revisits that changed something are counted by the store.
    expected.pop("revisits/revised", None)
    assert {name: counts.get(name) for name in expected} == expected


def test_templates_of_a_corpus_and_killed_processes(extracted: Extracted, tmp_path: Path) -> None:
    """Python processes of Spark's die one after the other in mid-run: their tasks are done again, by others."""
    taught = tmp_path / "taught.db"
    with Corpus.open(extracted.corpus, readonly=True) as whole, Corpus.open(taught) as corpus:
        (stored,) = whole.templates("founder")
        template = replace(from_json(stored.json), name=stored.name, version=stored.version)
        corpus.put_template("founder", template, stored.json)
    options = ("--portal", "founder", "--corpus", str(taught))
    out = tmp_path / "out"
    command = bulk_command("extract", extracted.archive, out, *options)
    pipes = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment(), **pipes) as running:
        killed = sum(kill_one(running) for _ in range(2))
        _, complaints = running.communicate(timeout=600)
    assert (killed, running.returncode) == (2, 1), complaints
    arguments = ("-a", f"archive={extracted.archive}", "-a", "portal=founder", "-s", f"CORPUS={taught}")
    assert scrapy("crawl", "replay", *arguments).status == 1
    expected = rows_of(exported(taught, tmp_path / "founder.parquet"))
    assert {row["portal"] for row in expected} == {"founder"}
    assert told(rows_of(out)) == told(expected)
    assert json.loads((out / "manifest.json").read_text("utf-8"))["counts"].get("pages/again", 0) == 0


def kill_one(running: subprocess.Popen[str]) -> bool:
    """Kill a Python process of Spark's that is at work; False if the command ends first."""
    seen: set[int] = set()
    while running.poll() is None:
        for worker in workers_of(running.pid):
            if worker not in seen and cpu_seconds(worker) > 0.2:
                seen.add(worker)
                os.kill(worker, signal.SIGKILL)
                return True
        time.sleep(0.05)
    return False


def workers_of(pid: int) -> Iterator[int]:
    """Processes that pyspark's daemon, a descendant of that process, has forked."""
    for child in children_of(pid):
        daemon = b"pyspark.daemon" in command_of(child)
        yield from children_of(child) if daemon else workers_of(child)


def children_of(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return found


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
