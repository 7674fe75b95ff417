"""Tell side lists (热门新闻, 点击排行, 今日推荐) from a page's own list, by the heading over them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from crawler.extract.anchors import Anchor, squeeze

__all__ = ["side_blocks"]

#: Headings of side lists (DOMAIN.md §3, boilerplate vocabulary); 最新发布 is left out, many lists are called so.
_HEADING = re.compile(
    r"热[点门搜榜评读文]|排行|推荐|猜你喜欢|点击|阅读榜|最新阅读|关注榜|精选|相关(?:阅读|新闻|文章)|延伸阅读|大家都在看|HOT",
    re.IGNORECASE,
)
_LONGEST_HEADING = 14
_HEIGHT = 5
_HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "div", "p", "dt", "span", "strong", "b", "td", "tr", "ul"))


def side_blocks(chosen: Sequence[Anchor]) -> set[str]:
    """Signatures of the blocks that are side lists; never the largest block of the page."""
    sizes: dict[str, int] = {}
    first: dict[str, Anchor] = {}
    for anchor in chosen:
        signature = anchor.context.signature
        sizes[signature] = sizes.get(signature, 0) + anchor.size
        first.setdefault(signature, anchor)
    largest = max(sizes.values(), default=0)
    return {
        signature
        for signature, anchor in first.items()
        if sizes[signature] < largest and (anchor.context.side or _is_headed(anchor.element))
    }


def _is_headed(element: etree._Element) -> bool:
    """True if the nearest heading before the block is one of a side list."""
    node = element
    for _ in range(_HEIGHT):
        previous = node.getprevious()
        if previous is not None and previous.tag in _HEADING_TAGS:
            text = squeeze("".join(previous.itertext()))
            if 0 < len(text) <= _LONGEST_HEADING:
                return _HEADING.search(text) is not None
        parent = node.getparent()
        if parent is None:
            return False
        node = parent
    return False
