"""Facets, days, clusters and pages of hits: what the browser's pages are made of."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from crawler.corpus import Cluster, Corpus, Selection, facets
from crawler.items import CST
from tests.corpus_kit import PORTAL, address, article, link

SECTIONS, SOURCES, PORTALS = ("要闻", "民生", "体育"), ("新华社", "新华社客户端", "城市日报", None), (PORTAL, "wuxi")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Three hundred articles at random, some in two sections, one in two of one label."""
    rng = random.Random(11)
    with Corpus.open(tmp_path_factory.mktemp("facets") / "corpus.db") as corpus:
        stored = [corpus.section(portal, label, f"http://{portal}/{label}") for portal in PORTALS for label in SECTIONS]
        stored.append(corpus.section(PORTAL, "要闻", "http://suzhou/yw2/"))
        for number in range(300):
            for section in rng.sample(stored, rng.choice((0, 1, 1, 2, 3))):
                corpus.note(section.portal, section.id, [link(number)])
        corpus.store([random_article(rng, number) for number in range(300)])
        corpus.index()
        yield corpus


def random_article(rng, number):
    day = dt.datetime(2022, 9, 1, tzinfo=CST) + dt.timedelta(minutes=rng.randrange(60 * 24 * 90))
    return article(
        number,
        portal=rng.choice(PORTALS),
        section=rng.choice((*SECTIONS, None)),
        source=rng.choice(SOURCES),
        published=rng.choice((day, day, day, None)),
        body=f"{rng.choice(('苏州', '无锡'))}的第{number}条。",
    )


def by_hand(corpus, wanted, field, values):
    """How many articles of the selection each value's own selection finds too."""
    chosen = {a.url for a in corpus.select(wanted)}
    own = {v: {a.url for a in corpus.select(Selection(**{field: v}))} for v in values}
    return {v: len(urls & chosen) for v, urls in own.items() if urls & chosen}


@pytest.mark.parametrize(
    "wanted",
    [
        Selection(),
        Selection("苏州"),
        Selection(portal="wuxi"),
        Selection("苏州", section="要闻"),
        Selection("无锡", source_is="新华社", since=dt.datetime(2022, 10, 1, tzinfo=CST)),
        Selection(until=dt.datetime(2022, 10, 1, tzinfo=CST)),
    ],
    ids=str,
)
def test_every_number_is_what_the_narrowed_selection_finds(corpus, wanted):
    found = corpus.facets(wanted, corpus.count(wanted))
    assert found.portals == by_hand(corpus, wanted, "portal", PORTALS)
    assert found.sections == by_hand(corpus, wanted, "section", SECTIONS)
    assert found.sources == by_hand(corpus, wanted, "source_is", [s for s in SOURCES if s])
    assert list(found.portals.values()) == sorted(found.portals.values(), reverse=True)
    within = {article.published for article in corpus.select(wanted) if article.published}
    assert sum(found.months.values()) == sum(a.published is not None for a in corpus.select(wanted))
    assert list(found.months) == sorted({f"{moment:%Y-%m}" for moment in within}, reverse=True)


def test_a_source_can_be_meant_exactly(corpus):
    exact, containing = corpus.count(Selection(source_is="新华社")), corpus.count(Selection(source="新华社"))
    assert 0 < exact < containing


def test_sections_and_sources_of_too_many_are_not_counted(corpus, monkeypatch):
    monkeypatch.setattr(facets, "COUNTED", 100)
    found = corpus.facets(Selection(), 300)
    assert (found.sections, found.sources) == (None, None)
    assert sum(found.portals.values()) == 300


def test_nothing_meant_has_no_facets(corpus):
    found = corpus.facets(Selection("南京"), 0)
    assert (found.portals, found.months, found.sections, found.sources) == ({}, {}, {}, {})


@pytest.mark.parametrize("wanted", [Selection(), Selection("苏州"), Selection("苏州", portal=PORTAL)], ids=str)
@pytest.mark.parametrize("newest", [False, True])
def test_pages_of_hits_make_up_the_whole(corpus, wanted, newest):
    whole = corpus.search(wanted, 300, newest=newest)
    pages = [corpus.search(wanted, 40, offset, newest=newest) for offset in range(0, 320, 40)]
    assert [hit.id for page in pages for hit in page.hits] == [hit.id for hit in whole.hits]
    assert {page.total for page in pages} == {whole.total} == {corpus.count(wanted)}


@pytest.mark.parametrize("wanted", [Selection(), Selection("苏州")], ids=str)
def test_newest_first(corpus, wanted):
    times = [hit.published or "" for hit in corpus.search(wanted, 300, newest=True).hits]
    assert times == sorted(times, reverse=True)
    assert times[-1] == ""


def test_days_run_up_to_the_newest_article(corpus):
    days = corpus.days(PORTAL, 30)
    newest = max(a.published for a in corpus.articles(PORTAL) if a.published)
    since = dt.datetime.combine(newest.date() - dt.timedelta(days=29), dt.time(), CST)
    assert len(days) == 30
    assert (list(days)[-1], list(days)) == (newest.date(), sorted(days))
    assert sum(days.values()) == corpus.count(Selection(portal=PORTAL, since=since))


def test_a_portal_without_dates_has_no_days(corpus):
    assert corpus.days("nowhere", 30) == {}


def test_one_article_with_everything(place):
    with Corpus.open(place) as corpus:
        section = corpus.section(PORTAL, "要闻", "http://www.example.cn/yw/")
        run = corpus.begin_run(PORTAL, {})
        corpus.note(PORTAL, section.id, [link(1)])
        (stored,) = corpus.store([article(1)], run.id)
        corpus.store([article(1, title="改过的标题")], run.id)
        detail = corpus.article(stored.id)
        assert detail.stored.article.title == "改过的标题"
        assert (detail.sections, len(detail.revisions), detail.run.portal) == (("要闻",), 2, PORTAL)
        assert detail.addresses[0].kind == "own"
        assert detail.check.gone_at is None
        assert detail.cluster is None
        assert corpus.article(stored.id + 1) is None


def test_a_cluster_from_every_one_of_its_articles(place):
    with Corpus.open(place) as corpus:
        first, second, third = (done.id for done in corpus.store([article(n) for n in range(3)]))
        with corpus._connection.writing() as db:
            for number in (first, second):
                db.execute("INSERT INTO clusters VALUES (?, ?)", (number, second))
            db.execute("INSERT INTO reprints VALUES (?, ?, 'abridged', 0.5, 1.0, 'time')", (first, second))
        cluster = corpus.article(first).cluster
        assert isinstance(cluster, Cluster)
        assert [member.url for member in cluster.articles] == [address(1), address(0)]
        assert (cluster.reprints[0].article_id, cluster.reprints[0].kind) == (first, "abridged")
        assert corpus.article(second).cluster == cluster
        assert corpus.article(third).cluster is None
