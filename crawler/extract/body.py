"""The article's own text: which part of the page holds it, and what in there does not belong."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from crawler.extract.blocks import body_text, build_blocks, images_of
from crawler.extract.container import find_core
from crawler.extract.dom import Document, Line
from crawler.extract.media import attachments, pictures_between
from crawler.extract.titles import Title
from crawler.extract.trim import trim
from crawler.items import Attachment, Block, Cut, Image

__all__ = ["Body", "find_body"]


@dataclass(slots=True)
class Body:
    """The body of an article.

    first, last: indices of the first and the last kept line, -1 without a body; lines: those kept, in order;
    containers: elements that hold it; cuts: what was left out of it.  rule: what found it.
    """

    containers: list[etree._Element] = field(default_factory=list)
    first: int = -1
    last: int = -1
    lines: list[Line] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    text: str = ""
    images: list[Image] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    confidence: float = 0.0
    rule: str = "none"


def find_body(document: Document, title: Title) -> Body:
    """The article's lines and blocks; an empty Body where the page has no running text."""
    core = find_core(document, title)
    if core is None:
        return Body()
    kept, cuts = trim(document, core, title)
    if not kept:
        return Body()
    first, last = kept[0].index, kept[-1].index
    above = title.lines[-1] + 1 if title.lines and title.lines[-1] < first else min(first, core.home.first)
    pictures = list(pictures_between(document, above, last + 1, core.home))
    blocks = build_blocks(kept, core.home, pictures)
    body = Body([core.home.element], first, last, kept, blocks, body_text(blocks), images_of(blocks))
    body.attachments = attachments(document, above, max(last, core.home.last) + 1)
    body.cuts = cuts
    body.confidence, body.rule = 0.5, "density"
    return body
