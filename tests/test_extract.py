"""A whole page to a whole article."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from crawler.extract import extract
from crawler.extract.article import content_hash
from crawler.extract.confidence import doubtful
from crawler.items import CST, Template
from tests.page_kit import BODY, FOOT, PARAGRAPHS, TITLE, URL, article, page, paragraphs

SEED = Path(__file__).resolve().parents[2] / "shared" / "docs" / "seed-article.txt"


def test_all_fields_of_a_plain_page() -> None:
    found = extract(article("<p>（责任编辑：王晓东）</p>").encode(), URL)
    assert found.title == TITLE
    assert found.published == dt.datetime(2023, 4, 12, 8, 30, tzinfo=CST)
    assert (found.source, found.reporters, found.editors) == ("临江日报", ["周晓岚"], ["王晓东"])
    assert found.breadcrumb == ["首页", "民生"]
    assert found.body == BODY
    assert found.content_hash == content_hash(BODY)
    assert found.evidence["body"].rule == "density"
    assert found.confidence > 0.8


def test_same_words_same_hash() -> None:
    assert content_hash("临江讯， ＡＢ１２") == content_hash("临江讯\nab12")  # noqa: RUF001 - width is the point here
    assert content_hash("临江讯") != content_hash("临江")


def test_doubt_of_a_page_without_headline() -> None:
    bare = f"<html><body><div>{paragraphs()}</div></body></html>"
    assert extract(bare.encode(), URL).confidence < extract(article().encode(), URL).confidence


def test_doubtful_counts_bad_pages_among_the_lowest() -> None:
    pages = [(0.1, 0.5), (0.5, 0.9)] + [(0.9, 1.0)] * 18
    assert doubtful(pages) == 1.0
    assert doubtful([(0.9, 1.0)]) == 1.0


class TestTemplate:
    AD = "临江好房，开盘特惠，来电即送看房专车，欢迎市民朋友咨询。"
    META = "<i>2023-04-12 08:30</i><b>临江日报</b><u>周晓岚</u>"
    PAGE = (
        f'<html><head><title>临江新闻网</title></head><body><div class="t">{TITLE}</div><div class="m">{META}</div>'
        f'<div class="w"><p class="ad">{AD}</p>{paragraphs()}</div><div>{FOOT}</div></body></html>'
    ).encode()

    def test_selectors_give_the_fields(self) -> None:
        selectors = {"title": ["div.t"], "published": ["div.m i"], "source": ["//div[@class='m']/b"]}
        selectors |= {"reporters": ["div.m u"], "body": ["div.w"]}
        found = extract(self.PAGE, URL, template=Template("demo", selectors, remove=["p.ad"]))
        assert (found.title, found.source, found.reporters, found.body) == (TITLE, "临江日报", ["周晓岚"], BODY)
        assert found.published == dt.datetime(2023, 4, 12, 8, 30, tzinfo=CST)
        assert found.template == "demo"
        assert found.evidence["title"].rule == "template demo"

    def test_selectors_that_find_nothing_leave_it_to_the_rules(self) -> None:
        found = extract(article().encode(), URL, template=Template("old", {"title": ["h6.gone"], "source": ["["]}))
        assert (found.title, found.source, found.body) == (TITLE, "临江日报", BODY)

    def test_first_template_that_fits(self) -> None:
        templates = [
            Template("elsewhere", {"body": ["div.w"]}, url="/video/"),
            Template("expired", {"body": ["div.w"]}, valid_until=dt.date(2020, 1, 1)),
            Template("absent", {"body": ["div.nowhere"]}),
            Template("now", {"body": ["div.w"]}),
        ]
        assert extract(self.PAGE, URL, template=templates).template == "now"


@pytest.mark.bench
@pytest.mark.skipif(not SEED.exists(), reason="needs ../shared/docs/seed-article.txt")
class TestSeed:
    """The seed portal's article in mark-up of our own with the furniture that DOMAIN.md §1 describes."""

    @pytest.fixture
    def lines(self) -> list[str]:
        return [line.strip() for line in SEED.read_text("utf-8").splitlines() if line.strip()]

    @pytest.fixture(params=["p", "br"])
    def markup(self, lines: list[str], request: pytest.FixtureRequest) -> str:
        crumb, title, meta = lines[:3]
        end = next(n for n, line in enumerate(lines) if line.endswith("参会。")) + 1
        text = "<br><br>".join(lines[3:end]) if request.param == "br" else "".join(f"<p>{x}</p>" for x in lines[3:end])
        hot = "".join(f"<li><a href=/news/{word}.shtml>{word}话题引发市民热议</a></li>" for word in ("停车", "早餐"))
        boxes = "".join(f"<div class=box><h3>{head}</h3><ul>{hot}</ul></div>" for head in lines[end : end + 4])
        path = " &gt; ".join(f"<a href=/>{part.strip()}</a>" for part in crumb.split(">"))
        channels = "".join(f"<a href=/c/>{name}</a> " for line in lines[end + 4 : end + 6] for name in line.split())
        foot = "".join(f"<p>{line}</p>" for line in lines[end + 6 :])
        return (
            f"<html><head><meta charset=utf-8><title>{title}-苏州都市网</title></head><body><div>{path}</div>"
            f"<div class=left><h1>{title}</h1><div class=from>{meta}</div><div class=cont>{text}</div>{boxes}</div>"
            f"<div class=nav>{channels}</div><div class=foot>{foot}</div></body></html>"
        )

    def test_comes_out_exactly(self, markup: str, lines: list[str]) -> None:
        found = extract(markup.encode(), "https://www.szdushi.com.cn/news/1735351245198948.shtml")
        assert found.title == lines[1]
        assert (found.source, found.reporters) == ("苏州日报", ["赵焱"])
        assert found.published == dt.datetime(2022, 11, 13, 22, 24, tzinfo=CST)
        assert found.breadcrumb == ["首页", "资讯中心", "苏州资讯"]
        body = found.body.split("\n")
        assert body[-1].endswith("参会。")
        starts = [n for n, line in enumerate(body) if line.startswith("苏报讯")]
        assert starts
        assert starts[0] <= 3
        end = next(n for n, line in enumerate(lines) if line.endswith("参会。")) + 1
        first = next(n for n, line in enumerate(lines) if line.startswith("苏报讯"))
        assert body[starts[0] :] == lines[first:end]


def test_body_starts_below_the_headline() -> None:
    markup = page(f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>", meta="临江日报 2023-04-12 08:30")
    assert extract(markup.encode(), URL).body == "\n".join(PARAGRAPHS[:2])
