import datetime as dt

import pytest

from crawler.extract.article import content_hash
from crawler.extract.stitch import stitch
from crawler.items import CST, Article, Attachment, Block, Cut, Evidence, Image


def page(number, *texts, **fields):
    url = f"http://www.example.cn/7{f'_{number}' if number > 1 else ''}.html"
    blocks = [text if isinstance(text, Block) else Block("paragraph", text) for text in texts]
    body = "\n".join(block.text for block in blocks if block.kind != "image")
    return Article(url, url, body=body, blocks=blocks, content_hash=content_hash(body), **fields)


ONE = "第一批菜农清晨五点进场。"
TWO = "摊位比去年多了四十个。"


def test_bodies_in_order():
    assert stitch([page(1, ONE), page(2, TWO)]).body == f"{ONE}\n{TWO}"


def test_cut_paragraph_is_made_whole():
    assert (
        stitch([page(1, "市场分三期建设，今年"), page(2, "完成头两期。", TWO)]).body
        == f"市场分三期建设，今年完成头两期。\n{TWO}"
    )


@pytest.mark.parametrize("ending", ["。", "！", "？", "”", "）", "："])
def test_finished_paragraph_stays_alone(ending):
    assert stitch([page(1, f"市场今年开业{ending}"), page(2, TWO)]).body.count("\n") == 1


def test_heading_is_not_joined():
    assert stitch([page(1, ONE, Block("heading", "三期规划")), page(2, TWO)]).body.split("\n")[1] == "三期规划"


def test_image_between_pages_is_no_cut():
    joined = stitch([page(1, "图为市场", Block("image", url="http://i.cn/1.jpg")), page(2, TWO)])
    assert [block.kind for block in joined.blocks] == ["paragraph", "image", "paragraph"]


@pytest.mark.parametrize("repeated", ["新市场开门迎客", "新市场开门迎客（2）", "新市场 开门迎客"])
def test_repeated_title_is_dropped(repeated):
    assert stitch([page(1, ONE, title="新市场开门迎客"), page(2, repeated, TWO)]).body == f"{ONE}\n{TWO}"


def test_repeated_lead_is_dropped():
    lead = "核心提示：新市场昨日开门。"
    assert stitch([page(1, lead, ONE), page(2, lead, TWO)]).body == f"{lead}\n{ONE}\n{TWO}"


def test_same_page_again_is_dropped():
    assert stitch([page(1, ONE), page(2, ONE)]).part_urls == []


def test_hash_is_that_of_the_whole_body():
    whole = stitch([page(1, ONE), page(2, TWO)])
    assert whole.content_hash == content_hash(f"{ONE}\n{TWO}")


def test_part_urls():
    assert stitch([page(1, ONE), page(2, TWO)]).part_urls == [
        "http://www.example.cn/7.html",
        "http://www.example.cn/7_2.html",
    ]


def test_address_is_the_first_pages():
    assert stitch([page(1, ONE), page(2, TWO)]).url.endswith("/7.html")


def test_fields_from_the_first_page_that_has_them():
    when = dt.datetime(2026, 3, 4, 8, tzinfo=CST)
    whole = stitch([page(1, ONE, published=when), page(2, TWO, published=when.replace(day=5), editors=["田野"])])
    assert (whole.published, whole.editors) == (when, ["田野"])


def test_images_are_united():
    first, second = Image("http://i.cn/1.jpg"), Image("http://i.cn/2.jpg", "说明")
    whole = stitch([page(1, ONE, images=[first]), page(2, TWO, images=[Image(first.url, "大门"), second])])
    assert whole.images == [Image(first.url, "大门"), second]


def test_attachments_are_united():
    file = Attachment("http://www.example.cn/a.pdf", "摊位表")
    assert stitch([page(1, ONE, attachments=[file]), page(2, TWO, attachments=[file])]).attachments == [file]


def test_evidence_and_cuts_of_all_pages():
    first = page(1, ONE, evidence={"title": Evidence("h1", 1.0)}, cuts=[Cut("分享到", "share")], confidence=0.9)
    second = page(2, TWO, evidence={"title": Evidence("meta", 0.5)}, cuts=[Cut("编辑：田野", "editor")], confidence=0.7)
    whole = stitch([first, second])
    assert (whole.evidence["title"].rule, len(whole.cuts), whole.confidence) == ("h1", 2, 0.7)


def test_single_page_is_unchanged():
    only = page(1, ONE, title="题", confidence=0.8)
    assert stitch([only]) == only


def test_pages_given_are_not_changed():
    first = page(1, "市场分三期建设，今年")
    stitch([first, page(2, "完成头两期。")])
    assert first.blocks[0].text == "市场分三期建设，今年"


def test_page_without_blocks():
    first = page(1, ONE)
    first.blocks = []
    assert stitch([first, page(2, TWO)]).body == f"{ONE}\n{TWO}"


def test_nothing_to_stitch():
    with pytest.raises(ValueError, match="at least one page"):
        stitch([])
