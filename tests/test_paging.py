import pytest

from crawler.extract import read_list

HOST = "http://www.example.cn"
ITEM = "<li><a href='/2026/0304/12345{}.shtml'>城东水厂扩建工程昨日通水{}</a></li>"
ITEMS = "".join(ITEM.format(n, n) for n in range(3))


def read(path, pager):
    return read_list(f"<html><body><ul>{ITEMS}</ul>{pager}</body></html>".encode(), HOST + path)


def following(path, pager):
    found = read(path, pager).next
    return found.removeprefix(HOST) if found else None


def numbers(*links):
    return (
        "<div class='pages'>"
        + " ".join(f"<a href='{href}'>{text}</a>" if href else text for href, text in links)
        + "</div>"
    )


@pytest.mark.parametrize(
    "label",
    [
        "下一页",
        "下页",
        "下一頁",
        "后一页",
        "[下一页]",
        "下一页 >>",
        "Next",
        "next page",
        "&gt;",
        "»",
        "\u203a",
        "&gt;&gt;",
    ],
)
def test_labels_of_the_next_page(label):
    assert following("/xw/index.html", f"<a href='index_2.html'>{label}</a>") == "/xw/index_2.html"


@pytest.mark.parametrize(
    "image", ["<img src='/img/next.gif'>", "<img alt='下一页' src='b3.gif'>", "<img title='下页' src='x.png'>"]
)
def test_picture_as_label(image):
    assert following("/xw/index.html", f"<a href='index_2.html'>{image}</a>") == "/xw/index_2.html"


def test_relation_next():
    assert following("/xw/", "<a rel='next' href='/xw/page/2/'>→</a>") == "/xw/page/2/"


def test_relation_next_in_the_head():
    body = f"<head><link rel='next' href='/xw/page/2'></head><ul>{ITEMS}</ul>".encode()
    assert read_list(body, f"{HOST}/xw/").next == f"{HOST}/xw/page/2"


def test_head_relation_of_the_front_page_is_no_list():
    body = f"<head><link rel='next' href='/page/2'></head><ul>{ITEMS}</ul>".encode()
    assert read_list(body, f"{HOST}/").next is None


@pytest.mark.parametrize(
    ("path", "pager", "expected"),
    [
        ("/xw/index.html", numbers(("", "1"), ("index_2.html", "2"), ("index_3.html", "3")), "/xw/index_2.html"),
        ("/xw/index_2.html", numbers(("index.html", "1"), ("", "2"), ("index_3.html", "3")), "/xw/index_3.html"),
        ("/xw/index_3.html", numbers(("index.html", "1"), ("index_2.html", "2"), ("", "3")), None),
        ("/xw/", numbers(("index.html", "[1]"), ("index_2.html", "[2]")), "/xw/index_2.html"),
        (
            "/xw/index_1.html",
            numbers(("index.html", "1"), ("index_1.html", "2"), ("index_2.html", "3")),
            "/xw/index_2.html",
        ),
        ("/a/list_7_2.html", numbers(("list_7_1.html", "1"), ("list_7_3.html", "3")), "/a/list_7_3.html"),
        ("/a/", numbers(("", "1"), ("list_7_2.html", "2"), ("list_7_3.html", "3")), "/a/list_7_2.html"),
        ("/node_15.htm", numbers(("", "1"), ("node_15_2.htm", "2")), "/node_15_2.htm"),
        ("/jsnews/1.shtml", numbers(("", "1"), ("2.shtml", "2"), ("3.shtml", "3")), "/jsnews/2.shtml"),
        ("/list.php?cid=3", numbers(("", "1"), ("list.php?cid=3&page=2", "2")), "/list.php?cid=3&page=2"),
        (
            "/list.php?cid=3&page=9",
            numbers(("list.php?cid=3&page=8", "8"), ("list.php?cid=3&page=10", "10")),
            "/list.php?cid=3&page=10",
        ),
        ("/list-6-1.html", numbers(("", "1"), ("list-6-2.html", "2")), "/list-6-2.html"),
    ],
)
def test_numbered_links(path, pager, expected):
    assert following(path, pager) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/list_7_1.html", "/a/list_7_2.html"),
        ("/a/list_7_2.html", "/a/list_7_3.html"),
        ("/a/list_7_3.html", None),
        ("/a/", "/a/list_7_2.html"),
    ],
)
def test_select_box(path, expected):
    box = "<select>" + "".join(f"<option value='list_7_{n}.html'>{n}</option>" for n in (1, 2, 3)) + "</select>"
    assert following(path, box) == expected


def test_select_box_of_links_to_other_sites_is_no_pager():
    box = "<select><option value='http://a.cn/'>甲网</option><option value='http://b.cn/'>乙网</option></select>"
    assert following("/a/", box) is None


@pytest.mark.parametrize(
    ("path", "call", "expected"),
    [
        ("/xw/", 'createPageHTML(20, 0, "index", "html")', "/xw/index_1.html"),
        ("/xw/index_1.html", 'createPageHTML(20, 1, "index", "html")', "/xw/index_2.html"),
        ("/xw/index_19.html", 'createPageHTML(20, 19, "index", "html")', None),
        ("/xw/", 'createPageHTML(1, 0, "index", "html")', None),
        ("/xw/", "createPageHTML('page_div', 20, 1, 'index', 'shtml', 300)", "/xw/index_2.shtml"),
        ("/xw/index_2.shtml", "createPageHTML('page_div', 20, 2, 'index', 'shtml', 300)", "/xw/index_3.shtml"),
        ("/xw/index_20.shtml", "createPageHTML('page_div', 20, 20, 'index', 'shtml', 300)", None),
        ("/xw/", 'pageControl(5, 0, "list", "htm")', "/xw/list_1.htm"),
    ],
)
def test_script_pager(path, call, expected):
    assert following(path, f"<script>{call};</script>") == expected


def test_definition_of_the_function_is_no_call():
    code = "<script>function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){ return 1; }</script>"
    assert following("/xw/", code) is None


@pytest.mark.parametrize(
    ("path", "pager", "expected"),
    [
        ("/xw/39.htm", "<a href='40.htm'>上页</a><a href='38.htm'>下页</a><a href='1.htm'>尾页</a>", "/xw/38.htm"),
        ("/xw.htm", "<a href='xw/109.htm'>下页</a>", "/xw/109.htm"),
        ("/xw/3.htm", "<a href='/xw.htm'>上页</a><a href='2.htm'>下页</a><a href='1.htm'>尾页</a>", "/xw/2.htm"),
        ("/xw/3.htm", "<a href='/xw.htm'>上页</a><a href='2.htm'>下页</a>", "/xw/2.htm"),
        ("/xw/3.htm", "<a href='/xw.htm'>上页</a><a href='2.htm'>下页</a><a href='9.htm'>尾页</a>", None),
        ("/xw/1.htm", "<a href='2.htm'>上页</a><a href='1.htm'>下页</a>", None),
    ],
)
def test_lists_that_count_down(path, pager, expected):
    assert following(path, pager) == expected


@pytest.mark.parametrize(
    ("path", "pager"),
    [
        ("/xw/index_3.html", "<a href='index_3.html'>下一页</a>"),
        ("/xw/index_3.html", "<a href='index_2.html'>上一页</a><a href='index_2.html'>下一页</a>"),
        ("/xw/index_3.html", "<a href='index_2.html'>下一页</a>"),
        ("/xw/index_3.html", "<a href='index.html'>首页</a><a href='index.html'>下一页</a>"),
        ("/xw/", "<a href='javascript:goPage(2)'>下一页</a>"),
        ("/xw/", "<a href='#page=2'>下一页</a>"),
        ("/xw/", "<a>下一页</a>"),
        ("/xw/", "<a href='http://www.other.cn/xw/index_2.html'>下一页</a>"),
        ("/xw/", "<a href='/zt/dahui.html'>&gt;</a>"),
    ],
)
def test_what_is_no_next_page(path, pager):
    assert following(path, pager) is None


@pytest.mark.parametrize(
    ("path", "extra", "expected"),
    [
        ("/xw/", "<a href='1.shtml'>更多</a>", "/xw/1.shtml"),
        ("/xw/index.shtml", f"<ul class='mode-txtlink'>{ITEMS}</ul>", "/xw/1.shtml"),
        ("/xw/index.shtml", "<script src='/js/cmstop.column.js'></script>", "/xw/1.shtml"),
        ("/xw/index.shtml", "<a href='3.shtml'>往期</a>", "/xw/1.shtml"),
        ("/xw/index.shtml", "", None),
        (
            "/xw/",
            "<a href='1234567.shtml'>两条夜间公交线路恢复运营</a><a href='12.shtml'>社区食堂推出平价早餐</a>",
            None,
        ),
        ("/xw/", "<a href='2.html'>往期</a>", "/xw/1.html"),
        ("/", "<script src='/js/cmstop.column.js'></script>", None),
    ],
)
def test_list_beside_the_curated_index(path, extra, expected):
    assert following(path, extra) == expected


@pytest.mark.parametrize(
    "button",
    [
        "<a href='javascript:;'>加载更多</a>",
        "<div class='more'>点击加载更多</div>",
        "<button class='load-more'>更多</button>",
        "<span>查看更多</span>",
    ],
)
def test_list_that_goes_on_by_script_only(button):
    listing = read("/xw/", button)
    assert (listing.next, listing.needs_script) == (None, True)


def test_more_with_an_address_needs_no_script():
    assert read("/xw/", "<a href='/minsheng/'>查看更多</a>").needs_script is False


def test_more_with_an_address_in_the_list_is_the_next_page():
    assert following("/xw/", "<a href='index_2.html'>加载更多</a>") == "/xw/index_2.html"


def test_pager_wins_over_a_button():
    listing = read("/xw/", "<a href='index_2.html'>下一页</a><a href='javascript:;'>加载更多</a>")
    assert (listing.next, listing.needs_script) == (f"{HOST}/xw/index_2.html", False)
