"""The headline as displayed, and the sub-title beside it."""

import pytest

from crawler.extract.headlines import strip_site
from tests.article_pages import article

TITLE = "三条公交新线下月开通"


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        ({}, "h1 named in head"),
        ({"heading": "h2"}, "h2 named in head"),
        ({"heading": "div"}, "line named in head"),
        ({"heading": "div", "head": f"江城新闻网-本地要闻-{TITLE}"}, "line"),
        ({"head": "江城新闻网"}, "h1"),
        ({"head": "江城新闻网", "heading": 'td class="tit"'}, "line set as a headline"),
        (
            {"head": "", "heading": "div", "extra": f'<meta name="ArticleTitle" content="{TITLE}">'},
            "line named in head",
        ),
        (
            {"heading": "div", "head": "江城新闻网", "extra": f'<meta property="og:title" content="{TITLE}">'},
            "line named in head",
        ),
    ],
)
def test_the_displayed_headline(parts, rule):
    found = article(**parts)
    assert (found.title, found.evidence["title"].rule) == (TITLE, rule)


def test_two_lines_are_joined_by_a_space():
    found = article(
        title="三条公交新线下月开通<br>方便沿线居民出行", head="三条公交新线下月开通 方便沿线居民出行_江城新闻网"
    )
    assert found.title == "三条公交新线下月开通 方便沿线居民出行"


def test_a_headline_that_is_only_in_the_head():
    found = article(title="", head="三条公交新线下月开通_本地要闻_江城新闻网", heading="div")
    assert found.title == TITLE
    assert found.evidence["title"].confidence < 0.5


def test_the_logo_in_h1_is_no_headline():
    assert article(above="<h1>江城新闻网</h1>", heading="h2").title == TITLE


def test_a_title_that_names_only_the_channel():
    found = article(above='<ul><li><a href="/a">新闻动态</a></li></ul>', head="新闻动态--江城学会官网", heading="div")
    assert found.title == TITLE


def test_a_subtitle_in_the_heading_itself():
    found = article(title="三条公交新线下月开通<br>——江城公交改革一年观察")
    assert (found.title, found.subtitle) == (TITLE, "——江城公交改革一年观察")


def test_a_link_to_the_story_elsewhere_is_no_headline():
    found = article(above=f'<ul><li><a href="/news/abc.html">{TITLE}</a></li></ul>', heading="div")
    assert found.title == TITLE
    assert found.published.minute == 24


@pytest.mark.parametrize(
    ("subtitle", "expected"),
    [
        ('<h2 class="sub">市民出行更方便</h2>', "市民出行更方便"),
        ('<p class="futi">市民出行更方便</p>', "市民出行更方便"),
        ("<p>——江城公交改革一年观察</p>", "——江城公交改革一年观察"),
        ("<p>高峰时段发车间隔缩短到六分钟</p>", "高峰时段发车间隔缩短到六分钟"),
        ("<p>江城晚报</p>", None),
        ("", None),
    ],
)
def test_subtitles(subtitle, expected):
    found = article(f"{subtitle}<p>2022-11-13 22:24 来源：江城日报</p>")
    assert (found.title, found.subtitle) == (TITLE, expected)


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("http://www.example.cn/2022/1113/45_2.shtml", "三条公交新线下月开通"),
        ("http://www.example.cn/2022/1113/45.shtml", "三条公交新线下月开通（2）"),
        ("http://www.example.cn/2022/1113/45_3.shtml", "三条公交新线下月开通（2）"),
    ],
)
def test_the_part_number_goes_only_from_that_part(url, title):
    assert article(url=url, title="三条公交新线下月开通（2）").title == title


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("古城新开三条公交线_社会_江城新闻网", "古城新开三条公交线"),
        ("古城新开三条公交线-江城新闻网", "古城新开三条公交线"),
        ("古城新开三条公交线--江城日报", "古城新开三条公交线"),
        ("古城新开三条公交线 | 江城发布", "古城新开三条公交线"),
        ("1-10月全市投资增长", "1-10月全市投资增长"),
        ("App+1 | 在家里来一场旅行", "App+1 | 在家里来一场旅行"),
        ("江城新闻网", "江城新闻网"),
        ("", ""),
    ],
)
def test_the_sites_name_goes(text, bare):
    assert strip_site(text) == bare
