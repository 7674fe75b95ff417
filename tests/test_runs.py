"""Runs after the first, and runs that are narrowed."""

from __future__ import annotations

import datetime as dt
import json
import signal
import sqlite3

import pytest

from crawler.corpus import Corpus
from crawler.demo import DemoPortal, epaper, serve
from crawler.items import CST
from crawler.urls import key
from tests.crawling import crawl_url, scrapy, settings
from tests.test_bad_input import start, wait_for_articles


@pytest.fixture
def corpus(tmp_path):
    return tmp_path / "corpus.db"


def stored(corpus):
    with Corpus.open(corpus, readonly=True) as c:
        return {key(article.url) for article in c.articles()}


def truth(portal):
    return {key(story.url) for story in portal.truth()}


def pages(log, portal):
    """Paths of articles asked for."""
    stories = {story.path for story in portal.truth()}
    return [line["path"].partition("?")[0] for line in log if line["path"].partition("?")[0] in stories]


def test_a_second_run_asks_for_no_article(corpus):
    portal = DemoPortal("trs", seed=4, size=120)
    with serve([portal]) as server:
        crawl_url(server.url, corpus)
        before = len(server.log())
        done = crawl_url(server.url, corpus)
        log = server.log()[before:]
    assert done.status == 0, done
    assert not pages(log, portal)
    assert len(log) < 20


@pytest.mark.parametrize("family", ["seed", "empire", "dede"])
def test_news_is_found_wherever_editors_put_it(corpus, family):
    # Dates of today's: the overlap window is measured against the clock.
    portal = DemoPortal(family, seed=4, size=300, now=dt.datetime.now(CST).replace(hour=23, minute=30, second=0))
    with serve([portal]) as server:
        crawl_url(server.url, corpus)
        server.command("add", portal, count=6)
        server.command("add", portal, count=2, back_days=1.5)
        server.command("pin", portal, number=next(iter(portal.truth())).number)
        before = len(server.log())
        done = crawl_url(server.url, corpus)
        asked = pages(server.log()[before:], portal)
    assert done.status == 0, done
    assert stored(corpus) == truth(portal)
    assert len(asked) == 8


def test_a_killed_run_loses_nothing(corpus):
    portal = DemoPortal("seed", seed=6, size=150)
    with serve([portal], delay=0.01) as server:
        running = start(server.url, corpus, "-s", "STORE_SECONDS=0.1", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=2")
        wait_for_articles(corpus, 20)
        running.send_signal(signal.SIGKILL)
        running.communicate(timeout=30)
        done = crawl_url(server.url, corpus)
    assert done.status == 0, done
    assert stored(corpus) == truth(portal)


def test_limit_asks_for_so_many_articles_and_completes_nothing(corpus):
    portal = DemoPortal("seed", seed=4, size=100)
    with serve([portal]) as server:
        done = crawl_url(server.url, corpus, "-a", "limit=7")
        asked = len(pages(server.log(), portal))
        crawl_url(server.url, corpus)
    assert done.status == 0, done
    assert asked == 7
    assert stored(corpus) == truth(portal)


def test_sections_narrow_a_run(corpus):
    portal = DemoPortal("seed", seed=4, size=100)
    label = portal.sections[1].label
    with serve([portal]) as server:
        done = crawl_url(server.url, corpus, "-a", f"sections={label}")
    assert done.status == 0, done
    of_section = {key(s.url) for s in portal.truth() if label in {section.label for section in s.sections}}
    assert of_section
    assert of_section <= stored(corpus)
    assert stored(corpus) < truth(portal)


def test_since_ends_sections_at_that_day(corpus):
    portal = DemoPortal("seed", seed=4, size=400)
    day = portal.now.date() - dt.timedelta(days=4)
    with serve([portal]) as server:
        crawl_url(server.url, corpus, "-a", f"since={day}")
        lists = [line for line in server.log() if line["path"].endswith(".shtml") and "index_" in line["path"]]
        everything = len(pages(server.log(), portal))
    recent = {key(s.url) for s in portal.truth() if s.published.date() >= day}
    assert recent <= stored(corpus)
    assert everything < 400
    assert lists


def test_a_run_without_since_goes_deeper_than_one_with_it(corpus):
    portal = DemoPortal("empire", seed=4, size=200)
    with serve([portal]) as server:
        crawl_url(server.url, corpus, "-a", f"since={portal.now.date() - dt.timedelta(days=2)}")
        assert stored(corpus) < truth(portal)
        crawl_url(server.url, corpus)
    assert stored(corpus) == truth(portal)


def test_a_budget_leaves_a_gap_that_later_runs_close(corpus):
    portal = DemoPortal("empire", seed=4, size=300)
    with serve([portal]) as server:
        first = crawl_url(server.url, corpus, "-s", "SECTION_PAGES=1")
        assert "gap possible" in first.out
        assert stored(corpus) < truth(portal)
        for _ in range(6):
            done = crawl_url(server.url, corpus, "-s", "SECTION_PAGES=1")
    assert "gap possible" not in done.out
    assert stored(corpus) == truth(portal)


def test_a_file_whose_sections_are_all_gone_falls_back_on_the_navigation(corpus, tmp_path):
    portal = DemoPortal("seed", seed=4, size=60)
    with serve([portal]) as server:
        (tmp_path / "old.toml").write_text(
            f'title = "旧"\nhome = "{server.url}"\nhosts = ["127.0.0.1"]\n[sections]\n"旧栏目" = "{server.url}gone/"\n',
            encoding="utf-8",
        )
        done = scrapy("crawl", "old", *settings(corpus, f"PORTALS_DIR={tmp_path}"))
    assert done.status == 1
    assert "旧栏目" in done.err
    assert stored(corpus) == truth(portal)


def test_an_epaper_is_walked_by_date(corpus, tmp_path):
    portal = DemoPortal("founder", seed=4, size=120)
    with serve([portal]) as server:
        front = f"{server.url}epaper/html/{{date}}/node_1.htm"
        (tmp_path / "shiqiao.toml").write_text(
            f'title = "石桥网"\nhome = "{server.url}"\nhosts = ["127.0.0.1"]\n'
            f'[[epapers]]\nlabel = "石桥日报"\nfront_page = "{front}"\n',
            encoding="utf-8",
        )
        day = portal.now.date() - dt.timedelta(days=2)
        done = scrapy(
            "crawl", "shiqiao", "-a", "sections=石桥日报", "-a", f"since={day}", "-a", f"until={day}",
            *settings(corpus, f"PORTALS_DIR={tmp_path}"),
        )  # fmt: skip
    assert done.status == 0, done
    of_day = {s.url: s for s in epaper.stories(portal, day, day)}
    with Corpus.open(corpus, readonly=True) as c:
        got = {article.url: article for article in c.articles()}
    assert of_day
    assert set(got) == set(of_day)
    assert {u: (a.page_number, a.page_name, a.title, a.body) for u, a in got.items()} == {
        u: (s.page_number, s.page_name, s.title, s.body) for u, s in of_day.items()
    }


def test_feeds_are_written_like_in_any_scrapy_project(corpus, tmp_path):
    items = tmp_path / "items.jsonl"
    portal = DemoPortal("seed", seed=4, size=50)
    with serve([portal]) as server:
        done = crawl_url(server.url, corpus, "-O", str(items))
    assert done.status == 0, done
    rows = [json.loads(line) for line in items.read_text(encoding="utf-8").splitlines()]
    assert {key(row["url"]) for row in rows} == truth(portal)
    assert all(row["published"].endswith("+08:00") for row in rows)


def test_every_run_leaves_a_record(corpus):
    with serve([DemoPortal("seed", seed=4, size=50)]) as server:
        crawl_url(server.url, corpus)
    db = sqlite3.connect(corpus)
    assert db.execute("SELECT outcome FROM runs").fetchall() == [("finished",)]
    assert db.execute("SELECT count(*) FROM run_sections WHERE ended_by IS NULL").fetchone() == (0,)
    assert not db.execute("PRAGMA foreign_key_check").fetchall()
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
