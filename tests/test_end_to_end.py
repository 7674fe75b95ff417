"""Every family of demo portal, crawled through its traps: each article once, every field as it is in truth."""

from __future__ import annotations

import pytest

from crawler.corpus import Corpus
from crawler.demo import FAMILIES, DemoPortal, serve
from crawler.urls import key
from tests.crawling import crawl_url

SIZE = 90


@pytest.fixture(scope="module", params=sorted(FAMILIES))
def crawled(request, tmp_path_factory):
    """A family's portal, and what a crawl of it left in a corpus."""
    corpus_path = tmp_path_factory.mktemp(request.param) / "corpus.db"
    portal = DemoPortal(request.param, seed=3, size=SIZE)
    with serve([portal], proxy=True) as server:
        done = crawl_url(server.url, corpus_path, proxy=server.proxy)
        log = server.log()
    with Corpus.open(corpus_path, readonly=True) as corpus:
        stored = {key(article.url): article for article in corpus.articles()}
    return portal, done, stored, log


def test_ends_well(crawled):
    _, done, _, _ = crawled
    assert done.status == 0, done.err + done.out


def test_every_story_is_found_exactly_once_and_nothing_else(crawled):
    portal, _, stored, _ = crawled
    assert set(stored) == {key(story.url) for story in portal.truth()}


@pytest.mark.parametrize(
    "field", ["title", "body", "published", "source", "reporters", "correspondents", "editors", "breadcrumb"]
)
def test_fields_equal_the_truth(crawled, field):
    portal, _, stored, _ = crawled
    wrong = {}
    for story in portal.truth():
        article = stored.get(key(story.url))
        if article is None:
            continue
        want, got = getattr(story, field), getattr(article, field)
        if (list(want) if isinstance(want, tuple) else want) != got:
            wrong[story.url] = (want, got)
    assert not wrong


def test_no_article_is_asked_for_twice(crawled):
    portal, _, _, log = crawled
    paths = [line["path"] for line in log if line["method"] == "GET" and line["status"] == 200]
    stories = {story.path for story in portal.truth()}
    assert not {path for path in stories if paths.count(path) > 1}
