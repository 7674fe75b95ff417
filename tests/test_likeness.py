"""Two texts: one story, or two notices of one form."""

from __future__ import annotations

import pytest

from crawler.corpus.likeness import compare
from crawler.corpus.shingles import PERMUTATIONS, Shingled

STORY = (
    "清河区老城供水管网改造昨天完工。工程历时8个月，更换旧管41.5公里，惠及居民2.3万户。\n"
    "家住柳巷的周阿姨说，过去一到傍晚水就小，五楼洗澡要等到十点以后，现在水压足了，水也清了。\n"
    "施工期间，项目部在每条街口设了联络牌，夜里十点以后不开槽，学校门口的管段放在暑假里做完。\n"
    "区水务局介绍，下一步将给312栋高层更换二次供水设备，费用由区财政和产权单位分担，预计明年6月底前完成。"
)
WEATHER = (
    "市气象台今天发布天气预报：白天{sky}，{wind}风{a}级，最高气温{b}℃；夜间多云，最低气温{c}℃。"
    "早晚温差较大，请市民注意增减衣物，驾车出行注意交通安全。气象部门将密切关注天气变化，及时发布预报预警信息。"
)


def like(first: str, second: str):
    return compare(Shingled(first), Shingled(second))


def test_the_same_story_in_other_dress_is_identical():
    """White space, punctuation, width, case, traditional writing."""
    dressed = (
        STORY.replace("，", " ")
        .replace("41.5", "\uff14\uff11.\uff15")
        .replace("区水务局", "區水務局")
        .replace("\n", "")
    )
    assert like(STORY, dressed).kind == "identical"


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        (f"据清河日报消息：{STORY}\n（责任编辑：王敏）", "reprint"),
        (STORY.split("\n")[0] + STORY.split("\n")[1], "abridged"),
        (f"{STORY}\n{'老城改造是今年的民生实事之一，后续还有雨污分流和路面修复两项工程，' * 4}", "expanded"),
        (
            STORY.replace("家住柳巷的周阿姨说", "柳巷居民告诉记者")
            .replace("项目部在每条街口设了联络牌", "施工方给沿街商户发了联系卡")
            .replace("费用由区财政和产权单位分担", "钱由各方分摊"),
            "revised",
        ),
    ],
)
def test_kinds(second, kind):
    found = like(STORY, second)
    assert found.alike
    assert found.kind == kind


def test_what_is_abridged_one_way_is_expanded_the_other():
    short = STORY.split("\n")[0] + STORY.split("\n")[1]
    found = like(STORY, short)
    assert (found.kind, found.turned().kind) == ("abridged", "expanded")
    assert like(short, STORY).kind == "expanded"
    assert found.containment == pytest.approx(1.0, abs=0.05)


def test_two_fillings_of_one_form_are_two_notices():
    first = WEATHER.format(sky="晴", wind="东南", a=3, b=27, c=16)
    second = WEATHER.format(sky="阴转小雨", wind="偏北", a=5, b=19, c=11)
    found = like(first, second)
    assert found.containment > 0.6
    assert not found.alike


def test_one_filling_reprinted_is_one_notice():
    first = WEATHER.format(sky="晴", wind="东南", a=3, b=27, c=16)
    assert like(first, f"据气象台消息，{first}（编辑：李静）").kind == "reprint"


def test_a_corrected_number_makes_no_other_story():
    assert like(STORY, STORY.replace("312栋", "321栋")).alike


def test_another_story_of_the_same_subject_is_another():
    other = (
        "柳林区老城供水管网改造下月开工。工程计划用时11个月，更换旧管17公里，涉及居民9000户。\n"
        "区水务局提醒，停水前三天会在楼道张贴通知，高层住户请提前储水，施工便道以现场标识为准。"
    )
    assert not like(STORY, other).alike


def test_short_texts_are_not_compared():
    assert not Shingled("点击观看视频").comparable
    assert Shingled(STORY).comparable


def test_minhashes_agree_as_often_as_texts_do():
    own, edited = Shingled(STORY).minhashes(), Shingled(STORY.replace("周阿姨", "周大妈")).minhashes()
    assert len(set(own)) == PERMUTATIONS
    assert Shingled(f"{STORY}　").minhashes() == own
    assert PERMUTATIONS * 0.6 < len(set(own) & set(edited)) < PERMUTATIONS
    assert max(own).bit_length() <= 47


def test_grams_are_all_of_the_text():
    text = Shingled("一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯")
    letters = text.letters
    assert len(text.grams) == len(letters) - 3
    assert len(text.long_grams) == len(letters) - 7
