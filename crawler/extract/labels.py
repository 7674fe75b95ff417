"""Labels of the byline line: 来源：, 作者：, 责任编辑： …, and what stands after them.

Date, source, reporters and editors usually share one line, in any order, with or without blanks, colons of either
width, bars or slashes between them (DOMAIN.md §3).  A label's value ends where the next label or a page tool begins.

Labels are found from their separator backwards, in a table of words: one look at a line, whatever its length, and no
regular expression that grows with every label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

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


#: Role → its labels (DOMAIN.md §3).  Words before them (本文来源, 值班编辑, 央视记者) need no entry: the longest known
#: ending counts.  `other` holds the roles that are no field of ours (校对, 审核 …), and the page's tools and tables.
_WORDS: dict[Role, str] = {
    "source": (
        "来源 信息来源 文章来源 稿件来源 新闻来源 本文来源 内容来源 资料来源 原文来源 来源于 来源自 来源单位"
        " 来源网站 来源媒体 稿源 稿件来源 出处 转自 转载自 摘自 来自 供稿 供稿单位 原载 原载于 信源 转载"
    ),
    "reporters": (
        "作者 第一作者 记者 撰文 撰稿 撰稿人 供稿人 文字 采写 采访 撰写 执笔 执笔人 整理 报道 文案 编写 署名 实习生"
        " 文 图文 文图 author by"
    ),
    "correspondents": "通讯员",
    "photographers": "摄影 摄影报道 摄影记者 供图 拍摄 摄像 图 摄 图片",
    "editors": "编辑 编辑员 编辑人 责任编辑 责编 网编 选稿 编稿 小编 editor",
    "keywords": "关键词 关键字 标签 tag tags 热词 相关热词搜索 相关热词",
    "date": (
        "时间 日期 发布时间 发布日期 发布于 更新时间 更新日期 更新于 最后更新 更新 发稿时间 发表时间 发表于"
        " 发文时间 刊发时间 修改时间 编辑时间 上传时间 录入时间 添加时间 来稿时间"
    ),
    "other": (
        "总编 总编辑 总编室 主编 副主编 编委 值班主任 美编 美术编辑 图片编辑 视频编辑 编辑部 编审 编译 校对"
        " 责任校对 责校 审核 审读 审签 审校 复审 初审 终审 一审 二审 三审 一校 二校 三校 复核 签发 核稿"
        " 监制 监审 统筹 策划 出品 出品人 排版 制图 设计 视觉 后期 剪辑 配音 播音 主播 制作 翻译 导演 主持 主持人"
        " 责任制作"
        " 浏览 浏览量 浏览次数 浏览数 点击 点击量 点击率 点击数 点击次数 阅读 阅读量 阅读数 阅读次数 访问 访问量"
        " 访问次数 评论 评论数 参与人数 人气 播放量 热度 字号 字体 字数 分享到 分享至 分享 收藏 打印 关闭"
        " 栏目 频道 分类 所属分类 所属栏目 信息分类 主题分类 编号 索引号 文号 发文字号 发文机关 发布机构 发布单位"
        " 发布者 发布人 责任单位 成文日期 有效性 公开方式 公开形式 信息索引"
        " 电话 热线 邮箱 地址 网址 链接 本文链接 本文地址 原文 原文链接 标题 原标题 原题 原题为 摘要 导读 核心提示"
        " 提示 版权 版权声明 声明 出版社 连载 微信号 功能介绍 查看 版次 版面 专题 话题 作者单位 推荐阅读 扫码 发布"
        " 图源 图片来源 视频来源 数据来源 中文 英文 全文 译文 本文 语音 视频 状态"
    ),
}
_ROLE_OF: dict[str, Role] = {word: role for role, words in _WORDS.items() for word in words.split()}
_LONGEST_WORD = max(map(len, _ROLE_OF))
#: A bar or slash serves as a colon for persons and sources only (编辑|张三, 文/李四); elsewhere it divides channels.
_BARRED: frozenset[Role] = frozenset({"source", "reporters", "correspondents", "photographers", "editors"})
_SEPARATOR = re.compile(
    r"[:：\ufe30\u2236\ufe55]|>>|[|｜丨︱│/／](?=\s?[\u3400-\u9fffA-Za-z《])(?!\s?[文图](?:\s|[:：/／]|$))"
)
#: 文/图：王小五 is one label.
_TEXT_AND_PICTURE = frozenset(("文/图", "图/文", "文／图", "图／文"))
_COLONS = frozenset(":：\ufe30\u2236\ufe55>")
#: Words without a colon that end a value: tools of the page.
_TOOL = re.compile(
    r"\s*(?:我要评论|我来说两句|参与评论|网友评论|发表评论|查看评论|评论\s*[(（\d]|\d*人?参与|字号|字体|【字|\[字"
    r"|打印|关闭窗口|关闭|分享|收藏|举报|投诉|纠错|订阅|\+?关注|扫一扫|扫码"
    r"|大\s?中\s?小|A-|A\+|放大|缩小|小字号|视力保护|语音播报|朗读|播报|手机看|复制|浏览|点击|阅读[\d:： ]|查看原图"
    r"|进入论坛|我有话说|转发|字数|手机版|【|更多>>|>>|原文链接|阅读原文)"
)
#: A line longer than this is prose; bylines are shorter.
_LONGEST = 400


def split_labels(line: str) -> tuple[Field, ...]:
    """The labelled values of a line in order.

    >>> [(f.role, f.value) for f in split_labels("2022-11-13 22:24 来源：苏州日报 作者：赵焱 责任编辑：李 明")]
    [('source', '苏州日报'), ('reporters', '赵焱'), ('editors', '李 明')]
    """
    return _split(line[:_LONGEST])


#: Credits, sources and zones ask for the same lines; a page has fewer than so many of them.
@lru_cache(maxsize=128)
def _split(line: str) -> tuple[Field, ...]:
    found: list[tuple[Role, int, int]] = []
    floor, barred = 0, False
    for match in _SEPARATOR.finditer(line):
        label = _label_before(line, floor, match.start())
        colon = match[0][0] in _COLONS
        # 编辑 | 张芳 审核 | 赵丽: where one role is set with a bar, the others are, too.
        if label and (colon or label[0] in _BARRED or (barred and label[0] == "other")):
            barred = not colon
            found.append((*label, match.end()))
            floor = match.end()
    fields = []
    for number, (role, start, stop) in enumerate(found):
        end = found[number + 1][1] if number + 1 < len(found) else len(line)
        value = line[stop:end]
        if tool := _TOOL.search(value):
            value = value[: tool.start()]
        value = value[: _closing(value)]
        fields.append(Field(role, line[start:stop], value.strip(), start, stop + len(value)))
    return tuple(fields)


def _label_before(line: str, floor: int, end: int) -> tuple[Role, int] | None:
    """The longest known label that ends at a separator, blanks within it ignored: (role, where it starts)."""
    if line[end - 1 : end].isdigit():
        # No label ends so; most colons stand in times.
        return None
    starts: list[int] = []
    place = end
    while place > floor and len(starts) < _LONGEST_WORD and end - place < 3 * _LONGEST_WORD:
        place -= 1
        char = line[place]
        if char.isalnum():
            starts.append(place)
        elif not char.isspace() and line[place - 1 : place + 2] not in _TEXT_AND_PICTURE:
            break
    word = "".join(line[at] for at in reversed(starts)).lower()
    for length in range(len(word), 0, -1):
        role = _ROLE_OF.get(word[-length:])
        if role is not None:
            # One-character labels must not be the tail of a word (文 in 图文), two Latin letters not of a name.
            whole = length == len(word) or line[starts[length - 1] - 1].isspace()
            return (role, starts[length - 1]) if whole or (length > 1 and not word[-length:].isascii()) else None
    return None


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
