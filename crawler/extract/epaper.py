"""E-papers: editions addressed by date, their pages (版面) and the articles on each (DOMAIN.md §4.3).

Founder's systems and their imitations share one order: a folder a day, in it a file for every printed page and one
for every article.  What is a page and what an article is told by label and file name, not by site.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml import etree

from crawler.extract.anchors import Anchor, Surroundings, collect, squeeze
from crawler.extract.decode import decode
from crawler.extract.dom import Document
from crawler.extract.links import full_title, is_command
from crawler.items import Link
from crawler.urls import absolute, host_of, key

__all__ = ["Edition", "EditionPage", "article_page", "edition_date", "edition_url", "page_label", "read_edition"]

#: 第A03版：要闻, A03版 要闻, A03：要闻, 03 要闻; a bare number is a page only together with 版 or a name.
_LABEL = re.compile(
    r"[\[【(（]?\s*(第)?\s*([A-Z]{0,3}\d{1,3}[A-Z]?)\s*(版)?\s*[\]】)）]?\s*[：:、.|\-—]?\s*(\S.{0,19})?"
)
#: Folders of a day: 2026-04/18, 202604/18, 2026/04/18, 20260418, 2026-04-18.
_DAY = re.compile(r"/((?:19|20)\d{2})[-/]?(\d{2})[-/]?(\d{2})(?=[/_.])")
#: File names of printed pages; those of articles are content_…, c123…, art….
_PAGE_FILE = re.compile(
    r"(?:^|/)(?:node|col|l|layout|page|ban)[-_]?\w{0,12}\.s?html?$|(?:default|index|qpaper)\.s?html?$", re.I
)
_ARTICLE_FILE = re.compile(
    r"(?:^|/)(?:con(?:tent)?|c|art(?:icle)?|nw\.|detail)[-_]?[\w.-]*\d\w*\.s?html?(?:$|\?)", re.I
)
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\"\s>]+)", re.IGNORECASE)
_SCRIPT_MOVE = re.compile(r"location(?:\.href)?\s*=\s*[\"']([^\"'\s]+\.s?html?)[\"']")
_PLACEHOLDER = re.compile(r"\{date(?::([^}]+))?\}")
_STEP = re.compile(r"[上下]一[版篇期]|返回|目录|版面(?:导航|目录|概览)|pdf|往期|放大|缩小|默认|首页", re.IGNORECASE)
#: An e-paper's article names its page near the top; further down stand the names of all pages.
_NEAR_TOP = 40
#: The label at the end of a masthead: 石桥日报 2025年01月04日 星期六 第A01版：要闻.
_MASTHEAD = re.compile(r"(?<![见转至])第\s*([A-Z]{0,3}\d{1,3}[A-Z]?)\s*版\s*(?:[：:]\s*(\S{2,12}))?\s*$")
_MASTHEAD_LENGTH = 60


@dataclass(slots=True)
class EditionPage:
    """One printed page: number (A03) and name (要闻) as printed, None where not printed."""

    number: str | None
    name: str | None
    url: str


@dataclass(slots=True)
class Edition:
    """One page of an edition: all pages of its day, and the articles of the page that was read.

    date: day of the edition, None if neither address nor page says.  redirect: where an index sends its readers
    (today's edition); then there is nothing else.
    """

    date: dt.date | None = None
    pages: list[EditionPage] = field(default_factory=list)
    articles: list[Link] = field(default_factory=list)
    redirect: str | None = None


def edition_url(template: str, date: dt.date, date_format: str = "%Y-%m/%d") -> str:
    """Address of a day's front page: {date} in the template stands for the date in the given form.

    >>> edition_url("http://paper.example.cn/html/{date}/node_2.htm", dt.date(2026, 4, 8))
    'http://paper.example.cn/html/2026-04/08/node_2.htm'
    >>> edition_url("http://paper.example.cn/pc/layout/{date:%Y%m/%d}/node_01.html", dt.date(2026, 4, 8))
    'http://paper.example.cn/pc/layout/202604/08/node_01.html'
    """
    return _PLACEHOLDER.sub(lambda match: date.strftime(match[1] or date_format), template)


def edition_date(url: str) -> dt.date | None:
    """Day of the edition that an address lies in.

    >>> edition_date("http://paper.example.cn/pc/layout/202604/08/node_01.html")
    datetime.date(2026, 4, 8)
    """
    match = _DAY.search(urlsplit(url).path)
    if not match:
        return None
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def page_label(text: str) -> tuple[str, str | None] | None:
    """Number and name of a printed page in its label; None if the text is none.

    >>> page_label("第A03版：要闻"), page_label("03版 民生"), page_label("3月8日活动")
    (('A03', '要闻'), ('03', '民生'), None)
    """
    match = _LABEL.fullmatch(squeeze(text))
    if not match or not (match[1] or match[3] or ((match[2][0].isalpha() or len(match[2]) == 2) and match[4])):
        return None
    if not match[3] and match[4] and match[4][0] in "年月日时点%":
        return None
    return match[2], squeeze(match[4]) if match[4] else None


def read_edition(body: bytes, url: str, *, content_type: str | None = None) -> Edition:
    """Pages and articles of an e-paper's page; never raises, and is empty for what is no e-paper."""
    text = decode(body, content_type).text if host_of(url) else ""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser) if "<" in text else None
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return Edition()
    page = collect(root, url)
    edition = Edition(edition_date(url))
    _read_links(page, edition)
    if not edition.articles and not edition.pages:
        edition.redirect = _redirect(root, page)
    return edition


def _redirect(root: etree._Element, page: Surroundings) -> str | None:
    for node in root.iter("meta"):
        if (node.get("http-equiv") or "").lower() == "refresh":
            match = _REFRESH.search(node.get("content") or "")
            if match:
                return absolute(page.base, match[1])
    if len(page.anchors) > 3:
        return None
    for script in page.scripts:
        match = _SCRIPT_MOVE.search(script.text or "")
        if match:
            return absolute(page.base, match[1])
    return None


def _read_links(page: Surroundings, edition: Edition) -> None:
    """Sort the links of the edition's own day into pages and articles, twins for tablets dropped."""
    pages: dict[str, EditionPage] = {}
    articles: dict[str, Link] = {}
    own = key(page.url)
    tablet = "/pad/" in page.url.lower()
    for anchor in page.anchors:
        if anchor.url is None or anchor.parts is None or ("/pad/" in anchor.url.lower()) != tablet:
            continue
        date = edition_date(anchor.url)
        if date is None or (edition.date and date != edition.date):
            continue
        edition.date = edition.date or date
        label = page_label(anchor.text or anchor.tooltip)
        is_page = _PAGE_FILE.search(anchor.parts.path) is not None
        if label and not is_page and (_ARTICLE_FILE.search(anchor.parts.path) or "版" not in anchor.text):
            label = None
        if label or is_page:
            _add_page(pages, anchor, label)
        elif not anchor.parts.path.lower().endswith(".pdf") and not is_command(anchor):
            _add_article(articles, anchor)
    if pages and own not in pages and _PAGE_FILE.search(urlsplit(page.url).path):
        pages = {own: EditionPage(None, None, page.url), **pages}
    edition.pages, edition.articles = list(pages.values()), list(articles.values())


def _add_page(pages: dict[str, EditionPage], anchor: Anchor, label: tuple[str, str | None] | None) -> None:
    if anchor.url is None or (label is None and _STEP.search(anchor.text)):
        return
    found = pages.setdefault(key(anchor.url), EditionPage(None, None, anchor.url))
    if label:
        found.number, found.name = found.number or label[0], found.name or label[1]
    elif anchor.text and not found.name and not anchor.text.isdecimal():
        found.name = anchor.text


def _add_article(articles: dict[str, Link], anchor: Anchor) -> None:
    if anchor.url is None or _STEP.fullmatch(anchor.text):
        return
    title = full_title(anchor)
    link = articles.setdefault(key(anchor.url), Link(anchor.url, title))
    link.title = link.title or title


def article_page(document: Document) -> tuple[str | None, str | None]:
    """Number and name of the printed page that an e-paper's article says it stands on; None, None elsewhere.

    Only pages in an edition's folder are asked, and only lines near the top that are a page's label and nothing else.
    """
    if edition_date(document.url) is None or not _ARTICLE_FILE.search(urlsplit(document.url).path):
        return None, None
    for line in document.lines[:_NEAR_TOP]:
        label = page_label(line.text) if "版" in line.text or line.link_chars else None
        if label:
            return label
        within = _MASTHEAD.search(line.text) if len(line.text) <= _MASTHEAD_LENGTH else None
        if within:
            return within[1], within[2]
    return None, None
