"""What the shape of an address tells: an article, a section, or neither.

The shapes are those of the engines in DOMAIN.md §4 (fingerprint table) and the section shapes counted in DOMAIN.md §3.
A shape is evidence, not proof: listing.py weighs it against the link's text and its neighbours.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

__all__ = ["Shape", "is_slug", "seems_article", "shape_of", "site_of"]


class Shape(IntEnum):
    """How an address looks, from "cannot be an article" to "is one"."""

    NEVER = -3  # sign-in, search, download, click counter, picture …
    DOCUMENT = -2  # a file that is an item of its own only in a list of files
    SECTION = -1
    UNKNOWN = 0
    MAYBE = 1
    ARTICLE = 2


#: Second-level labels under a country's domain that are no names of sites (com.cn, gov.cn, js.cn …).
_PUBLIC = re.compile(
    r"com|net|org|gov|edu|ac|mil|co|or|ne|bj|sh|tj|cq|he|sx|nm|ln|jl|hl|js|zj|ah|fj|jx|sd|ha|hb|hn|gd|gx"
    r"|hi|sc|gz|yn|xz|sn|gs|qh|nx|xj|tw|hk|mo"
)
#: Hosts of services, by their first label: they hold forms, shops and accounts, never news.
_SERVICE_HOST = re.compile(
    r"passport|login|reg|sso|account|my|user|mail|email|vipmail|qiye|pay|epay|tie|search|so|sou|beian"
    r"|download|app|apps|client|help|kefu|you|open|shop|mall|lq|sax|saxn|click|ad|ads|e-mail|corp|tousu"
    r"|feedback|live"
)
_NEVER_SITE = re.compile(
    r"(?:^|\.)(?:weibo\.com|miit\.gov\.cn|beian\.gov\.cn|12377\.cn|cyberpolice\.cn|ss\.knet\.cn|kuaizhan\.com"
    r"|apple\.com|itunes\.com|bshare\.cn|jiathis\.com|yixin\.im|twitter\.com|facebook\.com)$"
)
_NEVER_FILE = r"\.(?:exe|apk|ipa|dmg|js|css|json|xml|rss|jpe?g|png|gif|webp|svg|ico|swf)$"
_NEVER_WORD = (
    r"/(?:log(?:in|out)|sign(?:in|up)|regist\w*|search\w*|keywords?|tags?|comments?|download\w*|users?|u/\d+|authors?|cart"
    r"|passport|click|feedback|guestbook|ucenter|member|room|newsapp)(?:[/._-]|$)"
)
_NEVER_QUERY = re.compile(r"=http|@@|\{\{|%7b%7b|(?:^|&)(?:author|replytocom|keyword|wd|q)=")
_DOCUMENT = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|zip|rar)$")
#: A date as directories, or in the file name, followed by the article's own name: /2022/11/13/, /202211/, /2011530/;
#: /20/0731/20/ID; PHPCMS /2021/renshi_0119/; t20221113_.
_DATED = (
    r"/(?:"
    r"(?:19|20)\d{2}(?:[-_/.]?(?:0?[1-9]|1[0-2]))(?:[-_/.]?(?:0[1-9]|[12]\d|3[01]|[1-9]))?(?=[/_-])"
    r"|\d{2}/\d{4}/\d{2}/[0-9a-z]{8,}"
    r"|(?:19|20)\d{2}/[a-z]+_\d{4}/"
    r"|t?20\d{6}[_a-z0-9]"  # t20221113_123
    r")"
)
_KNOWN = (
    r"(?:/t\d{5,}(?:_\d+)?\.s?html?$|/(?:con|content)_\d+|art_\d+_\d+|/s/[\w-]{20,}$|/c\d+a\d+/page\.|/info/\d+/\d+\.|/c\d+-\d+\."
    r"|/(?:article|articles|story|stories|detail|details|newsdetail|doc|post|archives?|thread|viewthread|photoview"
    r"|album|slide)[-_/](?!list|index|page)[\w/-]*\d|/(?:show|view|read|news|n|p|a|v|x|d)[-_/]?\d{4,}|/detail-\w*\d{4,}"
    r"|(?:content|show)-\d+-\d+|(?:slide|album)_\d+_\d+)"
)
_SECTION_WORD = re.compile(
    r"/(?:(?:list|node|col|columns?|channel|cat|cate|category|class|topics?|tag|special|subject|zt|zt_d|zhuanti|roll|more"
    r"|index|default|main|home|about\w*|contact\w*)(?:[-_]?\d[\w-]*)?(?:[-_][a-z]\w*)*)(?:/|\.[a-z]{3,5}$|$)"
)
#: Shapes that forbid, and shapes that tell, in one pass each: the search is what a list of links costs most.
_NEVER = re.compile(f"{_NEVER_WORD}|{_NEVER_FILE}|{_DOCUMENT.pattern}")
_ARTICLE = re.compile(f"{_DATED}|{_KNOWN}")
#: Words of folders in which articles lie as well as sections.
_FOLDER_WORD = re.compile(r"/(?:node|col|column|channel|cat|cate|category|class)[^/]*/|/list/[^/]+/")
_INDEX = re.compile(r"/(?:(?:index|default|list|main|home)(?:[-_]?\d*)(?:\.[a-z.]{2,7})?)$")
_PAPER_PAGE = re.compile(r"/(?:node|layout)[-_]?\w*\.s?html?$")
_ID_QUERY = re.compile(
    r"(?:^|&)(?!(?:c|cat|class|chnl|channel|column|type|node|sort|section|site|page|app|web|user|device|t|b)_?id=)"
    r"(?:\w{0,12}_?id|guid)=([\w-]*\d[\w-]*)"
)
#: WebPlus, rumour and client pages have ids of letters; they count where the path says that it shows something.
_WORD_ID = re.compile(r"(?:^|&)(?:id|aid|contentid|articleid|newsid)=[\w-]{3,}")
_CLASS_QUERY = re.compile(
    r"(?:^|&)(?:cid|tid|bid|catid|cat|channelid|columnid|typeid|classid|nodeid|sortid|chnlid|sectionid|channel|page|p|pageno)="
)
_SHOWS = re.compile(r"(?:show|view|detail|article|content|news|read|info|doc)")
_STEM = re.compile(r"([^/]*?)(?:\.[a-z.]{2,7})?/?$")
_LONG_ID = re.compile(
    r"(?:^|[^0-9])\d{6,}$|^[0-9a-f]{24}$|^[0-9a-f]{32}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
)
_MIXED_ID = re.compile(r"^(?=\w*\d\w*\d)(?=\w*[A-Za-z])\w{8,24}$")
_SHORT_ID = re.compile(r"(?:^|[^0-9])\d{3,5}$")


def site_of(host: str) -> str:
    """The registered name that all hosts of one portal share.

    >>> site_of("news.example.com.cn"), site_of("sz.example.cn")
    ('example.com.cn', 'example.cn')
    """
    labels = host.split(".")
    wide = len(labels) > 2 and _PUBLIC.fullmatch(labels[-2]) is not None and len(labels[-1]) == 2
    return ".".join(labels[-3 if wide else -2 :])


def shape_of(parts: SplitResult) -> Shape:
    """Shape of a split absolute address.

    >>> from urllib.parse import urlsplit
    >>> shape_of(urlsplit("http://www.example.cn/2019/0716/2506328.shtml")).name
    'ARTICLE'
    >>> shape_of(urlsplit("http://www.example.cn/news/node_150127.htm")).name
    'SECTION'
    """
    if parts.query and _NEVER_QUERY.search(parts.query):
        return Shape.NEVER
    if _is_service(parts.netloc):
        return Shape.NEVER
    path = parts.path.lower()
    if path in ("", "/") and not parts.query:
        return Shape.SECTION
    if "@@" in path or "{" in path or "%7b" in path:
        # a template that a script has not filled
        return Shape.NEVER
    if _NEVER.search(path):
        return Shape.DOCUMENT if _DOCUMENT.search(path) else Shape.NEVER
    if _is_index(path):
        return _by_query(path, parts.query.lower()) if parts.query else Shape.SECTION
    if _ARTICLE.search(path):
        return Shape.ARTICLE
    section = _SECTION_WORD.search(path)
    if section and not (_FOLDER_WORD.search(path) and _holds_id(parts.path)):
        return Shape.SECTION
    return _by_name(parts.path, path, parts.query.lower())


def seems_article(url: str) -> bool:
    """True unless the address is that of a section, a service or a file: for lists that tell nothing but addresses.

    >>> seems_article("http://www.example.cn/2019/0716/2506328.shtml"), seems_article("http://www.example.cn/news/")
    (True, False)
    """
    try:
        return shape_of(urlsplit(url)) >= Shape.UNKNOWN
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def _is_service(host: str) -> bool:
    host = host.lower()
    return _SERVICE_HOST.fullmatch(host.partition(".")[0]) is not None or _NEVER_SITE.search(host) is not None


def is_slug(parts: SplitResult) -> bool:
    """True for a directory named like a story or a channel (/gemini-2-0/): only its neighbours tell which.

    >>> from urllib.parse import urlsplit
    >>> is_slug(urlsplit("http://a.cn/grok-studio/")), is_slug(urlsplit("http://a.cn/zt/2024/"))
    (True, False)
    """
    path = parts.path.lower()
    return len(path) > 1 and path.endswith("/") and not parts.query and not _SECTION_WORD.search(path)


def _is_index(path: str) -> bool:
    """A directory's own page, or a page (版面) of an e-paper, whose date directories do not make it an article."""
    return _INDEX.search(path) is not None or _PAPER_PAGE.search(path) is not None


def _holds_id(path: str) -> bool:
    """True for a file named by an id inside a section's folder: /node_179d29f1ce/86987bf032.shtml."""
    name = path.rpartition("/")[2]
    stem, dot, _ = name.partition(".")
    return bool(dot) and (_LONG_ID.search(stem.lower()) is not None or _MIXED_ID.search(stem) is not None)


def _by_query(path: str, query: str) -> Shape:
    if "__biz=" in query:
        # 微信公众号, DOMAIN.md §4
        return Shape.ARTICLE
    if "list" in path.rpartition("/")[2] or "=list" in query:
        return Shape.SECTION
    match = _ID_QUERY.search(query)
    if match:
        return Shape.ARTICLE if _SHOWS.search(path + query) else Shape.MAYBE
    if _WORD_ID.search(query) and _SHOWS.search(path):
        return Shape.MAYBE
    return Shape.SECTION if _CLASS_QUERY.search(query) else Shape.UNKNOWN


def _by_name(verbatim: str, path: str, query: str) -> Shape:
    """Judge by the last name of the path: the id in it, or the lack of one."""
    found = _STEM.search(path)
    stem = found[1] if found else ""
    if query:
        by_query = _by_query(path, query)
        if by_query is not Shape.UNKNOWN:
            return by_query
    if path.endswith("/"):
        return Shape.MAYBE if stem.count("-") >= 3 else Shape.SECTION
    if _LONG_ID.search(stem):
        return Shape.ARTICLE if stem.isdigit() or "." in path.rpartition("/")[2] else Shape.MAYBE
    mixed = _STEM.search(verbatim)
    if mixed and _MIXED_ID.search(mixed[1]):
        return Shape.ARTICLE if _STEM.search(path) and "." in path.rsplit("/", 1)[-1] else Shape.MAYBE
    if _SHORT_ID.search(stem) or stem.count("-") >= 3:
        return Shape.MAYBE
    return Shape.UNKNOWN
