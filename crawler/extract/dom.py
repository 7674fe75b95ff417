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
#: What the walk does with an element: read its text only, note it, skip it, or (all that are not named) open a box.
#: _UNREAD: it lies within a skipped one.
_UNREAD, _PLAIN, _LINK, _BREAK, _BOLD, _PICTURE, _META, _COMMENT, _SKIP, _BOX = range(-1, 9)
_CODES: dict[Any, int] = (
    dict.fromkeys(_INLINE, _PLAIN)
    | dict.fromkeys(_SKIPPED, _SKIP)
    | {"a": _LINK, "br": _BREAK, "hr": _BREAK, "b": _BOLD, "strong": _BOLD, "img": _PICTURE, "meta": _META}
    | {etree.Comment: _COMMENT, etree.Entity: _COMMENT, etree.ProcessingInstruction: _COMMENT}
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
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
    #: <script> elements, in page order: another look through the tree for them costs a tenth of the parse
    scripts: list[etree._Element] = field(default_factory=list)
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
    document.boxes = [box for box in document.boxes if box.last > box.first]


def _tree(source: str | bytes) -> etree._Element:
    """The tree of a page's text, or of its bytes where these are UTF-8."""
    if isinstance(source, str):
        source = source.encode("utf-8", "replace")
    source = source.translate(None, _CONTROL)
    if len(source) > _LARGE:
        source = _lightened(source)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True)
    root = _feed(source, parser)
    error = parser.error_log.last_error
    if error is not None and _TOO_DEEP in error.message:
        shallow = _NESTING_TAG.sub(b"\n", source)
        root = _feed(shallow, etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True))
    return root if root is not None else etree.Element("html")


def _lightened(source: bytes) -> bytes:
    """A page without the attributes of tags that have hundreds of them.

    From tag to tag in the longest steps that skip no huge one: a regular expression takes a quarter of the parse here.
    """
    pieces: list[bytes] = []
    done = 0
    start = source.find(b"<")
    while start >= 0:
        near = source.rfind(b"<", start + 1, start + 1 + _HUGE_TAG)
        if near < 0:
            near = source.find(b"<", start + 1)
            tag = _TAG.match(source, start, near if near >= 0 else len(source))
            if tag and len(tag[0]) > _HUGE_TAG and tag[0].count(b"=") > _MANY_ATTRIBUTES:
                pieces += [source[done:start], b"<", tag[1]]
                done = tag.end()
        start = near
    return b"".join([*pieces, source[done:]]) if pieces else source


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
    """State of the one walk: the open elements, the boxes that hold something, and the line that is being gathered.

    Nodes come from root.iter(), the cheapest way to see them all; an element's end shows by the next node's parent.
    Most elements never hold a line of their own, so that a box is only made when a line or picture stands in it.
    Anything done here for every node costs: 0.1 µs more a node is a twentieth of the parse.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines = document.lines
        self.parts: list[str] = []
        self.link_chars = self.bold_chars = 0
        self.in_link = self.in_bold = self.counted = False
        #: what the walk began in (None: a page), the open elements, innermost last; what was done with each of these
        self.nodes: list[Any] = []
        self.codes: list[int] = []
        #: open block-level elements with tag and the number of lines before each; and boxes of the first of them
        self.blocks: list[tuple[etree._Element, str, int]] = []
        self.boxes = [Box(document.root, "html", None, 0)]
        #: the open element that is not read
        self.skipped: etree._Element | None = None

    def run(self, root: etree._Element) -> None:
        """Walk the tree once, without recursion (pages nested 2,000 deep exist)."""
        nodes, codes, blocks, lines, parts = self.nodes, self.codes, self.blocks, self.lines, self.parts
        known = _CODES.get
        nodes.append(root.getparent())
        for node in islice(root.iter(), _MOST_NODES):
            parent = node.getparent()
            # To leave elements by a call for each costs a tenth of the parse.
            while (last := nodes[-1]) is not parent:
                nodes.pop()
                if (code := codes.pop()) > _PLAIN:
                    self.leave(last, code)
                if code != _UNREAD and (text := last.tail) and (parts or not text.isspace()):
                    parts.append(text)
                    if self.counted:
                        self.count(text)
            nodes.append(node)
            if self.skipped is not None:
                codes.append(_UNREAD)
                continue
            tag: Any = node.tag
            code = known(tag, _BOX)
            codes.append(code)
            if code == _BOX:
                if parts:
                    self.flush()
                blocks.append((node, tag, len(lines)))
            elif (code and not self.noted(node, tag, code)) or ((style := node.get("style")) and _HIDDEN.search(style)):
                self.skipped = node
                codes[-1] = code or _SKIP
                continue
            text = node.text
            # White space between blocks begins no line.
            if text and (parts or not text.isspace()):
                parts.append(text)
                if self.counted:
                    self.count(text)
        self.end(root)

    def run_within(self, tops: Sequence[etree._Element]) -> None:
        """Walk these elements only, each inside the boxes around it."""
        outer = {self.document.root: self.boxes[0]}
        for top in tops:
            around = [node for node in top.iterancestors() if node.tag not in _INLINE][-2::-1]
            known = [self.document.root, *(node for node in around if node in outer)]
            self.boxes = [outer[node] for node in known]
            self.blocks = [(node, str(node.tag), len(self.lines)) for node in around]
            self.box()
            outer.update(zip(around, self.boxes[1:], strict=True))
            self.run(top)
            for node in around:
                outer[node].last = len(self.lines)

    def leave(self, node: etree._Element, code: int) -> None:
        """Take note of the end of an element."""
        if code == _BOX:
            if self.parts:
                self.flush()
            if len(self.boxes) > len(self.blocks):
                self.boxes.pop().last = len(self.lines)
            self.blocks.pop()
        else:
            self.closed(code)
            if node is self.skipped:
                self.skipped = None

    def end(self, root: etree._Element) -> None:
        """Leave all that is open, the element that the walk began with last; the text behind it is not read."""
        while (node := self.nodes.pop()) is not root:
            code = self.codes.pop()
            if code > _PLAIN:
                self.leave(node, code)
            if code != _UNREAD and (text := node.tail) and (self.parts or not text.isspace()):
                self.parts.append(text)
                self.count(text)
        code = self.codes.pop()
        self.nodes.clear()
        if self.parts:
            self.flush()
        if code == _BOX:
            self.blocks.pop()
        elif code:
            self.closed(code)
        self.skipped = None
        for box in self.boxes:
            box.last = len(self.lines)

    def box(self) -> Box:
        """The box of the innermost block-level element; made, with those around it, where it is the first time."""
        boxes, made = self.boxes, self.document.boxes
        box = boxes[-1]
        for node, tag, first in self.blocks[len(boxes) - 1 :]:
            style = node.get("style")
            hidden = box.hidden or (style is not None and _HIDDEN.search(style) is not None)
            box = Box(node, tag, box, first, 0, box.depth + 1, _HEADINGS.get(tag) or box.heading, hidden)
            boxes.append(box)
            made.append(box)
        return box

    def count(self, text: str) -> None:
        """Count characters in links and in bold face."""
        size = len(text.strip())
        if self.in_link:
            self.link_chars += size
        if self.in_bold:
            self.bold_chars += size

    def flush(self) -> None:
        """End the current line."""
        lines, parts = self.lines, self.parts
        text = fold(parts[0] if len(parts) == 1 else "".join(parts))
        parts.clear()
        if text:
            box = self.boxes[-1] if len(self.boxes) > len(self.blocks) else self.box()
            lines.append(Line(text, len(lines), box, self.link_chars, self.bold_chars))
        self.link_chars = self.bold_chars = 0

    def noted(self, node: etree._Element, tag: str, code: int) -> bool:
        """Note a link, a break, a picture, bold face or what is skipped; False if what is in it is not read."""
        if code == _LINK:
            # <a name=top> marks a place, and is often left open over the whole text.
            href = node.get("href")
            self.in_link = href is not None
            self.counted = self.in_link or self.in_bold
            self.document.anchors.append(Anchor(node, len(self.lines), href))
        elif code == _BREAK:
            if self.parts:
                self.flush()
        elif code == _PICTURE:
            self.document.pictures.append(Picture(node, len(self.lines), self.box()))
        elif code == _BOLD:
            self.in_bold = self.counted = True
        elif code == _META:
            self.meta(node)
        elif code == _COMMENT:
            self.document.comments.append((node.text or "", len(self.lines)))
            return False
        else:
            self.skip(node, tag)
            return tag in _FALLBACKS and len("".join(map(str, node.itertext()))) > _SWALLOWED
        return True

    def closed(self, code: int) -> None:
        """Take note of the end of a link or of bold face."""
        if code == _LINK:
            self.in_link = False
            self.counted = self.in_bold
        elif code == _BOLD:
            self.in_bold = False
            self.counted = self.in_link

    def skip(self, node: etree._Element, tag: str) -> None:
        """Elements whose text nobody reads: keep the title and the structured data."""
        if tag == "title":
            self.document.page_title = self.document.page_title or fold("".join(node.itertext()))
        elif tag in _PLAYERS:
            self.document.players.append(len(self.lines))
        elif tag == "script":
            self.document.scripts.append(node)
            if "ld+json" in (node.get("type") or ""):
                self.document.json_ld.append(node.text or "")

    def meta(self, node: etree._Element) -> None:
        """Keep a meta tag under its lower-cased name (their case varies in the wild: DOMAIN.md §4.8)."""
        name = node.get("name") or node.get("property") or node.get("itemprop")
        content = node.get("content")
        if name and content:
            self.document.meta.setdefault(name.strip().lower(), fold(content))
