"""What networks and servers do to a crawl: it goes on, or ends in one line, and what was stored is whole."""

from __future__ import annotations

import sqlite3

import pytest

from tests import small_portal
from tests.crawling import crawl_url
from tests.test_bad_input import one_line
from tests.weather import Weather, drip, endless, gzip_bomb, reset, respond

#: Of the articles of one portal: what the server does instead, and what the ledger says of it.
BAD = {
    "a3": (reset(), "connection broken off in mid-page"),
    "a4": (drip(), "no answer in time"),
    "a5": (endless(), "larger than DOWNLOAD_MAXSIZE"),
    "a6": (gzip_bomb(), "larger than DOWNLOAD_MAXSIZE"),
    "a7": (respond(status="302 Found", Location=small_portal.path(7)), "redirected in circles"),
    "a8": (
        respond(status="302 Found", Location="http://127.0.0.2:9/x.html"),
        "leads to 127.0.0.2, which is no host of",
    ),
    "a9": (respond(status="302 Found", Location="http://10.0.0.1/x.html"), "leads to 10.0.0.1, which is no host of"),
    "a10": (respond(small_portal.article(10), length=90_000, Connection="close"), "connection broken off in mid-page"),
    "a11": (respond(status="302 Found", Location="file:///etc/passwd"), "HTTP 302"),
    "a12": (respond(b"\x00" * 10, status="200 OK", Content_Encoding="gzip"), None),
    "a13": (respond(small_portal.article(13), length=60), None),
    "a14": (respond(status="500 Oops"), "HTTP 500"),
}
GOOD = [small_portal.path(n) for n in (0, 1, 2)]


def whole(corpus):
    db = sqlite3.connect(corpus)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not db.execute("PRAGMA foreign_key_check").fetchall()
    return db


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """One crawl through all of it: path → (state, last error)."""
    corpus = tmp_path_factory.mktemp("weather") / "corpus.db"
    answers = small_portal.portal(15, **{name: answer for name, (answer, _) in BAD.items()})
    with Weather(answers) as server:
        gone = f"http://no-such-host.invalid{small_portal.path(20)}", f"http://127.0.0.3:9{small_portal.path(21)}"
        answers["/"] = respond(small_portal.home(*(small_portal.path(n) for n in range(15)), *gone))
        server.answers = answers
        options = ("-a", "hosts=no-such-host.invalid,127.0.0.3", "-s", "DOWNLOAD_TIMEOUT=2")
        done = crawl_url(server.url, corpus, *options, "-s", "DOWNLOAD_MAXSIZE=400000")
    assert "Traceback" not in done.err + done.out
    assert done.status == 0, done
    rows = whole(corpus).execute("SELECT url, state, last_error FROM frontier").fetchall()
    return {"/" + url.split("/", 3)[3]: (state, error) for url, state, error in rows}


@pytest.mark.parametrize("path", GOOD)
def test_good_pages_are_stored_whatever_the_others_do(ledger, path):
    assert ledger[path] == ("stored", None)


@pytest.mark.parametrize(("name", "reason"), [(name, reason) for name, (_, reason) in BAD.items() if reason])
def test_a_bad_answer_ends_in_the_ledger_with_its_reason(ledger, name, reason):
    state, error = ledger[small_portal.path(int(name[1:]))]
    assert (state, reason in error) == ("failed", True), error


@pytest.mark.parametrize("name", [name for name, (_, reason) in BAD.items() if reason is None])
def test_a_page_of_other_bytes_than_promised_is_no_article(ledger, name):
    state, _ = ledger[small_portal.path(int(name[1:]))]
    assert state in ("rejected", "failed")


@pytest.mark.parametrize(("number", "reason"), [(20, "no such host, or no network"), (21, "connection refused")])
def test_hosts_that_cannot_be_reached_do_not_stop_the_others(ledger, number, reason):
    state, error = ledger[small_portal.path(number)]
    assert state == "failed"
    assert reason in error


@pytest.fixture
def corpus(tmp_path):
    return tmp_path / "corpus.db"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reset(), "connection broken off in mid-page"),
        (drip(), "no answer in time"),
        (endless(), "larger than DOWNLOAD_MAXSIZE"),
        (respond(status="302 Found", Location="/"), "redirected in circles"),
        (respond(status="301 Moved", Location="http://127.0.0.2:9/"), "leads to 127.0.0.2, which is no host of"),
    ],
    ids=["reset", "drip", "endless", "loop", "elsewhere"],
)
def test_a_home_page_in_bad_weather_ends_the_run_in_one_line(corpus, answer, words):
    with Weather({"/": answer}) as server:
        done = crawl_url(server.url, corpus, "-s", "DOWNLOAD_TIMEOUT=2", "-s", "DOWNLOAD_MAXSIZE=400000")
    assert done.status == 1
    one_line(done, server.url, words)
    whole(corpus)


@pytest.mark.parametrize(
    "robots", [drip(), endless(), reset(), gzip_bomb()], ids=["drip", "endless", "reset", "gzip bomb"]
)
def test_a_robots_file_that_does_not_arrive_forbids_all(corpus, robots):
    with Weather({"/": respond(small_portal.home()), "/robots.txt": robots}) as server:
        done = crawl_url(server.url, corpus, "-s", "DOWNLOAD_TIMEOUT=2", "-s", "DOWNLOAD_MAXSIZE=400000")
        assert set(server.paths) == {"/robots.txt"}
    assert done.status == 1
    one_line(done, "robots.txt of 127.0.0.1: ")


def test_a_redirect_to_another_host_asks_that_host_for_nothing(corpus):
    with Weather({"/": respond("private")}, host="127.0.0.2") as other:
        away = respond(status="302 Found", Location=other.url)
        with Weather(small_portal.portal(3, a1=away) | {"/robots.txt": away}) as server:
            done = crawl_url(server.url, corpus)
        assert not other.log
    assert done.status == 0, done


def test_a_name_of_a_public_portal_that_leads_inside_is_refused(corpus, tmp_path):
    from tests.page_proxy import PageProxy

    class Redirecting(PageProxy):
        def _answer(self, url):
            if url.endswith(small_portal.path(1)):
                return b"HTTP/1.1 302 Found\r\nLocation: http://localhost:9/secret\r\nContent-Length: 0\r\n\r\n"
            return super()._answer(url)

    home = "http://www.hekou-test.test"
    pages = {f"{home}/": small_portal.home(small_portal.path(0), small_portal.path(1))}
    pages[home + small_portal.path(0)] = small_portal.article(0)
    served = {url: ("text/html; charset=utf-8", page.encode()) for url, page in pages.items()}
    with Redirecting(served, tmp_path) as proxy:
        crawl_url(f"{home}/", corpus, "-a", "hosts=localhost", proxy=proxy.address)
        assert not any("localhost" in url for url in proxy.asked)
    errors = whole(corpus).execute("SELECT last_error FROM frontier WHERE state = 'failed'").fetchall()
    assert errors == [("leads to localhost, an address of an internal network",)]
