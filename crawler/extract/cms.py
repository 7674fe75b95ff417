"""Which software runs a portal: told from its addresses and the marks in its pages (DOMAIN.md §4)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

__all__ = ["Cms", "find_cms"]


@dataclass(frozen=True, slots=True)
class Cms:
    """name: as DOMAIN.md §4 calls it.  evidence: what told, in words, most telling first."""

    name: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Family:
    """Regular expressions on addresses of articles and of lists, and on the bytes of pages; None: it has no own."""

    name: str
    article: str | None
    lists: str | None
    mark: str | None


#: The fingerprint table of DOMAIN.md §4, from the most particular to the least.
_FAMILIES = (
    _Family(
        "TRS WCM",
        r"/t(?:20\d{6}_)?\d{5,}\.s?html?",
        r"/index_\d+\.html?$",
        r"createPageHTML|TRS_Editor|trs_editor_view",
    ),
    _Family(
        "Founder 方正",
        r"/content_\d+(?:_\d+)?\.s?html?",
        r"/node_\w+\.s?html?",
        r"enpproperty|enpcontent|founder-content",
    ),
    _Family(
        "Hanweb JCMS",
        r"/art/\d{4}/\d{1,2}/\d{1,2}/art_\w+\.html",
        r"/col/col\d+/",
        r"<datastore|dataproxy\.jsp|jpage",
    ),
    _Family("WebPlus", r"/c\d+a\d+/page\.", r"/list\d*\.(?:htm|psp)", r"wp_articlecontent|/_visitcount"),
    _Family("博达 VSB", r"/info/\d+/\d+\.htm", None, r"vsb_content|v_news_content|_vsl/"),
    _Family("M2O 厚建", r"/(?:folder\d+/)*col\d+/\d{4}-\d{2}-\d{2}/", r"/col\d+/", r"\bm2o/"),
    _Family("UCAP", r"/\d{6}/[0-9a-f]{32}\.s?html?", None, r"ucapcontent|UCAP-CONTENT|getInfoCommon"),
    _Family("/system/", r"/system/\d{4}/\d{2}/\d{2}/\d+\.shtml", None, None),
    _Family(
        "Discuz! X",
        r"mod=view&aid=|/article-\d+-\d+\.html|/thread-\d+-",
        r"mod=list&catid=",
        r"Powered by Discuz|discuz_uid",
    ),
    _Family(
        "CmsTop",
        r"/\d{4}/\d{4}/\d+(?:_\d+)?\.shtml",
        r"/\d+\.shtml$|/index\.shtml$",
        r"(?i:cmstop)|mode-txtlink|article-detail-inner",
    ),
    _Family(
        "EmpireCMS 帝国",
        r"/\d{4}-\d{2}-\d{2}/\d+(?:_\d+)?\.html",
        r"/index_\d+\.html$",
        r"""["'/]e/(?:public|data|web|extend|action|member|pl)/|id=["']news_content|\bepages\b""",
    ),
    _Family(
        "DedeCMS 织梦",
        r"/a/(?:\w+/)+\d{4}/\d{4}/\d+\.html|/plus/view\.php",
        r"list_\d+_\d+\.html|/plus/list\.php",
        r"/plus/|dede(?:cms|ajax)|class=[\"']?(?:viewbox|dede_pages|pagelist)",
    ),
    _Family(
        "PHPCMS",
        r"/\d{4}/[a-z]+_\d{4}/\d+\.html|content-\d+-\d+-\d+|m=content&c=index&a=show",
        r"list-\d+-\d+|a=lists",
        r"phpcms|statics/js/|api\.php\?op=count",
    ),
)
#: Points for each kind of sign: an address pattern that most articles follow tells more than a class name.
_ARTICLES, _LISTS, _MARKS = 2, 1, 2
#: Two kinds of signs, or one strong one, are needed: dates and numbers alone are anybody's.
_ENOUGH = 2
_MARK_SHOWN = 30


def find_cms(articles: Collection[str], lists: Collection[str], pages: Iterable[bytes]) -> Cms | None:
    """The software behind addresses of articles and lists and the bytes of some pages; None where nothing tells.

    >>> find_cms(["http://www.example.cn/xw/202211/t20221113_7.html"], [], []) is None
    True
    >>> find_cms(["http://www.example.cn/xw/202211/t20221113_71234.html"], [], [b"createPageHTML(3,0)"]).name
    'TRS WCM'
    """
    text = b"\n".join(pages).decode("latin-1")
    best: tuple[int, Cms] | None = None
    for family in _FAMILIES:
        points, evidence = _judge(family, articles, lists, text)
        if points >= _ENOUGH and (best is None or points > best[0]):
            best = points, Cms(family.name, tuple(evidence))
    return best[1] if best else None


def _judge(family: _Family, articles: Collection[str], lists: Collection[str], text: str) -> tuple[int, list[str]]:
    points, evidence = 0, []
    if family.article and articles:
        fitting = sum(1 for url in articles if re.search(family.article, url))
        if 2 * fitting > len(articles):
            points += _ARTICLES
            evidence.append(f"addresses of {fitting} of {len(articles)} articles")
    if family.mark and (mark := re.search(family.mark, text)):
        points += _MARKS
        evidence.append(f"{mark[0][:_MARK_SHOWN]!r} in pages")
    if family.lists and any(re.search(family.lists, url) for url in lists):
        points += _LISTS
        evidence.append("addresses of list pages")
    return points, evidence
