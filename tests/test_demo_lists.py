"""The demo portals' lists: every story once, in order, through every kind of paging."""

from __future__ import annotations

import html
import json
import re
from collections import Counter

import pytest

from crawler.demo import DemoPortal, Request
from crawler.urls import absolute, key
from tests.demo_reading import LISTS, get, links, main_list


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


def test_trs_list_that_only_a_script_continues():
    portal = DemoPortal("trs", size=400, traps={"script"})
    text = get(portal, "/kjww/wty/") or ""
    assert '<a href="javascript:loadDocs();">加载更多</a>' in text
    assert "pageIndex" not in text


@pytest.mark.parametrize(("family", "path"), [("seed", "/yule/"), ("seed", "/tiyu/"), ("cmstop", "/whty/1.shtml")])
def test_list_dates_lack_the_year_only_where_the_trap_is_on(family, path):
    full = re.compile(r">\d{4}-\d{2}-\d{2}<")
    assert not full.search(get(DemoPortal(family, size=60), path) or "")
    assert full.search(get(DemoPortal(family, size=60, traps=()), path) or "")


def test_relative_dates_of_a_list():
    text = get(DemoPortal("seed", size=120), "/yule/") or ""
    assert re.search(r">昨天 \d{2}:\d{2}<", text)
    assert re.search(r">前天 \d{2}:\d{2}<", text)


@pytest.mark.parametrize("family", ["cmstop", "trs", "founder", "dede"])
def test_a_large_list_costs_one_page(family):
    portal = DemoPortal(family, size=100_000)
    path = LISTS[family, 0](7)
    assert get(portal, path) is not None
    assert portal.work["entries"] < 2 * portal.family.per_page
    assert portal.work["stories"] == 0


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
