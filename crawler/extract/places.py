"""Selectors of learned templates: written for an element of one page, found on another in a single pass.

A selector is an XPath that a person can read and edit: `//div[@id="artibody"]`, `//div[@class="infos"]/span[1]`.
Those that begin with such an anchor, as all learned ones do that can, cost one look-up for each element of the page
together, instead of a search of the page for each of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

__all__ = ["Scan", "Writer", "name_of", "scan", "selector_error", "stable"]

_ANCHORED = re.compile(r'//(\w+)\[@(id|class)="([^"]+)"\]((?:/\w+(?:\[\d+\]|\[@class="[^"]+"\])?)*)')
#: Numbers of three digits and more are ids of the story, not of the layout.
_UNSTABLE = re.compile(r"""\d{3}|["'<>&]""")
_LONGEST_NAME = 100


@dataclass(slots=True)
class Scan:
    """What one pass over a tree found: selector → element, and the elements that the walk would have noted."""

    places: dict[str, etree._Element]
    anchors: list[etree._Element]
    scripts: list[etree._Element]
    comments: list[etree._Element]


@lru_cache(maxsize=4096)
def _anchor_of(selector: str) -> tuple[str, str, str, str] | None:
    match = _ANCHORED.fullmatch(selector)
    return (match[1], match[2], match[3], match[4]) if match else None


def name_of(selector: str) -> tuple[str, str, str] | None:
    """Tag, "id" or "class", and value of a selector that is nothing but such a name, else None.

    >>> name_of('//div[@class="related"]')
    ('div', 'class', 'related')
    """
    anchor = _anchor_of(selector)
    return anchor[:3] if anchor is not None and not anchor[3] else None


@lru_cache(maxsize=4096)
def _compiled(selector: str) -> etree.XPath:
    path = selector if selector.startswith(("/", "./")) else HTMLTranslator().css_to_xpath(selector)
    return etree.XPath(path)


def selector_error(selector: str) -> str | None:
    """What is wrong with a CSS selector or an XPath (starts with "/" or "./"), or None."""
    try:
        _compiled(selector)(etree.Element("html"))
    except (SelectorError, etree.XPathError) as e:
        return f"must be an XPath that starts with / or ./, or a CSS selector ({e})"
    return None


def _first(selector: str, node: etree._Element) -> etree._Element | None:
    found = _compiled(selector)(node)
    if isinstance(found, list) and found and isinstance(found[0], etree._Element):
        return found[0]
    return None


def scan(root: etree._Element, selectors: Iterable[str]) -> Scan:
    """Find the first element of each selector; those that find nothing are left out."""
    result = Scan({}, [], [], [])
    wanted: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for selector in dict.fromkeys(selectors):
        anchor = _anchor_of(selector)
        if anchor is None:
            element = _first(selector, root)
            if element is not None:
                result.places[selector] = element
        else:
            wanted.setdefault(anchor[:3], []).append((selector, anchor[3]))
    tags = {tag for tag, _, _ in wanted} - {"a", "script"}
    for node in root.iter("a", "script", etree.Comment, *tags):
        if node.tag == "a":
            result.anchors.append(node)
        elif node.tag == "script":
            result.scripts.append(node)
        elif not isinstance(node.tag, str):
            result.comments.append(node)
        if wanted:
            _look(node, wanted, result.places)
    return result


def _look(
    node: etree._Element, wanted: dict[tuple[str, str, str], list[tuple[str, str]]], places: dict[str, etree._Element]
) -> None:
    for name in ("id", "class"):
        value = node.get(name)
        hits = wanted.pop((str(node.tag), name, value), None) if value else None
        for selector, steps in hits or ():
            element = _first(f".{steps}", node) if steps else node
            if element is not None:
                places[selector] = element


class Writer:
    """Writes selectors for the elements of one page."""

    def __init__(self, root: etree._Element) -> None:
        self._counts = Counter(_marks(root))
        self._known: dict[etree._Element, str] = {}

    def selector(self, element: etree._Element) -> str:
        """An XPath that finds this element first on its page, by names of its own and of its ancestors if it can."""
        known = self._known.get(element)
        if known is None:
            known = self._known[element] = self._written(element)
        return known

    def _written(self, element: etree._Element) -> str:
        tag = str(element.tag)
        for name in ("id", "class"):
            value = element.get(name)
            if stable(value) and self._counts[tag, name, value or ""] == 1:
                return f'//{tag}[@{name}="{value}"]'
        parent = element.getparent()
        if parent is None:
            return f"/{tag}"
        return f"{self.selector(parent)}/{_step(element, parent)}"


def _marks(root: etree._Element) -> Iterator[tuple[str, str, str]]:
    for node in root.iter(etree.Element):
        for name in ("id", "class"):
            value = node.get(name)
            if value:
                yield str(node.tag), name, value


def _step(element: etree._Element, parent: etree._Element) -> str:
    tag, name = str(element.tag), element.get("class")
    twins = list(parent.iterchildren(tag))
    if len(twins) == 1:
        return tag
    if stable(name) and sum(twin.get("class") == name for twin in twins) == 1:
        return f'{tag}[@class="{name}"]'
    return f"{tag}[{twins.index(element) + 1}]"


def stable(name: str | None) -> bool:
    """True for a class or id that other pages of the layout will have too."""
    return bool(name) and len(name or "") <= _LONGEST_NAME and not _UNSTABLE.search(name or "")
