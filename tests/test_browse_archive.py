"""From an article's page to the bytes that it was read from, in one click."""

from __future__ import annotations

import re
import urllib.request

import pytest

from crawler.corpus import Corpus
from crawler.demo import DemoPortal, serve
from tests.browse_kit import ask, browsing
from tests.crawling import crawl_url


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A page of a demo portal as it was sent, the address of scrapy browse, and that of the article in it."""
    path = tmp_path_factory.mktemp("archived") / "corpus.db"
    demo = DemoPortal("seed", seed=1, size=8)
    with serve([demo]) as server:
        crawl_url(server.url, path)
        with Corpus.open(path, readonly=True) as corpus:
            article = next(corpus.articles())
            number = corpus.find(article.url).id
        with urllib.request.urlopen(article.url) as answer:
            sent = answer.read()
    with browsing(path) as url:
        yield sent, url, f"{url}/article/{number}"


def archived(page: str) -> str:
    return re.search(r'href="(/archive/\d+)"', ask(page).text)[1]


def test_the_page_as_it_was_shown(site):
    sent, url, page = site
    with urllib.request.urlopen(url + archived(page)) as answer:
        assert answer.read() == sent
        assert answer.headers["content-type"].startswith("text/html")
        policy = answer.headers["content-security-policy"]
    # other people's page: it runs nothing and fetches nothing
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy


def test_the_answer_as_it_travelled(site):
    sent, url, page = site
    with urllib.request.urlopen(f"{url}{archived(page)}/bytes") as answer:
        assert answer.headers["content-disposition"].startswith("attachment")
        block = answer.read()
    assert block.startswith(b"HTTP/1.1 200")
    assert sent in block


def test_no_such_record(site):
    assert ask(f"{site[1]}/archive/999999").status == 404
