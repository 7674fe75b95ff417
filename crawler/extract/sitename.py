"""The portal's own name, as its pages print it: from title, logo, metadata and the line of ownership."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from lxml import etree

from crawler.extract.anchors import squeeze
from crawler.extract.decode import decode
from crawler.extract.listing import parse_html
from crawler.items import Page

__all__ = ["foot_text", "name_parts", "page_title", "site_name"]

#: What stands between the parts of a <title>; full-width ones and those that software prints.
_SEPARATOR = re.compile(r"\s*(?:[|_—–－｜·•:：,，、>《》\[\]【】]|--+|-|\s)\s*")
#: Words that make no name: commands, slogans, what the page is.
_NOT_A_NAME = re.compile(
    r"(?:网站)?(?:首页|主页)|欢迎(?:您|光临|访问).*|官方网站|官网|门户(?:网站)?|新闻(?:中心|频道|资讯)?|logo|home|index|图片|返回\S*"
    r"|正文|频道|.*(?:许可证|备案|版权|新闻网站)|中心|手机版|\S*广告\S*",
    re.IGNORECASE,
)
#: How portals are called.
_CALLED = re.compile(
    r"(?:网|在线|热线|都市|之窗|门户|日报|晚报|晨报|早报|快报|商报|都市报|广播电视台|电视台|新闻|传媒|融媒|云|客户端)$"
)
_OWNED = re.compile(
    r"([\u4e00-\u9fff0-9A-Za-z]{2,14}?)\s*(?:网站)?\s*版权所有|版权所有\s*[:：©]?\s*([\u4e00-\u9fff]{2,14})"
)
_LEAST, _LONGEST = 2, 14
#: Points: an explicit og:site_name, what the article pages' titles end with, the parts of the title from its ends in,
#: the logo's text, the owner's name.
_OG, _TAIL, _TITLE, _LOGO, _OWNER, _NAMED = 4, 3, 3, 2, 3, 2
_FOOT = 1_500


def site_name(home: Page, titles: Iterable[str] = ()) -> str | None:
    """The portal's name; None where nothing that could be one is found.

    titles: <title> texts of some of its article pages, whose common end it usually is.
    """
    root = parse_html(decode(home.body, home.content_type).text)
    if root is None:
        return None
    points: Counter[str] = Counter()
    _add(points, root.xpath("//meta[@property='og:site_name']/@content"), _OG)
    parts = name_parts(_title(root))
    _add(points, parts, _TITLE)
    _add(points, parts[:1], 1)
    _add(points, _logo(root), _LOGO)
    _add(points, _common_end(titles), _TAIL)
    _add(points, [a or b for a, b in _OWNED.findall(_foot(root))], _OWNER)
    return max(points, key=lambda name: (points[name], -len(name))) if points else None


def page_title(page: Page) -> str:
    """Text of the <title> element, "" where there is none."""
    root = parse_html(decode(page.body, page.content_type).text)
    return "" if root is None else _title(root)


def foot_text(page: Page) -> str:
    """The end of the visible text, where owner and ICP number stand; "" for what is no page."""
    root = parse_html(decode(page.body, page.content_type).text)
    return "" if root is None else _foot(root)


def _title(root: etree._Element) -> str:
    return squeeze(" ".join(root.xpath("//title[1]//text()")))


def _foot(root: etree._Element) -> str:
    text = " ".join(root.xpath("//body//text()[not(ancestor::script) and not(ancestor::style)]"))
    return squeeze(text)[-_FOOT:]


def _add(points: Counter[str], names: Iterable[str], weight: int) -> None:
    for name in dict.fromkeys(squeeze(name).strip(" 《》“”©") for name in names):
        if _LEAST <= len(name) <= _LONGEST and not _NOT_A_NAME.fullmatch(name) and not name.isdigit():
            points[name] += weight + (_NAMED if _CALLED.search(name) and name not in points else 0)


def name_parts(title: str) -> list[str]:
    """The parts of a <title>: page, channel, site; one empty part for an empty title.

    >>> name_parts("社会新闻_江城在线")
    ['社会新闻', '江城在线']
    """
    return [part for part in _SEPARATOR.split(title) if part] or [""]


def _logo(root: etree._Element) -> list[str]:
    """Text or alternative text of what is called a logo, or of the first link to the home page."""
    path = "//*[contains(translate(concat(@class,' ',@id,' ',@src),'LOGO','logo'),'logo')]"
    found: list[str] = []
    for element in root.xpath(path)[:4]:
        found += [*element.xpath("descendant-or-self::img/@alt | descendant-or-self::*/@title")]
        found.append(squeeze(" ".join(element.itertext())))
    return found


def _common_end(titles: Iterable[str]) -> list[str]:
    """The last part of article titles, where most share it."""
    ends = Counter(parts[-1] for title in titles if len(parts := name_parts(title)) > 1)
    return [name for name, count in ends.items() if 2 * count > ends.total()]
