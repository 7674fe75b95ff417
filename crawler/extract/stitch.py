"""Several pages of one article become one article again (DOMAIN.md §4.9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from crawler.extract.article import content_hash
from crawler.items import Article, Attachment, Block, Image

__all__ = ["stitch"]

#: A paragraph that ends so was not cut by the page break.
_TERMINAL = re.compile(r"[。！？；：…!?;:.”’」』）)】》\]—]\s*$")
_PART_MARK = re.compile(r"[（(\[【]?\s*(?:第?\s*[\d一二三四五六七八九十]+\s*(?:页|部分)?|[上中下]|续)\s*[）)\]】]?$")
_SPACE = re.compile(r"\s+")
#: Kinds of blocks that make the body (items.Article.blocks).
_TEXT = frozenset(("paragraph", "heading", "table", "list"))
#: How many of the first blocks can be a title or lead that every page repeats.
_LEAD = 3
_FIRST_HAS = (
    "title",
    "subtitle",
    "published",
    "published_text",
    "source",
    "reporters",
    "correspondents",
    "photographers",
    "editors",
    "breadcrumb",
    "keywords",
    "page_number",
    "page_name",
    "full_url",
    "portal",
    "section",
    "template",
)


def stitch(parts: Sequence[Article]) -> Article:
    """One article of its pages, given in order; ValueError without any.

    Bodies and blocks are joined, a paragraph cut by the page break is made whole, titles and leads that later pages
    repeat are dropped, and so are pages with the text of an earlier one (static servers answer any page number with
    the first page, DOMAIN.md §4).  Fields come from the first page that has them; the confidence is the lowest.
    """
    if not parts:
        raise ValueError("stitch() needs at least one page of an article")
    pages = _distinct(parts)
    whole = replace(pages[0])
    for name in _FIRST_HAS:
        setattr(whole, name, next((value for page in pages if (value := getattr(page, name))), getattr(whole, name)))
    if len(pages) > 1:
        whole.blocks = _join([_blocks(pages[0]), *(_without_lead(page, pages[0]) for page in pages[1:])])
        whole.body = "\n".join(block.text for block in whole.blocks if block.kind in _TEXT and block.text)
        whole.content_hash = content_hash(whole.body) if whole.body else ""
        whole.part_urls = [page.url for page in pages]
    whole.images = _images(page.images for page in pages)
    whole.attachments = _attachments(page.attachments for page in pages)
    whole.keywords = list(dict.fromkeys(word for page in pages for word in page.keywords))
    whole.cuts = [cut for page in pages for cut in page.cuts]
    whole.confidence = min(page.confidence for page in pages)
    whole.evidence = {name: seen for page in reversed(pages) for name, seen in page.evidence.items()}
    return whole


def _distinct(parts: Sequence[Article]) -> list[Article]:
    """The pages whose text is not that of an earlier one; the first page always."""
    seen: set[str] = set()
    pages: list[Article] = []
    for part in parts:
        text = content_hash(part.body) if part.body else part.url
        if text not in seen:
            pages.append(part)
        seen.add(text)
    return pages


def _blocks(page: Article) -> list[Block]:
    """The page's blocks; its lines as paragraphs where it has none."""
    if page.blocks:
        return [replace(block) for block in page.blocks]
    return [Block("paragraph", line) for line in page.body.split("\n") if line.strip()]


def _plain(text: str | None) -> str:
    return _SPACE.sub("", text or "")


def _without_lead(page: Article, first: Article) -> list[Block]:
    """Blocks of a later page without the headline (with its page mark) and the lead that the first page began with."""
    blocks = _blocks(page)
    known = {_plain(first.title), _plain(first.subtitle), _plain(page.title)}
    known |= {_plain(block.text) for block in _blocks(first)[:_LEAD] if block.kind in _TEXT}
    known.discard("")
    for _ in range(_LEAD):
        if not blocks or blocks[0].kind not in _TEXT:
            break
        text = _plain(blocks[0].text)
        if text not in known and _PART_MARK.sub("", text) not in known:
            break
        del blocks[0]
    return blocks


def _join(pages: Iterable[list[Block]]) -> list[Block]:
    joined: list[Block] = []
    for blocks in pages:
        if joined and blocks and _is_cut(joined[-1], blocks[0]):
            joined[-1].text += _glue(joined[-1].text, blocks[0].text) + blocks[0].text
            blocks = blocks[1:]
        joined += blocks
    return joined


def _is_cut(last: Block, following: Block) -> bool:
    return last.kind == following.kind == "paragraph" and bool(last.text) and not _TERMINAL.search(last.text)


def _glue(left: str, right: str) -> str:
    """Latin words keep a blank between them; Chinese has none."""
    return " " if left[-1:].isascii() and left[-1:].isalpha() and right[:1].isascii() and right[:1].isalpha() else ""


def _images(lists: Iterable[list[Image]]) -> list[Image]:
    found: dict[str, Image] = {}
    for images in lists:
        for image in images:
            known = found.setdefault(image.url, replace(image))
            known.caption = known.caption or image.caption
    return list(found.values())


def _attachments(lists: Iterable[list[Attachment]]) -> list[Attachment]:
    return list({item.url: item for items in lists for item in reversed(items)}.values())
