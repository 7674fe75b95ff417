"""The regular expression that a portal's article addresses are generalised to."""

from __future__ import annotations

import re

import pytest

from crawler.extract.cms import find_cms
from crawler.extract.sitename import site_name
from crawler.extract.urlpattern import find_patterns
from crawler.items import Page
from crawler.portals.place import guess_place

BASE = "http://www.example.cn"


def patterns(*paths, others=()):
    return [p.regex for p in find_patterns([BASE + path for path in paths], [BASE + path for path in others])]


@pytest.mark.parametrize(
    ("paths", "regex"),
    [
        pytest.param([f"/news/173535124519894{n}.shtml" for n in range(8)], r"/news/\d{16}\.shtml\b", id="clock"),
        pytest.param([f"/xw/2024{m}/t2024{m}13_{m}7.html" for m in ["0506", "0711"]], None, id="too various"),
        pytest.param(
            [f"/{c}/20240{m}/t20240{m}13_{m}71.html" for m in range(3, 7) for c in ("xw/sh", "ty")],
            r"/\d{6}/t\d{8}_\d+\.html\b",
            id="trs",
        ),
        pytest.param(
            [f"/art/2024/{m}/{m + 3}/art_1{m}_{m}99.html" for m in (3, 9, 11)],
            r"/art/\d{4}/\d{1,2}/\d{1,2}/art_\d+_\d+\.html\b",
            id="days without zero",
        ),
        pytest.param(
            [f"/2024/list/0730/{i}.html" for i in ("514l7Mg1", "5kq2Xb90", "77ab1Zq3")],
            r"/\d{4}/list/\d{4}/\w{8}\.html\b",
            id="base62",
        ),
        pytest.param(
            [f"/c/{n}-{c * 3}0123456789abcdef01234567{c * 5}.html" for n, c in ((1, "a"), (2, "b"), (300, "c"))],
            r"/c/\d+-[0-9a-f]{32}\.html\b",
            id="hash behind a number",
        ),
        pytest.param(
            [f"/index.php?a=show&id={n}&m=content" for n in (7, 88, 931)],
            r"/index\.php\?(?=.*\ba=show\b)(?=.*\bid=\d+)(?=.*\bm=content\b)",
            id="query",
        ),
        pytest.param(
            [f"/2b/c{n}/c214{n}a545{n}/page.htm" for n in range(3)], r"/c\d+a\d+/page\.(?:htm|psp)\b", id="webplus"
        ),
        pytest.param(
            [f"/show/{n}{'.html' if n % 2 else '.htm'}" for n in (11, 12, 130)], r"/show/\d+\.s?html?\b", id="suffixes"
        ),
        pytest.param([f"/p/{n}" for n in (1234, 12345, 99)], r"/p/\d+/?(?:\?|$)", id="no suffix"),
    ],
)
def test_addresses_are_generalised(paths, regex):
    if regex is None:
        assert all(re.search(patterns(*paths)[0], BASE + path) for path in paths[:1])
    else:
        assert patterns(*paths) == [regex]


def test_tracking_and_twins_of_the_address_are_matched():
    (regex,) = patterns(*(f"/news/{n}.shtml" for n in range(1000, 1010)))
    assert re.search(regex, "http://m.example.cn/news/1003.shtml?from=list")


def test_no_section_is_matched_where_directories_tell():
    articles = [f"/{c}/{n}.html" for n in (101, 202, 303) for c in ("sh", "ty", "cj")]
    (regex,) = patterns(*articles, others=["/tags/9.html"])
    assert regex == r"/(?:cj|sh|ty)/\d+\.html\b"


def test_nothing_is_better_than_a_pattern_that_matches_sections():
    assert patterns("/list/1.html", "/list/2.html", others=["/list/3.html"]) == []


def test_strays_make_no_pattern_of_their_own():
    usual = [f"/2024/0{n % 9 + 1}11/{n}.shtml" for n in range(100, 200)]
    assert patterns(*usual, "/zhuanti/9a8.html") == [r"/\d{4}/\d{4}/\d+\.shtml\b"]


def test_schemes_side_by_side_have_a_pattern_each():
    old, new = [f"/2024/0511/{n}.shtml" for n in range(10)], [f"/a/173535124519894{n}.html" for n in range(10)]
    assert patterns(*old, *new) == [r"/\d{4}/\d{4}/\d+\.shtml\b", r"/a/\d{16}\.html\b"]


@pytest.mark.parametrize(
    ("name", "host", "page", "city", "province"),
    [
        ("苏州新闻网", "www.a.cn", "", "苏州", "江苏"),
        ("晚报在线", "news.suzhou.com.cn", "皖ICP备1号", "宿州", "安徽"),
        ("晚报在线", "news.suzhou.com.cn", "", None, None),
        ("晚报在线", "www.a.cn", "版权所有 滇 ICP 备 05001号", None, "云南"),
        ("吉林新闻", "www.a.cn", "", None, "吉林"),
        ("北京时间", "www.a.cn", "", "北京", "北京"),
        ("晚报在线", "www.a.cn", "", None, None),
    ],
)
def test_place_is_guessed_or_left_open(name, host, page, city, province):
    place = guess_place(name, host, page)
    assert (place.city, place.province) == (city, province)


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<title>首页-江城在线</title>", "江城在线"),
        ("<title>江城在线_江城新闻门户网站</title>", "江城在线"),
        ("<title>欢迎光临</title><body><img class='logo' alt='江城网'></body>", "江城网"),
        ("<meta property='og:site_name' content='江城发布'><title>最新消息</title>", "江城发布"),
        ("<title>最新消息</title><body><p>江城晚报 版权所有</p></body>", "江城晚报"),
        ("<title>首页</title>", None),
    ],
)
def test_name_of_the_site(html, name):
    assert site_name(Page(BASE, f"<html>{html}</html>".encode())) == name


def test_article_titles_end_with_the_name():
    page = Page(BASE, "<html><title>江城 长江之滨</title></html>".encode())
    assert site_name(page, [f"第{n}条消息_江城热线" for n in range(4)]) == "江城热线"


def test_no_sign_is_no_software():
    assert find_cms([f"{BASE}/a/{n}.html" for n in range(5)], [f"{BASE}/a/"], [b"<html></html>"]) is None
