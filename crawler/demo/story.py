"""The truth about one article of a demo portal, and what its lists need to know of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from crawler.items import Block, Image

__all__ = ["Entry", "Section", "Story", "StoryKind"]

StoryKind = Literal["article", "gallery", "video"]

#: Blocks that make up `Story.body`, as crawler.items.Article.body is defined.
_BODY_KINDS = frozenset({"paragraph", "heading", "list", "table"})


@dataclass(frozen=True, slots=True)
class Section:
    """A channel (栏目): the key in its addresses, its label, the subjects it covers, and how its list is paged.

    style: a family's own word for the shape of the list; "" is the family's usual one.
    """

    key: str
    label: str
    subjects: tuple[str, ...]
    style: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list: cheap to make, no body.

    published: the editor-set time that lists are sorted by; inserted: when it entered the system (DOMAIN.md §6).
    """

    number: int
    title: str
    subtitle: str
    path: str
    published: dt.datetime
    inserted: dt.datetime
    sections: tuple[Section, ...]
    kind: StoryKind = "article"


@dataclass(frozen=True, slots=True)
class Story:
    """One article as `crawler.extract.extract` should give it.

    url and image addresses are absolute, on the portal's base.  published: aware, to the printed minute.  None or
    empty: the page does not say.  duplicate_of: url of a story with the same body that is still there (a reprint;
    which of the two a crawler meets first is open), else None.  part_urls: all parts in order, or empty.
    revision: how often it has been edited.  page_number, page_name: e-paper only.
    """

    number: int
    url: str
    path: str
    kind: StoryKind
    title: str
    published: dt.datetime
    source: str | None
    breadcrumb: tuple[str, ...]
    blocks: tuple[Block, ...]
    subtitle: str | None = None
    reporters: tuple[str, ...] = ()
    correspondents: tuple[str, ...] = ()
    photographers: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    attachments: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    parts: tuple[tuple[Block, ...], ...] = ()
    part_urls: tuple[str, ...] = ()
    duplicate_of: str | None = None
    revision: int = 0
    page_number: str | None = None
    page_name: str | None = None
    byline_in_text: bool = False

    @property
    def body(self) -> str:
        """The article's own text, one paragraph a line."""
        return "\n".join(block.text for block in self.blocks if block.kind in _BODY_KINDS)

    @property
    def images(self) -> list[Image]:
        """Pictures with the caption that follows each."""
        found: list[Image] = []
        for block in self.blocks:
            if block.kind == "image" and block.url:
                found.append(Image(block.url))
            elif block.kind == "caption" and found:
                found[-1].caption = block.text
        return found
