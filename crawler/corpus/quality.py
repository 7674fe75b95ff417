"""Named filters for exports: what an article must not be.  All are off unless asked for; the corpus keeps everything.

Each judges one article by itself, from what the corpus says of it, and says why in words that can be checked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import NamedTuple

from crawler.corpus.advertorial import SUSPICIOUS, suspicion
from crawler.corpus.bigrams import CHINESE
from crawler.corpus.records import StoredArticle

__all__ = ["FILTERS", "Filter", "advertorial", "mostly_links", "not_chinese", "stale_reprint", "too_short"]

#: Characters without white space.  The shortest body among the 134 pages of the bench has 77: below a hundred there
#: are pictures with a line of text, videos and notices of one sentence.
SHORT = 100

#: Lines that lead elsewhere, and their share of all characters.
LINKS, LINK_SHARE = 5, 0.6
#: Characters of a headline on a list: shorter lines are names or cells, longer ones are sentences.
_HEADLINE = range(9, 41)
_BULLET = re.compile(r"\s*(?:[·•●■◆▪►▶※>›»★]|\[[^\]]{1,8}\]|【[^】]{1,8}】)\s*")
_DATED = re.compile(r"[(（\[]?(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?(?:\s\d{1,2}:\d{2})?[)）\]]?\s*$")
_MORE = re.compile(
    r"^(?:更多|查看更多|点击(?:查看|进入|阅读)|上一[篇条页]|下一[篇条页]|相关(?:阅读|链接|新闻|推荐)|延伸阅读|推荐阅读|返回首页)"
)
#: 首页 | 新闻 | 体育, 首页 > 新闻
_NAVIGATION = re.compile(r"\s*[^\s|｜>›/]{2,8}(?:\s*[|｜>›/]\s*[^\s|｜>›/]{2,8}){3,}\s*")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+")
_SENTENCE = re.compile(r"[。；！？…”]|，.*，")

#: Share of Chinese among a text's units, a Chinese character or a word of other letters being one.  Reports full of
#: names of products stay above 0.8; Japanese, with half of its characters in kana, falls below.
CHINESE_SHARE = 0.6
_HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_OTHER = re.compile(f"[\u3040-\u30ff\uac00-\ud7af]|[^\\W\\d_{CHINESE}]+")

#: Later than that after the representative, a copy says nothing of what was news on its day.
STALE = dt.timedelta(days=30)


class Filter(NamedTuple):
    """rule: what is left out, for people.  why: the reason for leaving an article out, None: it stays."""

    rule: str
    why: Callable[[StoredArticle], str | None]


def too_short(stored: StoredArticle) -> str | None:
    """A text with fewer than SHORT characters."""
    characters = len("".join(stored.article.body.split()))
    return f"{characters} characters" if characters < SHORT else None


def mostly_links(stored: StoredArticle) -> str | None:
    """A list of headlines or a navigation bar rather than a text."""
    lines = [line for line in stored.article.body.splitlines() if line.strip()]
    links = [line for line in lines if _leads_elsewhere(line)]
    share = sum(map(len, links)) / (sum(map(len, lines)) or 1)
    return f"{len(links)} lines, {share:.0%} of the text" if len(links) >= LINKS and share >= LINK_SHARE else None


def _leads_elsewhere(line: str) -> bool:
    # Cells of a table are separated by tabs.
    if "\t" in line:
        return False
    if _NAVIGATION.fullmatch(line) or _MORE.match(line.strip()):
        return True
    if sum(map(len, _ADDRESS.findall(line))) > len(line) / 2:
        return True
    if _SENTENCE.search(line):
        return False
    marked = _BULLET.match(line) or _DATED.search(line)
    return marked is not None and len(_DATED.sub("", _BULLET.sub("", line, count=1)).strip()) in _HEADLINE


def not_chinese(stored: StoredArticle) -> str | None:
    """A text mostly in another language, or one that was decoded wrongly; texts without any letters stay."""
    text = stored.article.body or stored.article.title or ""
    chinese, other = len(_HAN.findall(text)), len(_OTHER.findall(text))
    share = chinese / (chinese + other or 1)
    return f"{share:.0%} Chinese" if other and share < CHINESE_SHARE else None


def advertorial(stored: StoredArticle) -> str | None:
    """Signs of a paid text (软文): see crawler.corpus.advertorial."""
    score, signs = suspicion(stored.article)
    return f"score {score}: " + ", ".join(f"{s.rule} {s.text}" for s in signs) if score >= SUSPICIOUS else None


def stale_reprint(stored: StoredArticle) -> str | None:
    """A copy published more than STALE after the representative of its cluster."""
    first, own = stored.cluster_published, stored.article.published
    late = own - first if first and own else dt.timedelta()
    return f"{late.days} days after {stored.cluster}" if late > STALE else None


#: Name → filter, in the order in which they are listed.
FILTERS: dict[str, Filter] = {
    "too_short": Filter(f"a text below {SHORT} characters", too_short),
    "mostly_links": Filter(
        f"at least {LINKS} lines of links or navigation, {LINK_SHARE:.0%} of the text", mostly_links
    ),
    "not_chinese": Filter(f"less than {CHINESE_SHARE:.0%} Chinese", not_chinese),
    "advertorial": Filter(f"suspected of being paid for (软文), score {SUSPICIOUS} or more", advertorial),
    "stale_reprint": Filter(f"a copy from more than {STALE.days} days after its first", stale_reprint),
}
