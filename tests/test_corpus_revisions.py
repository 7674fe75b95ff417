"""Revisions, later looks, tombstones: the corpus's side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.corpus import Corpus, Visit
from crawler.corpus.checks import CONFIRM, EVERY, SELDOM, next_check
from crawler.items import CST, Cut, Evidence, Image
from tests.corpus_kit import PORTAL, Clock, address, article, link, rows, text_of

BORN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def corpus(place: str, clock: Clock) -> Iterator[Corpus]:
    with Corpus.open(place, clock=clock) as corpus:
        yield corpus


def numbers(corpus: Corpus, url: str) -> list[tuple[int, str]]:
    return [(r.number, r.kind) for r in corpus.revisions(url)]


# When


@pytest.mark.parametrize(("age", "due"), [(0, 0.25), (2.9, 3.15), (3, 7), (6.9, 7.15), (7, 30), (29, 30), (30, 210)])
def test_recent_articles_are_asked_often_and_older_ones_rarely(age: float, due: float) -> None:
    assert next_check(BORN, BORN + age * DAY) == BORN + due * DAY


def test_the_recent_days_are_a_setting() -> None:
    assert next_check(BORN, BORN + 5 * DAY, recent=6 * DAY) == BORN + 5 * DAY + EVERY
    assert next_check(BORN, BORN, recent=dt.timedelta()) == BORN + 7 * DAY


def test_an_old_article_met_today_is_an_old_article(corpus: Corpus, clock: Clock) -> None:
    corpus.store([article(1, published=dt.datetime(2019, 1, 1, tzinfo=CST)), article(2)])
    clock.forward(hours=6)
    assert [due.url for due in corpus.due(PORTAL, 9)] == [address(2)]
    clock.forward(days=180)
    assert [due.url for due in corpus.due(PORTAL, 9)] == [address(2), address(1)]


def test_an_article_without_a_date_or_with_a_future_one_ages_from_its_storing(corpus: Corpus, clock: Clock) -> None:
    corpus.store([article(1, published=None), article(2, published=clock.now + 9 * DAY)])
    clock.forward(days=3)
    for due in corpus.due(PORTAL, 9):
        corpus.present(due.article_id)
    assert not corpus.due(PORTAL, 9)
    clock.forward(days=4)
    assert len(corpus.due(PORTAL, 9)) == 2


def test_what_was_looked_at_in_the_future_is_due(corpus: Corpus, clock: Clock) -> None:
    corpus.store([article(1)])
    clock.forward(days=-400)
    assert len(corpus.due(PORTAL, 9)) == 1


def test_what_will_be_fetched_anyway_is_not_asked_again(corpus: Corpus, clock: Clock) -> None:
    corpus.store([article(1)])
    corpus.forget(address(1))
    clock.forward(days=1)
    assert not corpus.due(PORTAL, 9)


def test_a_question_carries_the_last_answers_version(corpus: Corpus, clock: Clock) -> None:
    corpus.store([article(1)], visits={address(1): Visit('"a"', "Mon, 14 Nov 2022 01:00:00 GMT")})
    clock.forward(days=1)
    assert corpus.due(PORTAL, 1)[0].visit == Visit('"a"', "Mon, 14 Nov 2022 01:00:00 GMT", again=True)


# Revisions


@pytest.mark.parametrize(
    "change",
    [
        {"images": [Image("http://www.example.cn/new.jpg")]},
        {"editors": ["周敏"]},
        {"cuts": [Cut("分享到", "share")]},
        {"evidence": {"title": Evidence("h1", 0.5)}},
        {"keywords": ["民生"]},
        {"confidence": 0.3},
    ],
)
def test_what_is_not_headline_or_text_makes_no_revision(corpus: Corpus, change: dict[str, object]) -> None:
    corpus.store([article(1)])
    stored = corpus.store([article(1, **change)])[0]
    assert not stored.revised
    assert numbers(corpus, address(1)) == []


def test_white_space_makes_no_revision(corpus: Corpus) -> None:
    corpus.store([article(1)])
    assert not corpus.store([article(1, title="第1条  新闻", body=f"{text_of(1)}\n")])[0].revised


@pytest.mark.parametrize("change", [{"title": "改过的标题"}, {"body": text_of(2)}])
def test_headline_and_text_do(corpus: Corpus, change: dict[str, str]) -> None:
    corpus.store([article(1)])
    assert corpus.store([article(1, **change)])[0].revised
    first, second = corpus.revisions(address(1))
    assert (first.title, first.body) == ("第1条新闻", text_of(1))
    assert second.changed == tuple(change)
    assert getattr(second, *change) == next(iter(change.values()))


def test_revisions_count_on(corpus: Corpus) -> None:
    for n in (1, 2, 1, 3):
        corpus.store([article(1, body=text_of(n))])
    assert numbers(corpus, address(1)) == [(1, "first"), (2, "edited"), (3, "edited"), (4, "edited")]
    assert [r.body for r in corpus.revisions(address(1))] == [text_of(n) for n in (1, 2, 1, 3)]


def test_the_same_page_read_otherwise_is_no_edit(corpus: Corpus) -> None:
    visits = {address(1): Visit('"a"')}
    corpus.store([article(1)], visits=visits)
    corpus.store([article(1, body=text_of(2))], visits=visits)
    assert numbers(corpus, address(1))[-1] == (2, "re-extracted")


def test_a_text_that_only_a_revision_remembers_is_not_a_duplicate(corpus: Corpus) -> None:
    corpus.store([article(1)])
    corpus.store([article(1, body=text_of(2))])
    assert corpus.store([article(3, body=text_of(1))])[0].outcome == "new"


# There or not


def test_one_run_counts_once(corpus: Corpus) -> None:
    number = corpus.store([article(1)])[0].id
    run = corpus.begin_run(PORTAL, {}).id
    assert [corpus.missing(number, "HTTP 404", run) for _ in range(3)] == [False] * 3


def test_an_absence_is_confirmed_no_sooner_than_after_a_while(corpus: Corpus, clock: Clock) -> None:
    number = corpus.store([article(1)])[0].id
    corpus.missing(number, "HTTP 404")
    clock.now += CONFIRM - dt.timedelta(seconds=1)
    assert not corpus.due(PORTAL, 9)
    clock.forward(seconds=1)
    assert corpus.due(PORTAL, 9)


def test_a_page_that_is_there_in_between_ends_the_row(corpus: Corpus) -> None:
    number = corpus.store([article(1)])[0].id
    corpus.missing(number, "HTTP 404")
    assert not corpus.present(number)
    assert not corpus.missing(number, "HTTP 404")


def test_the_ledger_knows_what_is_gone_and_what_is_back(corpus: Corpus) -> None:
    corpus.note(PORTAL, None, [link(1)])
    number = corpus.store([article(1)])[0].id
    assert [corpus.missing(number, "HTTP 410") for _ in range(3)] == [False, True, False]
    assert rows(corpus, "SELECT state, last_error FROM frontier") == [("gone", "HTTP 410")]
    assert corpus.present(number)
    assert rows(corpus, "SELECT state, last_error FROM frontier") == [("stored", None)]


def test_storing_a_gone_article_restores_it(corpus: Corpus, clock: Clock) -> None:
    number = corpus.store([article(1)])[0].id
    corpus.missing(number, "HTTP 404")
    corpus.missing(number, "HTTP 404")
    clock.forward(days=9)
    corpus.store([article(1)])
    assert rows(corpus, "SELECT gone_at, restored_at IS NOT NULL FROM checks") == [(None, 1)]


def test_what_is_gone_is_still_asked_for_rarely(corpus: Corpus, clock: Clock) -> None:
    number = corpus.store([article(1)])[0].id
    clock.forward(days=40)
    corpus.missing(number, "HTTP 404")
    corpus.missing(number, "HTTP 404")
    clock.now += SELDOM
    assert [due.article_id for due in corpus.due(PORTAL, 9)] == [number]


def test_a_reject_of_a_later_look_takes_nothing_away(corpus: Corpus, clock: Clock) -> None:
    corpus.note(PORTAL, None, [link(1)])
    corpus.store([article(1)])
    clock.forward(days=1)
    corpus.reject(PORTAL, address(1), "too_short", retry=True)
    assert rows(corpus, "SELECT state FROM frontier") == [("stored",)]
    assert corpus.find(address(1)) is not None
    assert not corpus.due(PORTAL, 9)


# Purged


def test_a_purged_article_leaves_nothing_but_its_tombstone(corpus: Corpus) -> None:
    corpus.note(PORTAL, None, [link(1)])
    corpus.store([article(1, images=[Image("http://www.example.cn/1.jpg")])])
    corpus.store([article(1, body=text_of(2))])
    purged = corpus.purge(address(1), "误发")
    assert purged is not None
    assert purged.stored
    for table in ("articles", "bodies", "images", "revisions", "checks", "addresses"):
        assert rows(corpus, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert rows(corpus, "SELECT title, state, last_error FROM frontier") == [("", "gone", "purged: 误发")]
    assert corpus.tombstone(address(1)).why == "误发"


def test_a_purged_text_is_overwritten_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "corpus.db"
    with Corpus.open(path) as corpus:
        corpus.store([article(1), article(2)])
        corpus.purge(address(1), "误发")
    assert "平江路第1号院".encode() not in path.read_bytes()
    assert "平江路第2号院".encode() in path.read_bytes()


def test_a_purged_address_is_not_fetched_and_not_stored(corpus: Corpus) -> None:
    corpus.store([article(1)])
    corpus.purge(address(1), "误发")
    noted = corpus.note("wuxi", None, [link(1)])[0]
    assert not noted.fetch
    assert corpus.forget(address(1)) == 0
    assert corpus.store([article(1)])[0].outcome == "purged"
    assert corpus.store([article(2, link_url=address(1))])[0].outcome == "purged"
    assert rows(corpus, "SELECT title FROM frontier") == [("",)]


def test_copies_of_a_purged_article_stay_and_are_named(corpus: Corpus) -> None:
    corpus.store([article(1), article(2, body=text_of(1)), article(3, body=text_of(1))])
    assert corpus.purge(address(1), "误发").copies == (address(2), address(3))
    assert [(a.url, a.duplicate_of) for a in corpus.articles()] == [(address(2), None), (address(3), address(2))]


def test_a_canonical_link_that_others_share_is_not_buried(corpus: Corpus) -> None:
    corpus.store([article(1, canonical_url="http://www.example.cn/"), article(2)])
    corpus.purge(address(1), "误发")
    assert corpus.tombstone("http://www.example.cn/") is None
    assert corpus.store([article(3, canonical_url="http://www.example.cn/")])[0].outcome == "new"


def test_an_unknown_address_cannot_be_purged(corpus: Corpus) -> None:
    assert corpus.purge(address(7), "误发") is None
    assert corpus.tombstone(address(7)) is None


def test_a_rejected_page_can_be_purged(corpus: Corpus) -> None:
    corpus.reject(PORTAL, address(1), "too_short", "一段摘录")
    assert not corpus.purge(address(1), "误发").stored
    assert rows(corpus, "SELECT count(*) FROM rejects") == [(0,)]


def test_a_text_read_anew_is_a_revision_but_no_look(corpus: Corpus, clock: Clock) -> None:
    corpus.store([article(1)], visits={address(1): Visit('"a"')})
    clock.forward(days=1)
    corpus.store([article(1, body=text_of(2))], kind="re-extracted")
    assert numbers(corpus, address(1))[-1] == (2, "re-extracted")
    assert corpus.due(PORTAL, 9)[0].visit == Visit('"a"', again=True)
