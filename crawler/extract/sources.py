"""来源: the medium a story is from, as printed, without its label.

Order (how portals print it: DOMAIN.md §1, §3): a labelled value beside the headline, a labelled value at the end of
the text, an unlabelled medium beside the date (`苏州日报 2022-11-13 22:24`).  A word that names no medium (转载, 网络) and a
portal's own unlabelled name give way to a medium labelled at the end.
"""

from __future__ import annotations

import re
from collections.abc import Container

from crawler.extract.dates import find_dates
from crawler.extract.labels import split_labels
from crawler.extract.lines import Line
from crawler.extract.names import is_person
from crawler.extract.publication import Publication
from crawler.extract.zones import Zones
from crawler.items import Evidence

__all__ = ["clean_source", "find_source"]

#: Words that stand where a medium should and name none.
GENERIC = frozenset(
    "转载 网络 综合 互联网 转载文章 网络综合 网络整理 未知 本站 本站原创 原创 其他 其它 不详 佚名 整理 综合整理 网上 来源网络 网络转载 转帖 转贴 admin 本网 综合报道 网友 作者".split()
)
_WRAPS = re.compile(r"^[\s\[【（(「『|｜:：]+|[\s\]】）)」』|｜,，;；]+$")
#: 华夏时报(北京): the medium's seat, added by an aggregator.
_SEAT = re.compile(r"\s*[（(][\u4e00-\u9fff]{2,4}[）)]$")
#: The reader's province that platforms must print since 2022 (IP 属地) stands behind the account's name.
_PROVINCE = re.compile(
    r"\s+(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|台湾)$"
)
#: Icon fonts and broken GBK.
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_URL = re.compile(r"https?://\S+|(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|cn|net|org|gov)(?:\.cn)?\b\S*", re.IGNORECASE)
_BYLINE = re.compile(r"\s*(?:记者|通讯员|作者|编辑|责编|文[/／|｜]|摄影|摄|实习生|见习记者)(?:[:：\s].*|$)")
_COPY_TOOL = re.compile(
    r"(?:来源|发布|次|大小|大 中 小|小 中 大|默认|放大|缩小|下载.*|独家.*|.*抢先看|播报.*|第\d+页.*|人参与|进入论坛|我要.*|分享到?|责任|.*(?:更新|字号|字体|打印|分享|收藏|关闭|评论|阅读|浏览|点击|关注|举报|点赞|投稿))$"
)
_WORDS = re.compile(r"[\s\u3000|｜]+")
_MEDIUM = re.compile(
    r"(?:[报网社台刊]|日报|晚报|时报|早报|商报|晨报|新闻|客户端|电视台|广播|发布|融媒体?|传媒|在线|频道|杂志|周刊|中心|新媒体|工作室|观察|头条|日报社|宣传部|融|APP|TV|之家|号)$"
)
#: A medium's name, or several; longer values are sentences.
_LONGEST = 40
_UNLABELLED_LONGEST = 20
_LONGEST_LINE = 80
_PROSE = re.compile(r"[。，！？、“”〔]|第?\d+[号期]$")
#: 发布于 AI 新闻资讯 (a channel), 来自内蒙古 (the account's province), 微信号: never the beginning of a medium's name.
_NOT_FIRST = ("发布", "发表", "本文", "来自", "微信号", "更新", "分类", "栏目", "作者", "责任", "编辑")
#: Lines around the date in which an unlabelled medium may stand.
_BESIDE = 2


def clean_source(value: str, portal: str = "") -> str | None:
    """A printed value without brackets, dates, addresses, seats, provinces and names; None if nothing is left.

    portal: text in which the portal names itself (<title>); its name behind another medium's is dropped.

    >>> [clean_source(text) for text in ("[ 人民网 ]", "华夏时报(北京)", "IT之家 山东", "新华社 记者张三", "《理财周刊》")]
    ['人民网', '华夏时报', 'IT之家', '新华社', '《理财周刊》']
    """
    for stamp in reversed(find_dates(value, loose=False)):
        value = f"{value[: stamp.start]} {value[stamp.end :]}"
    value = _URL.sub(" ", value) if not _URL.fullmatch(value.strip()) else value
    value = _BYLINE.sub("", value.strip())
    value = _PROVINCE.sub("", _SEAT.sub("", _PRIVATE.sub("", value).strip(" ，,;；")))
    value = _WRAPS.sub("", _WRAPS.sub("", value)) + ("]" if "[" in value.strip(" [") and value.endswith("]") else "")
    words = _WORDS.split(value)
    while len(words) > 1 and (
        is_person(words[-1])
        or _COPY_TOOL.fullmatch(words[-1])
        or words[-1].isdigit()
        or (len(words[-1]) > 2 and portal.endswith(words[-1]))
    ):
        words.pop()
    value = value[: value.rfind(words[-1]) + len(words[-1])] if words else ""
    value = value.strip(" \t\u3000-—|｜/／·•:：,，、。")
    if not value or len(value) > _LONGEST or _COPY_TOOL.fullmatch(value) or value.isdigit():
        return None
    return value


def find_source(
    zones: Zones, published: Publication, portal_names: str, persons: Container[str] = ()
) -> tuple[str | None, Evidence | None]:
    """The source and its evidence; (None, None) where none is printed.  portal_names: where the portal names itself; persons: reporters, who are no medium."""
    head = _labelled([*zones.head, *zones.opening[:2]], portal_names)
    if head and head[0] not in GENERIC:
        return head[0], Evidence("label beside the headline", 0.95, head[1])
    tail = _labelled([*reversed(zones.closing), *zones.tail], portal_names)
    beside = _unlabelled(zones, published) if not head else None
    if beside and beside[0] in persons:
        beside = None
    if tail and tail[0] not in GENERIC and (head or beside is None or beside[0] in portal_names):
        return tail[0], Evidence("label at the end", 0.85, tail[1])
    if head:
        return head[0], Evidence("label beside the headline, no medium", 0.6, head[1])
    if beside:
        return beside[0], Evidence("beside the date", 0.7, beside[1])
    if (not tail or tail[0] in GENERIC) and (account := _account(zones, published)):
        return account[0], Evidence("account under the headline", 0.5, account[1])
    if tail:
        return tail[0], Evidence("label at the end, no medium", 0.5, tail[1])
    return None, None


def _labelled(lines: list[Line], portal: str) -> tuple[str, str] | None:
    """The first labelled source; a word that names no medium only where no other line has a medium."""
    generic = None
    for line in lines:
        if (
            "源" not in line.text
            and "自" not in line.text
            and "出" not in line.text
            and "供稿" not in line.text
            and "发布" not in line.text
            and "原载" not in line.text
        ):
            continue
        for printed in _source_values(line.text):
            value = clean_source(printed, portal)
            if value and is_person(value):
                continue
            if value and value not in GENERIC:
                return value, line.text
            generic = generic or (value and (value, line.text)) or None
    return generic


#: 转自《北京科技报》, 本文来源于北京商报: a label without a colon, on a short line that begins with it.
_BARE_LABEL = re.compile(
    r"^[（(\[【\s]*(?:本文|文章|信息|稿件)?(?:来源于|来源|转自|转载自|摘自|稿源|出处|原载)[\s:：]*(?P<value>\S.{1,24}?)[）)\]】\s]*$"
)
_LONGEST_LABELLED = 300


def _source_values(text: str) -> list[str]:
    if len(text) > _LONGEST_LABELLED:
        return []
    values = [item.value for item in split_labels(text) if item.role == "source"]
    bare = None if values else _BARE_LABEL.match(text)
    if (
        bare
        and (_MEDIUM.search(clean_source(bare["value"]) or "") or "》" in bare["value"])
        and not _PROSE.search(text)
    ):
        return [bare["value"]]
    return values


def _unlabelled(zones: Zones, published: Publication) -> tuple[str, str] | None:
    """A medium on the date's own line, else on the line before or after it."""
    if published.line is None or published.stamp is None:
        return None
    around = {line.index: line for line in zones.head}
    line = around.get(published.line)
    if line is None:
        return None
    if len(line.text) > _LONGEST_LINE:
        return None
    rest = f"{line.text[: published.stamp.start]} {line.text[published.stamp.end :]}"
    if value := _medium(rest, line):
        return value, line.text
    if account := _account(zones, published, sure=True):
        return account
    for index in (published.line - 1, published.line + 1, published.line - 2):
        other = around.get(index)
        if other is not None and index > zones.anchor and len(other.text) <= _UNLABELLED_LONGEST:
            value = _medium(other.text, other)
            if value and (_MEDIUM.search(value) or "/" in other.text):
                return value, other.text
    return None


_ACCOUNT_BOX = re.compile(r"source|laiyuan|author|nick_?name|account|media|origin|publisher")
_FOLLOW = frozenset("关注 +关注 ＋关注 已关注 加关注 订阅".split())


def _account(zones: Zones, published: Publication, *, sure: bool = False) -> tuple[str, str] | None:
    """An account or medium under the headline, on a line of its own: in a box that says so, or beside 关注, or first of all."""
    under = [line for line in zones.head if 0 < line.index - zones.anchor <= 6]
    for place, line in enumerate(under):
        if (
            line.heading == 1
            or not 2 <= len(line.text) <= 16
            or (value := _medium(line.text, line)) != line.text
            or value in _FOLLOW
        ):
            continue
        after = under[place + 1].text if place + 1 < len(under) else ""
        dated = published.line is not None and 0 < published.line - line.index <= 4
        if _ACCOUNT_BOX.search(line.box.names()) or after in _FOLLOW or (place == 0 and dated and not sure):
            return value, line.text
    return None


def _medium(text: str, line: Line) -> str | None:
    """What is left of a date's line when labels and tools are gone, if it can be a medium's or account's name."""
    fields = split_labels(text)
    if fields:
        text = text[: fields[0].start]
    text = _URL.sub(" ", text)
    for word in re.split(r"[\s\u3000|｜/／·]{1,}", text):
        word = word.strip(" \t[]【】()（）:：,，-—")
        if not 2 <= len(word) <= _UNLABELLED_LONGEST or word.isdigit() or _COPY_TOOL.fullmatch(word) or is_person(word):
            continue
        if _PROSE.search(word) or word.startswith(_NOT_FIRST) or not re.search(r"[\u4e00-\u9fffA-Za-z]", word):
            continue
        return word
    return None
