"""The portal's channels: links of its navigation, with their labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from crawler.extract.anchors import Anchor, Surroundings, squeeze, weight
from crawler.extract.urlshape import Shape, site_of
from crawler.items import Link
from crawler.urls import host_of

__all__ = ["find_sections"]

#: Links of every portal's head and foot that are no channels: services named anywhere in the label …
_SERVICE = re.compile(
    r"登[录陆]|注册|客户端|APP|下载|手机版|移动版|移动端|公众号|抖音|数字报|电子报|邮箱|投稿|举报|版权|免责|隐私|收藏|设为|繁[体體]|無障礙|无障碍"
    r"|English|RSS|订阅|退出|ICP|公网安备|许可证|加载|友情链接|法律顾问|充值",
    re.IGNORECASE,
)
#: … and pages about the portal itself, or commands, where they are the whole label.
_ABOUT = re.compile(
    r"(?:关于|联系)\S{0,4}|微信|微博|投诉|广告\S{0,4}|招聘\S{0,4}|诚聘英才|帮助(?:中心)?|反馈|\S{0,4}地图|搜索|返回\S*|[上下]一\S*|会员\S*|客服|声明|合作\S{0,4}|旧版|老版"
    r"|[\d\s|.…\[\]<>«»]*|第?\d+页|[上下首末尾前后]页|首頁"
)
_MORE = re.compile(r"[\[【(（<«]*(?:更多|more)\S{0,4}", re.IGNORECASE)
#: A channel's name: 97 of 100 labels of the bench's sections are this long or shorter.
_LABEL = 12
#: Beyond this many characters no text is a label, and none is looked at.
_LONGEST = 40
#: A picture without text that leads to a numbered file is a pager's arrow.
_NUMBER = re.compile(r"\d+\.\w+$")
#: Names of a block's head and of tabs, looked for in the end of the chain of elements.
_HEAD = re.compile(r"tab[-_]?(?:nav|hd|menu)|tit|hd\b|head|more|name|/h[1-5]|/dt|sub|current|select")
_TAIL = 60
#: So many links that stand alike make a row.
_ROW = 3
_HEADING = frozenset(("h1", "h2", "h3", "h4", "h5", "strong", "b", "span", "em", "dt", "div", "p"))


def find_sections(page: Surroundings, articles: Collection[str]) -> list[Link]:
    """Channel links in page order, each address once: short labels, the portal's own hosts, section-like addresses.

    Addresses without a telling shape count only where they stand in a row of such links.  A page saved under the
    address of another host (a cache, a moved domain) takes the site of most of its navigation for its own.
    """
    site = site_of(host_of(page.url))
    candidates = [anchor for anchor in page.anchors if _may_be(anchor, articles)]
    sites = Counter(_site(anchor) for anchor in candidates if anchor.context.nav)
    if site not in sites and sites:
        site = sites.most_common(1)[0][0]
    candidates = [anchor for anchor in candidates if _site(anchor) == site]
    rows = Counter(anchor.context.signature for anchor in candidates)
    start = next((number for number, anchor in enumerate(page.anchors) if anchor.url in articles), len(page.anchors))
    before = {id(anchor) for anchor in page.anchors[:start]}
    found: dict[str, Link] = {}
    for anchor in candidates:
        if anchor.url is None or not _stands_right(anchor, rows, above=id(anchor) in before):
            continue
        link = found.setdefault(anchor.url, Link(anchor.url, ""))
        link.title = link.title or _label(anchor)
    return list(found.values())


def _stands_right(anchor: Anchor, rows: Counter[str], *, above: bool) -> bool:
    """In the navigation, above the first story, at a block's head; else an item's link is a tag or a service."""
    if anchor.context.nav:
        return True
    if anchor.context.item and not above and not _HEAD.search(anchor.context.signature[-_TAIL:]):
        return False
    return anchor.shape is Shape.SECTION or rows[anchor.context.signature] >= _ROW


def _site(anchor: Anchor) -> str:
    return site_of(anchor.parts.hostname or "") if anchor.parts else ""


def _label(anchor: Anchor) -> str:
    text = anchor.text or anchor.tooltip
    return _heading_before(anchor) if _MORE.fullmatch(text) else text.strip(" |·>»\u203a<《》[]【】")


def _heading_before(anchor: Anchor) -> str:
    """Name of the block whose 更多 this is: the text that stands before the link in its row."""
    node = anchor.element
    for _ in range(2):
        previous = node.getprevious()
        while previous is not None:
            text = squeeze("".join(previous.itertext())) if previous.tag in _HEADING else ""
            if text:
                return text if weight(text) <= _LABEL else ""
            previous = previous.getprevious()
        parent = node.getparent()
        if parent is None:
            break
        node = parent
    return ""


def _may_be(anchor: Anchor, articles: Collection[str]) -> bool:
    if anchor.url is None or anchor.parts is None or anchor.shape < Shape.SECTION or anchor.url in articles:
        return False
    if anchor.context.furniture or (anchor.shape is Shape.ARTICLE and not anchor.context.nav):
        return False
    text = anchor.text or anchor.tooltip
    if len(text) > _LONGEST:
        return False
    if not text:
        return (
            anchor.image and anchor.context.nav and anchor.shape is not Shape.ARTICLE and not _NUMBER.search(anchor.url)
        )
    if _MORE.fullmatch(text):
        return anchor.shape is Shape.SECTION
    label = _label(anchor)
    return 0 < weight(label) <= _LABEL and not _SERVICE.search(label) and not _ABOUT.fullmatch(label)
