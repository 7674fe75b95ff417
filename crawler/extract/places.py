"""Selectors of learned templates: written for an element of one page, found on another in a single pass.

A selector is an XPath that a person can read and edit: `//div[@id="artibody"]`, `//div[@class="infos"]/span[1]`.
Those that begin with such an anchor, as all learned ones do that can, cost one look-up for each element of the page
together, instead of a search of the page for each of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from crawler.items import Place

__all__ = ["Writer", "locate", "name_of", "scan", "selector_error", "stable"]

_ANCHORED = re.compile(r'//(\w+)\[@(id|class)="([^"]+)"\]((?:/\w+(?:\[\d+\]|\[@class="[^"]+"\])?)*)')
#: Numbers of three digits and more are ids of the story, not of the layout.
_UNSTABLE = re.compile(r"""\d{3}|["'<>&]""")
_LONGEST_NAME = 100


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
    try:
        found = _compiled(selector)(node)
    except (SelectorError, etree.XPathError):
        # from_json refuses wrong selectors; one that was put together in a program finds nothing.
        return None
    if isinstance(found, list) and found and isinstance(found[0], etree._Element):
        return found[0]
    return None


def scan(root: etree._Element, selectors: Iterable[str]) -> dict[str, etree._Element]:
    """Selector → the first element that it finds; those that find nothing are left out."""
    places: dict[str, etree._Element] = {}
    wanted: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for selector in dict.fromkeys(selectors):
        anchor = _anchor_of(selector)
        if anchor is None:
            element = _first(selector, root)
            if element is not None:
                places[selector] = element
        else:
            wanted.setdefault(anchor[:3], []).append((selector, anchor[3]))
    if wanted:
        for node in root.iter(*{tag for tag, _, _ in wanted}):
            _look(node, wanted, places)
            if not wanted:
                break
    return places


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


def locate(root: etree._Element, places: Iterable[Place]) -> dict[str, etree._Element]:
    """The same for places, whose full path is tried first: a step a level, instead of a look at every element."""
    found: dict[str, etree._Element] = {}
    missed = []
    for place in places:
        element = _first(place.path, root) if place.path else None
        if element is not None and _bears(element, place.selector):
            found[place.selector] = element
        else:
            missed.append(place.selector)
    return found | scan(root, missed) if missed else found


def _bears(element: etree._Element, selector: str) -> bool:
    """True if the element, or the ancestor at which the selector begins, has the name that the selector asks for."""
    anchor = _anchor_of(selector)
    if anchor is None:
        return False
    tag, name, value, steps = anchor
    node: etree._Element | None = element
    for _ in range(steps.count("/")):
        node = node.getparent() if node is not None else None
    return node is not None and node.tag == tag and node.get(name) == value


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

    def path(self, element: etree._Element) -> str:
        """The full path of an element."""
        steps = []
        node: etree._Element | None = element
        while node is not None:
            parent = node.getparent()
            twins = list(parent.iterchildren(str(node.tag))) if parent is not None else [node]
            steps.append(f"{node.tag!s}[{twins.index(node) + 1}]" if len(twins) > 1 else str(node.tag))
            node = parent
        return "/" + "/".join(reversed(steps))

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
