"""Reporters, correspondents, photographers and editors of a page, gathered from all places where they are printed."""

from __future__ import annotations

import re

from crawler.extract.bylines import Credits, read_credits
from crawler.extract.datelines import caption_names, closing_names, dateline
from crawler.extract.hints import Hints
from crawler.extract.labels import split_labels
from crawler.extract.lines import Line
from crawler.extract.names import is_person, split_names
from crawler.extract.publication import Publication
from crawler.extract.zones import Zones
from crawler.items import Evidence

__all__ = ["find_credits"]

#: Lines without any of these hold no byline; the check is cheaper than looking for one.
_MAYBE = re.compile(r"[编作记通摄文责撰写稿选源签键图评实执/／]")
#: Further behind the text (promotion stands between on some portals) only a label speaks for the story.
_LABELLED = re.compile(r"^[\s（(\[【]*(?:本文来源|来\s*源|责任?\s*编\s*辑?|编\s*辑|作\s*者|文章来源)\s*[:：|]")
_NEAR_TAIL = 10
_LONGEST = 160
_ROLES = ("reporters", "correspondents", "photographers", "editors")


def find_credits(zones: Zones, hints: Hints, published: Publication) -> tuple[Credits, dict[str, Evidence]]:
    """Everybody named, and for each role the first place that named somebody."""
    credits, evidence = Credits(), dict[str, Evidence]()
    seen = [line for line in zones.head if not line.hidden]
    for line in seen:
        _note(credits, evidence, _beside(line, published), "byline beside the headline", 0.9, line)
    for line in zones.opening:
        part = _short(line) or dateline(line.text)
        _note(credits, evidence, part, "dateline", 0.9, line)
    for line in zones.closing:
        part = closing_names(line.text)
        part.merge(_short(line))
        _note(credits, evidence, part, "closing line", 0.85, line)
    for place, line in enumerate(zones.tail):
        if line.hidden:
            continue
        part = _from_line(line) if place < _NEAR_TAIL or _LABELLED.search(line.text) else Credits()
        _note(credits, evidence, part, "line after the text", 0.8, line)
    for line in zones.body:
        if "摄" in line.text[-4:]:
            part = Credits(photographers=caption_names(line.text))
            _note(credits, evidence, part, "caption", 0.9, line)
    _hidden(zones, published, credits, evidence)
    _beside_date(zones, published, credits, evidence)
    _lone_names(zones, credits, evidence)
    _stated(hints, credits, evidence)
    return credits, evidence


def _from_line(line: Line) -> Credits:
    text = line.text
    if len(text) > _LONGEST or not _MAYBE.search(text) or line.link_chars > len(text) * 0.8:
        return Credits()
    return read_credits(text)


def _beside(line: Line, published: Publication) -> Credits:
    """A line beside the headline; its date would stand between role and name."""
    if line.index == published.line and (stamp := published.stamp) is not None:
        text = f"{line.text[: stamp.start]} {line.text[stamp.end :]}"
        line = Line(text, line.index, line.box, line.link_chars, line.bold_chars)
    return _from_line(line)


def _hidden(zones: Zones, published: Publication, credits: Credits, evidence: dict[str, Evidence]) -> None:
    """Names that only search engines see (Baidu's block), for roles that nobody printed; never the editor as author."""
    for line in zones.head:
        if not line.hidden or len(line.text) > _LONGEST:
            continue
        part = _beside(line, published)
        part.reporters = [name for name in part.reporters if name not in (*part.editors, *credits.editors)]
        for role in _ROLES:
            if getattr(credits, role):
                setattr(part, role, [])
        _note(credits, evidence, part, "hidden line beside the headline", 0.6, line)


def _short(line: Line) -> Credits:
    """Byline lines inside the body's range: short ones only, the others are paragraphs."""
    return _from_line(line) if len(line.text) <= 80 else Credits()


def _note(
    credits: Credits, evidence: dict[str, Evidence], part: Credits, rule: str, confidence: float, line: Line
) -> None:
    if not part and not part.keywords:
        return
    for role in _ROLES:
        if getattr(part, role) and role not in evidence:
            evidence[role] = Evidence(rule, confidence, line.text[:200])
    credits.merge(part)


def _stated(hints: Hints, credits: Credits, evidence: dict[str, Evidence]) -> None:
    """JSON-LD's author, where no writer is printed and the name is a person's and not the editor's."""
    if credits.reporters or credits.correspondents:
        return
    for hint in hints.author:
        names = [name for name in split_names(hint.value) if name not in credits.editors and is_person(name)]
        if names and hint.rule.startswith("JSON-LD"):
            credits.add("reporters", names)
            evidence["reporters"] = Evidence(hint.rule, 0.5, hint.value)
            return


def _beside_date(zones: Zones, published: Publication, credits: Credits, evidence: dict[str, Evidence]) -> None:
    """A name without a label on the date's own line: `2004年7月16日08:19 [ 黄宇 ] 来源：…` (reporters 1.000, 0.994)."""
    line = next((line for line in zones.head if line.index == published.line), None)
    if credits.reporters or line is None or published.stamp is None or len(line.text) > _LONGEST:
        return
    rest = line.text[published.stamp.end :]
    rest = rest[: fields[0].start] if (fields := split_labels(rest)) else rest
    names = [word for word in re.split(r"[\s\[\]【】|｜/]+", rest) if is_person(word)]
    if names:
        _note(credits, evidence, Credits(reporters=names), "name beside the date", 0.6, line)


def _lone_names(zones: Zones, credits: Credits, evidence: dict[str, Evidence]) -> None:
    """A line that holds nothing but names: under the headline, or as a signature behind the last paragraph.

    On the bench: reporters 1.000, without it 0.994.
    """
    if credits.reporters:
        return
    under = [line for line in zones.head if zones.anchor < line.index <= zones.anchor + 4]
    for line in (*under, *zones.closing[-1:], *zones.tail[:1]):
        if not 2 <= len(line.text) <= 16 or line.link_chars:
            continue
        names = split_names(line.text)
        if names and "".join(names) == re.sub(r"[\s（）()、□■●▲◎◆]", "", line.text) and all(map(is_person, names)):
            _note(credits, evidence, Credits(reporters=names), "names alone", 0.6, line)
            return
