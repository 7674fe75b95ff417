"""Structure of a body: blocks in page order, pictures, captions, tables, lists, attached files."""

import pytest
from lxml import html

from crawler.extract import extract
from crawler.extract.media import picture_url
from tests.page_kit import BODY, PARAGRAPHS, URL, article, page, paragraphs

ROWS = (("线路", "首班", "末班"), ("社区1路", "6:00", "22:00"), ("社区2路", "6:10", "22:10"))
TABLE = (
    "<table>" + "".join("<tr>" + "".join(f"<td><p>{c}</p></td>" for c in row) + "</tr>" for row in ROWS) + "</table>"
)


def kinds(markup: str) -> list[tuple[str, str]]:
    found = extract(page(f"<div>{markup}</div>").encode(), URL)
    return [(block.kind, block.text or block.url or "") for block in found.blocks]


def test_blocks_in_page_order() -> None:
    markup = (
        f"<p>{PARAGRAPHS[0]}</p><h3>一元票价</h3><p>{PARAGRAPHS[1]}</p><p><strong>居民叫好</strong></p>"
        f"<p>{PARAGRAPHS[2]}</p>{TABLE}<ul><li>站牌</li><li>座椅</li></ul><p>{PARAGRAPHS[3]}</p>"
    )
    assert kinds(markup) == [
        ("paragraph", PARAGRAPHS[0]),
        ("heading", "一元票价"),
        ("paragraph", PARAGRAPHS[1]),
        ("heading", "居民叫好"),
        ("paragraph", PARAGRAPHS[2]),
        ("table", "\n".join("\t".join(row) for row in ROWS)),
        ("list", "站牌\n座椅"),
        ("paragraph", PARAGRAPHS[3]),
    ]


def test_caption_goes_with_its_picture_and_not_into_the_body() -> None:
    picture = '<p align="center"><img src="/pic/bus.jpg"></p><p>图为居民在新站牌前候车。 李强 摄</p>'
    found = extract(page(f"<div><p>{PARAGRAPHS[0]}</p>{picture}{paragraphs(*PARAGRAPHS[1:])}</div>").encode(), URL)
    assert found.body == BODY
    assert [block.kind for block in found.blocks[:4]] == ["paragraph", "image", "caption", "paragraph"]
    assert [(image.url, image.caption) for image in found.images] == [
        ("http://news.linjiang.example.cn/pic/bus.jpg", "图为居民在新站牌前候车。 李强 摄")
    ]


def test_layout_tables_are_no_tables() -> None:
    markup = f"<table><tr><td>{paragraphs()}</td><td><img src=/pic/1.jpg></td></tr></table>"
    assert [kind for kind, _ in kinds(markup)].count("paragraph") == len(PARAGRAPHS)


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ('<img src="/images/loading.gif" data-src="/pic/a.jpg">', "a.jpg"),
        ('<img src="data:image/gif;base64,AAAA" data-original="/pic/a.jpg">', "a.jpg"),
        ('<img srcset="/pic/s.jpg 480w, /pic/l.jpg 1080w">', "l.jpg"),
        ('<img src="W020230412.jpg" width="600">', "W020230412.jpg"),
        ('<img src="http://www.example.cn\\pic\\a.jpg">', "a.jpg"),
        ('<img src="/images/qrcode_for_app.png">', None),
        ('<img src="/images/1x1.gif">', None),
        ('<img src="/pic/a.jpg" width="16" height="16">', None),
        ('<img src="/images/icon_doc.gif">', None),
        ('<img src="data:image/png;base64,AAAA">', None),
        ("<img>", None),
    ],
)
def test_real_pictures(tag: str, name: str | None) -> None:
    url = picture_url(html.fragment_fromstring(tag), "http://www.example.cn/a/")
    assert (url.rpartition("/")[2] if url else None) == name


def test_attachments_with_their_names() -> None:
    links = '<p><a href="./P0204.xlsx">附件1：线路表.xlsx</a></p>'
    links += '<p><a href="/f/b.pdf?x=1"><img src=/images/pdf.gif></a></p>'
    found = extract(article(links).encode(), URL)
    assert [(item.url.rpartition("/")[2], item.name) for item in found.attachments] == [
        ("P0204.xlsx", "附件1：线路表.xlsx"),
        ("b.pdf?x=1", "b.pdf"),
    ]
