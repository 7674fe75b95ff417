"""Articles in the corpus: each address once, each text once, nothing lost on the way in and out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.corpus import Batch, Corpus, Known
from crawler.corpus.duplicates import SHORT_TEXT
from crawler.errors import CorpusLocked
from crawler.items import CST, Article, Attachment, Block, Cut, Evidence, Image
from tests.corpus_kit import PORTAL, address, article, link, rows, text_of


@pytest.fixture
def corpus(place: str) -> Iterator[Corpus]:
    with Corpus.open(place) as corpus:
        yield corpus


def outcomes(corpus: Corpus, *batch: Article) -> list[str]:
    return [stored.outcome for stored in corpus.store(batch)]


COMPLETE = article(
    1,
    canonical_url="http://www.example.cn/news/1.html",
    kind="gallery",
    breadcrumb=["首页", "资讯中心", "苏州资讯"],
    subtitle="老住户回家看看",
    published_text="2022-11-13 22:01",
    source="姑苏晚报",
    reporters=["陆一鸣", "顾盼"],
    correspondents=["沈洁"],
    photographers=["钱枫"],
    editors=["吴越"],
    blocks=[Block("heading", "回家"), Block("paragraph", "门槛"), Block("image", url="http://img.example.cn/1.jpg")],
    images=[Image("http://img.example.cn/1.jpg", "门前"), Image("http://img.example.cn/2.jpg")],
    attachments=[Attachment("http://www.example.cn/表.xls", "名单")],
    part_urls=["http://www.example.cn/news/1.html", "http://www.example.cn/news/1_2.html"],
    full_url="http://www.example.cn/news/1_all.html",
    keywords=["平江路", "修缮"],
    page_number="A03",
    page_name="要闻",
    fetched_at=dt.datetime(2022, 11, 14, 1, 2, 3, 456789, tzinfo=dt.UTC),
    template="suzhou-2022",
    extractor="chengwen/0.1.0",
    confidence=0.875,
    evidence={"title": Evidence("h1", 0.9, "第1条新闻"), "source": Evidence("unlabelled", 0.6)},
    cuts=[Cut("扫一扫", "share")],
    section="苏州资讯",
    link_url="http://www.example.cn/go?id=1",
)


def test_the_example_fills_every_field() -> None:
    empty = Article(url="", canonical_url="")
    same = [f.name for f in fields(Article) if getattr(COMPLETE, f.name) == getattr(empty, f.name)]
    assert same == ["duplicate_of"]


def test_an_article_comes_back_as_it_went_in(corpus: Corpus) -> None:
    corpus.store([COMPLETE])
    assert list(corpus.articles()) == [COMPLETE]


def test_a_bare_article_comes_back_too(corpus: Corpus) -> None:
    bare = Article(url=address(1), canonical_url=address(1))
    corpus.store([bare])
    assert list(corpus.articles()) == [bare]


def test_published_keeps_its_zone_and_other_times_are_utc(corpus: Corpus) -> None:
    corpus.store([COMPLETE])
    assert rows(corpus, "SELECT published, fetched_at FROM articles") == [
        ("2022-11-13T22:01:00+08:00", "2022-11-14T01:02:03.456789+00:00")
    ]


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
blocks = st.builds(Block, st.sampled_from(["paragraph", "heading", "table", "image"]), words, st.none() | words)
times = st.datetimes(dt.datetime(1992, 1, 1), dt.datetime(2100, 1, 1)).map(
    lambda t: t.replace(microsecond=0, tzinfo=CST)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.none() | words,
    body=words,
    blocks=st.lists(blocks, max_size=3),
    published=st.none() | times,
    reporters=st.lists(words, max_size=3),
    images=st.lists(st.builds(Image, words, st.none() | words), max_size=3),
    cuts=st.lists(st.builds(Cut, words, words), max_size=2),
    evidence=st.dictionaries(words, st.builds(Evidence, words, st.floats(0, 1), st.none() | words), max_size=2),
)
def test_any_content_comes_back(corpus: Corpus, **content: Any) -> None:
    number = corpus.counts()["articles"]
    made = article(number, **content, content_hash=f"hash {number}" if content["body"].strip() else "")
    corpus.store([made])
    found = corpus.find(made.url)
    assert found is not None
    assert found.article == made


def test_broken_characters_do_not_break_the_batch(corpus: Corpus) -> None:
    corpus.store([article(1, title="半个\ud83d表情", body="正文\udc00" * 40, keywords=["\ud83d"]), article(2)])
    assert [a.title for a in corpus.articles()] == ["半个?表情", "第2条新闻"]


@pytest.mark.parametrize("nonsense", ["http://[broken/", "", "javascript:", "http://www.example.cn/\ud83d"])
def test_an_address_that_is_none_does_not_break_the_batch(corpus: Corpus, nonsense: str) -> None:
    corpus.note(PORTAL, None, [link(1, url=nonsense)])
    odd = article(1, canonical_url=nonsense, link_url=nonsense, part_urls=[nonsense])
    assert outcomes(corpus, odd, article(2)) == ["new", "new"]
    assert corpus.waiting(PORTAL) == []
    assert corpus.find(nonsense) == corpus.find(address(1))


# The same address


def test_a_second_visit_changes_nothing(corpus: Corpus) -> None:
    assert outcomes(corpus, COMPLETE) == ["new"]
    assert outcomes(corpus, replace(COMPLETE, fetched_at=None, confidence=0.1, section="别处")) == ["unchanged"]
    assert list(corpus.articles()) == [COMPLETE]


def test_a_page_without_text_is_unchanged_too(corpus: Corpus) -> None:
    gallery = article(1, kind="gallery", body="", blocks=[Block("image", url="http://img.example.cn/1.jpg")])
    assert outcomes(corpus, gallery) == ["new"]
    assert outcomes(corpus, gallery) == ["unchanged"]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "更正后的标题"},
        {"body": text_of(2), "content_hash": "another"},
        {"source": "新华社"},
        {"images": []},
        {"attachments": [Attachment("http://www.example.cn/b.pdf", "附件")]},
    ],
)
def test_a_changed_page_is_brought_up_to_date(corpus: Corpus, change: dict[str, Any]) -> None:
    changed = replace(COMPLETE, **change)
    corpus.store([COMPLETE])
    assert outcomes(corpus, changed) == ["updated"]
    assert list(corpus.articles()) == [changed]


@pytest.mark.parametrize("url", ["https://example.cn/news/1.html", "http://m.example.cn/news/1.html?from=app"])
def test_spellings_of_one_address_are_one_article(corpus: Corpus, url: str) -> None:
    corpus.store([article(1)])
    assert outcomes(corpus, replace(article(1), url=url)) == ["unchanged"]
    assert corpus.find(url) == corpus.find(address(1))


def test_twice_in_one_batch(corpus: Corpus) -> None:
    assert outcomes(corpus, article(1), article(1)) == ["new", "unchanged"]


def test_a_redirect_and_a_canonical_link_lead_to_the_article(corpus: Corpus) -> None:
    moved, canonical = "http://www.example.cn/go?id=9", "http://www.example.cn/a/9.html"
    corpus.store([article(1, link_url=moved, canonical_url=canonical)])
    assert corpus.find(moved) == corpus.find(canonical) == corpus.find(address(1)) is not None


def test_parts_lead_to_the_article(corpus: Corpus) -> None:
    corpus.store([COMPLETE])
    assert corpus.find(COMPLETE.part_urls[1]) == corpus.find(COMPLETE.url)


def test_same_canonical_link_and_text_is_one_article(corpus: Corpus) -> None:
    corpus.store([article(1)])
    column = article(2, canonical_url=address(1), body=text_of(1))
    assert outcomes(corpus, column) == ["unchanged"]
    assert corpus.counts()["articles"] == 1


def test_same_canonical_link_and_other_text_are_two_articles(corpus: Corpus) -> None:
    """Some portals give every page the canonical link of their home page."""
    home = "http://www.example.cn/"
    assert outcomes(corpus, article(1, canonical_url=home), article(2, canonical_url=home)) == ["new", "new"]
    assert [a.body for a in corpus.articles()] == [text_of(1), text_of(2)]


def test_an_address_that_led_elsewhere_may_become_an_article_of_its_own(corpus: Corpus) -> None:
    corpus.store([article(1, link_url=address(2))])
    assert outcomes(corpus, article(2)) == ["new"]
    found = corpus.find(address(2))
    assert found is not None
    assert found.article.body == text_of(2)


def test_a_twin_that_changes_becomes_an_article_of_its_own(corpus: Corpus) -> None:
    twin = article(2, canonical_url=address(1), body=text_of(1))
    corpus.store([article(1), twin])
    assert outcomes(corpus, article(2)) == ["new"]
    assert [a.body for a in corpus.articles()] == [text_of(1), text_of(2)]


# The same text


def test_the_same_text_elsewhere_is_stored_once_and_linked(corpus: Corpus) -> None:
    reprint = article(2, url="http://www.example.org/zz/2.html", body=text_of(1), title="转载")
    assert outcomes(corpus, article(1), reprint) == ["new", "duplicate"]
    assert rows(corpus, "SELECT count(*) FROM bodies") == [(1,)]
    found = corpus.find(reprint.url)
    assert found is not None
    assert (found.duplicate_of, found.article.duplicate_of) == (1, address(1))
    assert (found.article.title, found.article.body) == ("转载", text_of(1))


def test_a_third_copy_points_at_the_first(corpus: Corpus) -> None:
    corpus.store([article(n, body=text_of(1)) for n in (1, 2, 3)])
    assert rows(corpus, "SELECT duplicate_of FROM articles") == [(None,), (1,), (1,)]


def test_export_without_duplicates(corpus: Corpus) -> None:
    corpus.store([article(1), article(2, body=text_of(1)), article(3)])
    assert [a.url for a in corpus.articles(duplicates=False)] == [address(1), address(3)]


def test_a_short_text_repeats_by_chance(corpus: Corpus) -> None:
    videos = [article(n, kind="video", body="点击观看视频") for n in (1, 2)]
    assert outcomes(corpus, *videos) == ["new", "new"]


def test_a_short_text_under_one_headline_is_a_duplicate(corpus: Corpus) -> None:
    videos = [article(n, kind="video", title="夜游古运河", body="点击观看视频") for n in (1, 2)]
    assert outcomes(corpus, *videos) == ["new", "duplicate"]


@pytest.mark.parametrize(("length", "second"), [(SHORT_TEXT - 1, "new"), (SHORT_TEXT, "duplicate")])
def test_where_short_ends(corpus: Corpus, length: int, second: str) -> None:
    assert outcomes(corpus, article(1, body="短" * length), article(2, body="短" * length)) == ["new", second]


def test_pages_without_text_are_not_each_others_duplicates(corpus: Corpus) -> None:
    galleries = [article(n, kind="gallery", body="", title="图集") for n in (1, 2)]
    assert outcomes(corpus, *galleries) == ["new", "new"]


def test_a_copy_that_is_edited_stands_alone(corpus: Corpus) -> None:
    corpus.store([article(1), article(2, body=text_of(1))])
    assert outcomes(corpus, article(2)) == ["updated"]
    assert [(a.body, a.duplicate_of) for a in corpus.articles()] == [(text_of(1), None), (text_of(2), None)]


def test_when_the_first_is_edited_its_copies_keep_the_text(corpus: Corpus) -> None:
    corpus.store([article(n, body=text_of(1)) for n in (1, 2, 3)])
    assert outcomes(corpus, article(1, body=text_of(9))) == ["updated"]
    assert [(a.body, a.duplicate_of) for a in corpus.articles()] == [
        (text_of(9), None),
        (text_of(1), None),
        (text_of(1), address(2)),
    ]


def test_texts_that_an_article_had_stay(corpus: Corpus) -> None:
    corpus.store([article(1)])
    corpus.store([article(1, body=text_of(2))])
    assert rows(corpus, "SELECT body FROM bodies ORDER BY id") == [(text_of(1),), (text_of(2),)]


# With the ledger


def test_storing_crosses_the_article_off(corpus: Corpus) -> None:
    corpus.note(PORTAL, None, [link(1), link(2)])
    corpus.store([article(1)])
    assert [w.link.url for w in corpus.waiting(PORTAL)] == [address(2)]


def test_all_addresses_of_an_article_are_crossed_off(corpus: Corpus) -> None:
    urls = ["http://www.example.cn/go?id=1", address(1), "http://www.example.cn/news/1_2.html"]
    corpus.note(PORTAL, None, [link(1, url=url) for url in urls])
    corpus.store([COMPLETE])
    assert corpus.waiting(PORTAL) == []


def test_an_article_belongs_to_every_section_that_showed_it(corpus: Corpus) -> None:
    sections = [corpus.section(PORTAL, label, f"http://www.example.cn/{label}/") for label in ("yw", "tt", "sh")]
    for section in sections[:2]:
        corpus.note(PORTAL, section.id, [link(7), link(1)])
    corpus.store([article(1)])
    corpus.note(PORTAL, sections[2].id, [link(1)])
    assert rows(corpus, "SELECT section_id, position FROM article_sections ORDER BY section_id") == [
        (sections[0].id, 1),
        (sections[1].id, 1),
        (sections[2].id, 0),
    ]


def test_a_side_list_does_not_make_a_stored_article_the_sections(corpus: Corpus) -> None:
    section = corpus.section(PORTAL, "热点", "http://www.example.cn/hot/")
    corpus.store([article(1)])
    corpus.note(PORTAL, section.id, [link(1, side=True)])
    assert rows(corpus, "SELECT * FROM article_sections") == []


def test_a_batch_is_stored_as_a_whole_or_not_at_all(corpus: Corpus) -> None:
    corpus.note(PORTAL, None, [link(1), link(2)])
    broken = article(2)
    broken.confidence = object()  # type: ignore[assignment]  # what no database takes
    with pytest.raises(Exception, match="'object'"):
        corpus.store([article(1), broken])
    assert corpus.counts()["articles"] == 0
    assert len(corpus.waiting(PORTAL)) == 2


def test_foreign_keys_hold(tmp_path: Path) -> None:
    with Corpus.open(tmp_path / "corpus.db") as corpus:
        corpus.note(PORTAL, corpus.section(PORTAL, "a", "http://www.example.cn/a/").id, [link(1)])
        corpus.store([COMPLETE, article(2, portal=None)])
        assert rows(corpus, "PRAGMA foreign_key_check") == []


# Reading


def test_articles_by_portal_and_time(corpus: Corpus) -> None:
    def day(number: int) -> dt.datetime:
        return dt.datetime(2022, 11, number, tzinfo=CST)

    corpus.store([article(n, published=day(n)) for n in (1, 2, 3)])
    corpus.store([article(4, portal="wuxi", published=day(2)), article(5, published=None)])
    found = corpus.articles(PORTAL, since=day(2), until=day(3))
    assert [a.url for a in found] == [address(2)]


def test_articles_beyond_one_page(corpus: Corpus) -> None:
    corpus.store([article(n) for n in range(1100)])
    assert [a.url for a in corpus.articles()] == [address(n) for n in range(1100)]


def test_a_half_read_corpus_can_be_written(corpus: Corpus) -> None:
    corpus.store([article(n) for n in range(600)])
    reader = corpus.articles()
    next(reader)
    assert outcomes(corpus, article(600)) == ["new"]
    assert sum(1 for _ in reader) == 600


def test_find_nothing(corpus: Corpus) -> None:
    assert corpus.find(address(1)) is None


def test_counts(corpus: Corpus) -> None:
    corpus.section(PORTAL, "a", "http://www.example.cn/a/")
    corpus.begin_run(PORTAL, {})
    corpus.note(PORTAL, None, [link(n) for n in range(6)])
    corpus.store([article(0), article(1, body=text_of(0))])
    corpus.reject(PORTAL, address(2), "no_body")
    corpus.fail(PORTAL, address(3), "HTTP 500")
    corpus.gone(PORTAL, address(4), "HTTP 410")
    expected = {"articles": 2, "duplicates": 1, "sections": 1, "rejects": 1, "runs": 1}
    states = {"waiting": 1, "stored": 2, "rejected": 1, "failed": 1, "gone": 1}
    assert corpus.counts() == corpus.counts(PORTAL) == expected | states
    assert set(corpus.counts("wuxi").values()) == {0}


# Before it is written


def test_known_says_why(corpus: Corpus) -> None:
    corpus.store([article(1)])
    assert corpus.known(article(1)) == Known("url", address(1))
    assert corpus.known(article(2, body=text_of(1))) == Known("body", address(1))
    assert corpus.known(article(3)) is None


def test_a_batch_knows_what_is_not_yet_written(corpus: Corpus) -> None:
    batch = Batch(corpus)
    batch.add(article(1))
    assert batch.known(article(1, title="改过")) == Known("url", address(1))
    assert batch.known(article(2, canonical_url=address(1), body=text_of(1))) == Known("url", address(1))
    assert batch.known(article(2, body=text_of(1))) == Known("body", address(1))
    assert batch.known(article(3)) is None


def test_what_a_batch_knows_is_what_the_store_does(corpus: Corpus) -> None:
    twins = [article(1), article(1), article(2, body=text_of(1)), article(3, canonical_url=address(1), body=text_of(1))]
    batch = Batch(corpus)
    known = []
    for twin in twins:
        why = batch.known(twin)
        known.append(why.kind if why else None)
        batch.add(twin)
    assert known == [None, "url", "body", "url"]
    assert [stored.outcome for stored in batch.flush()] == ["new", "unchanged", "duplicate", "unchanged"]


def test_a_batch_that_could_not_be_written_is_kept(place: str) -> None:
    with Corpus.open(place) as writer, Corpus.open(place, timeout=0.01) as corpus:
        batch = Batch(corpus)
        batch.add(article(1))
        with writer._connection.writing(), pytest.raises(CorpusLocked):
            batch.flush()
        assert len(batch) == 1
        assert [stored.outcome for stored in batch.flush()] == ["new"]
        assert batch.flush() == []
