"""A portal breaks between two runs: the alarm, its evidence, the exit status, the story, and whoever is told."""

from __future__ import annotations

import json
import sqlite3

import pytest

from crawler.corpus import Corpus
from crawler.demo import DemoPortal, serve
from tests import small_portal
from tests.crawling import crawl_url, scrapy
from tests.health_kit import give_past
from tests.test_health_handing_on import hook  # noqa: F401 - a fixture
from tests.weather import Weather, respond

HOST = "www.redesign-demo.test"


def alarms(corpus):
    with Corpus.open(corpus, readonly=True) as opened:
        return opened.health("demo")[0]


@pytest.fixture(scope="module")
def redesigned(tmp_path_factory):
    """A portal whose software was replaced overnight, and three runs of it after that."""
    folder = tmp_path_factory.mktemp("redesigned")
    corpus, options = folder / "corpus.db", ("-s", f"HEALTH_JSON={folder}/health.json")
    old = DemoPortal("empire", seed=3, size=50, host=HOST)
    new = DemoPortal("jcms", seed=4, size=50, host=HOST)
    done = []
    with serve([old], proxy=True) as server:
        done.append(crawl_url(old.home, corpus, *options, proxy=server.proxy))
        give_past(corpus)
        done.append(crawl_url(old.home, corpus, *options, proxy=server.proxy))
    with serve([new], proxy=True) as server:
        done += [crawl_url(new.home, corpus, *options, proxy=server.proxy) for _ in range(3)]
    return folder, done


def test_a_portal_that_works_is_well(redesigned):
    _, done = redesigned
    assert [run.status for run in done[:2]] == [0, 0], done[1]
    assert "broken" not in done[0].err + done[1].err


def test_the_redesign_is_told_in_the_second_run(redesigned):
    _, done = redesigned
    told = [[line for line in run.err.splitlines() if "demo: broken" in line] for run in done]
    assert [len(lines) for lines in told] == [0, 0, 0, 1, 1]
    assert done[3].status == 1
    assert "most lists cannot be read" in told[3][0]
    assert "scrapy portals demo" in told[3][0]


def test_one_break_is_one_alarm_with_examples(redesigned):
    folder, _ = redesigned
    health = alarms(folder / "corpus.db")
    assert health.verdict == "broken"
    assert [alarm.figure for alarm in health.alarms] == ["lists"]
    (alarm,) = health.alarms
    assert len(alarm.examples) == 3
    assert all(url.startswith(f"http://{HOST}/") for url in alarm.examples)


def test_the_verdicts_stand_in_the_corpus_and_in_the_file(redesigned):
    folder, _ = redesigned
    verdicts = sqlite3.connect(folder / "corpus.db").execute("SELECT verdict FROM runs ORDER BY id DESC LIMIT 4")
    assert [verdict for (verdict,) in verdicts] == ["broken", "broken", "ok", "ok"]
    assert json.loads((folder / "health.json").read_text("utf-8"))["verdict"] == "broken"


def test_the_story_says_what_changed_and_what_to_do(redesigned):
    folder, _ = redesigned
    done = scrapy("portals", "demo", "-s", f"CORPUS={folder}/corpus.db")
    assert done.status == 0, done
    text = " ".join(done.out.split())
    for part in ("Collected since", "Usual: about", "Verdict broken. What changed:", "To do: the portal was rebuilt"):
        assert part in text
    assert f"scrapy onboard http://{HOST}/" in text


def test_statistics_have_the_same_names_for_every_portal(redesigned):
    folder, _ = redesigned
    (stats,) = (
        sqlite3.connect(folder / "corpus.db").execute("SELECT stats FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    )
    found = {name: value for name, value in json.loads(stats).items() if name.startswith("portal/demo/")}
    assert found["portal/demo/verdict"] == "broken"
    assert found["portal/demo/alarms"] == 1
    assert found["portal/demo/requests"] > 0


def path(number):
    """An address that says nothing of the day."""
    return f"/news/{1000 + number}.html"


def page(number, whole):
    """An article's page, with or without its meta line."""
    text = small_portal.article(number)
    return text if whole else text.replace("2026-03-01 09:00 来源：河口日报", "")


def front(newest):
    """A front page of the sixty newest, without their dates."""
    return respond(
        small_portal.home(*(path(n) for n in range(newest - 60, newest))).replace("<span>2026-03-01</span>", "")
    )


def test_articles_without_their_times_break_a_portal(tmp_path, hook):  # noqa: F811
    """The lists are fine, the crawl is fine, and yet: exit status 1, three examples, and the webhook is told once."""
    corpus, options = tmp_path / "corpus.db", ("-s", f"HEALTH_WEBHOOK={hook.url}", "-s", "REVISIT_LIMIT=0")
    answers = {"/": front(60)} | {path(n): respond(page(n, whole=True)) for n in range(60)}
    statuses = []
    with Weather(answers) as weather:
        assert crawl_url(weather.url, corpus, *options).status == 0
        give_past(corpus)
        for newest in (70, 80, 90):
            weather.answers["/"] = front(newest)
            weather.answers |= {path(n): respond(page(n, whole=False)) for n in range(newest - 10, newest)}
            done = crawl_url(weather.url, corpus, *options)
            statuses.append(done.status)
    assert statuses == [0, 1, 1], done
    assert "no time on 30 of 30 articles" in done.err
    health = alarms(corpus)
    times = next(alarm for alarm in health.alarms if alarm.figure == "missing_time")
    assert len(times.examples) == 3
    assert {url.partition("/news/")[2] for url in times.examples} <= {f"{1000 + n}.html" for n in range(60, 80)}
    assert [body["verdict"] for _, body in hook.told] == ["broken"]


def test_a_portal_that_refuses_two_runs(tmp_path):
    corpus = tmp_path / "corpus.db"
    with serve([DemoPortal("seed", seed=2, size=60)]) as server:
        assert crawl_url(server.url, corpus).status == 0
        give_past(corpus)
        assert crawl_url(server.url, corpus).status == 0
        server.command("block", status=403)
        for _ in range(2):
            assert crawl_url(server.url, corpus).status == 77
            with sqlite3.connect(corpus) as db:
                db.execute("DELETE FROM pauses")
        health = alarms(corpus)
        assert [(alarm.figure, health.verdict) for alarm in health.alarms] == [("blocked", "broken")]
        server.command("unblock")
        assert crawl_url(server.url, corpus).status == 1
        assert crawl_url(server.url, corpus).status == 0
    assert alarms(corpus).verdict == "ok"


def test_a_hook_that_fails_loses_no_run(tmp_path):
    corpus, options = tmp_path / "corpus.db", ("-s", "HEALTH_WEBHOOK=http://127.0.0.1:9/")
    with serve([DemoPortal("seed", seed=2, size=60)]) as server:
        assert crawl_url(server.url, corpus).status == 0
        give_past(corpus)
        server.command("block", status=403)
        for _ in range(2):
            done = crawl_url(server.url, corpus, *options)
            with sqlite3.connect(corpus) as db:
                db.execute("DELETE FROM pauses")
    assert [line for line in done.err.splitlines() if "HEALTH_WEBHOOK=" in line]
    assert "Traceback" not in done.err
    with sqlite3.connect(corpus) as db:
        assert db.execute("SELECT outcome, verdict FROM runs ORDER BY id DESC LIMIT 1").fetchone() == (
            "blocked",
            "broken",
        )
