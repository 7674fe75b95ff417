"""-a media=yes: pictures and files of articles go to the archive, politely, once, and not without bounds."""

from __future__ import annotations

import pytest

from tests import small_portal
from tests.archive_kit import archive, rows
from tests.crawling import crawl_url
from tests.weather import Weather, respond

PICTURE = b"\xff\xd8\xff\xe0" + bytes(500)
JPEG = {"Content_Type": "image/jpeg"}


def story(*pictures: str) -> str:
    shown = "".join(f'<p><img src="{url}"></p>' for url in pictures)
    head = '<link rel="stylesheet" href="/css/site.css"><link rel="icon" href="/favicon.ico">'
    return small_portal.article(0).replace("<p>", f"{shown}<p>", 1).replace("<title>", f"{head}<title>", 1)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """Two crawls of a portal whose pictures lie on another host too; corpus, portal, other host."""
    corpus = tmp_path_factory.mktemp("media") / "corpus.db"
    elsewhere = {
        "/robots.txt": respond("User-agent: *\nDisallow: /private/\n", Content_Type="text/plain"),
        "/a.jpg": respond(PICTURE, **JPEG),
        "/private/b.jpg": respond(PICTURE, **JPEG),
        "/large.jpg": respond(bytes(300_000), **JPEG),
        "/film.jpg": respond(PICTURE, Content_Type="video/mp4"),
    }
    with Weather(elsewhere, host="127.0.0.2") as other:
        far = [other.url + path[1:] for path in elsewhere if path != "/robots.txt"]
        answers = small_portal.portal(1, a0=respond(story("/near.jpg", "/gone.jpg", *far)))
        answers |= {"/near.jpg": respond(PICTURE, **JPEG), "/css/site.css": respond("p{}", Content_Type="text/css")}
        with Weather(answers) as server:
            options = ("-a", "media=yes", "-s", "ARCHIVE_MEDIA_SIZE=100000")
            done = crawl_url(server.url, corpus, *options)
            assert done.status == 0, done
            first = [list(server.paths), list(other.paths)]
            assert crawl_url(server.url, corpus, *options).status == 0
            yield corpus, first, [server.paths[len(first[0]) :], other.paths[len(first[1]) :]]


def held(corpus):
    return {url.split("/", 3)[3]: status for url, status in rows(corpus, "SELECT url, status FROM captures")}


def test_pictures_and_style_sheets_are_archived_from_any_host(crawled):
    found = held(crawled[0])
    assert {name: found.get(name) for name in ("near.jpg", "a.jpg", "css/site.css")} == {
        "near.jpg": 200,
        "a.jpg": 200,
        "css/site.css": 200,
    }
    assert "favicon.ico" not in found


def test_rules_of_the_other_host_are_asked_for_and_obeyed(crawled):
    _, far = crawled[1]
    assert far[0] == "/robots.txt"
    assert "/private/b.jpg" not in far
    assert "/a.jpg" in far


def test_what_is_too_large_or_of_another_kind_is_left_out(crawled):
    assert not {"large.jpg", "film.jpg"} & set(held(crawled[0]))


def test_what_is_there_is_not_asked_for_again_nor_what_is_gone(crawled):
    corpus, _, (near, far) = crawled
    assert held(corpus)["gone.jpg"] == 404
    assert not {"/near.jpg", "/gone.jpg", "/css/site.css"} & set(near)
    assert "/a.jpg" not in far


def test_the_archive_verifies(crawled):
    assert archive(crawled[0], "verify").status == 0


@pytest.mark.parametrize(("argument", "setting"), [("media=maybe", "ARCHIVE=warc"), ("media=yes", "ARCHIVE=")])
def test_wrong_wishes_are_usage_errors(tmp_path, argument, setting):
    done = crawl_url("http://127.0.0.1:9/", tmp_path / "corpus.db", "-a", argument, "-s", setting)
    assert (done.status, done.err.count("\n")) == (2, 1)
