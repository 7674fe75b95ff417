"""What repeats from page to page: blocks outside the body, boxes inside it that are always cut, and lines in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from crawler.extract.learned import phrase_key
from crawler.extract.learning.samples import Sample
from crawler.extract.lines import Box, Line
from crawler.extract.places import name_of
from crawler.items import Phrase, Place

__all__ = ["common_ends", "common_lines", "find_cut", "find_furniture", "find_phrases"]

#: Furniture stands on this share of a layout's pages.
_SHARE = 0.6
#: A line that stands verbatim in so many stories is no sentence of any of them, however many there are.  With other
#: figures in it, it may be one (`活动持续到5月1日`), unless most pages have it.
_VERBATIM = 3
#: At the body's edges two stories are enough for a brief line; longer ones may be background that both give.
_BRIEF = 60
#: Lines of the body's box that count as its edge, as in learned.py.
_FIRST_LINES, _LAST_LINES = 3, 8
#: Shorter lines (（完）, 图片) repeat by chance; in the middle of the text sub-headings do.
_SHORTEST, _SHORTEST_INSIDE = 4, 12
_LONGEST = 400
_END = re.compile(r"(?:^|[。！？!?”）)])\s*([^。！？!?”）)\d]{4,40})$")
_LABEL = re.compile(r"[\s\W_]*[\w\s]{2,12}?[:：丨|｜/／]")
_MOST_BLOCKS, _MOST_PHRASES = 40, 60
#: A box is always cut if the generic rules kept some of it on less than this share of the pages that have it; above the
#: text it takes more pages to tell where only its place speaks against it, because few stories have a lead.
_KEPT, _VERBATIM_ABOVE = 0.2, 6


def common_lines(samples: list[Sample]) -> Counter[str]:
    """Text → pages that have it, for lines without figures and links that could belong to a text and do not."""
    pages: Counter[str] = Counter()
    for sample in samples:
        own = (*sample.title.lines, *sample.title.repeats)
        pages.update(
            {
                line.text
                for line in sample.document.lines
                if _SHORTEST_INSIDE <= len(line.text) <= _LONGEST and not line.link_chars and line.index not in own
            }
        )
    return Counter({text: count for text, count in pages.items() if count > 1 and phrase_key(text) == text})


def common_ends(samples: list[Sample]) -> Counter[str]:
    """What follows the last sentence of the last lines, on a line of its own or not → pages that have it."""
    pages: Counter[str] = Counter()
    behind: set[str] = set()
    for sample in samples:
        home = sample.boxes.get(sample.body.containers[0])
        held = sample.document.lines[home.first : home.last] if home is not None else sample.body.lines
        found = {end: line for line in held[-_LAST_LINES:] if (end := _end(line))}
        pages.update(found.keys())
        behind.update(end for end, line in found.items() if end != line.text)
    return Counter({text: count for text, count in pages.items() if count >= _VERBATIM and text in behind})


def find_phrases(
    samples: list[Sample], homes: Mapping[Sample, Box], common: Counter[str], tails: Counter[str]
) -> tuple[Phrase, ...]:
    """Lines, and beginnings and ends of lines at the edges, that stand in the body's box of several stories.

    common, tails: see common_lines() and common_ends(), over all layouts of the portal, which share their small print.
    """
    lines: Counter[str] = Counter()
    starts: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    inner: set[str] = set()
    for sample in samples:
        home = homes[sample]
        held = [line for line in sample.document.lines[home.first : home.last] if line.index not in sample.title.lines]
        edge = {line.index for line in (*held[:_FIRST_LINES], *held[-_LAST_LINES:])}
        texts = {line.text for line in held if _SHORTEST <= len(line.text) <= _LONGEST}
        lines.update({phrase_key(text) for text in texts})
        inner.update(phrase_key(line.text) for line in held if line.index not in edge)
        starts.update({label for line in held if line.index in edge and (label := _label(line))})
        ends.update({end for line in held[-_LAST_LINES:] if (end := _end(line))})
    enough = max(2, _SHARE * len(samples))
    often = {text: pages for text, pages in common.items() if pages >= _needed(text, inner)}
    whole = [
        Phrase(text, "line", pages)
        for text, pages in (lines | often).items()
        if text in often or (pages >= enough and (len(text) >= _SHORTEST_INSIDE or text not in inner))
    ]
    begun = [Phrase(text, "start", pages) for text, pages in starts.items() if pages >= max(_VERBATIM, enough)]
    ends = Counter({text: pages for text, pages in ends.items() if pages >= enough and pages > lines[text]}) | tails
    ended = [Phrase(text, "end", pages) for text, pages in ends.items()]
    # What stands in the text's own box is wanted first; the rest is small print of the page around it.  The text comes
    # last in the key, because the same pages have to give the same template.
    ordered = sorted(
        (*begun, *ended, *whole),
        key=lambda phrase: (phrase.match == "line" and phrase.text not in lines, -phrase.pages, phrase.text),
    )
    return tuple(ordered[:_MOST_PHRASES])


def _needed(text: str, inner: set[str]) -> int:
    """Pages on which a line must stand verbatim to be no sentence of the story."""
    return 2 if len(text) <= _BRIEF and text not in inner else _VERBATIM


def _end(line: Line) -> str | None:
    """What follows the last sentence of a line, or a short line by itself: 返回首页，查看更多."""
    match = _END.search(line.text)
    return match[1] if match else None


def _label(line: Line) -> str | None:
    """审核： of a line that is no sentence."""
    if len(line.text) > 60 or line.text.endswith(("。", "！", "？", "”")):
        return None
    match = _LABEL.match(line.text)
    return phrase_key(match[0]) if match else None


def find_cut(samples: list[Sample], homes: Mapping[Sample, Box]) -> tuple[Place, ...]:
    """Named boxes inside the body's that the generic rules cut nearly everywhere: where they do not, they err."""
    seen: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    above: Counter[str] = Counter()
    for sample in samples:
        here = dict(_inner(sample, homes[sample]))
        seen.update(here.keys())
        kept.update(name for name, box in here.items() if sample.taken(box))
        above.update(name for name, box in here.items() if box.first < sample.body.first and not _known(sample, box))
    return tuple(
        Place(name, pages, "cut")
        for name, pages in seen.most_common(_MOST_BLOCKS)
        if pages >= (_VERBATIM_ABOVE if above[name] else _VERBATIM) and kept[name] <= _KEPT * pages
    )


def _known(sample: Sample, box: Box) -> bool:
    """True if every line of a box has a reason of its own for being cut, besides its place."""
    reasons = {cut.text: cut.reason for cut in sample.body.cuts}
    return all(
        reasons.get(line.text, "before text") not in ("before text", "promotion")
        for line in sample.document.lines[box.first : box.last]
    )


def _inner(sample: Sample, home: Box) -> Iterator[tuple[str, Box]]:
    """Names of the boxes inside the body's; of several boxes of one name, one that is kept if there is one."""
    found: dict[str, Box] = {}
    for box in sample.document.boxes:
        inside = home.first <= box.first < box.last <= home.last and box is not home and box.within(home)
        name = _name(box) if inside else None
        if name is not None and sample.taken(box):
            found[name] = box
        elif name is not None:
            found.setdefault(name, box)
    yield from found.items()


def _name(box: Box) -> str | None:
    for attribute in ("id", "class"):
        value = box.element.get(attribute)
        if value:
            selector = f'//{box.tag}[@{attribute}="{value}"]'
            return selector if name_of(selector) else None
    return None


def find_furniture(samples: list[Sample], homes: Mapping[Sample, Box]) -> tuple[Place, ...]:
    """The largest blocks without any part of the article that say the same, or are lists of links, on most pages."""
    texts: dict[str, Counter[str]] = defaultdict(Counter)
    links: Counter[str] = Counter()
    for sample in samples:
        for box in _blocks(sample, homes.get(sample)):
            selector = sample.writer.selector(box.element)
            lines = sample.document.lines[box.first : box.last]
            texts[selector][phrase_key("".join(line.text for line in lines))] += 1
            size = sum(len(line.text) for line in lines)
            links[selector] += sum(line.link_chars for line in lines) > 0.6 * size
    enough = max(2, _SHARE * len(samples))
    found = []
    for selector, counts in texts.items():
        same = counts.most_common(1)[0][1]
        if same >= enough:
            found.append(Place(selector, same, "text"))
        elif links[selector] >= enough:
            found.append(Place(selector, links[selector], "links"))
    return tuple(sorted(found, key=lambda place: -place.pages)[:_MOST_BLOCKS])


def _blocks(sample: Sample, home: Box | None) -> Iterator[Box]:
    """The largest boxes without a line of the article's parts."""
    taken = {line.index for line in sample.lines.values()} | sample.kept
    if home is not None:
        taken.update(range(home.first, home.last))
    ordered = sorted(taken)
    skip_until = -1
    for box in sample.document.boxes:
        if box.first < skip_until or box.tag in ("html", "body"):
            continue
        if not any(box.first <= index < box.last for index in ordered):
            skip_until = box.last
            yield box
