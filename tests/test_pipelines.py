"""The three stages, in whole crawls without a network: what arrives, what is dropped and why, what a refusal costs."""

from __future__ import annotations

import datetime as dt
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import scrapy
from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.exceptions import CloseSpider
from scrapy.exporters import JsonLinesItemExporter
from scrapy.http import Response
from scrapy.utils.asyncio import sleep

from crawler.corpus import Corpus, utc_now
from crawler.errors import CorpusFull
from crawler.extensions.corpus import FATAL, CorpusSession
from crawler.items import CST, PAGE_KINDS, Article, Attachment, Block, Evidence, Image
from pipelines.store import Store
from pipelines.validate import FUTURE, MIN_TEXT, STORED_KINDS, fault_of
from tests.corpus_kit import PORTAL, address, article, cramp, link, rows, text_of

Step = Callable[["Feeder"], None]


class Feeder(scrapy.Spider):
    """Yields the articles it is given, one a response; a function among them is called with the spider instead."""

    name = PORTAL

    def __init__(self, feed: list[Article | Step]) -> None:
        super().__init__()
        self._feed = feed

    @property
    def session(self) -> CorpusSession:
        return CorpusSession.of(self.crawler)

    async def start(self):
        for number, item in enumerate(self._feed):
            yield page(number, {"item": item})

    def parse(self, response: Response, item: Article | Step):
        if isinstance(item, Article):
            yield item
        else:
            item(self)


def page(number: int, arguments: dict[str, Any]) -> scrapy.Request:
    """A request that needs no network; earlier numbers come first."""
    return scrapy.Request(f"data:text/plain,{number}", cb_kwargs=arguments, priority=-number)


def crawler_for(corpus: Path | str, **settings: Any) -> Crawler:
    pipelines = ("pipelines.validate.Validate", "pipelines.dedupe.Dedupe", "pipelines.store.Store")
    base = {
        "TWISTED_REACTOR_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "CORPUS": str(corpus),
        "CORPUS_TIMEOUT": 5.0,
        "STORE_BATCH": 100,
        "STORE_SECONDS": 60.0,
        "CONCURRENT_REQUESTS": 1,
        "EXTENSIONS": {"crawler.extensions.corpus.CorpusSession": 0},
        "ITEM_PIPELINES": {name: place for place, name in enumerate(pipelines)},
    }
    return AsyncCrawlerRunner(base | settings).create_crawler(Feeder)


@pytest.fixture
def path(place: str) -> str:
    return place


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "corpus.db"


async def crawl(path: Path | str, *feed: Article | Step, **settings: Any) -> dict[str, Any]:
    """Statistics of a crawl over the feed."""
    crawler = crawler_for(path, **settings)
    await crawler.crawl_async(list(feed))
    return crawler.stats.get_stats()


def counted(stats: dict[str, Any]) -> dict[str, int]:
    return {name.removeprefix("articles/"): n for name, n in stats.items() if name.startswith("articles/")}


def last_run(path: Path | str) -> tuple[Any, ...]:
    with Corpus.open(path, readonly=True) as corpus:
        return rows(corpus, "SELECT outcome, ended_at IS NOT NULL FROM runs ORDER BY id DESC")[0]


# What is an article

NOW = dt.datetime(2022, 11, 14, 8, 0, tzinfo=CST)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"title": None}, "no_title"),
        ({"title": " \u3000"}, "no_title"),
        ({"body": ""}, "no_body"),
        ({"body": " \n\u3000"}, "no_body"),
        ({"body": "【关闭窗口】"}, "too_short"),
        ({"body": "短" * (MIN_TEXT - 1)}, "too_short"),
        ({"body": "短" * MIN_TEXT}, None),
        ({"body": "观前街今晚十点起停水。"}, None),
        ({"body": "", "images": [Image("http://img.example.cn/1.jpg")]}, None),
        ({"body": "", "attachments": [Attachment("http://www.example.cn/1.pdf", "公告")]}, None),
        ({"body": "", "kind": "video"}, None),
        ({"body": "雪后的拙政园", "kind": "gallery"}, None),
        ({"title": None, "kind": "video"}, "no_title"),
        ({"published": None}, None),
        ({"published": NOW + FUTURE}, None),
        ({"published": NOW + FUTURE + dt.timedelta(minutes=1)}, "future_date"),
        ({"published": dt.datetime(1998, 1, 1, tzinfo=CST)}, None),
    ],
)
def test_faults(changes: dict[str, Any], fault: str | None) -> None:
    assert fault_of(article(1, **{"published": NOW} | changes), NOW) == fault


@pytest.mark.parametrize("kind", [kind for kind in PAGE_KINDS if kind not in STORED_KINDS])
def test_other_kinds_of_pages_are_no_articles(kind: Any) -> None:
    assert fault_of(article(1, kind=kind), NOW) == f"not_an_article:{kind}"


async def test_a_reject_is_dropped_counted_and_kept(path: str) -> None:
    stats = await crawl(path, article(1), article(2, title=None, body="网站地图"))
    assert counted(stats) == {"new": 1, "rejected": 1, "rejected/no_title": 1}
    assert stats["item_dropped_count"] == 1
    with Corpus.open(path) as corpus:
        kept = "SELECT portal, url, reason, excerpt, run_id, state FROM rejects JOIN frontier USING (key, portal, url)"
        assert rows(corpus, kept) == [(PORTAL, address(2), "no_title", "网站地图", 1, "rejected")]


async def test_a_reject_is_filed_under_the_address_that_was_asked_for(path: str) -> None:
    def note(spider: Feeder) -> None:
        spider.session.corpus.note(PORTAL, None, [link(7)])

    await crawl(path, note, article(1, body="", link_url=address(7)))
    with Corpus.open(path) as corpus:
        assert rows(corpus, "SELECT url, state FROM frontier") == [(address(7), "rejected")]


@pytest.mark.parametrize(("kind", "state"), [("blocked", "failed"), ("error", "failed"), ("list", "rejected")])
async def test_pages_that_may_become_articles_are_tried_again(path: str, kind: Any, state: str) -> None:
    await crawl(path, article(1, kind=kind))
    with Corpus.open(path) as corpus:
        assert rows(corpus, "SELECT state, next_try IS NOT NULL FROM frontier") == [(state, state == "failed")]
        assert corpus.counts()["rejects"] == 1


# What is there already


async def test_same_text_is_marked_while_the_first_is_unwritten(path: str) -> None:
    items: list[Article] = []

    def look(spider: Feeder) -> None:
        spider.crawler.signals.connect(lambda item: items.append(item), signals.item_scraped, weak=False)

    stats = await crawl(path, look, article(1), article(2, body=text_of(1)))
    assert counted(stats) == {"new": 1, "duplicate": 1, "duplicate/body": 1}
    assert [item.duplicate_of for item in items] == [None, address(1)]


async def test_same_text_is_marked_in_a_later_run(path: str) -> None:
    await crawl(path, article(1))
    stats = await crawl(path, article(2, body=text_of(1)))
    assert counted(stats) == {"duplicate": 1, "duplicate/body": 1}


async def test_same_address_in_one_run(path: str) -> None:
    stats = await crawl(path, article(1), article(1, url=address(1) + "?from=app", canonical_url=address(1)))
    assert counted(stats) == {"new": 1, "unchanged": 1, "duplicate/url": 1}


@pytest.mark.parametrize(("title", "outcome"), [("第1条新闻", "unchanged"), ("更正：第1条新闻", "updated")])
async def test_same_address_in_a_later_run(path: str, title: str, outcome: str) -> None:
    await crawl(path, article(1))
    stats = await crawl(path, article(1, title=title))
    assert counted(stats) == {outcome: 1, "duplicate/url": 1}
    with Corpus.open(path) as corpus:
        assert [a.title for a in corpus.articles()] == [title]


# Writing


def stored(path: Path) -> int:
    with Corpus.open(path, readonly=True) as corpus:
        return corpus.counts()["articles"]


async def test_the_first_article_and_full_batches_are_written_at_once_and_the_rest_at_the_end(path: str) -> None:
    seen: list[int] = []

    async def later(item: Article) -> None:
        seen.append(stored(path))

    def look(spider: Feeder) -> None:
        spider.crawler.signals.connect(later, signals.item_scraped, weak=False)

    await crawl(path, look, *(article(n) for n in range(7)), STORE_BATCH=3)
    assert set(seen) <= {0, 1, 4, 7}
    assert {1, 4} <= set(seen)
    assert stored(path) == 7


async def test_a_batch_does_not_wait_for_ever(path: str) -> None:
    """The clock of the event loop alone writes: the spider goes on until the article is in the file."""

    class Patient(Feeder):
        async def parse(self, response: Response, item: Article):
            yield item
            while not stored(path):
                await sleep(0.01)
            self.session.batch.add(article(2))

    crawler = crawler_for(path, STORE_SECONDS=0.02)
    crawler.spidercls = Patient
    await crawler.crawl_async([article(1)])
    assert stored(path) == 2


async def test_articles_know_their_run(path: str) -> None:
    await crawl(path, article(1))
    await crawl(path, article(2))
    with Corpus.open(path) as corpus:
        assert rows(corpus, "SELECT url, run_id FROM articles") == [(address(1), 1), (address(2), 2)]


# When the corpus refuses


async def test_a_full_disk_ends_the_crawl_and_loses_nothing(file: Path) -> None:
    def prepare(spider: Feeder) -> None:
        spider.session.corpus.note(PORTAL, None, [link(n) for n in range(300)])

    def fill(spider: Feeder) -> None:
        spider.session.corpus._connection._db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cramp(spider.session.corpus)

    feed = [article(n) for n in range(300)]
    stats = await crawl(file, prepare, *feed[:150], fill, *feed[150:])
    assert str(file) in stats[FATAL]
    assert "disk is full" in stats[FATAL]
    with Corpus.open(file) as corpus:
        counts = corpus.counts()
        assert counts["stored"] == counts["articles"] < 300
        assert counts["stored"] + counts["waiting"] == 300
        assert rows(corpus, "PRAGMA integrity_check") == [("ok",)]
        missing = {w.link.url for w in corpus.waiting(PORTAL)}
    assert counted(await crawl(file, *(a for a in feed if a.url in missing))) == {"new": len(missing)}


class Endless(Feeder):
    """Goes on until it is closed."""

    def parse(self, response: Response, item: Article):
        yield item
        number = int(response.text) + 1
        yield page(number, {"item": article(number)})


async def test_a_locked_corpus_closes_the_spider_with_the_reason(file: Path) -> None:
    crawler = crawler_for(file, STORE_BATCH=2, CORPUS_TIMEOUT=0.01)
    crawler.spidercls = Endless
    with closing(sqlite3.connect(file, isolation_level=None)) as other:

        def lock() -> None:
            other.execute("BEGIN IMMEDIATE")

        crawler.signals.connect(lock, signals.engine_started)
        await crawler.crawl_async([article(0)])
    stats = crawler.stats.get_stats()
    assert stats["finish_reason"] == "corpus_locked"
    assert "another process" in stats[FATAL]


async def test_a_batch_that_was_refused_once_is_tried_again_at_the_end(file: Path) -> None:
    def fill(spider: Feeder) -> None:
        cramp(spider.session.corpus)
        spider.session.batch.add(article(1, body="很长的一篇报道" * 20_000))
        spider.crawler.get_item_pipeline(Store)._write()
        assert spider.session.failed
        cramp(spider.session.corpus, spare=10_000)

    stats = await crawl(file, fill)
    assert counted(stats) == {"new": 1}
    assert FATAL in stats
    assert last_run(file) == ("corpus_full", 1)


async def test_a_refusal_of_the_last_batch_is_how_the_run_ended(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store, asked = Corpus.store, []

    def refuse(corpus: Corpus, batch: list[Article], *rest: object, **more: object) -> object:
        asked.append(batch)
        if len(asked) > 1:
            raise CorpusFull("corpus.db: the disk is full")
        return store(corpus, batch, *rest, **more)

    monkeypatch.setattr(Corpus, "store", refuse)
    stats = await crawl(path, article(1), article(2))
    assert (stats["finish_reason"], stats[FATAL]) == ("finished", "corpus.db: the disk is full")
    assert last_run(path)[0] == "corpus_full"


async def test_an_error_of_the_corpus_in_the_walk_ends_the_run_too(path: str) -> None:
    def walk(spider: Feeder) -> None:
        raise CorpusFull("corpus.db: the disk is full")

    stats = await crawl(path, walk)
    assert stats[FATAL] == "corpus.db: the disk is full"
    assert last_run(path)[0] == "corpus_full"


# The session


async def test_a_run_is_recorded(path: str) -> None:
    await crawl(path, article(1))
    assert last_run(path) == ("finished", 1)
    with Corpus.open(path) as corpus:
        [(stats,)] = rows(corpus, "SELECT stats FROM runs")
        assert json.loads(stats)["articles/new"] == 1


async def test_the_corpus_is_open_while_the_spider_closes_and_closed_after_it(file: Path) -> None:
    """The walk writes its sections down in closed(); pipelines have written their last batch by then."""
    seen: list[int] = []

    class Tidy(Feeder):
        def closed(self, reason: str) -> None:
            seen.append(self.session.corpus.counts()["articles"])

    crawler = crawler_for(file)
    crawler.spidercls = Tidy
    await crawler.crawl_async([article(1)])
    assert seen == [1]
    assert not file.with_name("corpus.db-wal").exists()


async def test_the_corpus_is_open_for_everybody_who_hears_that_the_spider_is_closed(path: str) -> None:
    seen: list[int] = []

    def listen(spider: Feeder) -> None:
        def closed() -> None:
            seen.append(spider.session.corpus.counts()["articles"])

        spider.crawler.signals.connect(closed, signals.spider_closed, weak=False)

    await crawl(path, listen, article(1))
    assert seen == [1]


@pytest.mark.parametrize("error", [CloseSpider("not today"), RuntimeError("broken extension")])
async def test_a_crawl_that_cannot_start_closes_the_corpus(
    file: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(engine: object) -> None:
        raise error

    monkeypatch.setattr("scrapy.core.scraper.Scraper.open_spider_async", fail)
    crawler = crawler_for(file)
    if isinstance(error, CloseSpider):
        await crawler.crawl_async([])
    else:
        with pytest.raises(RuntimeError):
            await crawler.crawl_async([])
    assert not file.with_name("corpus.db-wal").exists()


def test_without_the_session_the_pipelines_say_what_is_missing(file: str) -> None:
    crawler = crawler_for(path, EXTENSIONS={})
    crawler._apply_settings()
    with pytest.raises(RuntimeError, match="CorpusSession"):
        CorpusSession.of(crawler)


# Feeds


async def test_a_feed_beside_the_corpus(path: str, tmp_path: Path) -> None:
    feed = tmp_path / "items.jsonl"
    made = article(1, images=[Image("http://img.example.cn/1.jpg", "门前")], fetched_at=utc_now())
    await crawl(path, made, article(2, title=None), FEEDS={str(feed): {"format": "jsonlines", "encoding": "utf-8"}})
    [line] = feed.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["images"] == [{"url": "http://img.example.cn/1.jpg", "caption": "门前"}]
    assert "第1条新闻" in line


def test_scrapys_exporter_writes_every_field_of_an_article() -> None:
    file = io.BytesIO()
    made = article(
        1,
        blocks=[Block("paragraph", "门槛")],
        evidence={"title": Evidence("h1", 0.9)},
        fetched_at=dt.datetime(2022, 11, 14, 1, 2, 3, tzinfo=dt.UTC),
    )
    JsonLinesItemExporter(file, encoding="utf-8").export_item(made)
    row = json.loads(file.getvalue())
    assert list(row) == [field.name for field in fields(Article)]
    assert (row["published"], row["fetched_at"]) == ("2022-11-13T22:01:00+08:00", "2022-11-14T01:02:03+00:00")
    assert row["blocks"] == [{"kind": "paragraph", "text": "门槛", "url": None}]
    assert row["evidence"] == {"title": {"rule": "h1", "confidence": 0.9, "text": None}}
