"""Labels of the byline line: 来源：, 作者：, 责任编辑： …, and what stands after them.

Date, source, reporters and editors usually share one line, in any order, with or without blanks, colons of either
width, bars or slashes between them (DOMAIN.md §3).  A label's value ends where the next label or a page tool begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

__all__ = ["Field", "Role", "split_labels"]

Role = Literal["source", "reporters", "correspondents", "photographers", "editors", "keywords", "date", "other"]


@dataclass(frozen=True, slots=True)
class Field:
    """A label and its value: role, the label and the value as printed, and where label and value stand in the line."""

    role: Role
    label: str
    value: str
    start: int
    end: int


_HAN = "\u4e00-\u9fff"
_B = r"[\s\u3000]*"


def _spaced(words: str) -> str:
    """Alternatives in which blanks may pad the characters (`编　辑：`)."""
    return "|".join(_B.join(word) for word in words.split())


#: Role → its labels.  Longer ones come first; `other` holds the roles that are no field of ours and the page's tools.
_LABELS: dict[Role, str] = {
    "other": (
        r"(?:值班)?总"
        + _B
        + r"编(?:辑|室)?|(?:值班|执行)?"
        + _B
        + r"(?:副?主编|编委|主任)|"
        + _spaced(
            "校对 审核 审读 审签 审校 复审 初审 终审 二审 三审 监制 监审 统筹 策划 出品 排版 制图 设计 视觉 后期 剪辑 配音 播音 主播 制作 翻译 编译 导演 出品人"
        )
        + r"|(?:责任|执行|本期)"
        + _B
        + r"(?:校对|审核|制作)|美"
        + _B
        + "编|美术编辑|图片编辑|视频编辑|微信编辑|编辑部|"
        + "(?:浏"
        + _B
        + "览|点"
        + _B
        + "击|阅读|访问|评论|参与|人气|播放)"
        + _B
        + r"(?:次数|量|数|率|人数)?|热度|"
        + _spaced(
            "字号 字体 分享到 分享 收藏 打印 关闭 栏目 频道 分类 编号 电话 邮箱 责任单位 文号 索引号 主题分类 发文字号 成文日期 有效性 标题 摘要 热线 导读 提示 地址 出版社 连载 版权 微信号 功能介绍 所属分类 相关专题 查看 版次 版面 专题 话题"
        )
        + r"|原(?:标|文标)题|原题为?|原文(?:链接|地址)?|本文(?:链接|地址)|网址|作者单位|推荐阅读|扫码"
    ),
    "source": (
        r"(?:信息|文章|稿件|新闻|本文|资料|图文|内容|消息|原文|媒体|转载|文|图片?|视频)?"
        + _B
        + "来"
        + _B
        + "源(?:于|自|单位|网站|媒体)?"
        r"|稿"
        + _B
        + r"件?"
        + _B
        + r"源|出"
        + _B
        + "处|转"
        + _B
        + r"载?"
        + _B
        + "自|摘"
        + _B
        + "自|来"
        + _B
        + r"自|供稿(?:单位)?|发布(?:机构|单位)|发布者|文章转载自|原载(?:于)?|信源"
    ),
    "editors": (
        r"(?:责任|网络|网站|本期|实习|见习|值班|执行|新媒体|首席|文字|本文|本版|助理|["
        + _HAN
        + r"]{0,6}网)?"
        + _B
        + "编"
        + _B
        + r"辑(?:员|人)?|责"
        + _B
        + "任"
        + _B
        + "编"
        + _B
        + "辑|责"
        + _B
        + r"编|网"
        + _B
        + "编|选"
        + _B
        + "稿|编"
        + _B
        + "稿|小"
        + _B
        + "编|Editor"
    ),
    "correspondents": r"(?:特约|本报)?" + _B + "通" + _B + "讯" + _B + "员",
    "photographers": _spaced("摄影报道 摄影记者 图片摄影 摄影 图片 供图 拍摄 摄像") + r"|[图摄]",
    "reporters": (
        r"(?:原创|本文|文章|稿件)?"
        + _B
        + "(?:第一)?作"
        + _B
        + r"者|撰"
        + _B
        + "文|撰"
        + _B
        + r"稿(?:人)?|供稿人|文字(?:记者)?|采"
        + _B
        + r"写|采访(?:记者)?|撰写|执笔人?|整理|报道|文案|编写|署名"
        r"|(?:本报|本网|本刊|见习|实习|特约|首席|特派|全媒体|融媒体?|文字|["
        + _HAN
        + r"·]{0,14})?"
        + _B
        + "记"
        + _B
        + r"者|实习生|文|Author|By|投稿"
    ),
    "keywords": _spaced("关键词 关键字 标签") + r"|Tags?|热词|相关热词(?:搜索)?",
    "date": (
        r"(?:发布|更新|发稿|发表|发文|最后更新|修改|编辑|刊发|上传|录入|添加|来稿|新闻|文章)"
        + _B
        + r"(?:时"
        + _B
        + "间|日"
        + _B
        + r"期|于)|时"
        + _B
        + "间|日"
        + _B
        + r"期|最后更新|更新|发布"
    ),
}
#: One-character labels must not be the tail of a word (本文：, 图文：).
_LABEL = re.compile(
    r"(?:"
    + "|".join(f"(?P<{role}>{words})" for role, words in _LABELS.items())
    + r")(?:"
    + _B
    + r"(?:>>|[:：︰∶﹕])|"
    + _B
    + r"[|｜丨/／]"
    + _B
    + r"(?=["
    + _HAN
    + r"A-Za-z《]))",
    re.IGNORECASE,
)
#: Words without a colon that end a value: tools of the page.
_TOOL = re.compile(
    r"\s*(?:我要评论|我来说两句|参与评论|网友评论|发表评论|查看评论|评论\s*[(（\d]|\d*人?参与|字号|字体|【字|\[字|打印|关闭窗口|关闭|分享|收藏|举报|投诉|纠错|订阅|\+?关注|扫一扫|扫码"
    r"|大\s?中\s?小|A-|A\+|放大|缩小|小字号|视力保护|语音播报|朗读|播报|手机看|复制|浏览|点击|阅读[\d:： ]|查看原图|进入论坛|微博|微信|QQ|我有话说|转发|字数|编辑[:：]|手机版|【|更多>>|>>|原文链接|阅读原文)"
)
#: A line longer than this is prose; labels are looked for in its first and last parts only (bylines are short).
_LONGEST = 400


def split_labels(line: str) -> list[Field]:
    """The labelled values of a line in order.

    >>> [(f.role, f.value) for f in split_labels("2022-11-13 22:24 来源：苏州日报 作者：赵焱 责任编辑：李 明")]
    [('source', '苏州日报'), ('reporters', '赵焱'), ('editors', '李 明')]
    """
    line = line[:_LONGEST]
    found = [match for match in _LABEL.finditer(line) if _stands_alone(match, line)]
    fields = []
    for number, match in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(line)
        value = line[match.end() : end]
        if tool := _TOOL.search(value):
            value = value[: tool.start()]
        value = value[: _closing(value)]
        role = cast("Role", match.lastgroup)
        fields.append(Field(role, match[0], value.strip(), match.start(), match.end() + len(value)))
    return fields


def _closing(value: str) -> int:
    """Where a bracket closes that was opened before the label: `（编辑：小何）返回` names 小何 only."""
    depth = 0
    for place, char in enumerate(value):
        if char in "（(【[":
            depth += 1
        elif char in "）)】]":
            depth -= 1
            if depth < 0:
                return place
    return len(value)


def _stands_alone(match: re.Match[str], line: str) -> bool:
    word = match[match.lastgroup or 0]
    before = line[match.start() - 1 : match.start()]
    return not (len(word) == 1 and before and "\u4e00" <= before <= "\u9fff")
