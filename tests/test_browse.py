"""scrapy browse as a program meets it: pages, numbers, headers, bad input, a crawl beside it."""

from __future__ import annotations

import argparse
import html
import re
import socket
import sqlite3
import sys
from urllib.parse import quote

import pytest
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.utils.project import get_project_settings

from crawler.commands.browse import Command
from crawler.corpus import Corpus, Selection
from crawler.items import Image
from tests.browse_kit import EVIL, ask, browsing, hostile
from tests.corpus_kit import PORTAL, article
from tests.crawling import scrapy

PAGES = ("/", "/search", "/search?q=%E9%97%A8%E6%A7%9B", "/article/1", f"/portal/{PORTAL}")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("browse") / "corpus.db"
    with Corpus.open(path) as corpus:
        section = corpus.section(PORTAL, "苏州资讯", "http://www.example.cn/news/")
        run = corpus.begin_run(PORTAL, {})
        batch = [article(n, source=("新华社", "城市日报")[n % 2], section=section.label) for n in range(50)]
        corpus.store(batch, run.id)
        corpus.store([article(7, images=[Image("http://www.example.cn/7.jpg", "老街")])], run.id)
        corpus.store([article(3, title="改过的标题", body=article(3).body + "后来又补了一句。")], run.id)
        corpus.store([hostile()])
        corpus.index()
        corpus.end_run(run.id, "finished", {})
    return path


@pytest.fixture(scope="module")
def url(corpus):
    with browsing(corpus) as url:
        yield url


def shown(text):
    """What a reader sees of a page."""
    return html.unescape(re.sub(r"<[^>]*>", "", text))


@pytest.mark.parametrize("page", PAGES)
def test_pages(url, page):
    answer = ask(url + page)
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; img-src ")
    assert "script" not in policy
    assert "unsafe" not in policy
    assert (answer.headers["x-content-type-options"], answer.headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert not re.search(r"<script|<style|<[^>]* (?:style|on\w+)=", answer.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!www\.example\.cn)', answer.text)


@pytest.mark.parametrize("page", ["/corpus", "/corpus/articles", "/corpus/articles/1", "/corpus?sql=select+1"])
def test_datasette_is_underneath(url, page):
    answer = ask(url + page)
    assert answer.status == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")


def test_headlines_in_the_tables_lead_to_pages(url):
    assert '<a href="/article/1">第0条新闻</a>' in ask(url + "/corpus/articles?_sort=id").text


def test_sql_searches_in_chinese(url):
    sql = "select count(*) as n from articles_fts where articles_fts match words('门槛 天井')"
    assert '"n": 50' in ask(f"{url}/corpus.json?_shape=objects&sql={quote(sql)}").text
    assert "50 rows" in ask(f"{url}/corpus/articles?_search={quote('老住户')}").text
    assert ask(f"{url}/corpus/articles?_search={quote('(老住户 AND')}").status == 200


def test_nothing_can_be_written(url, corpus):
    before = corpus.read_bytes()
    for sql in ("delete from articles", "create table t (x)", "attach 'x.db' as x", "pragma user_version = 1"):
        assert ask(f"{url}/corpus?sql={quote(sql)}").status == 400
    assert corpus.read_bytes() == before


def test_numbers_of_facets_are_what_their_links_show(url):
    page = ask(f"{url}/search?q={quote('门槛')}").text
    facets = re.findall(
        r'<li><a href="(/search\?[^"]+)"><span class="value"[^>]*>(.*?)</span> <span class="number">(\d+)', page
    )
    assert len(facets) >= 5
    for link, value, number in facets:
        narrowed = ask(url + html.unescape(link)).text
        assert re.search(rf'<h2 id="hits">{number} article', narrowed), (link, value, number)


def test_filters_can_be_taken_back(url):
    page = ask(f"{url}/search?source={quote('新华社')}&since=2022-11&until=2022-11").text
    assert '<h2 id="hits">24 articles' in page or '<h2 id="hits">25 articles' in page
    assert "Take back: </span>Source <strong" in page
    assert "Take back: </span>Date <strong" in page
    assert f'href="/search?source={quote("新华社")}"' in page


def test_pages_of_results(url):
    first, last = ask(f"{url}/search").text, ask(f"{url}/search?page=3").text
    assert 'rel="next" href="/search?page=2"' in first
    assert 'rel="next"' not in last
    assert "beyond the last one" in ask(f"{url}/search?page=99").text
    assert ask(f"{url}/search?page=-1").text == ask(f"{url}/search?page=zwei").text == first


@pytest.mark.parametrize(
    ("query", "line"),
    [("q=(", "query, character"), ("since=gestern", "no date"), ("q=a&until=2022-02-30", "no date")],
)
def test_what_makes_no_sense_is_said(url, query, line):
    answer = ask(f"{url}/search?{query}")
    assert answer.status == 200
    assert re.search(rf'role="alert"><p>[^<]*{line}', answer.text)


def test_an_address_finds_its_article(url):
    answer = ask(f"{url}/search?q={quote('https://example.cn/news/7.html?from=app')}")
    assert '<h1 lang="zh-Hans">第7条新闻</h1>' in answer.text


def test_changes_by_sentence(url):
    with_change = ask(f"{url}/article/4").text
    assert "<ins>后来又补了一句。</ins>" in with_change
    assert "<del><strong>第3条新闻</strong></del>" in with_change
    assert 'id="changes"' not in ask(f"{url}/article/5").text


@pytest.mark.parametrize("page", ["/article/999999", "/article/0", "/portal/nobody", "/nothing", "/corpus/nothing"])
def test_what_is_not_there(url, page):
    answer = ask(url + page)
    assert answer.status == 404
    assert "Not" in answer.text
    assert "<form" in answer.text


def test_hostile_text_stays_text(url, corpus):
    with Corpus.open(corpus, readonly=True) as opened:
        number = opened.find(hostile().url).id
        assert opened.search(Selection("敌意")).total == 1
    for page in (f"/article/{number}", f"/search?q={quote('敌意')}", "/", f"/portal/{quote('evil<b>portal')}"):
        answer = ask(url + page)
        assert answer.status == 200, page
        assert not re.search(r"<script|<img src=x|<svg onload|<b>", answer.text), page
        assert not re.search(r'(?:href|src)="\s*(?:javascript|data|vbscript):', answer.text, re.IGNORECASE), page
    text = shown(ask(f"{url}/article/{number}").text)
    assert text.count(EVIL) > 12
    assert "javascript:alert(document.title='owned')//x.html" in text
    assert "{{7*7}}" in text
    tables = ask(f"{url}/corpus/articles?_sort_desc=id").text
    assert "<script>document.title" not in tables


def test_other_hosts_get_no_answer(url):
    """A page elsewhere that lets its own name point here must not read the corpus."""
    assert ask(url, Host="evil.example").status == 421
    assert ask(url, Host="LOCALHOST:1").status == 200


def test_images_can_stay_where_they_are(corpus):
    with browsing(corpus, "--no-images") as url:
        answer = ask(f"{url}/article/8")
    assert "img-src 'self';" in answer.headers["content-security-policy"]
    assert "<img" not in answer.text
    assert '<a href="http://www.example.cn/7.jpg"' in answer.text


def test_news_of_a_crawl_that_is_writing_appear(tmp_path):
    with Corpus.open(tmp_path / "corpus.db") as writer, browsing(tmp_path / "corpus.db") as url:
        assert "holds no articles yet" in ask(url).text
        writer.store([article(1)])
        assert "第1条新闻" in ask(url).text
        with writer._connection.writing():
            assert ask(f"{url}/search?q={quote('天井')}").status == 200
        writer.store([article(2)])
        assert '<h2 id="hits">2 articles' in ask(f"{url}/search?q={quote('天井')}").text
        assert "2 rows" in ask(f"{url}/corpus/articles").text


def test_a_corpus_that_goes_away(tmp_path):
    with Corpus.open(tmp_path / "corpus.db") as writer:
        writer.store([article(1)])
    with browsing(tmp_path / "corpus.db") as url:
        assert ask(url).status == 200
        (tmp_path / "corpus.db").rename(tmp_path / "elsewhere.db")
        answer = ask(url)
        assert answer.status == 503
        assert "no such corpus" in answer.text


# --- What cannot be served -------------------------------------------------------------------------------------------


def refused(path, *options):
    done = scrapy("browse", "--no-open", "-s", f"CORPUS={path}", *options)
    assert done.out == ""
    assert done.err.count("\n") == 1, done.err
    return done.status, done.err


def test_corpora_that_cannot_be_served(tmp_path):
    status, line = refused(tmp_path / "corpus.db")
    assert (status, "no such corpus" in line) == (1, True)
    with sqlite3.connect(tmp_path / "other.db") as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    status, line = refused(tmp_path / "other.db")
    assert (status, "another program" in line) == (1, True)


def test_a_port_that_is_taken(corpus):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, line = refused(corpus, "--port", str(port))
    assert status == 1
    assert f"127.0.0.1:{port} cannot be listened on" in line
    assert "--port 0" in line


def browse(corpus, *words, **options):
    """The command in this process, for what ends before anything is served; its exit status."""
    command = Command()
    command.settings = get_project_settings()
    command.settings.set("CORPUS", str(corpus), priority="cmdline")
    defaults = {"host": "127.0.0.1", "port": "0", "no_open": True, "no_images": False}
    command.run(list(words), argparse.Namespace(**defaults | options))
    return command.exitcode


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"port": "viele"}, "--port viele: a number from 0 to 65535"),
        ({"port": "70000"}, "--port 70000: a number"),
        ({"host": "0.0.0.0"}, "--host 0.0.0.0: would open the corpus to every network"),
        ({"host": "::"}, "--host ::: would open"),
        ({"host": ""}, "--host '': would open"),
    ],
)
def test_wrong_options(corpus, options, line, capsys):
    assert browse(corpus, **options) == 2
    said = capsys.readouterr().err
    assert line in said
    assert said.count("\n") == 1


def test_a_host_that_is_not_this_machine(corpus, capsys):
    assert browse(corpus, host="192.0.2.1") == 1
    assert "192.0.2.1:0 cannot be listened on" in capsys.readouterr().err


def test_words_are_refused(corpus):
    with pytest.raises(ScrapyUsageError, match="unexpected: 苏州"):
        browse(corpus, "苏州")


def test_a_package_that_is_missing(corpus, monkeypatch, capsys):
    for name in [n for n in sys.modules if n.partition(".")[0] == "datasette" or n.startswith("crawler.web")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "datasette", None)
    monkeypatch.setitem(sys.modules, "datasette.app", None)
    assert browse(corpus) == 2
    assert "pip install 'chengwen[browse]'" in capsys.readouterr().err
