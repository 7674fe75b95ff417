"""scrapy portals: the table, one in detail, and the check of saved pages."""

from __future__ import annotations

import argparse
import datetime as dt
import json

import pytest
from scrapy.utils.project import get_project_settings

from crawler.commands.portals import Command
from crawler.corpus import Corpus
from crawler.extract import extract, from_json, to_json
from crawler.items import Article, Layout, Page, Place, Template
from crawler.portals import fixtures
from tests.corpus_kit import MORNING, Clock, address, article, link
from tests.crawling import scrapy

NAME = "jiangcheng"
#: No option given.
PLAIN = {"json": False, "all": False, "template": False, "import_template": None, "pin": None, "unpin": None}
PAGE = """<html><head><meta charset="utf-8"><title>江滩公园添了新座椅_江城在线</title></head><body>
<h1>江滩公园添了新座椅</h1><div>2022-11-13 08:30 来源：江城日报</div><div class="text">
<p>江滩公园的步道边，昨天多了四十张能看见江水的木座椅，靠背按附近居民的意见加高了五厘米。</p>
<p>公园管理处说，座椅取自去冬修剪下来的樟木，由三位老木匠用半个月做成，扶手旁还留了放保温杯的圆孔。</p>
<p>家住堤角的周大爷头一个坐了上去，他说从前走到这里只能站着歇脚，如今可以等老伴买完菜再一起回家。</p>
</div></body></html>"""


@pytest.fixture
def home(tmp_path):
    """A folder with a portal of one's own, its fixture, and a corpus that holds some of its news."""
    folder = tmp_path / "portals"
    folder.mkdir()
    text = 'title = "江城在线"\ncity = "武汉"\nprovince = "湖北"\nhome = "http://www.example.cn/"\n'
    (folder / f"{NAME}.toml").write_text(text, encoding="utf-8")
    page = Page("http://www.example.cn/2022/1113/7.html", PAGE.encode("gb18030"), "text/html; charset=gbk")
    read = extract(page.body, page.url, content_type=page.content_type, fetched_at=MORNING)
    fixtures.write(fixtures.folder_of(folder, NAME), [(page, read, MORNING)])
    with Corpus.open(tmp_path / "corpus.db", clock=Clock()) as corpus:
        fill(corpus)
    return tmp_path


def fill(corpus):
    corpus.portal(NAME, "武汉", "湖北", "http://www.example.cn/")
    section = corpus.section(NAME, "要闻", "http://www.example.cn/yw/")
    run = corpus.begin_run(NAME, {})
    corpus.note(NAME, section.id, [link(n) for n in range(5)])
    july = dt.datetime(2022, 7, 1, 9, 0, tzinfo=dt.UTC)
    news = [article(0), article(1), article(2, published=july)]
    for one in news:
        one.portal = NAME
    corpus.store(news, run.id)
    corpus.reject(NAME, address(3), "no_body", run_id=run.id)
    corpus.fail(NAME, address(4), "HTTP 502")
    corpus.section_run(run.id, section.id, list_pages=1, links_seen=5, links_new=5, ended_by="budget", gap=True)
    corpus.end_run(run.id, "closespider_timeout", {})


def portals(home, *arguments, **options):
    """The command as Scrapy runs it, in this process; its exit status."""
    command = Command()
    command.settings = get_project_settings()
    command.settings.set("CORPUS", str(home / "corpus.db"), priority="cmdline")
    command.settings.set("PORTALS_DIR", str(home / "portals"), priority="cmdline")
    command.run(list(arguments), argparse.Namespace(**PLAIN | options))
    return command.exitcode


def told(capsys):
    return json.loads(capsys.readouterr().out)


def test_table_has_what_has_articles(home, capsys):
    assert portals(home, json=True) == 0
    (row,) = told(capsys)
    assert {k: row[k] for k in ("name", "title", "city", "province", "sections", "articles", "failed")} == {
        "name": NAME,
        "title": "江城在线",
        "city": "武汉",
        "province": "湖北",
        "sections": 1,
        "articles": 3,
        "failed": 1,
    }
    assert row["last_run"]["outcome"] == "closespider_timeout"


def test_all_has_shipped_portals_too(home, capsys):
    portals(home, json=True, all=True)
    names = [row["name"] for row in told(capsys)]
    assert {NAME, "szdushi"} < set(names)
    assert names == sorted(names)


def test_without_a_corpus_there_is_a_hint(tmp_path, capsys):
    (tmp_path / "portals").mkdir()
    assert portals(tmp_path) == 0
    assert "no articles yet" in capsys.readouterr().err
    assert not (tmp_path / "corpus.db").exists()


def test_a_broken_file_hurts_no_other_portal(home, capsys):
    (home / "portals/szdushi.toml").write_text("title = ", encoding="utf-8")
    assert portals(home, json=True, all=True) == 0
    said = capsys.readouterr()
    assert "szdushi.toml: not TOML" in said.err
    assert {"name": "szdushi", "title": None}.items() <= {r["name"]: r for r in json.loads(said.out)}["szdushi"].items()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("months", {"2022-07": 1, "2022-11": 2}),
        ("rejects", {"no_body": 1}),
        ("section_articles", {"1": 3}),
    ],
)
def test_detail_counts(home, capsys, field, value):
    portals(home, NAME, json=True)
    assert told(capsys)["corpus"][field] == value


def test_detail_names_failures_and_gaps(home, capsys):
    portals(home, NAME, json=True)
    detail = told(capsys)
    (failure,) = detail["corpus"]["failures"]
    assert (failure["url"], failure["error"], failure["attempts"]) == (address(4), "HTTP 502", 1)
    assert detail["corpus"]["sections"][0]["gap"] is True
    assert detail["file"] == str(home / f"portals/{NAME}.toml")


@pytest.mark.parametrize(
    "words", ["江城在线", "要闻", "2022-07", "no body", "HTTP 502", "closespider timeout", "possible"]
)
def test_detail_shows(home, capsys, monkeypatch, words):
    monkeypatch.setenv("COLUMNS", "100")
    portals(home, NAME)
    assert words in capsys.readouterr().out


def test_templates_are_shown_as_text(home, capsys):
    layout = Layout(7, {"body": Place('//div[@class="text"]', 7)}, furniture=(Place('//div[@id="foot"]', 7, "text"),))
    with Corpus.open(home / "corpus.db", clock=Clock()) as corpus:
        template = Template(name=f"{NAME}-1", layouts=(layout,), version=1, learned_at=MORNING)
        corpus.put_template(NAME, template, to_json(template))
    assert portals(home, NAME, template=True) == 0
    shown = capsys.readouterr().out
    assert [words in shown for words in ('//div[@class="text"]', '//div[@id="foot"]', "today", "7 pages")] == [True] * 4
    portals(home, NAME, template=True, json=True)
    assert from_json(json.dumps(told(capsys)[0])) == template


def exported(home, **changes):
    """A file as `--template --json` writes it, edited."""
    template = Template(name=f"{NAME}-1", version=1, learned_at=MORNING)
    file = home / "template.json"
    file.write_text(json.dumps([json.loads(to_json(template)) | changes]), encoding="utf-8")
    return str(file)


def test_an_export_is_imported_and_pinned(home, capsys):
    assert portals(home, NAME, import_template=exported(home), pin=1) == 0
    with Corpus.open(home / "corpus.db") as corpus:
        assert [(one.version, one.pinned) for one in corpus.templates(NAME)] == [(1, True)]
    assert portals(home, NAME, unpin=1) == 0
    with Corpus.open(home / "corpus.db") as corpus:
        assert not corpus.templates(NAME)[0].pinned


def test_a_mistake_in_an_edited_template_is_named(home, capsys):
    assert portals(home, NAME, import_template=exported(home, layoutz=[])) == 2
    error = capsys.readouterr().err
    assert "template.json" in error
    assert "layoutz" in error


def test_a_version_that_is_not_there_cannot_be_pinned(home, capsys):
    assert portals(home, NAME, pin=7) == 2
    assert "no template of version 7" in capsys.readouterr().err


def test_without_a_template_there_is_a_hint(home, capsys):
    assert portals(home, "szdushi", template=True) == 0
    assert "scrapy crawl szdushi" in capsys.readouterr().err


def test_an_unknown_name_is_a_usage_error(home, capsys):
    assert portals(home, "jiangchen") == 2
    assert "did you mean jiangcheng" in capsys.readouterr().err


def test_check_passes_while_pages_read_alike(home, capsys):
    assert portals(home, "check", NAME) == 0
    assert "1 of 1 saved pages read as before" in capsys.readouterr().out


def test_check_names_the_field_that_differs(home, capsys):
    path = home / f"portals/fixtures/{NAME}/expected.json"
    path.write_text(path.read_text("utf-8").replace("江城日报", "江城晚报"), encoding="utf-8")
    assert portals(home, "check", NAME, json=True) == 1
    (difference,) = told(capsys)["differences"]
    assert (difference["field"], difference["expected"], difference["found"]) == ("source", "江城晚报", "江城日报")


def test_check_uses_the_templates_of_the_file(home, capsys):
    path = home / f"portals/{NAME}.toml"
    path.write_text(path.read_text("utf-8") + '[selectors]\ntitle = "title"\nbody = "div.text"\n', encoding="utf-8")
    assert portals(home, "check", NAME, json=True) == 1
    assert {d["field"] for d in told(capsys)["differences"]} >= {"template"}


def test_check_without_fixtures_says_how_to_get_some(home, capsys):
    assert portals(home, "check", "szdushi") == 1
    assert "scrapy onboard" in capsys.readouterr().err


def test_check_of_a_spoilt_fixture_is_one_line(home, capsys):
    (home / f"portals/fixtures/{NAME}/expected.json").write_text('{"pages": {"1.html": {}}}', encoding="utf-8")
    assert portals(home, "check", NAME) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_fixtures_keep_the_bytes(home):
    (page,) = fixtures.read(fixtures.folder_of(home / "portals", NAME))
    assert page.page.body == PAGE.encode("gb18030")
    assert page.fetched_at == MORNING
    assert page.fields["title"] == "江滩公园添了新座椅"


def test_fields_without_a_value_are_left_out():
    assert set(fixtures.fields_of(Article("http://a.cn/1", "http://a.cn/1"))) == {"kind"}


def test_as_a_person_types_it(home):
    done = scrapy("portals", "-s", f"CORPUS={home}/corpus.db", "-s", f"PORTALS_DIR={home}/portals")
    assert done.status == 0, done
    assert NAME in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    assert scrapy("portals", "check").status == 2
