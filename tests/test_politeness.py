"""How often and when hosts are asked, read from their own logs."""

from __future__ import annotations

import sqlite3
from itertools import pairwise

import pytest

from crawler.demo import DemoPortal, serve
from tests import small_portal
from tests.crawling import crawl_url, scrapy, settings
from tests.page_proxy import PageProxy
from tests.test_bad_input import one_line
from tests.weather import Weather, respond, turns

#: Clocks of two processes, and what a busy machine adds before the server looks at its own.
GRACE = 0.05
#: Without any delay Scrapy 2.19 hands on all that waits at once, whatever CONCURRENT_REQUESTS_PER_DOMAIN says.
ONE_AT_A_TIME = ("-s", "DOWNLOAD_DELAY=0.01", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1", "-s", "CONCURRENT_REQUESTS=4")


@pytest.fixture
def corpus(tmp_path):
    return tmp_path / "corpus.db"


def gaps(log):
    return [second["time"] - first["time"] for first, second in pairwise(log)]


def ask_for(pages):
    return ("-s", f"CLOSESPIDER_PAGECOUNT={pages}")


def test_one_request_at_a_time_and_a_second_between_them(corpus):
    with serve([DemoPortal("seed", size=50)], delay=0.05) as server:
        scrapy("crawl", "portal", "-a", f"url={server.url}", "-s", f"CORPUS={corpus}", *ask_for(5))
        log = server.log()
    assert len(log) >= 6
    assert min(gaps(log)) >= 1 - GRACE
    assert {line["active"] for line in log} == {1}
    assert all("chengwen" in line["agent"] for line in log)


def test_crawl_delay_is_kept_and_read_again_in_every_run(corpus):
    with serve([DemoPortal("seed", size=50)]) as server:
        server.command("robots", mode="delay:0.5")
        crawl_url(server.url, corpus, *ask_for(5))
        slow = server.log()
        server.command("robots", mode="delay:0.2")
        crawl_url(server.url, corpus, *ask_for(5))
        faster = server.log()[len(slow) :]
        server.command("robots", mode="allow")
        crawl_url(server.url, corpus, *ask_for(5))
        free = server.log()[len(slow) + len(faster) :]
    # Between robots.txt and the first page the delay is known but has nothing to count from.
    assert min(gaps(slow[1:])) >= 0.5 - GRACE
    assert 0.2 - GRACE <= min(gaps(faster[1:])) < 0.5
    assert min(gaps(free[1:])) < 0.2
    assert {line["active"] for line in slow + faster} == {1}


@pytest.mark.parametrize("mode", ["missing", "html"])
def test_a_missing_robots_file_forbids_nothing(corpus, mode):
    with serve([DemoPortal("seed", size=50)]) as server:
        server.command("robots", mode=mode)
        done = crawl_url(server.url, corpus, "-a", "limit=3")
    assert done.status == 0, done


def test_a_robots_file_that_cannot_be_had_forbids_all_and_the_reason_is_said(corpus):
    with serve([DemoPortal("seed", size=50)]) as server:
        server.command("robots", mode="error")
        done = crawl_url(server.url, corpus)
        asked = {line["path"] for line in server.log()}
    assert done.status == 1
    one_line(done, "robots.txt of 127.0.0.1 answered HTTP 503")
    assert "forbids" not in done.err
    assert asked == {"/robots.txt"}


def test_robots_rules_are_obeyed(corpus):
    with serve([DemoPortal("seed", size=50)]) as server:
        server.command("robots", mode="forbid")
        done = crawl_url(server.url, corpus)
        asked = {line["path"] for line in server.log()}
    assert done.status == 1
    one_line(done, "robots.txt of 127.0.0.1 forbids it")
    assert asked == {"/robots.txt"}


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_retry_after_is_waited_for_and_then_the_run_goes_on(corpus, status):
    wait = respond(status=status, Retry_After="1")
    with Weather(small_portal.portal(4, a1=turns(wait, respond(small_portal.article(1))))) as server:
        done = crawl_url(server.url, corpus, "-s", "RETRY_TIMES=2", *ONE_AT_A_TIME)
        log = server.log
    assert done.status == 0, done
    first = next(i for i, asked in enumerate(log) if asked.path == small_portal.path(1))
    assert log[first + 1].time - log[first].time >= 1 - GRACE
    assert [asked.path for asked in log].count(small_portal.path(1)) == 2
    assert sqlite3.connect(corpus).execute("SELECT count(*) FROM articles").fetchone() == (4,)


def test_a_longer_retry_after_ends_the_run_and_keeps_the_next_one_away(corpus):
    with Weather(small_portal.portal(6, a1=respond(status="503 Busy", Retry_After="7200"))) as server:
        done = crawl_url(server.url, corpus, *ONE_AT_A_TIME)
        before = len(server.log)
        again = crawl_url(server.url, corpus)
        after = len(server.log)
    assert done.status == 77
    one_line(done, "127.0.0.1: blocked", "Retry-After 7200", "left alone until")
    assert again.status == 75
    assert after == before
    row = sqlite3.connect(corpus).execute(
        "SELECT round((julianday(until) - julianday(refused_at)) * 24, 2) FROM pauses"
    )
    assert row.fetchone() == (2.0,)


@pytest.mark.parametrize("status", [403, 412, 429, 521, 202])
def test_a_portal_that_refuses_is_left_alone(corpus, status):
    with serve([DemoPortal("seed", size=60)]) as server:
        server.command("block", status=status, after=8)
        done = crawl_url(server.url, corpus, *ONE_AT_A_TIME, "-s", "DOWNLOAD_DELAY=0.05")
        log = server.log()
        again = crawl_url(server.url, corpus)
        assert len(server.log()) == len(log)
    assert done.status == 77, done
    one_line(done, "127.0.0.1: blocked", "5 refusals", "left alone until")
    # One more may be on its way while the fifth is looked at.
    assert 5 <= sum(line["status"] == status for line in log) <= 6
    assert again.status == 75
    one_line(again, "demo: 127.0.0.1 refused the last run", "left alone until")
    db = sqlite3.connect(corpus)
    assert db.execute("SELECT outcome FROM runs").fetchall() == [("blocked",)]
    errors = db.execute("SELECT DISTINCT last_error FROM frontier WHERE last_error IS NOT NULL").fetchall()
    assert errors
    assert all(error.startswith("blocked: ") for (error,) in errors)


@pytest.mark.parametrize("status", [403, 521, 202])
def test_a_home_page_that_refuses_blocks_the_run(corpus, status):
    with serve([DemoPortal("seed", size=50)]) as server:
        server.command("block", status=status)
        done = crawl_url(server.url, corpus)
    assert done.status == 77
    one_line(done, "127.0.0.1: blocked")


def test_refusals_are_answered_with_growing_pauses(corpus):
    refuse = {f"a{n}": respond(status="403 Forbidden") for n in range(9)}
    with Weather(small_portal.portal(9, **refuse)) as server:
        crawl_url(server.url, corpus, *ONE_AT_A_TIME, "-s", "DOWNLOAD_DELAY=0.1")
        log = [asked for asked in server.log if asked.path.startswith("/2026")]
    found = [second.time - first.time for first, second in pairwise(log)]
    assert len(found) == 4
    assert all(gap >= 0.1 * 2**n - GRACE for n, gap in enumerate(found, 1))


def test_when_pages_come_through_again_the_pause_is_forgotten(corpus):
    with serve([DemoPortal("seed", size=50)]) as server:
        server.command("block", status=521)
        crawl_url(server.url, corpus)
        db = sqlite3.connect(corpus, isolation_level=None)
        db.execute("UPDATE pauses SET until = refused_at")
        server.command("unblock")
        done = crawl_url(server.url, corpus)
    assert done.status == 0, done
    assert db.execute("SELECT count(*) FROM pauses").fetchone() == (0,)


HOME = "http://www.hekou-test.test/"


@pytest.mark.parametrize(
    ("agent", "said"), [((), True), (("-s", "USER_AGENT=chengwen (+https://example.cn/contact)"), False)]
)
def test_a_contact_is_asked_for(corpus, tmp_path, agent, said):
    with PageProxy({HOME: ("text/html", small_portal.home().encode())}, tmp_path) as proxy:
        done = crawl_url(HOME, corpus, *agent, proxy=proxy.address)
    assert done.err.count("USER_AGENT names no contact") == said


def test_loopback_is_not_told_who_asks(corpus):
    done = scrapy("crawl", "portal", "-a", "url=http://127.0.0.1:9/", *settings(corpus))
    assert "USER_AGENT" not in done.err
