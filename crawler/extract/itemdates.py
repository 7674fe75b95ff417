"""The date that a list prints beside a headline, found in the item that holds the link and nothing else."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

from lxml import etree

from crawler.extract.anchors import Anchor, squeeze
from crawler.extract.dates import parse_date

__all__ = ["printed_dates", "unstamped"]

#: What can be part of a date; anything else is not handed to the date reader, which costs ten times this search.
_DATE_LIKE = re.compile(
    r"\d{1,4}\s*[-/.年月]\s*\d{1,2}|\d+\s*(?:分钟|小时|天|秒)前|今天|昨天|前天|刚刚|\d{1,2}:\d{2}|20\d{6}"
)
#: 222017.12: the day stands in its own element before year and month (博达 VSB lists).
_DAY_FIRST = re.compile(r"(?<!\d)(0[1-9]|[12]\d|3[01])\s*((?:19|20)\d{2})[-./年](0?[1-9]|1[0-2])月?(?![-./\d])")
#: A longer piece of text is a teaser, and the dates in it are those of its story; a date line is shorter.
_NEAR = 60
_DAY = r"(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?"
#: A date inside the link, after or before the headline: 标题 [2022-11-13], 2022-11-13 标题.
_STAMPED = re.compile(rf"(\S.*?)[\s·|]*[\[(（]?\s*({_DAY})\s*[\])）]?|[\[(（]?({_DAY})[\])）]?[\s·|:：]+(\S.*)")
#: Pieces of text of one item that are looked at: share buttons and counters follow the date line.
_PIECES = 40
_SENTENCE = re.compile(r"[，。！？；]")
#: An item is at most this many elements above its link; a lone link's column is no item.
_HEIGHT = 6


def printed_dates(chosen: Sequence[Anchor], now: dt.datetime) -> dict[str, dt.datetime]:
    """Address → date printed in its item; addresses without one are left out."""
    owners: dict[etree._Element, str | None] = {}
    titles: defaultdict[str | None, set[str]] = defaultdict(set)
    for anchor in chosen:
        _claim(anchor, owners)
        titles[anchor.url].add(anchor.headline)
    found: dict[str, dt.datetime] = {}
    for anchor in chosen:
        url = anchor.url
        if url is None or url in found:
            continue
        text = _around(anchor, owners, titles[url])
        if _DATE_LIKE.search(text):
            when = _read(text, now)
            if when:
                found[url] = when
    return found


def unstamped(text: str) -> str:
    """A link's text without the date that stands before or after the headline in it.

    >>> unstamped("老街口袋公园添座椅 [2026-03-04]"), unstamped("2026-03-04 08:00 老街口袋公园添座椅")
    ('老街口袋公园添座椅', '老街口袋公园添座椅')
    """
    match = _stamped(text)
    return str(match[1] or match[4]) if match else text


def _stamped(text: str) -> re.Match[str] | None:
    """Match of a text that begins or ends with a date; cheap for the many that do not."""
    if text[-6:].rstrip("])）日 ")[-1:].isdigit() or text[:4].lstrip("[(（ ")[:2] in ("19", "20"):
        return _STAMPED.fullmatch(text)
    return None


def _claim(anchor: Anchor, owners: dict[etree._Element, str | None]) -> None:
    """Mark every ancestor with the only address in it, or None where there are several."""
    node: etree._Element | None = anchor.element
    while node is not None:
        owner = owners.get(node, "")
        if owner is None:
            return
        owners[node] = anchor.url if owner in ("", anchor.url) else None
        node = node.getparent()


def _around(anchor: Anchor, owners: dict[etree._Element, str | None], titles: set[str]) -> str:
    """Text of the item without the headline: the largest element with this link only, then what follows it."""
    node = anchor.element
    parent = node.getparent()
    for _ in range(_HEIGHT):
        if parent is None or parent.tag in ("body", "html") or owners.get(parent) != anchor.url:
            break
        node, parent = parent, parent.getparent()
    pieces = (
        [piece for piece in islice(node.itertext(), _PIECES) if len(piece) < _NEAR and not piece.isspace()]
        if len(node)
        else []
    )
    if _DATE_LIKE.search(" ".join(pieces)):
        clean = [squeeze(piece) for piece in pieces]
        inside = " ".join(piece for piece in clean if piece not in titles and not _SENTENCE.search(piece))
        if _DATE_LIKE.search(inside):
            return inside
    return anchor.text if _stamped(anchor.text) else _beside(node, owners)


def _beside(node: etree._Element, owners: dict[etree._Element, str | None]) -> str:
    """Loose text after the item, up to the next link; before it where nothing follows (`[11-13] <a>`)."""
    after = [node.tail or ""]
    sibling = node.getnext()
    while sibling is not None and sibling not in owners and sibling.tag != "br":
        after += ["".join(sibling.itertext()), sibling.tail or ""]
        sibling = sibling.getnext()
    text = squeeze(" ".join(after))
    if text:
        return text if len(text) < _NEAR else ""
    previous = node.getprevious()
    if previous is None:
        parent = node.getparent()
        return squeeze(parent.text or "")[-_NEAR:] if parent is not None else ""
    before = "" if previous in owners else "".join(previous.itertext())
    return squeeze(f"{before} {previous.tail or ''}")[-_NEAR:]


def _read(text: str, now: dt.datetime) -> dt.datetime | None:
    day_first = _DAY_FIRST.search(text)
    if day_first:
        text = f"{day_first[2]}-{day_first[3]}-{day_first[1]}"
    stamp = parse_date(text, now)
    return stamp.when if stamp else None
