"""Any bytes: no exception, no hang, and no quadratic time (issue limits: 2 s and 500 MB a page)."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.extract import extract
from crawler.items import PAGE_KINDS, Article
from tests.page_kit import BODY, PARAGRAPHS, URL, article, page, paragraphs

SETTINGS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TAGS = ("<p>", "</p>", "<div>", "</div>", "<br>", "<table>", "<td>", "<a href=/x>", "</a>", "<ul><li>", "<h1>")
OTHERS = ("<!--", "-->", "<script>", "</script>", "<title>", "&amp;", "&#0;", "&#x110000;", "\x00", "]]>")
PIECES = st.sampled_from([*TAGS, *OTHERS, *PARAGRAPHS])
ROOT = Path(__file__).parents[1]
#: Generous against the 2 s of a quiet machine, and far below what quadratic time would take.
PATIENCE = 60


def sane(found: Article) -> None:
    assert found.kind in PAGE_KINDS
    assert 0 <= found.confidence <= 1
    assert "\x00" not in found.body
    assert all(block.text or block.url for block in found.blocks)


@SETTINGS
@given(st.binary(max_size=2_000), st.sampled_from([None, "", "text/html; charset=gbk", "x" * 50, "text/html;charset="]))
def test_any_bytes(body: bytes, content_type: str | None) -> None:
    sane(extract(body, URL, content_type=content_type))


@SETTINGS
@given(st.lists(PIECES, max_size=60), st.sampled_from(["utf-8", "gb18030", "utf-16", "big5hkscs"]))
def test_any_markup(pieces: list[str], codec: str) -> None:
    sane(extract("".join(pieces).encode(codec, "replace"), URL))


@SETTINGS
@given(st.integers(min_value=0, max_value=2**32))
def test_mutated_pages(seed: int) -> None:
    chance = random.Random(seed)
    body = bytearray(article("<p>（责任编辑：王晓东）</p>").encode(chance.choice(["utf-8", "gb18030"])))
    for _ in range(chance.randrange(1, 40)):
        place = chance.randrange(len(body))
        match chance.randrange(3):
            case 0:
                body[place] = chance.randrange(256)
            case 1:
                del body[place : place + chance.randrange(200)]
            case _:
                body[place:place] = bytes(body[chance.randrange(len(body)) :][: chance.randrange(400)])
    sane(extract(bytes(body), URL))


@SETTINGS
@given(st.text(max_size=80))
def test_any_address(url: str) -> None:
    sane(extract(article().encode(), url))


def in_time(body: bytes) -> Article:
    """What extract makes of a body, in a thread that the test does not wait for in vain."""
    box: list[Article] = []
    thread = threading.Thread(target=lambda: box.append(extract(body, URL)), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert box, "no answer"
    return box[0]


TEXT = "".join(PARAGRAPHS)
STRESS: dict[str, Callable[[], bytes]] = {
    "10 MB page": lambda: page("".join(f"<p>{text}</p>" for text in PARAGRAPHS) * 14_000).encode(),
    "100,000 nested tags": lambda: page("<div>" * 100_000 + TEXT).encode(),
    "100,000 nested inline tags": lambda: page("<span><b>" * 50_000 + TEXT).encode(),
    "100,000 nested tables": lambda: page("<table><tr><td>" * 33_000 + TEXT).encode(),
    "one line of 5 MB": lambda: page(f"<p>{TEXT * 8_000}</p>").encode(),
    "a million attributes": lambda: (
        b"<html><body><div " + b" ".join(b"a%d=1" % n for n in range(1_000_000)) + b">x</div>"
    ),
    "a million attributes in quotes": lambda: b"<p " + b" ".join(b"a%d='>'" % n for n in range(1_000_000)) + b">x",
    "one attribute of 5 MB": lambda: b'<html><body><p title="' + b"x" * 5_000_000 + b'">x</p>',
    "a million links": lambda: b"<html><body>" + b"<a href=/x.html>x</a>" * 500_000,
    "a million breaks": lambda: page("字，<br>" * 500_000).encode(),
    "5 MB of less-than signs": lambda: b"<html>" + b"<" * 5_000_000,
    "5 MB of bad bytes": lambda: b"<html>" + b"\xff\xfe\xfd" * 1_700_000,
    "unclosed comments": lambda: b"<html>" + b"<!--" * 1_000_000,
    "a million entities": lambda: page("<p>" + "&amp;&nbsp;&#20020;" * 330_000).encode(),
    "null bytes": lambda: b"<html>\x00" + b"<p>\x00a\x00</p>" * 100_000,
    "5 MB of spaces": lambda: page("<p>" + " " * 5_000_000 + "</p>").encode(),
    "commas": lambda: page("<p>" + "，" * 1_500_000 + "</p>").encode(),
    "digits": lambda: page("<p>" + "1 " * 2_000_000 + "</p>").encode(),
    "brackets": lambda: page("<p>" + "（记者" * 500_000 + "</p>").encode(),
}


@pytest.mark.parametrize("name", STRESS)
def test_stress(name: str) -> None:
    sane(in_time(STRESS[name]()))


def test_what_follows_a_million_attributes_is_read() -> None:
    huge = "<div " + " ".join(f"a{n}=1" for n in range(100_000)) + "></div>"
    assert extract(page(huge + paragraphs()).encode(), URL).body == BODY


def test_a_page_costs_less_than_500_mb() -> None:
    code = (
        "import resource; from crawler.extract import extract; from tests.test_fuzz import STRESS, URL;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "extract(STRESS['10 MB page'](), URL); extract(STRESS['a million breaks'](), URL);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert int(done.stdout) < 500_000  # KiB on Linux, bytes (a stricter limit) on macOS
