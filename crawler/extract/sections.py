"""The portal's channels: links of its navigation, with their labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from crawler.extract.anchors import Anchor, Surroundings
from crawler.extract.urlshape import Shape, site_of
from crawler.items import Link
from crawler.urls import host_of

__all__ = ["find_sections"]

#: Links of every portal's head and foot that are no channels.
_NOT_A_CHANNEL = re.compile(
    r"登[录陆]|注册|关于|联系|客户端|APP|下载|手机版|移动版|微信|微博|公众号|抖音|数字报|电子报|邮箱|投稿|投诉|举报|广告|招聘|版权|免责|隐私|帮助|反馈"
    r"|网站地图|收藏|设为|搜索|繁[体體]|無障礙|无障碍|English|RSS|订阅|更多|more|返回|上一|下一|末页|尾页|会员|退出|ICP|公网安备|许可证|加载"
    r"|客服|友情链接|律师|声明|合作|旧版|老版|>>",
    re.IGNORECASE,
)
_LABEL = 10
_PAGER = re.compile(r"[\d\s<>«»‹›|.…\[\]]*|第?\d+页|[上下首末尾前后]页|首頁")


def find_sections(page: Surroundings, articles: Collection[str]) -> list[Link]:
    """Channel links in page order, each address once: short labels, the portal's own hosts, section-like addresses.

    Addresses without a telling shape count only where they stand in a row of such links.
    """
    site = site_of(host_of(page.url))
    rows = Counter(a.context.signature for a in page.anchors if _may_be(a, site, articles))
    found: dict[str, Link] = {}
    for anchor in page.anchors:
        if anchor.url is None or not _may_be(anchor, site, articles):
            continue
        if anchor.shape is not Shape.SECTION and not anchor.context.nav and rows[anchor.context.signature] < 3:
            continue
        link = found.setdefault(anchor.url, Link(anchor.url, ""))
        link.title = link.title or _label(anchor)
    return list(found.values())


def _label(anchor: Anchor) -> str:
    return (anchor.text or anchor.tooltip).strip(" |·>»›<《》[]【】")


def _may_be(anchor: Anchor, site: str, articles: Collection[str]) -> bool:
    if anchor.url is None or anchor.parts is None or anchor.shape is Shape.NEVER or anchor.url in articles:
        return False
    if anchor.shape is Shape.ARTICLE and not anchor.context.nav:
        return False
    if anchor.context.furniture or site_of(anchor.parts.hostname or "") != site:
        return False
    label = _label(anchor)
    if not label:
        return anchor.image and anchor.context.nav
    return len(label) <= _LABEL and not _NOT_A_CHANNEL.search(label) and not _PAGER.fullmatch(label)
