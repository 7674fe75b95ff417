"""Edges and clusters while articles are stored, changed and purged."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import pytest

from crawler.corpus import Corpus, near
from crawler.corpus.indexes import INLINE
from crawler.corpus.precedence import Origin, first_of
from crawler.corpus.schema import REPRINTS_VERSION
from crawler.items import CST
from tests.corpus_kit import address, article, downgrade, rows
from tests.test_likeness import STORY, WEATHER

WRAPPED = f"据清河日报消息：{STORY}\n（责任编辑：王敏）"
SHORT = STORY.split("\n")[0] + STORY.split("\n")[1]
OTHER = (
    "鹭洲新区的候鸟监测站昨天迎来今冬第一批豆雁，志愿者在滩涂上数到600多只，比去年早来了一周。\n"
    "监测站站长说，退渔三年后滩涂上的底栖动物多了起来，水鸟停留的时间从十来天延长到一个多月。\n"
    "新区准备在堤外再划出四百亩缓冲带，周末的观鸟小火车也改为预约制，每班只发120张票。"
)
NOON = dt.datetime(2026, 3, 1, 12, 0, tzinfo=CST)


@pytest.fixture
def corpus(place: str) -> Iterator[Corpus]:
    with Corpus.open(place) as corpus:
        yield corpus


def told(number: int, body: str, hours: int = 0, **changes):
    return article(number, body=body, published=NOON + dt.timedelta(hours=hours), **changes)


def edges(corpus: Corpus) -> set[tuple[str, int, int]]:
    sql = (
        "SELECT reprints.kind, later.url, earlier.url FROM reprints JOIN articles AS later ON later.id = article_id"
        " JOIN articles AS earlier ON earlier.id = of_id"
    )
    return {(kind, number(a), number(b)) for kind, a, b in rows(corpus, sql)}


def number(url: str) -> int:
    return int(url.rsplit("/", 1)[1].removesuffix(".html"))


def cluster(corpus: Corpus, of: int) -> list[int]:
    """The representative first."""
    found = corpus.cluster(address(of))
    return [] if found is None else [number(one.url) for one in found.articles]


def test_a_story_on_four_portals(corpus):
    corpus.store(
        [
            told(1, STORY, 2, portal="a"),
            told(2, WRAPPED, 5, portal="b"),
            told(3, SHORT, 9, portal="c"),
            told(4, STORY, 7, portal="d", title="换了标题"),
            told(5, OTHER, 8, portal="d"),
        ]
    )
    assert {("reprint", 2, 1), ("abridged", 3, 1), ("identical", 4, 1)} <= edges(corpus)
    assert cluster(corpus, 3) == [1, 2, 4, 3]
    assert cluster(corpus, 5) == []
    assert corpus.cluster("http://nowhere.example/") is None


def test_who_came_first_is_told_by_time_not_by_the_crawl(corpus):
    corpus.store([told(1, WRAPPED, 9, portal="b")])
    corpus.store([told(2, STORY, 1, portal="a")])
    assert edges(corpus) == {("reprint", 1, 2)}
    assert cluster(corpus, 1) == [2, 1]
    assert rows(corpus, "SELECT DISTINCT told_by FROM reprints") == [("time",)]


def test_a_printed_source_outweighs_the_time(corpus):
    corpus.portal("qinghe", title="清河都市网")
    corpus.store(
        [told(1, STORY, 9, portal="qinghe", source="本网"), told(2, WRAPPED, 1, portal="b", source="清河都市网")]
    )
    assert edges(corpus) == {("reprint", 2, 1)}
    assert cluster(corpus, 2) == [1, 2]


MORNING, DAY = NOON.replace(hour=8), NOON.replace(hour=0)


@pytest.mark.parametrize(
    ("a", "b", "first", "why"),
    [
        (Origin(1, "x", None, "清河都市网", MORNING), Origin(2, "y", "清河都市网", None, NOON), 2, "source"),
        (Origin(1, "x", "城乡网", "清河都市网"), Origin(2, "y", "清河都市网", "城乡网"), 1, "order"),
        (Origin(1, "x", None, None, NOON), Origin(2, "y", None, None, MORNING), 2, "time"),
        (Origin(1, "x", None, "新华社", NOON), Origin(2, "y", None, "本报讯", DAY), 2, "portal"),
        (Origin(1, "x", None, None, NOON), Origin(2, "y", None, None, DAY), 1, "order"),
        (Origin(1, "x", None, None, None), Origin(2, "y", None, None, NOON), 1, "order"),
        (Origin(1, "x", "清河都市网", "清河都市网", NOON), Origin(2, "x", "清河都市网", None, NOON), 1, "order"),
    ],
)
def test_precedence(a, b, first, why):
    for pair in ((a, b), (b, a)):
        found, told_by = first_of(*pair)
        assert (found.id, told_by) == (first, why)


def forecast(rng: random.Random) -> str:
    today, tomorrow = (
        WEATHER.format(
            sky=rng.choice(("晴", "阴", "多云", "小雨")),
            wind=rng.choice(("东", "偏南", "西北")),
            a=rng.randint(1, 6),
            b=rng.randint(15, 35),
            c=rng.randint(-5, 14),
        )
        for _ in range(2)
    )
    return f"{today}\n明天的情况：{tomorrow[11:40]}相对湿度{rng.randint(30, 95)}%。"


def test_notices_of_one_form_stay_apart_and_their_copies_are_found(corpus):
    rng = random.Random(1)
    fillings = [forecast(rng) for _ in range(40)]
    corpus.store([told(n, text, n) for n, text in enumerate(fillings)])
    assert corpus.index() == len(fillings)
    assert edges(corpus) == set()
    corpus.store([told(99, f"{fillings[33]}（清河晚报）", 50, portal="b")])
    assert edges(corpus) == {("reprint", 99, 33)}


def test_a_round_up_is_linked_and_holds_no_stories_together(corpus):
    corpus.store([told(1, STORY), told(2, OTHER)])
    corpus.store([told(3, f"今日要闻\n{STORY}\n{OTHER}", 5, portal="b")])
    assert edges(corpus) == {("expanded", 3, 1), ("expanded", 3, 2)}
    assert [cluster(corpus, n) for n in (1, 2, 3)] == [[], [], []]


def test_a_round_up_that_is_stored_first_holds_no_stories_together(corpus):
    corpus.store([told(3, f"今日要闻\n{STORY}\n{OTHER}", 5, portal="b")])
    corpus.store([told(1, STORY), told(2, OTHER)])
    assert edges(corpus) == {("expanded", 3, 1), ("expanded", 3, 2)}
    assert not {1, 2} <= set(cluster(corpus, 1))


def test_a_bulk_load_is_compared_right_after(corpus):
    bulk = [told(n, "".join(random.Random(n).choices(OTHER, k=200)), n) for n in range(INLINE)]
    corpus.store([*bulk, told(90, STORY, 1), told(91, WRAPPED, 2, portal="b")])
    assert edges(corpus) == set()
    corpus.index()
    assert edges(corpus) == {("reprint", 91, 90)}


def test_a_changed_article_is_compared_again(corpus):
    corpus.store([told(1, STORY), told(2, WRAPPED, 3, portal="b"), told(3, SHORT, 5, portal="c")])
    assert len(cluster(corpus, 1)) == 3
    corpus.store([told(2, OTHER, 3, portal="b")])
    assert cluster(corpus, 2) == []
    assert cluster(corpus, 3) == [1, 3]
    corpus.store([told(2, WRAPPED, 3, portal="b")])
    assert cluster(corpus, 2) == [1, 2, 3]


def test_an_edited_origin_keeps_its_reprints(corpus):
    corpus.store([told(1, STORY), *(told(n, WRAPPED + str(n) * 3, n, portal="b") for n in range(2, 9))])
    before = edges(corpus)
    corpus.store([told(1, STORY + "（已更正）")])
    assert {(a, b) for _, a, b in before if 1 in (a, b)} == {(a, b) for _, a, b in edges(corpus) if 1 in (a, b)}
    assert cluster(corpus, 1)[0] == 1


def test_a_changed_time_turns_the_direction(corpus):
    corpus.store([told(1, STORY, 1), told(2, SHORT, 3, portal="b")])
    assert edges(corpus) == {("abridged", 2, 1)}
    corpus.store([told(1, STORY, 6)])
    assert edges(corpus) == {("expanded", 1, 2)}
    assert cluster(corpus, 1) == [2, 1]


def test_purging_the_first_leaves_the_others_together(corpus):
    corpus.store([told(1, STORY), told(2, STORY, 2, portal="b"), told(3, STORY, 3, portal="c"), told(4, WRAPPED, 4)])
    corpus.purge(address(1), "asked for")
    assert cluster(corpus, 3) == [2, 3, 4]
    assert ("identical", 3, 2) in edges(corpus)
    corpus.purge(address(2), "asked for")
    corpus.purge(address(3), "asked for")
    assert (cluster(corpus, 4), edges(corpus)) == ([], set())
    # nothing of the purged text is left in the index
    assert rows(corpus, "SELECT DISTINCT body_id FROM minhashes") == rows(corpus, "SELECT body_id FROM articles")


def test_a_form_fills_no_value_beyond_the_limit(corpus):
    form = "本站声明：转载内容版权归原作者所有，不代表本站观点，如有侵权请与我们联系，我们将在核实后及时处理。" * 2
    corpus.store([told(n, f"{form}{'甲乙丙丁戊己庚辛壬癸'[n % 10] * 30}{n}号", n) for n in range(near.HOT + 20)])
    corpus.index()
    assert rows(corpus, "SELECT max(n) FROM (SELECT count(*) AS n FROM minhashes GROUP BY value) AS counts") <= [
        (near.HOT,)
    ]


def test_who_takes_from_whom(corpus):
    corpus.store([told(1, STORY, portal="a"), told(2, WRAPPED, 2, portal="b"), told(3, OTHER, portal="a")])
    corpus.store([told(4, OTHER + "（完）", 2, portal="b"), told(5, SHORT, 4, portal="c")])
    flows = {(flow.portal, flow.of): flow for flow in corpus.flows()}
    assert flows["b", "a"].articles == 2
    assert flows["b", "a"].kinds == {"reprint": 2}
    assert flows["c", "a"].kinds == {"abridged": 1}
    assert corpus.flows()[0] == flows["b", "a"]


def test_an_older_corpus_is_compared_when_it_is_opened(tmp_path, capsys):
    path = tmp_path / "corpus.db"
    with Corpus.open(path) as corpus:
        corpus.store([told(1, STORY), told(2, WRAPPED, 2, portal="b"), told(3, STORY, 3, portal="c"), told(4, OTHER)])
        before = (edges(corpus), cluster(corpus, 1), rows(corpus, "SELECT * FROM minhashes"))
    downgrade(path, REPRINTS_VERSION - 1)
    with Corpus.open(path) as corpus:
        assert (edges(corpus), cluster(corpus, 1), rows(corpus, "SELECT * FROM minhashes")) == before


def test_the_run_counts_what_was_taken_over(corpus):
    run = corpus.begin_run("b", {})
    corpus.store([told(1, STORY, portal="a")])
    corpus.store(
        [told(2, WRAPPED, 2, portal="b"), told(3, SHORT, 3, portal="b"), told(4, STORY, 4, portal="b")], run.id
    )
    assert corpus.reprinted(run.id) == {"abridged": 1, "reprint": 1}


def test_texts_that_another_program_changed_are_passed_over(corpus):
    corpus.store([told(1, STORY), told(2, OTHER)])
    with corpus._connection.writing() as db:
        db.execute(
            "UPDATE bodies SET body = '短' WHERE id = (SELECT body_id FROM articles WHERE url = ?)", (address(1),)
        )
    corpus.store([told(1, SHORT)])
    corpus.store([told(3, WRAPPED, 3)])
    assert edges(corpus) == {("expanded", 3, 1)}
