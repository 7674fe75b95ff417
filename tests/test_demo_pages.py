"""What the demo portals serve, read here with nothing but regular expressions: lists, paging, articles, traps."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from crawler.demo import FAMILIES, DemoPortal, Request
from crawler.urls import absolute, key

ALL = sorted(FAMILIES)


def get(portal: DemoPortal, path: str) -> str | None:
    """Text of a page, None unless it is there."""
    target, _, query = path.partition("?")
    response = portal.respond(Request(target, dict(part.split("=") for part in query.split("&") if part)))
    return response.body.decode(portal.family.encoding) if response.status == 200 else None


def links(portal: DemoPortal, path: str, text: str) -> Iterator[str]:
    for href in re.findall(r'href="([^"]*)"', text):
        if (url := absolute(portal.base + path, html.unescape(href))) is not None:
            yield key(url)


def numbered(first: str, pattern: str, start: int = 2) -> Callable[[int], str]:
    return lambda page: first if page == 1 else pattern.format(page - 2 + start)


#: Family and section → address of list page 1, 2, 3 …; JCMS has tests of its own.
LISTS = {
    ("seed", 0): numbered("/qinghe/", "/qinghe/index_{}.shtml"),
    ("seed", 1): numbered("/yule/index.shtml", "/yule/index_{}.shtml"),
    ("cmstop", 0): numbered("/szxw/1.shtml", "/szxw/{}.shtml"),
    ("cmstop", 2): numbered("/whty/1.shtml", "/whty/{}.shtml"),
    ("trs", 0): numbered("/xwzx/bdxw/", "/xwzx/bdxw/index_{}.html", 1),
    ("trs", 1): numbered("/xwzx/cjxw/index.html", "/xwzx/cjxw/index_{}.html"),
    ("empire", 0): numbered("/news/", "/news/index_{}.html"),
    ("empire", 4): numbered("/shenghuo/index.html", "/shenghuo/index_{}.html"),
    ("founder", 0): numbered("/node_101.htm", "/node_101_{}.htm"),
    ("founder", 3): numbered("/node_104.htm", "/node_104_{}.htm"),
    ("dede", 0): numbered("/a/xinwen/", "/a/xinwen/list_12_{}.html"),
    ("dede", 3): numbered("/a/minsheng/list_15_1.html", "/a/minsheng/list_15_{}.html"),
}


def main_list(text: str) -> str:
    """The list without the side columns that some families put after it."""
    return re.split(r'<div class="(?:column )?side"', text)[0]


@pytest.mark.parametrize(("family", "section"), sorted(LISTS))
def test_list_pages_show_every_story_of_the_section_once(family, section):
    portal = DemoPortal(family, size=400)
    stories = {key(portal.base + portal.entry(n).path): n for n in portal.catalog.order(section)}
    found: Counter[int] = Counter()
    page = 1
    while (text := get(portal, path := LISTS[family, section](page))) is not None:
        found.update(stories[link] for link in links(portal, path, main_list(text)) if link in stories)
        page += 1
    pinned = {number for number, count in found.items() if count == 2}
    assert page > 2
    assert found.keys() == set(stories.values())
    assert max(found.values()) == (2 if pinned else 1)
    assert len(pinned) == (section == 0)


@pytest.mark.parametrize(("family", "section"), sorted(LISTS))
def test_lists_are_in_order_of_publication(family, section):
    portal = DemoPortal(family, size=400)
    stories = {key(portal.base + portal.entry(n).path): portal.entry(n) for n in portal.catalog.order(section)}
    path = LISTS[family, section](2)
    dates = [stories[k].published for k in links(portal, path, main_list(get(portal, path) or "")) if k in stories]
    assert dates
    assert dates == sorted(dates, reverse=True)


def test_jcms_inlines_45_records_and_gives_the_others_by_post():
    portal = DemoPortal("jcms", size=400)
    numbers = portal.catalog.order(0)
    text = get(portal, "/col/col101/index.html") or ""
    datastore = re.search(r'<script type="text/xml">(.*?)</script>', text, re.S)
    assert datastore is not None
    found = Counter(links(portal, "/", datastore[1]))
    form = {"col": "1", "columnid": "101", "unitid": "3388"}
    for start in range(46, len(numbers) + 1, 45):
        query = {"startrecord": str(start), "endrecord": str(start + 44), "perpage": "15"}
        response = portal.respond(Request("/module/web/jpage/dataproxy.jsp", query, "POST", form))
        assert "<record><![CDATA[<li>" in response.body.decode()
        found.update(links(portal, "/", response.body.decode()))
    assert all(found[key(portal.base + portal.entry(n).path)] == 1 for n in numbers)


def test_jcms_has_no_story_link_outside_the_datastore():
    text = get(DemoPortal("jcms"), "/col/col101/index.html") or ""
    assert "/art/" not in re.sub(r'<script type="text/xml">.*?</script>', "", text, flags=re.S)


def test_jcms_records_end():
    query = {"startrecord": "9001", "endrecord": "9045", "columnid": "101"}
    response = DemoPortal("jcms").respond(Request("/module/web/jpage/dataproxy.jsp", query))
    assert b"<record>" not in response.body


def test_a_section_counts_its_pages_down():
    portal = DemoPortal("jcms", size=400)
    paths = ["/zwdt.htm"]
    found: set[str] = set()
    while (text := get(portal, paths[-1])) is not None:
        found.update(links(portal, paths[-1], text))
        following = re.search(r'<a href="([^"]+)">下页</a>', text)
        if following is None:
            break
        paths.append(following[1])
    assert found >= {key(portal.base + portal.entry(n).path) for n in portal.catalog.order(3)}
    assert [int(path[6:-4]) for path in paths[1:]] == list(range(len(paths) - 1, 0, -1))
    assert len(paths) > 3


def test_trs_json_list_goes_on_where_the_page_ends():
    portal = DemoPortal("trs", size=400)
    path = "/kjww/wty/"
    text = get(portal, path) or ""
    found = set(links(portal, path, text))
    following = re.search(r'<a href="([^"]+)" rel="next">加载更多', text)
    assert following is not None
    address = html.unescape(following[1])
    for page in range(2, 99):
        docs = json.loads(get(portal, address.replace("pageIndex=2", f"pageIndex={page}")) or "")["data"]
        if not docs:
            break
        found.update(key(doc["docPubUrl"]) for doc in docs)
    assert found >= {key(portal.base + portal.entry(n).path) for n in portal.catalog.order(2)}


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("/xwzx/bdxw/", 'createPageHTML({pages}, 0, "index", "html")'),
        ("/xwzx/bdxw/index_1.html", 'createPageHTML({pages}, 1, "index", "html")'),
        ("/xwzx/cjxw/", 'createPageHTML({pages}, 1, "index", "html", 15, "pagebar")'),
        ("/xwzx/cjxw/index_2.html", 'createPageHTML({pages}, 2, "index", "html", 15, "pagebar")'),
    ],
)
def test_trs_pages_its_lists_by_script_only(path, call):
    portal = DemoPortal("trs", size=400)
    text = get(portal, path) or ""
    section = 0 if "bdxw" in path else 1
    assert call.format(pages=-(-len(portal.catalog.order(section)) // 15)) in text
    assert not re.search(r'href="[^"]*index_\d', text)


@pytest.mark.parametrize("family", ["empire", "dede", "trs"])
def test_a_page_parameter_changes_nothing(family):
    portal = DemoPortal(family, size=400)
    path = LISTS[family, 0](1)
    assert get(portal, f"{path}?page=2") == get(portal, path)


def test_cmstop_index_is_not_its_list():
    portal = DemoPortal("cmstop", size=400)
    curated = set(links(portal, "/szxw/", get(portal, "/szxw/") or ""))
    listed = set(links(portal, "/szxw/1.shtml", main_list(get(portal, "/szxw/1.shtml") or "")))
    newest = key(portal.base + portal.entry(portal.catalog.order(0)[0]).path)
    assert newest in listed - curated


def test_cmstop_list_is_capped():
    portal = DemoPortal("cmstop", size=6000)
    assert get(portal, "/szxw/20.shtml") is not None
    assert get(portal, "/szxw/21.shtml") is None


def test_cmstop_cuts_headlines_and_keeps_them_in_title():
    portal = DemoPortal("cmstop", size=100)
    items = re.findall(
        r'<li class="item"><a href="[^"]*" title="([^"]*)">([^<]*)</a>', get(portal, "/szxw/1.shtml") or ""
    )
    assert all(len(text) <= 15 for _, text in items)
    assert any(text.endswith("…") and len(title) > 15 for title, text in items)


def test_dede_page_one_exists_twice():
    portal = DemoPortal("dede")
    assert get(portal, "/a/xinwen/index.html") == get(portal, "/a/xinwen/list_12_1.html")


@pytest.mark.parametrize("family", ["seed", "cmstop", "founder"])
def test_the_last_list_page_links_next_page_to_itself(family):
    portal = DemoPortal(family, size=400)
    page = 2
    while get(portal, LISTS[family, 0](page + 1)) is not None:
        page += 1
    path = LISTS[family, 0](page)
    (href,) = re.findall(r'<a href="([^"]*)">下一页</a>', get(portal, path) or "")
    assert absolute(portal.base + path, href) == portal.base + path


def whole_text(portal: DemoPortal, story_urls: tuple[str, ...]) -> str:
    return "".join(html.unescape(get(portal, urlsplit(url).path) or "") for url in story_urls)


@pytest.mark.parametrize("family", ALL)
def test_pages_show_the_truth(family):
    portal = DemoPortal(family, size=60)
    for story in portal.truth():
        text = re.sub(r"<br/?>|　|\xa0\xa0", " ", whole_text(portal, story.part_urls or (story.url,)))
        pieces = [story.title, story.source or "", *story.reporters, *story.correspondents, *story.editors]
        pieces += [*story.photographers, *story.keywords, *story.breadcrumb, story.subtitle or ""]
        pieces += re.split(r"[\n\t]", story.body)
        pieces += [image.url for image in story.images] + [image.caption or "" for image in story.images]
        pieces += [piece for attachment in story.attachments for piece in attachment]
        assert not [piece for piece in pieces if piece not in text], story.url


@pytest.mark.parametrize("family", ALL)
def test_pages_print_the_time(family):
    portal = DemoPortal(family, size=60)
    for story in portal.truth():
        text = (get(portal, story.path) or "").replace("——", "-")
        assert f"{story.published:%Y-%m-%d %H:%M}" in text, story.url


@pytest.mark.parametrize("family", ["cmstop", "trs", "empire", "founder", "dede"])
def test_parts_hold_the_body_in_order_and_once(family):
    portal = DemoPortal(family, size=60)
    stories = [story for story in portal.truth() if story.part_urls]
    assert stories
    for story in stories:
        texts = [html.unescape(get(portal, urlsplit(url).path) or "") for url in story.part_urls]
        paragraphs = [block.text for block in story.blocks if block.kind == "paragraph"]
        places = [[i for i, text in enumerate(texts) if f"{p}<" in text] for p in paragraphs]
        assert all(len(place) == 1 for place in places), story.url
        assert places == sorted(places)
        assert get(portal, portal.family.part_path(story.path, len(texts) + 1)) is None


def test_cmstop_numbers_the_headline_of_later_parts():
    portal = DemoPortal("cmstop", size=60)
    story = next(story for story in portal.truth() if story.part_urls)
    assert f"<h1>{story.title}（2）</h1>" in (get(portal, urlsplit(story.part_urls[1]).path) or "")


def test_empire_next_page_of_a_single_page_leads_to_another_story():
    portal = DemoPortal("empire", size=60)
    story = next(story for story in portal.truth() if not story.part_urls and story.number > 1)
    assert f'<a href="{portal.entry(story.number - 1).path}">下一页</a>' in (get(portal, story.path) or "")


def test_empire_folder_is_the_day_of_insertion():
    portal = DemoPortal("empire", size=60)
    late = [s for s in portal.truth() if f"{s.published:%Y-%m-%d}" not in s.path]
    assert late
    assert all(f"/{portal.now:%Y-%m-%d}/" in s.path for s in late)


def test_seed_address_is_a_clock():
    story = DemoPortal("seed").story(120)
    match = re.fullmatch(r"/news/(\d{10})\d{6}\.shtml", story.path)
    assert match is not None
    assert 0 <= int(match[1]) - story.published.timestamp() < 60


def test_seed_prints_paper_and_time_without_labels():
    story = (portal := DemoPortal("seed")).story(120)
    assert f">{story.source} {story.published:%Y-%m-%d %H:%M}<" in (get(portal, story.path) or "")


def test_seed_boxes_follow_the_body_in_order():
    text = get(DemoPortal("seed"), DemoPortal("seed").story(120).path) or ""
    places = [
        text.index(word) for word in ("qh-text", "网友热搜", "最新发布", "更多搜索", "内容精选", "版权所有", "ICP备")
    ]
    assert places == sorted(places)


def test_dede_bytes_need_gb18030():
    portal = DemoPortal("dede", size=100)
    bodies = [portal.respond(Request(story.path)) for story in portal.truth()]
    assert {response.content_type for response in bodies} == {"text/html; charset=gb2312"}
    joined = b"".join(response.body for response in bodies)
    for encoding in ("gb2312", "gbk", "utf-8"):
        with pytest.raises(UnicodeDecodeError):
            joined.decode(encoding)
    assert {"镕", "喆", "㐂"} <= set(joined.decode("gb18030"))


def test_dede_editor_stands_in_the_body():
    portal = DemoPortal("dede")
    story = portal.story(150)
    text = get(portal, story.path) or ""
    assert text.index("（责任编辑：admin）") < text.index("</td></tr></table></div>")
    assert (story.editors, "责任编辑" in story.body) == (("admin",), False)


def test_founder_header_is_wrong_and_the_page_right():
    response = (portal := DemoPortal("founder")).respond(Request(portal.story(99).path))
    assert response.content_type == "text/html; charset=ISO-8859-1"
    assert '<meta charset="utf-8">' in response.body.decode("utf-8")


@pytest.mark.parametrize(("number", "date"), [(99, ' date="{}:0"'), (100, "<date>{}:0</date>")])
def test_founder_properties_in_two_dialects(number, date):
    story = (portal := DemoPortal("founder")).story(number)
    text = get(portal, story.path) or ""
    assert date.format(f"{story.published:%Y-%m-%d %H:%M:%S}") in text
    assert text.index("<!--enpcontent-->") < text.index(story.blocks[0].text) < text.index("<!--/enpcontent-->")


def test_jcms_prints_double_dashes_now_and_then():
    portal = DemoPortal("jcms")
    assert f"{portal.story(50).published:%Y——%m——%d %H:%M}" in (get(portal, portal.story(50).path) or "")


@pytest.mark.parametrize("family", ALL)
def test_strays_are_linked_and_are_no_stories(family):
    portal = DemoPortal(family, size=60)
    known = {story.url for story in portal.truth()}
    firsts = [LISTS[f, s](1) for f, s in LISTS if f == family] + ["/col/col101/index.html", "/col/col102/index.html"]
    shown = {link for path in firsts for link in links(portal, path, get(portal, path) or "")}
    strays = portal.strays()
    assert set(strays.values()) >= {"offsite", "dead"}
    assert not strays.keys() & known
    assert {key(url) for url in strays} & shown


@pytest.mark.parametrize("family", ALL)
def test_a_dead_link_is_a_soft_404(family):
    portal = DemoPortal(family)
    (url,) = (url for url, reason in portal.strays().items() if reason == "dead")
    text = get(portal, urlsplit(url).path)
    assert text is not None
    assert "不存在" in text or "未找到" in text


@pytest.mark.parametrize("family", ALL)
def test_unknown_paths_are_404(family):
    portal = DemoPortal(family)
    story = portal.story(100)
    for path in ("/nowhere/", "/a/b/c.html", story.path.replace("2025", "2019").replace("1735", "1536")):
        assert portal.respond(Request(path)).status == 404


@pytest.mark.parametrize("family", [f for f in ALL if "tracking" in FAMILIES[f].traps])
def test_hrefs_carry_their_traps(family):
    portal = DemoPortal(family, size=400)
    hrefs = [portal.family.row(portal, number).href for number in range(1, 401)]
    assert any(href.endswith("?from=list") for href in hrefs)
    assert any(href.startswith("http://m.") for href in hrefs)
    spelt = "href" in FAMILIES[family].traps
    assert any("\\" in href for href in hrefs) == spelt
    assert any(href != href.strip() for href in hrefs) == spelt
    wanted = {key(portal.base + portal.entry(number).path) for number in range(1, 401)}
    assert {key(absolute(portal.base, href) or "") for href in hrefs} == wanted


def test_no_mobile_links_on_a_bare_loopback_address():
    portal = DemoPortal("seed").at("http://127.0.0.1:8000")
    assert not [n for n in range(1, 201) if "m." in portal.family.row(portal, n).href.partition("/news")[0]]


def test_pinned_story_stands_on_top_and_in_its_place():
    portal = DemoPortal("empire", size=400, traps=())
    number = portal.catalog.order(0)[40]
    portal.pin(number)
    path = portal.entry(number).path
    first = re.findall(r"<li><time>[^<]*</time><a href=\"([^\"]*)\"", get(portal, "/news/") or "")
    assert absolute(portal.base, first[0]) == portal.base + path
    assert path in (get(portal, "/news/index_2.html") or "")


@pytest.mark.parametrize(
    ("family", "path", "tag"),
    [
        ("cmstop", "/xml/sitemap.xml", "loc"),
        ("cmstop", "/baidunews.xml", "link"),
        ("dede", "/sitemap.xml", "loc"),
        ("dede", "/data/rss/12.xml", "link"),
        ("empire", "/e/web/?type=rss2&classid=1", "link"),
    ],
)
def test_feeds_name_stories(family, path, tag):
    portal = DemoPortal(family, size=100)
    target, _, query = path.partition("?")
    response = portal.respond(Request(target, dict(part.split("=") for part in query.split("&") if part)))
    named = re.findall(rf"<{tag}>([^<]*)</{tag}>", response.body.decode("utf-8"))
    assert set(named) - {portal.home} <= {story.url for story in portal.truth()}
    assert len(named) > 10


def test_baidunews_has_the_whole_text():
    portal = DemoPortal("cmstop", size=60)
    text = html.unescape(html.unescape(get(portal, "/baidunews.xml") or ""))
    assert f"<p>{portal.story(60).blocks[-1].text}</p>" in text


def test_epaper_leads_from_index_to_articles():
    portal = DemoPortal("founder", size=120)
    refresh = re.search(r"url=(html/\d{4}-\d{2}/\d{2}/node_1\.htm)", get(portal, "/epaper/index.html") or "")
    assert refresh is not None
    front = f"/epaper/{refresh[1]}"
    folder = front.rpartition("/")[0]
    found: set[str] = set()
    for node in re.findall(r"node_\d\.htm", (get(portal, front) or "").partition('id="leaves"')[2]):
        page = get(portal, f"{folder}/{node}") or ""
        found.update(f"{portal.base}{folder}/{name}" for name in re.findall(r"content_\d+\.htm", page))
    newest = max(story.published for story in portal.paper()).date()
    stories = list(portal.paper(since=newest, until=newest))
    assert found == {story.url for story in stories}
    for story in stories:
        text = html.unescape(get(portal, story.path) or "")
        assert all(line in text for line in re.split(r"[\n\t]", story.body))
        assert f"第{story.page_number}版：{story.page_name}" in text


def test_epaper_has_an_issue_a_day():
    portal = DemoPortal("founder", size=400)
    listed = re.findall(r"<period_date>([^<]+)<", get(portal, "/epaper/period.xml") or "")
    days = {dt.date.fromisoformat(day) for day in listed}
    assert days == {story.published.date() for story in portal.paper()}
    assert len(days) == (max(days) - min(days)).days + 1 == 10


def test_epaper_pad_edition_is_a_twin():
    portal = DemoPortal("founder", size=120)
    path = next(portal.paper()).path
    assert get(portal, path.replace("/epaper/", "/epaper/pad/")) == get(portal, path)


def test_a_day_without_issue_is_404():
    assert get(DemoPortal("founder"), "/epaper/html/2019-01/04/node_1.htm") is None
