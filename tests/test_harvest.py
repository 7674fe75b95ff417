"""Many portals in one run: who is crawled, at what pace, and what the shell learns."""

from __future__ import annotations

import datetime as dt
import sqlite3
from itertools import pairwise

import pytest

from crawler.corpus import Corpus, History, due_at
from crawler.corpus.lock import PortalLock
from crawler.demo import DemoPortal, serve
from tests.crawling import scrapy, settings

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def corpus(tmp_path):
    return tmp_path / "corpus.db"


@pytest.fixture
def folder(tmp_path):
    """The user's own portal files."""
    (tmp_path / "portals").mkdir()
    return tmp_path / "portals"


def write(folder, name, url):
    host = url.split("/")[2].partition(":")[0]
    (folder / f"{name}.toml").write_text(f'title = "{name}"\nhome = "{url}"\nhosts = ["{host}"]\n', encoding="utf-8")


def harvest(corpus, folder, *arguments):
    return scrapy("harvest", *settings(corpus, f"PORTALS_DIR={folder}"), *arguments)


def demo(*names, size=50):
    families = ("seed", "trs", "empire")
    return [DemoPortal(families[n % 3], seed=n + 1, size=size) for n, _ in enumerate(names)]


def test_portals_are_crawled_side_by_side_each_at_its_own_pace(corpus, folder):
    names = ("lanjiang", "hekou", "shiqiao")
    portals = demo(*names)
    with serve(portals) as server:
        for name, url in zip(names, server.urls, strict=True):
            write(folder, name, url)
        done = harvest(corpus, folder, *names, "-s", "DOWNLOAD_DELAY=0.1", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
        log = server.log()
    assert done.status == 0, done
    with Corpus.open(corpus, readonly=True) as c:
        assert [c.counts(name)["articles"] for name in names] == [len(list(portal.truth())) for portal in portals]
    hosts = {line["host"] for line in log}
    assert len(hosts) == 3
    for host in hosts:
        times = [line["time"] for line in log if line["host"] == host]
        assert sum(second - first >= 0.1 - 0.05 for first, second in pairwise(times)) >= 0.9 * (len(times) - 1)
    halves = [{line["host"] for line in half} for half in (log[: len(log) // 2], log[len(log) // 2 :])]
    assert halves == [hosts, hosts]
    for name in names:
        assert f"{name}: finished; " in done.err
        assert f"│ {name}" in done.out
    assert "3 portals" in done.out


def test_no_more_portals_at_once_than_set(corpus, folder):
    names = ("lanjiang", "hekou", "shiqiao")
    with serve(demo(*names)) as server:
        for name, url in zip(names, server.urls, strict=True):
            write(folder, name, url)
        done = harvest(corpus, folder, *names, "-s", "HARVEST_PORTALS=1")
        order = [line["host"] for line in server.log()]
    assert done.status == 0, done
    assert sum(first != second for first, second in pairwise(order)) == 2


def test_portals_that_fail_do_not_stop_the_others(corpus, folder):
    with serve(demo("lanjiang")) as server:
        write(folder, "lanjiang", server.url)
        write(folder, "gone", "http://127.0.0.1:9/")
        done = harvest(corpus, folder, "gone", "lanjiang")
    assert done.status == 1
    assert "chengwen: gone: http://127.0.0.1:9/: robots.txt of 127.0.0.1: connection refused" in done.err
    assert "Traceback" not in done.err
    assert "lanjiang: finished; 50 new" in done.err or "lanjiang: finished" in done.err


def test_a_portal_that_refuses_and_one_that_is_busy_make_it_75(corpus, folder):
    with serve(demo("lanjiang", "hekou", "shiqiao")) as server:
        for name, url in zip(("lanjiang", "hekou", "shiqiao"), server.urls, strict=True):
            write(folder, name, url)
        server.command("block", 1, status=521)
        lock = PortalLock.take(corpus, "shiqiao")
        done = harvest(corpus, folder, "lanjiang", "hekou", "shiqiao")
        lock.release()
    assert done.status == 75, done
    assert "chengwen: hekou: 127.0.0.2: blocked" in done.err
    assert "chengwen: shiqiao: another run is on" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name some portals, or give --all"),
        (("--all", "szdushi"), "name some portals, or give --all"),
        (("szdush",), "did you mean szdushi"),
        (("szdushi", "-a", "limit=all"), "limit=50"),
        (("portal",), "unknown portal 'portal'"),
    ],
)
def test_wrong_arguments(corpus, folder, arguments, words):
    done = harvest(corpus, folder, *arguments)
    assert done.status == 2
    assert words in done.err + done.out
    assert "Traceback" not in done.err


def test_due_takes_only_what_is_due(corpus, folder):
    with serve(demo("lanjiang", "hekou")) as server:
        for name, url in zip(("lanjiang", "hekou"), server.urls, strict=True):
            write(folder, name, url)
        assert harvest(corpus, folder, "lanjiang").status == 0
        first = harvest(corpus, folder, "--due", "lanjiang", "hekou")
        before = len(server.log())
        second = harvest(corpus, folder, "--due", "lanjiang", "hekou")
        assert len(server.log()) == before
        db = sqlite3.connect(corpus, isolation_level=None)
        db.execute("UPDATE runs SET started_at = '2020-01-01T00:00:00.000000+00:00' WHERE portal = 'hekou'")
        third = harvest(corpus, folder, "--due", "lanjiang", "hekou")
    assert (first.status, second.status, third.status) == (0, 0, 0)
    assert "lanjiang" not in first.out
    assert "hekou" in first.out
    assert "nothing is due before" in second.err
    assert "lanjiang" not in third.out
    assert "hekou" in third.out


def test_a_portal_that_was_never_crawled_is_due():
    assert due_at(History(), NOON, HOUR) == NOON


@pytest.mark.parametrize(
    ("news", "hours"),
    [(0, 24), (14, 24), (14 * 20, 24), (14 * 40, 12), (14 * 240, 2), (14 * 480, 1), (14 * 5000, 1)],
)
def test_the_more_news_the_sooner_but_never_within_the_hour(news, hours):
    assert due_at(History(NOON, True, news), NOON, HOUR) == NOON + hours * HOUR


def test_what_was_left_is_fetched_as_soon_as_allowed():
    assert due_at(History(NOON, True, 0, pending=True), NOON, HOUR) == NOON + HOUR
    assert due_at(History(NOON, False, 0), NOON, HOUR) == NOON + HOUR


def test_a_clock_that_was_set_back_makes_nobody_wait():
    assert due_at(History(NOON + dt.timedelta(days=900), True, 0), NOON, HOUR) == NOON


def test_history_counts_news_before_the_last_whole_run(tmp_path):
    from tests.corpus_kit import article

    now = [NOON]
    with Corpus.open(tmp_path / "c.db", clock=lambda: now[0]) as corpus:
        assert corpus.history("demo") == History()
        run = corpus.begin_run("demo", {})
        ages = (1, 13, 15, -1)
        corpus.store(
            [article(n, portal="demo", published=NOON - dt.timedelta(days=age)) for n, age in enumerate(ages)], run.id
        )
        corpus.end_run(run.id, "finished", {})
        now[0] = NOON + HOUR
        corpus.begin_run("demo", {"limit": 3})
        assert corpus.history("demo") == History(NOON, True, 2, False)
