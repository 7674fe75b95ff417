"""One parse and one walk over a page, from which everything else is read.

The walk turns the tree into lines of text in page order (what a reader sees as one line or paragraph), the boxes
(block-level elements) that hold them, the pictures between them, the page's meta tags and its comments.  Later steps
work on these and never walk the tree again: a walk costs half as much as the parse, and cost is a goal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lxml import etree

from crawler.extract.decode import decode
from crawler.extract.lines import Anchor, Box, Line, Picture

__all__ = ["Anchor", "Box", "Document", "Line", "Picture", "load", "parse", "walk"]

#: Elements whose text is no part of the page as read.
_SKIPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "select",
        "textarea",
        "iframe",
        "svg",
        "object",
        "title",
        "button",
        "video",
        "audio",
    }
)
#: Elements that flow within a line; all others begin a new one (DOMAIN.md §4: CMS put text into any of them).
_INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr acronym b bdi bdo big cite code data del dfn em embed font i img input ins kbd label mark meta nobr q"
        " rb rp rt ruby s samp small source span strike strong sub sup time tt u var wbr link param area base",
    )
)
#: Elements that, left unclosed, swallow the text that follows; more than these characters are no label or fallback.
_FALLBACKS = frozenset({"video", "audio", "object", "button"})
_SWALLOWED = 300
_PLAYERS = frozenset({"video", "audio", "object"})
_BOLD = frozenset({"b", "strong"})
#: What the walk does with an element: nothing, note something, or open a box (all elements that are not named here).
_PLAIN, _NOTED, _LINK, _SKIP, _BREAK, _BOX = range(6)
_CODES = (
    dict.fromkeys(_INLINE, _PLAIN)
    | dict.fromkeys(("img", "meta", *_BOLD), _NOTED)
    | dict.fromkeys(_SKIPPED, _SKIP)
    | {"a": _LINK, "br": _BREAK, "hr": _BREAK}
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_STYLES = etree.XPath("//@style")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
#: libxml2's message when it gives up on depth (2,048), and with it on all that follows; real pages stay below 100.
_TOO_DEEP = "Excessive depth"
#: Tags that can be dropped from a page nested too deep without joining lines of text.
_NESTING_TAG = re.compile(rb"</?(?!(?:p|br|h[1-6]|title|meta|a|img|td|tr)\b)[a-zA-Z][^<>]*>")
#: No news page is larger; what follows is not read (10 MB cost less than 2 s).
_MAX_CHARS = 12_000_000
#: Zero-width characters of WeChat and 秀米 bodies (DOMAIN.md §4), soft hyphens, byte order marks,
#: and private-use characters (icon fonts).
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\xad\ue000-\uf8ff]")
#: libxml2 takes quadratic time over the attributes of a tag: 0.02 s for 5,000, 0.6 s for 24,000.  Tags of this
#: length (in bytes) and number of attributes lose them; pages below _LARGE cannot hold enough to matter.
_LARGE = 120_000
_HUGE_TAG = 4_000
_MANY_ATTRIBUTES = 300
_LONG = re.compile(rb"<[^<]{4000,}+")
_TAG = re.compile(rb"""<([a-zA-Z][\w:-]*)(?:[^<>"']++|"[^"]*+"|'[^']*+')*+""")
#: Real pages have some thousand nodes; what follows so many is not walked, so that a page costs less than 2 s.
_MOST_NODES = 100_000
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r")


@dataclass(slots=True)
class Document:
    """A parsed page.

    lines and boxes stand in page order; comments hold (text, number of lines before it).  meta maps lower-cased name,
    property or itemprop to content (the first one wins).  json_ld: texts of application/ld+json scripts.
    """

    url: str
    encoding: str
    root: etree._Element
    lines: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    comments: list[tuple[str, int]] = field(default_factory=list)
    json_ld: list[str] = field(default_factory=list)
    page_title: str = ""
    #: number of <script> elements, for telling an empty shell from an empty page
    scripts: int = 0
    #: for each video and audio player, the number of lines before it
    players: list[int] = field(default_factory=list)


def parse(body: bytes, url: str, content_type: str | None = None) -> Document:
    """Decode and parse a page's bytes; never raises.  Bytes without any markup give one paragraph or nothing."""
    document = load(body, url, content_type)
    walk(document)
    return document


def load(body: bytes, url: str, content_type: str | None = None) -> Document:
    """A page's tree, not walked yet: no lines, boxes, meta tags."""
    decoded = decode(body, content_type)
    source = body if decoded.exact and len(body) < _MAX_CHARS else decoded.text[:_MAX_CHARS]
    return Document(url, decoded.encoding, _tree(source))


def walk(document: Document, tops: Sequence[etree._Element] | None = None) -> None:
    """Fill a loaded document.  tops: read nothing but these elements (in page order, none within another)."""
    _Walk(document).run(document.root) if tops is None else _Walk(document).run_within(tops)


def _tree(source: str | bytes) -> etree._Element:
    """The tree of a page's text, or of its bytes where these are UTF-8."""
    if isinstance(source, str):
        source = source.encode("utf-8", "replace")
    source = source.translate(None, _CONTROL)
    if len(source) > _LARGE:
        source = _LONG.sub(_lighten, source)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True)
    root = _feed(source, parser)
    error = parser.error_log.last_error
    if error is not None and _TOO_DEEP in error.message:
        shallow = _NESTING_TAG.sub(b"\n", source)
        root = _feed(shallow, etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True))
    return root if root is not None else etree.Element("html")


def _lighten(match: re.Match[bytes]) -> bytes:
    """A tag (and the text after it) without its attributes, if it has hundreds of them."""
    tag = _TAG.match(match[0])
    if tag and tag.end() > _HUGE_TAG and match[0].count(b"=", 0, tag.end()) > _MANY_ATTRIBUTES:
        return b"<" + tag[1] + match[0][tag.end() :]
    return match[0]


def _feed(source: bytes, parser: etree.HTMLParser[Any]) -> etree._Element | None:
    try:
        root: etree._Element | None = etree.fromstring(source, parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        # Nothing to parse (empty, or a comment only); the caller has an empty tree for it.
        return None
    return root


def fold(text: str) -> str:
    """White space of any width folded to single spaces, none at the ends, zero-width characters gone.

    >>> fold("\\u3000\\u3000苏报讯\\xa0 昨天\\u200b，")
    '苏报讯 昨天，'
    """
    text = " ".join(text.split())
    # None of the characters that vanish counts as printable, and asking is cheaper than looking for them.
    return text if text.isprintable() else _ZERO_WIDTH.sub("", text).strip()


class _Walk:
    """State of the one walk: the open box, and the line that is being gathered."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines = document.lines
        self.parts: list[str] = []
        self.link_chars = self.bold_chars = 0
        self.in_link = self.in_bold = False
        self.box = Box(document.root, "html", None, 0)
        # Asking libxml2 once for all styles costs a tenth of asking every element.
        self.hidden = {style.getparent() for style in _STYLES(document.root) if _HIDDEN.search(style)}

    def run(self, root: etree._Element) -> None:
        """Walk the tree once, without recursion (pages nested 2,000 deep exist)."""
        walker = etree.iterwalk(root, events=("start", "end", "comment"))
        parts, codes, hidden = self.parts, _CODES, self.hidden
        for event, node in islice(walker, 2 * _MOST_NODES):
            tag: Any = node.tag
            if event == "start":
                code = codes.get(tag, _BOX)
                if code == _BOX:
                    if parts:
                        self.flush()
                    self.open_box(node, tag)
                elif (code and not self.noted(node, tag, code)) or (hidden and node in hidden):
                    walker.skip_subtree()
                    continue
                text = node.text
            else:
                if event == "end":
                    code = codes.get(tag, _BOX)
                    if code:
                        self.closed(tag, code)
                else:
                    self.document.comments.append((node.text or "", len(self.lines)))
                text = node.tail if node is not root else None
            # White space between blocks begins no line.
            if text and (parts or not text.isspace()):
                parts.append(text)
                if self.in_link:
                    self.link_chars += len(text.strip())
                if self.in_bold:
                    self.bold_chars += len(text.strip())
        self.flush()
        self.close_all()
        self.document.boxes = [box for box in self.document.boxes if box.last > box.first]

    def run_within(self, tops: Sequence[etree._Element]) -> None:
        """Walk these elements only, each inside the boxes around it."""
        outer = {self.document.root: self.box}
        for top in tops:
            self.box = outer[self.document.root]
            around = [node for node in top.iterancestors() if node.tag not in _INLINE][-2::-1]
            for node in around:
                if node not in outer:
                    self.open_box(node, str(node.tag))
                    outer[node] = self.box
                self.box = outer[node]
            self.run(top)
            for node in around:
                outer[node].last = len(self.lines)

    def close_all(self) -> None:
        """Close the boxes that are open where the walk stopped (none, on any but enormous pages)."""
        box: Box | None = self.box
        while box is not None:
            box.last = len(self.lines)
            box = box.parent

    def open_box(self, node: etree._Element, tag: str) -> None:
        """Begin a block-level element: a new line, and a new box."""
        parent = self.box
        hidden = parent.hidden or node in self.hidden
        heading = _HEADINGS.get(tag) or parent.heading
        self.box = box = Box(node, tag, parent, len(self.lines), 0, parent.depth + 1, heading, hidden)
        self.document.boxes.append(box)

    def closed(self, tag: str, code: int) -> None:
        """Take note of an element that ends."""
        if code == _BOX:
            if self.parts:
                self.flush()
            box = self.box
            box.last = len(self.lines)
            if box.parent is not None:
                self.box = box.parent
        elif code == _LINK:
            self.in_link = False
        elif tag in _BOLD:
            self.in_bold = False

    def flush(self) -> None:
        """End the current line."""
        text = fold("".join(self.parts))
        self.parts.clear()
        if text:
            self.lines.append(Line(text, len(self.lines), self.box, self.link_chars, self.bold_chars))
        self.link_chars = self.bold_chars = 0

    def noted(self, node: etree._Element, tag: str, code: int) -> bool:
        """Note a link, a break, a picture, bold face or what is skipped; False if what is in it is not read."""
        if code == _LINK:
            # <a name=top> marks a place, and is often left open over the whole text.
            self.in_link = node.get("href") is not None
            self.document.anchors.append(Anchor(node, len(self.lines)))
        elif code == _SKIP:
            self.skip(node, tag)
            return tag in _FALLBACKS and len("".join(map(str, node.itertext()))) > _SWALLOWED
        elif code == _BREAK:
            if self.parts:
                self.flush()
        elif tag == "img":
            self.document.pictures.append(Picture(node, len(self.lines), self.box))
        elif tag in _BOLD:
            self.in_bold = True
        else:
            self.meta(node)
        return True

    def skip(self, node: etree._Element, tag: str) -> None:
        """Elements whose text nobody reads: keep the title and the structured data."""
        if tag == "title":
            self.document.page_title = self.document.page_title or fold("".join(node.itertext()))
        elif tag in _PLAYERS:
            self.document.players.append(len(self.lines))
        elif tag == "script":
            self.document.scripts += 1
            if "ld+json" in (node.get("type") or ""):
                self.document.json_ld.append(node.text or "")

    def meta(self, node: etree._Element) -> None:
        """Keep a meta tag under its lower-cased name (their case varies in the wild: DOMAIN.md §4.8)."""
        name = node.get("name") or node.get("property") or node.get("itemprop")
        content = node.get("content")
        if name and content:
            self.document.meta.setdefault(name.strip().lower(), fold(content))
