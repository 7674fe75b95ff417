"""Several machines, one corpus: each goes on in its own files of the archive, and what a dead one left is not lost."""

from __future__ import annotations

import datetime as dt
import fcntl
import io
import os

import pytest

from crawler.corpus import Corpus
from crawler.corpus.warc.message import Exchange
from crawler.corpus.warc.recorder import Limits, Recorder
from crawler.corpus.warc.verifying import verify
from crawler.demo import DemoPortal, serve
from tests.archive_kit import archive, rows
from tests.crawling import crawl_url

LIMITS = Limits(10**9, dt.timedelta(days=7))
NOW = dt.datetime(2026, 11, 25, 4, tzinfo=dt.UTC)


@pytest.fixture
def corpus(tmp_path):
    with Corpus.open(tmp_path / "corpus.db") as opened:
        yield opened


def run(corpus, folder, prefix, *urls, clock=lambda: NOW, killed=False):
    """One run of a machine: what it fetched is in its file; killed: and not listed, the last record torn."""
    recorder = Recorder(corpus, folder, "hekou", {"software": "x"}, LIMITS, prefix=prefix, clock=clock)
    recorder.begin()
    for url in urls:
        answer = io.BytesIO(f"HTTP/1.1 200 OK\r\n\r\n{url}".encode())
        recorder.record(Exchange(url, clock(), b"GET / HTTP/1.1\r\n\r\n", answer))
    if not killed:
        recorder.close()
        return
    corpus.recording = None
    recorder._file.close()
    path = recorder._file.path
    with path.open("ab") as file:
        file.write(path.read_bytes()[:40])


def listed(corpus):
    """Which addresses each file holds, and whether it is sealed."""
    return {
        row.name[:8]: ([c.url[-1] for c in corpus.captures_in(row.name)], row.sealed) for row in corpus.warc_files()
    }


def faults(corpus, folder):
    found = []
    for _ in verify(corpus, folder, found.append, lambda _: None):
        pass
    return found


def test_each_machine_goes_on_in_its_own_file(corpus, tmp_path):
    for prefix, number in (("node1", 1), ("node2", 2), ("node1", 3), ("node2", 4)):
        run(corpus, tmp_path / "warc", prefix, f"http://a.example/{number}")
    assert listed(corpus) == {"node1-he": (["1", "3"], False), "node2-he": (["2", "4"], False)}
    assert faults(corpus, tmp_path / "warc") == []


def test_what_a_dead_machine_left_in_a_shared_folder_is_listed_by_whoever_takes_over(corpus, tmp_path):
    run(corpus, tmp_path / "warc", "node1", "http://a.example/1", "http://a.example/2", killed=True)
    run(corpus, tmp_path / "warc", "node2", "http://a.example/3")
    assert listed(corpus) == {"node1-he": (["1", "2"], False), "node2-he": (["3"], False)}
    assert faults(corpus, tmp_path / "warc") == []
    run(corpus, tmp_path / "warc", "node1", "http://a.example/4")
    assert listed(corpus)["node1-he"] == (["1", "2", "4"], False)


def test_a_file_in_another_machines_folder_stops_nothing_and_is_listed_by_its_own_machine(corpus, tmp_path):
    run(corpus, tmp_path / "here", "node1", "http://a.example/1", "http://a.example/2", killed=True)
    run(corpus, tmp_path / "there", "node2", "http://a.example/3")
    assert listed(corpus) == {"node1-he": ([], False), "node2-he": (["3"], False)}
    run(corpus, tmp_path / "here", "node1", "http://a.example/4")
    assert listed(corpus) == {"node1-he": (["1", "2", "4"], False), "node2-he": (["3"], False)}
    # Copied together they are one archive.
    for path in (tmp_path / "there").iterdir():
        path.rename(tmp_path / "here" / path.name)
    assert faults(corpus, tmp_path / "here") == []


def test_a_file_that_its_machine_still_has_open_is_left_alone(corpus, tmp_path):
    """A crawl that lost its turn may still be ending."""
    run(corpus, tmp_path / "warc", "node1", "http://a.example/1", killed=True)
    (path,) = (tmp_path / "warc").iterdir()
    before = path.read_bytes()
    descriptor = os.open(path, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        run(corpus, tmp_path / "warc", "node2", "http://a.example/2")
    finally:
        os.close(descriptor)
    assert path.read_bytes() == before
    assert listed(corpus) == {"node1-he": ([], False), "node2-he": (["2"], False)}


def test_another_machines_file_is_sealed_when_its_time_is_over(corpus, tmp_path):
    run(corpus, tmp_path / "warc", "node1", "http://a.example/1")
    run(corpus, tmp_path / "warc", "node2", "http://a.example/2", clock=lambda: NOW + dt.timedelta(days=8))
    assert listed(corpus) == {"node1-he": (["1"], True), "node2-he": (["2"], False)}


def test_a_name_that_begins_like_anothers_is_another(corpus, tmp_path):
    run(corpus, tmp_path / "warc", "node1-2", "http://a.example/1")
    run(corpus, tmp_path / "warc", "node1", "http://a.example/2")
    assert len(corpus.warc_files()) == 2


def test_one_machine_without_a_prefix_goes_on_as_ever(corpus, tmp_path):
    run(corpus, tmp_path / "warc", "", "http://a.example/1")
    (path,) = (tmp_path / "warc").iterdir()
    assert path.name.startswith("hekou-2026")
    path.unlink()
    run(corpus, tmp_path / "warc", "", "http://a.example/2")
    assert [row.sealed for row in corpus.warc_files()] == [True, False]


def test_crawls_of_two_machines_are_one_archive(tmp_path):
    """The second one's file lies in another folder until it is moved to the first's."""
    path = tmp_path / "corpus.db"
    with serve([DemoPortal("seed", seed=1, size=20)]) as server:
        for number, more in ((1, ("-a", "limit=5")), (2, ())):
            options = ("-s", f"ARCHIVE_PREFIX=node{number}", "-s", f"ARCHIVE_DIR={tmp_path / f'warc{number}'}")
            assert crawl_url(server.url, path, *options, *more).status == 0
    for file in (tmp_path / "warc2").iterdir():
        file.rename(tmp_path / "warc1" / file.name)
    options = ("-s", f"ARCHIVE_DIR={tmp_path / 'warc1'}")
    assert archive(path, "verify", *options).status == 0
    shown = archive(path, "list", *options)
    assert shown.out.count("node1-demo-") == shown.out.count("node2-demo-") == 1
    for prefix in ("node1", "node2"):
        sql = "SELECT articles.url, warc_files.name FROM articles JOIN captures ON captures.id = capture_id"
        url, name = rows(path, f"{sql} JOIN warc_files ON warc_files.id = file_id WHERE name LIKE '{prefix}%'")[0]
        assert "<html" in archive(path, "get", url, *options).out
        assert url in archive(path, "articles", name, *options).out
