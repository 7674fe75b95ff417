"""The part of a page that a template knows to matter: what stands between headline and body, and a few places more.

Walking only this, instead of the whole page, is what makes a learned template cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from lxml import etree

from crawler.extract.dom import Document, walk
from crawler.extract.lines import Anchor
from crawler.extract.places import Scan

__all__ = ["region"]

#: Siblings above the headline (引题, breadcrumb) and below the body (编辑 line, pager) that are read too where they are
#: small; larger ones are lists of other stories.
_ABOVE, _BELOW = 2, 4
_SMALL = 24


def region(page: Document, found: Scan, body: etree._Element, places: Iterable[etree._Element]) -> Document:
    """A document of the page's head and of what lies around these elements.  page: loaded, not walked.

    The first of the places is where the frame around the body begins: the headline.
    """
    document = Document(page.url, page.encoding, page.root)
    wanted = list(places)
    tops = list(_head(page.root)) + _tops(body, wanted)
    walk(document, tops)
    document.comments = [(node.text or "", 0) for node in found.comments]
    document.scripts = len(found.scripts)
    document.json_ld = [node.text or "" for node in found.scripts if "ld+json" in (node.get("type") or "")]
    document.anchors += [Anchor(node, -1) for node in found.anchors]
    return document


def _head(root: etree._Element) -> Iterator[etree._Element]:
    head = root.find("head")
    if head is not None and head.find("title") is not None:
        yield head
    else:
        yield from root.iter("title", "meta")


def _tops(body: etree._Element, places: list[etree._Element]) -> list[etree._Element]:
    """Elements to walk, in page order, none within another."""
    start = places[0] if places else body
    chosen = _frame(start, body)
    chosen += places[1:]
    held = set(chosen)
    tops = {node for node in chosen if not any(above in held for above in node.iterancestors())}
    return sorted(tops, key=_position)


def _position(node: etree._Element) -> list[int]:
    path: list[int] = []
    while (parent := node.getparent()) is not None:
        path.append(parent.index(node))
        node = parent
    return path[::-1]


def _frame(start: etree._Element, body: etree._Element) -> list[etree._Element]:
    """The siblings from the one that holds the headline to the one that holds the body, and small ones around them."""
    above = {node: child for child, node in _steps(start)}
    if body in above or start is body:
        return [body]
    for child, node in _steps(body):
        if node in above:
            first, last = above[node], child
            break
    else:
        return [body]
    parent = first.getparent()
    if parent is None:
        return [body]
    begin, end = parent.index(first), parent.index(last)
    if begin > end:
        begin, end = end, begin
    children = list(parent)
    frame = [node for node in children[max(0, begin - _ABOVE) : begin] if _small(node)]
    frame += children[begin : end + 1]
    frame += [node for node in children[end + 1 : end + 1 + _BELOW] if _small(node)]
    return [node for node in frame if isinstance(node.tag, str)]


def _steps(node: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    for parent in node.iterancestors():
        yield node, parent
        node = parent


def _small(node: etree._Element) -> bool:
    return next(islice(node.iter(), _SMALL, None), None) is None
