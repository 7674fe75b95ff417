import datetime as dt

import pytest

from crawler.extract.dom import parse
from crawler.extract.epaper import article_page, edition_date, edition_url, page_label, read_edition

FRONT = "http://paper.example.cn/pc/layout/202604/18/node_01.html"
PAGE = """<html><body><div class="bmdh">
<a href="node_01.html">第A01版：要闻</a><a href="node_02.html">第A02版：<b>民生</b></a>
<a href="node_03.html">A03 广告</a>
<a href="node_02.html">下一版</a><a href="../../../../att/202604/18/a01.pdf">PDF版</a></div>
<map><area href="../../../con/202604/18/c1001.html"><area href="../../../con/202604/18/c1002.html"></map>
<ul><li><a href="../../../con/202604/18/c1001.html">开发区第三座污水厂投运</a></li>
<li><a href="../../../con/202604/18/c1002.html">老街口袋公园添座椅</a></li>
<li><a href="/pad/con/202604/18/c1001.html">平板版</a></li>
<li><a href="/pc/con/202604/17/c0990.html">昨日旧闻一则</a></li></ul></body></html>"""


def front():
    return read_edition(PAGE.encode(), FRONT)


def test_date_from_the_address():
    assert front().date == dt.date(2026, 4, 18)


def test_pages_with_number_and_name():
    assert [(p.number, p.name) for p in front().pages] == [("A01", "要闻"), ("A02", "民生"), ("A03", "广告")]


def test_pages_once_each():
    assert [p.url.rsplit("/", 1)[1] for p in front().pages] == ["node_01.html", "node_02.html", "node_03.html"]


def test_articles_of_the_image_map_get_their_titles_from_the_list():
    assert [link.title for link in front().articles] == ["开发区第三座污水厂投运", "老街口袋公园添座椅"]


def test_tablet_twins_and_other_days_are_left_out():
    assert [link.url for link in front().articles] == [
        "http://paper.example.cn/pc/con/202604/18/c1001.html",
        "http://paper.example.cn/pc/con/202604/18/c1002.html",
    ]


def test_own_page_counts_where_it_is_not_linked():
    body = '<a href="node_3.htm">第3版：文体</a><a href="content_11.htm">端午龙舟赛报名</a>'
    pages = read_edition(body.encode(), "http://p.example.cn/html/2026-04/18/node_2.htm").pages
    assert [p.url[-10:] for p in pages] == ["node_2.htm", "node_3.htm"]


def test_index_that_forwards_by_meta():
    body = '<html><head><meta http-equiv="REFRESH" content="0; URL=html/2026-04/18/node_2.htm"></head></html>'
    edition = read_edition(body.encode(), "http://p.example.cn/index.html")
    assert edition.redirect == "http://p.example.cn/html/2026-04/18/node_2.htm"


def test_index_that_forwards_by_script():
    body = "<html><script>window.location.href='pc/layout/202604/18/node_01.html';</script></html>"
    edition = read_edition(body.encode(), "http://p.example.cn/")
    assert edition.redirect == "http://p.example.cn/pc/layout/202604/18/node_01.html"


@pytest.mark.parametrize("body", [b"", b"plain", b"\xff\xfe\x00", b"<a href='/news/1.html'>1</a>"])
def test_no_epaper_gives_nothing(body):
    edition = read_edition(body, "http://p.example.cn/")
    assert (edition.pages, edition.articles, edition.redirect) == ([], [], None)


@pytest.mark.parametrize(
    ("template", "form", "expected"),
    [
        ("http://p.cn/html/{date}/node_2.htm", "%Y-%m/%d", "http://p.cn/html/2026-04/08/node_2.htm"),
        ("http://p.cn/{date}/{date}_001.html", "%Y%m%d", "http://p.cn/20260408/20260408_001.html"),
        ("http://p.cn/pc/layout/{date:%Y%m/%d}/node_01.html", "%Y", "http://p.cn/pc/layout/202604/08/node_01.html"),
    ],
)
def test_front_page_of_a_day(template, form, expected):
    assert edition_url(template, dt.date(2026, 4, 8), form) == expected


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/html/2026-04/18/content_1.htm", 18),
        ("/con/202604/18/c1.html", 18),
        ("/Html/szbz/20260418/A1.Html", 18),
        ("/2026/04/18/01/default.htm", 18),
        ("/html/2026-13/18/node_1.htm", None),
        ("/news/1234567.html", None),
    ],
)
def test_day_of_an_address(path, day):
    date = edition_date(f"http://p.example.cn{path}")
    assert (date.day if date else None) == day


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("第01版：要闻", ("01", "要闻")),
        ("A12 副刊", ("A12", "副刊")),
        ("【B05版】", ("B05", None)),
        ("第 T3 版:  专题报道", ("T3", "专题报道")),
        ("12月的天气", None),
        ("下一版", None),
        ("2026年04月18日 星期六", None),
    ],
)
def test_labels_of_pages(text, label):
    assert page_label(text) == label


def test_article_names_its_page():
    body = "<div>2026年04月18日</div><div>第A02版：民生</div><h1>老街口袋公园添座椅</h1><p>新椅子装好了。</p>"
    document = parse(body.encode(), "http://paper.example.cn/pc/con/202604/18/c1002.html")
    assert article_page(document) == ("A02", "民生")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("石溪日报 2026年04月18日 星期六 第A02版：民生", ("A02", "民生")),
        ("石溪晚报 04月18日 第7版", ("7", None)),
        ("下转第7版", (None, None)),
    ],
)
def test_page_in_the_masthead(line, expected):
    body = f"<div>{line}</div><h1>老街口袋公园添座椅</h1><p>新椅子装好了。</p>"
    assert article_page(parse(body.encode(), "http://p.example.cn/html/2026-04/18/content_9.htm")) == expected


def test_ordinary_article_has_no_printed_page():
    body = "<div>第A02版：民生</div><h1>老街口袋公园添座椅</h1>"
    assert article_page(parse(body.encode(), "http://www.example.cn/news/1.shtml")) == (None, None)
