"""The life of a learned template: learned in the first crawl, used, and replaced when the portal looks otherwise."""

from __future__ import annotations

import pytest

from crawler.corpus import Corpus
from crawler.demo import DemoPortal, serve
from crawler.urls import key
from tests.crawling import crawl_url

HOST = "www.redesign-demo.test"
FIELDS = ("title", "body", "published", "source", "reporters", "correspondents", "editors", "breadcrumb")


def wrong(portal, stored):
    """Fields of stories that are not as they are in truth."""
    found = {}
    for story in portal.truth():
        for name in FIELDS:
            want = getattr(story, name)
            want = list(want) if isinstance(want, tuple) else want
            got = getattr(stored[key(story.url)], name)
            if got != want:
                found[story.url, name] = (want, got)
    return found


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """One portal before and after its redesign overnight: other software, other looks, other addresses."""
    path = tmp_path_factory.mktemp("redesign") / "corpus.db"
    old = DemoPortal("empire", seed=3, size=50, host=HOST)
    new = DemoPortal("jcms", seed=4, size=50, host=HOST)
    templates = []
    for portal in (old, new):
        with serve([portal], proxy=True) as server:
            done = crawl_url(portal.home, path, proxy=server.proxy)
            # The new portal has no more feeds where the old one had them: status 1 says so.
            assert done.status == (0 if portal is old else 1), done.err + done.out
        with Corpus.open(path, readonly=True) as corpus:
            templates.append(corpus.templates("demo"))
    with Corpus.open(path, readonly=True) as corpus:
        stored = {key(article.url): article for article in corpus.articles()}
        revisions = {url: corpus.revisions(article.url) for url, article in stored.items()}
    return old, new, templates, stored, revisions


def test_the_first_crawl_learns_a_template(crawled):
    first = crawled[2][0]
    assert [(template.version, template.valid_until) for template in first] == [(1, None)]
    assert first[0].fit == 1.0


def test_the_redesign_ends_it_and_teaches_another(crawled):
    second = crawled[2][1]
    assert [(template.version, template.valid_until is None) for template in second] == [(2, True), (1, False)]


def test_most_articles_are_read_by_a_template(crawled):
    old, new, _, stored, _ = crawled
    for portal, name in ((old, "demo-1"), (new, "demo-2")):
        used = [stored[key(story.url)].template for story in portal.truth()]
        assert used.count(name) > len(used) / 2


def test_every_article_of_the_old_layout_is_exact(crawled):
    assert not wrong(crawled[0], crawled[3])


def test_every_article_of_the_new_layout_is_exact(crawled):
    assert not wrong(crawled[1], crawled[3])


def test_articles_that_were_fine_are_not_touched(crawled):
    assert not any(crawled[4].values())
