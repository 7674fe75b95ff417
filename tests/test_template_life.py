"""Learned templates from run to run, without a network: what the walk does with the pages that it reads anyway."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest
from scrapy.http import HtmlResponse

from crawler.corpus import Corpus
from crawler.extract import from_json, to_json
from crawler.portals import from_url
from crawler.spiders.reading import news_page
from crawler.spiders.templates import Templates
from tests.test_learn import HOST, page

NOW = dt.datetime(2025, 1, 5, 4, tzinfo=dt.UTC)
SUBJECTS = [
    f"{place}{work}" for place in ("城东", "城西", "城南", "城北") for work in ("菜场", "书店", "码头", "车站", "学校")
]
OLD, NEW = {"body": "text", "wrap": "main"}, {"body": "zhengwen", "wrap": "container"}


class Walk:
    """One run over a portal: as much of the spider as its templates know."""

    def __init__(self, corpus: Corpus) -> None:
        self.name, self.corpus = "town", corpus
        self.site = from_url(f"{HOST}/")
        self.crawler = SimpleNamespace(stats=SimpleNamespace(inc_value=self.count))
        self.stats: Counter[str] = Counter()
        self.run_id = corpus.begin_run("town", {}).id
        self.templates = Templates(self)
        self.templates.load()

    def count(self, name: str) -> None:
        self.stats[name] += 1

    def read(self, subjects, look, **options):
        """Pages of that look, read and stored."""
        for number, subject in enumerate(subjects):
            made = page(subject, number=number + SUBJECTS.index(subject) * 10, **look, **options)
            body = made.body if look is OLD else restyled(made.body)
            response = HtmlResponse(made.url, body=body, headers={"Content-Type": "text/html; charset=utf-8"})
            article = news_page(response, self.site, NOW)
            article.portal = self.name
            self.templates.seen(response, article)
            self.corpus.store([article], self.run_id)

    def finish(self) -> Counter[str]:
        self.templates.finish()
        return self.stats


def restyled(body: bytes) -> bytes:
    for old, new in ((b'"top"', b'"nav"'), (b'"rank"', b'"hot"'), (b'"foot"', b'"bottom"'), (b'"info"', b'"meta"')):
        body = body.replace(b"class=" + old, b"class=" + new)
    return body.replace(b'"where"', b'"path"')


@pytest.fixture
def corpus(tmp_path):
    with Corpus.open(tmp_path / "corpus.db", clock=lambda: NOW) as corpus:
        yield corpus


def versions(corpus):
    """Version → whether it is today's."""
    return {stored.version: stored.valid_until is None for stored in corpus.templates("town")}


def taught(corpus, count=12, **options):
    """A corpus whose portal was crawled once."""
    walk = Walk(corpus)
    walk.read(SUBJECTS[:count], OLD, **options)
    return walk.finish()


def test_twelve_pages_teach_a_template(corpus):
    assert taught(corpus)["templates/learned"] == 1
    assert versions(corpus) == {1: True}


def test_it_is_used_for_the_rest_of_the_run(corpus):
    walk = Walk(corpus)
    walk.read(SUBJECTS[:15], OLD)
    assert walk.finish()["templates/fit"] == 3


def test_three_pages_will_do_at_the_end(corpus):
    taught(corpus, count=3)
    assert versions(corpus) == {1: True}


def test_two_pages_will_not(corpus):
    taught(corpus, count=2)
    assert versions(corpus) == {}


def test_the_next_run_begins_with_it(corpus):
    taught(corpus)
    walk = Walk(corpus)
    walk.read(SUBJECTS[12:15], OLD)
    stats = walk.finish()
    assert (stats["templates/fit"], stats["templates/learned"]) == (3, 0)
    assert (corpus.templates("town")[0].pages, corpus.templates("town")[0].fit) == (3, 1.0)


def test_articles_of_the_first_run_are_read_again(corpus):
    slogan = "<p>城市因你而温暖，生活因我们而精彩，每天陪你看世界</p>"
    stats = taught(corpus, inside=slogan)
    assert stats["articles/updated"] == 12
    assert not any("陪你看世界" in article.body for article in corpus.articles())
    kinds = {revision.kind for article in corpus.articles() for revision in corpus.revisions(article.url)}
    assert kinds == {"first", "re-extracted"}


def test_articles_that_were_fine_are_left_alone(corpus):
    assert taught(corpus)["articles/updated"] == 0
    assert not any(corpus.revisions(article.url) for article in corpus.articles())


def test_a_redesign_ends_the_old_one(corpus):
    taught(corpus)
    walk = Walk(corpus)
    walk.read(SUBJECTS[12:], NEW)
    walk.finish()
    assert versions(corpus) == {2: True, 1: False}


def test_pages_of_the_old_layout_can_still_be_read(corpus):
    test_a_redesign_ends_the_old_one(corpus)
    walk = Walk(corpus)
    walk.read(SUBJECTS[:3], OLD)
    assert {article.template for article in corpus.articles()} >= {"town-2"}
    assert walk.finish()["templates/fit"] == 3


def test_two_layouts_at_once_keep_both(corpus):
    taught(corpus)
    walk = Walk(corpus)
    for old, new in zip(SUBJECTS[:6], SUBJECTS[12:18], strict=True):
        walk.read([old], OLD)
        walk.read([new], NEW)
    walk.finish()
    assert versions(corpus) == {2: True, 1: True}


def test_a_few_odd_pages_change_nothing(corpus):
    taught(corpus)
    walk = Walk(corpus)
    walk.read(SUBJECTS[:8], OLD)
    walk.read(SUBJECTS[12:15], NEW)
    stats = walk.finish()
    assert (stats["templates/misfit"], versions(corpus)) == (3, {1: True})


def test_a_pinned_one_stays(corpus):
    taught(corpus)
    corpus.pin_template("town", 1)
    walk = Walk(corpus)
    walk.read(SUBJECTS[12:], NEW)
    walk.finish()
    assert versions(corpus) == {1: True, 2: True}


def test_a_small_redesign_is_learned_at_the_end(corpus):
    taught(corpus)
    walk = Walk(corpus)
    walk.read(SUBJECTS[12:15], NEW)
    walk.finish()
    assert 2 in versions(corpus)


def test_a_version_spoilt_by_hand_is_left_out_and_told(corpus, caplog):
    taught(corpus)
    stored = corpus.templates("town")[0]
    table = json.loads(stored.json)
    table["layouts"][0]["places"]["body"]["selector"] = "//div["
    corpus.put_template("town", from_json(stored.json), json.dumps(table))
    assert Walk(corpus).site.templates == ()
    assert "layouts[0].places.body.selector" in caplog.text


def test_an_edited_version_is_used(corpus):
    taught(corpus)
    template = replace(from_json(corpus.templates("town")[0].json), url="/nowhere/")
    corpus.put_template("town", template, to_json(template))
    walk = Walk(corpus)
    walk.read(SUBJECTS[12:14], OLD)
    assert walk.finish()["templates/fit"] == 0


def test_pages_kept_in_memory_are_bounded(corpus, monkeypatch):
    monkeypatch.setattr("crawler.spiders.templates.FIRST", 1_000)
    walk = Walk(corpus)
    for _ in range(3):
        walk.read(SUBJECTS, OLD)
        walk.read(SUBJECTS, NEW)
    assert len(walk.templates._pages) <= 30
