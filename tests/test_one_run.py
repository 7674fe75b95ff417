"""One run a portal at a time, many portals into one corpus."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess

import pytest

from crawler.corpus import Corpus
from crawler.corpus.lock import PortalLock
from crawler.demo import DemoPortal, serve
from crawler.errors import PortalBusy
from tests.crawling import ROOT, command, crawl_url, environment, settings
from tests.test_bad_input import one_line, start, wait_for_articles


@pytest.fixture
def corpus(tmp_path):
    return tmp_path / "corpus.db"


def test_a_second_run_of_a_portal_stops_at_once_and_says_who_runs(corpus):
    with serve([DemoPortal("seed", seed=6, size=150)], delay=0.2) as server:
        running = start(server.url, corpus, "-s", "STORE_SECONDS=0.1", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
        wait_for_articles(corpus, 1)
        done = crawl_url(server.url, corpus)
        running.send_signal(signal.SIGKILL)
        running.communicate(timeout=30)
    assert done.status == 75
    one_line(done, "demo: another run is on", f"process {running.pid} on", "since 20")
    assert sqlite3.connect(corpus).execute("SELECT count(*) FROM runs").fetchone() == (1,)


def test_what_a_killed_run_left_keeps_nobody_out(corpus):
    portal = DemoPortal("seed", seed=6, size=50)
    with serve([portal], delay=0.02) as server:
        running = start(server.url, corpus, "-s", "STORE_SECONDS=0.1", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
        wait_for_articles(corpus, 5)
        running.send_signal(signal.SIGKILL)
        running.communicate(timeout=30)
        left = list(corpus.parent.glob("*.lock"))
        server.command("delay", seconds=0)
        done = crawl_url(server.url, corpus)
    assert len(left) == 1
    assert done.status == 0, done
    assert not list(corpus.parent.glob("*.lock"))


def test_the_lock_says_whose_remains_it_took_over(corpus):
    path = corpus.with_name("corpus.db.demo.lock")
    path.write_text(json.dumps({"pid": 4711, "host": "old", "since": "2026-03-01T12:00:00+08:00"}))
    lock = PortalLock.take(corpus, "demo")
    assert lock.left_by == "process 4711 on old since 2026-03-01T12:00:00+08:00"
    lock.release()


def test_a_lock_is_held_until_it_is_released(corpus):
    lock = PortalLock.take(corpus, "demo")
    with pytest.raises(PortalBusy, match="demo: another run is on"):
        PortalLock.take(corpus, "demo")
    lock.release()
    lock.release()
    PortalLock.take(corpus, "demo").release()


def test_portals_do_not_keep_each_other_out(corpus):
    locks = [PortalLock.take(corpus, name) for name in ("demo", "Demo", "www.example.cn", "a/b", "a%2Fb")]
    assert len({lock.path for lock in locks}) == 5
    assert {lock.path.parent for lock in locks} == {corpus.parent}
    for lock in locks:
        lock.release()


@pytest.mark.parametrize("said", ["", "{", "[]", '{"pid": 1}', "\x00\x00"])
def test_a_lock_file_that_says_nothing_keeps_nobody_out(corpus, said):
    corpus.with_name("corpus.db.demo.lock").write_text(said)
    lock = PortalLock.take(corpus, "demo")
    assert lock.left_by is None
    lock.release()


def test_three_portals_write_one_corpus_at_the_same_time(corpus):
    families = ("seed", "trs", "empire")
    portals = [DemoPortal(family, seed=3, size=80) for family in families]
    with serve(portals) as server:
        running = [
            subprocess.Popen(
                command(
                    "crawl", "portal", "-a", f"url={url}", "-a", f"name={name}", *settings(corpus, "STORE_BATCH=3")
                ),
                cwd=ROOT,
                env=environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for name, url in zip(families, server.urls, strict=True)
        ]
        ended = [(process.communicate(timeout=120), process.returncode) for process in running]
    assert [status for _, status in ended] == [0, 0, 0], ended
    assert not any("locked" in out + err for (out, err), _ in ended)
    with Corpus.open(corpus, readonly=True) as c:
        assert [c.counts(name)["waiting"] for name in families] == [0, 0, 0]
        stored = sum(c.counts(name)["articles"] for name in families)
    assert stored == sum(len(list(portal.truth())) for portal in portals)
