"""What repeats from page to page and belongs to no article, in words."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from crawler.extract.anchors import squeeze
from crawler.extract.decode import decode
from crawler.extract.listing import parse_html
from crawler.items import Place
from crawler.spiders.onboard.findings import Findings

__all__ = ["furniture"]

#: Characters of each piece, and pieces, that a person looks at.
_LENGTH, _MOST = 44, 12
_VISIBLE = ".//text()[not(ancestor::script) and not(ancestor::style)]"


def furniture(findings: Findings) -> list[str]:
    """What the template leaves out, by its text on the first page that has it, and what was cut from the bodies read.

    The commonest first; several lines where the portal has several layouts.
    """
    seen: dict[str, int] = {}
    for text, pages in _repeated(findings):
        seen[text] = max(seen.get(text, 0), pages)
    for text in _cut(findings):
        seen[text] = seen.get(text, 0) + 1
    ordered = sorted(seen.items(), key=lambda item: -item[1])
    return [f"{text}, on {pages} of {len(findings.samples)} pages" for text, pages in ordered[:_MOST]]


def _repeated(findings: Findings) -> Iterator[tuple[str, int]]:
    roots = [
        parse_html(decode(sample.page.body, sample.page.content_type).text)
        for sample in findings.samples
        if findings.template
    ]
    for layout in findings.template.layouts if findings.template else ():
        for place in layout.furniture:
            yield f"“{_text(place, [root for root in roots if root is not None])}”", place.pages
        for phrase in layout.phrases:
            yield f"“{_short(phrase.text)}”", phrase.pages


def _cut(findings: Findings) -> Iterator[str]:
    for sample in findings.samples:
        yield from {f"“{_short(cut.text)}” ({cut.reason.replace('_', ' ')})" for cut in sample.article.cuts}


def _text(place: Place, roots: list[etree._Element]) -> str:
    """Text of the place on the first page that has it; its selector where that is no XPath, or empty everywhere."""
    if not place.selector.startswith(("/", "./")):
        return place.selector
    for root in roots:
        for element in root.xpath(place.selector):
            if text := squeeze(" ".join(element.xpath(_VISIBLE))):
                return _short(text)
    return place.selector


def _short(text: str) -> str:
    text = squeeze(text)
    return text if len(text) <= _LENGTH else f"{text[:_LENGTH]}…"
