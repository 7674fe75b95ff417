"""What `scrapy bulk` says, in a line, where it cannot work."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from crawler.demo import DemoPortal
from tests.bulk_kit import bulk, bulk_command, spark_python
from tests.crawling import ROOT, Done, environment, scrapy
from tests.test_replay import write as write_anyones

HOME = {"JAVA_HOME": ""}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    write_anyones(tmp_path / "a.warc.gz", DemoPortal("empire", seed=4, size=2))
    return tmp_path / "a.warc.gz"


def said(done: Done) -> str:
    """The one line."""
    assert "Traceback" not in done.err
    lines = done.err.splitlines()
    assert len(lines) == 1, done.err
    assert lines[0].startswith("chengwen: ")
    return lines[0]


def test_without_pyspark(archive: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec("pyspark"):
        pytest.skip("pyspark is installed here")
    done = scrapy("bulk", "extract", str(archive), str(tmp_path / "out"))
    assert done.status == 1
    assert "pip install 'chengwen[spark]'" in said(done)


def test_without_java(archive: Path, tmp_path: Path) -> None:
    spark_python()
    done = bulk("extract", archive, tmp_path / "out", PATH=str(tmp_path), **HOME)
    assert done.status == 1
    assert "no Java found (PATH); Spark needs Java 17 or newer: apt-get install openjdk-17" in said(done)


def test_an_old_java(archive: Path, tmp_path: Path) -> None:
    spark_python()
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n")
    java.chmod(0o755)
    done = bulk("extract", archive, tmp_path / "out", JAVA_HOME=str(tmp_path))
    assert done.status == 1
    assert f"{java}: Java 8; Spark needs Java 17 or newer" in said(done)


def test_a_master_that_cannot_be_reached(archive: Path, tmp_path: Path) -> None:
    spark_python()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = bulk("extract", archive, tmp_path / "out", master=f"spark://127.0.0.1:{port}")
    assert done.status == 1
    assert f"--master spark://127.0.0.1:{port}: cannot be reached (Connection refused)" in said(done)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("extract", "ARCHIVE"), "write scrapy bulk extract"),
        (("shuffle", "ARCHIVE", "OUT"), "write scrapy bulk extract"),
        (("extract", "none.warc.gz", "OUT"), "no archive there"),
        (("dedupe", "ARCHIVE", "OUT", "--portal", "x"), "goes with extract"),
        (("dedupe", "none.parquet", "OUT"), "no Parquet there"),
        (("extract", "ARCHIVE", "FULL"), "exists and was not made by scrapy bulk; name another folder"),
        (("extract", "ARCHIVE", "OURS"), "exists; --overwrite replaces it, or name another folder"),
        (("extract", "ARCHIVE", "ARCHIVE"), "a file; name a folder that is not there yet"),
        (("extract", "ARCHIVE", "OUT", "--master", "sparky"), "no master of Spark's"),
    ],
)
def test_wrong_arguments(archive: Path, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    for name in ("full", "ours"):
        (tmp_path / name).mkdir()
    (tmp_path / "full" / "thesis.doc").touch()
    (tmp_path / "ours" / "manifest.json").touch()
    places = {"ARCHIVE": archive, "OUT": tmp_path / "out", "FULL": tmp_path / "full", "OURS": tmp_path / "ours"}
    options = ["--overwrite"] if "FULL" in arguments else []
    done = scrapy("bulk", *(str(places.get(part, part)) for part in arguments), *options)
    assert done.status == 2
    assert words in done.err
    assert "Traceback" not in done.err


def children(process: subprocess.Popen[str]) -> list[str]:
    """Other processes of its session, by their names."""
    done = subprocess.run(["pgrep", "-s", str(process.pid), "-l"], capture_output=True, text=True, check=False)
    return [line.split()[1] for line in done.stdout.splitlines() if line.split()[0] != str(process.pid)]


def test_ctrl_c_while_the_session_begins_leaves_no_jvm_behind(archive: Path, tmp_path: Path) -> None:
    command = bulk_command("extract", archive, tmp_path / "out")
    with (tmp_path / "said").open("w+") as said_there:
        running = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(),
            stdout=said_there,
            stderr=said_there,
            text=True,
            start_new_session=True,
        )
        while "java" not in children(running) and running.poll() is None:
            time.sleep(0.05)
        # As a terminal does it: to all of them.
        os.killpg(running.pid, signal.SIGINT)
        assert running.wait(60) == 1
        said_there.seek(0)
        assert said_there.read() == f"chengwen: {tmp_path / 'out'}: stopped on request; nothing of it is kept\n"
    for _ in range(200):
        if not children(running):
            break
        time.sleep(0.1)
    assert children(running) == []
    assert not list(tmp_path.glob("out*"))
