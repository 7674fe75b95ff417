"""A corpus in a file and one in PostgreSQL are the same corpus: after any history, copied, and when asked."""

from __future__ import annotations

import datetime as dt
import random
from typing import NamedTuple

import pytest

from crawler.corpus import Corpus, Run, Section, Selection, Visit
from crawler.corpus.copying import TABLES, Copied
from crawler.errors import CorpusError, UsageError
from crawler.items import CST, Attachment, Image, Template
from tests import postgres_kit
from tests.corpus_kit import PORTAL, Clock, address, article, link, rows, text_of
from tests.crawling import scrapy
from tests.postgres_kit import needs_postgres
from tests.test_reprints import OTHER, SHORT, STORY, WRAPPED, forecast

pytestmark = needs_postgres


def live(corpus: Corpus, clock: Clock, seed: int, steps: int = 120) -> None:
    """Some history: walks, stories and their copies, edits, failures, absences, purges, as chance has it."""
    rng = random.Random(seed)
    for name in (PORTAL, "wuxi"):
        corpus.portal(name, "苏州", "江苏", f"http://{name}.example.cn/", "苏州都市网")
    sections = [corpus.section(PORTAL, label, f"http://www.example.cn/{label}/") for label in ("要闻", "体育", "a")]
    texts = [STORY, SHORT, WRAPPED, OTHER, f"{STORY}\n{OTHER}", *(forecast(rng) for _ in range(6))]
    run = corpus.begin_run(PORTAL, {})
    for _ in range(steps):
        clock.forward(minutes=rng.randint(1, 600))
        numbers = rng.sample(range(40), rng.randint(1, 8))
        url = address(rng.choice(numbers))
        happens = rng.choice((noted, batched, batched, batched, refused, looked, ended, left_alone))
        run = happens(corpus, rng, Moment(clock, run, sections, texts, numbers, url)) or run
    # Last, because a file gives the highest id again when its row is gone, and a server does not.
    for number in rng.sample(range(40), 4):
        corpus.purge(address(number), "应当事人要求")


class Moment(NamedTuple):
    """What happens then is about these."""

    clock: Clock
    run: Run
    sections: list[Section]
    texts: list[str]
    numbers: list[int]
    url: str


def noted(corpus: Corpus, rng: random.Random, now: Moment) -> None:
    links = [link(n, side=rng.random() < 0.2, title=rng.choice(("", f"第{n}条"))) for n in now.numbers]
    corpus.note(rng.choice((PORTAL, "wuxi")), rng.choice(now.sections).id, links)


def batched(corpus: Corpus, rng: random.Random, now: Moment) -> None:
    batch = [some_article(rng, n, now.texts, now.clock) for n in now.numbers]
    visits = {one.url: Visit(rng.choice(("a", "b")), None) for one in batch if rng.random() < 0.5}
    corpus.store(batch, now.run.id, visits=visits)


def refused(corpus: Corpus, rng: random.Random, now: Moment) -> None:
    corpus.fail(PORTAL, now.url, "超时", final=rng.random() < 0.1)
    corpus.reject(PORTAL, address(now.numbers[0]), "no_body", "点击观看", now.run.id, retry=rng.random() < 0.5)


def looked(corpus: Corpus, rng: random.Random, now: Moment) -> None:
    found = corpus.look(now.url)
    if found and rng.random() < 0.7:
        corpus.missing(found.article_id, "404", now.run.id)
    elif found:
        corpus.present(found.article_id)


def ended(corpus: Corpus, rng: random.Random, now: Moment) -> Run:
    moment = now.clock.now
    for section in now.sections:
        corpus.section_run(now.run.id, section.id, list_pages=2, links_seen=20, ended_by="known")
        corpus.complete(section.id, moment, moment - dt.timedelta(days=rng.randint(1, 9)))
    mark = corpus.sighting_mark()
    corpus.end_run(now.run.id, "finished", {"articles/new": 3})
    corpus.judge(now.run.id, "finished", mark=mark)
    return corpus.begin_run(PORTAL, {})


def left_alone(corpus: Corpus, rng: random.Random, now: Moment) -> None:
    corpus.pause(rng.choice(("www.example.cn", "wuxi.example.cn")), "403")
    corpus.forget(now.url)


def some_article(rng: random.Random, number: int, texts: list[str], clock: Clock):
    changes = {
        "body": rng.choice([*texts, text_of(number), text_of(rng.randint(1, 5)), "图集"]),
        "title": rng.choice((f"第{number}条", "图集", None)),
        "published": rng.choice((None, clock.now.astimezone(CST) - dt.timedelta(hours=rng.randint(0, 90)))),
        "source": rng.choice((None, "苏州日报", "苏州都市网")),
        "reporters": rng.choice(([], ["陆一鸣"])),
        "portal": rng.choice((PORTAL, "wuxi")),
        "section": rng.choice((None, "要闻", "体育")),
        "images": rng.choice(([], [Image("http://www.example.cn/1.jpg", "门前\0有树")])),
        "attachments": rng.choice(([], [Attachment("http://www.example.cn/1.pdf", "公告")])),
        "link_url": rng.choice((None, f"http://m.example.cn/{number}.html")),
        "fetched_at": clock.now,
    }
    return article(number, **changes)


def contents(corpus: Corpus) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    return {table: rows(corpus, f"SELECT * FROM {table} ORDER BY {', '.join(by)}") for table, by in TABLES.items()}


def unnumbered(corpus: Corpus) -> dict[str, list[tuple[object, ...]]]:
    """The same without numbers of which a sequence leaves some out, where a row turned out to be there already."""
    found = contents(corpus)
    del found["rejects"], found["sightings"]
    found["frontier"] = sorted((row[1:] for row in found["frontier"]), key=repr)
    found["rejects"] = rows(
        corpus, "SELECT key, portal, url, reason, excerpt, run_id, rejected_at FROM rejects ORDER BY 1, 2"
    )
    found["sightings"] = rows(
        corpus,
        "SELECT key, portal, section_id, sightings.first_seen, position, side FROM sightings"
        " JOIN frontier ON frontier.id = frontier_id ORDER BY sightings.id",
    )
    found["sections"] = [row[:8] + row[9:] for row in found["sections"]]
    return found


def copied(source: Corpus, target: Corpus) -> Copied:
    with source.frozen():
        *_, last = source.copy_to(target)
    assert isinstance(last, Copied)
    return last


@pytest.mark.parametrize("seed", range(6))
def test_the_same_history_leaves_the_same_rows(tmp_path, seed):
    clocks = Clock(), Clock()
    with (
        Corpus.open(tmp_path / "corpus.db", clock=clocks[0]) as file,
        Corpus.open(postgres_kit.empty_corpus(), clock=clocks[1]) as server,
    ):
        for corpus, clock in zip((file, server), clocks, strict=True):
            live(corpus, clock, seed)
        ours, theirs = unnumbered(file), unnumbered(server)
        assert {table: len(found) for table, found in ours.items()} == {t: len(found) for t, found in theirs.items()}
        for table in ours:
            assert ours[table] == theirs[table], table
        assert len(ours["reprints"]) > 10
        for query in ("苏州", "候鸟 监测", "title:第 OR 桂花", "portal:wuxi -多云", "记者：陆一", '"豆雁，比"', "图"):
            found = [{one.url for one in corpus.select(Selection(query))} for corpus in (file, server)]
            assert found[0] == found[1], query


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A corpus in a file with a history, and a copy in PostgreSQL."""
    clock = Clock()
    with Corpus.open(tmp_path_factory.mktemp("lived") / "corpus.db", clock=clock) as file:
        live(file, clock, seed=77, steps=200)
        file.put_template(PORTAL, Template(name="t", version=1), "{}")
        with postgres_kit.database() as place, Corpus.open(place, clock=clock) as server:
            done = copied(file, server)
            assert (done.there_before, done.rows) == (0, file.rows())
            yield file, server


def test_a_copy_answers_as_the_original(lived):
    file, server = lived
    same = {
        "overview": lambda c: c.overview(),
        "report": lambda c: c.report(),
        "health": lambda c: c.health(),
        "flows": lambda c: c.flows(),
        "pauses": lambda c: c.pauses(),
        "waiting": lambda c: c.waiting(PORTAL),
        "due": lambda c: c.due(PORTAL, 100),
        "detail": lambda c: c.detail(PORTAL),
        "history": lambda c: c.history(PORTAL),
        "completeness": lambda c: c.completeness(PORTAL),
        "templates": lambda c: c.templates(PORTAL),
        "days": lambda c: c.days(PORTAL, 30),
        "facets": lambda c: c.facets(Selection("苏州"), 10),
        "facets of all": lambda c: c.facets(Selection(section="要闻"), 10),
        "articles": lambda c: list(c.articles()),
        "near": lambda c: list(c.select(Selection(dedupe="near"))),
        "newest": lambda c: c.search(Selection("街道 OR 候鸟", dedupe="exact"), newest=True),
        "revisions": lambda c: [c.revisions(address(n)) for n in range(40)],
        "clusters": lambda c: [c.cluster(address(n)) for n in range(40)],
    }
    for name, ask in same.items():
        assert ask(file) == ask(server), name


def test_exports_and_snapshots_are_the_same_bytes(lived, tmp_path):
    pytest.importorskip("pyarrow")
    file, server = lived
    places = {"file": file.address, "server": postgres_kit.address(server.address.rpartition("/")[2])}
    for name, place in places.items():
        (tmp_path / name).mkdir()
        for out, *options in (("a.jsonl",), ("near.csv", "--dedupe", "near"), ("data", "--snapshot")):
            done = scrapy("export", str(tmp_path / name / out), *options, "-s", f"CORPUS={place}")
            assert done.status == 0, done
    made = [
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in places
    ]
    assert len(made[0]) > 4
    assert made[0] == made[1]


def test_and_back_into_a_file(lived, tmp_path):
    file, server = lived
    with Corpus.open(tmp_path / "back.db") as back:
        copied(server, back)
        assert contents(back) == contents(file)
        assert back.search(Selection("苏州")) == file.search(Selection("苏州"))
        # What was never given twice is not given twice here either.
        again = back.begin_run(PORTAL, {}).id
        assert again == file.begin_run(PORTAL, {}).id


def test_a_copy_that_was_cut_off_goes_on(lived):
    file, _ = lived
    with postgres_kit.database() as place:
        with Corpus.open(place) as server, file.frozen():
            for number, done in enumerate(file.copy_to(server)):
                if number == 8:
                    there = done
                    break
        with Corpus.open(place) as server:
            done = copied(file, server)
            assert 0 < there == done.there_before < done.rows
            assert contents(server) == contents(file)
            assert copied(file, server).there_before == done.rows


def test_other_rows_are_not_mixed_in(lived):
    file, _ = lived
    with Corpus.open(postgres_kit.empty_corpus()) as other:
        other.portal("luzhou")
        with pytest.raises(UsageError, match="holds other rows \\(table portals\\)"):
            copied(file, other)
        assert other.rows() == 1


def test_every_table_is_copied(lived):
    file, server = lived
    tables = {name for (name,) in rows(file, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {name for name in tables if not name.startswith(("articles_fts", "sqlite_"))} == set(TABLES)
    there = {name for (name,) in rows(server, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert there == {*TABLES, "articles_fts", "chengwen_schema"}


def test_what_arrives_changed_is_said(lived, monkeypatch):
    file, _ = lived
    from crawler.corpus import copying

    digests = iter("ab")
    monkeypatch.setattr(copying, "_digest", lambda store: next(digests))
    with Corpus.open(postgres_kit.empty_corpus()) as other, pytest.raises(CorpusError, match="not what was sent"):
        copied(file, other)


def test_the_tail_of_a_long_text_is_found():
    rng = random.Random(3)
    long = "".join(rng.choice("春夏秋冬东南西北水火木金") for _ in range(60_000))
    same = "哈" * 5_000
    ends = "龙舟竞渡在此收尾"
    with Corpus.open(postgres_kit.empty_corpus()) as corpus:
        corpus.store([article(1, body=f"{long}{ends}"), article(2, body=f"{same}，{ends}"), article(3)])
        found = lambda query: {one.url for one in corpus.select(Selection(query))}  # noqa: E731
        assert found("龙舟竞渡 收尾") == {address(1), address(2)}
        assert found(f"{long[15_990:16_020]} 收尾") == {address(1)}
        assert found("哈哈哈 收尾 -春夏") == {address(2)}
        assert found("平江路 OR 收尾") == {address(1), address(2), address(3)}
        assert len(rows(corpus, "SELECT 1 FROM articles_fts WHERE article_id = 1")) > 3


def test_portal_and_word_are_asked_of_one_index():
    with Corpus.open(postgres_kit.empty_corpus()) as corpus:
        corpus.store([article(n, portal=f"p{n % 50}", body=f"第{n}条消息说街道。" * 5) for n in range(400)])
        rows(corpus, "ANALYZE")
        rows(corpus, "SET enable_seqscan = off")
        from crawler.corpus.search import meant

        source, values = meant("postgresql", Selection("街道", portal="p7"))
        plan = "\n".join(line for (line,) in rows(corpus, f"EXPLAIN SELECT articles.id {source}", *values))
        assert "Index Cond: ((portal = 'p7'::text) AND (tokens @@" in plan
        assert corpus.count(Selection("街道", portal="p7")) == 8
