"""Time, names and the seed page: all fields that stand around the text, each with its evidence."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import extract
from crawler.items import CST
from tests.article_pages import PARAGRAPHS, article

SEED = Path(__file__).resolve().parents[2] / "shared" / "docs" / "seed-article.txt"
LINE = "<p>2022-11-13 22:24 来源：江城日报</p>"


@pytest.mark.parametrize(
    ("meta", "published", "text"),
    [
        ("<p>2022-11-13 22:24</p>", "2022-11-13T22:24", "2022-11-13 22:24"),
        ("<p>发布日期：2022.11.13 10:20</p>", "2022-11-13T10:20", "2022.11.13 10:20"),
        ("<p>更新时间：2022-11-14 08:00 发布时间：2022-11-13 10:20</p>", "2022-11-13T10:20", "2022-11-13 10:20"),
        ("<p>发布：2022-11-13 10:20</p><p>最后更新: 2022-11-13 11:00</p>", "2022-11-13T10:20", "2022-11-13 10:20"),
        ("<p>昨天 12:30 江城日报</p>", "2025-12-31T12:30", "昨天 12:30"),
        ("<p>12-31 22:24</p>", "2025-12-31T22:24", "12-31 22:24"),
        (
            "<div><span>2022</span><span>11/13</span><span>22:24:08</span></div>",
            "2022-11-13T22:24",
            "2022 11/13 22:24:08",
        ),
        (
            "<table><tr><td>发布时间：</td><td>2022年11月13日 22:24</td></tr></table>",
            "2022-11-13T22:24",
            "2022年11月13日 22:24",
        ),
    ],
)
def test_published(meta, published, text):
    found = article(meta)
    assert found.published.isoformat().startswith(published)
    assert found.published.utcoffset() == dt.timedelta(hours=8)
    assert found.published_text == text


def test_the_date_above_the_headline():
    found = article("", above="<div>2022-11-13 22:24 来源：江城日报</div>")
    assert (found.published, found.source) == (dt.datetime(2022, 11, 13, 22, 24, tzinfo=CST), "江城日报")


def test_the_issues_date_on_an_e_paper():
    assert article("", above="<p>江城日报 2022年11月13日 星期日</p>").published.date() == dt.date(2022, 11, 13)
    dated = article(
        "", above="<p>2022年11月13日 星期日</p>", url="http://paper.example.cn/html/2022-11/13/content_5.htm"
    )
    assert dated.published.date() == dt.date(2022, 11, 13)


def test_the_portals_clock_is_no_date():
    found = article("<p>来源：江城日报</p>")
    assert found.published is None
    assert "published" not in found.evidence


@pytest.mark.parametrize(
    "line", ["昨天上午，全市公交工作推进会在会议中心召开", "线路试运行期间客流比前天增长一成半左右"]
)
def test_yesterday_in_a_sentence_is_no_date(line):
    assert article(f"<p>{line}</p><p>来源：江城日报</p>").published is None


def test_a_year_from_the_address():
    found = article("<p>11-13 22:24</p>", url="http://www.example.cn/2019-11/13/content_5.htm")
    assert found.published.year == 2019


@pytest.mark.parametrize(
    ("url", "rule", "sure"),
    [
        ("http://www.example.cn/2022-11/13/content_5.htm", "beside the headline, as in the address", True),
        ("http://www.example.cn/2026-11/22/content_5.htm", "beside the headline, address says 2026-11-22", False),
    ],
)
def test_the_address_is_only_a_cross_check(url, rule, sure):
    found = article(LINE, url=url)
    assert found.published == dt.datetime(2022, 11, 13, 22, 24, tzinfo=CST)
    assert found.evidence["published"].rule == rule
    assert (found.evidence["published"].confidence > 0.9) is sure


def test_the_address_where_nothing_is_printed():
    found = article("", url="https://www.example.cn/news/1668349445198948.shtml")
    assert found.published == dt.datetime(2022, 11, 13, 22, 24, 5, tzinfo=CST)
    assert found.published_text is None
    assert found.evidence["published"].confidence < 0.3


@pytest.mark.parametrize(
    "extra",
    [
        '<meta name="PubDate" content="2022-11-13 22:24">',
        '<meta property="article:published_time" content="2022-11-13T14:24:00Z">',
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2022-11-13T22:24:00"}</script>',
        '<script type="application/ld+json">{"@graph":[{"pubDate":"2022-11-13T22:24:00"}]}</script>',
        "<!--enpproperty <articleid>5</articleid><date>2022-11-13 22:24:00:0</date><author></author> /enpproperty-->",
        '<!--enpproperty articleid="5" date="2022-11-13 22:24:00" sourcename="江城日报" /enpproperty-->',
    ],
)
def test_a_stated_date_where_none_is_printed(extra):
    assert article("", extra=extra).published == dt.datetime(2022, 11, 13, 22, 24, tzinfo=CST)


@pytest.mark.parametrize("broken", ["{", "[1, null, {}]", '{"datePublished": 5, "author": [null, {"name": 3}]}', '"x"'])
def test_broken_json_ld_is_passed_over(broken):
    assert article(extra=f'<script type="application/ld+json">{broken}</script>').source == "江城日报"


@pytest.mark.parametrize(
    ("parts", "reporters", "correspondents"),
    [
        ({"meta": "<p>2022-11-13 22:24 来源：江城日报 作者：王小五,李明;赵丽</p>"}, ["王小五", "李明", "赵丽"], []),
        ({"meta": "<p>来源：江城日报 / 2022-11-13 / 作者：王小五 通讯员 李明</p>"}, ["王小五"], ["李明"]),
        ({"meta": "<p>江城日报 记者 王小五 2022-11-13 22:24</p>"}, ["王小五"], []),
        ({"meta": "<p>2004年7月16日08:19 [ 黄大宇 ] 来源：[ 江城日报 ]</p>"}, ["黄大宇"], []),
        ({"meta": "<p>2022-11-13 作者：一叶知秋</p>"}, ["一叶知秋"], []),
        ({"meta": "<p>2022-11-13 作者：江城市融媒体中心</p>"}, [], []),
        ({"meta": "<p>罗小胜</p><p>2022-11-13</p>"}, ["罗小胜"], []),
        ({"lead": "江报讯（驻东山区首席记者 黄亮 通讯员 沈小燕）"}, ["黄亮"], ["沈小燕"]),
        ({"end": "<p>（记者 王小五 通讯员 李明 文/图）</p>"}, ["王小五"], ["李明"]),
        ({"end": "<p>全媒体记者 王小五 通讯员 李明 报道</p>"}, ["王小五"], ["李明"]),
        ({"end": "<p>文/王小五 图/李明</p>"}, ["王小五"], []),
        ({"end": "<p>记者/王小五 编辑/赵丽 责编/周洁</p>"}, ["王小五"], []),
        ({"end": "<p>【记者】王小五 李明</p>"}, ["王小五", "李明"], []),
        ({"end": "<p>作者 | 王小五</p>"}, ["王小五"], []),
        ({"end": "<p align=right>（王小五）</p>"}, ["王小五"], []),
        ({"end": "<p>□ 本报记者 王小五 李明</p>"}, ["王小五", "李明"], []),
        ({"end": "<p>本报记者 王小五 摄</p>"}, [], []),
        ({"tail": '<div style="display:none">作者：周编 责任编辑：周编</div>'}, [], []),
    ],
)
def test_reporters(parts, reporters, correspondents):
    found = article(**{"meta": LINE, **parts})
    assert (found.reporters, found.correspondents) == (reporters, correspondents)


@pytest.mark.parametrize(
    ("parts", "editors"),
    [
        (
            {"meta": "<p>2022-11-13 22:24 来源：江城日报 责任编辑：王小五　审核：赵丽　责编：周洁</p>"},
            ["王小五", "周洁"],
        ),
        ({"end": "<p>（责任编辑：admin）</p>"}, ["admin"]),
        ({"end": "<p>责任编辑：韩大林 PK155</p>"}, ["韩大林"]),
        ({"end": "<p>编辑：王 芳　责编：赵丽娟　审核：周八</p>"}, ["王芳", "赵丽娟"]),
        ({"end": "<p>责编 赵丽 一审 孙一 二审 周八</p>"}, ["赵丽"]),
        ({"end": "<p>见习记者：王小五</p><p>值班编辑：赵丽</p><p>值班主任：周八</p>"}, ["赵丽"]),
        ({"tail": '<div class="ed">[编辑: 赵丽]</div>'}, ["赵丽"]),
        ({"tail": "<ul><li>责任编辑：</li><li>赵丽</li></ul>"}, ["赵丽"]),
        ({"tail": "<div>责任编辑：北方局地大雪：多条高速公路临时封闭</div>"}, []),
    ],
)
def test_editors(parts, editors):
    assert article(**{"meta": LINE, **parts}).editors == editors


def test_photographers_of_captions():
    found = article(end='<p><img src="/a.jpg"></p><p>试运行的公交车。江城日报记者 王小五 摄</p>')
    assert (found.photographers, found.reporters) == (["王小五"], [])


@pytest.mark.parametrize(
    ("parts", "keywords"),
    [
        ({"extra": '<meta name="keywords" content="公交,出行，江城">'}, ["公交", "出行", "江城"]),
        ({"tail": "<div>标签：公交 出行</div>"}, ["公交", "出行"]),
        ({}, []),
    ],
)
def test_keywords(parts, keywords):
    assert article(**parts).keywords == keywords


def test_every_field_has_evidence():
    found = article(f"{LINE}<p>记者：王小五</p>", end="<p>责任编辑：赵丽</p>")
    for name in ("title", "published", "source", "reporters", "editors", "breadcrumb"):
        evidence = found.evidence[name]
        assert evidence.rule
        assert 0 < evidence.confidence < 1
        assert evidence.text


def test_a_page_without_anything():
    found = extract(b"<html><body></body></html>", "http://www.example.cn/")
    assert (found.title, found.published, found.source, found.reporters, found.breadcrumb) == (None, None, None, [], [])


MARKUP = (
    "<h1> </h1> <p> </p> <td> <br> <div class=crumb> </div> <title>江城</title> <!--enpproperty <date> </date>-->"
    " 来源： 作者： 记者 王小五 2022-11-13 22:24 昨天 首页&gt; 您的位置： 责任编辑 （ ） 江城日报 。 摄"
)
PIECES = st.sampled_from(MARKUP.split(" "))


@given(st.lists(PIECES, max_size=40))
def test_no_page_is_an_error(pieces):
    found = extract("".join(pieces).encode(), "http://www.example.cn/2022/1113/1_2.html")
    assert all(0 <= evidence.confidence <= 1 for evidence in found.evidence.values())


@pytest.mark.parametrize(
    "filler", ["三条公交新线下月开通", "来源：江城日报", "首页 > 新闻", "记者 王小五", "2022-11-13 22:24"]
)
def test_filler_by_the_thousand_is_read_only_in_part(filler):
    found = article(tail=f"<div>{filler}</div>" * 5000, extra=f'<meta name="keywords" content="{"江城 " * 5000}">')
    assert found.title == "三条公交新线下月开通"
    assert len(found.reporters) <= 2
    assert len(found.keywords) <= 30


@pytest.mark.parametrize("blank", [" ", "　", "&nbsp;", "&nbsp;|&nbsp;"])
def test_the_seeds_unlabelled_line(blank):
    found = article(f"<div>江城日报{blank}2022-11-13 22:24</div>")
    assert (found.source, found.published_text) == ("江城日报", "2022-11-13 22:24")


@pytest.mark.bench
@pytest.mark.skipif(not SEED.exists(), reason="../shared is not here")
def test_the_seed_article():
    lines = [line for line in SEED.read_text("utf-8").splitlines() if line]
    crumb, title, meta, *text = lines
    end = text.index("网友热搜")
    body = "".join(f"<p>{line}</p>" for line in text[:end])
    rest = "".join(f"<div>{line}</div>" for line in text[end:])
    found = extract(
        f"""<html><head><title>{title}_苏州都市网</title></head><body><div>{crumb.replace(">", "&gt;")}</div>
        <h1>{title}</h1><div>{meta}</div><div>{body}</div>{rest}</body></html>""".encode(),
        "https://www.szdushi.com.cn/news/1668349445198948.shtml",
        content_type="text/html; charset=utf-8",
    )
    assert found.title == "增强政治自觉 主动担当作为 更高质量服务融入长三角一体化"
    assert found.source == "苏州日报"
    assert found.published == dt.datetime(2022, 11, 13, 22, 24, tzinfo=CST)
    assert found.reporters == ["赵焱"]
    assert found.breadcrumb == ["首页", "资讯中心", "苏州资讯"]
    assert found.evidence["published"].confidence > 0.9
    assert PARAGRAPHS[0] not in found.body
