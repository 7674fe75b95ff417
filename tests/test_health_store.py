"""Health in the corpus: figures of a run, memory that can be lost, corpora of older releases."""

from __future__ import annotations

import json
import sqlite3

import pytest

from crawler.corpus import Corpus
from crawler.corpus.schema import _HEALTH, MIGRATIONS
from crawler.items import Evidence
from tests.corpus_kit import PORTAL, Clock, address, article, link, rows
from tests.health_kit import give_past


@pytest.fixture
def corpus(place):
    with Corpus.open(place) as opened:
        opened.portal(PORTAL, home="http://www.example.cn/")
        opened.section(PORTAL, "要闻", "http://www.example.cn/yw/")
        yield opened


def run(corpus, numbers=range(3), arguments=None, ended="known", outcome="finished", **changes):
    """One run: a list with these links, and their articles."""
    section = corpus.sections(PORTAL)[0]
    mark = corpus.sighting_mark()
    begun = corpus.begin_run(PORTAL, arguments or {})
    noted = corpus.note(PORTAL, section.id, [link(n) for n in numbers])
    news = [
        article(n, section="要闻", portal=PORTAL, **changes) for n, one in zip(numbers, noted, strict=True) if one.new
    ]
    corpus.store(news, begun.id)
    corpus.section_run(begun.id, section.id, list_pages=1, links_seen=20, ended_by=ended)
    found = corpus.judge(begun.id, outcome, mark=mark)
    corpus.end_run(begun.id, outcome, {})
    return found


def test_a_runs_figures_are_written_down(corpus):
    evidence = {"template": Evidence("structure", 0.4)}
    run(corpus, range(4), source=None, reporters=["陆一鸣"], evidence=evidence)
    columns = "section_id, fresh, articles, missing, judged, misfits, rejects"
    ((section, fresh, articles, missing, judged, misfits, rejects),) = rows(
        corpus, f"SELECT {columns} FROM run_figures"
    )
    assert (section, fresh, articles, judged, misfits) == (corpus.sections(PORTAL)[0].id, 4, 4, 4, 4)
    assert json.loads(missing) == {"source": 4}
    assert json.loads(rejects) == {}


def test_rejects_are_counted_by_section_and_reason(corpus):
    section = corpus.sections(PORTAL)[0]
    begun = corpus.begin_run(PORTAL, {})
    corpus.note(PORTAL, section.id, [link(n) for n in range(3)])
    corpus.section_run(begun.id, section.id, list_pages=1, links_seen=3, ended_by="known")
    corpus.reject(PORTAL, address(1), "no_body", run_id=begun.id)
    corpus.reject(PORTAL, address(9), "no_title", run_id=begun.id)
    corpus.judge(begun.id, "finished", mark=0)
    found = rows(corpus, "SELECT section_id, rejects FROM run_figures ORDER BY section_id IS NOT NULL")
    assert [(number, json.loads(text)) for number, text in found] == [
        (None, {"no_title": 1}),
        (section.id, {"no_body": 1}),
    ]


def test_one_run_says_that_it_is_too_early(corpus):
    assert run(corpus).verdict == "ok"
    (health,) = corpus.health()
    assert health.learning == "too young to be judged: 0 of 14 days seen, in 1 runs"
    assert not health.alarms


def test_a_narrowed_run_is_not_judged(corpus):
    run(corpus, arguments={"limit": 5})
    assert corpus.health() == []
    assert rows(corpus, "SELECT verdict FROM runs") == [(None,)]


def test_a_run_by_address_is_judged(corpus):
    run(corpus, arguments={"url": "http://www.example.cn/", "name": PORTAL})
    assert len(corpus.health()) == 1


def aged(corpus):
    """The same corpus, three weeks on."""
    run(corpus)
    give_past(corpus, PORTAL)


def test_memory_that_is_lost_is_computed_anew(corpus):
    aged(corpus)
    run(corpus, range(3, 6))
    (health,) = corpus.health()
    assert health.learning is None
    assert health.usual.runs > 80
    assert health.usual.articles_a_day == pytest.approx(12.0, rel=0.1)


@pytest.mark.parametrize("state", ["", "{}", '{"runs": 1}', "[1, 2]", "\x00"])
def test_memory_that_is_damaged_is_computed_anew(corpus, state, caplog):
    aged(corpus)
    run(corpus, range(3, 6))
    rows(corpus, "UPDATE health SET state = ?", state)
    run(corpus, range(6, 9))
    assert corpus.health()[0].usual.runs > 80
    assert "damaged" in caplog.text


def test_memory_of_another_release_is_computed_anew_and_alarms_are_recounted(corpus):
    aged(corpus)
    for number in range(2):
        run(corpus, [number], ended="empty")
    assert [alarm.figure for alarm in corpus.health()[0].alarms] == ["list"]
    rows(corpus, "UPDATE health SET version = 0, state = 'of old'")
    assert corpus.health()[0].verdict == "broken"
    run(corpus, [5], ended="empty")
    health = corpus.health()[0]
    assert [alarm.figure for alarm in health.alarms] == ["list"]
    assert [alarm.ended_how for alarm in health.past] == ["recounted"]


def test_an_alarm_and_its_end_are_judgements(corpus):
    aged(corpus)
    told = [run(corpus, [0], ended="empty" if n < 3 else "known") for n in range(5)]
    assert [(one.before, one.verdict) for one in told] == [
        ("ok", "ok"), ("ok", "broken"), ("broken", "broken"), ("broken", "broken"), ("broken", "ok"),
    ]  # fmt: skip
    assert [len(one.raised) for one in told] == [0, 1, 0, 0, 0]
    assert [len(one.ended) for one in told] == [0, 0, 0, 0, 1]
    assert told[1].raised[0].examples == ("http://www.example.cn/yw/",)
    assert "3 of 3 runs" in told[2].line
    assert corpus.health()[0].past[0].ended_how == "cleared"


#: Schema of the release before health.
BEFORE = MIGRATIONS.index(_HEALTH)
OCTOBER = "2022-10-01T00:00:00+00:00"


def older(path, monkeypatch):
    """A corpus as the release before this one left it, with three weeks of runs."""
    with monkeypatch.context() as patch:
        patch.setattr("crawler.corpus.connection.MIGRATIONS", MIGRATIONS[:BEFORE])
        patch.setattr("crawler.corpus.connection.VERSION", BEFORE)
        clock = Clock()
        with Corpus.open(path, clock=clock) as corpus:
            corpus._connection._db.execute("PRAGMA user_version")
        db = sqlite3.connect(path)
        db.execute(
            "INSERT INTO portals (name, added_at, home) VALUES (?, ?, 'http://www.example.cn/')",
            (PORTAL, OCTOBER),
        )
        db.execute(
            "INSERT INTO sections (portal, key, label, url, found_at) VALUES (?, 'k', '要闻', 'http://a/', ?)",
            (PORTAL, OCTOBER),
        )
        for _ in range(21 * 4):
            now = clock.forward(hours=6).isoformat(timespec="microseconds")
            number = db.execute(
                "INSERT INTO runs (portal, arguments, started_at, ended_at, outcome, stats)"
                " VALUES (?, '{}', ?, ?, 'finished', '{}')",
                (PORTAL, now, now),
            ).lastrowid
            db.execute("INSERT INTO run_sections VALUES (?, 1, 1, 20, 3, 'known', 0)", (number,))
        db.commit()
        db.close()
    return clock


def test_a_corpus_of_an_older_release_is_judged_by_its_runs(tmp_path, monkeypatch):
    path = tmp_path / "corpus.db"
    clock = older(path, monkeypatch)
    clock.forward(hours=6)
    with Corpus.open(path, clock=clock) as corpus:
        assert corpus.health() == []
        assert run(corpus).verdict == "ok"
        health = corpus.health()[0]
    assert health.usual.runs == 21 * 4 + 1
    assert health.learning is None
    assert not health.alarms


def test_a_killed_run_is_not_judged(corpus):
    aged(corpus)
    corpus.begin_run(PORTAL, {})
    assert run(corpus, range(3, 6)).verdict == "ok"
