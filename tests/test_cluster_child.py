"""The crawl as a child process: it ends with its worker, in time, and says how it ended."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.cluster.child import STOP, Child, crawl_command, log_file
from crawler.demo import DemoPortal, serve
from tests.cluster_kit import children, until
from tests.crawling import ROOT, command, environment, settings

#: Waits to be told to end, and takes its time over it.
STUBBORN = "import signal,sys,time\nsignal.signal(signal.SIGUSR1, lambda *_: print('told', flush=True))\n"
STUBBORN += "print('up', flush=True)\nwhile True: time.sleep(0.1)"


@pytest.fixture
def child(tmp_path):
    """Makes a crawl of a script, whose output is in tmp_path/log."""
    with (tmp_path / "log").open("ab") as log:
        yield lambda script: Child([sys.executable, "-c", script], log, tmp_path / "outcome.json")


async def began(tmp_path, said="up"):
    while said not in (tmp_path / "log").read_text():
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("status", "said", "outcome", "why"),
    [
        (0, {"outcome": "finished", "lines": [], "new": 3, "requests": 9}, "finished", ""),
        (1, {"outcome": "finished", "lines": ["a: HTTP 500", "b: HTTP 404"]}, "failed", "a: HTTP 500 (and 1 more in"),
        (75, {"outcome": "busy", "lines": ["demo: another run is on"]}, "busy", "demo: another run is on"),
        (77, {"outcome": "blocked", "lines": ["demo: blocked"]}, "blocked", "demo: blocked"),
        (1, None, "failed", "exit status 1; its log says more"),
        (0, None, "finished", ""),
    ],
)
async def test_the_crawls_own_words_tell_how_it_ended(child, tmp_path, status, said, outcome, why):
    words = json.dumps(said) if said else ""
    script = (
        f"import pathlib,sys\nif {bool(said)}: pathlib.Path({str(tmp_path / 'outcome.json')!r}).write_text({words!r})"
    )
    ended = await child(f"{script}\nsys.exit({status})").run(60, 5)
    assert (ended.status, ended.outcome) == (status, outcome)
    assert ended.said.startswith(why)
    assert ended.new == (said or {}).get("new", 0)


async def test_what_an_earlier_crawl_said_is_not_taken_for_this_ones(child, tmp_path):
    (tmp_path / "outcome.json").write_text('{"outcome": "finished"}')
    ended = await child("import os; os.kill(os.getpid(), 9)").run(60, 5)
    assert (ended.status, ended.outcome) == (-signal.SIGKILL, "killed")


async def test_a_crawl_that_does_not_end_in_time_is_killed(child, tmp_path):
    one = child(STUBBORN)
    running = asyncio.create_task(one.run(60, 0.5))
    await began(tmp_path)
    assert await one.end(0.5) == -signal.SIGKILL
    assert (await running).outcome == "killed"
    assert "told" in (tmp_path / "log").read_text()


async def test_a_crawl_that_takes_too_long_is_ended(child, tmp_path):
    script = "import signal, time\nsignal.signal(signal.SIGUSR1, lambda *_: exit(1))\ntime.sleep(60)"
    ended = await child(script).run(1.0, 10)
    assert (ended.status, ended.outcome) == (1, "too_long")


async def test_a_cancelled_crawl_is_ended_before_the_cancellation_goes_on(child, tmp_path):
    one = child(STUBBORN)
    running = asyncio.create_task(one.run(60, 0.5))
    await began(tmp_path)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert "told" in (tmp_path / "log").read_text()


async def test_a_crawl_is_told_whatever_its_worker_ignores(child, tmp_path):
    before = signal.signal(STOP, signal.SIG_IGN)
    try:
        one = child("import time\nprint('up', flush=True)\ntime.sleep(60)")
        running = asyncio.create_task(one.run(60, 20))
        await began(tmp_path)
        one.interrupt()
        ended = await asyncio.wait_for(running, 10)
    finally:
        signal.signal(STOP, before)
    assert (ended.status, ended.outcome) == (-STOP, "killed")


#: A worker in small: runs one child, and is killed.
PARENT = """
import asyncio, pathlib, sys
from crawler.cluster.child import Child
folder = pathlib.Path(sys.argv[1])
one = Child([sys.executable, "-c", sys.argv[2]], (folder / "log").open("ab"), folder / "outcome.json")
asyncio.run(one.run(60, 5))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells children of their parent's death on Linux only")
def test_a_killed_workers_crawl_is_told_at_once(tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path), STUBBORN], cwd=ROOT)
    until(lambda: (tmp_path / "log").exists() and "up" in (tmp_path / "log").read_text())
    (crawl,) = children(parent.pid)
    parent.kill()
    parent.wait()
    try:
        until(lambda: "told" in (tmp_path / "log").read_text(), 5)
    finally:
        os.kill(crawl, signal.SIGKILL)


def test_a_crawl_whose_worker_is_gone_and_that_does_not_end_kills_itself(tmp_path):
    """The portal answers so slowly that the graceful end would take half a minute for each request that waits."""
    with serve([DemoPortal("seed", seed=1, size=30)]) as server:
        options = settings(tmp_path / "corpus.db", "ORPHAN_SECONDS=1", "DOWNLOAD_DELAY=0.2")
        words = command("crawl", "portal", "-a", f"url={server.url}", "-a", "name=demo", *options)
        shell = subprocess.Popen(
            ["sh", "-c", '"$@" >/dev/null & echo $!; read -r wait', "sh", *words],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        crawl = int(shell.stdout.readline())
        until(lambda: len(server.log()) > 5)
        server.command("delay", seconds=30)
        shell.kill()
        shell.communicate()
        died = time.monotonic()
        until(lambda: not Path(f"/proc/{crawl}").exists() or "Z" in Path(f"/proc/{crawl}/stat").read_text(), 10)
        assert 0.8 < time.monotonic() - died < 8


def test_a_crawl_that_is_told_many_times_still_ends_in_order(tmp_path):
    """When a worker with several threads is killed, the kernel may tell its crawls once for each of them."""
    with serve([DemoPortal("seed", seed=1, size=30)], delay=0.1) as server:
        options = settings(tmp_path / "corpus.db", "ORPHAN_SECONDS=20", f"OUTCOME_JSON={tmp_path / 'outcome.json'}")
        words = command("crawl", "portal", "-a", f"url={server.url}", "-a", "name=demo", *options, "-s", "ARCHIVE=")
        crawl = subprocess.Popen(
            words, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(lambda: len(server.log()) > 5)
        while crawl.poll() is None:
            crawl.send_signal(STOP)
            time.sleep(0.05)
    assert crawl.returncode == 1
    assert json.loads((tmp_path / "outcome.json").read_text())["outcome"] == "shutdown"


def test_the_workers_settings_are_handed_on_and_its_own_come_last():
    words = crawl_command("szdushi", Path("o.json"), 30.0, "w1", ("USER_AGENT=mine", "WAIT_AT_START=0"))
    assert words[1:5] == ["-m", "scrapy", "crawl", "szdushi"]
    values = words[6::2]
    assert values[:2] == ["USER_AGENT=mine", "WAIT_AT_START=0"]
    assert values[2:] == ["OUTCOME_JSON=o.json", "ARCHIVE_PREFIX=w1", "WAIT_AT_START=1", "ORPHAN_SECONDS=30"]


def test_a_long_log_is_put_aside(tmp_path):
    with log_file(tmp_path / "logs", "szdushi") as log:
        log.write(b"x" * 1_000_001)
    with log_file(tmp_path / "logs", "szdushi") as log:
        log.write(b"y")
    assert (tmp_path / "logs/szdushi.log").read_bytes() == b"y"
    assert (tmp_path / "logs/szdushi.log.1").stat().st_size == 1_000_001
