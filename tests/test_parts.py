import pytest

from crawler.extract.dom import parse
from crawler.extract.parts import find_parts


def parts(url, *links, extra=""):
    anchors = "".join(f'<a href="{href}">{text}</a> ' for href, text in links)
    return find_parts(parse(f"<html><body><h1>题</h1><p>文。</p>{anchors}{extra}</body></html>".encode(), url))


def names(url, *links, extra=""):
    return [address.rsplit("/", 1)[1] for address in parts(url, *links, extra=extra).urls]


A = "http://www.example.cn/2026/0304/"


@pytest.mark.parametrize("suffix", [".html", ".shtml", ".htm"])
def test_first_page_knows_all(suffix):
    links = [(f"7788_{n}{suffix}", str(n)) for n in (2, 3)]
    assert names(f"{A}7788{suffix}", *links) == [f"7788{suffix}", f"7788_2{suffix}", f"7788_3{suffix}"]


def test_later_page_knows_all():
    links = [("7788.html", "1"), ("7788_3.html", "3"), ("7788_3.html", "下一页")]
    assert names(f"{A}7788_2.html", *links) == ["7788.html", "7788_2.html", "7788_3.html"]


def test_last_page_whose_next_leads_to_itself():
    assert names(f"{A}7788_2.html", ("7788.html", "上一页"), ("7788_2.html", "下一页")) == ["7788.html", "7788_2.html"]


def test_founder_content():
    assert names(f"{A}content_901_2.htm", ("content_901.htm", "1")) == ["content_901.htm", "content_901_2.htm"]


def test_phpcms_numbers_from_one():
    links = [("show-12-3456-2.html", "2")]
    assert names("http://www.example.cn/show-12-3456-1.html", *links) == ["show-12-3456-1.html", "show-12-3456-2.html"]


def test_long_pager_is_filled_in():
    assert len(names(f"{A}7788.html", ("7788_2.html", "2"), ("7788_9.html", "末页"))) == 9


def test_trs_script_counts_from_zero():
    script = '<script>createPageHTML(3, 0, "t20260304_55", "html");</script>'
    expected = ["t20260304_55.html", "t20260304_55_1.html", "t20260304_55_2.html"]
    assert names(f"{A}t20260304_55.html", extra=script) == expected


def test_trs_script_of_one_page():
    assert names(f"{A}t20260304_55.html", extra='<script>createPageHTML(1, 0, "t20260304_55", "html");</script>') == []


def test_query_page():
    links = [("view.php?id=5&page=2", "2"), ("view.php?id=6&page=2", "下一篇")]
    assert names("http://www.example.cn/view.php?id=5", *links) == ["view.php?id=5", "view.php?id=5&page=2"]


@pytest.mark.parametrize(
    ("own", "other", "text"),
    [
        ("7788.html", "7789.html", "下一页"),
        ("content_901.htm", "content_902.htm", "下一页"),
        ("7788.html", "7789_2.html", "2"),
        ("20260304_2.html", "20260304_3.html", "下一页"),
        ("news-1.html", "news-2.html", "下一页"),
        ("7788_2.html", "7788_3.html", "另一篇报道的长标题"),
        ("7788.html", "#p2", "2"),
        ("7788.html", "javascript:next()", "下一页"),
        ("7788.html", "http://other.example.com/2026/0304/7788_2.html", "2"),
        ("index.html", "index_2.html", "2"),
    ],
)
def test_never_another_article(own, other, text):
    assert parts(A + own, (other, text)).urls == []


def test_folder_with_an_id_holds_one_article():
    assert names(f"{A}88123/index.html", ("index_2.html", "2")) == ["index.html", "index_2.html"]


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("7788_all.html", "在本页阅读全文"),
        ("7788_s.shtml", "余下全文"),
        ("/full.php?id=7788", "显示全文"),
        ("7788_all.html", "【全文阅读】"),
    ],
)
def test_one_page_version(href, text):
    assert "7788" in (parts(f"{A}7788.html", (href, text)).full_url or "")


@pytest.mark.parametrize(
    ("href", "text"), [("7790_all.html", "阅读全文"), ("7788.html", "全文"), ("7788_all.html", "打印")]
)
def test_no_one_page_version(href, text):
    assert parts(f"{A}7788.html", (href, text)).full_url is None
