"""From the body's lines to blocks in page order: paragraphs, headings, tables, lists, pictures and their captions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from crawler.extract.dom import Box, Line, Picture
from crawler.items import Block, Image

__all__ = ["body_text", "build_blocks", "images_of"]

_TEXT_KINDS = frozenset({"paragraph", "heading", "table", "list"})
_CAPTION_NAMES = re.compile(
    r"caption|(?:img|pic|photo|image)[-_]?(?:note|desc|title|info|text|explain|word)|tushuo|tuzhu"
)
#: Words by which a line under a picture says that it describes it.
_CAPTION = re.compile(r"^[\s△▲▼◆↑▽（(【\[]*(?:图为|图说|图[:：]|图源|图片|上图|下图|资料图|图\d)|^[△▲▼↑▽]")
_CREDITED = re.compile(r"(?:摄影?|供图|摄影报道|图片来源.{0,20}|资料图片?|视觉中国|图源.{0,20})\s*[）)】\]]?[。.]?$")
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_STOP = re.compile(r"[。！？；，：!?;,:]$")
#: Captions run to a sentence or two; longer lines under pictures are text.
_CAPTION_LENGTH = 120
_HEADING_LENGTH = 40
#: A table whose largest cell holds this share of its text, and more than a paragraph, is layout and not data.
_LAYOUT_SHARE = 0.6
_LAYOUT_LENGTH = 200


@dataclass(slots=True)
class _Piece:
    """A line with the table or list that holds it (the outermost below the body's box), if any."""

    line: Line
    holder: Box | None


def body_text(blocks: list[Block]) -> str:
    """The article's own text: its paragraphs, headings, tables and lists, joined by newlines."""
    texts = [block.text for block in blocks if block.kind in _TEXT_KINDS]
    # Galleries have no other text than their captions (DOMAIN.md §3).
    return "\n".join(texts or [block.text for block in blocks if block.kind == "caption"])


def images_of(blocks: list[Block]) -> list[Image]:
    """Pictures with the caption that follows them."""
    images: list[Image] = []
    for position, block in enumerate(blocks):
        if block.kind == "image" and block.url:
            after = blocks[position + 1] if position + 1 < len(blocks) else None
            images.append(Image(block.url, after.text if after is not None and after.kind == "caption" else None))
    return images


def build_blocks(lines: list[Line], home: Box, pictures: list[tuple[Picture, str]]) -> list[Block]:
    """Blocks of the kept lines, in page order, with the pictures between them."""
    holders: dict[int, Box | None] = {}
    layout: dict[int, bool] = {}
    pieces = []
    for line in lines:
        key = id(line.box)
        if key not in holders:
            holders[key] = _holder(line.box, home, layout, lines)
        pieces.append(_Piece(line, holders[key]))
    blocks: list[Block] = []
    waiting = list(reversed(pictures))
    for _, group in groupby(pieces, key=lambda piece: id(piece.holder) if piece.holder else -piece.line.index):
        members = list(group)
        while waiting and waiting[-1][0].line <= members[0].line.index:
            blocks.append(Block("image", "", waiting.pop()[1]))
        blocks.append(_block(members, blocks))
    blocks += [Block("image", "", url) for _, url in reversed(waiting)]
    return blocks


def _holder(box: Box, home: Box, layout: dict[int, bool], lines: list[Line]) -> Box | None:
    """The outermost data table or list around a box, inside home."""
    found: Box | None = None
    step: Box | None = box
    while step is not None and step is not home and step.depth > home.depth:
        if step.tag in ("ul", "ol") or (step.tag == "table" and not _is_layout(step, layout, lines)):
            found = step
        step = step.parent
    return found


def _is_layout(table: Box, known: dict[int, bool], lines: list[Line]) -> bool:
    if id(table) not in known:
        inside = [line for line in lines if table.first <= line.index < table.last]
        cells: dict[int, int] = {}
        rows: dict[int, set[int]] = {}
        for line in inside:
            cell, row = _cell(line.box, table)
            cells[cell] = cells.get(cell, 0) + len(line.text)
            rows.setdefault(row, set()).add(cell)
        largest, total = max(cells.values(), default=0), sum(cells.values())
        paragraphs = largest > _LAYOUT_LENGTH and largest > _LAYOUT_SHARE * total
        known[id(table)] = paragraphs or all(len(row) < 2 for row in rows.values())
    return known[id(table)]


def _cell(box: Box, table: Box) -> tuple[int, int]:
    """Identities of the cell and the row of a table that a box stands in (outermost ones below the table)."""
    cell = row = id(box)
    step: Box | None = box
    while step is not None and step is not table:
        if step.tag in ("td", "th"):
            cell = id(step)
        elif step.tag == "tr":
            row = id(step)
        step = step.parent
    return cell, row


def _block(members: list[_Piece], before: list[Block]) -> Block:
    first = members[0]
    if first.holder is None:
        return _single(first.line, before)
    lines = [piece.line for piece in members]
    if first.holder.tag == "table":
        return Block("table", _rows(lines, first.holder))
    return Block("list", "\n".join(" ".join(texts) for texts in _items(lines, first.holder)))


def _rows(lines: list[Line], table: Box) -> str:
    rows: dict[int, dict[int, list[str]]] = {}
    for line in lines:
        cell, row = _cell(line.box, table)
        rows.setdefault(row, {}).setdefault(cell, []).append(line.text)
    return "\n".join("\t".join(" ".join(texts) for texts in cells.values()) for cells in rows.values())


def _items(lines: list[Line], holder: Box) -> list[list[str]]:
    items: dict[int, list[str]] = {}
    for line in lines:
        item = id(line.box)
        step: Box | None = line.box
        while step is not None and step is not holder:
            if step.tag == "li":
                item = id(step)
            step = step.parent
        items.setdefault(item, []).append(line.text)
    return list(items.values())


def _single(line: Line, before: list[Block]) -> Block:
    if _is_caption(line, before):
        return Block("caption", line.text)
    bold = line.bold_chars >= 0.9 * len(line.text.replace(" ", ""))
    if len(line.text) <= _HEADING_LENGTH and (line.heading or bold) and not _STOP.search(line.text):
        return Block("heading", line.text)
    return Block("paragraph", line.text)


def _is_caption(line: Line, before: list[Block]) -> bool:
    if len(line.text) > _CAPTION_LENGTH:
        return False
    if line.box.tag == "figcaption" or _CAPTION_NAMES.search(line.box.names()):
        return True
    if not before or before[-1].kind != "image":
        return False
    if _CAPTION.search(line.text) or _CREDITED.search(line.text):
        return True
    centred = line.element.get("align") == "center" or _CENTRED.search(line.element.get("style") or "") is not None
    return centred and len(line.text) <= _HEADING_LENGTH and not _STOP.search(line.text)
