"""How many articles a portal published, estimated from what two routes met."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from crawler.corpus import Corpus
from crawler.corpus.completeness import WINDOW, chapman, running
from crawler.items import Link
from tests.corpus_kit import PORTAL, Clock, article, link, rows


@pytest.fixture
def corpus(place):
    """A portal after its first run, with a list and a feed."""
    clock = Clock()
    with Corpus.open(place, clock=clock) as opened:
        opened.clock = clock
        opened.portal(PORTAL, home="http://www.example.cn/")
        run = opened.begin_run(PORTAL, {})
        opened.list = opened.section(PORTAL, "要闻", "http://www.example.cn/yw/").id
        opened.feed = opened.section(PORTAL, "订阅 rss.xml", "http://www.example.cn/rss.xml", "feed").id
        opened.note(PORTAL, opened.list, [link(n) for n in range(5000, 5100)])
        opened.note(PORTAL, opened.feed, [link(n) for n in range(5000, 5100)])
        opened.end_run(run.id, "finished", {})
        clock.forward(hours=1)
        yield opened


def meet(corpus, listed, fed):
    corpus.note(PORTAL, corpus.list, [link(n) for n in listed])
    corpus.note(PORTAL, corpus.feed, [link(n) for n in fed])


def test_the_interval_holds_the_truth_as_often_as_it_says():
    draw, held = random.Random(1), 0
    for _ in range(400):
        listed = {n for n in range(300) if draw.random() < 0.8}
        fed = {n for n in range(300) if draw.random() < 0.4}
        total, low, high = chapman(len(listed), len(fed), len(listed & fed))
        held += low <= 300 <= high
        assert len(listed | fed) <= low <= total <= high
    assert 0.92 <= held / 400 <= 0.98


def test_two_routes_tell_how_many_there_were(corpus):
    meet(corpus, range(0, 80), range(60, 100))
    found = corpus.completeness(PORTAL)
    assert (found.lists, found.feeds, found.both, found.known, found.stored) == (80, 40, 20, 100, 0)
    assert found.low < 157 < found.high
    corpus.store([article(n, portal=PORTAL) for n in range(50)])
    assert corpus.completeness(PORTAL).stored == 50


def test_the_first_runs_links_are_no_sample(corpus):
    assert corpus.completeness(PORTAL) is None


def test_one_route_tells_nothing(corpus):
    meet(corpus, range(100), [])
    assert corpus.completeness(PORTAL) is None


def test_too_little_in_common_tells_nothing(corpus):
    meet(corpus, range(0, 50), range(45, 90))
    assert corpus.completeness(PORTAL) is None


def test_what_is_no_article_was_not_published(corpus):
    meet(corpus, range(0, 80), range(60, 100))
    for number in range(60, 70):
        corpus.reject(PORTAL, link(number).url, "no_body")
    assert corpus.completeness(PORTAL).both == 10


def test_only_the_last_weeks_count(corpus):
    meet(corpus, range(0, 80), range(60, 100))
    corpus.clock.forward(days=WINDOW.days + 1)
    assert corpus.completeness(PORTAL) is None


def test_a_portal_that_was_never_crawled(corpus):
    assert corpus.completeness("nowhere") is None
    assert corpus.running_ids("nowhere") is None


def test_running_numbers_bound_what_was_published(corpus):
    numbers = [123_000 + n for n in range(0, 100) if n % 4]
    links = [Link(f"http://www.example.cn/2026-03/14/content_{number}.html", "新闻") for number in numbers]
    for part in range(0, len(links), 15):
        corpus.note(PORTAL, corpus.list, links[part : part + 15][::-1])
    corpus.store([article(n, url=one.url, portal=PORTAL) for n, one in enumerate(links)])
    found = corpus.running_ids(PORTAL)
    assert found.met < found.numbers <= 100
    assert found.met / found.numbers == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize(
    "numbers", [[], [100_000] * 50, list(range(200_000, 199_000, -10)), [100_000 + n * 37 for n in range(100)]]
)
def test_numbers_that_do_not_run(numbers):
    assert running(numbers) is None


def test_the_migration_knows_feeds_by_their_labels(corpus):
    found = dict(rows(corpus, "SELECT label, route FROM sections"))
    assert found == {"要闻": "list", "订阅 rss.xml": "feed"}
    assert dt.timedelta(days=28) == WINDOW
