"""The query language: what each query means to the index, and what is said of wrong ones."""

from __future__ import annotations

import pytest

from crawler.corpus import fts5
from crawler.corpus.bigrams import phrase
from crawler.corpus.search_query import parse
from crawler.errors import UsageError

TEXT = "{title body} : "


@pytest.mark.parametrize(
    ("query", "match"),
    [
        ("苏州", f'{TEXT}"苏州"'),
        ("苏", f'{TEXT}"苏"*'),
        ("长三角", f'{TEXT}"长三 三角"'),
        ("長三角", f'{TEXT}"长三 三角"'),
        ("GDP", f'{TEXT}"gdp"'),
        ("ＧＤＰ", f'{TEXT}"gdp"'),
        ("GDP*", f'{TEXT}"gdp"*'),
        ("5G网络", f'{TEXT}"5g 网络"'),
        ("2022年", f'{TEXT}"2022 年"*'),
        ("年GDP增长", f'{TEXT}"年 gdp 增长"'),
        ("22:24", f'{TEXT}"22 24"'),
        ('"长三角 一体化"', f'{TEXT}"长三 三角 角 一体 体化"'),
        ("“苏州”", f'{TEXT}"苏州"'),
        ("苏州 上海", f'({TEXT}"苏州" AND {TEXT}"上海")'),
        ("苏州　上海", f'({TEXT}"苏州" AND {TEXT}"上海")'),
        ("苏州 AND 上海", f'({TEXT}"苏州" AND {TEXT}"上海")'),
        ("苏州 OR 上海", f'({TEXT}"苏州" OR {TEXT}"上海")'),
        ("苏州 NOT 上海", f'({TEXT}"苏州" NOT ({TEXT}"上海"))'),
        ("苏州 -上海", f'({TEXT}"苏州" NOT ({TEXT}"上海"))'),
        ("-上海 苏州", f'({TEXT}"苏州" NOT ({TEXT}"上海"))'),
        ("covid-19", f'{TEXT}"covid 19"'),
        ("苏州 （上海 OR 杭州）", f'({TEXT}"苏州" AND ({TEXT}"上海" OR {TEXT}"杭州"))'),
        ("title:苏州", 'title : "苏州"'),
        ("标题：苏州", 'title : "苏州"'),
        ("Reporter:陆一", 'reporters : "陆一"'),
        ('source:"苏州 日报"', 'source : "苏州 州 日报"'),
        ("portal:szdushi", 'portal : "szdushi"'),
        ("打造：样板", f'({TEXT}"打造" AND {TEXT}"样板")'),
        ("苏州 ！ 上海", f'({TEXT}"苏州" AND {TEXT}"上海")'),
        ("and or", f'({TEXT}"and" AND {TEXT}"or")'),
    ],
)
def test_meaning(query, match):
    assert fts5.match(parse(query).root) == match


@pytest.mark.parametrize(
    ("query", "place", "why"),
    [
        ("(苏州", 1, "opened and not closed"),
        ("苏州)", 3, "closed that was not opened"),
        ('苏州 "上海', 4, "quotation mark"),
        ("苏州 OR", 6, "ends where a word"),
        ("OR 苏州", 1, "OR stands where a word"),
        ("苏州 AND OR 上海", 8, "OR stands where a word"),
        ("()", 2, "closing bracket"),
        ("NOT 苏州", 1, "NOT needs something"),
        ("上海 OR -苏州", 7, "NOT needs something"),
        ("titel:苏州", 1, "no field titel:"),
        ("title:(苏州)", 7, "wants a word"),
        ("苏州 ***", 4, "nothing to look for"),
        ("(" * 30 + "苏州" + ")" * 30, 21, "more than 20 brackets"),
        ("苏州 " * 101, 301, "more than 100 words"),
    ],
)
def test_errors_name_the_place_and_an_example(query, place, why):
    with pytest.raises(UsageError) as error:
        parse(query)
    line = str(error.value)
    assert line.startswith(f"query, character {place}: ")
    assert why in line
    assert "; an example: 长三角" in line
    assert "\n" not in line


@pytest.mark.parametrize("query", ["", "  ", "，"])
def test_an_empty_query(query):
    with pytest.raises(UsageError, match="query is empty; an example"):
        parse(query)


def test_terms_to_be_marked_are_those_that_are_wanted():
    terms = parse("苏州 -(上海 杭州) title:南京").terms
    assert [(term.phrase.runs, term.column) for term in terms] == [(("苏州",), None), (("南京",), "title")]


def test_punctuation_alone_is_no_phrase():
    assert phrase("！？…") is None
