"""Where a list goes on: the address of the next list page, from links, numbers, <select> boxes or scripts.

The forms are those of DOMAIN.md §5.  What is found must move: a link to the page itself, a step back, a script or
another site is no next page.  Printed totals decide nothing; the walk ends a section when pages bring nothing new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from lxml import etree

from crawler.extract import pagers
from crawler.extract.anchors import Anchor, Surroundings
from crawler.extract.pagination import is_first_of, last_number, numbered, page_number, same_list
from crawler.extract.urlshape import Shape, site_of
from crawler.urls import absolute, canonical, host_of

__all__ = ["find_next", "needs_script"]

_DECORATION = re.compile(r"[\s\[\]【】()（）<>«»\u2039\u203a|…·→▶\uff1e\uff1c]+")
_NEXT_WORD = re.compile(r"(?:下|后|次)[一1]?[页頁]|next(?:page)?|nextpage|older(?:posts)?", re.IGNORECASE)
_PREVIOUS_WORD = re.compile(r"(?:上|前)[一1]?[页頁]|prev(?:ious)?(?:page)?", re.IGNORECASE)
_LAST_WORD = re.compile(r"(?:尾|末|最后一?|最末)[页頁]|last(?:page)?", re.IGNORECASE)
_NEXT_SIGN = re.compile(r"(?:&gt;|>|\u203a|»|→|\uff1e){1,2}")
_NEXT_IMAGE = re.compile(r"next|xiayiye|xyy|page_?(?:right|down)|下一?页", re.IGNORECASE)
_MORE = re.compile(
    r"(?:点击|上拉|滑动)?(?:加载|查看|显示|浏览|获取)(?:更多|下一页)(?:\S{0,4})|load ?more|更多新闻加载\S*",
    re.IGNORECASE,
)
#: Labels of pagers are short: 【下一页】, next page >>.
_LONGEST_LABEL = 14
_PAGER_LIKE = re.compile(r"[\d页頁<>»\u203a→\uff1e]|更多|next|prev|older", re.IGNORECASE)
#: What shows a list that goes on by script: 加载更多 as a button's text, or load-more in its name.
_BUTTON_TEXT = re.compile(r">\s*(?:点击|上拉|滑动)?(?:加载|查看|显示|浏览|获取)更多[^\s<]{0,4}\s*</(?!a\b|title|h\d)")
_MORE_NAME = re.compile(r"(?:load|get)[-_]?more|more[-_]?load", re.IGNORECASE)
_BUTTON_NAME = re.compile(r"""<(?:div|button|span|p)\b[^<>]*\b(?:class|id)\s*=\s*["'][^"'<>]*$""", re.IGNORECASE)


def find_next(page: Surroundings) -> str | None:
    """Address of the next list page, or None on the last page and where only a script could tell."""
    labels = _labels(page)
    back = {anchor.url for anchor, label in labels if anchor.url and _PREVIOUS_WORD.fullmatch(label)}
    ends = {anchor.url for anchor, label in labels if anchor.url and _LAST_WORD.fullmatch(label)}
    for candidate in _by_relation(page, labels):
        if _moves_on(page.url, candidate, back, ends):
            return candidate
    labelled = list(_by_label(page, labels))
    for candidate in labelled:
        if _moves_on(page.url, candidate, back, ends):
            return candidate
    if labelled and all(urldefrag(c)[0] == page.url for c in labelled):
        # 下一页 that leads to the page itself: the last page (DOMAIN.md §4.9), whatever its numbers say.
        return None
    others = (_by_numbers(page, labels), _by_select(page), pagers.by_script(page), pagers.cmstop(page))
    return next((url for url in others if url and _moves_on(page.url, url, back, ends)), None)


def needs_script(text: str, page: Surroundings) -> bool:
    """True if the page offers more only through a script: 加载更多 without an address.

    text: the page's source; it is searched instead of the tree, which costs as much as the parse.
    """
    if any(
        anchor.url is None and 4 <= len(anchor.text) <= 12 and _MORE.fullmatch(anchor.text) for anchor in page.anchors
    ):
        return True
    return any(_BUTTON_TEXT.search(text, max(0, at - 20), at + 30) for at in _places(text, "更多")) or any(
        _MORE_NAME.search(text, at - 5, at + 5) and _BUTTON_NAME.search(text, max(0, at - 300), at)
        for word in ("more", "More")
        for at in _places(text, word)
    )


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _labels(page: Surroundings) -> list[tuple[Anchor, str]]:
    """Links that a pager can hold, with their text, or tooltip, without brackets and arrows; arrows alone stay."""
    found = []
    for anchor in page.anchors:
        text = anchor.text or anchor.tooltip
        if len(text) > _LONGEST_LABEL or (anchor.shape is Shape.ARTICLE and not _PAGER_LIKE.search(text)):
            continue
        if _PAGER_LIKE.search(text) or anchor.image or anchor.element.get("rel"):
            found.append((anchor, _DECORATION.sub("", text) or text))
    return found


def _by_relation(page: Surroundings, labels: list[tuple[Anchor, str]]) -> Iterator[str]:
    """rel=next; in the head only below the front page, for which CMSs declare one though the page is curated."""
    front = urlsplit(page.url).path in ("", "/")
    nodes = [anchor.element for anchor, _ in labels] + ([] if front else page.links)
    for node in nodes:
        relation = node.get("rel")
        if relation and "next" in relation.lower().split():
            url = absolute(page.base, node.get("href"))
            if url:
                yield url


def _by_label(page: Surroundings, labels: list[tuple[Anchor, str]]) -> Iterator[str]:
    """下一页 in words; then pictures, signs (carousels use them too) and 加载更多 that lead on in the same list."""
    signs: list[str] = []
    for anchor, label in labels:
        if anchor.url is None:
            continue
        if _NEXT_WORD.fullmatch(label):
            yield anchor.url
        elif anchor.image and not anchor.text:
            signs += [anchor.url for image in anchor.element.iter("img") if _names_next(image)]
        elif _NEXT_SIGN.fullmatch(label) or _MORE.fullmatch(label):
            signs.append(anchor.url)
    yield from (url for url in signs if same_list(page.url, url))


def _names_next(image: etree._Element) -> bool:
    source = (image.get("src") or "").rsplit("/", 1)[-1]
    return any(_NEXT_IMAGE.search(text) for text in (image.get("alt") or "", image.get("title") or "", source))


def _by_numbers(page: Surroundings, labels: list[tuple[Anchor, str]]) -> str | None:
    """The link after the current number in [1] [2] [3]; the current page is the number that is no link."""
    numbers: dict[int, str] = {}
    for anchor, label in labels:
        if anchor.url and label.isdecimal() and len(label) <= 4 and same_list(page.url, anchor.url):
            numbers.setdefault(int(label), anchor.url)
    if not numbers:
        return None
    own = urldefrag(page.url)[0]
    current = next((number for number, url in numbers.items() if url == own), None)
    if current is None:
        own = canonical(own)
        current = next((number for number, url in numbers.items() if canonical(url) == own), None)
    if current is None:
        current = numbered(page.url, numbers) or _gap(numbers)
    candidate = numbers.get(current + 1) if current else None
    return candidate if candidate and _in_row(candidate, current + 1, numbers) else None


def _in_row(candidate: str, label: int, numbers: dict[int, str]) -> bool:
    """True if address and label go together, unlike those of a ranking whose numbers lead to articles."""
    last = last_number(candidate)
    return last in (label, label - 1) or any(
        abs(page_number(url, candidate) or 0) == abs(label - number)
        for number, url in numbers.items()
        if number != label
    )


def _gap(numbers: dict[int, str]) -> int:
    """The number missing from the row: 1 before [2] [3], 3 in [1] [2] [4]; 0 in a row without a gap."""
    if 1 not in numbers:
        return 1 if 2 in numbers else 0
    return next((n for n in range(2, max(numbers)) if n not in numbers and n - 1 in numbers and n + 1 in numbers), 0)


def _by_select(page: Surroundings) -> str | None:
    """The option after the current one in a box that holds every list page (DedeCMS, DOMAIN.md §4.5)."""
    own = urldefrag(page.url)[0]
    for select in page.selects:
        options = [(o, (o.get("value") or "").strip()) for o in select.iter("option")]
        urls = [absolute(page.base, value) if _looks_like_file(value) else None for _, value in options]
        if len(urls) < 2 or any(url is None or not same_list(page.url, url) for url in urls):
            continue
        position = next((n for n, url in enumerate(urls) if url == own), None)
        if position is None:
            position = next((n for n, (o, _) in enumerate(options) if o.get("selected") is not None), 0)
        return urls[position + 1] if position + 1 < len(urls) else None
    return None


def _looks_like_file(value: str) -> bool:
    return "." in value or "/" in value or "?" in value


def _moves_on(own: str, candidate: str, back: set[str], ends: set[str]) -> bool:
    """A next page is another page of the same site, and one step on from this one."""
    own, candidate = urldefrag(own)[0], urldefrag(candidate)[0]
    if candidate == own or site_of(host_of(candidate)) != site_of(host_of(own)):
        return False
    if canonical(candidate) == canonical(own) or is_first_of(candidate, own):
        return False
    step = page_number(own, candidate)
    if step is None or step == 1:
        return candidate not in back or step == 1
    if step == -1:
        return candidate not in back and _counts_down(own, back, ends)
    return candidate not in back and step > 0


def _counts_down(own: str, back: set[str], ends: set[str]) -> bool:
    """True for lists whose first page has the highest number (博达, DOMAIN.md §4).

    Then the previous page has the higher number, or none (it is the first), and the last page has a lower one.
    """
    steps = [step for url in ends if (step := page_number(own, url))]
    if steps:
        return all(step < 0 for step in steps)
    return any(page_number(own, url) in (1, None) for url in back)
