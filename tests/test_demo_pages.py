"""The demo portals' articles, feeds and e-paper as served: they show the truth, and the traps are there."""

from __future__ import annotations

import datetime as dt
import html
import re
from urllib.parse import urlsplit

import pytest

from crawler.demo import FAMILIES, DemoPortal, Request
from crawler.urls import absolute, key
from tests.demo_reading import LISTS, get, links

ALL = sorted(FAMILIES)


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
