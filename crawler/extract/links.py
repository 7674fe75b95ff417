"""Which links of a page lead to articles, under which full titles, and which of them stand in side lists.

A link is judged by three kinds of evidence: the shape of its address (urlshape.py), its text (a headline is longer
than a channel's name), and its neighbours (links that stand alike are alike).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from crawler.extract.anchors import Anchor
from crawler.extract.itemdates import printed_dates, unstamped
from crawler.extract.sidelists import side_blocks
from crawler.extract.urlshape import Shape, is_slug
from crawler.items import Link

__all__ = ["article_links", "choose", "full_title", "is_command"]

#: Link texts that are commands, whatever they link to.
_COMMAND = re.compile(
    r"[\[【(（<«\u2039]*(?:更多\S{0,4}|more|查看(?:更多|详[细情]|全[部文])|点击(?:进入|查看|阅读)?|详[细情]|阅读(?:全文|更多|原文)?|全文"
    r"|(?:查看|发表|我要|网友|\d+条?)?评论|\S{0,6}跟贴|分享|收藏|打印|关闭|返回\S{0,4}|登录|注册|下载|进入|首页|上[一]?页|下[一]?页|末页|尾页"
    r"|[\d\s]+|下载附件|回复|举报|订阅|\S{0,4}反馈|(?:关于|联系)\S{1,4}|网站地图|广告\S{0,4}|(?:人才)?招聘\S{0,4}|隐私\S{0,4}|加入收藏"
    r"|设为首页|RSS|\S{0,4}(?:声明|须知|协议|自律公约)|\S{0,10}许可证\S*|\S{0,8}不良信息举报\S*|咨询与建议)[\]】)）>»\u203a.…+\s]*",
    re.IGNORECASE,
)
_LONGEST_COMMAND = 24
#: A headline has this weight (anchors.weight): channel names have two to six,
#: 97 of 100 headlines of the bench's lists eight or more.
_HEADLINE = 8
_SURE_HEADLINE = 10
#: From this length on, a list of headlines is believed even where some addresses look like directories.
_LONG_LIST = 10
_CUT = re.compile(r"(?:…|\.\.+|。。+)$")


@dataclass(slots=True)
class Group:
    """Links that stand alike: same chain of elements and classes."""

    anchors: list[Anchor] = field(default_factory=list)
    articles: int = 0
    likely: int = 0
    headlines: int = 0
    documents: int = 0


def choose(anchors: Sequence[Anchor]) -> list[Anchor]:
    """The links that lead to articles, in page order, several for one address where the page has several."""
    groups: dict[str, Group] = {}
    channels = {a.url for a in anchors if a.url and a.context.nav and a.size < _HEADLINE}
    for anchor in anchors:
        if anchor.url is None:
            continue
        group = groups.setdefault(anchor.context.signature, Group())
        group.anchors.append(anchor)
        group.articles += anchor.shape is Shape.ARTICLE
        group.likely += anchor.shape >= Shape.MAYBE
        group.documents += anchor.shape is Shape.DOCUMENT
        group.headlines += anchor.size >= _HEADLINE
    return [a for a in anchors if a.url is not None and _is_article(a, groups[a.context.signature], channels)]


def is_command(anchor: Anchor) -> bool:
    """True for links that lead nowhere by themselves: 更多, 详细, 下一页, page numbers, 关于我们."""
    return 0 < len(anchor.text) <= _LONGEST_COMMAND and _COMMAND.fullmatch(anchor.text) is not None


def _is_article(anchor: Anchor, group: Group, channels: set[str]) -> bool:
    context, shape = anchor.context, anchor.shape
    if shape is Shape.NEVER or is_command(anchor):
        return False
    size = anchor.size
    if context.furniture and size < 2 * _HEADLINE:
        return False
    if context.nav and not context.item and size < _HEADLINE:
        return False
    total = len(group.anchors)
    if shape is Shape.ARTICLE:
        # A short text is a headline where its neighbours are; alone it is the name of a column (专题, 高清解盘).
        many = group.articles > 1 and 2 * group.articles >= total
        return size >= _HEADLINE or anchor.image or 2 * group.headlines >= total or (many and not context.nav)
    if shape is Shape.MAYBE:
        return size >= _HEADLINE and (2 * group.headlines >= total or group.articles > 0)
    if shape is Shape.DOCUMENT:
        return size >= _HEADLINE and 5 * group.documents >= 4 * total
    if shape is Shape.UNKNOWN and anchor.parts is not None and not anchor.parts.query:
        return size >= _SURE_HEADLINE and 2 * group.headlines >= total and not context.nav
    if shape is Shape.SECTION and anchor.parts is not None and is_slug(anchor.parts):
        full = total >= _LONG_LIST and 5 * group.headlines >= 4 * total and 3 * group.likely >= total
        return size >= _SURE_HEADLINE and full and anchor.url not in channels
    # Whatever its address, a headline among many that lead to articles leads to one too.
    uniform = total >= _LONG_LIST and 10 * min(group.headlines, group.likely) >= 9 * total
    return uniform and size >= _SURE_HEADLINE and anchor.url not in channels


def article_links(chosen: list[Anchor], now: dt.datetime) -> list[Link]:
    """One Link an address: the fullest title, the item's printed date, and whether all its places are side lists."""
    dates = printed_dates(chosen, now)
    sides = side_blocks(chosen)
    links: dict[str, Link] = {}
    for anchor in chosen:
        if anchor.url is None:
            continue
        title = full_title(anchor)
        link = links.get(anchor.url)
        if link is None:
            links[anchor.url] = Link(anchor.url, title, dates.get(anchor.url), anchor.context.signature in sides)
            continue
        link.side = link.side and anchor.context.signature in sides
        if _better(title, link.title):
            link.title = title
    return list(links.values())


def full_title(anchor: Anchor) -> str:
    """The link's headline: @title where the text is cut off or missing, else the text (DOMAIN.md §4.1)."""
    text, tooltip = unstamped(anchor.headline), anchor.tooltip
    stump = _CUT.sub("", text).replace(" ", "")
    if tooltip and (not text or stump == "" or stump[:6] in tooltip.replace(" ", "")):
        return tooltip if len(tooltip) >= len(stump) else text
    if tooltip and tooltip in anchor.text:
        return tooltip
    return text


def _better(new: str, old: str) -> bool:
    if not old or (_CUT.search(old) and not _CUT.search(new)):
        return bool(new)
    return False
