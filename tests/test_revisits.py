"""Stored articles are asked again: changes become revisions, removals are remembered, nothing is deleted unasked."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any, NamedTuple

import pytest

from crawler.corpus import Corpus
from crawler.demo import DemoPortal, Story, serve
from tests.crawling import crawl_url, scrapy

RUNS = ("stored", "changed", "confirmed", "back")


class Look(NamedTuple):
    """What a run left: rows of `checks` by article url, and what was asked for."""

    checks: dict[str, dict[str, Any]]
    log: list[dict[str, Any]]
    status: int

    def asked(self, story: Story) -> list[tuple[int, int]]:
        return [(line["status"], line["bytes"]) for line in self.log if line["path"].startswith(story.path)]


class Years(NamedTuple):
    corpus: Any
    paths: set[str]
    stories: dict[str, Story]
    runs: dict[str, Look]


def sql(corpus, statement, *values):
    with closing(sqlite3.connect(corpus)) as db, db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(statement, values)]


def plain_stories(portal):
    """Articles of one part whose link is their address (the demo adds a query to every eleventh)."""
    stories = (s for s in portal.truth() if s.kind == "article" and not s.part_urls and not s.duplicate_of)
    return [s for s in stories if s.number % 11 != 1]


def make_due(corpus, *urls):
    marks = ", ".join("?" * len(urls))
    statement = f"SELECT id FROM articles WHERE url IN ({marks})"
    sql(corpus, f"UPDATE checks SET next_check = '2000' WHERE article_id IN ({statement})", *urls)


def run(server, corpus, *options):
    before = len(server.log())
    done = crawl_url(server.url, corpus, *options)
    rows = sql(corpus, "SELECT url, checks.* FROM checks JOIN articles ON articles.id = article_id")
    return Look({row["url"]: row for row in rows}, server.log()[before:], done.status)


@pytest.fixture(scope="module")
def years(tmp_path_factory):
    """Four runs over one portal; what is not set due is not asked."""
    corpus = tmp_path_factory.mktemp("revisits") / "corpus.db"
    portal = DemoPortal("empire", seed=5, size=60)
    with serve([portal]) as server:
        # The oldest one's page names no other that is taken away: it stays the same to the byte.
        plain = plain_stories(portal)
        names = ("edited", "same", "away", "hidden", "flickers", "parts")
        in_parts = next(s for s in portal.truth() if s.part_urls and s.number % 11 != 1)
        stories = dict(zip(names, [plain[4], plain[-1], *plain[6:9], in_parts], strict=True))
        urls = {name: story.url for name, story in stories.items()}
        runs = {"stored": run(server, corpus)}
        server.command("edit", portal, number=stories["edited"].number)
        server.command("remove", portal, number=stories["away"].number)
        server.command("remove", portal, number=stories["hidden"].number, soft=True)
        server.command("fail", portal, path=stories["flickers"].path, status=404, times=2)
        make_due(corpus, *urls.values())
        runs["changed"] = run(server, corpus)
        make_due(corpus, *(urls[name] for name in ("away", "hidden", "flickers")))
        runs["confirmed"] = run(server, corpus)
        make_due(corpus, *(urls[name] for name in ("flickers", "away")))
        runs["back"] = run(server, corpus)
        yield Years(corpus, {story.path for story in portal.truth()}, stories, runs)


@pytest.mark.parametrize("name", RUNS)
def test_runs_end_well(years, name):
    assert years.runs[name].status == 0


def test_validators_are_kept_for_every_article_of_one_part(years):
    checks = years.runs["stored"].checks
    assert checks[years.stories["same"].url]["etag"]
    assert checks[years.stories["same"].url]["last_modified"]
    assert checks[years.stories["parts"].url]["etag"] is None


def test_an_unchanged_page_costs_no_body(years):
    look, story = years.runs["changed"], years.stories["same"]
    assert look.asked(story) == [(304, 0)]
    before = years.runs["stored"].checks[story.url]
    assert look.checks[story.url]["checked_at"] > before["checked_at"]
    assert look.checks[story.url]["etag"] == before["etag"]


def test_what_is_not_due_is_not_asked(years):
    due = {story.path for story in years.stories.values()}
    asked = {line["path"].partition("?")[0] for line in years.runs["changed"].log}
    assert not asked & years.paths - due


def test_all_parts_are_asked_again(years):
    asked = [line["status"] for line in years.runs["changed"].log]
    assert len(years.runs["changed"].asked(years.stories["parts"])) == 1
    assert asked.count(304) == 1


def test_an_edit_is_a_revision_and_the_earlier_text_stays(years):
    story = years.stories["edited"]
    with Corpus.open(years.corpus, readonly=True) as corpus:
        first, second = corpus.revisions(story.url)
        now = corpus.find(story.url).article
    assert (first.kind, first.body) == ("first", story.body)
    assert (second.kind, second.changed) == ("edited", ("body",))
    assert now.body == second.body != story.body
    assert "更正" in now.body


def test_nothing_else_is_a_revision(years):
    assert sql(years.corpus, "SELECT count(*) AS n FROM revisions WHERE kind = 'edited'") == [{"n": 1}]


def test_diff_shows_what_came_and_nothing_that_stayed(years):
    story = years.stories["edited"]
    done = scrapy("diff", story.url, "-s", f"CORPUS={years.corpus}")
    assert done.status == 0, done
    came = [line for line in done.out.splitlines() if line.startswith("+ ")]
    assert len(came) == 1
    assert "现已更正" in came[0]
    assert not [line for line in done.out.splitlines() if line.startswith("- ")]


@pytest.mark.parametrize("name", ["away", "hidden", "flickers"])
def test_one_absence_proves_nothing(years, name):
    row = years.runs["changed"].checks[years.stories[name].url]
    assert (row["missing_runs"], row["gone_at"]) == (1, None)


@pytest.mark.parametrize(("name", "why"), [("away", "HTTP 404"), ("hidden", "no longer"), ("flickers", "HTTP 404")])
def test_two_absences_make_it_gone(years, name, why):
    row = years.runs["confirmed"].checks[years.stories[name].url]
    assert row["gone_at"]
    assert row["gone_why"].startswith(why)


def test_what_is_gone_is_kept(years):
    with Corpus.open(years.corpus, readonly=True) as corpus:
        assert corpus.find(years.stories["away"].url).article.body == years.stories["away"].body
        assert corpus.counts()["gone"] == 2


def test_what_comes_back_is_restored(years):
    row = years.runs["back"].checks[years.stories["flickers"].url]
    assert row["gone_at"] is None
    assert row["restored_at"]
    assert years.runs["back"].checks[years.stories["away"].url]["gone_at"]


def test_a_run_asks_again_at_most_so_many(tmp_path):
    corpus = tmp_path / "corpus.db"
    portal = DemoPortal("empire", seed=5, size=50)
    with serve([portal]) as server:
        run(server, corpus)
        make_due(corpus, *(story.url for story in portal.truth()))
        few = run(server, corpus, "-s", "REVISIT_LIMIT=3")
        none = run(server, corpus, "-s", "REVISIT_LIMIT=0")
    newest = sorted(portal.truth(), key=lambda s: s.published, reverse=True)[:3]
    paths = {story.path for story in portal.truth()}
    assert paths & {line["path"] for line in few.log} == {story.path for story in newest}
    assert not paths & {line["path"] for line in none.log}


def test_forget_and_purge(tmp_path):
    corpus = tmp_path / "corpus.db"
    portal = DemoPortal("empire", seed=5, size=50)
    options = ("-s", f"CORPUS={corpus}")
    with serve([portal]) as server:
        run(server, corpus)
        plain = plain_stories(portal)
        again, never = plain[3], plain[6]
        assert scrapy("forget", again.url, *options).status == 0
        purged = scrapy("purge", never.url, "--why", "应当事人要求", *options)
        refused = scrapy("forget", never.url, *options)
        later = run(server, corpus)
    assert purged.status == 0, purged
    assert (refused.status, "应当事人要求" in refused.err) == (1, True), refused
    assert [status for status, _ in later.asked(again)] == [200]
    assert later.asked(never) == []
    assert never.body.splitlines()[2].encode() not in corpus.read_bytes()
    assert again.body.splitlines()[2].encode() in corpus.read_bytes()
    with Corpus.open(corpus, readonly=True) as c:
        assert c.find(never.url) is None
        assert c.tombstone(never.url).why == "应当事人要求"


@pytest.mark.parametrize("name", ["forget", "diff", "purge"])
def test_commands_say_what_is_unknown(tmp_path, name):
    Corpus.open(tmp_path / "corpus.db").close()
    why = ["--why", "x"] if name == "purge" else []
    done = scrapy(name, "http://www.example.cn/1.html", *why, "-s", f"CORPUS={tmp_path / 'corpus.db'}")
    assert done.status == 1
    assert done.err.count("\n") == 1
    assert "not in the corpus" in done.err


def test_purge_wants_a_reason(tmp_path):
    done = scrapy("purge", "http://www.example.cn/1.html", "-s", f"CORPUS={tmp_path / 'corpus.db'}")
    assert done.status == 2
    assert "--why" in done.err + done.out
