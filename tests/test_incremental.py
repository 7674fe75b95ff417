"""How many requests a run costs when nothing, a little or much is new on a portal of ten thousand articles.

Articles of one part, and nothing due to be asked again: parts and later looks (REVISIT_LIMIT) come on top.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from typing import NamedTuple

import pytest

from crawler.demo import DemoPortal, serve
from crawler.items import CST
from crawler.urls import key
from tests.crawling import crawl_url
from tests.large_portal import fill, portal_of


class Run(NamedTuple):
    """The access log of a run, what was new in it, and what of that the corpus holds."""

    log: list
    status: int
    new: set
    found: set
    twice: list


def run(server, portal, corpus, new=()):
    before = len(server.log())
    done = crawl_url(server.url, corpus, "-s", "REVISIT_LIMIT=0")
    log = server.log()[before:]
    wanted = {key(portal.base + portal.entry(number).path) for number in new}
    with closing(sqlite3.connect(corpus)) as db:
        found = {row[0] for row in db.execute("SELECT key FROM articles")} & wanted
    paths = [line["path"] for line in log]
    return Run(log, done.status, wanted, found, [path for path in set(paths) if paths.count(path) > 1])


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """One portal over four runs."""
    corpus = tmp_path_factory.mktemp("incremental") / "corpus.db"
    portal = portal_of(10_000)
    with serve([portal]) as server:
        fill(corpus, portal)
        # The demo's dead links and adverts on page 1 have to become familiar too.
        run(server, portal, corpus)
        runs = {"nothing": run(server, portal, corpus)}
        runs["ten"] = run(server, portal, corpus, server.command("add", portal, count=10))
        fifty = server.command("add", portal, count=40) + server.command("add", portal, count=10, back_days=1.5)
        runs["fifty"] = run(server, portal, corpus, fifty)
        runs["after"] = run(server, portal, corpus)
        yield runs


@pytest.mark.parametrize(
    ("name", "new", "most"), [("nothing", 0, 8), ("ten", 10, 16), ("fifty", 50, 65), ("after", 0, 8)]
)
def test_everything_new_is_found_in_few_requests(runs, name, new, most):
    run = runs[name]
    assert run.status == 0
    assert len(run.new) == new
    assert run.found == run.new
    assert len(run.log) <= most, [line["path"] for line in run.log]


@pytest.mark.parametrize("name", ["nothing", "ten", "fifty", "after"])
def test_nothing_is_asked_for_twice(runs, name):
    assert runs[name].twice == []


def test_on_a_portal_of_today_back_dated_news_is_found_although_page_one_is_known(tmp_path):
    """Only the overlap window leads to it: nothing on the first pages tells that something happened further down."""
    corpus, portal = tmp_path / "corpus.db", portal_of(600, now=dt.datetime.now(CST))
    with serve([portal]) as server:
        fill(corpus, portal)
        run(server, portal, corpus)
        quiet = run(server, portal, corpus)
        late = run(server, portal, corpus, server.command("add", portal, count=4, back_days=1.7))
    assert late.found == late.new
    assert len(quiet.log) <= 2 + 4 * 3


def test_pinned_articles_hide_nothing_and_cost_nothing(tmp_path):
    corpus, portal = tmp_path / "corpus.db", portal_of(600)
    with serve([portal]) as server:
        fill(corpus, portal)
        run(server, portal, corpus)
        before = run(server, portal, corpus)
        for number in (20, 31, 44):
            server.command("pin", portal, number=number)
        pinned = run(server, portal, corpus)
        later = run(server, portal, corpus, server.command("add", portal, count=6))
    assert len(pinned.log) == len(before.log)
    assert later.found == later.new


def test_behind_curated_indexes_and_in_capped_lists_all_news_is_found(tmp_path):
    corpus, portal = tmp_path / "corpus.db", DemoPortal("cmstop", seed=4, size=300)
    with serve([portal]) as server:
        run(server, portal, corpus)
        numbers = server.command("add", portal, count=12) + server.command("add", portal, count=4, back_days=1.5)
        later = run(server, portal, corpus, numbers)
    assert later.found == later.new
