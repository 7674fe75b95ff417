"""scrapy report: what is in it, on a page and in a mail, and what goes wrong."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
import time

import pytest
from lxml import html
from rich.cells import cell_len

from crawler.corpus import Corpus
from crawler.corpus.histogram import bound, merge, quantile
from crawler.demo import DemoPortal, serve
from crawler.items import CST, Template
from crawler.report import render, state_of, write
from crawler.report.svg import bars, columns, lines
from tests.browse_kit import chromium, complaints, needs_chromium
from tests.corpus_kit import Clock, article, downgrade, rows
from tests.crawling import crawl_url, scrapy
from tests.test_bad_input import one_line, start, wait_for_articles
from tests.test_reprints import STORY, WRAPPED, told

PLOTS = {"days", "cost", "latency", "statuses", "lengths", "fields", "repeats", "fit", "gaps"}
EVIL = '<script>document.title="owned"</script>'


def fill(path, portals=3, runs=4):
    """Portals with Chinese and with hostile names, runs that ended, were refused and were killed."""
    clock = Clock()
    with Corpus.open(path, clock=clock) as corpus:
        names = [f"qinghe{n}" for n in range(portals)]
        titles = ["清河都市网", f"恶意{EVIL}", None]
        for n, name in enumerate(names):
            corpus.portal(name, "清河", "江东", f"http://{name}.example.cn/", titles[n % 3])
        for turn in range(runs):
            clock.forward(days=1)
            for n, name in enumerate(names):
                run = corpus.begin_run(name, {})
                section = corpus.section(name, f"要闻{EVIL}", f"http://{name}.example.cn/yw/")
                batch = [
                    article(
                        n * 1000 + turn * 10 + k, portal=name, published=clock.now.astimezone(CST), source="清河日报",
                        reporters=["张三"] if k % 2 else [], body=f"第{n}{turn}{k}条。" * 20 * (k + 1),
                    )
                    for k in range(5)
                ]  # fmt: skip
                corpus.store(batch, run.id)
                gap = n == 1 and turn == runs - 1
                corpus.section_run(
                    run.id, section.id, list_pages=2, links_seen=5, links_new=5, ended_by="known", gap=gap
                )
                stats = {
                    "articles/new": 5, "downloader/request_count": 9 + turn, "downloader/response_status_count/200": 8,
                    "downloader/response_status_count/404": 1 + turn, "latency/histogram": {"0.1": 5, "0.5": 3, "2": 1},
                }  # fmt: skip
                if turn == 0 and n == 0:
                    corpus.checkpoint(run.id, stats, [(section.id, 1, 3, 3)])
                    continue
                clock.forward(minutes=1)
                corpus.end_run(run.id, "blocked" if turn == 1 else "finished", stats)
        corpus.put_template("qinghe0", Template(name="qinghe0-1", version=1), "{}")
        corpus.template_used("qinghe0", 1, 20, 0.93)
        corpus.store([told(90001, STORY, portal="qinghe0"), told(90002, WRAPPED, 2, portal="qinghe1")])
    return path


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("report") / "corpus.db")


def report(path, *options):
    return scrapy("report", *options, "-s", f"CORPUS={path}")


# --- What a run leaves -----------------------------------------------------------------------------------------------


def test_a_killed_run_leaves_its_figures(tmp_path):
    corpus = tmp_path / "corpus.db"
    with serve([DemoPortal("seed", seed=6, size=150)], delay=0.05) as server:
        options = ("-s", "STORE_SECONDS=0.1", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1", "-s", "CHECKPOINT_SECONDS=0.2")
        running = start(server.url, corpus, *options)
        wait_for_articles(corpus, 15)
        time.sleep(0.5)
        running.send_signal(signal.SIGKILL)
        running.communicate(timeout=30)
    with Corpus.open(corpus, readonly=True) as c:
        (run,) = c.report().runs
        sections = rows(c, "SELECT ended_by, list_pages FROM run_sections")
    assert (run.outcome, run.seconds) == ("not ended", None)
    assert run.new >= 5
    assert run.requests >= run.new
    assert run.statuses[200] >= run.new
    assert sum(run.latency.values()) >= run.new
    assert run.gaps == sum(ended is None for ended, _ in sections) >= 1
    assert sum(pages for _, pages in sections) >= 1


def test_a_stopped_run_has_all_its_sections(tmp_path):
    corpus = tmp_path / "corpus.db"
    with serve([DemoPortal("seed", seed=6, size=150)], delay=0.05) as server:
        running = start(server.url, corpus, "-s", "STORE_SECONDS=0.1", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
        wait_for_articles(corpus, 10)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    with Corpus.open(corpus, readonly=True) as c:
        (run,) = c.report().runs
        endings = [row[0] for row in rows(c, "SELECT ended_by FROM run_sections")]
    assert run.outcome == "shutdown"
    assert run.seconds > 0
    assert run.sections == len(endings) == 6
    assert "stopped" in endings
    assert None not in endings


def test_latencies_are_counted_in_classes():
    counts = {}
    for millisecond in range(1, 1001):
        counts[bound(millisecond / 1000)] = counts.get(bound(millisecond / 1000), 0) + 1
    assert len(counts) < 70
    assert 0.5 <= quantile(counts, 0.5) <= 0.57
    assert 0.99 <= quantile(merge([counts, counts]), 0.99) <= 1.12


def test_a_report_counts_what_is_stored(stored):
    with Corpus.open(stored, readonly=True) as corpus:
        found = corpus.report()
        last = corpus.report("qinghe1", dt.datetime(2022, 11, 18, tzinfo=dt.UTC))
    assert [portal.name for portal in found.portals] == ["qinghe0", "qinghe1", "qinghe2"]
    first = found.portals[0]
    assert (first.articles, sum(first.days.values()), first.filled["reporters"], first.sections) == (21, 21, 8, 1)
    assert [run.outcome for run in found.runs if run.portal == "qinghe0"] == [
        "killed",
        "blocked",
        "finished",
        "finished",
    ]
    assert found.runs[0].requests == 9
    assert found.portals[1].gaps == (f"要闻{EVIL}",)
    assert found.portals[1].kinds == {"reprint": 1}
    assert {run.portal for run in last.runs} == {"qinghe1"}
    assert len(last.runs) < 4
    assert len(last.portals) == 1


# --- The page --------------------------------------------------------------------------------------------------------


def test_the_page_holds_every_plot_and_nothing_from_elsewhere(stored):
    with Corpus.open(stored, readonly=True) as corpus:
        page = render(corpus.report())
    assert page.count(b"charset") == 1
    tree = html.fromstring(page.decode("utf-8"))
    for name in PLOTS:
        assert tree.xpath(f"//figure[@id='plot-{name}']//*[contains(@class, 'mark')]"), name
    assert not tree.xpath("//script | //link | //img | //iframe | //object | //@src | //@onload | //@onerror")
    assert b"@import" not in page
    assert b"url(" not in page
    assert "清河都市网 qinghe0" in tree.text_content()
    assert EVIL in tree.text_content()


def test_plots_of_nothing_are_drawn_too():
    for picture in (columns([], {}, "none"), lines(["a"], {"x": [None]}, "none"), bars([], {}, "none")):
        assert picture.get("aria-label") == "none"
    row = bars(["高新区动态与产业观察周刊与生活服务指南"], {"fit": [None]}, "none")
    assert [text.text[-1] for text in row.findall("text")] == ["…", "–"]


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_draws_every_plot_and_asks_nobody(stored, tmp_path, scheme):
    path = tmp_path / "report.html"
    done = report(stored, "-o", str(path))
    assert done.status == 0, done
    assert f"{path}: 12 runs" in done.out
    with chromium() as driver:
        driver.execute_cdp_cmd("Network.enable", {})
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        driver.get(path.as_uri())
        assert driver.title == "城闻 Chengwen: all portals"
        for name in PLOTS:
            marks = driver.find_elements("css selector", f"#plot-{name} .mark")
            assert marks, name
            box = max((mark.rect for mark in marks), key=lambda rect: rect["width"] * rect["height"])
            assert box["width"] >= 1, name
            assert box["height"] >= 1, name
            fill, paper = (
                driver.execute_script("return getComputedStyle(arguments[0])[arguments[1]]", element, what)
                for element, what in (
                    (marks[0], "fill"),
                    (driver.find_element("css selector", "body"), "backgroundColor"),
                )
            )
            assert fill not in (paper, "rgb(0, 0, 0)"), name
        asked = driver.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
        wide = driver.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
        assert (asked, wide) == ([], True)
        assert complaints(driver) == []
        dark = driver.execute_script("return getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
        assert dark == (scheme == "dark")


def test_alarms_stand_in_both_forms(stored):
    from crawler.corpus import Alarm, Completeness, PortalHealth
    from crawler.corpus.health.records import Usual

    now = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    words = "no source (来源) on 29 of 31 articles since 2026-11-02 14:00, usually on 3 %"
    alarm = Alarm(
        "missing_source", None, "watch", now, now, None, None, 29, 31, 0.03, words, "scrapy preview URL",
        ("http://a.cn/1", "javascript:x"),
    )  # fmt: skip
    usual = Usual(30, 30, 24.0, 20.0, 10.0, {})
    share = Completeness(now, 90, 80, 70, 100, 95, 103, 101, 110)
    states = [
        state_of(PortalHealth("qinghe0", "watch", 1, now, usual, None, (alarm,)), share),
        state_of(PortalHealth("qinghe1", "ok", 1, now, usual, None, ()), None),
    ]
    with Corpus.open(stored, readonly=True) as corpus:
        found = corpus.report()
    page = html.fromstring(render(found, states).decode())
    text = write(found, states)
    for shown in (page.text_content(), text.replace("\n", " ")):
        assert "29 of 31 articles" in shown
        assert "95 stored, 92 %" in " ".join(shown.split())
        assert "ok: qinghe1" in shown
    assert page.xpath("//a/@href") == ["http://a.cn/1"]


# --- The mail --------------------------------------------------------------------------------------------------------


def test_text_fits_eighty_columns(stored):
    done = report(stored)
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert "\x1b" not in done.out
    for words in (
        "清河都市网",
        "articles a day, ",
        "killed",
        "blocked",
        "articles may be missing in 要闻",
    ):
        assert words in " ".join(done.out.split())
    assert "reprints: qinghe1 from qinghe0: 1" in done.out


def test_a_hundred_portals_in_one_report(tmp_path):
    path = fill(tmp_path / "many.db", portals=100, runs=1)
    done = report(path)
    assert max(map(cell_len, done.out.splitlines())) <= 80
    assert "… 80 more" in done.out
    with Corpus.open(path, readonly=True) as corpus:
        page = html.fromstring(render(corpus.report()).decode())
    assert len(page.xpath("//figure[@id='plot-cost']//*[contains(@class, 'mark')]")) == 30
    assert len(page.xpath("//figure[@id='plot-days']/following::details[1]//tbody/tr[1]/td")) == 9


def test_one_run_of_a_real_crawl(tmp_path):
    corpus, page = tmp_path / "corpus.db", tmp_path / "r.html"
    with serve([DemoPortal("seed", seed=1, size=50)]) as server:
        assert crawl_url(server.url, corpus).status == 0
    done = report(corpus, "--portal", "demo", "-o", str(page))
    assert done.status == 0, done
    tree = html.fromstring(page.read_text("utf-8"))
    assert all(tree.xpath(f"//figure[@id='plot-{name}']//*[contains(@class, 'mark')]") for name in PLOTS - {"repeats"})
    assert "demo" in tree.findtext(".//title")


# --- What goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (("--portal", "qinghe9"), 2, ("qinghe9", "did you mean")),
        (("--portal", "szdushi"), 2, ("szdushi", "never crawled", "scrapy crawl szdushi")),
        (("--portal", "szdush"), 2, ("szdush", "did you mean szdushi")),
        (("--since", "gestern"), 2, ("--since gestern", "no date")),
        (("--since", "2099"), 1, ("no run and no article since 2099",)),
        (("-o", "/no/such/folder/r.html"), 2, ("/no/such/folder", "make it first")),
        (("-o", "/tmp"), 2, ("/tmp",)),
    ],
)
def test_bad_input(stored, options, status, words):
    done = report(stored, *options)
    assert done.status == status
    one_line(done, *words)
    assert done.out == ""


def test_a_word_too_many(stored):
    done = report(stored, "qinghe0")
    assert done.status == 2
    assert "--portal NAME" in done.err + done.out


def test_no_corpus_an_empty_one_and_an_older_one(tmp_path):
    done = report(tmp_path / "none.db")
    assert done.status == 1
    one_line(done, "no such corpus")
    Corpus.open(tmp_path / "empty.db").close()
    done = report(tmp_path / "empty.db", "-o", str(tmp_path / "r.html"))
    assert done.status == 1
    one_line(done, "no run yet", "scrapy crawl")
    Corpus.open(tmp_path / "old.db").close()
    downgrade(tmp_path / "old.db", 3)
    done = report(tmp_path / "old.db")
    assert done.status == 1
    one_line(done, "older release")
    assert not (tmp_path / "r.html").exists()


def test_an_existing_file_is_kept_unless_forced(stored, tmp_path):
    path = tmp_path / "r.html"
    path.write_text("mine")
    done = report(stored, "-o", str(path))
    assert done.status == 2
    one_line(done, str(path), "--force")
    assert path.read_text() == "mine"
    assert report(stored, "-o", str(path), "--force").status == 0
    assert "城闻" in path.read_text("utf-8")
    done = report(stored, "-o", str(stored), "--force")
    assert done.status == 2
    one_line(done, "the corpus itself")


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path, monkeypatch):
    from crawler.corpus import whole_file
    from crawler.errors import OutputError

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with (
        pytest.raises(OutputError, match=r"r\.html: cannot be written \(No space left"),
        whole_file(tmp_path / "r.html") as f,
    ):
        f.write(b"page")
    assert list(tmp_path.iterdir()) == []


def test_statistics_that_an_older_release_wrote(tmp_path):
    path = fill(tmp_path / "corpus.db", portals=1, runs=2)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE runs SET stats = '{}' WHERE id = 2")
        db.execute("UPDATE runs SET stats = NULL, started_at = '2031-01-01T00:00:00.000000+00:00' WHERE id = 1")
    db.close()
    assert report(path).status == 0
    assert report(path, "-o", str(tmp_path / "r.html")).status == 0
