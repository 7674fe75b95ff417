import datetime as dt
import json

import pytest

from crawler.extract import read_list

COL = "http://www.example.cn/col/col9/index.html"
API = "http://api.example.cn/list?channel=5&page=1&size=2"
RECORD = (
    "<record><![CDATA[<li><a href='/art/2026/3/{0}/art_9_10{0}.html' title='第{0}座口袋公园建成开放'>第{0}座</a>"
    "<b>2026-03-0{0}</b></li>]]></record>"
)
STORE = (
    "<datastore><nextgroup><![CDATA[<a href='/module/web/jpage/dataproxy.jsp?page=1&webid=5'></a>]]></nextgroup>"
    "<recordset>{}</recordset></datastore>"
)
OPTIONS = (
    "<script>$('#77').jpage({perPage:2,groupSize:1,totalRecord:%d,proxyUrl:'/module/web/jpage/dataproxy.jsp',"
    "param:{col:1,appid:'1',webid:5,path:'/',columnid:9,sourceContentType:1,unitid:'77',webname:'市网',permissiontype:0}});</script>"
)


def column(total=40):
    records = RECORD.format(4) + RECORD.format(3)
    body = f"<div id='77'><script type='text/xml'>{STORE.format(records)}</script></div>{OPTIONS % total}"
    return read_list(body.encode(), COL)


def test_records_inlined_in_the_page():
    assert [link.title for link in column().articles] == ["第4座口袋公园建成开放", "第3座口袋公园建成开放"]


def test_date_of_a_record():
    assert column().articles[0].published.date() == dt.date(2026, 3, 4)


def test_next_records_follow_those_of_the_page():
    assert column().next == "http://www.example.cn/module/web/jpage/dataproxy.jsp?startrecord=3&endrecord=4&perpage=2"


def test_pinned_record_makes_no_gap():
    records = "".join(RECORD.format(number) for number in (5, 4, 3))
    body = f"<div id='77'><script type='text/xml'>{STORE.format(records)}</script></div>{OPTIONS % 40}"
    assert "startrecord=3&" in read_list(body.encode(), COL).next


def test_form_fields_come_from_the_script():
    form = column().next_form
    assert (form["columnid"], form["unitid"], form["webname"], form["permissiontype"]) == ("9", "77", "市网", "0")


def test_total_bounds_the_records():
    assert column(total=2).next is None


@pytest.mark.parametrize(
    ("query", "count", "expected"),
    [
        ("startrecord=1&endrecord=2&perpage=2", 2, "startrecord=3&endrecord=4&perpage=2"),
        ("startrecord=3&endrecord=4&perpage=2", 1, None),
        ("page=2&webid=5", 2, "page=3&webid=5"),
        ("page=3&webid=5", 0, None),
    ],
)
def test_answer_of_the_data_proxy(query, count, expected):
    body = "<datastore><recordset>" + "".join(RECORD.format(n + 1) for n in range(count)) + "</recordset></datastore>"
    listing = read_list(body.encode(), f"http://www.example.cn/dataproxy.jsp?{query}")
    assert (len(listing.articles), listing.next and listing.next.partition("?")[2]) == (count, expected)


def answer(rows, url=API, wrap=True, **more):
    value = {"code": 0, "data": {"list": rows, **more}} if wrap else rows
    return read_list(json.dumps(value, ensure_ascii=False).encode(), url)


ROWS = [
    {
        "id": 1,
        "title": "老年食堂<em>添新菜</em>",
        "img": "/i/1.jpg",
        "url": "/a/2026/0304/1.html",
        "publishTime": "2026-03-04 08:10",
    },
    {"id": 2, "title": "公交改道", "img": "/i/2.jpg", "url": "/a/2026/0304/2.html", "publishTime": 1772582400},
]


def test_json_records():
    assert [(link.url, link.title) for link in answer(ROWS).articles] == [
        ("http://api.example.cn/a/2026/0304/1.html", "老年食堂添新菜"),
        ("http://api.example.cn/a/2026/0304/2.html", "公交改道"),
    ]


def test_json_dates_printed_and_unix():
    assert [link.published.isoformat() for link in answer(ROWS).articles] == [
        "2026-03-04T08:10:00+08:00",
        "2026-03-04T08:00:00+08:00",
    ]


def test_json_milliseconds():
    row = {"title": "公交改道", "link": "/a/3.html", "ctime": 1772582400000}
    assert answer([row]).articles[0].published.hour == 8


def test_jsonp():
    body = f"callback_7({json.dumps({'rows': ROWS}, ensure_ascii=False)});"
    assert len(read_list(body.encode(), API).articles) == 2


def test_html_inside_json():
    body = json.dumps({"data": {"html": "<ul><li><a href='/a/9.html'>早市搬进新大棚</a></li></ul>"}}).encode()
    assert [link.title for link in read_list(body, API).articles] == ["早市搬进新大棚"]


def test_bare_array():
    assert len(answer(ROWS, wrap=False).articles) == 2


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (API, "channel=5&page=2&size=2"),
        ("http://api.example.cn/l?pageNo=4&pageSize=2", "pageNo=5&pageSize=2"),
        ("http://api.example.cn/l?offset=20&limit=2", "offset=22&limit=2"),
        ("http://api.example.cn/l?page=1&size=20", None),
        ("http://api.example.cn/l?channel=5", None),
    ],
)
def test_next_page_of_an_interface(url, expected):
    found = answer(ROWS, url).next
    assert (found and found.partition("?")[2]) == expected


def test_cursor_comes_from_the_last_record():
    rows = [{**row, "lastModify": 100 - row["id"]} for row in ROWS]
    assert answer(rows, "http://api.example.cn/l?lastModify=200&size=2").next.endswith("lastModify=98&size=2")


@pytest.mark.parametrize("more", [{"hasMore": False}, {"isEnd": True}, {"has_next": 0}])
def test_interface_that_says_it_ends(more):
    assert answer(ROWS, **more).next is None


@pytest.mark.parametrize(
    "body", [b"{", b"{}", b"[1, 2]", b'{"data": null}', b"null", b"[[[[[[[[[[{}]]]]]]]]]]", b"<record>"]
)
def test_data_without_records(body):
    listing = read_list(body, API)
    assert (listing.articles, listing.next) == ([], None)


def test_feed_is_a_list_too():
    body = "<rss><channel><item><title>早市搬家</title><link>/a/9.html</link></item></channel></rss>".encode()
    assert [link.title for link in read_list(body, API).articles] == ["早市搬家"]
