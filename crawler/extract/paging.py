"""Where a list goes on: the address of the next list page, from links, numbers, <select> boxes or scripts.

The forms are those of DOMAIN.md §5.  What is found must move: a link to the page itself, a step back, a script or
another site is no next page.  Printed totals decide nothing; the walk ends a section when pages bring nothing new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.extract import pagers
from crawler.extract.anchors import Anchor, Surroundings
from crawler.extract.pagination import numbered, page_number, same_list
from crawler.extract.urlshape import site_of
from crawler.urls import absolute, host_of

__all__ = ["find_next", "needs_script"]

_DECORATION = re.compile(r"[\s\[\]【】()（）<>«»\u2039\u203a|…·→▶\uff1e\uff1c]+")
_NEXT_WORD = re.compile(r"(?:下|后|次)[一1]?[页頁]|next(?:page)?|nextpage|older(?:posts)?", re.IGNORECASE)
_PREVIOUS_WORD = re.compile(r"(?:上|前)[一1]?[页頁]|prev(?:ious)?(?:page)?", re.IGNORECASE)
_NEXT_SIGN = re.compile(r"(?:&gt;|>|\u203a|»|→|\uff1e){1,2}")
_NEXT_IMAGE = re.compile(r"next|xiayiye|xyy|page_?(?:right|down)|下一?页", re.IGNORECASE)
_MORE = re.compile(
    r"(?:点击|上拉|滑动)?(?:加载|查看|显示|浏览|获取)(?:更多|下一页)(?:\S{0,4})|load ?more|更多新闻加载\S*",
    re.IGNORECASE,
)
_MORE_NAME = re.compile(r"load-?_?more|more-?_?load|getmore|jiazai", re.IGNORECASE)


def find_next(root: HtmlElement, page: Surroundings) -> str | None:
    """Address of the next list page, or None on the last page and where only a script could tell."""
    if not page.anchors and not len(root):
        return None
    back = _addresses(page, _PREVIOUS_WORD)
    for candidate in _by_relation(root, page):
        if _moves_on(page.url, candidate, back):
            return candidate
    labelled = list(_by_label(page))
    for candidate in labelled:
        if _moves_on(page.url, candidate, back):
            return candidate
    if labelled and all(urldefrag(c)[0] == page.url for c in labelled):
        # 下一页 that leads to the page itself: the last page (DOMAIN.md §4.9), whatever its numbers say.
        return None
    others = (_by_numbers(page), _by_select(root, page), pagers.by_script(root, page.url), pagers.cmstop(root, page))
    return next((url for url in others if url and _moves_on(page.url, url, back)), None)


def needs_script(root: HtmlElement, page: Surroundings) -> bool:
    """True if the page offers more only through a script: 加载更多 without an address."""
    if any(anchor.url is None and _MORE.fullmatch(anchor.text) for anchor in page.anchors):
        return True
    for node in root.iter("div", "button", "span", "p"):
        if len(node) <= 2 and (_MORE_NAME.search(node.get("class") or "") or _MORE_NAME.search(node.get("id") or "")):
            return True
        text = (node.text or "").strip()
        if len(text) <= 10 and len(text) >= 4 and _MORE.fullmatch(text):
            return True
    return False


def _label(anchor: Anchor) -> str:
    return _DECORATION.sub("", anchor.text) or _DECORATION.sub("", anchor.tooltip)


def _addresses(page: Surroundings, word: re.Pattern[str]) -> set[str]:
    return {anchor.url for anchor in page.anchors if anchor.url and word.fullmatch(_label(anchor))}


def _by_relation(root: HtmlElement, page: Surroundings) -> Iterator[str]:
    """rel=next; in the head only below the front page, for which CMSs declare one though the page is curated."""
    front = urlsplit(page.url).path in ("", "/")
    for node in root.iter("link", "a"):
        if node.tag == "link" and front:
            continue
        if "next" in (node.get("rel") or "").lower().split():
            url = absolute(page.base, node.get("href"))
            if url:
                yield url


def _by_label(page: Surroundings) -> Iterator[str]:
    """下一页 in words first, then as a picture, then as a sign, which carousels use as well."""
    signs: list[str] = []
    for anchor in page.anchors:
        if anchor.url is None:
            continue
        if _NEXT_WORD.fullmatch(_label(anchor)):
            yield anchor.url
        elif anchor.image and not anchor.text:
            signs += [anchor.url for image in anchor.element.iter("img") if _names_next(image)]
        elif _NEXT_SIGN.fullmatch(anchor.text.replace(" ", "")):
            signs.append(anchor.url)
    yield from (url for url in signs if same_list(page.url, url))


def _names_next(image: HtmlElement) -> bool:
    source = (image.get("src") or "").rsplit("/", 1)[-1]
    return any(_NEXT_IMAGE.search(text) for text in (image.get("alt") or "", image.get("title") or "", source))


def _by_numbers(page: Surroundings) -> str | None:
    """The link after the current number in [1] [2] [3]; the current page is the number that is no link."""
    numbers: dict[int, str] = {}
    for anchor in page.anchors:
        label = _DECORATION.sub("", anchor.text)
        if anchor.url and label.isdecimal() and len(label) <= 4 and same_list(page.url, anchor.url):
            numbers.setdefault(int(label), anchor.url)
    if not numbers:
        return None
    own = urldefrag(page.url)[0]
    current = next((number for number, url in numbers.items() if url == own), None)
    if current is None:
        current = numbered(page.url, numbers) or _gap(numbers)
    return numbers.get(current + 1) if current else None


def _gap(numbers: dict[int, str]) -> int:
    """The number missing from the row: 1 before [2] [3], 3 in [1] [2] [4]; 0 in a row without a gap."""
    if 1 not in numbers:
        return 1 if 2 in numbers else 0
    return next((n for n in range(2, max(numbers)) if n not in numbers and n - 1 in numbers and n + 1 in numbers), 0)


def _by_select(root: HtmlElement, page: Surroundings) -> str | None:
    """The option after the current one in a box that holds every list page (DedeCMS, DOMAIN.md §4.5)."""
    own = urldefrag(page.url)[0]
    for select in root.iter("select"):
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


def _moves_on(own: str, candidate: str, back: set[str]) -> bool:
    """A next page is another page of the same site, and one step on from this one."""
    own, candidate = urldefrag(own)[0], urldefrag(candidate)[0]
    if candidate == own or site_of(host_of(candidate)) != site_of(host_of(own)):
        return False
    if urljoin(own, ".") == candidate and urlsplit(own).path.rsplit("/", 1)[-1].startswith("index."):
        return False
    step = page_number(own, candidate)
    if step is None or step == 1:
        return candidate not in back or step == 1
    if step == -1:
        # Lists that count down (DOMAIN.md §4, 博达): the previous page has the higher number.
        return candidate not in back and any(page_number(own, url) == 1 for url in back)
    return candidate not in back and step > 0
