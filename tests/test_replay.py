"""A crawl, and a replay of its archive into an empty corpus, give the same corpus; so may anybody's archive be read."""

from __future__ import annotations

import io
import os
import re
import signal
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import pytest
from warcio.statusandheaders import StatusAndHeaders

from crawler.demo import DemoPortal, Request, serve
from tests.crawling import ROOT, Done, command, crawl_url, environment, scrapy
from tests.replay_kit import TABLES, differences, rows
from tests.test_warc_reading import Writer

FAMILIES = ("founder", "jcms", "seed", "trs")
#: Runs of each portal: all is new; articles came, changed, went; they came back.
RUNS = 3


class Crawled(NamedTuple):
    corpus: Path
    archive: Path


def sql(corpus: Path, statement: str) -> list[tuple]:  # type: ignore[type-arg]
    with closing(sqlite3.connect(corpus)) as db, db:
        return db.execute(statement).fetchall()


def replay(archive: Path | str, corpus: Path, *options: str) -> Done:
    return scrapy("crawl", "replay", "-a", f"archive={archive}", "-s", f"CORPUS={corpus}", *options)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory) -> Crawled:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("replay")
    corpus = folder / "corpus.db"
    portals = [DemoPortal(family, seed=7, size=40) for family in FAMILIES]
    with serve(portals, proxy=True) as server:
        for run in range(RUNS):
            for name, portal, url in zip(FAMILIES, portals, server.urls, strict=True):
                if run == 1:
                    server.command("add", portal, count=5)
                    plain = [s for s in portal.truth() if s.kind == "article" and not s.part_urls]
                    server.command("edit", portal, number=plain[4].number)
                    for number, soft in ((plain[6].number, False), (plain[7].number, True)):
                        server.command("remove", portal, number=number, soft=soft)
                done = crawl_url(url, corpus, name=name, proxy=server.proxy)
                assert done.status in (0, 1), done.err
            sql(corpus, "UPDATE checks SET next_check = '2000'")
    return Crawled(corpus, folder / "warc")


def test_the_crawl_met_all_that_can_be_met(crawled: Crawled) -> None:
    """Or the comparison would say little."""
    found = rows(crawled.corpus)
    assert all(found[table] for table in TABLES)
    assert any(a["duplicate_of"] for a in found["articles"])
    assert any(a["template"] for a in found["articles"])
    assert any(a["part_urls"] != "[]" for a in found["articles"])
    assert {r["kind"] for r in found["revisions"]} >= {"first", "edited"}
    assert any(c["gone_why"] for c in found["checks"])


@pytest.mark.parametrize("workers", [1, 2])
def test_crawl_and_replay_give_equal_corpora(crawled: Crawled, tmp_path: Path, workers: int) -> None:
    done = replay(crawled.archive, tmp_path / "corpus.db", "-a", f"workers={workers}")
    assert (done.status, done.err) == (0, "")
    assert differences(crawled.corpus, tmp_path / "corpus.db") == []


def test_a_second_replay_changes_nothing(crawled: Crawled, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.db"
    replay(crawled.archive, corpus)
    before = rows(corpus)["articles"]
    assert replay(crawled.archive, corpus).status == 0
    after = rows(corpus)["articles"]
    assert [a["url"] for a in after] == [a["url"] for a in before]


def test_what_was_replayed_leads_to_its_bytes_and_reads_the_same(crawled: Crawled, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.db"
    replay(crawled.archive, corpus)
    assert "0 would change" in scrapy("reextract", "-s", f"CORPUS={corpus}").out
    verified = scrapy("archive", "verify", "-s", f"CORPUS={corpus}")
    assert (verified.status, "all there and unharmed" in verified.out) == (0, True)


# --- Anyone's archives ------------------------------------------------------------------------------------------------

HOME = "http://www.lanjiang-demo.test"


def pages(portal: DemoPortal) -> list[tuple[str, bytes, str]]:
    """Address, body and type of the home page, the first pages of the sections, and all articles and their parts."""
    home = portal.respond(Request(urlsplit(portal.home).path)).body.decode(portal.family.encoding)
    urls = [portal.home, *re.findall(r'href="([^"]+)"', home)]
    for story in portal.truth():
        urls += [story.url, *story.part_urls]
    found = {}
    for url in urls:
        path = urlsplit(urljoin(portal.home, url))
        if path.netloc != urlsplit(portal.home).netloc:
            continue
        query = dict(part.partition("=")[::2] for part in path.query.split("&") if part)
        answer = portal.respond(Request(path.path, query))
        if answer.status == 200:
            found.setdefault(HOME + path.path, (answer.body, answer.content_type))
    return [(url, body, kind) for url, (body, kind) in found.items()]


@pytest.fixture(scope="module")
def portal() -> DemoPortal:
    return DemoPortal("empire", seed=4, size=30)


def write(path: Path, portal: DemoPortal, *, compressed: bool = True) -> None:
    """As another crawler has it: no word of what a page is, pictures between, an address that leads to another."""
    with path.open("wb") as file:
        writer = Writer(file, gzip=compressed, warc_version="1.0")
        for number, (url, body, kind) in enumerate([*pages(portal), (f"{HOME}/logo.png", b"\x89PNG", "image/png")]):
            date = {"WARC-Date": f"2026-11-01T08:{number // 60:02}:{number % 60:02}Z"}
            sent = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
            if number == 8:
                led = StatusAndHeaders("302 Found", [("Location", url)], protocol="HTTP/1.1")
                record = writer.create_warc_record(f"{HOME}/go/8", "response", http_headers=led, warc_headers_dict=date)
                writer.write_record(record)
            record = writer.create_warc_record(
                url, "response", io.BytesIO(body), http_headers=sent, warc_headers_dict=date
            )
            writer.write_record(record)


def as_arc(path: Path, portal: DemoPortal) -> None:
    with path.open("wb") as file:
        for url, body, kind in pages(portal):
            block = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode() + body
            file.write(b"%s 10.0.0.1 20261101080000 text/html %d\n%s\n" % (url.encode(), len(block), block))


def texts(corpus: Path) -> list[tuple[str, str]]:
    return sorted(sql(corpus, "SELECT title, body FROM articles JOIN bodies ON bodies.id = body_id"))


@pytest.mark.parametrize("make", ["warc.gz", "warc", "wacz", "arc"])
def test_anyones_archive(portal: DemoPortal, tmp_path: Path, make: str) -> None:
    archive, corpus = tmp_path / f"other.{make}", tmp_path / "corpus.db"
    if make == "arc":
        as_arc(archive, portal)
    elif make == "wacz":
        write(tmp_path / "data.warc.gz", portal)
        with zipfile.ZipFile(archive, "w") as package:
            package.write(tmp_path / "data.warc.gz", "archive/data.warc.gz")
    else:
        write(archive, portal, compressed=make == "warc.gz")
    done = replay(archive, corpus)
    assert (done.status, done.err) == (0, "")
    assert texts(corpus) == sorted((story.title, story.body) for story in portal.truth())
    assert sql(corpus, "SELECT DISTINCT portal FROM articles") == [("lanjiang-demo.test",)]
    sections = {label for (label,) in sql(corpus, "SELECT DISTINCT section FROM articles")}
    assert {section.label for section in portal.sections} & sections
    assert sql(corpus, "SELECT count(*) FROM articles WHERE reporters <> '[]' OR source IS NOT NULL")[0][0]
    if make != "arc":
        assert sql(corpus, "SELECT count(*) FROM articles WHERE link_url LIKE '%/go/8'") == [(1,)]


def test_a_portals_file_names_its_pages(portal: DemoPortal, tmp_path: Path) -> None:
    write(tmp_path / "a.warc.gz", portal)
    (tmp_path / "portals").mkdir()
    text = f'title = "兰江网"\nhome = "{HOME}/"\nhosts = ["lanjiang-demo.test"]\n'
    (tmp_path / "portals" / "lanjiang.toml").write_text(text, "utf-8")
    replay(tmp_path / "a.warc.gz", tmp_path / "c.db", "-s", f"PORTALS_DIR={tmp_path / 'portals'}")
    assert sql(tmp_path / "c.db", "SELECT DISTINCT portal FROM articles") == [("lanjiang",)]


def test_a_damaged_archive_gives_the_rest_and_says_so(portal: DemoPortal, tmp_path: Path) -> None:
    path, corpus = tmp_path / "a.warc.gz", tmp_path / "corpus.db"
    write(path, portal)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 30] = b"\xff" * 30
    path.write_bytes(data[:-40])
    done = replay(path, corpus)
    assert done.status == 1
    assert done.err.count(": damaged (") == 2
    assert f"{path}, byte " in done.err
    assert len(texts(corpus)) >= len(list(portal.truth())) - 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("archive=none.warc.gz",), "no archive there"), ((), "what to replay"), (("archive=.", "worker=2"), "workers"),
     (("archive=.", "workers=many"), "not a number"), (("url=http://www.example.cn/",), "no such argument")],
)  # fmt: skip
def test_wrong_arguments(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    options = [part for argument in arguments for part in ("-a", argument)]
    done = scrapy("crawl", "replay", *options, "-s", f"CORPUS={tmp_path / 'corpus.db'}")
    assert done.status == 2
    assert said in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_stopped_at_any_moment(crawled: Crawled, tmp_path: Path, how: signal.Signals) -> None:
    """Ctrl-C reaches every process of the terminal; a killed replay leaves none behind, and a corpus that is whole."""
    corpus = tmp_path / "corpus.db"
    arguments = command("crawl", "replay", "-a", f"archive={crawled.archive}", "-a", "workers=2")
    arguments += ["-s", f"CORPUS={corpus}"]
    pipes = {"text": True, "stderr": subprocess.PIPE, "stdout": subprocess.DEVNULL}
    with subprocess.Popen(arguments, cwd=ROOT, env=environment(), start_new_session=True, **pipes) as running:
        while not (corpus.exists() and sql_or_none(corpus, "SELECT 1 FROM articles")):
            assert running.poll() is None
        if how == signal.SIGINT:
            os.killpg(running.pid, how)
        else:
            running.kill()
        # Ends only when no process of it holds the pipe any more.
        said = running.communicate(timeout=120)[1]
    if how == signal.SIGINT:
        assert running.returncode == 1
        assert "stopped on request" in said
        assert "Traceback" not in said
    assert replay(crawled.archive, corpus).status == 0
    assert len(rows(corpus)["articles"]) == len(rows(crawled.corpus)["articles"])


def sql_or_none(corpus: Path, statement: str) -> list[tuple] | None:  # type: ignore[type-arg]
    try:
        return sql(corpus, statement)
    except sqlite3.Error:
        return None


def test_pages_without_news_make_no_rejects(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    with path.open("wb") as file:
        writer = Writer(file, gzip=False)
        sent = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        body = io.BytesIO("<html><title>请登录</title><form>用户名<input></form></html>".encode())
        writer.write_record(writer.create_warc_record(f"{HOME}/login", "response", body, http_headers=sent))
    done = replay(path, tmp_path / "corpus.db")
    assert done.status == 0
    assert "passed over" in done.out
    assert sql(tmp_path / "corpus.db", "SELECT count(*) FROM rejects") == [(0,)]
