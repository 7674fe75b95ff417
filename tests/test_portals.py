"""Portals as data: what a file may say, what is refused and how, where portals are found."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import portals
from crawler.errors import PortalError, UnknownPortal, UsageError
from crawler.items import Template
from crawler.portals.model import Edition, ListPages, Politeness, Portal, SectionSpec
from crawler.portals.parse import parse

MINIMAL = 'title = "江城在线"\nhome = "http://www.example.cn/"\n'

FULL = r"""
title = "江城在线"
city = "江城"
province = "湖北"
home = "https://www.example.cn/"
hosts = ["example.cn", "example.com.cn"]
article_urls = ['/\d{4}/\d{4}/\d+\.shtml$']
list_urls = ['/list_\d+\.shtml$']
list_pages = { pattern = "index_{n}.html", first = 1 }
feeds = ["https://www.example.cn/rss.xml"]
encoding = "gb18030"
checked = 2026-11-20
notes = "城区频道在 news.example.com.cn"
politeness = { delay = 2.5, concurrency = 1, user_agent = "bot (+mailto:a@example.cn)" }

[sections]
"江城要闻" = "https://www.example.cn/yw/index.html"
"体育" = "https://sports.example.com.cn/"

[[epapers]]
label = "江城日报"
front_page = "https://epaper.example.cn/{date}/node_1.htm"

[[epapers]]
label = "江城晚报"
front_page = "https://epaper.example.cn/wb/{date}/l1.html"
date_format = "%Y%m%d"

[[templates]]
name = "2021"
url = '/2021/'
valid_until = 2021-12-31
title = "h1.headline"
body = ["div.text", "//div[@id='zoom']"]
remove = ".share"

[[templates]]
name = "now"
body = "article"
"""


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / f"{name}.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def portal(text: str, name: str = "jiangcheng") -> Portal:
    return parse(name, tomllib.loads(text), f"{name}.toml")


# What a file says


def test_two_lines_are_enough():
    assert portal(MINIMAL) == Portal("jiangcheng", "江城在线", "http://www.example.cn/", ("example.cn",))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "jiangcheng"),
        ("city", "江城"),
        ("province", "湖北"),
        ("hosts", ("example.cn", "example.com.cn")),
        ("article_urls", (r"/\d{4}/\d{4}/\d+\.shtml$",)),
        ("list_pages", ListPages("index_{n}.html", 1)),
        ("feeds", ("https://www.example.cn/rss.xml",)),
        ("encoding", "gb18030"),
        ("checked", dt.date(2026, 11, 20)),
        ("politeness", Politeness(2.5, 1, "bot (+mailto:a@example.cn)")),
        ("epapers", (
            Edition("江城日报", "https://epaper.example.cn/{date}/node_1.htm", "%Y-%m/%d"),
            Edition("江城晚报", "https://epaper.example.cn/wb/{date}/l1.html", "%Y%m%d"),
        )),
    ],
)  # fmt: skip
def test_field(field, value):
    assert getattr(portal(FULL), field) == value


def test_sections_keep_their_order():
    assert [section.label for section in portal(FULL).sections] == ["江城要闻", "体育"]


def test_templates_keep_their_order_and_parts():
    first, second = portal(FULL).templates
    assert first == Template(
        name="2021",
        selectors={"title": ("h1.headline",), "body": ("div.text", "//div[@id='zoom']")},
        remove=(".share",),
        url="/2021/",
        valid_until=dt.date(2021, 12, 31),
    )
    assert second.name == "now"


def test_selectors_are_one_template_with_the_portals_name():
    text = MINIMAL + '[selectors]\nbody = "div.zw"\n'
    assert portal(text).templates == (Template("jiangcheng", {"body": ("div.zw",)}, ()),)


@pytest.mark.parametrize("text", [MINIMAL, FULL, MINIMAL + '[selectors]\nbody = "div.zw"\nremove = [".ad"]\n'])
def test_dump_reads_back_the_same(text):
    assert portal(portals.dump(portal(text))) == portal(text)


@pytest.mark.parametrize("odd", ['a"b', "a\\b'c", "tab\there", "行一\n行二", "\x7f\x00"])
def test_dump_keeps_odd_text(odd):
    made = Portal("x", odd, "http://www.example.cn/", ("example.cn",), notes=odd)
    assert portal(portals.dump(made), "x").title == odd.strip()


@given(st.text(st.characters(exclude_categories=["Cs"])).map(str.strip).filter(bool))
def test_dump_keeps_any_text(text):
    sections = (SectionSpec(text, "http://example.cn/a/"),)
    made = Portal("x", text, "http://example.cn/", ("example.cn",), sections=sections, notes=text)
    assert portal(portals.dump(made), "x") == made


# What is refused


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('home = "http://a.cn/"', "jiangcheng.toml: title: is missing"),
        ('title = "x"', "jiangcheng.toml: home: is missing"),
        (MINIMAL + 'provnce = "湖北"', r"provnce: unknown key \(did you mean province\?\); allowed: title, city"),
        (
            MINIMAL + 'province = "湖北省"',
            r"province = '湖北省': unknown province \(did you mean 湖北\?\); allowed: 北京",
        ),
        (MINIMAL + "city = 7", "city = 7: must be text"),
        (MINIMAL + 'city = " "', "city = ' ': must be text that is not empty"),
        ('title = "x"\nhome = "www.example.cn"', "home = 'www.example.cn': must be an absolute http or https address"),
        ('title = "x"\nhome = "http://a b.cn/"', "home = 'http://a b.cn/': must be an absolute"),
        ('title = "x"\nhome = "ftp://a.cn/"', "home = 'ftp://a.cn/': must be an absolute"),
        (MINIMAL + 'hosts = ["other.cn"]', "home = .*: must be on one of the hosts other.cn"),
        (MINIMAL + 'hosts = ["http://example.cn/"]', "hosts = .*: must be a host name"),
        (MINIMAL + 'hosts = ["Example.cn"]', "hosts = .*: must be a host name in lower case"),
        (MINIMAL + 'hosts = ["example.cn", "example.cn"]', "hosts = 'example.cn': is given twice"),
        (MINIMAL + "article_urls = ['/(']", r"article_urls = '/\(': must be a regular expression \(missing \)"),
        (MINIMAL + "article_urls = ['x*']", r"article_urls = 'x\*': must not match empty text"),
        (MINIMAL + "article_urls = [1]", r"article_urls = \[1\]: must be a list of texts"),
        (MINIMAL + 'list_pages = "index_{n}.html"', r"list_pages = .*: must be a table with the keys pattern, first"),
        (MINIMAL + 'list_pages = {pattern = "2.html"}', r"list_pages.pattern = '2.html': must contain \{n\}"),
        (MINIMAL + 'list_pages = {pattern = "{n}", first = -1}', "list_pages.first = -1: must be a number"),
        (MINIMAL + 'list_pages = {pattern = "{n}", first = 1.5}', "list_pages.first = 1.5: must be a whole number"),
        (MINIMAL + 'encoding = "gbk9"', "encoding = 'gbk9': must be an encoding that Python knows"),
        (MINIMAL + 'checked = "2026-11-20"', "checked = '2026-11-20': must be a date without quotation marks"),
        (MINIMAL + "checked = 2026-11-20T08:00:00", "checked = 2026-11-20 08:00:00: must be a date"),
        (MINIMAL + 'sections = ["http://www.example.cn/a/"]', 'sections = .*: must be a table of "label" = "address"'),
        (MINIMAL + '[sections]\n"要闻" = "/yw/"', "sections.要闻 = '/yw/': must be an absolute"),
        (MINIMAL + '[sections]\n"" = "http://www.example.cn/a/"', "a section must have a label"),
        (
            MINIMAL + '[sections]\n"要闻" = "http://b.cn/"',
            "sections.要闻 = 'http://b.cn/': must be on one of the hosts",
        ),
        (
            MINIMAL + '[sections]\na = "http://www.example.cn/a/"\nb = "https://example.cn/a/index.html"',
            "sections.b = .*: duplicate section, the same as a",
        ),
        (MINIMAL + '[[epapers]]\nlabel = "日报"', r"epapers\[1\].front_page: is missing"),
        (
            MINIMAL + '[[epapers]]\nlabel = "日报"\nfront_page = "http://e.example.cn/1.htm"',
            r"epapers\[1\].front_page = .*: must contain \{date\}",
        ),
        (
            MINIMAL + '[[epapers]]\nlabel = "日报"\nfront_page = "http://e.example.cn/{date}"\ndate_format = "%Y%m"',
            r"epapers\[1\].date_format = '%Y%m': must tell year, month and day apart",
        ),
        (MINIMAL + '[epapers]\nlabel = "日报"', r"epapers = .*: must be written as \[\[epapers\]\]"),
        (MINIMAL + '[selectors]\nboddy = "p"', r"selectors.boddy: unknown key \(did you mean body\?\)"),
        (MINIMAL + '[selectors]\nbody = "div["', r"selectors.body = 'div\[': must be a CSS selector"),
        (MINIMAL + '[selectors]\nbody = "div:nope"', "selectors.body = 'div:nope': must be a CSS selector"),
        (MINIMAL + '[selectors]\nbody = "//div["', r"selectors.body = '//div\[': must be an XPath"),
        (MINIMAL + '[selectors]\nbody = "//a/x:b"', "selectors.body = '//a/x:b': must be an XPath"),
        (MINIMAL + '[selectors]\nremove = ".ad"', "selectors: must give a selector for at least one of title"),
        (MINIMAL + '[[templates]]\nbody = "p"', r"templates\[1\].name: is missing"),
        (
            MINIMAL + '[[templates]]\nname = "a"\nbody = "p"\n[[templates]]\nname = "a"\nbody = "p"',
            r"templates\[2\].name = 'a': is given twice",
        ),
        (
            MINIMAL + '[selectors]\nbody = "p"\n[[templates]]\nname = "a"\nbody = "p"',
            r"selectors: give either \[selectors\] or \[\[templates\]\]",
        ),
        (MINIMAL + "politeness = {delay = -1}", "politeness.delay = -1: must be a number of seconds, 0 or more"),
        (MINIMAL + "politeness = {delay = true}", "politeness.delay = True: must be a number of seconds"),
        (MINIMAL + "politeness = {concurrency = 0}", "politeness.concurrency = 0: must be a number of requests, 1"),
    ],
)
def test_refused(text, message):
    with pytest.raises(PortalError, match=message) as caught:
        portal(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x", b"title = ", "x.toml: not TOML: Invalid value"),
        ("x", MINIMAL.encode("gbk"), r"x.toml: not UTF-8 \(byte 9\); save it as UTF-8"),
        ("Xyz", MINIMAL.encode(), "Xyz.toml: the file's name is the portal's: it must be lower-case"),
        ("portal", MINIMAL.encode(), "portal.toml: the file's name .* not portal"),
    ],
)
def test_refused_file(tmp_path, name, data, message):
    with pytest.raises(PortalError, match=message):
        portals.read(write(tmp_path, name, data))


def test_byte_order_mark_is_no_fault(tmp_path):
    assert portals.read(write(tmp_path, "x", b"\xef\xbb\xbf" + MINIMAL.encode())).title == "江城在线"


def test_missing_file_is_named(tmp_path):
    with pytest.raises(PortalError, match=r"gone\.toml: cannot be read: No such file"):
        portals.read(tmp_path / "gone.toml")


# Where portals are found


def test_users_file_wins_over_the_shipped(tmp_path):
    write(tmp_path, "szdushi", MINIMAL)
    assert portals.load("szdushi", tmp_path).title == "江城在线"


def test_users_portal_is_listed_beside_the_shipped(tmp_path):
    write(tmp_path, "jiangcheng", MINIMAL)
    assert {"jiangcheng", "szdushi"} <= set(portals.names(tmp_path))


def test_broken_file_hurts_nobody_else(tmp_path):
    write(tmp_path, "broken", "title = ")
    assert portals.load("szdushi", tmp_path).city == "苏州"
    assert "broken" in portals.names(tmp_path)


def test_broken_file_stops_those_who_want_all(tmp_path):
    write(tmp_path, "broken", "title = ")
    with pytest.raises(PortalError, match=r"broken\.toml: not TOML"):
        portals.load_all(tmp_path)


def test_one_home_page_twice_in_a_folder(tmp_path):
    write(tmp_path, "a", MINIMAL)
    write(tmp_path, "b", MINIMAL)
    with pytest.raises(PortalError, match=r"b\.toml: home = .* is the home of a\.toml too"):
        portals.load_all(tmp_path)


def test_shipped_portal_under_a_name_of_ones_own(tmp_path):
    write(tmp_path, "dushi", 'title = "x"\nhome = "https://www.szdushi.com.cn/"')
    assert {"dushi", "szdushi"} <= set(portals.load_all(tmp_path))


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(PortalError, match=r"PORTALS_DIR = .*nowhere'?: is not a folder"):
        portals.names(tmp_path / "nowhere")


@pytest.mark.parametrize(("name", "hint"), [("szdush", "did you mean szdushi"), ("qqqqq", "scrapy list")])
def test_unknown_portal(name, hint):
    with pytest.raises(UnknownPortal, match=f"unknown portal '{name}'.*{hint}"):
        portals.load(name)


# A bare address


@pytest.mark.parametrize(
    ("url", "name", "hosts"),
    [
        ("https://www.example.cn/", "example.cn", ("example.cn",)),
        ("http://news.example.com.cn/xw/", "news.example.com.cn", ("example.com.cn",)),
        ("http://www.example.gd.cn/", "example.gd.cn", ("example.gd.cn",)),
        ("http://127.0.0.1:8080/", "127.0.0.1", ("127.0.0.1",)),
        ("http://localhost:8080/", "localhost", ("localhost",)),
    ],
)
def test_from_url(url, name, hosts):
    made = portals.from_url(url)
    assert (made.name, made.home, made.hosts) == (name, url, hosts)


@pytest.mark.parametrize(("url", "hint"), [("www.example.cn", "did you mean https://www.example.cn/"), ("x", "")])
def test_from_no_url(url, hint):
    with pytest.raises(UsageError, match=f"not a web address: '{url}'.*{hint}"):
        portals.from_url(url)


# What a portal answers


@pytest.mark.parametrize(
    ("url", "owned"),
    [
        ("http://news.example.com.cn/1", True),
        ("http://example.cn/", True),
        ("http://badexample.cn/", False),
        ("mailto:a@example.cn", False),
    ],
)
def test_owns(url, owned):
    assert portal(FULL).owns(url) is owned


@pytest.mark.parametrize(
    ("url", "hinted"),
    [("https://www.example.cn/2022/1113/8812.shtml", True), ("https://www.example.cn/2022/1113/", False)],
)
def test_is_article(url, hinted):
    assert portal(FULL).is_article(url) is hinted


@pytest.mark.parametrize(
    ("url", "hinted"),
    [
        ("http://example.cn/yw/", True),
        ("https://www.example.cn/list_7.shtml", True),
        ("https://www.example.cn/yw/1.html", False),
    ],
)
def test_is_list(url, hinted):
    assert portal(FULL).is_list(url) is hinted


@pytest.mark.parametrize("wanted", ["体育", "http://sports.example.com.cn/index.html"])
def test_choose_by_label_or_address(wanted):
    assert portal(FULL).choose([wanted]) == (SectionSpec("体育", "https://sports.example.com.cn/"),)


@pytest.mark.parametrize(("wanted", "hint"), [("江城新闻", "did you mean 江城要闻"), ("qq", "known: 江城要闻, 体育")])
def test_choose_unknown(wanted, hint):
    with pytest.raises(UsageError, match=f"portal jiangcheng has no section '{wanted}'.*{hint}"):
        portal(FULL).choose([wanted])
