"""Dates in all forms of DOMAIN.md §3, in text and in addresses."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.dates import find_dates, parse_date, url_date
from crawler.items import CST

#: The morning after New Year's Eve, when year-less dates are at their worst.
NOW = dt.datetime(2026, 1, 1, 9, 30, tzinfo=CST)


@pytest.mark.parametrize(
    ("text", "when", "precision"),
    [
        ("2022-11-13 22:24", "2022-11-13T22:24:00", "minute"),
        ("2022-11-13 22:24:05", "2022-11-13T22:24:05", "second"),
        ("2022年11月13日", "2022-11-13T00:00:00", "day"),
        ("2022年11月13日 22:24", "2022-11-13T22:24:00", "minute"),
        ("2022年11月13日22时24分", "2022-11-13T22:24:00", "minute"),
        ("2022年11月13日22时24分05秒", "2022-11-13T22:24:05", "second"),
        ("2022/11/13", "2022-11-13T00:00:00", "day"),
        ("2022.11.13 08:09", "2022-11-13T08:09:00", "minute"),
        ("20221113", "2022-11-13T00:00:00", "day"),
        ("2020-2-9 9:5", "2020-02-09T09:05:00", "minute"),
        ("22-11-13 10:20", "2022-11-13T10:20:00", "minute"),
        ("18-03-0823:16", "2018-03-08T23:16:00", "minute"),
        ("2005.08.2605:39", "2005-08-26T05:39:00", "minute"),
        ("2021-01-20 04:29:4439度网", "2021-01-20T04:29:44", "second"),
        ("2017——04——12 21:37", "2017-04-12T21:37:00", "minute"),
        ("2022-11-13 22:24:05:0", "2022-11-13T22:24:05", "second"),
        ("２０２２年１１月１３日　２２：２４", "2022-11-13T22:24:00", "minute"),  # noqa: RUF001
        ("2022年11月13日 下午 3:20", "2022-11-13T15:20:00", "minute"),
        ("2022年11月13日 上午 12:20", "2022-11-13T12:20:00", "minute"),
        ("2022-11-13 10:20 PM", "2022-11-13T22:20:00", "minute"),
        ("2022年11月13日（星期日）10:20", "2022-11-13T10:20:00", "minute"),
        ("2022-11-13 24:00", "2022-11-14T00:00:00", "minute"),
        ("2024 05/20 13:15:00", "2024-05-20T13:15:00", "second"),
        ("Apr 22, 2025", "2025-04-22T00:00:00", "day"),
        ("2022-11-13T14:24:05Z", "2022-11-13T22:24:05", "second"),
        ("2022-11-13T22:24:05+08:00", "2022-11-13T22:24:05", "second"),
        ("2022-11-13T14:24:05.123Z", "2022-11-13T22:24:05", "second"),
        ("刚刚", "2026-01-01T09:30:00", "minute"),
        ("5分钟前", "2026-01-01T09:25:00", "minute"),
        ("3小时前", "2026-01-01T06:30:00", "minute"),
        ("2天前", "2025-12-30T00:00:00", "day"),
        ("今天 08:10", "2026-01-01T08:10:00", "minute"),
        ("昨天 12:30", "2025-12-31T12:30:00", "minute"),
        ("前天", "2025-12-30T00:00:00", "day"),
    ],
)
def test_forms(text, when, precision):
    stamp = parse_date(text, NOW)
    assert (stamp.when.isoformat(), stamp.precision) == (f"{when}+08:00", precision)


@pytest.mark.parametrize(
    ("text", "day"),
    [("12-31", "2025-12-31"), ("12月31日", "2025-12-31"), ("01-01", "2026-01-01"), ("11-13 22:24", "2025-11-13")],
)
def test_a_date_without_year_is_the_latest_that_can_have_been_printed(text, day):
    stamp = parse_date(text, NOW)
    assert stamp.when.date().isoformat() == day
    assert not stamp.dated


def test_29_february_without_year_looks_back_to_a_leap_year():
    assert parse_date("02-29", NOW).when.year == 2024


@pytest.mark.parametrize(
    "text", ["", "2022-02-30", "比分 11-13-5", "24:00", "电话 0512-12345678", "1.2022.11", "编号 202211131", "5折起"]
)
def test_what_is_no_date(text):
    assert parse_date(text, NOW) is None


def test_kept_verbatim_with_its_place():
    text = "发布时间：2017——04——12 21:37 来源：市政府"
    stamp = parse_date(text)
    assert stamp.text == "2017——04——12 21:37"
    assert text[stamp.start : stamp.end] == stamp.text


def test_a_full_date_wins_over_relative_words_and_all_are_found():
    stamps = find_dates("昨天 更新于 2022-11-14，发布于 2022-11-13", NOW)
    assert [stamp.when.day for stamp in stamps] == [14, 13]


def test_strict_search_ignores_dates_without_year():
    assert find_dates("11-13 昨天", NOW, loose=False) == []


@pytest.mark.parametrize(
    ("url", "when"),
    [
        ("https://www.example.cn/news/1735351245198948.shtml", "2024-12-28T10:00:45"),
        ("http://www.example.cn/a/20181226/1545791755170810.shtml", "2018-12-26T10:35:55"),
        ("http://www.example.cn/sub/2019-1-5/1600000000123.shtml", "2020-09-13T20:26:40"),
        ("http://www.example.cn/a/5f9a1b2c3d4e5f6a7b8c9d0e", "2020-10-29T09:30:20"),
        ("http://www.example.cn/html/2026-08/11/content_1.htm", "2026-08-11T00:00:00"),
        ("http://www.example.cn/202211/13/a.html", "2022-11-13T00:00:00"),
        ("http://www.example.cn/yw/202211/t20221113_4567.html", "2022-11-13T00:00:00"),
        ("http://www.example.cn/2022/1113/45.shtml", "2022-11-13T00:00:00"),
        ("http://www.example.cn/2022-11-13/45.html", "2022-11-13T00:00:00"),
        ("http://www.example.cn/system/2022/11/13/012345678.shtml", "2022-11-13T00:00:00"),
        ("http://www.example.cn/art/2026/3/4/art_45_9.html", "2026-03-04T00:00:00"),
        ("http://www.example.cn/politics/2019_09_09_517162.shtml", "2019-09-09T00:00:00"),
        ("http://www.example.cn/a/210120/8605520.html", "2021-01-20T00:00:00"),
    ],
)
def test_dates_in_addresses(url, when):
    assert url_date(url).isoformat() == f"{when}+08:00"


@pytest.mark.parametrize(
    "url",
    [
        "http://www.example.cn/",
        "http://www.example.cn/news/45.html?t=20221113",
        "http://www.example.cn/2022/1399/1.html",
    ],
)
def test_addresses_without_a_date(url):
    assert url_date(url) is None


@given(st.text(alphabet=st.sampled_from("0123456789-/.年月日时分: 　—今昨天前刚星期上下午TZ+"), max_size=80))
def test_no_text_is_an_error(text):
    for stamp in find_dates(text, NOW):
        assert stamp.when.utcoffset() == dt.timedelta(hours=8)
        assert text[stamp.start : stamp.end].strip() == stamp.text


@given(st.text(max_size=120))
def test_no_address_is_an_error(url):
    url_date(url)
    url_date(f"http://www.example.cn/{url}")


@pytest.mark.parametrize(
    "piece", ["1", " ", "2022-", "2022年1", "2022-11-13", "11-", "9/", "星期", "2022-11-13 ", "分", "昨", "Apr "]
)
def test_long_texts_are_read_in_one_pass(piece):
    # A pattern that backtracks over the whole text would not come back.
    assert len(find_dates(piece * (200_000 // len(piece)), NOW)) <= 200_000 // len(piece)
    url_date("http://www.example.cn/" + piece * (200_000 // len(piece)))
