"""scrapy archive: from any article to its bytes, from any record to its articles; packages; verification."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
import urllib.request
import zipfile
from pathlib import Path

import lxml.html
import pytest

from crawler.demo import DemoPortal, Request, serve
from tests.archive_kit import archive, other, other_program, rows
from tests.crawling import crawl_url

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """A portal that goes on, and what was crawled of it, pictures included."""
    folder = tmp_path_factory.mktemp("archive")
    portal = DemoPortal("seed", seed=5, size=30)
    with serve([portal]) as server:
        done = crawl_url(server.url, folder / "corpus.db", "-a", "media=yes")
        assert done.status == 0, done
        yield portal, server, folder / "corpus.db"


@pytest.fixture
def copied(crawled, tmp_path):
    """The corpus and its archive, to be harmed."""
    shutil.copytree(crawled[2].parent, tmp_path / "copy")
    return tmp_path / "copy" / "corpus.db", next((tmp_path / "copy" / "warc").glob("*"))


def bytes_of(portal: DemoPortal, path: str) -> str:
    return portal.respond(Request(path)).body.decode()


@pytest.mark.parametrize("spelling", ["{}", "{}?from=timeline", "https://{bare}"])
def test_any_spelling_of_an_articles_address_gives_its_bytes(crawled, spelling):
    portal, _, corpus = crawled
    story = next(iter(portal.truth()))
    got = archive(corpus, "get", spelling.format(story.url, bare=story.url.removeprefix("http://")))
    assert (got.status, got.out) == (0, bytes_of(portal, story.path))
    assert re.search(r"HTTP 200, fetched .*\.warc\.gz:\d+$", got.err)


def test_headers_and_the_answer_as_it_travelled(crawled, tmp_path):
    portal, _, corpus = crawled
    story = next(iter(portal.truth()))
    headers = archive(corpus, "get", story.url, "--headers").out
    assert headers.startswith("HTTP/1.1 200 OK\n")
    out = tmp_path / "answer"
    assert archive(corpus, "get", story.url, "--raw", "-o", str(out)).status == 0
    assert out.read_bytes() == headers.replace("\n", "\r\n").encode() + b"\r\n" + bytes_of(portal, story.path).encode()
    assert archive(corpus, "get", story.url, "-o", str(out)).status == 2


def test_a_page_as_it_was_then(crawled, copied):
    portal, server, _ = crawled
    corpus, _ = copied
    story = next(iter(portal.truth()))
    rows(corpus, "UPDATE captures SET captured_at = '2025-01-01T00:00:00.000000+00:00' WHERE url = ?", story.url)
    rows(corpus, "UPDATE checks SET next_check = '2000'")
    assert crawl_url(server.url, corpus).status == 0
    (_, first), (_, last) = rows(corpus, "SELECT id, captured_at FROM captures WHERE url = ? ORDER BY id", story.url)
    assert first < last
    assert "fetched 2025-01-01 08:00:00" in archive(corpus, "get", story.url, "--at", "2025-01").err
    now = archive(corpus, "get", story.url)
    assert (now.status, now.out) == (0, bytes_of(portal, story.path))
    assert re.search(r"HTTP 304, fetched 20[^\n]*\(body of 2025-01-01 08:00:00\)", now.err)
    early = archive(corpus, "get", story.url, "--at", "2024-12-31T10:00")
    assert (early.status, early.err.count("\n")) == (2, 1)
    assert "first archived 2025-01-01 08:00" in early.err


def test_from_a_record_to_its_articles(crawled):
    _, _, corpus = crawled
    url, title, name, offset = rows(
        corpus,
        "SELECT articles.url, title, name, offset FROM articles JOIN captures ON captures.id = capture_id"
        " JOIN warc_files ON warc_files.id = file_id LIMIT 1",
    )[0]
    assert archive(corpus, "articles", f"{name}:{offset}").out == f"{url}\t{title}\n"
    everything = json.loads(archive(corpus, "articles", name, "--json").out)
    assert len(everything) == rows(corpus, "SELECT count(*) FROM articles")[0][0]
    assert archive(corpus, "articles", "other.warc.gz").status == 2


def test_a_further_part_leads_to_the_article_that_it_is_part_of(tmp_path):
    corpus = tmp_path / "corpus.db"
    with serve([DemoPortal("trs", seed=5, size=30)]) as server:
        assert crawl_url(server.url, corpus).status == 0
    name, offset, url = rows(
        corpus,
        "SELECT name, offset, articles.url FROM addresses JOIN captures ON captures.key = addresses.key"
        " JOIN warc_files ON warc_files.id = file_id JOIN articles ON articles.id = article_id"
        " WHERE addresses.kind = 'part' LIMIT 1",
    )[0]
    assert archive(corpus, "articles", f"{name}:{offset}").out.startswith(f"{url}\t")


def test_lists_and_figures(crawled):
    _, _, corpus = crawled
    (row,) = json.loads(archive(corpus, "list", "--json").out)
    assert row["captures"] == rows(corpus, "SELECT count(*) FROM captures")[0][0]
    assert row["size"] == next((corpus.parent / "warc").glob("*")).stat().st_size
    shown = archive(corpus, "list").out + archive(corpus, "stat").out
    assert max(map(len, shown.splitlines())) <= 80
    assert re.search(r"text/html .*\n", shown)
    figures = json.loads(archive(corpus, "stat", "--json").out)
    assert sum(line["captures"] for line in figures) == row["captures"]
    assert {line["portal"] for line in figures} == {"demo"}


@pytest.mark.parametrize("arguments", [(), ("get",), ("list", "x"), ("unpack",)])
def test_wrong_words_are_usage_errors(crawled, arguments):
    assert archive(crawled[2], *arguments).status == 2


# Verification


def test_an_unharmed_archive_verifies(crawled):
    done = archive(crawled[2], "verify")
    assert (done.status, done.out.count("\n")) == (0, 1), done


def test_a_harmed_record_is_named_and_the_next_ones_are_read(copied):
    corpus, file = copied
    story, offset, length = rows(
        corpus,
        "SELECT url, offset, length FROM captures WHERE id IN (SELECT capture_id FROM articles) ORDER BY id LIMIT 1",
    )[0]
    data = bytearray(file.read_bytes())
    data[offset + length // 2 : offset + length // 2 + 20] = bytes(20)
    file.write_bytes(data)
    done = archive(corpus, "verify")
    assert done.status == 1
    faults = done.out.splitlines()[:-1]
    assert len(faults) == 2, faults
    assert f"{file.name}, byte {offset}: damaged" in faults[0]
    assert f"byte {offset}: no readable record; it should hold {story} (1 article)" in faults[1]
    got = archive(corpus, "get", story)
    assert (got.status, got.err.count("\n")) == (1, 1)


def test_a_truncated_file_a_missing_file_and_a_moved_one(copied, tmp_path):
    corpus, file = copied
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    done = archive(corpus, "verify")
    assert done.status == 1
    assert "cut off" in done.out
    file.unlink()
    done = archive(corpus, "verify")
    assert (done.status, done.out.count("\n")) == (1, 2)
    assert "cannot be read" in done.out
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (moved / file.name).write_bytes(whole)
    assert archive(corpus, "verify", "-s", f"ARCHIVE_DIR={moved}").status == 0
    url = rows(corpus, "SELECT url FROM articles LIMIT 1")[0][0]
    assert "ARCHIVE_DIR" in archive(corpus, "get", url).err
    assert archive(corpus, "get", url, "-s", f"ARCHIVE_DIR={moved}").status == 0


def test_what_is_missing_on_either_side_is_named(copied):
    corpus, file = copied
    url = rows(corpus, "SELECT url FROM captures WHERE id NOT IN (SELECT capture_id FROM articles) LIMIT 1")[0][0]
    rows(corpus, "UPDATE captures SET original_id = NULL")
    rows(corpus, "DELETE FROM captures WHERE url = ?", url)
    article, capture = rows(corpus, "SELECT url, capture_id FROM articles LIMIT 1")[0]
    rows(corpus, "UPDATE articles SET capture_id = NULL WHERE url = ?", article)
    rows(corpus, "UPDATE captures SET digest = 'sha1:AAAA' WHERE id = ?", capture)
    (file.parent / "other.warc.gz").write_bytes(file.read_bytes())
    done = archive(corpus, "verify")
    assert done.status == 1
    assert f"the corpus does not list it ({url})" in done.out
    assert "the corpus lists another capture there" in done.out
    assert f"{article}: stored in a run that was archived, but without a record" in done.out
    assert "other.warc.gz: not of this corpus" in done.err


# Packages


@pytest.fixture(scope="module")
def package(crawled):
    out = crawled[2].parent / "all.wacz"
    done = archive(crawled[2], "pack", str(out))
    assert done.status == 0, done
    return out


def test_a_package_has_pages_with_titles_times_and_texts(crawled, package):
    _, _, corpus = crawled
    with zipfile.ZipFile(package) as opened:
        head, *pages = [json.loads(line) for line in opened.read("pages/pages.jsonl").splitlines()]
        assert all(
            info.compress_type == zipfile.ZIP_STORED for info in opened.infolist() if "archive/" in info.filename
        )
    assert head["format"] == "json-pages-1.0"
    stored = rows(corpus, "SELECT articles.url, title, body FROM articles JOIN bodies ON bodies.id = body_id")
    assert sorted((page["url"], page["title"], page["text"]) for page in pages) == sorted(stored)
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", page["ts"]) for page in pages)


def test_wacz_finds_the_package_valid(package):
    done = other("wacz", "validate", "-f", str(package))
    assert done.status == 0, done
    assert "valid" in done.out


def test_a_selection_is_packed_and_nothing_half(crawled, package, tmp_path):
    _, _, corpus = crawled
    assert archive(corpus, "pack", str(tmp_path / "none.wacz"), "--portal", "szdushi").status == 2
    assert archive(corpus, "pack", str(tmp_path / "none.wacz"), "--until", "2020").status == 2
    assert archive(corpus, "pack", str(tmp_path / "none.zip")).status == 2
    assert archive(corpus, "pack", str(package)).status == 2
    assert not list(tmp_path.iterdir())
    some = archive(corpus, "pack", str(tmp_path / "some.wacz"), "--portal", "demo", "--since", "2020")
    assert some.status == 0
    assert re.search(r": (\d+) captures", some.out)[1] == str(rows(corpus, "SELECT count(*) FROM captures")[0][0])


@pytest.fixture(scope="module")
def replay(package, tmp_path_factory):
    """pywb serving the package's records; its address."""
    folder = tmp_path_factory.mktemp("pywb")
    with zipfile.ZipFile(package) as opened:
        opened.extract("archive/data.warc.gz", folder)
    for arguments in (("init", "kept"), ("add", "kept", str(folder / "archive/data.warc.gz"))):
        done = other("wb-manager", *arguments, cwd=folder)
        assert done.status == 0, done
    (folder / "config.yaml").write_text("framed_replay: false\n")
    port = _free_port()
    serving = subprocess.Popen(
        [other_program("wayback"), "--port", str(port), "--bind", "127.0.0.1"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        _until_it_answers(address)
        yield f"{address}kept/"
    finally:
        serving.terminate()
        serving.wait(20)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _until_it_answers(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{address} does not answer")


def test_pywb_replays_the_bytes(crawled, replay):
    portal, *_ = crawled
    for story in list(portal.truth())[:10]:
        with urllib.request.urlopen(f"{replay}2030id_/{story.url}", timeout=30) as answer:
            assert answer.read().decode() == bytes_of(portal, story.path)


def test_a_replayed_article_looks_like_the_original(crawled, replay, tmp_path):
    if CHROMIUM is None:
        pytest.skip("no chromium")
    story = next(iter(crawled[0].truth()))
    original, replayed = story.url, f"{replay}2030mp_/{story.url}"
    assert _text(original) == _text(replayed)
    assert story.body.splitlines()[0] in _text(replayed)
    assert _picture(original, tmp_path / "1.png") == _picture(replayed, tmp_path / "2.png")


def _browse(*arguments: str) -> str:
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    flags += [
        "--disable-component-update",
        "--hide-scrollbars",
        "--window-size=1000,2000",
        "--virtual-time-budget=8000",
    ]
    done = subprocess.run([str(CHROMIUM), *flags, *arguments], capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def _text(url: str) -> str:
    page = lxml.html.fromstring(_browse("--dump-dom", url))
    for element in page.xpath("//script | //style | //head"):
        element.drop_tree()
    return " ".join(page.text_content().split())


def _picture(url: str, path: Path) -> bytes:
    _browse(f"--screenshot={path}", url)
    return path.read_bytes()
