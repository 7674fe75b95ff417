"""Personal data is found by its shape, and nothing else changes."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.corpus.redaction import KINDS, MARKS, Redactor, redact
from crawler.items import Attachment, Cut, Evidence
from tests.corpus_kit import article

#: The example of GB 11643-1999, and a number of the right shape whose check digit is wrong.
ID, WRONG_ID = "11010519491231002X", "110105194912310021"

FOUND = [
    ("phone", "请联系张女士，13812345678。", "请联系张女士，〔电话〕。"),
    ("phone", "微信同号138 1234 5678", "微信同号〔电话〕"),
    ("phone", "手机：138-1234-5678/13912345678", "手机：〔电话〕/〔电话〕"),
    ("phone", "＋８６无关，１３８１２３４５６７８", "＋８６无关，〔电话〕"),
    ("phone", "+86 13812345678", "〔电话〕"),
    ("phone", "致电0512-65220000转801咨询", "致电〔电话〕咨询"),
    ("phone", "（0512）65220000", "〔电话〕"),
    ("phone", "010－6522 0000", "〔电话〕"),
    ("phone", "拨打051265220000", "拨打〔电话〕"),
    ("phone", "联系电话：65220000", "联系电话：〔电话〕"),
    ("id", f"身份证号{ID}，", "身份证号〔身份证号〕，"),
    ("id", ID.lower(), "〔身份证号〕"),
    ("id", "110105 19491231 002X", "〔身份证号〕"),
    ("plate", "车牌为苏E12345的轿车", "车牌为〔车牌号〕的轿车"),
    ("plate", "苏E·12345", "〔车牌号〕"),
    ("plate", "沪AD12345与粤B12345D", "〔车牌号〕与〔车牌号〕"),
    ("plate", "苏E1234学", "〔车牌号〕"),
    ("card", "卡号6222 0212 3456 7890 128", "卡号〔银行卡号〕"),
    ("card", "4111111111111111", "〔银行卡号〕"),
    ("email", "投稿：a.b@example.com.cn", "投稿：〔邮箱〕"),
    ("email", "13812345678@example.com", "〔邮箱〕"),
]

STAYS = [
    "报警请拨110，急救120，火警119，交通事故122。",
    "市民热线12345、消费者热线12315、农业热线12316。",
    "客服400-820-8820、4008208820、95588、10086，服务时间08:00-12:00。",
    "2022年11月13日22:24，2022-11-13，20221113，2022.11.13。",
    "苏ICP备05012345号-1，浙B2-20080224号，苏公网安备32050802010012号。",
    "实现产值13900000000元，增长3.13812345678倍，用电13812345678千瓦时，合15600000000美元。",
    "人口1412120000人，北纬31.29892，东经120.58531，占比0.051265220000。",
    "〔2022〕第13812345678号文，苏政办发〔2022〕15号。",
    "http://www.example.cn/content/13812345678.html",
    f"编号{WRONG_ID}，统一社会信用代码913205001380000000，91320500MA1MABCD1X。",
    "京沪高铁G20次、沪C919大飞机、川G318国道、京A股、苏B2B平台、粤S1234。",
    "ISBN 978-7-5399-1234-5，CN32-0019，邮发代号27-1。",
    "卡号6222021234567890123的尾数，139****5678，苏E·****5。",
    "100000000000000000000 13812345678123 00138",
    "第1381234届、1-3名、0:3、1:0。",
]


@pytest.mark.parametrize(("kind", "text", "marked"), FOUND)
def test_what_is_found(kind, text, marked):
    redacted, found = redact(text, [kind])
    assert redacted == marked
    assert found == {kind: marked.count(MARKS[kind])}
    assert redact(redacted, KINDS) == (redacted, {})


@pytest.mark.parametrize(("kind", "text"), [row[:2] for row in FOUND])
def test_only_the_kinds_that_are_wished(kind, text):
    others = [other for other in KINDS if other != kind and (kind, other) != ("email", "phone")]
    assert redact(text, others) == (text, {})


@pytest.mark.parametrize("text", STAYS)
def test_what_stays(text):
    assert redact(text, KINDS) == (text, {})


@given(st.text(alphabet=st.characters(exclude_characters="@＠" + string.digits + "０１２３４５６７８９")))
def test_texts_without_digits_never_change(text):
    assert redact(text, KINDS) == (text, {})


#: Pieces that stand next to each other in every way.
PIECES = [*(row[1] for row in FOUND), *STAYS, ID, *"1-@.A苏：元/ ", "13", "0512", "电话", "x.cn"]


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), st.sets(st.sampled_from(KINDS)))
def test_marking_twice_is_marking_once(text, kinds):
    once, found = redact(text, kinds)
    assert redact(once, kinds) == (once, {})
    assert (once == text) == (not found)
    assert sum(found.values()) == sum(once.count(MARKS[kind]) for kind in kinds)


def test_all_texts_of_an_article():
    phone, mark = "13812345678", MARKS["phone"]
    told = article(
        1,
        title=f"题{phone}",
        subtitle=f"副{phone}",
        body=f"文{phone}。",
        source=f"本报 电话{phone}",
        keywords=[phone],
        attachments=[Attachment(f"http://a/{phone}.pdf", f"名单{phone}")],
        cuts=[Cut(f"热线{phone}", "contact")],
        evidence={"source": Evidence("meta", 1.0, f"来源 {phone}")},
    )
    redactor = Redactor(["phone"])
    clean = redactor(told)
    assert (clean.title, clean.subtitle, clean.body) == (f"题{mark}", f"副{mark}", f"文{mark}。")
    assert (clean.keywords, clean.cuts[0].text, clean.evidence["source"].text) == (
        [mark],
        f"热线{mark}",
        f"来源 {mark}",
    )
    assert clean.attachments == [Attachment(f"http://a/{phone}.pdf", f"名单{mark}")]
    assert (redactor.found, redactor.articles) == ({"phone": 3}, 1)
    # The article that was given stays as it was, and the hash of its text would betray the number.
    assert (told.body, clean.content_hash) == (f"文{phone}。", "")
    assert redactor(article(2)) == article(2)
