"""Names of media and accounts: what a printed source value is without its trimmings, and what can be one at all."""

from __future__ import annotations

import re

from crawler.extract.dates import find_dates
from crawler.extract.labels import split_labels
from crawler.extract.names import is_organisation, is_person

__all__ = ["GENERIC", "UNLABELLED_LONGEST", "clean_source", "ends_like_medium", "medium_in"]

#: Words that stand where a medium should and name none (field rules of the bench's gold).
_GENERIC = (
    "转载 网络 综合 互联网 转载文章 网络综合 网络整理 未知 本站 本站原创 原创 其他 其它 不详 佚名 整理 综合整理"
    " 网上 来源网络 网络转载 转帖 转贴 admin 本网 综合报道 网友 作者"
)
GENERIC = frozenset(_GENERIC.split())
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南"
    "|广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|台湾"
)
_WRAPS = re.compile(r"^[\s\[【（(「『|｜:：]+|[\s\]】）)」』|｜,，;；]+$")
#: 华夏时报(北京): the medium's seat, added by an aggregator (bench: source 0.985, with it 0.955).
_SEAT = re.compile(r"(?<=\w)\s{0,3}[（(][\u3400-\u9fff]{2,4}[）)]$")
#: The province that platforms must print since 2022 (IP 属地) stands behind the account's name (bench: 0.985, 0.963).
_PROVINCE = re.compile(rf"\s+(?:{_PROVINCES})$")
_PLACE = re.compile(rf"(?:{_PROVINCES})[省市]?")
#: Icon fonts and broken GBK.
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_URL = re.compile(r"https?://\S+|(?:[\w-]+\.)+(?:com|cn|net|org|gov)\b\S*", re.IGNORECASE)
_BYLINE = re.compile(
    r"\s*(?:(?:见习)?记者|通讯员|作者|编辑|责编|文[/／|｜]|摄影|摄|实习生)(?:[:：\s].*|$)"
    r"|\s*(?:记者|通讯员)[\u3400-\u9fff]{2,4}(?:[、\s].*)?$"
)
#: The page's tools, which share the line.
_TOOL = re.compile(
    r"(?:来源|发布|查看.*|.*导航|次|大小|大 中 小|小 中 大|默认|放大|缩小|下载.*|独家.*|.*抢先看|播报.*|第\d+页.*"
    r"|人参与|进入论坛|我要.*|分享到?|责任|信息|.*(?:更新|字号|字体|打印|分享|收藏|关闭|评论|阅读|浏览|点击|关注|举报|点赞|投稿))$"
)
_BLANKS = re.compile(r"[\s|｜]+")
_WORD_ENDS = re.compile(r"[\s|｜/／·]+")
_MEDIUM = re.compile(
    r"(?:[报网社台刊号]|新闻|客户端|广播|发布|融媒体?|传媒|在线|频道|杂志|中心|新媒体|工作室|观察|头条|宣传部|融"
    r"|APP|TV|之家)$",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(r"[。，！？、“”\u3014]|第?\d+[号期]$|^第.{1,4}版|^[\d.]+[万亿]?\+?$|^[A-Za-z][+-]?$")
#: More of the tools and counters of an unlabelled line, wherever they stand in the word.
_UNNAMED_TOOL = re.compile(
    r"播报|收听|听新闻|朗读|手机|扫码|二维码|简体|繁[体\u9ad4]|视力|热度|已有|共有|上一[篇条页]|下一[篇条页]|分享|转发|打印|纠错|返回"
    r"|页面|语音|星期|周[一二三四五六日]|窗口|默认|无障碍|适老|下载|我要|朋友圈|空间$|人气|评论|网友|字数|收起|展开|登录|注册|更多"
)
#: 本地要闻, 社会新闻: channels end as media do.
_CHANNEL = re.compile(
    r"(?:本地|本市|社会|国内|国际|时政|综合|民生|热点|最新|即时|滚动|图片|视频|首页)(?:新闻|要闻|资讯|频道)?$"
)
#: Two characters are too few to tell a medium from anything else, but for these.
_SHORT_MEDIA = frozenset(("央视", "央广", "新华", "光明"))
#: 前天, 格林尼治标准时间10:41: a time is no medium, whatever label stands before it.
_TIME = re.compile(r"^[今昨前明][天日晚]|时间|刚刚|\d{1,2}[:：]\d\d|\d(?:秒|分钟|小时|天|月|年)前?$")
_LETTER = re.compile(r"[\u3400-\u9fffA-Za-z]")
#: 发布于 北京, 来自 内蒙古: a place or channel follows, no medium.
_PLACED = frozenset(["发布于", "发表于", "来自", "发布于：", "发布在"])
#: Beginnings of what shares the date's line and is never the beginning of a medium's name.
_NOT_FIRST = ("发布", "发表", "本文", "来自", "微信号", "更新", "分类", "栏目", "责任", "编辑")
#: A medium's name, or several; longer values are sentences.
_LONGEST = 40
UNLABELLED_LONGEST = 20


def clean_source(value: str, portal: str = "") -> str | None:
    """A printed value without brackets, dates, addresses, seats, provinces and names; None if nothing is left.

    portal: text in which the portal names itself (<title>); its name behind another medium's is dropped.

    >>> [clean_source(text) for text in ("[ 人民网 ]", "华夏时报(北京)", "IT之家 山东", "新华社 记者张三")]
    ['人民网', '华夏时报', 'IT之家', '新华社']
    """
    for stamp in reversed(find_dates(value, loose=False)):
        value = f"{value[: stamp.start]} {value[stamp.end :]}"
    value = _URL.sub(" ", value) if not _URL.fullmatch(value.strip()) else value
    value = _BYLINE.sub("", value.strip())
    value = _unwrap(_PROVINCE.sub("", _SEAT.sub("", _PRIVATE.sub("", value).strip(" ，,;；"))))
    words = _BLANKS.split(value)
    while len(words) > 1 and _is_trimming(words[-1], portal):
        words.pop()
    value = value[: value.rfind(words[-1]) + len(words[-1])].strip(" -—|｜/／·•:：,，、。")
    if not value or len(value) > _LONGEST or _TOOL.fullmatch(value) or value.isdigit() or _TIME.search(value):
        return None
    return value


def _is_trimming(word: str, portal: str) -> bool:
    """Whether a last word is no part of the value; the portal's own name: bench 0.985, with it 0.970."""
    if len(word) > 2 and portal.endswith(word):
        return True
    return is_person(word) or _TOOL.fullmatch(word) is not None or word.isdigit()


def _unwrap(text: str) -> str:
    """Without the brackets around it, but with those of `游民星空[整理]`."""
    bare = _WRAPS.sub("", _WRAPS.sub("", text))
    for opening, closing in ("[]", "【】", "（）", "()"):
        if bare.count(opening) > bare.count(closing):
            bare += closing
    return bare


def ends_like_medium(text: str) -> bool:
    """Whether a name ends as media and official accounts do: 日报, 网, 客户端, 发布 …"""
    return bool(_MEDIUM.search(text)) or "/" in text


def medium_in(text: str, *, accounts: bool = False) -> str | None:
    """The medium's or account's name in an unlabelled text (what shares the date's line), None without one.

    accounts: a name that could be a person's is an account's, too.

    >>> medium_in("某某晚报 我要评论(0)")
    '某某晚报'
    >>> medium_in("发布于 北京") is None
    True
    """
    fields = split_labels(text)
    words = _WORD_ENDS.split(_URL.sub(" ", text[: fields[0].start] if fields else text))
    skip = False
    found: list[str] = []
    for word in words:
        name = _unwrap(word.strip(" :：,，-—"))
        placed, skip = skip, name in _PLACED
        if placed or skip or not _can_be_medium(name, accounts=accounts):
            continue
        if found and words[words.index(word) - 1] == "作者" and is_organisation(name):
            # 新浪网 作者 国际在线: the portal, then the account.
            return name
        found.append(name)
    return found[0].removesuffix("官方账号") if found else None


def _can_be_medium(name: str, *, accounts: bool) -> bool:
    if not (2 if accounts else 3) <= len(name) <= UNLABELLED_LONGEST and name not in _SHORT_MEDIA:
        return False
    if name in GENERIC or name.startswith(_NOT_FIRST) or _UNNAMED_TOOL.search(name) or _CHANNEL.match(name):
        return False
    if (
        _TOOL.fullmatch(name)
        or _PLACE.fullmatch(name)
        or _NOT_A_NAME.search(name)
        or _TIME.search(name)
        or not _LETTER.search(name)
    ):
        return False
    return accounts or not is_person(name)
