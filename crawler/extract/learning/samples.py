"""A page to learn from: what the generic rules found on it, and on which lines."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from crawler.extract.body import Body, find_body
from crawler.extract.dom import Document, parse
from crawler.extract.epaper import article_page
from crawler.extract.kind import kind_of, not_html
from crawler.extract.lines import Box, Line
from crawler.extract.metadata import Metadata, describe
from crawler.extract.parts import find_parts
from crawler.extract.places import Writer
from crawler.extract.titles import Title, find_title
from crawler.items import Page
from crawler.urls import absolute

__all__ = ["Sample", "read_sample", "without_twins"]

_ARTICLES = frozenset({"article", "gallery", "video"})
_NOT_WORD = re.compile(r"[\W_]+")
#: Pages that share more of their text lines than this are the same story at two addresses.
_SAME = 0.5
#: Lines below the body that are read for facts (zones.py).
_BELOW = 30


@dataclass(eq=False)
class Sample:
    """One page.  lines: field → the line that the generic rules read it from."""

    page: Page
    document: Document
    title: Title
    body: Body
    lines: dict[str, Line] = field(default_factory=dict)
    published: dt.datetime | None = None

    @property
    def weight(self) -> float:
        """Confidence of the body, never nothing."""
        return max(0.05, self.body.confidence)

    @cached_property
    def writer(self) -> Writer:
        """Writes selectors for elements of this page."""
        return Writer(self.document.root)

    @cached_property
    def boxes(self) -> dict[object, Box]:
        """Element → its box, of all boxes that hold text."""
        return {box.element: box for box in self.document.boxes}

    @cached_property
    def kept(self) -> frozenset[int]:
        """Indices of the body's lines."""
        return frozenset(line.index for line in self.body.lines)

    def taken(self, box: Box) -> bool:
        """True for a box with a line of the text or of the headline."""
        return any(box.first <= index < box.last for index in (*self.kept, *self.title.lines))

    @property
    def named(self) -> bool:
        """<title> and the headline as displayed agree."""
        title, told = _NOT_WORD.sub("", self.document.page_title), _NOT_WORD.sub("", self.title.text or "")
        return bool(told) and told[:10] in title


def read_sample(page: Page) -> Sample | None:
    """What the generic rules say of a page; None for pages that hold no article."""
    if not_html(page.body, page.content_type):
        return None
    document = parse(page.body, page.url, page.content_type)
    title = find_title(document)
    body = find_body(document, title)
    if not body.lines or kind_of(page.body, document, title, body) not in _ARTICLES:
        return None
    told = describe(document, title, body)
    lines = _lines(document, title, told)
    others = {"pager": _pager(document), "keywords": _keywords(document, body, told), "page": _paper_page(document)}
    for name, line in others.items():
        if line is not None:
            lines[name] = line
    return Sample(page, document, title, body, lines, told.published)


def _keywords(document: Document, body: Body, told: Metadata) -> Line | None:
    """The line below the body with a printed keyword."""
    below = document.lines[body.last + 1 : body.last + 1 + _BELOW]
    return next((line for line in below if told.keywords and told.keywords[0] in line.text), None)


def _paper_page(document: Document) -> Line | None:
    """The line with the printed page of an e-paper: 第A03版：要闻."""
    number, _ = article_page(document)
    return next((line for line in document.lines if number and number in line.text), None)


def _pager(document: Document) -> Line | None:
    """The line with the first link to another page of the article."""
    parts = find_parts(document)
    addresses = {*parts.urls, parts.full_url} - {None, document.url}
    if addresses:
        for anchor in document.anchors:
            if anchor.line < len(document.lines) and absolute(document.url, anchor.href) in addresses:
                return document.lines[anchor.line]
    return None


def _lines(document: Document, title: Title, told: Metadata) -> dict[str, Line]:
    found = {"title": document.lines[title.lines[0]]} if title.lines else {}
    anchor = title.lines[0] if title.lines else 0
    for name, evidence in told.evidence.items():
        if evidence.text and (line := _line_of(document, evidence.text, anchor)) is not None:
            found["date" if name == "published" else name] = line
    return found


def _line_of(document: Document, text: str, anchor: int) -> Line | None:
    """The line nearest to the headline that a rule read a text from, as a whole or as its beginning (joined cells)."""
    whole = [line for line in document.lines if line.text[:200] == text[:200]]
    begun = [line for line in document.lines if len(line.text) >= 2 and text.startswith(line.text)] if not whole else []
    return min(whole or begun, key=lambda line: abs(line.index - anchor), default=None)


def without_twins(samples: Iterable[Sample]) -> list[Sample]:
    """Each story once: a page that is given twice proves no repetition."""
    kept: list[tuple[Sample, frozenset[str]]] = []
    for sample in samples:
        texts = frozenset(line.text for line in sample.body.lines if len(line.text) >= 12)
        if not any(_same(texts, other) for _, other in kept):
            kept.append((sample, texts))
    return [sample for sample, _ in kept]


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    least = min(len(one), len(other))
    return (not least and one == other) or (least > 0 and len(one & other) > _SAME * least)
