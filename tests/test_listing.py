import datetime as dt
import gzip
import json
from pathlib import Path

import pytest

from crawler.extract import read_list

NOW = dt.datetime(2026, 1, 1, 9, 0, tzinfo=dt.UTC)
BASE = "http://news.example.cn/shehui/index.html"
LISTS = Path(__file__).resolve().parents[2] / "shared" / "bench" / "lists"

HEADLINES = [
    "城东水厂扩建工程昨日通水",
    "两条夜间公交线路恢复运营",
    "社区食堂推出平价早餐窗口",
    "大桥检修期间请绕行北环路",
]


def read(markup, url=BASE):
    return read_list(f"<html><body>{markup}</body></html>".encode(), url, fetched_at=NOW)


def items(hrefs, texts=HEADLINES, wrap="<li><a href='{}'>{}</a></li>"):
    return "<ul>" + "".join(wrap.format(h, t) for h, t in zip(hrefs, texts, strict=False)) + "</ul>"


def paths(listing):
    return [link.url.partition("example.cn")[2] for link in listing.articles]


@pytest.mark.parametrize(
    "pattern",
    [
        "/2026/0304/25063{}.shtml",
        "/202603/04/t20260304_5512{}.html",
        "/2026-03/04/content_1188{}.htm",
        "/art/2026/3/4/art_77_1201{}.html",
        "/info/1002/5027{}.htm",
        "/c21558a5347{}/page.htm",
        "/a/zhengwu/2026/0304/88{}.html",
        "/system/2026/03/04/01122334{}.shtml",
        "/news/177262200012345{}.shtml",
        "/view.php?aid=33{}",
        "/portal.php?mod=view&aid=55{}",
        "/content-12-34{}-1.html",
        "/n/9b2c8f1e04d77a6b5c3d2e1f{}.html",
    ],
)
def test_article_addresses_of_the_families(pattern):
    hrefs = [pattern.format(n) for n in range(1, 5)]
    assert paths(read(items(hrefs))) == hrefs


def test_unknown_addresses_count_by_their_headlines():
    hrefs = ["/shehui/shuichang.html", "/shehui/gongjiao.html", "/shehui/shitang.html", "/shehui/daqiao.html"]
    assert paths(read(items(hrefs))) == hrefs


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("/2026/0304/1.shtml", "更多>>"),
        ("/2026/0304/1.shtml", "[详细]"),
        ("/2026/0304/1.shtml#comment", "12条评论"),
        ("/user/login.html?id=123456", "登录后查看您的个人收藏内容"),
        ("/download/app.html", "下载客户端看更多本地新闻资讯"),
        ("https://weibo.com/u/1234567890", "关注我们的官方微博账号看新闻"),
        ("/search.php?q=1234567", "搜索更多有关水厂通水的新闻"),
        ("javascript:void(0)", "城东水厂扩建工程昨日通水"),
        ("#2026", "城东水厂扩建工程昨日通水"),
        ("mailto:a@example.cn", "城东水厂扩建工程昨日通水"),
    ],
)
def test_links_that_lead_to_no_article(href, text):
    assert read(items([href], [text])).articles == []


def test_short_links_of_the_navigation_are_no_articles():
    links = "<a href='/about/123456.html'>关于我们</a><a href='/jianjie/t20200101_1.html'>机构简介</a>"
    markup = f"<div class='nav'>{links}</div>"
    assert read(markup).articles == []


def test_footer_is_left_out():
    markup = "<div class='footer'><a href='/2020/0101/11.shtml'>机构设置</a></div>"
    assert read(items(["/2026/0304/1.shtml"]) + markup).articles[-1].title == HEADLINES[0]


def test_title_attribute_where_the_text_is_cut():
    markup = f"<li><a href='/2026/0304/1.shtml' title='{HEADLINES[0]}'>城东水厂扩建...</a></li>"
    assert read(markup).articles[0].title == HEADLINES[0]


def test_tooltip_that_is_no_headline_is_ignored():
    markup = f"<li><a href='/2026/0304/1.shtml' title='在新窗口打开链接，离开本站'>{HEADLINES[0]}</a></li>"
    assert read(markup).articles[0].title == HEADLINES[0]


def test_headline_inside_a_link_around_the_whole_item():
    markup = (
        f"<a href='/2026/0304/1.shtml'><h3>{HEADLINES[0]}</h3><p>导语说了许多别的事情。</p><span>2025-12-31</span></a>"
    )
    link = read(markup).articles[0]
    assert (link.title, link.published.date()) == (HEADLINES[0], dt.date(2025, 12, 31))


def test_picture_and_text_links_of_one_story_are_one():
    href = "/2026/0304/1.shtml"
    markup = f"<li><a href='{href}'><img src='a.jpg'></a><a href='{href}'>{HEADLINES[0]}</a></li>"
    assert [link.title for link in read(markup).articles] == [HEADLINES[0]]


def test_picture_only_link():
    markup = (
        items(["/2026/0304/2.shtml"]) + "<div class='focus'><a href='/2026/0304/9.shtml'><img src='a.jpg'></a></div>"
    )
    assert [link.title for link in read(markup).articles] == [HEADLINES[0], ""]


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ("<span class='date'>2025-12-30 18:20</span>", "2025-12-30T18:20:00+08:00"),
        ("<em>[12-31]</em>", "2025-12-31T00:00:00+08:00"),
        ("<i>12月31日</i>", "2025-12-31T00:00:00+08:00"),
        ("<span>2025/12/30</span>", "2025-12-30T00:00:00+08:00"),
        ("<b>30</b><b>2025.12</b>", "2025-12-30T00:00:00+08:00"),
        ("", None),
    ],
)
def test_date_of_the_item(beside, expected):
    markup = items(["/a/1001.html", "/a/1002.html"], wrap="<li><a href='{}'>{}</a>" + beside + "</li>")
    found = read(markup).articles[0].published
    assert (found.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    "teaser",
    ["2014年11月30日下午，城东水厂动工。", "去年12月3日，工程开始。", "今天的市民可以喝上更好的水，这要从头说起。"],
)
def test_date_in_a_teaser_is_not_the_items(teaser):
    markup = f"<li><h3><a href='/a/1001.html'>{HEADLINES[0]}</a></h3><p>{teaser}</p></li>"
    assert read(markup).articles[0].published is None


def test_date_in_the_headline_is_not_the_items():
    markup = (
        "<li><a href='/a/1001.html'><img src='a.jpg'></a><a href='/a/1001.html'>12月4日晚音乐会改在剧院演出</a></li>"
    )
    assert read(markup).articles[0].published is None


@pytest.mark.parametrize(
    "text", ["{} [2025-12-30]", "{}（2025年12月30日）", "2025-12-30 {}", "<span>{}</span><em>2025-12-30 08:10</em>"]
)
def test_date_inside_the_link(text):
    link = read(f"<li><a href='/a/1001.html'>{text.format(HEADLINES[0])}</a></li><li>。</li>").articles[0]
    assert (link.title, link.published.day) == (HEADLINES[0], 30)


def test_date_in_front_of_the_link():
    items = [
        f"[12-{day}] <a href='/a/100{day}.html'>{text}</a>" for day, text in zip((30, 29), HEADLINES, strict=False)
    ]
    assert [link.published.day for link in read(f"<p>{'<br>'.join(items)}</p>").articles] == [30, 29]


def test_date_in_the_next_cell():
    row = "<tr><td><a href='{}'>{}</a></td><td>2025-12-3{}</td></tr>"
    rows = "".join(row.format(f"/a/100{n}.html", HEADLINES[n], n) for n in (0, 1))
    assert [link.published.day for link in read(f"<table>{rows}</table>").articles] == [30, 31]


def test_side_list_is_marked():
    side = "<div class='hot-news'>" + items(["/2026/0301/7.shtml"], HEADLINES[3:]) + "</div>"
    listing = read(items([f"/2026/0304/{n}.shtml" for n in (1, 2, 3)]) + side)
    assert [link.side for link in listing.articles] == [False, False, False, True]


def test_address_is_absolute_and_without_fragment():
    listing = read(
        "<base href='http://www.example.cn/x/'><li><a href=' 2026/0304/1.shtml#pl '>城东水厂扩建工程昨日通水</a>"
    )
    assert listing.articles[0].url == "http://www.example.cn/x/2026/0304/1.shtml"


def test_backslashes_in_addresses():
    assert paths(read(items(["\\2026\\0304\\1.shtml"]))) == ["/2026/0304/1.shtml"]


def test_front_page_of_another_site_in_a_uniform_list():
    hrefs = [f"/2026/0304/{number}.shtml" for number in range(100, 120)] + ["http://www.other.cn/"]
    assert len(read(items(hrefs, [f"第{n}批老旧小区加装电梯完工" for n in range(21)])).articles) == 21


@pytest.mark.parametrize("url", ["", "x", "http://[", "javascript:1"])
def test_what_is_no_address_gives_an_empty_list(url):
    assert read_list(b"<a href='/2026/0304/1.shtml'>x</a>", url).articles == []


def test_list_in_gbk():
    body = f"<meta charset=gb2312><li><a href='/a/1001.html'>{HEADLINES[0]}</a></li>".encode("gb18030")
    assert read_list(body, BASE).articles[0].title == HEADLINES[0]


def test_sections_are_the_channels_of_the_site():
    nav = (
        "<ul class='nav'><li><a href='/shehui/'>社会</a></li><li><a href='http://sports.example.cn/'>体育</a></li>"
        "<li><a href='/list_12_1.html'>财经</a></li><li><a href='/login'>登录</a></li>"
        "<li><a href='/about/'>关于我们</a></li>"
        "<li><a href='/app/'>APP下载</a></li><li><a href='http://www.other.cn/'>兄弟网</a></li></ul>"
    )
    assert [link.title for link in read(nav, "http://www.example.cn/").sections] == ["社会", "体育", "财经"]


def test_more_link_takes_its_name_from_the_block():
    markup = "<div class='hd'><h2>民生服务</h2><a href='/minsheng/'>更多&gt;&gt;</a></div>"
    assert [link.title for link in read(markup, "http://www.example.cn/").sections] == ["民生服务"]


def test_declared_feeds():
    head = "<link rel='alternate' type='application/rss+xml' href='/rss.xml'>"
    assert read(head).feeds == ["http://news.example.cn/rss.xml"]


@pytest.mark.parametrize(
    "body", [b"", b"text only", b"\x00\x01\xff", b"<", b"{", b"[]", b"<rss>", b"<a href='http://[x'>y</a>"]
)
def test_bad_bytes_give_an_empty_list(body):
    assert read_list(body, BASE).articles == []


@pytest.mark.bench
@pytest.mark.skipif(not LISTS.is_dir(), reason="needs ../shared/bench/lists")
def test_real_lists_keep_their_floor():
    """The goals of the list reader: precision and recall 0.97, next 0.95, sections 0.90."""
    sums = {"precision": [], "recall": [], "next": [], "sections": []}
    for line in (LISTS / "gold.jsonl").read_text("utf-8").splitlines():
        gold = json.loads(line)
        listing = read_list(gzip.decompress((LISTS / "html" / gold["file"]).read_bytes()), gold["url"])
        got = {link.url.partition("#")[0] for link in listing.articles}
        main, side = ({url.partition("#")[0] for url in gold[name]} for name in ("main", "side"))
        channels = {url.partition("#")[0] for url in gold["sections"]}
        sums["precision"].append(len(got & (main | side)) / len(got) if got else 0.0)
        sums["recall"].append(len(got & main) / len(main) if main else 1.0)
        sums["next"].append(listing.next == gold["next"])
        if channels:
            sums["sections"].append(len(channels & {link.url for link in listing.sections}) / len(channels))
    mean = {name: sum(values) / len(values) for name, values in sums.items()}
    floors = {"precision": 0.97, "recall": 0.97, "next": 0.95, "sections": 0.90}
    assert {name: value for name, value in mean.items() if value < floors[name]} == {}


def test_page_nested_very_deep():
    markup = "<div class='a1 b'>" * 3000 + items(["/2026/0304/1.shtml"]) + "</div>" * 3000
    assert len(read(markup).articles) <= 1


def test_ten_thousand_links():
    hrefs = [f"/2026/0304/{number}.shtml" for number in range(10_000, 20_000)]
    assert len(read(items(hrefs, [f"第{number}批保障房开始选房" for number in range(10_000)])).articles) == 10_000


def test_page_with_a_null_byte_is_read_to_its_end():
    assert paths(read("\0" + items(["/2026/0304/1.shtml"]))) == ["/2026/0304/1.shtml"]
