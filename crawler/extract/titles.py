"""The headline as displayed: chosen among the page's lines by what <title>, meta tags and heading elements say of it.

<title> carries the site's and the channel's name and is sometimes cut or names only the channel; h1 may be the site's
logo; og:title may be cut.  A line of the page that two of them vouch for is the headline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crawler.extract.dom import Document, Line
from crawler.extract.headlines import (
    HEADLINE_META,
    LONGEST_HEAD,
    MOST_LINES,
    YEAR,
    Witnesses,
    copies,
    headline_key,
    strip_site,
    unnamed_headline,
)
from crawler.extract.names import is_organisation
from crawler.items import Evidence

__all__ = ["Title", "find_title"]


@dataclass(slots=True)
class Title:
    """The headline (None: none found), the sub-title beside it, and where the headline stands.

    lines: indices of the lines that hold it, empty if it is only in <title> or a meta tag.  repeats: first lines of
    further copies (sticky headers, mobile twins), near which the date may stand too.
    """

    text: str | None = None
    subtitle: str | None = None
    lines: list[int] = field(default_factory=list)
    repeats: list[int] = field(default_factory=list)
    evidence: Evidence = field(default_factory=lambda: Evidence("none", 0.0))
    subtitle_evidence: Evidence | None = None


_PART = re.compile(r"\s*[（(]\s*(\d{1,2})\s*[）)]$")
_PART_URL = re.compile(r"_(\d{1,2})\.s?html?(?:$|[?#])")
_LABEL = re.compile(r"^(?:标\s*题|题\s*名|名\s*称|主题)\s*[:：]\s*")
_SUBTITLE_NAME = re.compile(
    r"sub_?-?(?:title|tit|head)|(?:^|[\s_-])sub(?:$|[\s_-])|futi|fubiao|second-?_?title|fu_?(?:title|biaoti|bt)|ftitle|vice|yinti|kicker|shoulder"
    r"|intro_?title|pre_?title|title_?[23s]\b"
)
#: ——江城公交改革一年观察: how sub-titles begin.
_DASHED = re.compile(r"[—-]{2}|—")
#: A lone line between headline and date is the sub-title if it is longer than the name of a medium or account.
_SUBTITLE_SHORTEST = 9
#: Icon fonts and broken GBK.
_PRIVATE = re.compile("[\ue000-\uf8ff]")
#: A line reaches this score by one strong witness (its text starts <title>, or it is the page's only h1).
_ENOUGH = 3.0


def find_title(doc: Document) -> Title:
    """The headline of a page; Title.text is None where neither lines, meta tags nor <title> hold one."""
    witnesses = Witnesses(doc)
    best, best_score = None, 0.0
    chars = witnesses.chars
    for line in doc.lines[:MOST_LINES]:
        # Most lines begin with characters that no witness holds: not even worth a call.
        text = line.text
        if (
            text[0] not in chars or ("\u4e00" <= text[1:2] <= "\u9fff" and text[1] not in chars)
        ) and not line.box.heading:
            continue
        score = witnesses.score(line)
        if score > best_score:
            best, best_score = line, score
    if best is None or best_score < _ENOUGH:
        found = unnamed_headline(doc, witnesses)
        return _set_as_headline(doc, *found) if found else _from_head(doc)
    return _displayed(doc, best, best_score, witnesses)


def _set_as_headline(doc: Document, line: Line, score: float) -> Title:
    evidence = Evidence("line set as a headline", round(0.2 + score / 10, 2), line.text)
    return Title(_clean(line.text, doc.url), None, [line.index], copies(doc, line), evidence)


def _from_head(doc: Document) -> Title:
    """No line is the headline: a meta tag's text or <title> without the site's name."""
    for name in HEADLINE_META:
        if text := doc.meta.get(name):
            return Title(strip_site(text[:LONGEST_HEAD]), evidence=Evidence(f"meta {name}", 0.6, text[:LONGEST_HEAD]))
    text = strip_site(doc.page_title[:LONGEST_HEAD])
    if not text:
        return Title()
    return Title(text, evidence=Evidence("<title>", 0.4, doc.page_title[:LONGEST_HEAD]))


def _displayed(doc: Document, line: Line, score: float, witnesses: Witnesses) -> Title:
    lines = [line.index]
    text = line.text
    following = line.index + 1
    # Two lines set in one element by <br> are one headline; a line in an element of its own is the sub-title.
    while following < len(doc.lines) and len(lines) < 4:
        after = doc.lines[following]
        if after.box is not line.box or len(after.text) > 80 or YEAR.search(after.text) or _DASHED.match(after.text):
            break
        joined = headline_key(text + after.text)
        if not (line.heading or any(joined in known for known in (witnesses.page, *witnesses.metas))):
            break
        text = f"{text} {after.text}"
        lines.append(following)
        following += 1
    key = headline_key(line.text)
    rule = f"h{line.heading}" if line.heading else "line"
    if witnesses.page.startswith(key) or key in witnesses.metas:
        rule += " named in head"
    confidence = min(0.99, 0.4 + score / 15)
    subtitle = _subtitle(doc, lines[0], lines[-1], witnesses)
    return Title(
        _clean(text, doc.url),
        subtitle.text if subtitle else None,
        lines,
        copies(doc, line),
        Evidence(rule, round(confidence, 2), text),
        Evidence("line beside the headline", 0.7, subtitle.text) if subtitle else None,
    )


def _subtitle(doc: Document, first: int, last: int, witnesses: Witnesses) -> Line | None:
    """副标题 below the headline or 引题 above it: a line set as one, or begun by a dash, or named in <title> too."""
    for index in (last + 1, first - 1):
        if not 0 <= index < len(doc.lines):
            continue
        line = doc.lines[index]
        text = line.text
        if not 4 <= len(text) <= 60 or line.link_chars or line.hidden or YEAR.search(text) or "：" in text[:5]:
            continue
        below = index > last
        between = below and witnesses.dated(index, 1) and len(text) >= _SUBTITLE_SHORTEST and not is_organisation(text)
        set_so = between or _SUBTITLE_NAME.search(line.box.names()) or (below and 2 <= line.heading <= 4)
        if set_so or (below and (_DASHED.match(text) or (len(text) >= 6 and headline_key(text) in witnesses.page))):
            return line
    return None


def _clean(text: str, url: str) -> str:
    """Without a label, and without the （2） that CMS append on part 2 (DOMAIN.md §4.1), if the address is part 2."""
    text = _PRIVATE.sub("", _LABEL.sub("", text)).strip()
    part, page = _PART.search(text), _PART_URL.search(url)
    if part and page and part[1] == page[1]:
        text = text[: part.start()]
    return text
