"""scrapy reprints, as a person uses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.corpus import Corpus
from tests.corpus_kit import address
from tests.test_reprints import OTHER, SHORT, STORY, WRAPPED, told

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.db"
    with Corpus.open(path) as corpus:
        corpus.store([told(1, STORY, portal="qinghe", title="老城水管换完了"), told(4, OTHER, portal="qinghe")])
        corpus.store([told(2, WRAPPED, 2, portal="lanjiang"), told(3, SHORT, 5, portal="lanjiang")])
    return path


def run(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", "reprints", *arguments, "-s", f"CORPUS={path}"]
    environment = os.environ | {"COLUMNS": "80"}
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=60)


def test_one_story(path):
    done = run(path, address(3))
    assert done.returncode == 0, done.stderr
    assert "one story, 3 articles, 2 portals" in done.stdout
    shown = "".join(done.stdout.replace("│", " ").split())
    assert shown.index("▸3") > shown.index("2026-03-0114:00")
    assert "老城水管换完了" in shown
    assert "abridgedfrom1" in shown
    assert "reprintof1" in shown


def test_one_story_as_json(path):
    cluster = json.loads(run(path, address(2), "--json").stdout)
    assert [article["portal"] for article in cluster["articles"]] == ["qinghe", "lanjiang", "lanjiang"]
    assert cluster["id"] == cluster["articles"][0]["id"]
    assert {edge["kind"] for edge in cluster["reprints"]} == {"reprint", "abridged"}


def test_who_takes_from_whom(path):
    done = run(path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "qinghe" in done.stdout
    flows = json.loads(run(path, "--json").stdout)
    assert (flows[0]["portal"], flows[0]["of"], flows[0]["articles"]) == ("lanjiang", "qinghe", 2)


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        ([address(4)], 0, "nobody else has this story"),
        ([address(99)], 1, f"{address(99)}: not in the corpus"),
        (["a", "b"], 2, "name one address"),
    ],
)
def test_other_answers(path, arguments, status, line):
    done = run(path, *arguments)
    assert done.returncode == status
    assert line in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_no_corpus_and_an_empty_one(path, tmp_path):
    assert "no such corpus" in run(tmp_path / "none.db").stderr
    Corpus.open(tmp_path / "empty.db").close()
    done = run(tmp_path / "empty.db")
    assert (done.returncode, "no article was taken from another one" in done.stderr) == (0, True)
