"""The article's own text: which part of the page holds it, and what in there does not belong."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from lxml import etree

from crawler.extract.blocks import body_text, build_blocks, images_of
from crawler.extract.confidence import confidence
from crawler.extract.container import Core, fallback_core, find_core
from crawler.extract.dom import Document, Line
from crawler.extract.furniture import is_meta_line
from crawler.extract.media import attachments, pictures_between
from crawler.extract.template import marked_core, removed_lines
from crawler.extract.titles import Title
from crawler.extract.trim import trim
from crawler.items import Attachment, Block, Cut, Image, Template

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
    #: points of the core (see container.py): how much running text there is
    points: float = 0.0
    #: a date or a label of the meta line stands between the headline and the text
    dated: bool = False
    #: lines of links between the first and the last kept line
    asides: int = 0
    #: video and audio players beside the text
    players: int = 0


def find_body(
    document: Document,
    title: Title,
    template: Template | None = None,
    core: Core | None = None,
    removed: Container[int] = (),
) -> Body:
    """The article's lines and blocks; an empty Body where the page has no running text.

    template: its body selectors and removals come before the generic rules.  core, removed: from a learned template:
    where the body stands, and indices of lines that are none of it.
    """
    marked = core or marked_core(document, template)
    core = marked or find_core(document, title) or fallback_core(document, title)
    if core is None:
        return Body()
    kept, left = trim(document, core, title, removed or removed_lines(document, template))
    if not kept:
        return Body()
    first, last = kept[0].index, kept[-1].index
    above = title.lines[-1] + 1 if title.lines and title.lines[-1] < first else min(first, core.home.first)
    pictures = list(pictures_between(document, above, last + 1, core.home))
    blocks = build_blocks(kept, core.home, pictures)
    body = Body([core.home.element], first, last, kept, blocks, body_text(blocks), images_of(blocks))
    body.attachments = attachments(document, above, max(last, core.home.last) + 1)
    body.cuts = [Cut(line.text, reason) for line, reason in left]
    body.asides = sum(reason == "link" and first < line.index < last for line, reason in left)
    body.players = sum(above <= player <= last + 1 for player in document.players)
    body.confidence, body.rule = (
        confidence(core, title, kept, left),
        f"template {template.name}" if marked and template else "density",
    )
    body.points = core.points
    body.dated = any(is_meta_line(line.text) for line in document.lines[above:first])
    return body
