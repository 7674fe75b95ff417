"""Everything fetched is archived as it went over the wire, on the disk before anything is crossed off."""

from __future__ import annotations

import getpass
import gzip
import re
import resource
import shutil
import socket
import subprocess
import sys

import pytest

from crawler.corpus import Corpus
from crawler.demo import DemoPortal, serve
from tests import small_portal
from tests.archive_kit import archive, raw_records, rows
from tests.crawling import ROOT, command, crawl_url, environment, settings
from tests.test_bad_input import one_line
from tests.weather import Weather, turns

SECRETS = ("verschwiegen", "Z2VoZWlt", "sitzung=1")


def raw(data):
    """An answer, byte for byte."""

    async def answer(writer):
        writer.write(data)
        await writer.drain()

    return answer


def message(body, head="HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"):
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunks(body, size):
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%X\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


HTML = {number: small_portal.article(number).encode() for number in range(9)}
ODD = "HTTP/1.1 200 Alright then\r\nX-ODD:  two  spaces\r\nserver: toy\r\ncontent-TYPE: text/html; charset=utf-8\r\n"
COOKIE = "Set-Cookie: sitzung=1;\r\n path=/\r\n"
ANSWERS = {
    0: message(HTML[0], ODD + COOKIE),
    1: b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(HTML[1], 300),
    2: message(gzip.compress(HTML[2]), "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"),
    3: message(HTML[3]),
    4: message(HTML[3]),
    5: message(b"", f"HTTP/1.1 302 Found\r\nLocation: {small_portal.path(6)}\r\n"),
    6: message(HTML[6]),
    7: message(b"gone", "HTTP/1.1 404 Not Here\r\nContent-Type: text/plain\r\n"),
}
FAILING = message(b"later", "HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\n")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """Corpus and records of one crawl through all of it, and the server's address."""
    corpus = tmp_path_factory.mktemp("wire") / "corpus.db"
    answers = {small_portal.path(number): raw(data) for number, data in ANSWERS.items()}
    answers[small_portal.path(8)] = turns(raw(FAILING), raw(message(HTML[8])))
    answers["/"] = raw(message(small_portal.home(*(small_portal.path(n) for n in range(9))).encode()))
    headers = '{"Cookie": "k=verschwiegen", "Authorization": "Basic Z2VoZWlt", "Accept": "text/html"}'
    with Weather(answers) as server:
        options = ("-s", f"DEFAULT_REQUEST_HEADERS={headers}", "-s", "RETRY_TIMES=1")
        done = crawl_url(server.url, corpus, *options, "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
    assert done.status == 0, done
    return corpus, list(raw_records(corpus.parent / "warc")), server


def answers_of(crawled, number):
    return [r for r in crawled[1] if r.kind in ("response", "revisit") and r.url.endswith(small_portal.path(number))]


@pytest.mark.parametrize("number", [0, 1, 2, 3, 5, 6, 7])
def test_answers_stand_there_byte_for_byte(crawled, number):
    found = answers_of(crawled, number)[0]
    assert found.kind == "response"
    assert found.block == ANSWERS[number].replace(COOKIE.encode(), b"")


def test_retries_are_recorded_too(crawled):
    assert [found.block for found in answers_of(crawled, 8)] == [FAILING, message(HTML[8])]


def test_an_identical_body_is_kept_once(crawled):
    (first,), (second,) = answers_of(crawled, 3), answers_of(crawled, 4)
    assert second.kind == "revisit"
    assert second.block == ANSWERS[4].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert second.headers["WARC-Profile"].endswith("/warc/1.1/revisit/identical-payload-digest")
    assert second.headers["WARC-Refers-To-Target-URI"] == first.url
    assert second.headers["WARC-Refers-To-Date"] == first.headers["WARC-Date"]
    assert second.headers["WARC-Payload-Digest"] == first.headers["WARC-Payload-Digest"]


def test_robots_txt_and_the_home_page_are_recorded_and_every_answer_has_its_request(crawled):
    _, records, server = crawled
    answers = [record for record in records if record.kind in ("response", "revisit")]
    requests = [record for record in records if record.kind == "request"]
    assert sorted(record.url.removeprefix(server.url[:-1]) for record in answers) == sorted(server.paths)
    assert "/robots.txt" in server.paths
    concurrent = [record.headers["WARC-Concurrent-To"] for record in requests]
    assert concurrent == [record.headers["WARC-Record-ID"] for record in answers]
    paths = [record.block.split(b" ")[1].decode() for record in requests]
    assert sorted(paths) == sorted(server.paths)
    assert all(b"\r\nHost: 127.0.0.1:" in r.block and b"\r\nUser-Agent: chengwen" in r.block for r in requests)


def test_no_secret_and_nothing_of_this_machine_is_in_it(crawled):
    corpus, records, _ = crawled
    everything = b"\n".join(repr(record.headers).encode() + record.block for record in records).decode(
        "utf-8", "replace"
    )
    assert re.search(r"software: chengwen/\d", everything)
    for secret in (*SECRETS, str(corpus.parent), str(ROOT), sys.prefix):
        assert secret not in everything
    assert not re.search(rf"\b{re.escape(socket.gethostname())}\b", everything)
    assert not re.search(rf"\b{re.escape(getpass.getuser())}\b", everything)


def test_the_corpus_lists_every_answer_and_articles_name_theirs(crawled):
    corpus, records, _ = crawled
    listed = rows(corpus, "SELECT url, kind, digest FROM captures ORDER BY id")
    answers = [r for r in records if r.kind in ("response", "revisit")]
    assert listed == [(r.url, r.kind, r.headers["WARC-Payload-Digest"]) for r in answers]
    named = rows(corpus, "SELECT articles.url, captures.url FROM articles JOIN captures ON captures.id = capture_id")
    assert len(named) == rows(corpus, "SELECT count(*) FROM articles")[0][0] >= 5
    assert all(article == capture for article, capture in named)
    assert rows(corpus, "SELECT DISTINCT extractor FROM articles") == [("chengwen/0.1.0",)]


def test_warcio_finds_every_digest_right(crawled):
    files = sorted((crawled[0].parent / "warc").glob("*.warc.gz"))
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", *files], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count("digest pass") > 10


def test_an_unchanged_page_is_a_revisit_and_the_file_goes_on(tmp_path):
    corpus = tmp_path / "corpus.db"
    with serve([DemoPortal("seed", seed=5, size=30)]) as server:
        assert crawl_url(server.url, corpus).status == 0
        rows(corpus, "UPDATE checks SET next_check = '2000'")
        assert crawl_url(server.url, corpus).status == 0
    unchanged = [
        r for r in raw_records(tmp_path / "warc") if r.headers.get("WARC-Profile", "").endswith("not-modified")
    ]
    assert len(unchanged) > 20
    assert all(record.block.startswith(b"HTTP/1.1 304") for record in unchanged)
    dates = {(r.url, r.headers["WARC-Date"]) for r in raw_records(tmp_path / "warc") if r.kind == "response"}
    wanted = {(r.headers["WARC-Refers-To-Target-URI"], r.headers["WARC-Refers-To-Date"]) for r in unchanged}
    assert wanted <= dates
    assert len(list((tmp_path / "warc").glob("*"))) == 1
    assert archive(corpus, "verify").status == 0


def test_nothing_is_archived_where_nothing_is_wanted(tmp_path):
    corpus = tmp_path / "corpus.db"
    with serve([DemoPortal("seed", seed=5, size=10)]) as server:
        assert crawl_url(server.url, corpus, "-s", "ARCHIVE=").status == 0
    assert not (tmp_path / "warc").exists()
    assert rows(corpus, "SELECT count(*), count(capture_id) FROM articles")[0][1] == 0


def test_files_are_rotated_by_size(tmp_path):
    corpus = tmp_path / "corpus.db"
    with serve([DemoPortal("seed", seed=5, size=30)]) as server:
        assert crawl_url(server.url, corpus, "-s", "ARCHIVE_FILE_SIZE=30000").status == 0
    files = rows(corpus, "SELECT name, size, sealed FROM warc_files ORDER BY id")
    assert len(files) > 2
    assert [sealed for *_, sealed in files] == [1] * (len(files) - 1) + [0]
    assert all(30_000 <= size < 60_000 for _, size, sealed in files if sealed)
    assert all((tmp_path / "warc" / name).stat().st_size == size for name, size, sealed in files if sealed)
    assert archive(corpus, "verify").status == 0


def test_a_torn_record_is_cut_and_whole_ones_are_listed(tmp_path):
    corpus = tmp_path / "corpus.db"
    with serve([DemoPortal("seed", seed=5, size=10)]) as server:
        assert crawl_url(server.url, corpus).status == 0
        (path,) = (tmp_path / "warc").glob("*")
        size = path.stat().st_size
        # As a killed run leaves it: the last captures not listed, and half a record.
        last = rows(
            corpus, "SELECT max(id), max(offset) FROM captures WHERE id NOT IN (SELECT capture_id FROM articles)"
        )
        rows(corpus, "DELETE FROM captures WHERE id = ?", last[0][0])
        rows(corpus, "UPDATE warc_files SET size = ?", last[0][1])
        with path.open("ab") as file:
            file.write(path.read_bytes()[:200])
        assert crawl_url(server.url, corpus).status == 0
    assert rows(corpus, "SELECT count(*) FROM captures WHERE offset = ?", last[0][1]) == [(1,)]
    assert rows(corpus, "SELECT count(*) FROM captures WHERE offset < ? AND offset > ?", size + 2000, size) != [(0,)]
    assert archive(corpus, "verify").status == 0


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of 60 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60000", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("only the system's administrator can mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_ends_the_crawl_in_a_line_and_crosses_off_nothing_that_is_not_there(tmp_path, small_disk):
    corpus, roomy = tmp_path / "corpus.db", tmp_path / "warc"
    with serve([DemoPortal("seed", seed=5, size=60)]) as server:
        done = crawl_url(server.url, corpus, "-s", f"ARCHIVE_DIR={small_disk}")
        one_line(done, "small", "disk takes no more")
        assert done.status == 1
        assert rows(corpus, "SELECT outcome FROM runs") == [("archive_full",)]
        _all_there(corpus, small_disk)
        kept = rows(corpus, "SELECT count(*) FROM articles")[0][0]
        assert 0 < kept < 50
        # Moved to where there is room, the archive goes on.
        shutil.copytree(small_disk, roomy)
        assert crawl_url(server.url, corpus).status == 0
    _all_there(corpus, roomy)
    assert rows(corpus, "SELECT count(*) FROM articles") == [(60,)]
    assert archive(corpus, "verify").status == 0


def _all_there(corpus, folder):
    """Every article's record can be read."""
    places = rows(
        corpus,
        "SELECT name, captures.offset, captures.url FROM articles JOIN captures ON captures.id = capture_id"
        " JOIN warc_files ON warc_files.id = file_id",
    )
    urls = {record.url for record in raw_records(folder)}
    assert len(places) == rows(corpus, "SELECT count(*) FROM articles")[0][0]
    assert {url for *_, url in places} <= urls


@pytest.mark.parametrize("harvest", [False, True])
def test_a_folder_that_cannot_be_written_is_said_before_the_first_request(tmp_path, harvest):
    (tmp_path / "file").write_text("no folder")
    with serve([DemoPortal("seed", seed=5, size=10)]) as server:
        option = ("-s", f"ARCHIVE_DIR={tmp_path / 'file' / 'warc'}")
        if harvest:
            (tmp_path / "hekou.toml").write_text(f'title = "河口网"\nhome = "{server.url}"\nhosts = ["127.0.0.1"]\n')
            arguments = command(
                "harvest", "hekou", *settings(tmp_path / "corpus.db", f"PORTALS_DIR={tmp_path}"), *option
            )
            ran = subprocess.run(arguments, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60)
            status, said = ran.returncode, ran.stderr
        else:
            done = crawl_url(server.url, tmp_path / "corpus.db", *option)
            status, said = done.status, done.err
        assert not server.log()
    assert status == 1
    assert said.count("\n") == 1
    assert "ARCHIVE_DIR" in said


def test_a_form_that_there_is_not_is_a_usage_error(tmp_path):
    done = crawl_url("http://127.0.0.1:9/", tmp_path / "corpus.db", "-s", "ARCHIVE=zip")
    assert done.status == 2
    assert "ARCHIVE=warc" in done.err


def test_a_record_of_200_megabytes_takes_little_memory(tmp_path):
    """Written and read back in a process of its own, whose memory is limited."""
    script = """
import datetime as dt, sys, tempfile
from pathlib import Path
from crawler.corpus import Corpus
from crawler.corpus.warc.message import Exchange
from crawler.corpus.warc.recorder import Limits, Recorder
from crawler.corpus.warc.verifying import verify
folder, size = Path(sys.argv[1]), 200_000_000
with Corpus.open(folder / "corpus.db") as corpus, tempfile.TemporaryFile() as answer:
    recorder = Recorder(corpus, folder / "warc", "hekou", {"software": "x"}, Limits(10**9, dt.timedelta(1)))
    recorder.begin()
    answer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % size)
    for _ in range(size // 1_000_000):
        answer.write(bytes(1_000_000))
    request = b"GET / HTTP/1.1\\r\\n\\r\\n"
    recorder.record(Exchange("http://a.example/", dt.datetime.now(dt.UTC), request, answer))
    recorder.close()
    faults = []
    list(verify(corpus, folder / "warc", faults.append, print))
    assert faults == [], faults
"""
    most = 400 * 1024 * 1024
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (most, most)),
    )
    assert done.returncode == 0, done.stderr
    with Corpus.open(tmp_path / "corpus.db", readonly=True) as corpus:
        assert [capture.status for capture in corpus.captures("http://a.example/")] == [200]
