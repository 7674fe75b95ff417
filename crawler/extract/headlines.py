"""Which line of a page its headline is: what <title>, meta tags, heading elements and the line's place say of it."""

from __future__ import annotations

import re
from itertools import islice

from crawler.extract.dom import Document, Line

__all__ = [
    "HEADLINE_META",
    "LONGEST_HEAD",
    "MOST_LINES",
    "YEAR",
    "Witnesses",
    "copies",
    "headline_key",
    "strip_site",
    "unnamed_headline",
]


#: Copies of the headline that are noted; pages with more repeat it as filler.
_COPIES = 6
#: Meta tags that carry the bare headline: the government's (DOMAIN.md §4.8), Open Graph, Baidu's and schema.org's.
HEADLINE_META = ("articletitle", "og:title", "headline", "twitter:title", "title", "dc.title", "apub:title")
_SEPARATOR = re.compile(r"\s*(?:[_|｜丨—–－]+|--+|::|»|>>|(?<![A-Za-z0-9])-|-(?![A-Za-z0-9])|\s-\s)\s*")
_SITE_WORD = re.compile(
    r"[网报台站刊]$|频道|新闻|在线|门户|客户端|日报|晚报|中心|资讯|首页|正文|官方|官网|传媒|电视|广播|网站|政府"
    r"|订阅|专题|\.(?:com|cn|net)"
    r"|News|Net|Online|财经|娱乐|体育|科技|汽车|房产|时政|要闻|社会|国内|国际"
)
YEAR = re.compile(r"(?:19|20)\d\d\s?[-/年.—－\uff10-\uff19]|[刚前]刚|\d前|[今昨前]天|\d{1,2}-\d{1,2} \d{1,2}:\d\d")
_SENTENCE_END = "。；;，,：:"
_TITLE_NAME = re.compile(r"title|heading|headline|biaoti|(?:^|[\s_-])(?:tit|bt|h1|subject|tt)(?:$|[\s_-])")
_QUOTES = str.maketrans("“”‘’「」『』\uff02\uff07　", "\"\"''\"\"''\"' ")
#: Headlines run from 4 characters to three lines of a phone's screen.
_SHORTEST, _LONGEST = 4, 160
#: Of <title> and meta tags no more is read: a headline, channels and the site's name.
LONGEST_HEAD = 400
_HEADING_SCORE = (0.0, 3.0, 2.2, 1.6, 1.0, 0.6, 0.3)
#: Without a witness in the head, two of four marks are asked for, within the first part of the page.
_ENOUGH_UNNAMED = 1.6
#: A <title> that only names the channel is no rival: the line that opens the text will do.
_ENOUGH_CHANNEL = 0.5
_EARLY = 150
#: 发布时间：2022-11-13 22:24: longer lines that begin with a year may be headlines.
_DATE_LINE = 24
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
#: 新闻动态--某某网: a <title> that names channel and site only, as a line of the navigation does.
_CHANNEL = re.compile(
    r".{0,6}(?:新闻|动态|要闻|公告|资讯|通知|频道|快讯|信息|中心|公示|专题|报道|活动|正文|详情|内容|首页|综合|时政|简报|文章|列表|页面?)"
)
_CRUMB = re.compile(r"位置\s*[:：]|[^>]>[^>].*>|>>|»")
#: The date stands within this many lines of the headline.
_NEAR = 5
#: Lines looked at; portals with more keep them in lists behind the article.
MOST_LINES = 3000


def strip_site(title: str) -> str:
    """A <title> without the names of site and channel at its end.

    >>> strip_site("古城新开三条公交线_社会_某某新闻网")
    '古城新开三条公交线'
    >>> strip_site("App+1 | 在家里来一场旅行")
    'App+1 | 在家里来一场旅行'
    """
    spans = [(match.start(), match.end()) for match in _SEPARATOR.finditer(title)]
    end = len(title)
    for start, stop in reversed(spans):
        tail, head = title[stop:end].strip(), title[:start].strip()
        if not head or len(tail) > 24 or len(tail) > len(head):
            break
        if tail and not _SITE_WORD.search(tail) and end == len(title) and len(tail) > 8:
            break
        end = start
    return title[:end].strip()


def headline_key(text: str) -> str:
    """A headline without blanks, with plain quotes and in one case, for comparison."""
    return "".join(text.split()).translate(_QUOTES).casefold()


class Witnesses:
    """What the page's head says of the headline, folded for comparison."""

    def __init__(self, doc: Document) -> None:
        head = doc.page_title[:LONGEST_HEAD]
        self.metas = [headline_key(doc.meta[name][:LONGEST_HEAD]) for name in HEADLINE_META if name in doc.meta]
        self.head = headline_key(strip_site(head))
        self.page = headline_key(head)
        channel = headline_key(_SEPARATOR.split(head, maxsplit=1)[0])
        self.channel_only = bool(_CHANNEL.fullmatch(channel)) and _is_linked(channel, doc.lines)
        if self.channel_only:
            self.page = self.head = ""
        #: Most lines begin with a character that none of them holds, and need not be folded and compared.
        self.chars = frozenset("".join((head, self.page, *self.metas)))
        self.lines = doc.lines

    def score(self, line: Line) -> float:
        """How likely a line is the headline; 0 for lines that cannot be."""
        text = line.text
        if not _SHORTEST <= len(text) <= _LONGEST:
            return 0.0
        heading = line.heading
        named = self._named(headline_key(text)) if text[0] in self.chars else 0.0
        if not named and not heading:
            return 0.0
        score = named + _HEADING_SCORE[heading]
        if _TITLE_NAME.search(line.box.names()):
            score += 1.0
        if line.link_chars * 2 > len(text):
            score -= 2.5
        if text[-1] in _SENTENCE_END:
            score -= 1.0
        if line.hidden:
            score -= 2.0
        if self.dated(line.index, _NEAR):
            score += 1.0
        return score - 0.5 * line.index / len(self.lines)

    def dated(self, index: int, reach: int) -> bool:
        """Whether one of the next lines holds what may be a date (bench: title 0.993, without it 0.978)."""
        return any(
            len(line.text) < 200 and YEAR.search(line.text) for line in self.lines[index + 1 : index + 1 + reach]
        )

    def _named(self, key: str) -> float:
        """Agreement with meta tags and <title>: whole, as a beginning, or as a part."""
        if len(key) < _SHORTEST:
            return 0.0
        best = 0.0
        for meta in self.metas:
            if key == meta:
                best = 5.0
            elif len(meta) > 8 and key.startswith(meta.rstrip(".…")):
                best = max(best, 4.0)
            elif len(key) > 6 and meta.startswith(key):
                best = max(best, 3.5)
        page = self.page
        if key == self.head or key == page:
            return best + 4.5
        if page.startswith(key):
            return best + 3.0 + min(1.0, len(key) / max(8, len(self.head)))
        if len(self.head) >= 8 and key.startswith(self.head.rstrip(".…")):
            return best + 3.5
        if len(key) >= 8 and key in page:
            return best + 3.0
        return best


def unnamed_headline(doc: Document, witnesses: Witnesses) -> tuple[Line, float] | None:
    """A line that looks like a headline on a page whose <title> names only the site or the channel.

    Marks: a box named so, bold throughout, right behind the breadcrumb, right above the date.
    On the bench: title 0.993, without it 0.955.
    """
    best, best_score = None, 0.0
    crumb = -9
    for line in doc.lines[:_EARLY]:
        text = line.text
        if _CRUMB.search(text[:_LONGEST]):
            crumb = line.index
            continue
        if not 5 <= len(text) <= 60 or line.link_chars or line.hidden or text[-1] in _SENTENCE_END:
            continue
        if len(text) <= _DATE_LINE and YEAR.match(text):
            continue
        score = 2.0 * bool(_TITLE_NAME.search(line.box.names()))
        score += 1.2 * (line.bold_chars * 10 >= len(text.replace(" ", "")) * 9)
        score += 1.0 * (line.index - crumb <= 2) + 0.5 * (line.index == 0)
        score += 1.0 * witnesses.dated(line.index, 2)
        score += 0.8 * _centred(line) + 0.6 * _opens_text(doc.lines, line.index)
        if score > best_score:
            best, best_score = line, score
    if best is None or best_score < (_ENOUGH_CHANNEL if witnesses.channel_only else _ENOUGH_UNNAMED):
        return None
    return best, best_score


def _is_linked(key: str, lines: list[Line]) -> bool:
    return any(line.link_chars and same_headline(line.text, key) for line in lines[:MOST_LINES])


def _centred(line: Line) -> bool:
    element = line.element
    return element.get("align") == "center" or _CENTRED.search(element.get("style") or "") is not None


def _opens_text(lines: list[Line], index: int) -> bool:
    """Whether one of the next two lines is a paragraph."""
    return any(len(line.text) >= 80 or "。" in line.text for line in lines[index + 1 : index + 3])


def same_headline(text: str, key: str) -> bool:
    # Most lines differ in their first character; folding them all would cost more than the search.
    return bool(text) and text[0].casefold() == key[0] and len(text) < 2 * len(key) + 20 and headline_key(text) == key


def copies(doc: Document, line: Line) -> list[int]:
    """Indices of the first further lines that repeat a headline's line."""
    key, first = headline_key(line.text), line.text[0]
    found = (
        other.index
        for other in doc.lines[:MOST_LINES]
        if other.text[0] == first and other is not line and same_headline(other.text, key)
    )
    return list(islice(found, _COPIES))
