"""The links of a list page with what surrounds them: one pass over the tree, shared by every reader of lists.

Everything that costs an ancestor walk (block signature, navigation, footer, side list) is computed once an element and
inherited, so that a page with a thousand links stays within three bare parses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from lxml import etree

from crawler.extract.urlshape import Shape, shape_of
from crawler.urls import absolute

__all__ = ["Anchor", "Context", "Surroundings", "collect", "squeeze", "weight"]

#: Addresses that need no repair: absolute() gives the same, at twenty times the price.
_CLEAN = re.compile(
    r"(https?)://([a-z0-9.-]+(?::\d+)?)(/[A-Za-z0-9._~/,:;+@-]*)?(?:\?([A-Za-z0-9._~/?&=%,:;+@-]*))?(?:#.*)?$"
)
_CLEAN_PATH = re.compile(r"[A-Za-z0-9._~/?&=%,;+@-]+$")
_DIGITS = re.compile(r"\d+")
#: Names of elements that hold furniture; whole words, since football, photo, composition and placeholder are none.
_FURNITURE = re.compile(
    r"foot(?!ball)|copyright|friend|flink|yqlj|banquan|beian|qrcode"
    r"|(?:^|[\s_-])(?:bd)?(?:bottom|btm|share|login|toolbar)(?:nav|bar|link|box)?(?:$|[\s_-])"
)
_NAV = re.compile(
    r"nav|menu|header|top-?bar|crumb|sitemap|siderbar|dangqian|weizhi|channel[-_]?(?:nav|list|bar)"
    r"|(?:^|[\s_-])(?:posi(?:tion)?s?|location|place|channels?)(?:$|[\s_-])"
)
_SIDE = re.compile(
    r"(?<![ps])hot|rank|paihang|phb|side(?:bar)?(?:$|[\s_-])|tuijian|recommend|related|latest|popular|click"
)
#: Characters of the chain of elements that tell one block from another; pages nested 2,000 deep exist.
_SIGNATURE = 200
_ITEMS = frozenset(("li", "dd", "dt", "tr", "article"))


@dataclass(slots=True)
class Context:
    """What an element hands down to the links in it."""

    signature: str = ""
    nav: bool = False
    furniture: bool = False
    side: bool = False
    item: bool = False


_TOP = Context()
#: Contexts by those above them and the attributes that make them: the items of a list share one.
_Shared = dict[tuple[object, ...], Context]


@dataclass(slots=True)
class Anchor:
    """One <a> or <area>: its address (None: a script, an anchor on the page, nothing), text and surroundings."""

    element: etree._Element
    href: str
    url: str | None
    text: str
    tooltip: str
    image: bool
    context: Context
    shape: Shape = Shape.NEVER
    parts: SplitResult | None = None
    #: the text of the headline inside a link that wraps a whole item, else text
    headline: str = ""
    #: weight of the longer of text and tooltip
    size: int = 0


@dataclass(slots=True)
class Surroundings:
    """What the one pass gathers, in page order: anchors, and the elements in which pagers and feeds can hide.

    base: the address that relative links start from.
    """

    url: str
    base: str
    anchors: list[Anchor] = field(default_factory=list)
    links: list[etree._Element] = field(default_factory=list)
    scripts: list[etree._Element] = field(default_factory=list)
    selects: list[etree._Element] = field(default_factory=list)


def squeeze(text: str) -> str:
    """Fold white space, ideographic and non-breaking spaces included, into single blanks."""
    return " ".join(text.split())


def collect(root: etree._Element, url: str) -> Surroundings:
    """Read every link of the page once; `root` is not changed."""
    page = Surroundings(url, url)
    contexts: dict[etree._Element, Context] = {}
    shared: _Shared = {}
    addresses = _Addresses(url)
    for element in root.iter("a", "area", "link", "script", "select", "base"):
        tag = element.tag
        if tag == "script":
            page.scripts.append(element)
        elif tag == "link":
            page.links.append(element)
        elif tag == "select":
            page.selects.append(element)
        elif tag == "base":
            page.base = absolute(url, element.get("href")) or url
            addresses = _Addresses(page.base)
        else:
            page.anchors.append(_anchor(element, addresses, contexts, shared))
    return page


def _anchor(
    element: etree._Element,
    addresses: _Addresses,
    contexts: dict[etree._Element, Context],
    shared: _Shared,
) -> Anchor:
    href = (element.get("href") or "").strip()
    parent = element.getparent()
    context = _context(parent, contexts, shared) if parent is not None else Context()
    tooltip = squeeze(element.get("title") or "")
    if len(element):
        text, headline, image = _texts(element)
    else:
        text, headline, image = squeeze(element.text or ""), "", False
    url, shape, parts = addresses.read(href)
    size = max(weight(text), weight(tooltip))
    return Anchor(element, href, url, text, tooltip, image, context, shape, parts, headline or text, size)


def weight(text: str) -> int:
    """Length of a text as a reader feels it: a Chinese character is one, three Latin letters or digits are one.

    >>> weight("苏州新闻"), weight("NBA")
    (4, 1)
    """
    return len(text) if not text else len(text.encode("utf-8", "replace")) // 3


class _Addresses:
    """Absolute addresses and their shapes, each href worked out once a page."""

    def __init__(self, base: str) -> None:
        self.base = base
        parts = urlsplit(base)
        self.root = f"{parts.scheme}://{parts.netloc}"
        self.folder = self.root + (parts.path.rpartition("/")[0] or "") + "/"
        self.known: dict[str, tuple[str | None, Shape, SplitResult | None]] = {}

    def read(self, href: str) -> tuple[str | None, Shape, SplitResult | None]:
        """Address (None where the href leads nowhere), shape and parts."""
        found = self.known.get(href)
        if found is None:
            found = self.known[href] = self._read(href)
        return found

    def _read(self, href: str) -> tuple[str | None, Shape, SplitResult | None]:
        return _clean(href) or _clean(self._joined(href)) or _repaired(self.base, href)

    def _joined(self, href: str) -> str:
        """Relative addresses in their plain forms; "" for all others."""
        if not _CLEAN_PATH.match(href) or href.startswith(("//", "?", ".", "javascript", "mailto")):
            return ""
        if href.startswith("/"):
            return self.root + href if "/." not in href else ""
        return self.folder + href if "/." not in href else ""


@lru_cache(maxsize=16_384)
def _clean(url: str) -> tuple[str, Shape, SplitResult] | None:
    """An absolute address that needs no repair; remembered, since the pages of a portal share most of their links."""
    match = _CLEAN.match(url)
    if not match:
        return None
    scheme, host, path, query = match.groups("")
    parts = SplitResult(scheme, host, path, query, "")
    return f"{scheme}://{host}{path}{'?' if query else ''}{query}", shape_of(parts), parts


def _repaired(base: str, href: str) -> tuple[str | None, Shape, SplitResult | None]:
    url = absolute(base, href)
    if not url:
        return None, Shape.NEVER, None
    parts = urlsplit(url)
    return url, shape_of(parts), parts


def _context(element: etree._Element, known: dict[etree._Element, Context], shared: _Shared) -> Context:
    """Context of an element, made from its parent's; walks up only as far as nothing is known yet."""
    context = known.get(element)
    if context is not None:
        return context
    chain = [element]
    node = element.getparent()
    while node is not None and (context := known.get(node)) is None:
        chain.append(node)
        node = node.getparent()
    above = context or _TOP
    for node in reversed(chain):
        key = (id(above), node.tag, node.get("class"), node.get("id"))
        context = shared.get(key)
        if context is None:
            context = shared[key] = _inherit(above, node)
        above = known[node] = context
    return above


def _inherit(above: Context, element: etree._Element) -> Context:
    tag, marks = str(element.tag), (element.get("class") or "").strip()
    names = f"{marks} {element.get('id') or ''}".lower() if tag not in ("body", "html") else ""
    signature = f"{above.signature[-_SIGNATURE:]}/{tag}"
    if marks:
        signature += "." + _DIGITS.sub("", marks.split(None, 1)[0])
    nav, furniture, side = _flags(names)
    return Context(
        signature,
        above.nav or nav or tag in ("nav", "header"),
        above.furniture or furniture or tag == "footer",
        above.side or side or tag == "aside",
        above.item or tag in _ITEMS,
    )


@lru_cache(maxsize=16_384)
def _flags(names: str) -> tuple[bool, bool, bool]:
    """What class and id say: navigation, furniture, side list."""
    return (
        _NAV.search(names) is not None,
        _FURNITURE.search(names) is not None,
        _SIDE.search(names) is not None,
    )


def _texts(element: etree._Element) -> tuple[str, str, bool]:
    """Text, headline inside it ("" if none stands out), and whether there is a picture."""
    image, headline, pieces = False, "", [element.text or ""]
    for node in element.iterdescendants():
        tag = node.tag
        if tag == "img":
            image = True
        if tag not in ("script", "style") and isinstance(tag, str):
            pieces.append(node.text or "")
            if not headline and (
                tag in ("h1", "h2", "h3", "h4", "h5", "strong") or "tit" in (node.get("class") or "").lower()
            ):
                headline = squeeze("".join(node.itertext()))
        pieces.append(node.tail or "")
    return squeeze(" ".join(pieces)), headline, image
