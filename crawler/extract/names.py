"""Names of persons in bylines: taken apart, cleaned, and kept apart from organisations and job titles.

Portals separate names by blanks, 、 or nothing but a role word (`记者 张三 李四 通讯员 王五`), pad two-character names
to three (`李　明`), and print agencies, account names and codes in the same places (DOMAIN.md §3).
"""

from __future__ import annotations

import re

from crawler.extract.namelists import COMMON_WORDS, COMPOUND_SURNAMES, NOT_A_NAME, SURNAMES

__all__ = ["is_organisation", "is_person", "split_names"]

#: How organisations, accounts and columns end, and job titles that stand where a name could.
_ORGANISATION = re.compile(
    r"(?:[报网社台讯号]|日报|晚报|新闻|频道|客户端|中心|公司|集团|[局委厅署]|部门|编辑部|宣传部|政府|学院|大学|中学"
    r"|小学|医院|协会|学会|发布|融媒体?|传媒"
    r"|媒体|官微|公众号|微信|微博|在线|法院|检察院|公安|支队|大队|中队|研究院|研究所|工作室|工作组|观察|周刊|杂志"
    r"|月刊|视频|广播|电视|影像|科技|财经"
    r"|街道|办事处|办公室|委员会|党委|支部|银行|基金会?|论坛|智库|书院|出版社|专线|快讯|热线|资讯|论坛|基地|联盟"
    r"|俱乐部|之家|综合|报道|供稿|供图)$"
)
_ROLE_WORDS = re.compile(
    r"[^\s、，,；;/（）()]{0,24}?(?:记\s?者站?|通\s?讯\s?员|实习生|见习生|评论员|特派员|特约撰稿人?|撰稿人?|作\s?者"
    r"|摄影师|编辑员?|撰文|采写|小记者)[：:]?"
)
_BRACKETS = re.compile(r"[（(\[【\u3014][^（）()\[\]【】\u3014\u3015]{0,40}[）)\]】\u3015]?")
_SEPARATORS = re.compile(r"[\s、，,；;：:/／|｜丨︱│&\uff06+＋■□●▲◎◆]+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_DOTTED = re.compile(r"[\u3400-\u9fff]{1,8}(?:[·•‧・\uff0e][\u3400-\u9fff]{1,8}){1,3}")
_DOT = re.compile(r"[·•‧・\uff0e]")
_NICKNAME = re.compile(r"[\u3400-\u9fffA-Za-z0-9·_.'-]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z.'-]{1,14}")
#: Staff codes beside or instead of a name: HN666, NF055, SF099, PX209, _NS5362 (bench: editors 1.000, 0.959 without).
_CODE = re.compile(r"_?[A-Za-z]{1,3}_?\d{2,6}|系?统?管理员|admin\w{0,4}", re.IGNORECASE)
_CODE_TAIL = re.compile(r"[_\uff3f](?:[A-Za-z]{1,3}\d{0,6}|\d{2,6})$")
_VERB_TAIL = re.compile(r"(?:摄影报道|图文报道|采写|撰文|撰稿|报道|整理|编译|摄影|[摄文图]|/)+$")
#: 上海报道, 发自北京, 冠县讯: where it was written.
_PLACED = re.compile(r"^发自.*|.{2,10}(?:报道|电|讯)$")
_SENT_FROM = re.compile(r"发自[\u3400-\u9fff]{2,6}")
#: 方敏北京大学教授: a name with its office behind it and nothing between; 研究员徐占忱: with its title before it.
_OFFICE_BEHIND = re.compile(
    r"^([\u3400-\u9fff]{2,3}?)(?=(?:中国|中共|中央|国家|全国|国务院|北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江"
    r"|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州"
    r"|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆|南京|苏州|武汉|清华|复旦|同济|本报|本网|系|为|单位"
    r"|原)[\u3400-\u9fff]{2,})"
)
_TITLE_BEFORE = re.compile(
    r"(?:研究员|教授|部长|主任|院长|所长|书记|博士|主席|秘书长|专家|学者|评论员|委员|讲师|分析师|会长|处长|局长"
    r"|总编辑?|工程师|医师|律师|撰稿人|总监|老师)([\u3400-\u9fff]{2,4})$"
)
_AND = re.compile(r"(?<=[\u3400-\u9fff]{2})[和与及](?=[\u3400-\u9fff]{2})")
_PADDED = re.compile(r"(?<![\u3400-\u9fff])([\u3400-\u9fff])[\s\u3000]+([\u3400-\u9fff])(?![\u3400-\u9fff])")
#: Longer than any list of authors that a byline holds; what is longer is prose.
_LONGEST = 160


def is_organisation(text: str) -> bool:
    """Whether a short text names a medium, an office or a firm rather than a person."""
    return bool(_ORGANISATION.search(text)) or "记者" in text or "《" in text


def is_person(text: str) -> bool:
    """Whether a text looks like a Chinese name: a surname and one or two characters, or parts joined by a dot.

    >>> [is_person(text) for text in ("赵焱", "欧阳夏丹", "热合曼·玉苏甫", "苏州日报", "综合", "首页")]
    [True, True, True, False, False, False]
    """
    if text in NOT_A_NAME or text in COMMON_WORDS or is_organisation(text):
        return False
    if _DOTTED.fullmatch(text):
        return not any(is_organisation(part) for part in _DOT.split(text))
    if not _HAN.fullmatch(text):
        return False
    if text[:2] in COMPOUND_SURNAMES:
        return 3 <= len(text) <= 4
    return text[0] in SURNAMES and 2 <= len(text) <= 3


def split_names(text: str, *, loose: bool = False, codes: bool = False) -> list[str]:
    """The persons named in a byline's value, in order, each once; reading stops where prose or an organisation begins.

    loose: the label vouches for them, so pen names, account names and names of other peoples count too;
    codes: a staff code counts where no name stands beside it (editors only).

    >>> split_names("罗科 苏盈")
    ['罗科', '苏盈']
    >>> split_names("李　明、本报实习生 王小二")
    ['李明', '王小二']
    >>> split_names("徐占忱，系某研究院研究员")
    ['徐占忱']
    """
    text = _BRACKETS.sub(" ", text[:_LONGEST])
    text = _SENT_FROM.sub(" ", _ROLE_WORDS.sub(" ", text))
    text = _PADDED.sub(_join_padded, _AND.sub(" ", text))
    names: list[str] = []
    nicknames: list[str] = []
    for token in _SEPARATORS.split(text):
        if _PLACED.match(token) and not is_person(_VERB_TAIL.sub("", token)):
            continue
        name = _CODE_TAIL.sub("", token.strip("：:。.·-—―_\uff3f…“”\"'[]【】（）()《》<>"))
        if not is_person(name) or name[-1] == "摄":
            name = _VERB_TAIL.sub("", name)
        if not name or name in NOT_A_NAME or (name in COMMON_WORDS and not loose):
            continue
        if is_person(name):
            names.append(name)
        elif together := _run_together(name):
            names.extend(together)
        elif _CODE.fullmatch(name):
            nicknames.append(name)
        elif loose and _is_nickname(name):
            names.append(name)
        else:
            break
    if not names and (titled := _TITLE_BEFORE.search(text.rstrip(" ）)"))) and is_person(titled[1]):
        names = [titled[1]]
    names = _join_latin(names)
    return list(dict.fromkeys(names or (nicknames if codes else [])))


def _run_together(text: str) -> list[str]:
    """Names set without anything between them (`罗科苏盈`), or a name glued to its office.

    On the bench: reporters 1.000, without it 0.982.
    """
    if (office := _OFFICE_BEHIND.match(text)) and is_person(office[1]):
        return [office[1]]
    if not 4 <= len(text) <= 6 or not _HAN.fullmatch(text) or is_organisation(text):
        return []
    for cuts in ((2,), (3,), (2, 4)):
        parts = [text[start:end] for start, end in zip((0, *cuts), (*cuts, len(text)), strict=True)]
        if all(2 <= len(part) <= 3 and is_person(part) for part in parts):
            return parts
    return []


def _join_padded(match: re.Match[str]) -> str:
    return match[1] + match[2] if match[1] in SURNAMES else match[0]


def _is_nickname(text: str) -> bool:
    """A pen or account name that a label vouches for: short, without the endings of organisations and without prose."""
    if is_organisation(text):
        return False
    if _HAN.fullmatch(text):
        return 2 <= len(text) <= 6 and text[0] not in "系是的在为了以及据由"
    return len(text) <= 16 and bool(_NICKNAME.fullmatch(text)) and not text[0].isdigit()


def _join_latin(names: list[str]) -> list[str]:
    """Words of one foreign name, joined again: ['Demi', 'Xia'] → ['Demi Xia']."""
    joined: list[str] = []
    for name in names:
        if joined and _LATIN.fullmatch(name) and all(_LATIN.fullmatch(part) for part in joined[-1].split()):
            joined[-1] = f"{joined[-1]} {name}"
        else:
            joined.append(name)
    return joined
