"""Where the body stands, in every mark-up that portals put it into."""

import pytest

from crawler.extract import extract
from tests.page_kit import BODY, PARAGRAPHS, RELATED, TITLE, URL, article, page, paragraphs

BROKEN = "<br>\n".join(f"　　{text}" for text in PARAGRAPHS)
DIVS = "".join(f"<div><span>{text}</span></div>" for text in PARAGRAPHS)
CELLS = "".join(f"<tr><td>{text}</td></tr>" for text in PARAGRAPHS)
SECTIONS = "".join(f"<section><section><p>{text}</p></section></section>" for text in PARAGRAPHS)
SPLIT = f"<div>{paragraphs(*PARAGRAPHS[:2])}</div><div>{paragraphs(*PARAGRAPHS[2:])}</div>"
TWIN = paragraphs()
SHORT = "4月11日，临江市三条社区公交线路同时开通，票价一元。"
GALLERY = "".join(f'<div><img src="/pic/p{n}.jpg"><p>图为新线路的第{n}站</p></div>' for n in range(1, 6))


@pytest.mark.parametrize(
    "markup",
    [
        paragraphs(),
        f"<div>{BROKEN}</div>",
        BROKEN,
        DIVS,
        f"<table><tr><td>{BROKEN}</td></tr></table>",
        f"<table>{CELLS}</table>",
        SECTIONS,
        SPLIT,
        f"<article><div class=content><div class=TRS_Editor><div class=TRS_Editor>{TWIN}</div></div></div></article>",
        f"<!--enpcontent-->{TWIN}<!--/enpcontent-->",
        f"<founder-content>{TWIN}</founder-content>",
        f"<ucapcontent>{TWIN}</ucapcontent>",
        f'<div class="pc">{TWIN}</div><div class="mobile">{TWIN}</div>',
        f'<div class="pc">{TWIN}</div><div class="mobile" style="display:none">{TWIN}</div>',
        f'<div id="js_content" style="visibility: hidden; opacity: 0;">{TWIN}</div>',
        f'<div id="js_content" style="display: none">{TWIN}</div>',
        f'<div class="share related comment">{TWIN}</div>',
    ],
    ids=[
        "p", "br", "bare text", "div", "td", "a row each", "sections", "split", "nested editor", "founder comments",
        "founder element", "ucap", "printed twice", "hidden twin", "wechat", "hidden body", "misleading names",
    ],
)  # fmt: skip
def test_body_in_any_markup(markup: str) -> None:
    assert extract(page(markup).encode(), URL).body == BODY


def test_gbk_page_with_body_in_a_cell() -> None:
    markup = page(f"<table><tr><td>{BROKEN}</td></tr></table>").replace("utf-8", "gb2312")
    assert extract(markup.encode("gb18030"), URL).body == BODY


def test_markers_of_founder_bound_the_body() -> None:
    markup = f"<div><p>导读：{PARAGRAPHS[0]}</p><!--enpcontent-->{paragraphs(*PARAGRAPHS[1:])}<!--/enpcontent--></div>"
    assert extract(page(markup).encode(), URL).body == "\n".join(PARAGRAPHS[1:])


def test_short_notice_beside_a_denser_recommendation_box() -> None:
    teasers = "".join(
        f'<li><a href="/{n}.shtml">{text[:20]}</a><p>{text[:60]}</p></li>' for n, text in enumerate(PARAGRAPHS)
    )
    markup = page(f"<div><p>{SHORT}</p></div>", tail=f"<div><h3>猜你喜欢</h3><ul>{teasers}</ul></div>")
    assert extract(markup.encode(), URL).body == SHORT


def test_comments_are_not_the_body() -> None:
    comments = "".join(
        f"<div><b>网友{n}</b><p>{text}</p><span>4月12日 回复 举报</span></div>" for n, text in enumerate(PARAGRAPHS)
    )
    markup = page(f"<div><p>{SHORT}</p></div>", tail=f'<div class="comments"><h3>网友评论</h3>{comments}</div>')
    assert extract(markup.encode(), URL).body == SHORT


def test_gallery_whose_captions_are_the_text() -> None:
    found = extract(page(f'<div class="pics">{GALLERY}</div>').encode(), URL)
    assert found.kind == "gallery"
    assert [image.url.rpartition("/")[2] for image in found.images] == [f"p{n}.jpg" for n in range(1, 6)]


def test_lead_in_a_box_of_its_own_belongs_to_the_text() -> None:
    lead = "核心提示：临江市三条社区公交昨天开通，车小、站密、票价一元，老城居民出门更方便。"
    assert (
        extract(page(f'<div class="lead">{lead}</div><div>{paragraphs()}</div>').encode(), URL).body
        == f"{lead}\n{BODY}"
    )


def test_abstract_that_repeats_the_text_does_not() -> None:
    markup = f"<div><p>摘要：{PARAGRAPHS[0][:40]}…</p></div><div>{paragraphs()}</div>"
    assert extract(page(markup).encode(), URL).body == BODY


def test_promotion_before_the_text_does_not() -> None:
    promotion = '<p>临江年度新闻评选火热进行中，为你心中的好新闻投上一票吧！<a href="/vote">点此参加</a></p>'
    assert extract(page(f"<div>{promotion}</div><div>{paragraphs()}</div>").encode(), URL).body == BODY


def test_headline_repeated_over_two_lines_is_cut() -> None:
    first, second = TITLE.split(" ")
    assert extract(page(f"<div><p>{first}</p><p>{second}</p>{paragraphs()}</div>").encode(), URL).body == BODY


def test_body_ends_where_lists_begin() -> None:
    found = extract(article(f"<p>相关链接：</p><ul>{RELATED}</ul>").encode(), URL)
    assert found.body == BODY
    assert {cut.reason for cut in found.cuts} >= {"related", "link"}


def test_links_between_paragraphs_are_cut() -> None:
    link = "<p><a href=/x>老城区改造进入第二阶段</a></p>"
    markup = f"<div>{paragraphs(*PARAGRAPHS[:2])}{link}{paragraphs(*PARAGRAPHS[2:])}</div>"
    assert extract(page(markup).encode(), URL).body == BODY


def test_text_goes_on_after_a_floating_list() -> None:
    aside = f"<div><h4>相关新闻</h4><ul>{RELATED}</ul></div>"
    markup = f"<div>{paragraphs(*PARAGRAPHS[:1])}{aside}{paragraphs(*PARAGRAPHS[1:])}</div>"
    assert extract(page(markup).encode(), URL).body == BODY


def test_first_paragraph_with_a_link_is_no_promotion() -> None:
    linked = PARAGRAPHS[0].replace("临江市", "<a href=/city/>临江市</a>", 1)
    markup = f"<section><section><p>{linked}</p></section></section>{SECTIONS.partition('</section></section>')[2]}"
    assert extract(page(markup).encode(), URL).body == BODY


def test_long_lists_in_sections_stay_whole() -> None:
    items = [f"{n}、第{n}号站点，望江路{n * 10}号" if n % 2 else f"车费{n}元" for n in range(1, 25)]
    texts = [*PARAGRAPHS, *items, "临江市公交公司提醒，首周客流较大，请老人错峰出行，注意安全。"]
    markup = "".join(f"<section><section><p>{text}</p></section></section>" for text in texts)
    assert extract(page(f"<div>{markup}</div>").encode(), URL).body.split("\n") == texts


def test_counters_at_the_ends_are_cut() -> None:
    assert extract(page(f"<div><p>2770</p>{paragraphs()}<p>15</p></div>").encode(), URL).body == BODY


def test_interviews_keep_their_questions() -> None:
    questions = ("记者：新线路为什么选七米车？", "答：老城巷子窄，大车转不了弯，七米车正合适，居民也欢迎。")
    found = extract(page(f"<div>{paragraphs(*PARAGRAPHS, *questions, PARAGRAPHS[0][::-1])}</div>").encode(), URL)
    assert all(question in found.body for question in questions)


def test_news_about_rights_is_text() -> None:
    text = (
        "法院认为，被告未经许可在公众号转载原告二十篇文章，侵犯了著作权，"
        "应当在十日内删除并赔偿经济损失八千元，同时在首页致歉三天。"
    )
    markup = page(f"<div>{paragraphs(PARAGRAPHS[0], text, *PARAGRAPHS[1:])}</div>")
    assert text in extract(markup.encode(), URL).body
