"""Breadcrumbs in the shapes that portals print, and the rows that are none."""

import pytest

from crawler.extract.breadcrumbs import split_breadcrumb
from tests.article_pages import article

HOME, NEWS = '<a href="/">首页</a>', '<a href="/a/">新闻中心</a>'
FOUND = ["首页", "新闻中心"]


@pytest.mark.parametrize(
    ("crumb", "parts"),
    [
        (f"您的位置：{HOME} &gt; {NEWS} &gt; 正文", FOUND),
        (f"您当前所在位置： {HOME} &gt;&gt; {NEWS}", FOUND),
        (f"您现在的位置是：{HOME}&nbsp;»&nbsp;{NEWS}&nbsp;»&nbsp;内容", FOUND),
        (f"位置：{HOME} → {NEWS} → 查看新闻", FOUND),
        (f"当前位置：{HOME}/{NEWS}/文章正文", FOUND),
        (f"当前位置： {HOME}｜{NEWS}", FOUND),
        (f"您所在的位置 {HOME} {NEWS}", FOUND),
        (f"{HOME} &gt; &gt; {NEWS} &gt; 正文 申请入驻", FOUND),
        (f"{HOME}&gt;{NEWS}&gt;三条公交新线下月开通", FOUND),
        (f"{HOME} &gt; {NEWS} &gt; 三条公交新线下…", FOUND),
        (f"{HOME}&nbsp;-&nbsp;{NEWS}", FOUND),
        (f"{HOME} / {NEWS} / 详情", FOUND),
        (f"{HOME} <i>&gt;</i> {NEWS} <i>&gt;</i>", FOUND),
        (f"<ul><li>当前位置：</li><li>{HOME}</li><li>{NEWS}</li></ul>", FOUND),
        (f"<ul><li>{HOME}&gt;</li><li>{NEWS}&gt;</li><li>三条公交新线下月开通</li></ul>", FOUND),
        (f"<ul><li>{HOME}</li><li>&gt; {NEWS}</li></ul>", FOUND),
        ("当前位置：江城", ["江城"]),
        (f"订阅业界RSS {HOME} &gt; {NEWS} &gt; 正文 &gt; 有态度的门户", FOUND),
        (f"您的位置：{HOME}<img src=a.gif>{NEWS}<img src=a.gif>", FOUND),
        (f"您在这里：{HOME} &gt; {NEWS} &gt; 浏览文章", FOUND),
        (f"{NEWS} 正文", ["新闻中心"]),
    ],
)
def test_shapes(crumb, parts):
    found = article(crumb=crumb)
    assert found.breadcrumb == parts
    assert "breadcrumb" in found.evidence


@pytest.mark.parametrize(
    "row",
    [
        '<div class="nav"><a href="/">首页</a> | <a href="/a/">新闻</a> | <a href="/b/">体育</a></div>',
        '<div><a href="/">首页</a> <a href="/a/">新闻</a> <a href="/b/">体育</a></div>',
        '<div><a href="/more">更多&gt;&gt;</a></div>',
        '<div><a href="/live">进入直播&gt;</a></div>',
    ],
)
def test_no_breadcrumb(row):
    found = article(crumb="", above=row)
    assert found.breadcrumb == []
    assert "breadcrumb" not in found.evidence


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("人民网>>健康·生活", ["人民网", "健康·生活"]),
        ("新浪首页 > 读书频道 > > 长篇 > 正文", ["新浪首页", "读书频道", "长篇"]),
        ("", []),
    ],
)
def test_lines(text, parts):
    assert split_breadcrumb(text) == parts
