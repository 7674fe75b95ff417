"""The links of a list page with what surrounds them: one pass over the tree, shared by every reader of lists.

Everything that costs an ancestor walk (block signature, navigation, footer, hidden) is computed once an element and
inherited, so that a page with a thousand links stays within three bare parses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.extract.urlshape import Shape, shape_of
from crawler.urls import absolute

__all__ = ["Anchor", "Context", "Surroundings", "collect", "squeeze"]

#: Addresses that need no repair: absolute() gives the same, at thirty times the price.
_CLEAN = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?/[A-Za-z0-9._~/?&=%,:;+@-]*$")
_CLEAN_PATH = re.compile(r"[A-Za-z0-9._~/?&=%,;+@-]+$")
_DIGITS = re.compile(r"\d+")
_FURNITURE = re.compile(
    r"foot|copyright|friend|flink|(?:^|[\s_-])(?:bottom|btm)(?:nav|bar|link|box)?(?:$|[\s_-])|yqlj|banquan|beian|share"
    r"|qrcode|login|toolbar"
)
_NAV = re.compile(r"nav|menu|header|topbar|top-bar|channel|crumb|posi|location|dangqian|weizhi|place|sitemap|siderbar")
_SIDE = re.compile(r"hot|rank|paihang|phb|side(?:bar)?(?:$|[\s_-])|tuijian|recommend|related|latest|popular|click")
_ITEMS = frozenset(("li", "dd", "dt", "tr", "article"))
_HIDDEN_CLASS = re.compile(r"(?:^|[\s_-])(?:hidden|hide|none|dn)(?:$|\s)")


@dataclass(slots=True)
class Context:
    """What an element hands down to the links in it."""

    signature: str = ""
    nav: bool = False
    furniture: bool = False
    side: bool = False
    hidden: bool = False
    item: bool = False


@dataclass(slots=True)
class Anchor:
    """One <a> or <area>: its address (None: a script, an anchor on the page, nothing), text and surroundings."""

    element: HtmlElement
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


@dataclass(slots=True)
class Surroundings:
    """All anchors of one page in page order, and the address that relative links start from."""

    url: str
    base: str
    anchors: list[Anchor] = field(default_factory=list)


def squeeze(text: str) -> str:
    """Fold white space, ideographic and non-breaking spaces included, into single blanks."""
    return " ".join(text.split())


def collect(root: HtmlElement, url: str) -> Surroundings:
    """Read every link of the page once; `root` is not changed."""
    page = Surroundings(url, _base(root, url))
    contexts: dict[HtmlElement, Context] = {}
    seen: dict[str, tuple[str | None, Shape, SplitResult | None]] = {}
    for element in root.iter("a", "area"):
        href = (element.get("href") or "").strip()
        if href not in seen:
            seen[href] = _address(page.base, href)
        address, shape, parts = seen[href]
        parent = element.getparent()
        context = _context(parent, contexts) if parent is not None else Context()
        text, headline, image = _texts(element)
        page.anchors.append(
            Anchor(
                element,
                href,
                address,
                text,
                squeeze(element.get("title") or ""),
                image,
                context,
                shape,
                parts,
                headline or text,
            )
        )
    return page


def _base(root: HtmlElement, url: str) -> str:
    for element in root.iter("base"):
        return absolute(url, element.get("href")) or url
    return url


def _address(base: str, href: str) -> tuple[str | None, Shape, SplitResult | None]:
    if _CLEAN.match(href):
        url: str | None = href
    elif _CLEAN_PATH.match(href) and not href.startswith(("javascript", "mailto")):
        url = urljoin(base, href)
    else:
        url = absolute(base, href)
    if not url:
        return None, Shape.NEVER, None
    parts = urlsplit(url)
    return url, shape_of(parts), parts


def _context(element: HtmlElement, known: dict[HtmlElement, Context]) -> Context:
    """Context of an element, made from its parent's; walks up only as far as nothing is known yet."""
    chain: list[HtmlElement] = []
    node: HtmlElement | None = element
    while node is not None and node not in known:
        chain.append(node)
        node = node.getparent()
    context = known[node] if node is not None else Context()
    for node in reversed(chain):
        context = known[node] = _inherit(context, node)
    return context


def _inherit(above: Context, element: HtmlElement) -> Context:
    tag, marks = str(element.tag), element.get("class") or ""
    names = f"{marks} {element.get('id') or ''}".lower() if element.attrib else ""
    signature = f"{above.signature}/{tag}"
    if names.strip():
        signature += "." + _DIGITS.sub("", marks.split(None, 1)[0] if marks.strip() else "")
    if tag in ("body", "html") or names.strip() == "":
        return Context(
            signature,
            above.nav or tag in ("nav", "header"),
            above.furniture or tag == "footer",
            above.side or tag == "aside",
            above.hidden or _hidden(element, ""),
            above.item or tag in _ITEMS,
        )
    return Context(
        signature,
        above.nav or tag in ("nav", "header") or _NAV.search(names) is not None,
        above.furniture or tag == "footer" or _FURNITURE.search(names) is not None,
        above.side or tag == "aside" or _SIDE.search(names) is not None,
        above.hidden or _hidden(element, names),
        above.item or tag in _ITEMS,
    )


def _hidden(element: HtmlElement, names: str) -> bool:
    style = element.get("style")
    return bool(style and "display:none" in style.replace(" ", "").lower()) or _HIDDEN_CLASS.search(names) is not None


def _texts(element: HtmlElement) -> tuple[str, str, bool]:
    """Text, headline inside it ("" if none stands out), and whether there is a picture."""
    if not len(element):
        return squeeze(element.text or ""), "", False
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
