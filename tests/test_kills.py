"""kill -9 in mid-crawl loses nothing and fetches nothing twice; what fails is tried again, later and later."""

from __future__ import annotations

import importlib.util
import sqlite3
import sys
from contextlib import closing

from crawler.demo import DemoPortal, serve
from tests.crawling import ROOT, crawl_url, scrapy


def kills():
    """benchmarks/kills.py, which is no package."""
    spec = importlib.util.spec_from_file_location("kills", ROOT / "benchmarks" / "kills.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["kills"] = module
    spec.loader.exec_module(module)
    return module


def test_after_kills_one_more_run_makes_the_corpus_that_of_an_undisturbed_crawl(tmp_path):
    """The long version: python benchmarks/kills.py --kills 200."""
    result = kills().torment(8, 30, seed=7, folder=tmp_path)
    assert result.kills == 8
    assert result.wrong == []


def test_failed_articles_are_tried_again_later_and_end_with_their_reason(tmp_path):
    corpus = tmp_path / "corpus.db"
    portal = DemoPortal("empire", seed=5, size=50)
    story = next(s for s in portal.truth() if s.number % 11 != 1)

    def row():
        with closing(sqlite3.connect(corpus)) as db:
            sql = "SELECT state, attempts, last_error, next_try FROM frontier WHERE url LIKE ?"
            return db.execute(sql, (f"%{story.path}",)).fetchone()

    def later(attempts):
        with closing(sqlite3.connect(corpus)) as db, db:
            sql = "UPDATE frontier SET next_try = '2000', attempts = ? WHERE url LIKE ?"
            db.execute(sql, (attempts, f"%{story.path}"))

    with serve([portal]) as server:
        server.command("fail", portal, path=story.path, status=404, times=99)
        crawl_url(server.url, corpus)
        assert row()[:3] == ("failed", 1, "HTTP 404")
        asked = len(server.log())
        crawl_url(server.url, corpus)
        assert story.path not in {line["path"] for line in server.log()[asked:]}
        later(9)
        crawl_url(server.url, corpus)
        assert row() == ("failed", 10, "HTTP 404", None)
    shown = scrapy("portals", "demo", "-s", f"CORPUS={corpus}")
    assert "HTTP 404" in shown.out
