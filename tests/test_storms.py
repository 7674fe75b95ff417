"""Disks that fill, files that are locked or damaged in mid-run, clocks that jump: what was stored is whole."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess

import pytest

from crawler.corpus import Corpus
from crawler.demo import DemoPortal, serve
from crawler.urls import key
from tests.crawling import ROOT, Done, command, crawl_url, environment, settings
from tests.test_bad_input import one_line, start, wait_for_articles

SLOWLY = ("-s", "STORE_SECONDS=0.1", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")


@pytest.fixture
def corpus(tmp_path):
    return tmp_path / "corpus.db"


def whole(corpus, portal):
    """All of the portal is there, and the file is sound."""
    db = sqlite3.connect(corpus)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with Corpus.open(corpus, readonly=True) as c:
        assert {key(article.url) for article in c.articles()} == {key(story.url) for story in portal.truth()}


def ended(running):
    out, err = running.communicate(timeout=90)
    return Done(running.returncode, out, err)


def test_a_disk_that_fills_ends_the_run_and_the_next_one_completes_it(corpus):
    portal = DemoPortal("seed", seed=5, size=120)
    limit = 700_000
    with serve([portal]) as server:
        child = subprocess.run(
            command("crawl", "portal", "-a", f"url={server.url}", "-a", "name=demo", *settings(corpus), *SLOWLY),
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        )
        db = sqlite3.connect(corpus)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = db.execute("SELECT count(*) FROM articles").fetchone()[0]
        db.close()
        done = crawl_url(server.url, corpus)
    assert child.returncode == 1
    one_line(Done(child.returncode, child.stdout, child.stderr), "corpus.db", "the disk")
    assert kept > 0
    assert done.status == 0, done
    whole(corpus, portal)


def test_a_corpus_that_is_locked_in_mid_run_ends_it(corpus):
    portal = DemoPortal("seed", seed=5, size=120)
    with serve([portal], delay=0.03) as server:
        running = start(server.url, corpus, *SLOWLY, "-s", "CORPUS_TIMEOUT=1")
        wait_for_articles(corpus, 5)
        blocker = sqlite3.connect(corpus, isolation_level=None, timeout=10)
        blocker.execute("BEGIN IMMEDIATE")
        done = ended(running)
        blocker.execute("ROLLBACK")
        blocker.close()
        assert done.status == 1
        one_line(done, "corpus.db", "another process")
        assert crawl_url(server.url, corpus).status == 0
    whole(corpus, portal)


def test_a_corpus_that_is_damaged_in_mid_run_ends_in_one_line_and_is_never_made_worse(corpus):
    with serve([DemoPortal("seed", seed=5, size=120)], delay=0.03) as server:
        running = start(server.url, corpus, *SLOWLY)
        wait_for_articles(corpus, 5)
        for path in (corpus, corpus.with_name("corpus.db-wal")):
            with path.open("r+b") as file:
                file.write(b"\xaa" * max(path.stat().st_size, 8192))
        done = ended(running)
        shutil.copy(corpus, corpus.with_name("copy.db"))
        again = crawl_url(server.url, corpus)
    assert "Traceback" not in done.err
    assert done.status == 1
    assert len([line for line in done.err.splitlines() if line.startswith("chengwen: ")]) == 1
    assert again.status == 1
    one_line(again, "corpus.db")
    assert corpus.read_bytes() == corpus.with_name("copy.db").read_bytes()


JUMP = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
/* The wall clock, set by JUMP_BY seconds once the file JUMP_WHEN is there; the monotonic clock is left alone. */
static long jump(void) {
    return access(getenv("JUMP_WHEN"), F_OK) == 0 ? atol(getenv("JUMP_BY")) : 0;
}
int clock_gettime(clockid_t id, struct timespec *now) {
    int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(id, now);
    if (id == CLOCK_REALTIME) now->tv_sec += jump();
    return result;
}
int gettimeofday(struct timeval *now, void *zone) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec; now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *now) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now) *now = precise.tv_sec;
    return precise.tv_sec;
}
"""


@pytest.fixture(scope="module")
def jumping_clock(tmp_path_factory):
    """A library that, loaded before the C library, sets the clock in mid-run."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler to make a clock that jumps")
    folder = tmp_path_factory.mktemp("clock")
    (folder / "jump.c").write_text(JUMP)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", folder / "jump.so", folder / "jump.c", "-ldl"], check=True)
    return folder / "jump.so"


@pytest.mark.parametrize("days", [-400, 400])
def test_a_clock_that_jumps_in_mid_run_loses_nothing(corpus, jumping_clock, days):
    portal = DemoPortal("seed", seed=5, size=60)
    now = corpus.with_name("now")
    # Twisted measures its timeouts by the wall clock: what is under way when it jumps ahead is asked again.
    again = ("-s", "RETRY_TIMES=2")
    jump = {"LD_PRELOAD": str(jumping_clock), "JUMP_WHEN": str(now), "JUMP_BY": str(days * 86_400)}
    with serve([portal], delay=0.05) as server:
        running = subprocess.Popen(
            command(
                "crawl", "portal", "-a", f"url={server.url}", "-a", "name=demo", *settings(corpus), *SLOWLY, *again
            ),
            cwd=ROOT,
            env=environment() | jump,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_for_articles(corpus, 5)
        now.touch()
        done = ended(running)
        before = len(server.log())
        second = crawl_url(server.url, corpus, "-s", "REVISIT_LIMIT=0")
        asked = {line["path"] for line in server.log()[before:]}
    assert (done.status, second.status) == (0, 0), (done, second)
    whole(corpus, portal)
    assert not asked & {story.path for story in portal.truth()}
    began, over = sqlite3.connect(corpus).execute("SELECT started_at, ended_at FROM runs ORDER BY id").fetchone()
    assert (began < over) == (days > 0)
