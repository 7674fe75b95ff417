"""The part of a page that a template knows to matter: what stands between headline and body, and a few places more.

Walking only this, instead of the whole page, is what makes a learned template cheap.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from lxml import etree

from crawler.extract.dom import Document, walk

__all__ = ["region"]

#: Siblings above the headline (引题, breadcrumb) and below the body (编辑 line, pager) that are read too where they are
#: small; larger ones are lists of other stories.
_ABOVE, _BELOW = 2, 4
_SMALL = 24


def region(page: Document, body: etree._Element, places: Sequence[etree._Element], extras: Collection[str]) -> Document:
    """A document of the page's head and of what lies around these elements.  page: loaded, not walked.

    The first of the places is where the frame around the body begins: the headline.  extras: see items.Layout.
    """
    document = Document(page.url, page.encoding, page.root)
    walk(document, list(_head(page.root)) + _tops(body, places))
    if "comments" in extras:
        document.comments = [(node.text or "", 0) for node in page.root.iter(etree.Comment)]
    # Those outside of what was walked, too: one of them may hold the pager.
    document.scripts = list(page.root.iter("script"))
    if "json_ld" in extras:
        document.json_ld = [node.text or "" for node in document.scripts if "ld+json" in (node.get("type") or "")]
    return document


def _head(root: etree._Element) -> Iterator[etree._Element]:
    head = root.find("head")
    if head is not None and head.find("title") is not None:
        yield head
    else:
        yield from root.iter("title", "meta")


def _tops(body: etree._Element, places: Sequence[etree._Element]) -> list[etree._Element]:
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
    """All that stands between the headline and the body, both of them, and what is small right above and below."""
    below = _line(body)
    above = _line(start)
    if start in below or body in above:
        return [body, *_siblings(body, after=True)]
    common = next((node for node in above if node in below), None)
    if common is None:
        return [body]
    down, up = below[: below.index(common)], above[: above.index(common)]
    frame = [
        start,
        body,
        *_siblings(start, after=False),
        *(small for node in down for small in _siblings(node, after=True)),
    ]
    for node in up[:-1]:
        frame += node.itersiblings()
    for node in down[:-1]:
        frame += node.itersiblings(preceding=True)
    for node in up[-1].itersiblings():
        if node is down[-1]:
            break
        frame.append(node)
    return [node for node in frame if isinstance(node.tag, str)]


def _line(node: etree._Element) -> list[etree._Element]:
    """The element and its ancestors."""
    return [node, *node.iterancestors()]


def _siblings(node: etree._Element, *, after: bool) -> list[etree._Element]:
    near = islice(node.itersiblings(preceding=not after), _BELOW if after else _ABOVE)
    return [sibling for sibling in near if _small(sibling)]


def _small(node: etree._Element) -> bool:
    return next(islice(node.iter(), _SMALL, None), None) is None
