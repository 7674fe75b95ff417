"""Labels, bylines and names: who wrote it, who edited it, and who is no person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.bylines import read_credits
from crawler.extract.datelines import closing_names, dateline
from crawler.extract.labels import split_labels
from crawler.extract.names import is_person, split_names


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (
            "来　源：江城晚报　时　间：2022-11-13　点　击：",
            [("source", "江城晚报"), ("date", "2022-11-13"), ("other", "")],
        ),
        (
            "2022-11-13来源：江城晚报作者：责任编辑：王芳",
            [("source", "江城晚报"), ("reporters", ""), ("editors", "王芳")],
        ),
        ("责编:王芳 校对:李明 总编辑:赵丽", [("editors", "王芳"), ("other", "李明"), ("other", "赵丽")]),
        ("（编辑：小何）返回首页，查看更多", [("editors", "小何")]),
        ("编辑|王芳", [("editors", "王芳")]),
        ("编辑 | 王芳 审核 | 赵丽", [("editors", "王芳"), ("other", "赵丽")]),
        ("首页|新闻|频道|体育", []),
        ("文/李明 图/王芳", [("reporters", "李明"), ("photographers", "王芳")]),
        ("来源: 江城晚报 分享到：", [("source", "江城晚报"), ("other", "")]),
        ("江城网编辑：王芳", [("editors", "王芳")]),
        ("图片来源：视觉图库", [("other", "视觉图库")]),
        ("图文：张三", [("reporters", "张三")]),
        ("时间会证明一切", []),
    ],
)
def test_labels(line, fields):
    assert [(field.role, field.value) for field in split_labels(line)] == fields


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("罗大成 苏小盈", ["罗大成", "苏小盈"]),
        ("李　明", ["李明"]),
        ("李 明 王 芳", ["李明", "王芳"]),
        ("王小五、李明和赵丽", ["王小五", "李明", "赵丽"]),
        ("记者 王小五 李明 通讯员 赵丽", ["王小五", "李明", "赵丽"]),
        ("江城日报全媒体记者 王小五", ["王小五"]),
        ("王小五（实习）李明", ["王小五", "李明"]),
        ("热合曼·玉苏甫 王小五", ["热合曼·玉苏甫", "王小五"]),
        ("罗科苏盈发自北京", ["罗科", "苏盈"]),
        ("王小五 江城报道", ["王小五"]),
        ("记者 王小五摄影报道", ["王小五"]),
        ("方敏北京大学教授", ["方敏"]),
        ("某某大学城市研究所研究员徐大明", ["徐大明"]),
        ("徐大明，系某研究院研究员", ["徐大明"]),
        ("江城市融媒体中心", []),
        ("江城日报", []),
        ("综合报道", []),
        ("本报记者", []),
    ],
)
def test_names(text, names):
    assert split_names(text) == names


@pytest.mark.parametrize(
    "text", ["江城日报社", "市公安局", "国际", "时政", "关注", "安全", "新华社", "首页", "王", "王小五六七", ""]
)
def test_no_person(text):
    assert not is_person(text)


@pytest.mark.parametrize(
    ("value", "editors"),
    [
        ("李明 HN002", ["李明"]),
        ("李明_NS5362", ["李明"]),
        ("HN666", ["HN666"]),
        ("admin", ["admin"]),
        ("小何", ["小何"]),
        ("Demi Chan", ["Demi Chan"]),
        ("江城日报", []),
    ],
)
def test_a_staff_code_counts_only_alone(value, editors):
    assert read_credits(f"责任编辑：{value}").editors == editors


@pytest.mark.parametrize(
    ("line", "role", "names"),
    [
        ("□ 本报记者 葛大丹", "reporters", ["葛大丹"]),
        ("江城网东山频道 记者 王小五 李明", "reporters", ["王小五", "李明"]),
        ("整合 江城日报·交汇记者 徐大翔", "reporters", ["徐大翔"]),
        ("作者 王小五 李明", "reporters", ["王小五", "李明"]),
        ("作者︱春春", "reporters", ["春春"]),
        ("文/图：王小五", "reporters", ["王小五"]),
        ("图/文 王小五", "reporters", ["王小五"]),
        ("记者 王小五 李 明 文/图 编辑 张 芳", "reporters", ["王小五", "李明"]),
        ("江城记者：王小五；通讯员：李明；编辑：张芳", "reporters", ["王小五"]),
        ("宣传科供稿 摄影/张艳 编辑/苏芳", "editors", ["苏芳"]),
        ("执笔/叨叨姐、胡一刀&李小飞刀", "reporters", ["叨叨姐", "胡一刀", "李小飞刀"]),
        ("（实习生王小五对此文亦有贡献）", "reporters", ["王小五"]),
        ("王小五/文 李明/摄", "reporters", ["王小五"]),
        ("王小五/文 李明/摄", "photographers", ["李明"]),
        ("本报记者 王小五 摄", "photographers", ["王小五"]),
        ("本报记者 王小五 摄", "reporters", []),
        ("王小五/江城晚报", "reporters", ["王小五"]),
        ("来源：江城晚报 王小五", "reporters", ["王小五"]),
        ("来源：江城晚报 记者 王小五 李明", "reporters", ["王小五", "李明"]),
        ("作者：王小五 通讯员 李明", "correspondents", ["李明"]),
        ("编辑 周小褶 ｜ 排版 魏大蔚", "editors", ["周小褶"]),
        ("（江城网编辑 孙小芳）", "editors", ["孙小芳"]),
        ("责编 赵丽 一审 孙一 二审 周八", "editors", ["赵丽"]),
        ("审核：王小五 主编：李明 监制：赵丽", "editors", []),
        ("记者：欢迎您来到本网接受采访，请介绍一下情况。", "reporters", []),
        ("记者从市交通局获悉", "reporters", []),
        ("记者调查 民意调查", "reporters", []),
        ("标签：公交 出行", "keywords", ["公交", "出行"]),
    ],
)
def test_bylines_of_a_line(line, role, names):
    assert getattr(read_credits(line), role) == names


@pytest.mark.parametrize(
    ("paragraph", "reporters", "correspondents"),
    [
        ("江报讯(记者赵焱)昨天,全市会议召开。", ["赵焱"], []),
        ("江报讯（驻东山区首席记者 黄亮 通讯员 沈小燕）昨天召开。", ["黄亮"], ["沈小燕"]),
        ("本报讯（记者王小五通讯员李明）昨天召开。", ["王小五"], ["李明"]),
        ("本报讯（通讯员 李明 赵丽）昨天召开。", [], ["李明", "赵丽"]),
        ("据新华社江城电（记者 格桑边觉）记者近日获悉。", ["格桑边觉"], []),
        ("新华社江城5月19日电（刘小艺、杨小吉）专家介绍。", ["刘小艺", "杨小吉"], []),
        ("本报记者 王小五 昨日上午，会议召开。", ["王小五"], []),
        ("本报讯 记者王小五 通讯员李明 报道 昨天召开。", ["王小五"], ["李明"]),
        ("本报讯（职工通讯员 李明 赵丽）昨天召开。", [], ["李明", "赵丽"]),
        ("市民（三十岁）告诉记者，公交方便多了。", [], []),
        ("记者近日从市交通局了解到，三条线路下月开通。", [], []),
    ],
)
def test_datelines(paragraph, reporters, correspondents):
    credits = dateline(paragraph)
    assert (credits.reporters, credits.correspondents) == (reporters, correspondents)


@pytest.mark.parametrize(
    ("paragraph", "reporters"),
    [
        ("活动圆满结束。（常小香 马大阳 ）", ["常小香", "马大阳"]),
        ("活动圆满结束。（姚大峰 江城报道）", ["姚大峰"]),
        ("活动圆满结束。（姚大峰 报道）", ["姚大峰"]),
        ("活动圆满结束。（作者：徐大忱，系某中心研究员）", ["徐大忱"]),
        ("活动圆满结束。（记者王小五、李明", ["王小五", "李明"]),
        ("本书由该社出版（增订版）", []),
        ("活动圆满结束。（完）", []),
        ("会议由王小五（副市长）主持", []),
    ],
)
def test_closing_brackets(paragraph, reporters):
    assert closing_names(paragraph).reporters == reporters


@given(
    st.text(alphabet=st.sampled_from("记者通讯员作编辑责来源：:（）()【】 　/|王李明、，。文图摄Ab0_"), max_size=120)
)
def test_no_line_is_an_error(line):
    read_credits(line)
    dateline(line)
    closing_names(line)
    split_names(line, loose=True, codes=True)


@pytest.mark.parametrize(
    "piece", ["记者 ", "（记者", "记者：", "李 ", "来源:", "文/", "王明、", "本报讯 记者王", "— ", "[", "讯（"]
)
def test_a_line_of_a_million_characters_costs_no_more_than_its_first_part(piece):
    # Only beginnings and ends are read; a pattern that backtracks over the whole line would not come back.
    line = piece * (1_000_000 // len(piece))
    assert len(read_credits(line).reporters) <= 40
    dateline(line)
    closing_names(line)
    split_names(line, loose=True, codes=True)
