"""scrapy onboard as a person types it: names, files, fixtures, a second look."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from pathlib import Path

import pytest

from crawler.commands import onboard as onboard_command
from crawler.commands.onboard_write import check_pause
from crawler.corpus import Corpus
from crawler.demo import DemoPortal, serve
from crawler.errors import PortalError
from crawler.items import Template
from crawler.portals import Portal, SectionSpec, dump, load, read
from crawler.portals.merge import difference, merge
from crawler.portals.naming import file_name, find_portal
from crawler.urls import key
from tests.crawling import scrapy, settings

FOUND = Portal(
    name="jc",
    title="江城网",
    home="http://www.example.cn/",
    hosts=("example.cn",),
    city="武汉",
    sections=(SectionSpec("要闻", "http://www.example.cn/yw/"), SectionSpec("社会", "http://www.example.cn/sh/")),
    article_urls=(r"/\d{4}/\d+\.html\b",),
    feeds=("http://www.example.cn/rss.xml",),
)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "江城在线"),
        ("city", "汉口"),
        ("hosts", ("example.cn", "example.com")),
        ("encoding", "gb18030"),
        ("notes", "问过编辑部"),
        ("article_urls", (r"/2022/",)),
        ("templates", (Template(name="jc", selectors={"body": ("div.text",)}),)),
    ],
)
def test_what_a_person_wrote_stays(field, value):
    known = dataclasses.replace(FOUND, **{field: value})
    assert getattr(merge(FOUND, known), field) == value


def test_labels_edited_by_hand_stay_and_new_sections_are_added():
    mine = (
        SectionSpec("头条", "http://www.example.cn/yw/index.html"),
        SectionSpec("旧栏目", "http://www.example.cn/old/"),
    )
    merged = merge(FOUND, dataclasses.replace(FOUND, sections=mine))
    assert [s.label for s in merged.sections] == ["头条", "旧栏目", "社会"]


def test_a_new_section_never_takes_a_label_that_is_in_use():
    merged = merge(FOUND, dataclasses.replace(FOUND, sections=(SectionSpec("社会", "http://www.example.cn/other/"),)))
    assert [s.label for s in merged.sections] == ["社会", "要闻", "社会 (www.example.cn/sh/)"]


def test_patterns_that_no_longer_fit_are_added_to():
    known = dataclasses.replace(FOUND, article_urls=(r"/old/",))
    links = [f"http://www.example.cn/2024/{n}.html" for n in range(10)]
    assert merge(FOUND, known, links).article_urls == (r"/old/", r"/\d{4}/\d+\.html\b")


def test_nothing_new_is_no_difference():
    assert difference(dump(FOUND), dump(merge(FOUND, FOUND)), "jc.toml") == ""


@pytest.mark.parametrize(
    ("home", "name"),
    [
        ("https://m.example.cn/", "m-example"),
        ("http://www.example.com.cn/x/", "example"),
        ("http://127.0.0.1:8/", "127-0-0-1"),
    ],
)
def test_a_name_is_made_of_the_host(home, name):
    assert file_name(home) == name


def test_a_shipped_portal_is_known_by_its_home():
    assert find_portal("http://szdushi.com.cn/index.html", None, None)[0] == "szdushi"


# --- As a person types it ---


def onboard(url, folder, *options):
    """The corpus stands beside the folder of portal files."""
    return scrapy("onboard", url, *options, *settings(folder.with_name("corpus.db"), f"PORTALS_DIR={folder}"))


@pytest.fixture(scope="module")
def onboarded(tmp_path_factory):
    """A portal, its server, and a folder that onboard wrote to."""
    folder = tmp_path_factory.mktemp("portals")
    portal = DemoPortal("jcms", seed=7, size=60)
    with serve([portal]) as server:
        done = onboard(server.url, folder / "mine", "--name", "nanpu", "--yes")
        yield portal, server, folder / "mine", done


def test_the_file_is_written_and_loads(onboarded):
    portal, _, folder, done = onboarded
    assert done.status == 0, done
    assert [s.label for s in read(folder / "nanpu.toml").sections] == [s.label for s in portal.sections]


def test_the_template_is_in_the_corpus(onboarded):
    with Corpus.open(onboarded[2].with_name("corpus.db"), readonly=True) as corpus:
        (template,) = corpus.templates("nanpu")
    assert template.name == "nanpu-1"
    assert sum(template.support) >= 3


def test_the_screen_is_no_wider_than_a_terminal(onboarded):
    done = onboarded[3]
    # Addresses, patterns and paths are as long as they are.
    apart = ("//", "article_urls", str(onboarded[2].parent))
    prose = [line for line in done.out.splitlines() if not any(each in line for each in apart)]
    assert max(map(len, prose)) <= 80


def test_progress_is_told_on_standard_error(onboarded):
    assert re.search(r"^ ?\d+/40 section ", onboarded[3].err, re.MULTILINE)


def test_its_pages_are_checked(onboarded):
    done = scrapy("portals", "check", "nanpu", "-s", f"PORTALS_DIR={onboarded[2]}")
    assert (done.status, done.out.strip()) == (0, "nanpu: 3 of 3 saved pages read as before")


def test_the_file_gives_the_articles_that_the_bare_address_gives(onboarded, tmp_path):
    """Which are all that there are: test_end_to_end."""
    portal, _, folder, _ = onboarded
    done = scrapy("crawl", "nanpu", *settings(tmp_path / "file.db", f"PORTALS_DIR={folder}"))
    assert done.status == 0, done
    with Corpus.open(tmp_path / "file.db", readonly=True) as corpus:
        stored = {key(article.url) for article in corpus.articles()}
    assert stored == {key(story.url) for story in portal.truth()}


@pytest.fixture(scope="module")
def edited(onboarded):
    """What became of a file that a person edited: what was said, the file's text, and the portal read from it."""
    _, server, folder, _ = onboarded
    path = folder / "nanpu.toml"
    first = path.read_text("utf-8")
    lines = [line for line in first.splitlines() if "/zwdt.htm" not in line]
    path.write_text("# 编辑部电话见内网\n" + "\n".join(lines).replace("南浦要闻", "要闻") + "\n", encoding="utf-8")
    done = onboard(server.url, folder, "--yes")
    text, portal = path.read_text("utf-8"), load("nanpu", folder)
    path.write_text(first, encoding="utf-8")
    return done, text, portal


def test_a_second_look_shows_the_difference(onboarded, edited):
    done = edited[0]
    assert done.status == 0, done
    changed = re.findall(r"^[+-](?![+-]).*", done.out, re.MULTILINE)
    assert changed == [f'+"文体动态" = "{onboarded[1].url}zwdt.htm"']


def test_a_second_look_keeps_what_was_edited(edited):
    assert [section.label for section in edited[2].sections][::3] == ["要闻", "文体动态"]


def test_a_second_look_keeps_comments_at_the_head(edited):
    assert edited[1].startswith("# 编辑部电话见内网\n")


def test_a_second_look_keeps_saved_pages(edited):
    assert "fixtures/nanpu: saved pages kept" in edited[0].out


@pytest.mark.parametrize(("answer", "agreed"), [("y", True), (" YES ", True), ("是", True), ("", False), ("n", False)])
def test_only_yes_is_yes(monkeypatch, answer, agreed):
    monkeypatch.setattr("builtins.input", lambda question: answer)
    assert onboard_command._agreed(Path("a.toml")) is agreed


def test_no_answer_is_no(monkeypatch):
    def nobody(question):
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    assert onboard_command._agreed(Path("a.toml")) is False


def test_dry_run_writes_nothing(onboarded, tmp_path):
    done = onboard(onboarded[1].url, tmp_path / "none", "--dry-run", "--json")
    assert done.status == 0, done
    assert json.loads(done.out)["cms"]["name"] == "Hanweb JCMS"
    assert not list(tmp_path.iterdir())


def test_nobody_to_ask_is_said_before_anything_is_fetched(onboarded):
    server = onboarded[1]
    before = len(server.log())
    done = scrapy("onboard", server.url)
    assert (done.status, len(server.log())) == (2, before)
    assert "--yes" in done.err


def test_robots_that_forbid_end_the_look(onboarded):
    portal, server, folder, _ = onboarded
    server.command("robots", portal, mode="forbid")
    done = onboard(server.url, folder, "--dry-run")
    server.command("robots", portal, mode="missing")
    assert done.status == 1
    assert "forbids it, so nothing was read" in done.err
    assert len([line for line in done.err.splitlines() if line.startswith("chengwen")]) == 1


def test_a_host_that_refused_is_left_alone(tmp_path):
    with Corpus.open(tmp_path / "corpus.db") as corpus:
        corpus.pause("www.example.cn", "HTTP 521", dt.timedelta(days=1))
    with pytest.raises(PortalError, match=r"refused the last run \(HTTP 521\)"):
        check_pause(tmp_path / "corpus.db", "http://www.example.cn/", 1, readonly=True)


def test_a_dead_host_is_one_line(tmp_path):
    done = onboard("http://127.0.0.1:9/", tmp_path / "portals", "--dry-run")
    assert done.status == 1
    (line,) = [line for line in done.err.splitlines() if line.startswith("chengwen: ")]
    assert "connection refused" in line
    assert "check the address and the network" in line
