"""docs/scheduling.md on Scrapyd, done: deploy the project as an egg, list, schedule, cancel."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

import pytest

from crawler.demo import DemoPortal, serve
from crawler.portals import names
from tests.crawling import ROOT, environment

#: Folder with `scrapyd` and `scrapyd-deploy`: that of this Python, or of a virtual environment of their own.
BIN = Path(os.environ.get("SCRAPYD_BIN", Path(sys.executable).parent))
OPENER = build_opener(ProxyHandler({}))
pytestmark = pytest.mark.skipif(
    not (BIN / "scrapyd-deploy").exists(), reason="scrapyd and scrapyd-client are not installed (SCRAPYD_BIN=FOLDER)"
)


class Scrapyd:
    def __init__(self, folder, url):
        self.folder, self.url = folder, url

    def __call__(self, call, **fields):
        query = urlencode(fields, doseq=True)
        posted = call in ("schedule", "cancel")
        address = f"{self.url}/{call}.json" + ("" if posted else f"?{query}")
        with OPENER.open(address, query.encode() if posted else None, timeout=60) as response:
            answer = json.load(response)
        assert answer["status"] == "ok", answer
        return answer

    def wait(self, state, job, seconds=90):
        for _ in range(seconds * 4):
            if job in {found["id"] for found in self("listjobs", project="chengwen")[state]}:
                return
            time.sleep(0.25)
        raise AssertionError(f"{job} was never {state}: {self.logs()}")

    def logs(self):
        return "\n".join(path.read_text("utf-8") for path in self.folder.glob("logs/**/*.log"))


def copy_of_the_project(folder):
    """What is versioned; scrapyd-deploy writes setup.py and build/ beside it."""
    for name in ("crawler", "pipelines"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def scrapyd(tmp_path_factory):
    """A Scrapyd of its own on loopback, with the project deployed."""
    folder = tmp_path_factory.mktemp("scrapyd")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "scrapyd.conf").write_text(
        f"[scrapyd]\nbind_address = 127.0.0.1\nhttp_port = {port}\npoll_interval = 0.5\n"
    )
    url = f"http://127.0.0.1:{port}"
    with (folder / "scrapyd.log").open("w") as log:
        process = subprocess.Popen([BIN / "scrapyd"], cwd=folder, env=environment(), stdout=log, stderr=log)
    try:
        wait_for(port)
        project = copy_of_the_project(tmp_path_factory.mktemp("project"))
        (project / "scrapy.cfg").write_text(
            f"[settings]\ndefault = crawler.settings\n[deploy]\nurl = {url}\nproject = chengwen\n"
        )
        deploy = [BIN / "scrapyd-deploy"]
        done = subprocess.run(
            deploy, cwd=project, env=environment(), capture_output=True, text=True, timeout=180, check=False
        )
        assert '"status": "ok"' in done.stdout, done.stdout + done.stderr
        yield Scrapyd(folder, url)
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port):
    for _ in range(240):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise AssertionError("scrapyd did not start")


def test_the_egg_holds_every_portal_file(scrapyd):
    spiders = scrapyd("listspiders", project="chengwen")["spiders"]
    assert set(names()) <= set(spiders)
    assert "portal" in spiders


def test_a_scheduled_crawl_fills_the_corpus(scrapyd, tmp_path):
    corpus = tmp_path / "corpus.db"
    with serve([DemoPortal("seed", seed=4, size=50)]) as server:
        job = scrapyd(
            "schedule", project="chengwen", spider="portal", url=server.url,
            setting=[f"CORPUS={corpus}", "DOWNLOAD_DELAY=0"],
        )["jobid"]  # fmt: skip
        scrapyd.wait("finished", job)
    db = sqlite3.connect(corpus)
    assert db.execute("SELECT portal, outcome FROM runs").fetchall() == [("127.0.0.1", "finished")], scrapyd.logs()
    assert db.execute("SELECT count(*) FROM articles").fetchone() == (50,)


def test_a_cancelled_crawl_ends_in_order_and_keeps_what_it_has(scrapyd, tmp_path):
    corpus = tmp_path / "corpus.db"
    with serve([DemoPortal("seed", seed=4, size=200)]) as server:
        job = scrapyd(
            "schedule", project="chengwen", spider="portal", url=server.url,
            setting=[f"CORPUS={corpus}", "DOWNLOAD_DELAY=0.3", "STORE_SECONDS=0.1"],
        )["jobid"]  # fmt: skip
        for _ in range(240):
            if corpus.exists() and stored(corpus):
                break
            time.sleep(0.25)
        scrapyd("cancel", project="chengwen", job=job)
        scrapyd.wait("finished", job)
    db = sqlite3.connect(corpus)
    assert db.execute("SELECT outcome FROM runs").fetchall() == [("shutdown",)], scrapyd.logs()
    assert 0 < stored(corpus) < 200


def stored(corpus):
    try:
        return sqlite3.connect(corpus).execute("SELECT count(*) FROM articles").fetchone()[0]
    except sqlite3.Error:
        return 0  # not made yet
