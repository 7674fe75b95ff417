"""来源: the medium a story is from, as printed, without its label.

Order (how portals print it: DOMAIN.md §1, §3): a labelled value beside the headline, a labelled value at the end of
the text, an unlabelled medium beside the date (`苏州日报 2022-11-13 22:24`).  A word that names no medium (转载, 网络)
and a portal's own unlabelled name give way to a medium labelled at the end.
"""

from __future__ import annotations

import re
from collections.abc import Container

from crawler.extract.dates import find_dates
from crawler.extract.hints import Hints
from crawler.extract.labels import split_labels
from crawler.extract.lines import Line
from crawler.extract.names import is_person
from crawler.extract.outlets import GENERIC, UNLABELLED_LONGEST, clean_source, ends_like_medium, medium_in
from crawler.extract.publication import Publication
from crawler.extract.zones import Zones, spaced
from crawler.items import Evidence

__all__ = ["find_source"]

#: value and the line it was read from
_Found = tuple[str, str]

_MAYBE = re.compile(r"[源自出载]|供稿")
#: 转自《北京科技报》, 本文来源于北京商报: a label without a colon, on a short line that begins with it.
_BARE_LABEL = re.compile(
    r"^[（(\[【\s]*(?:本文|文章|信息|稿件)?(?:来源于|来源|转自|转载自|摘自|稿源|出处|原载)[\s:：]*"
    r"(?P<value>\S.{1,24}?)[）)\]】\s]*$"
)
_STATED_LABEL = re.compile(r"^\s*来源\s*[:：]\s*")
_PROSE = re.compile(r"[。，！？]")
_LONGEST_LABELLED = 300
#: 凡本网注明“来源：…”的作品: the portal's terms, not this story's source.
_DISCLAIMER = re.compile(
    r"凡.{0,8}注明|注明.{0,4}来源|注明.{0,3}出处|免责声明|来源[:：].{0,40}[”\"]的?(?:所有|作品|稿件|文)"
)
#: A line that holds the date and an unlabelled medium holds little else.
_LONGEST_DATED = 80
_ACCOUNT_BOX = re.compile(r"source|laiyuan|author|nick_?name|account|media|origin|publisher")
_FOLLOW = frozenset(("关注", "+关注", "＋关注", "已关注", "加关注", "订阅"))
#: An account stands within this many lines of the headline, and of the date.
_UNDER, _DATED = 6, 4


def find_source(
    zones: Zones, published: Publication, hints: Hints, portal: str, no_media: Container[str] = ()
) -> tuple[str | None, Evidence | None]:
    """The source and its evidence; (None, None) where none is printed.

    portal: text in which the portal names itself (<title>); no_media: reporters and channels of the breadcrumb.
    """
    head = _labelled([*zones.head, *zones.opening[:2]], portal)
    if head and head[0] not in GENERIC:
        return head[0], Evidence("label beside the headline", 0.95, head[1])
    tail = _labelled([*reversed(zones.closing), *zones.tail], portal)
    beside = None if head else _unlabelled(zones, published)
    if beside and beside[0] in no_media:
        beside = None
    if tail and tail[0] not in GENERIC and (head or beside is None or beside[0] in portal):
        return tail[0], Evidence("label at the end", 0.85, tail[1])
    if head:
        return head[0], Evidence("label beside the headline, no medium", 0.6, head[1])
    if beside:
        return beside[0], Evidence("beside the date", 0.7, beside[1])
    if account := _account(zones, published):
        return account[0], Evidence("account under the headline", 0.5, account[1])
    if tail:
        return tail[0], Evidence("label at the end, no medium", 0.5, tail[1])
    return _stated(hints, portal)


def _stated(hints: Hints, portal: str) -> tuple[str | None, Evidence | None]:
    """A meta tag's source where none is printed: all 30 on the bench that state one name the printed medium."""
    for hint in hints.source:
        value = clean_source(_STATED_LABEL.sub("", hint.value), portal)
        if value and value not in GENERIC and not is_person(value):
            return value, Evidence(hint.rule, 0.5, hint.value)
    return None, None


def _labelled(lines: list[Line], portal: str) -> _Found | None:
    """The first labelled source; a word that names no medium only where no other line has a medium.

    On the bench: source 0.985, with 转载, 网络 … taken for media 0.955.
    """
    generic = None
    for line in lines:
        if not _MAYBE.search(line.text):
            continue
        for printed in _source_values(line.text):
            value = clean_source(printed, portal)
            if not value or is_person(value):
                continue
            if value not in GENERIC:
                return value, line.text
            generic = generic or (value, line.text)
    return generic


def _source_values(text: str) -> list[str]:
    if len(text) > _LONGEST_LABELLED or _DISCLAIMER.search(text):
        return []
    values = [item.value for item in split_labels(text) if item.role == "source"]
    bare = None if values or _PROSE.search(text) else _BARE_LABEL.match(text)
    if bare and ("》" in bare["value"] or ends_like_medium(clean_source(bare["value"]) or "")):
        return [bare["value"]]
    return values


def _unlabelled(zones: Zones, published: Publication) -> _Found | None:
    """A medium on the date's own line, else an account's line, else a medium's line before or after the date's.

    On the bench: source 0.985, without it 0.888.
    """
    around = {line.index: line for line in zones.head}
    line = around.get(-1 if published.line is None else published.line)
    if line is None or published.stamp is None or len(line.text) > _LONGEST_DATED:
        return None
    text = spaced(line)
    stamp = next(iter(find_dates(text, loose=not published.stamp.dated)), published.stamp)
    if value := medium_in(f"{text[: stamp.start]} {text[stamp.end :]}"):
        return value, line.text
    if account := _account(zones, published, sure=True):
        return account
    for index in (line.index - 1, line.index + 1, line.index - 2):
        other = around.get(index)
        if other is not None and index > zones.anchor and len(other.text) <= UNLABELLED_LONGEST:
            value = medium_in(other.text)
            if value and ends_like_medium(f"{value}/" if "/" in other.text else value):
                return value, other.text
    return None


def _account(zones: Zones, published: Publication, *, sure: bool = False) -> _Found | None:
    """An account's line under the headline: in a box that says so, beside 关注, or (not sure) the first line of all.

    On the bench: source 0.985, without it 0.910.
    """
    under = [line for line in zones.head if 0 < line.index - zones.anchor <= _UNDER]
    for place, line in enumerate(under):
        if line.heading == 1 or len(line.text) > UNLABELLED_LONGEST or line.text in _FOLLOW:
            continue
        followed = place + 1 < len(under) and under[place + 1].text in _FOLLOW
        named = _ACCOUNT_BOX.search(line.box.names()) is not None
        dated = published.line is not None and 0 < published.line - line.index <= _DATED
        if not (named or followed or (place == 0 and dated and not sure)):
            continue
        if medium_in(line.text, accounts=followed or named) == line.text:
            return line.text, line.text
    return None
