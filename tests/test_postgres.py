"""A corpus in PostgreSQL: what goes wrong with servers, who may crawl, and crawls that write into it."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from urllib.parse import urlsplit

import pytest

from crawler.corpus import Corpus
from crawler.corpus.schema import VERSION
from crawler.demo import DemoPortal, serve
from crawler.errors import CorpusError, CorpusForeign, CorpusLocked, CorpusLost, CorpusNewer, CorpusReadOnly, PortalBusy
from tests import postgres_kit
from tests.corpus_kit import PORTAL, article, link, rows
from tests.crawling import ROOT, command, crawl_url, environment, scrapy, settings
from tests.postgres_kit import needs_postgres

pytestmark = needs_postgres


@pytest.fixture
def empty():
    return postgres_kit.empty_corpus()


def changed(address: str, **parts: str) -> str:
    return urlsplit(address)._replace(**parts).geturl()


# --- Opening ---------------------------------------------------------------------------------------------------------


def test_a_server_that_is_away():
    with pytest.raises(CorpusError, match=r"^postgresql://me@127\.0\.0\.1:1/news: no answer \(.*refused.*\); see that"):
        Corpus.open("postgresql://me:secret@127.0.0.1:1/news")


def test_a_host_that_is_not_known():
    with pytest.raises(CorpusError, match=r"no answer \(.*nowhere.invalid") as caught:
        Corpus.open("postgresql://me:secret@nowhere.invalid/news")
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_database_that_is_not_there(empty):
    with pytest.raises(CorpusError, match=r'database "none" does not exist; make it \(createdb\)'):
        Corpus.open(changed(empty, path="/none"))


def test_a_user_that_is_not_there(empty):
    port = urlsplit(empty).port
    with pytest.raises(CorpusError, match="the server refuses the user") as caught:
        Corpus.open(changed(empty, netloc=f"nobody:secret@127.0.0.1:{port}"))
    assert "secret" not in str(caught.value)


def test_an_address_that_is_none():
    with pytest.raises(CorpusError, match=r"^postgresql://h/x: "):
        Corpus.open("postgresql://h/x?nonsense=1")


def test_commands_say_it_in_one_line():
    away = "postgresql://me:secret@127.0.0.1:1/news"
    for arguments in (("search", "苏州"), ("portals",), ("report",), ("archive", "list"), ("forget", "http://a.cn/1")):
        done = scrapy(*arguments, "-s", f"CORPUS={away}")
        assert (done.status, done.out) == (1, ""), done
        assert re.fullmatch(r"chengwen: postgresql://me@127\.0\.0\.1:1/news: no answer .*\n", done.err)
    assert scrapy("crawl", "szdushi", "-s", f"CORPUS={away}").status == 1


def test_a_database_of_another_program():
    with postgres_kit.database() as place:
        with Corpus.open(place):
            pass
        with Corpus.open(place, readonly=True) as corpus:
            rows(corpus, "DROP TABLE chengwen_schema")
        with pytest.raises(CorpusForeign, match="a database of another program"):
            Corpus.open(place)


def test_a_newer_an_older_and_an_empty_one(capsys):
    with postgres_kit.database() as place:
        with pytest.raises(CorpusError, match="empty or of an older release"):
            Corpus.open(place, readonly=True)
        with Corpus.open(place) as corpus:
            rows(corpus, "UPDATE chengwen_schema SET version = ?", VERSION + 1)
        with pytest.raises(CorpusNewer, match=f"schema {VERSION + 1}, this one {VERSION}"):
            Corpus.open(place)


def test_many_that_open_an_empty_one_at_the_same_time():
    with postgres_kit.database() as place:
        failed = []

        def try_it() -> None:
            try:
                Corpus.open(place).close()
            except CorpusError as error:
                failed.append(error)

        threads = [threading.Thread(target=try_it) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []


def test_a_user_that_may_only_read(empty):
    with Corpus.open(empty) as corpus:
        corpus.store([article(1)])
        rows(corpus, "DROP ROLE IF EXISTS chengwen_reader")
        rows(corpus, "CREATE ROLE chengwen_reader LOGIN")
        rows(corpus, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO chengwen_reader")
    reader = changed(empty, netloc=f"chengwen_reader@127.0.0.1:{urlsplit(empty).port}")
    try:
        with Corpus.open(reader, readonly=True) as corpus:
            assert corpus.counts()["articles"] == 1
            with pytest.raises(CorpusReadOnly):
                corpus.store([article(2)])
        with Corpus.open(reader) as corpus, pytest.raises(CorpusReadOnly, match="may not write"):
            corpus.store([article(2)])
    finally:
        with Corpus.open(empty) as corpus:
            rows(corpus, "DROP OWNED BY chengwen_reader")
            rows(corpus, "DROP ROLE chengwen_reader")


# --- Writing ---------------------------------------------------------------------------------------------------------


def test_one_writes_at_a_time(empty):
    with Corpus.open(empty) as one, Corpus.open(empty, timeout=0.2) as other, one._connection.writing():
        with pytest.raises(CorpusLocked, match="another process is writing"):
            other.store([article(1)])
        # Reading goes on.
        assert other.counts()["articles"] == 0


def test_a_transaction_that_stands_still_is_taken_away(empty, monkeypatch):
    monkeypatch.setattr("crawler.corpus.postgres.connection._STANDSTILL", 1)

    def stand_still(corpus: Corpus, other: Corpus) -> None:
        with corpus._connection.writing() as db:
            db.execute("SELECT 1")
            time.sleep(1.5)
            other.store([article(1)])
            db.execute("SELECT 1")

    with Corpus.open(empty) as stopped, Corpus.open(empty, timeout=10) as other:
        with pytest.raises(CorpusLost, match="connection to the database was lost"):
            stand_still(stopped, other)
        assert other.counts()["articles"] == 1


def cut(corpus: Corpus) -> None:
    """End all other sessions of the database, as a restart of the server does."""
    rows(
        corpus,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


def test_a_lost_connection(empty):
    with Corpus.open(empty) as corpus, Corpus.open(empty) as other:
        cut(other)
        for ask in (corpus.overview, lambda: corpus.store([article(1)]), corpus.overview):
            with pytest.raises(CorpusLost, match="was lost"):
                ask()
        corpus.stop_waiting()


# --- Turns -----------------------------------------------------------------------------------------------------------


def test_one_crawls_a_portal_at_a_time(empty):
    with Corpus.open(empty) as one, Corpus.open(empty) as other:
        turn = one.turn("demo")
        with pytest.raises(PortalBusy, match=r"demo: another run is on \(process \d+ on .* since 20"):
            other.turn("demo")
        with pytest.raises(PortalBusy, match="in this process"):
            one.turn("demo")
        other.turn("Demo").release()
        turn.release()
        turn.release()
        other.turn("demo")


def test_a_turn_ends_with_its_process(empty):
    with Corpus.open(empty) as one:
        one.turn("demo")
    with Corpus.open(empty) as other:
        other.turn("demo")


def test_who_lost_a_turn_writes_no_more(empty):
    with Corpus.open(empty) as one, Corpus.open(empty) as other:
        one.turn("demo")
        rows(
            other,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE 'chengwen process%'",
        )
        other.turn("demo")
        with pytest.raises(CorpusLost, match="the lock of the portal was lost"):
            one.store([article(1)])


# --- Crawls ----------------------------------------------------------------------------------------------------------


def test_a_crawl_ends_with_the_same_corpus(tmp_path, empty):
    portal = DemoPortal("trs", seed=4, size=60)
    with serve([portal]) as server:
        for place in (tmp_path / "corpus.db", empty):
            done = crawl_url(server.url, place, "-s", f"ARCHIVE_DIR={tmp_path / 'warc'}")
            assert done.status == 0, done
            again = crawl_url(server.url, place, "-s", f"ARCHIVE_DIR={tmp_path / 'warc'}")
            assert again.status == 0, again
    with Corpus.open(tmp_path / "corpus.db") as file, Corpus.open(empty) as corpus:
        told = [{(a.url, a.title, a.body) for a in each.articles()} for each in (file, corpus)]
        assert told[0] == told[1]
        assert len(told[0]) == len(list(portal.truth()))
        assert corpus.counts("demo") == file.counts("demo")


def test_a_server_that_ends_in_mid_run(tmp_path, empty):
    portal = DemoPortal("seed", seed=4, size=80)
    with serve([portal]) as server, Corpus.open(empty) as watching:
        arguments = [*settings(empty, "STORE_BATCH=1"), "-s", "DOWNLOAD_DELAY=0.05", "-s", f"ARCHIVE_DIR={tmp_path}"]
        running = subprocess.Popen(
            command("crawl", "portal", "-a", f"url={server.url}", "-a", "name=demo", *arguments),
            cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while watching.counts()["articles"] < 5 and running.poll() is None:
            time.sleep(0.05)
        cut(watching)
        _, said = running.communicate(timeout=60)
        assert running.returncode == 75, said
        assert re.fullmatch(r"chengwen: .*the connection to the database was lost; .*", said.splitlines()[-1])
        assert "Traceback" not in said
        there = watching.counts()["articles"]
        done = scrapy("crawl", "portal", "-a", f"url={server.url}", "-a", "name=demo", *arguments)
        assert done.status == 0, done
        assert 5 <= there < watching.counts()["articles"] == len(list(portal.truth()))


def test_a_second_crawl_is_told_to_come_later(empty, tmp_path):
    with serve([DemoPortal("seed", seed=4, size=20)]) as server, Corpus.open(empty) as other:
        other.turn("demo")
        done = crawl_url(server.url, empty, "-s", f"ARCHIVE_DIR={tmp_path}")
        assert done.status == 75
        assert re.search(r"chengwen: demo: another run is on \(process \d+ on ", done.err)


def test_links_written_down_at_the_same_time_by_two_portals(empty):
    with Corpus.open(empty) as one, Corpus.open(empty) as other:
        threads = [
            threading.Thread(
                target=lambda corpus=corpus, name=name: [
                    corpus.note(name, None, [link(n + start) for n in range(5)]) for start in range(0, 100, 5)
                ]
            )
            for corpus, name in ((one, PORTAL), (other, "wuxi"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert one.counts()["waiting"] == 200


def test_a_corpus_of_an_older_release_is_brought_up_to_date(monkeypatch):
    with postgres_kit.database() as place:
        with monkeypatch.context() as patch:
            patch.setattr("crawler.corpus.postgres.connection.VERSION", VERSION - 1)
            with Corpus.open(place) as corpus:
                corpus.portal(PORTAL)
                rows(
                    corpus,
                    "INSERT INTO sections (portal, key, label, url, found_at) VALUES (?, 'k', '首页', '', '')",
                    PORTAL,
                )
        with pytest.raises(CorpusError, match="of an older release; a crawl brings it up to date"):
            Corpus.open(place, readonly=True)
        with Corpus.open(place) as corpus:
            assert rows(corpus, "SELECT route FROM sections") == [("front",)]
            assert rows(corpus, "SELECT version FROM chengwen_schema") == [(VERSION,)]
