"""Progress as it is seen: on a terminal of eighty columns, in a log, and as JSON lines."""

from __future__ import annotations

import json

import pytest
from rich.cells import cell_len
from rich.console import Console

from crawler.demo import DemoPortal, serve
from crawler.extensions.moment import Moment, SectionLine
from crawler.extensions.pace import Wait
from crawler.extensions.progress_view import Fleet, draw_fleet, draw_one, line_of
from tests.crawling import crawl_url, scrapy, settings
from tests.terminal_kit import CLEAR, COLUMNS, HIDE, SHOW, run_in_terminal

#: Slow enough to be looked at: about three seconds for a hundred requests.
SLOW = ("-s", "DOWNLOAD_DELAY=0.03", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
LABELS = ("苏州要闻", "高新区动态与产业观察周刊", "民生", "体育", "教育", "文化", "Sport 体育", "健康", "房产", "汽车")


@pytest.fixture
def corpus(tmp_path):
    return tmp_path / "corpus.db"


def moment(number=0, **changes):
    sections = tuple(
        SectionLine(f"{label}{n}" if n else label, n % 7 * 3, n % 7 * 3 + 5, n % 3 + 1, None if n % 2 else "last_page")
        for n in range(5)
        for label in LABELS
    )
    figures = {
        "portal": f"portal-{number}", "seconds": 754.0, "new": 12345, "duplicate": 678, "rejected": 90, "errors": 12,
        "requests": 23456, "rate": 0.97 + number, "wait": Wait("www.example.cn", 59.4, "Retry-After (HTTP 503)"),
        "sections": sections, "answered": 1200, "wanted": 3400, "left": 3725.0,
    }  # fmt: skip
    return Moment(**(figures | changes))


def drawn(picture, height=24):
    console = Console(width=COLUMNS, height=height, force_terminal=True, color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(picture(console))
    return capture.get().splitlines()


def assert_fits(lines, height=24):
    assert len(lines) < height
    assert max(map(cell_len, lines)) <= COLUMNS


@pytest.mark.parametrize("height", [10, 24, 60])
def test_one_crawl_fits_the_screen(height):
    lines = drawn(lambda console: draw_one(moment(), console), height)
    assert_fits(lines, height)
    text = "\n".join(lines)
    assert "12345 new, 678 duplicate, 90 rejected, 12 errors; 23456 requests" in text
    assert "about 1:02:05 left" in text
    assert "waiting 59.4 s for www.example.cn: Retry-After (HTTP 503)" in text
    assert "more" in lines[-1]


@pytest.mark.parametrize("height", [10, 24, 60])
def test_a_hundred_portals_fit_the_screen_the_busiest_first(height):
    names = {"portal": "苏州高新区融媒体中心新闻网"}
    fleet = Fleet(61.0, [moment(n, **(names if n == 99 else {})) for n in range(100)], 20, 31, {"new": 5, "errors": 1})
    lines = drawn(lambda console: draw_fleet(fleet, console), height)
    assert_fits(lines, height)
    assert "harvest  1:01  20 ended, 100 running, 31 to come" in lines[0]
    assert f"{12345 * 100 + 5:,} new" in lines[1]
    assert lines[2].startswith("苏州高新区融媒体")
    assert "more; " in lines[-1]
    assert "100 waiting for politeness" in lines[-1]


def test_time_left_of_a_harvest_is_known_when_every_portal_knows():
    known, unknown = moment(left=5.0), moment(left=None)
    assert Fleet(1.0, [known, moment(left=7.0)], 0, 0).left == 7.0
    assert Fleet(1.0, [known, unknown], 0, 0).left is None
    assert Fleet(1.0, [known], 0, 1).left is None


def test_a_line_of_the_log_says_what_is_waited_for_only_where_that_is_long():
    assert "waiting 59.4 s" in line_of(moment())
    assert "waiting" not in line_of(moment(wait=Wait("www.example.cn", 0.8, "1 s between requests")))


# --- In a pseudo-terminal --------------------------------------------------------------------------------------------


def widest(session):
    return max(cell_len(line) for picture in session.pictures for line in picture)


def test_a_crawl_on_a_terminal(corpus):
    with serve([DemoPortal("seed", seed=1, size=60)]) as server:
        url = ("portal", "-a", f"url={server.url}", "-a", "name=清河")
        session = run_in_terminal("crawl", *url, *settings(corpus), *SLOW, "-s", "SUMMARY=False")
    assert session.status == 0, session.text
    seen = "\n".join(line for picture in session.pictures for line in picture)
    assert "requests/s" in seen
    assert "清河资讯" in seen
    assert "━" in seen
    assert "last page" in seen
    assert "0.03 s between requests" in seen
    assert widest(session) <= COLUMNS
    # Nothing of the picture stays, the screen is never wiped as a whole, and the cursor is there again.
    assert not session.last
    assert CLEAR not in session.raw
    assert session.raw.rindex(SHOW) > session.raw.rindex(HIDE)


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_leaves_a_clean_screen(corpus, times):
    with serve([DemoPortal("seed", seed=1, size=200)], delay=0.02) as server:
        session = run_in_terminal(
            "crawl", "portal", "-a", f"url={server.url}", "-a", "name=demo", *settings(corpus), *SLOW,
            "-s", "SUMMARY=False", interrupt=lambda session: "reading" in session.text, times=times,
        )  # fmt: skip
    assert session.status == 1, session.text
    assert "Traceback" not in session.text
    assert session.raw.rindex(SHOW) > session.raw.rindex(HIDE)
    assert widest(session) <= WIDE_MESSAGE
    said = " ".join(session.last)
    assert said.startswith("chengwen: ")
    assert "what was stored is kept" in said
    assert "━" not in said


#: The one line that says how the run ended may be longer than a picture's: the terminal wraps it.
WIDE_MESSAGE = 120


def test_log_lines_stand_above_the_picture(corpus):
    with serve([DemoPortal("seed", seed=1, size=60)]) as server:
        session = run_in_terminal(
            "crawl", "portal", "-a", f"url={server.url}", "-a", "name=demo", *settings(corpus), *SLOW,
            "-L", "INFO", "-s", "SUMMARY=False",
        )  # fmt: skip
    assert session.status == 0, session.text
    assert any("[scrapy.core.engine] INFO: Spider opened" in line for line in session.last)
    assert not any("requests/s" in line for line in session.last)


def test_a_harvest_on_a_terminal(corpus, tmp_path):
    folder = tmp_path / "portals"
    folder.mkdir()
    names = ("lanjiang", "hekou", "shiqiao")
    with serve([DemoPortal("seed", seed=n, size=50) for n in (1, 2, 3)]) as server:
        for name, url in zip(names, server.urls, strict=True):
            host = url.split("/")[2].partition(":")[0]
            (folder / f"{name}.toml").write_text(f'title = "{name}"\nhome = "{url}"\nhosts = ["{host}"]\n', "utf-8")
        session = run_in_terminal(
            "harvest", *names, *settings(corpus, f"PORTALS_DIR={folder}", "HARVEST_PORTALS=2"), *SLOW
        )
    assert session.status == 0, session.text
    seen = ["\n".join(picture) for picture in session.pictures]
    assert any("0 ended, 2 running, 1 to come" in picture for picture in seen)
    assert any("lanjiang" in picture and "hekou" in picture and "━" in picture for picture in seen)
    assert widest(session) <= COLUMNS
    assert "finished; " not in session.text
    assert not any("requests/s;" in line for line in session.last)
    assert any("3 portals" in line for line in session.last)
    assert session.raw.rindex(SHOW) > session.raw.rindex(HIDE)


# --- Without a terminal ----------------------------------------------------------------------------------------------


def test_lines_in_a_log(corpus):
    with serve([DemoPortal("seed", seed=1, size=60)]) as server:
        done = crawl_url(server.url, corpus, *SLOW, "-s", "PROGRESS_SECONDS=0.5")
    assert done.status == 0, done
    lines = [line for line in done.err.splitlines() if " demo: " in line]
    assert len(lines) >= 3
    assert all(" new, " in line and "/s, 0:0" in line and "\x1b" not in line for line in lines)


def events(err):
    return [json.loads(line) for line in err.splitlines()]


def test_json_lines_of_a_crawl(corpus):
    with serve([DemoPortal("seed", seed=1, size=60)]) as server:
        done = crawl_url(server.url, corpus, *SLOW, "-s", "PROGRESS_SECONDS=0.5", "-L", "INFO", "--log-format", "json")
    assert done.status == 0, done
    assert done.out == ""
    found = events(done.err)
    progress = [event for event in found if event["event"] == "progress"]
    assert progress[-1]["portal"] == "demo"
    assert {"new", "duplicate", "rejected", "errors", "requests", "rate", "wait", "sections", "left"} <= set(
        progress[0]
    )
    assert {section["label"] for section in progress[-1]["sections"]} >= {"首页", "体育"}
    assert any(event["event"] == "log" and event["message"] == "Spider opened" for event in found)
    assert found[-1]["event"] == "summary" or found[-2]["event"] == "summary"


def test_json_lines_of_a_crawl_that_fails(corpus):
    done = crawl_url("http://127.0.0.1:9/", corpus, "--log-format", "json")
    assert done.status == 1
    assert "connection refused" in events(done.err)[-1]["message"]


def test_json_lines_of_a_harvest(corpus, tmp_path):
    with serve([DemoPortal("seed", seed=1, size=50)]) as server:
        (tmp_path / "lanjiang.toml").write_text(
            f'title = "兰江"\nhome = "{server.url}"\nhosts = ["127.0.0.1"]\n', "utf-8"
        )
        options = settings(corpus, f"PORTALS_DIR={tmp_path}", "PROGRESS_SECONDS=0.5")
        done = scrapy("harvest", "lanjiang", *options, *SLOW, "--log-format", "json")
    assert done.status == 0, done
    assert done.out == ""
    (ended,) = [event for event in events(done.err) if event["event"] == "ended"]
    assert (ended["portal"], ended["outcome"], ended["new"] > 40) == ("lanjiang", "finished", True)
    assert any(event["event"] == "progress" for event in events(done.err))
