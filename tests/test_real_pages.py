"""Real pages under their own addresses, crawled through a proxy, end in the corpus as extract() gives them offline."""

from __future__ import annotations

import gzip
import html
import json
from pathlib import Path

import pytest

from crawler.corpus import Corpus, utc_now
from crawler.extract import extract
from crawler.items import CST
from crawler.urls import canonical, host_of, key
from pipelines.validate import fault_of
from tests.crawling import crawl_url
from tests.page_proxy import PageProxy

BENCH = Path(__file__).resolve().parents[2] / "shared" / "bench" / "articles"
HOME = "http://www.list-of-pages.test/"

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(not BENCH.is_dir(), reason="../shared/bench is not here"),
]


def real_pages():
    """Address → bytes of the bench's pages that carry one."""
    rows = [json.loads(line) for line in (BENCH / "gold.jsonl").read_text("utf-8").splitlines()]
    return {
        canonical(row["url"]): gzip.decompress((BENCH / "html" / row["file"]).read_bytes())
        for row in rows
        if row["url"]
    }


def list_of(urls):
    items = "".join(
        f'<li><a href="{html.escape(url)}">第{n}篇：列表中的一条新闻标题</a><span>2026-01-{n % 28 + 1:02d}</span></li>'
        for n, url in enumerate(urls)
    )
    return f"<html><head><meta charset='utf-8'><title>列表</title></head><body><ul>{items}</ul></body></html>".encode()


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("real")
    pages = real_pages()
    served = {url: ("text/html", body) for url, body in pages.items()} | {HOME: ("text/html", list_of(pages))}
    with PageProxy(served, folder) as proxy:
        hosts = ",".join(sorted({host_of(url) for url in pages}))
        done = crawl_url(HOME, folder / "corpus.db", "-a", f"hosts={hosts}", proxy=proxy.address, name="real")
    with Corpus.open(folder / "corpus.db", readonly=True) as corpus:
        stored = {key(article.url): article for article in corpus.articles()}
    return pages, stored, done


def test_every_page_is_stored(crawled):
    pages, stored, done = crawled
    wanted = {key(url) for url, body in pages.items() if fault_of(extract(body, url), utc_now()) is None}
    assert len(wanted) > 50
    assert set(stored) == wanted, done


FIELDS = [
    "title",
    "body",
    "published",
    "source",
    "reporters",
    "editors",
    "breadcrumb",
    "images",
    "content_hash",
    "kind",
]


@pytest.mark.parametrize("field", FIELDS)
def test_fields_are_those_of_extract(crawled, field):
    pages, stored, _ = crawled
    wrong = []
    for url, body in pages.items():
        article = stored.get(key(url))
        if article is None:
            continue
        want = getattr(extract(body, url, content_type="text/html", fetched_at=article.fetched_at), field)
        got = getattr(article, field)
        if field == "published" and want:
            want = want.astimezone(CST)
        if got != want:
            wrong.append((url, want, got))
    assert not wrong
