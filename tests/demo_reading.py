"""Read demo portals with nothing but regular expressions, so that no reader under test is trusted."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

from crawler.demo import DemoPortal, Request
from crawler.urls import absolute, key


def get(portal: DemoPortal, path: str) -> str | None:
    """Text of a page, None unless it is there."""
    target, _, query = path.partition("?")
    response = portal.respond(Request(target, dict(part.split("=") for part in query.split("&") if part)))
    return response.body.decode(portal.family.encoding) if response.status == 200 else None


def links(portal: DemoPortal, path: str, text: str) -> Iterator[str]:
    for href in re.findall(r'href="([^"]*)"', text):
        if (url := absolute(portal.base + path, html.unescape(href))) is not None:
            yield key(url)


def numbered(first: str, pattern: str, start: int = 2) -> Callable[[int], str]:
    return lambda page: first if page == 1 else pattern.format(page - 2 + start)


#: Family and section → address of list page 1, 2, 3 …; JCMS has tests of its own.
LISTS = {
    ("seed", 0): numbered("/qinghe/", "/qinghe/index_{}.shtml"),
    ("seed", 1): numbered("/yule/index.shtml", "/yule/index_{}.shtml"),
    ("cmstop", 0): numbered("/szxw/1.shtml", "/szxw/{}.shtml"),
    ("cmstop", 2): numbered("/whty/1.shtml", "/whty/{}.shtml"),
    ("trs", 0): numbered("/xwzx/bdxw/", "/xwzx/bdxw/index_{}.html", 1),
    ("trs", 1): numbered("/xwzx/cjxw/index.html", "/xwzx/cjxw/index_{}.html"),
    ("empire", 0): numbered("/news/", "/news/index_{}.html"),
    ("empire", 4): numbered("/shenghuo/index.html", "/shenghuo/index_{}.html"),
    ("founder", 0): numbered("/node_101.htm", "/node_101_{}.htm"),
    ("founder", 3): numbered("/node_104.htm", "/node_104_{}.htm"),
    ("dede", 0): numbered("/a/xinwen/", "/a/xinwen/list_12_{}.html"),
    ("dede", 3): numbered("/a/minsheng/list_15_1.html", "/a/minsheng/list_15_{}.html"),
}


def main_list(text: str) -> str:
    """The list without the side columns that some families put after it."""
    return re.split(r'<div class="(?:column )?side"', text)[0]
