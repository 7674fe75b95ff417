"""The ledger: what is to be fetched, what is familiar, what failed, and that nothing falls between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from crawler.corpus import Corpus, Section
from crawler.corpus.ledger import BACKOFF_FIRST, BACKOFF_LONGEST, MAX_ATTEMPTS
from crawler.errors import CorpusError
from crawler.items import CST, Link
from tests.corpus_kit import MORNING, PORTAL, Clock, address, article, link, rows

NEWS, SPORT = "http://www.example.cn/news/", "http://www.example.cn/sport/"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def corpus(place: str, clock: Clock) -> Iterator[Corpus]:
    with Corpus.open(place, clock=clock) as corpus:
        corpus.portal(PORTAL, "苏州", "江苏", "http://www.example.cn/")
        yield corpus


@pytest.fixture
def news(corpus: Corpus) -> Section:
    return corpus.section(PORTAL, "苏州资讯", NEWS)


def state(corpus: Corpus, number: int) -> str:
    return str(rows(corpus, "SELECT state FROM frontier WHERE url = ?", address(number))[0][0])


# Portals, sections, runs


def test_portal_is_renewed(corpus: Corpus) -> None:
    corpus.portal(PORTAL, "苏州市", None, None)
    assert rows(corpus, "SELECT name, city, province FROM portals") == [(PORTAL, "苏州市", None)]


def test_section_is_one_row_for_all_spellings_of_its_address(corpus: Corpus, news: Section) -> None:
    again = corpus.section(PORTAL, "资讯", "https://example.cn/news/index.html")
    assert (again.id, again.label) == (news.id, "资讯")
    assert corpus.sections(PORTAL) == [again]


def test_sections_belong_to_their_portal(corpus: Corpus, news: Section) -> None:
    corpus.section("wuxi", "无锡", "http://www.example.net/news/")
    assert [s.id for s in corpus.sections(PORTAL)] == [news.id]


def test_complete_is_remembered_and_closes_the_gap(corpus: Corpus, clock: Clock, news: Section) -> None:
    run = corpus.begin_run(PORTAL, {})
    corpus.section_run(run.id, news.id, list_pages=30, ended_by="budget", gap=True)
    assert corpus.sections(PORTAL)[0].gap
    corpus.complete(news.id, clock())
    section = corpus.sections(PORTAL)[0]
    assert (section.gap, section.completed_at, section.complete_since) == (False, MORNING, None)


def test_a_walk_since_after_the_last_complete_one_leaves_a_gap(corpus: Corpus, clock: Clock, news: Section) -> None:
    corpus.complete(news.id, clock())
    since = clock.forward(days=5)
    corpus.note(PORTAL, news.id, [link(1)])
    corpus.complete(news.id, clock.forward(days=1), since)
    section = corpus.sections(PORTAL)[0]
    assert (section.gap, section.completed_at) == (True, MORNING)
    assert [n.familiar for n in corpus.note(PORTAL, news.id, [link(1)])] == [False]


def days_before(number: int | None) -> dt.datetime | None:
    return None if number is None else MORNING - dt.timedelta(days=number)


@pytest.mark.parametrize(
    ("walks", "reach"),
    [
        ([(3, False)], 3),
        ([(None, False)], None),
        ([(3, False), (9, False)], 9),
        ([(9, False), (3, False)], 9),
        ([(3, False), (None, True)], 3),
        ([(3, False), (None, False)], None),
        ([(None, False), (3, False)], None),
        ([(None, True)], None),
    ],
)
def test_ground_grows_and_never_shrinks(
    corpus: Corpus, clock: Clock, news: Section, walks: list[tuple[int | None, bool]], reach: int | None
) -> None:
    for since, known in walks:
        corpus.complete(news.id, clock.forward(hours=1), days_before(since), known=known)
    section = corpus.sections(PORTAL)[0]
    assert (section.complete_since, section.gap) == (days_before(reach), False)


@pytest.mark.parametrize(
    ("reach", "wanted", "covers"),
    [(None, None, True), (None, 3, True), (3, None, False), (3, 3, True), (3, 9, False), (9, 3, True)],
)
def test_a_section_says_how_far_back_it_is_known(
    corpus: Corpus, clock: Clock, news: Section, reach: int | None, wanted: int | None, covers: bool
) -> None:
    assert not news.covers(days_before(wanted))
    corpus.complete(news.id, clock(), days_before(reach))
    assert corpus.sections(PORTAL)[0].covers(days_before(wanted)) is covers


def test_run_is_recorded_from_beginning_to_end(corpus: Corpus, clock: Clock) -> None:
    run = corpus.begin_run(PORTAL, {"since": dt.date(2022, 11, 1)})
    corpus.end_run(run.id, "finished", {"articles/new": 3, "start_time": clock.forward(minutes=2)})
    [(arguments, started, ended, outcome, stats)] = rows(
        corpus, "SELECT arguments, started_at, ended_at, outcome, stats FROM runs"
    )
    assert arguments == '{"since": "2022-11-01"}'
    assert (started, ended) == ("2022-11-14T01:00:00.000000+00:00", "2022-11-14T01:02:00.000000+00:00")
    assert (outcome, stats) == ("finished", '{"articles/new": 3, "start_time": "2022-11-14T01:02:00+00:00"}')


def test_section_run_keeps_the_last_word(corpus: Corpus, news: Section) -> None:
    run = corpus.begin_run(PORTAL, {})
    corpus.section_run(run.id, news.id, list_pages=1)
    corpus.section_run(run.id, news.id, list_pages=4, links_seen=80, links_new=7, ended_by="known")
    assert rows(corpus, "SELECT list_pages, links_seen, links_new, ended_by, gap FROM run_sections") == [
        (4, 80, 7, "known", 0)
    ]


def test_a_row_for_no_run_is_refused(corpus: Corpus, news: Section) -> None:
    with pytest.raises(CorpusError, match=r"(?i)foreign key"):
        corpus.section_run(77, news.id)


# Noting links


def test_new_links_are_to_be_fetched(corpus: Corpus, news: Section) -> None:
    noted = corpus.note(PORTAL, news.id, [link(1), link(2)])
    assert [(n.link.url, n.fetch, n.new, n.familiar) for n in noted] == [
        (address(1), True, True, False),
        (address(2), True, True, False),
    ]


def test_links_survive_a_kill(corpus: Corpus, news: Section, place: str) -> None:
    corpus.note(PORTAL, news.id, [link(1, published=dt.datetime(2022, 11, 13, tzinfo=CST)), link(2)])
    with Corpus.open(place) as other:
        assert [(w.link, w.section) for w in other.waiting(PORTAL)] == [
            (link(1, published=dt.datetime(2022, 11, 13, tzinfo=CST)), "苏州资讯"),
            (link(2), "苏州资讯"),
        ]


def test_twins_on_one_page_are_fetched_once(corpus: Corpus, news: Section) -> None:
    twins = [link(1), Link(address(1).replace("http://www.", "https://m.") + "?from=app")]
    assert [n.fetch for n in corpus.note(PORTAL, news.id, twins)] == [True, False]


def test_what_waits_is_fetched_when_seen_again(corpus: Corpus, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(1)])
    [noted] = corpus.note(PORTAL, news.id, [link(1)])
    assert (noted.fetch, noted.new) == (True, False)


def test_what_is_stored_is_not_fetched_again(corpus: Corpus, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(1)])
    corpus.store([article(1)])
    assert [n.fetch for n in corpus.note(PORTAL, news.id, [link(1)])] == [False]


def test_what_another_portal_stored_is_not_fetched_again(corpus: Corpus) -> None:
    corpus.store([article(1)])
    [noted] = corpus.note("jiangsu", None, [link(1)])
    assert (noted.fetch, noted.new) == (False, True)


def test_a_later_sighting_fills_in_title_and_date(corpus: Corpus, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(1, title="")])
    full = link(1, published=dt.datetime(2022, 11, 13, tzinfo=CST))
    corpus.note(PORTAL, news.id, [full])
    assert corpus.waiting(PORTAL)[0].link == full


def test_a_page_of_many_links(corpus: Corpus, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(n) for n in range(900)])
    assert {n.new for n in corpus.note(PORTAL, news.id, [link(n) for n in range(1000)])} == {False, True}
    assert corpus.counts(PORTAL)["waiting"] == 1000


def test_no_links_at_all(corpus: Corpus, news: Section) -> None:
    assert corpus.note(PORTAL, news.id, []) == []


def test_broken_characters_are_kept_readable(corpus: Corpus, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(1, title="苏州\ud83d地铁")])
    assert corpus.waiting(PORTAL)[0].link.title == "苏州?地铁"


# Familiar ground


def test_familiar_is_what_was_seen_before_the_section_was_complete(corpus: Corpus, clock: Clock, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(1)])
    corpus.complete(news.id, clock.forward(minutes=1))
    clock.forward(hours=1)
    assert [n.familiar for n in corpus.note(PORTAL, news.id, [link(2), link(1)])] == [False, True]


def test_an_interrupted_walk_makes_nothing_familiar(corpus: Corpus, clock: Clock, news: Section) -> None:
    corpus.complete(news.id, clock())
    clock.forward(hours=1)
    corpus.note(PORTAL, news.id, [link(1)])
    clock.forward(hours=1)
    assert [n.familiar for n in corpus.note(PORTAL, news.id, [link(1)])] == [False]


def test_familiar_is_a_matter_of_the_section(corpus: Corpus, clock: Clock, news: Section) -> None:
    sport = corpus.section(PORTAL, "体育", SPORT)
    corpus.note(PORTAL, news.id, [link(1)])
    corpus.complete(news.id, clock())
    corpus.complete(sport.id, clock())
    assert [n.familiar for n in corpus.note(PORTAL, sport.id, [link(1)])] == [False]


@pytest.mark.parametrize("jump", [-48, 0])
def test_a_clock_that_stands_or_jumps_back_makes_nothing_familiar(
    corpus: Corpus, clock: Clock, news: Section, jump: int
) -> None:
    corpus.complete(news.id, clock())
    clock.forward(hours=jump)
    corpus.note(PORTAL, news.id, [link(1)])
    assert [n.familiar for n in corpus.note(PORTAL, news.id, [link(1)])] == [False]


def test_a_side_list_does_not_make_an_article_the_sections(corpus: Corpus, clock: Clock, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(1, side=True)])
    corpus.store([article(1)])
    assert rows(corpus, "SELECT * FROM article_sections") == []


def test_from_the_side_list_into_the_list_is_news(corpus: Corpus, clock: Clock, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(1, side=True)])
    corpus.store([article(1)])
    corpus.complete(news.id, clock())
    clock.forward(hours=1)
    corpus.note(PORTAL, news.id, [link(2), link(1)])
    assert rows(corpus, "SELECT article_id, section_id, position FROM article_sections") == [(1, news.id, 1)]
    assert [n.familiar for n in corpus.note(PORTAL, news.id, [link(1)])] == [False]


# Failures, rejects, and starting over


def test_a_failure_is_tried_again_after_a_pause(corpus: Corpus, clock: Clock, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(1)])
    corpus.fail(PORTAL, address(1), "HTTP 502")
    assert corpus.waiting(PORTAL) == []
    assert [n.fetch for n in corpus.note(PORTAL, news.id, [link(1)])] == [False]
    clock.now += BACKOFF_FIRST
    assert [(w.link.url, w.attempts) for w in corpus.waiting(PORTAL)] == [(address(1), 1)]
    assert [n.fetch for n in corpus.note(PORTAL, news.id, [link(1)])] == [True]


def test_the_pause_doubles_up_to_a_day(corpus: Corpus, clock: Clock) -> None:
    pauses = []
    for _ in range(MAX_ATTEMPTS - 1):
        corpus.fail(PORTAL, address(1), "HTTP 502")
        [(again,)] = rows(corpus, "SELECT next_try FROM frontier")
        pauses.append(dt.datetime.fromisoformat(again) - clock())
    assert pauses[:3] == [BACKOFF_FIRST, 2 * BACKOFF_FIRST, 4 * BACKOFF_FIRST]
    assert pauses[-1] == BACKOFF_LONGEST


def test_after_too_many_attempts_it_has_failed(corpus: Corpus, clock: Clock) -> None:
    for _ in range(MAX_ATTEMPTS):
        corpus.fail(PORTAL, address(1), "HTTP 502")
    clock.forward(days=400)
    assert corpus.waiting(PORTAL) == []
    assert rows(corpus, "SELECT state, attempts, last_error FROM frontier") == [("failed", MAX_ATTEMPTS, "HTTP 502")]


def test_a_final_failure_is_not_tried_again(corpus: Corpus, clock: Clock) -> None:
    corpus.fail(PORTAL, address(1), "forbidden by robots.txt", final=True)
    clock.forward(days=400)
    assert corpus.waiting(PORTAL) == []


def test_a_success_ends_the_failure(corpus: Corpus, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(1)])
    corpus.fail(PORTAL, address(1), "HTTP 502")
    corpus.store([article(1)])
    assert rows(corpus, "SELECT state, last_error, next_try FROM frontier") == [("stored", None, None)]


def test_a_reject_is_kept_with_reason_and_excerpt(corpus: Corpus, news: Section) -> None:
    run = corpus.begin_run(PORTAL, {})
    corpus.note(PORTAL, news.id, [link(1)])
    corpus.reject(PORTAL, address(1), "no_body", "页面", run.id)
    assert rows(corpus, "SELECT url, reason, excerpt, run_id FROM rejects") == [(address(1), "no_body", "页面", run.id)]
    assert state(corpus, 1) == "rejected"
    assert [n.fetch for n in corpus.note(PORTAL, news.id, [link(1)])] == [False]


def test_a_reject_that_may_pass_is_tried_again(corpus: Corpus, clock: Clock, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(1)])
    corpus.reject(PORTAL, address(1), "not_an_article:error", retry=True)
    assert corpus.counts(PORTAL)["rejects"] == 1
    clock.forward(days=1)
    assert [w.link.url for w in corpus.waiting(PORTAL)] == [address(1)]
    corpus.store([article(1)])
    assert corpus.counts(PORTAL)["rejects"] == 0


def test_gone_is_not_asked_for_again(corpus: Corpus, clock: Clock, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(1)])
    corpus.gone(PORTAL, address(1), "HTTP 410")
    clock.forward(days=400)
    assert (state(corpus, 1), corpus.waiting(PORTAL)) == ("gone", [])


def test_a_problem_with_an_address_that_was_never_noted_is_kept(corpus: Corpus) -> None:
    corpus.fail("wuxi", address(5), "HTTP 500")
    assert state(corpus, 5) == "failed"


@pytest.mark.parametrize("end", ["reject", "fail", "store"])
def test_forget_has_it_fetched_again(corpus: Corpus, news: Section, end: str) -> None:
    corpus.note(PORTAL, news.id, [link(1)])
    match end:
        case "reject":
            corpus.reject(PORTAL, address(1), "no_body")
        case "fail":
            corpus.fail(PORTAL, address(1), "HTTP 404", final=True)
        case _:
            corpus.store([article(1)])
    assert corpus.forget(address(1) + "?from=timeline") == 1
    assert [w.link.url for w in corpus.waiting(PORTAL)] == [address(1)]


def test_forget_a_stored_article_that_no_list_showed(corpus: Corpus) -> None:
    corpus.store([article(1)])
    assert corpus.forget(address(1)) == 1
    assert [w.link.url for w in corpus.waiting(PORTAL)] == [address(1)]


def test_forget_an_unknown_address(corpus: Corpus) -> None:
    assert corpus.forget(address(1)) == 0


def test_waiting_gives_the_oldest_first_up_to_a_limit(corpus: Corpus, clock: Clock, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(1), link(2)])
    corpus.fail(PORTAL, address(1), "HTTP 500")
    clock.forward(days=1)
    corpus.note(PORTAL, None, [link(3)])
    assert [(w.link.url, w.section) for w in corpus.waiting(PORTAL)] == [
        (address(1), "苏州资讯"),
        (address(2), "苏州资讯"),
        (address(3), None),
    ]
    assert [w.link.url for w in corpus.waiting(PORTAL, limit=1)] == [address(1)]


def test_waiting_is_a_matter_of_the_portal(corpus: Corpus, news: Section) -> None:
    corpus.note(PORTAL, news.id, [link(1)])
    assert corpus.waiting("wuxi") == []
