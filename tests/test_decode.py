"""Bytes to text: whatever header and page claim."""

import pytest

from crawler.extract.decode import declared_charsets, decode

TEXT = "临江市新闻：镕、喆、㐂三字都在里面，公交开通了。"
HEAD = '<html><head><meta charset="{}"></head><body><p>' + TEXT + "</p>"


@pytest.mark.parametrize(
    ("codec", "declared", "header"),
    [
        ("utf-8", "utf-8", None),
        ("utf-8", "gb2312", None),
        ("utf-8", "utf-8", "text/html; charset=ISO-8859-1"),
        ("utf-8", "utf-8", "text/html; charset=gbk"),
        ("gb18030", "gb2312", None),
        ("gb18030", "gbk", "text/html; charset=utf-8"),
        ("gb18030", "utf-8", "text/html; charset=utf-8"),
        ("gb18030", "no-such-charset", None),
        ("utf-8-sig", "gb2312", "text/html; charset=gb2312"),
        ("utf-16", "utf-16", None),
    ],
)
def test_text_survives_claims(codec: str, declared: str, header: str | None) -> None:
    assert TEXT in decode(HEAD.format(declared).encode(codec), header).text


def test_utf16_without_mark() -> None:
    assert decode("<html><p>临江市</p></html>".encode("utf-16-le")).text == "<html><p>临江市</p></html>"


def test_big5_where_declared() -> None:
    text = "<meta charset=big5><p>臨江市三條社區公車路線同時開通</p>"
    assert decode(text.encode("big5")).text == text


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_one_bad_byte_costs_one_character(codec: str) -> None:
    bad = f"<p>{TEXT}</p>".encode(codec) + b"<b>\xff</b>" + f"<p>{TEXT}</p>".encode(codec)
    assert decode(bad).text.count(TEXT) == 2


def test_bad_byte_within_text() -> None:
    first, second = "前半句没有问题，", "后半句也没有问题。"
    assert decode(first.encode() + b"\xc3" + second.encode()).text == f"{first}\ufffd{second}"


def test_truncated_character_is_one_loss() -> None:
    assert decode("摘要到此为止了".encode()[:-1] + "<p>正文在此</p>".encode()).text.count("\ufffd") == 1


@pytest.mark.parametrize(("outer", "inner"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_included_fragment_of_another_charset(outer: str, inner: str) -> None:
    around, fragment = f"<div>{TEXT}</div>", "<ul>\n<li>热点排行里的标题文字</li>\n</ul>"
    decoded = decode((around * 5).encode(outer) + fragment.encode(inner) + around.encode(outer))
    assert decoded.text == around * 5 + fragment + around
    assert decoded.encoding == outer


def test_gbk_that_is_valid_utf8_by_chance() -> None:
    assert decode("<meta charset=gbk><b>喀什</b>".encode("gbk")).text.endswith("<b>喀什</b>")


def test_stray_euro_of_windows_gbk() -> None:
    assert "价格€5" in decode("价格".encode("gbk") + b"\x805" + "，以及别的".encode("gbk")).text


def test_names_in_order() -> None:
    body = b'<?xml version="1.0" encoding="big5"?><meta http-equiv=Content-Type content="text/html; charset=GB2312">'
    assert declared_charsets(body, "text/html;charset=utf8") == ["utf-8", "gb18030", "big5hkscs"]


def test_nothing_is_lost_of_ascii() -> None:
    assert decode(bytes(range(32, 127))).text == "".join(map(chr, range(32, 127)))


def test_many_bad_bytes_take_linear_time() -> None:
    assert len(decode(b"\xff" * 300_000 + b"<p>").text) == 300_003
