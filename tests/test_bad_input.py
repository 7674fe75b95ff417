"""What goes wrong ends in one clear line, the right exit status, and nothing lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from crawler.corpus import Corpus
from crawler.demo import DemoPortal, serve
from tests.crawling import ROOT, command, crawl_url, environment, scrapy, settings
from tests.page_proxy import PageProxy

HOME = "http://www.lanjiang-test.test/"


@pytest.fixture
def corpus(tmp_path):
    return tmp_path / "corpus.db"


def one_line(done, *words):
    """The command's only complaint, which holds all the words; no traceback anywhere."""
    complaints = [line for line in done.err.splitlines() if line.startswith("chengwen: ")]
    assert "Traceback" not in done.err + done.out
    assert len(complaints) == 1, done.err
    for word in words:
        assert word in complaints[0]


def page(title, *links):
    items = "".join(
        f'<li><a href="{url}">{text}</a> <span>2026-03-0{n + 1}</span></li>' for n, (url, text) in enumerate(links)
    )
    return (
        f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><ul>{items}</ul></body></html>".encode()
    )


ARTICLE_TEXT = "三月的兰江，两岸的油菜花已经开了大半。市园林中心的工作人员每天清晨沿江巡查，记录花期与水位。" * 4
HEAD = "<html><head><meta charset='utf-8'>"
ARTICLE = (
    f"{HEAD}<title>油菜花开满兰江两岸_兰江网</title></head><body><h1>油菜花开满兰江两岸</h1>"
    "<div>2026-03-01 09:00 来源：兰江日报</div>"
    f"<div><p>{ARTICLE_TEXT}</p><p>{ARTICLE_TEXT[::-1]}</p></div></body></html>"
).encode()
SOFT_404 = f"{HEAD}<title>提示</title></head><body><p>您访问的页面不存在或已删除</p></body></html>".encode()


def crawl_pages(pages, corpus, tmp_path, *options):
    with PageProxy(pages, tmp_path) as proxy:
        return crawl_url(HOME, corpus, *options, proxy=proxy.address, name="lanjiang")


def test_unknown_portal(corpus):
    done = scrapy("crawl", "szdush", *settings(corpus))
    assert done.status == 2
    one_line(done, "szdush", "did you mean szdushi")


def test_unknown_section_of_a_portal_file(tmp_path, corpus):
    folder = tmp_path / "portals"
    folder.mkdir()
    (folder / "lanjiang.toml").write_text(
        f'title = "兰江网"\nhome = "{HOME}"\nhosts = ["lanjiang-test.test"]\n[sections]\n"兰江要闻" = "{HOME}yw/"\n',
        encoding="utf-8",
    )
    done = scrapy("crawl", "lanjiang", "-a", "sections=兰江要问", *settings(corpus, f"PORTALS_DIR={folder}"))
    assert done.status == 2
    one_line(done, "兰江要问", "did you mean 兰江要闻")


def test_unknown_section_of_the_navigation(corpus):
    with serve([DemoPortal("seed", size=50)]) as server:
        done = crawl_url(server.url, corpus, "-a", "sections=军事")
    assert done.status == 1
    one_line(done, "军事", "体育")


def test_malformed_portal_file(tmp_path, corpus):
    (tmp_path / "bad.toml").write_text('title = "坏\n', encoding="utf-8")
    done = scrapy("crawl", "bad", *settings(corpus, f"PORTALS_DIR={tmp_path}"))
    assert done.status == 1
    one_line(done, "bad.toml", "not TOML")


def test_wrong_argument(corpus):
    done = scrapy("crawl", "szdushi", "-a", "limit=all", *settings(corpus))
    assert done.status == 2
    one_line(done, "limit=50")


def test_no_network(corpus):
    done = crawl_url("http://no-such-host.invalid/", corpus)
    assert done.status == 1
    one_line(done, "no-such-host.invalid", "no network")
    assert not done.out


def test_connection_refused(corpus):
    done = crawl_url("http://127.0.0.1:9/", corpus)
    assert done.status == 1
    one_line(done, "connection refused")


def test_robots_forbid_the_home_page(corpus, tmp_path):
    robots = {f"{HOME}robots.txt": ("text/plain", b"User-agent: *\nDisallow: /\n")}
    done = crawl_pages({HOME: ("text/html", page("兰江网")), **robots}, corpus, tmp_path)
    assert done.status == 1
    one_line(done, HOME, "robots.txt")


def test_a_web_page_in_place_of_robots_forbids_nothing(corpus, tmp_path):
    url = f"{HOME}2026/0301/1001.html"
    pages = {
        HOME: ("text/html", page("兰江网", (url, "油菜花开满兰江两岸"))),
        url: ("text/html", ARTICLE),
        f"{HOME}robots.txt": ("text/html", b"<html><body>Disallow: /</body></html>"),
    }
    done = crawl_pages(pages, corpus, tmp_path)
    assert done.status == 0, done
    with Corpus.open(corpus, readonly=True) as c:
        assert c.counts()["articles"] == 1


@pytest.mark.parametrize("body", [b"\x89PNG\r\n\x1a\n\x00\x00", b"%PDF-1.4 ", b""])
def test_home_page_that_is_not_html(corpus, tmp_path, body):
    done = crawl_pages({HOME: ("image/png", body)}, corpus, tmp_path)
    assert done.status == 1
    one_line(done, HOME, "no news and no sections")


def test_empty_lists(corpus, tmp_path):
    done = crawl_pages({HOME: ("text/html", page("兰江网"))}, corpus, tmp_path)
    assert done.status == 1
    one_line(done, "no news and no sections")


def test_error_page_with_status_200_is_rejected_with_its_reason(corpus, tmp_path):
    good, bad = f"{HOME}2026/0301/1001.html", f"{HOME}2026/0301/1002.html"
    home = page("兰江网", (good, "油菜花开满兰江两岸"), (bad, "这一篇后来被删除了的消息"))
    pages = {HOME: ("text/html", home), good: ("text/html", ARTICLE), bad: ("text/html", SOFT_404)}
    done = crawl_pages(pages, corpus, tmp_path)
    assert done.status == 0, done
    rejects = sqlite3.connect(corpus).execute("SELECT url, reason FROM rejects").fetchall()
    assert rejects == [(bad, "not_an_article:error")]
    assert "rejected" in done.out


def test_an_article_of_invalid_bytes_stops_nothing(corpus, tmp_path):
    good, bad = f"{HOME}2026/0301/1001.html", f"{HOME}2026/0301/1002.html"
    home = page("兰江网", (good, "油菜花开满兰江两岸"), (bad, "这一篇的字节全是乱的消息"))
    pages = {HOME: ("text/html", home), good: ("text/html", ARTICLE), bad: ("text/html", bytes(range(256)) * 20)}
    done = crawl_pages(pages, corpus, tmp_path)
    assert done.status == 0, done
    with Corpus.open(corpus, readonly=True) as c:
        assert [a.title for a in c.articles()] == ["油菜花开满兰江两岸"]


def test_locked_corpus(corpus):
    Corpus.open(corpus).close()
    blocker = sqlite3.connect(corpus, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with serve([DemoPortal("seed", size=50)]) as server:
        done = crawl_url(server.url, corpus, "-s", "CORPUS_TIMEOUT=1")
    blocker.execute("ROLLBACK")
    assert done.status == 1
    one_line(done, "corpus.db", "another process")


def test_newer_corpus(corpus):
    Corpus.open(corpus).close()
    db = sqlite3.connect(corpus)
    db.execute("PRAGMA user_version = 999")
    db.close()
    done = crawl_url("http://127.0.0.1:9/", corpus)
    assert done.status == 1
    one_line(done, "corpus.db", "newer")


@pytest.fixture
def sealed_folder(tmp_path):
    """A folder where no file can be made, not by root either."""
    if os.geteuid() == 0:
        yield Path("/proc/self")
        return
    tmp_path.chmod(0o500)
    yield tmp_path
    tmp_path.chmod(0o700)


def test_read_only_folder(sealed_folder):
    done = crawl_url("http://127.0.0.1:9/", sealed_folder / "corpus.db")
    assert done.status == 1
    one_line(done, "no permission to write")


def test_corpus_that_is_a_folder(tmp_path):
    done = crawl_url("http://127.0.0.1:9/", tmp_path)
    assert done.status == 1
    one_line(done, str(tmp_path))


def start(url, corpus, *options):
    return subprocess.Popen(
        command("crawl", "portal", "-a", f"url={url}", "-a", "name=demo", *settings(corpus), *options),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_articles(corpus, count):
    for _ in range(600):
        if corpus.exists():
            try:
                rows = sqlite3.connect(f"file:{corpus}?mode=ro", uri=True).execute("SELECT count(*) FROM articles")
                if rows.fetchone()[0] >= count:
                    return
            except sqlite3.Error:
                pass  # not made yet
        time.sleep(0.05)
    raise AssertionError("the crawl stored nothing")


@pytest.mark.parametrize("signals", [1, 2])
def test_ctrl_c_keeps_what_was_stored_and_the_next_run_completes_it(corpus, signals):
    portal = DemoPortal("seed", seed=5, size=120)
    with serve([portal], delay=0.02) as server:
        running = start(server.url, corpus, "-s", "STORE_SECONDS=0.1", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
        wait_for_articles(corpus, 10)
        running.send_signal(signal.SIGINT)
        if signals == 2:
            time.sleep(0.05)
            running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
        assert running.returncode == 1
        assert "Traceback" not in err
        assert "what was stored is kept" in err
        with Corpus.open(corpus, readonly=True) as c:
            kept = c.counts()["articles"]
        assert 10 <= kept < 120
        done = crawl_url(server.url, corpus)
    assert done.status == 0, done
    with Corpus.open(corpus, readonly=True) as c:
        assert c.counts()["articles"] == len(list(portal.truth()))
