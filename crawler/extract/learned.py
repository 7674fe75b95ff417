"""Read a page by a learned template: find its places, check that they hold what they should, or say why not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from crawler.extract.body import Body, find_body
from crawler.extract.container import core_within
from crawler.extract.dom import Document, walk
from crawler.extract.lines import Box
from crawler.extract.places import locate, name_of
from crawler.extract.region import region
from crawler.extract.titles import Title, find_title
from crawler.items import Evidence, Layout, Template

__all__ = ["ENOUGH", "Fitting", "phrase_key", "read_learned"]

#: A layout is used from this fit on: body and headline where they should be, the date may be missing.
ENOUGH = 0.75
_BODY, _TITLE, _DATE = 0.5, 0.3, 0.2
#: Text, in points of container.py, from which the body is certainly one; shorter pages may be notices and messages, and
#: whether they are is told from the whole page (kind.py); with every place held, half of it is certain.
_CERTAIN = 140.0
#: A body must earn this much at all: half of what the shortest article of the bench has.
_LEAST = 35.0
#: With headline and date in their places too, a sentence is enough: a headline in brief.
_LEAST_SURE = 12.0
#: A place that so many pages agree on holds the headline, whatever other line looks like one.
_NEARLY_ALL = 0.8
_LONGEST_TITLE = 120
#: Layouts that are tried on a page before it counts as none of them.
_TRIED = 3
#: What every article has (not every one has editors or keywords) is expected on all pages of a layout if this share of
#: those learned from has it there.
_EXPECTED = ("title", "date", "source", "breadcrumb", "page")
_MOST = 0.6
_DATED = re.compile(
    r"(?:19|20)\d\d\s?[-/年.—－]|\d{1,2}-\d{1,2}|\d{1,2}月\d{1,2}日|\d{1,2}[:：]\d\d|[刚今昨前]天|刚刚|\d前"
)
_NOT_WORD = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
#: A phrase that begins a line is looked for in short lines among the body's first and last ones.
_SHORT, _FIRST_LINES, _LAST_LINES = 80, 3, 8


@dataclass(slots=True)
class Fitting:
    """What a template made of a page.  template: None where none fits, and then why says what was missed.

    fit: 0 to 1, of the best layout.
    """

    document: Document
    title: Title
    body: Body
    template: Template | None
    fit: float
    why: str


def read_learned(page: Document, templates: Sequence[Template]) -> Fitting | None:
    """The page by the layout that fits it best; None where there is no learned template for it.

    page: loaded, not walked.  Where nothing fits, the fitting's document is not to be used.
    """
    layouts = [
        (template, layout) for template in templates for layout in template.layouts if _meant(template, layout, page)
    ]
    best: Fitting | None = None
    for template, layout, found in _there(page, layouts):
        fitting = _read(page, template, layout, found)
        if fitting.template is not None:
            return fitting
        best = fitting if best is None or fitting.fit > best.fit else best
    if best is None and layouts:
        return Fitting(page, Title(), Body(), None, 0.0, "no place of the body is there")
    return best


def _meant(template: Template, layout: Layout, page: Document) -> bool:
    return "body" in layout.places and (template.url is None or re.search(template.url, page.url) is not None)


_Found = dict[str, etree._Element]


def _there(page: Document, layouts: list[tuple[Template, Layout]]) -> Iterator[tuple[Template, Layout, _Found]]:
    """Layouts whose body is on the page, the likeliest first; found: selector → element."""
    known = []
    for template, layout in layouts:
        found = locate(page.root, layout.places.values())
        if layout.places["body"].selector in found:
            share = _share(layout, found)
            if share == 1.0:
                yield template, layout, found
            else:
                known.append((share, template, layout, found))
    for _, template, layout, found in sorted(known, key=lambda item: -item[0])[:_TRIED]:
        yield template, layout, found


def _share(layout: Layout, found: _Found) -> float:
    """How much of the layout is on the page, places that most of its pages have counting most."""
    weights = {place.selector: place.pages for place in layout.places.values()}
    return sum(pages for selector, pages in weights.items() if selector in found) / max(1, sum(weights.values()))


def _read(page: Document, template: Template, layout: Layout, found: _Found) -> Fitting:
    body = found[layout.places["body"].selector]
    if _complete(layout, found):
        selectors = [place.selector for name, place in layout.places.items() if name != "body"]
        places = [found[selector] for selector in dict.fromkeys(selectors) if selector in found]
        start = places if "title" in layout.places else [body, *places]
        fitting = _body_in(region(page, body, start, layout.extras), template, layout, body, found)
        if fitting.template is None or fitting.body.points >= (_CERTAIN if fitting.fit < 1.0 else _CERTAIN / 2):
            return fitting
    whole = Document(page.url, page.encoding, page.root)
    walk(whole)
    return _body_in(whole, template, layout, body, found)


def _complete(layout: Layout, found: _Found) -> bool:
    """Whether all is there that most pages of the layout have; else what is missing may stand anywhere."""
    known = {name: layout.places[name] for name in _EXPECTED if name in layout.places}
    expected = [place for name, place in known.items() if name == "title" or place.pages >= _MOST * layout.pages]
    return all(place.selector in found for place in expected)


def _body_in(document: Document, template: Template, layout: Layout, element: etree._Element, found: _Found) -> Fitting:
    title = _title(document, layout, found)
    home = next((box for box in document.boxes if box.element is element), None)
    core = core_within(document, title, home) if home is not None else None
    fit, why = _fit(document, title, layout, found)
    if home is None or core is None or core.points < (_LEAST if fit < 1.0 else _LEAST_SURE):
        return Fitting(document, title, Body(), None, 0.0, "the place of the body holds no text")
    if fit < ENOUGH:
        return Fitting(document, title, Body(), None, fit, why)
    body = find_body(document, title, None, core, _repeated(document, home, layout))
    if not body.lines:
        return Fitting(document, title, body, None, 0.0, "the place of the body holds no text")
    body.rule = f"template {template.name}"
    return Fitting(document, title, body, template, fit, why)


def _title(document: Document, layout: Layout, found: _Found) -> Title:
    """The headline; where the generic rules see another line, that in the place which nearly all pages have it in."""
    title = find_title(document)
    place = layout.places.get("title")
    element = found.get(place.selector) if place is not None else None
    if place is None or element is None or place.pages < _NEARLY_ALL * layout.pages:
        return title
    lines = [line for line in document.lines if line.element is element]
    text = " ".join(line.text for line in lines)
    if not lines or any(line.index in title.lines for line in lines) or not 4 <= len(text) <= _LONGEST_TITLE:
        return title
    if layout.named and _NOT_WORD.sub("", text)[:10] not in _NOT_WORD.sub("", document.page_title):
        return title
    indices = [line.index for line in lines]
    return Title(text, None, indices, [], Evidence("place of the headline", 0.9, text))


def _fit(document: Document, title: Title, layout: Layout, found: _Found) -> tuple[float, str]:
    """How well the page agrees with the layout, and what does not."""
    total = got = _BODY
    missed = []
    if "title" in layout.places:
        total += _TITLE
        place = found.get(layout.places["title"].selector)
        if place is not None and _is_title(place, title, document, layout):
            got += _TITLE
        else:
            missed.append("headline")
    if "date" in layout.places:
        total += _DATE
        place = found.get(layout.places["date"].selector)
        if place is not None and _DATED.search("".join(map(str, place.itertext()))[:2000]):
            got += _DATE
        else:
            missed.append("date")
    return round(got / total, 3), f"not in its place: {', '.join(missed)}" if missed else "all places hold"


def _is_title(place: etree._Element, title: Title, document: Document, layout: Layout) -> bool:
    text = _NOT_WORD.sub("", "".join(map(str, place.itertext())))
    if not text:
        return False
    named = _NOT_WORD.sub("", document.page_title)
    told = _NOT_WORD.sub("", title.text or "")
    return (bool(told) and told in text) or not layout.named or named[:10] == text[:10] or text[:10] in named


def phrase_key(text: str) -> str:
    """A line's text with digits folded, so that counters and dates do not hide a repetition.

    >>> phrase_key("已有 123 人参与")
    '已有 0 人参与'
    """
    return _DIGITS.sub("0", text)


def _repeated(document: Document, home: Box, layout: Layout) -> set[int]:
    """Indices of the lines in the body's box that the layout knows to repeat from page to page."""
    lines = document.lines[home.first : home.last]
    whole = {phrase.text for phrase in layout.phrases if phrase.match == "line"}
    starts = tuple(phrase.text for phrase in layout.phrases if phrase.match == "start")
    removed = {line.index for line in lines if phrase_key(line.text) in whole} if whole else set()
    if starts:
        for line in (*lines[:_FIRST_LINES], *lines[-_LAST_LINES:]):
            if len(line.text) <= _SHORT and phrase_key(line.text).startswith(starts):
                removed.add(line.index)
    for phrase in (phrase.text for phrase in layout.phrases if phrase.match == "end"):
        for line in lines[-_LAST_LINES:]:
            if line.text.endswith(phrase) and line.text != phrase:
                line.text, line.marked = line.text.removesuffix(phrase).rstrip(), ""
                line.link_chars = max(0, line.link_chars - len(phrase))
    names = {name for place in layout.furniture if place.kind == "cut" and (name := name_of(place.selector))}
    if names:
        removed.update(line.index for line in lines if _inside(line.box, home, names))
    return removed


def _inside(box: Box | None, home: Box, names: set[tuple[str, str, str]]) -> bool:
    """True for a box that one of these names belongs to, or that stands in one, within the body's box."""
    while box is not None and box is not home:
        node = box.element
        if (box.tag, "class", node.get("class")) in names or (box.tag, "id", node.get("id")) in names:
            return True
        box = box.parent
    return False
