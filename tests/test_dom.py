"""One parse and one walk: lines, boxes, pictures, comments."""

import pytest

from crawler.extract.dom import Document, fold, parse

URL = "http://www.example.cn/a/1.html"


def read(markup: str) -> Document:
    return parse(markup.encode(), URL)


def texts(markup: str) -> list[str]:
    return [line.text for line in read(markup).lines]


@pytest.mark.parametrize(
    "markup",
    [
        "<p>一行</p><p>两行</p>",
        "一行<br>两行",
        "<table><tr><td>一行</td><td>两行</td></tr></table>",
        "<div>一行<div>两行</div></div>",
        "<ul><li>一行<li>两行</ul>",
        "一行<hr/>两行",
        "<p>一<b>行</b></p><script>var 三行</script><style>四行</style>两行",
        "<custom-content>一行</custom-content>两行",
    ],
)
def test_what_begins_a_line(markup: str) -> None:
    assert texts(f"<html><body>{markup}</body></html>") == ["一行", "两行"]


def test_inline_elements_and_comments_break_no_line() -> None:
    assert texts("<p>一<font>二</font><!-- x -->三<span>四</span><a href=#>五</a></p>") == ["一二三四五"]


def test_white_space_is_folded() -> None:
    assert texts("<p>　　 &nbsp;张三&nbsp;&nbsp;　李四\n</p>") == ["张三 李四"]


def test_zero_width_and_icon_characters_vanish() -> None:
    assert fold("临\u200b江\ufeff\ue004市") == "临江市"


def test_link_and_bold_characters_are_counted() -> None:
    line = read("<p>见<a href=/x>链接</a>和<b>粗体字</b></p>").lines[0]
    assert (line.link_chars, line.bold_chars) == (2, 3)


def test_named_places_are_no_links() -> None:
    assert read("<p><a name=top>文章的第一段</p><p>第二段</p>").lines[0].link_chars == 0


@pytest.mark.parametrize("tag", ["video", "object", "audio", "button"])
def test_unclosed_elements_swallow_no_text(tag: str) -> None:
    assert len(texts(f"<div><{tag}><p>{'一段很长的正文，' * 30}</p><p>{'又是一段正文，' * 30}</p></div>")) == 2
    assert texts(f"<p>文</p><{tag}>请升级浏览器</{tag}>") == ["文"]


def test_headings_reach_into_their_children() -> None:
    assert [line.heading for line in read("<h1><div>题</div></h1><p>文</p>").lines] == [1, 0]


@pytest.mark.parametrize("style", ["display:none", "color:red; DISPLAY : none"])
def test_hidden_boxes_are_marked_with_all_they_hold(style: str) -> None:
    document = read(f'<div style="{style}"><p>暗</p></div><p>明</p>')
    assert [(line.text, line.hidden) for line in document.lines] == [("暗", True), ("明", False)]


def test_hidden_inline_text_is_left_out() -> None:
    assert texts('<p>明<span style="display:none">暗</span>处</p>') == ["明处"]


def test_boxes_hold_ranges_of_lines() -> None:
    document = read("<div id=a><p>一</p><p>二</p></div><p>三</p>")
    box = next(box for box in document.boxes if box.names() == "a")
    assert (box.first, box.last) == (0, 2)
    assert document.lines[1].box.within(box)
    assert not document.lines[2].box.within(box)


def test_meta_names_are_lower_case_and_the_first_wins() -> None:
    document = read('<meta name="PubDate" content="2023-04-12"><meta property="pubdate" content="2020-01-01">')
    assert document.meta == {"pubdate": "2023-04-12"}


def test_comments_know_their_place() -> None:
    document = read("<p>前</p><!--enpcontent--><p>文</p><!--/enpcontent-->")
    assert document.comments == [("enpcontent", 1), ("/enpcontent", 2)]


def test_title_json_and_scripts() -> None:
    document = read('<title> 题 目 </title><script type="application/ld+json">{"a":1}</script><script>x</script>')
    assert (document.page_title, document.json_ld, len(document.scripts)) == ("题 目", ['{"a":1}'], 2)


def test_pictures_and_links_know_their_place() -> None:
    document = read("<p>一</p><img src=a.jpg><p><a href=/b>二</a></p>")
    assert [picture.line for picture in document.pictures] == [1]
    assert [anchor.line for anchor in document.anchors] == [1]


@pytest.mark.parametrize("depth", [300, 3_000, 100_000])
def test_what_follows_deep_nesting_is_not_lost(depth: int) -> None:
    lines = texts("<html><body>" + "<div>" * depth + "深处" + "</div>" * depth + "<p>后面</p></body></html>")
    assert lines == ["深处", "后面"]


@pytest.mark.parametrize("body", [b"", b"\x00", b"   ", b"<!-- x -->", b"<", b"&#0;", b"<html></html>", b"<?php ?>"])
def test_next_to_nothing_is_no_error(body: bytes) -> None:
    assert len(parse(body, URL).lines) <= 1


def test_null_bytes_inside_text() -> None:
    assert "".join(line.text for line in parse(b"<p>a\x00b\x01c</p>", URL).lines) == "abc"
