"""One page's bytes to one Article: the order of work, and nothing else."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Sequence

from crawler import __version__
from crawler.extract.body import Body
from crawler.extract.dom import load
from crawler.extract.epaper import article_page
from crawler.extract.kind import kind_of, not_html
from crawler.extract.metadata import describe
from crawler.extract.parts import find_parts
from crawler.extract.readings import Reading, readings
from crawler.extract.template import apply_fields
from crawler.items import Article, Evidence, Template
from crawler.urls import canonical

__all__ = ["EXTRACTOR", "content_hash", "extract"]

#: Written into every article: which rules read it.  Changes with every release that reads pages otherwise.
EXTRACTOR = f"chengwen/{__version__}"

#: Kinds whose fields are filled (see items.PageKind).
_STORED = frozenset({"article", "gallery", "video"})
_TOLD = (
    "published",
    "published_text",
    "source",
    "reporters",
    "correspondents",
    "photographers",
    "editors",
    "breadcrumb",
    "keywords",
)
#: Letters and digits; Chinese ones first, because a range is the quicker test.
_WORDS = re.compile(r"[\u4e00-\u9fff]+|[^\W_]+")
#: Nothing but these is in its normal form; and no character combines with a Chinese one, so that what stands between
#: them can be normalised by itself: whole texts took a tenth of the time of long pages.
_PLAIN = re.compile(r"[\u4e00-\u9fff0-9A-Za-z]*")
_BETWEEN = re.compile(r"[^\u4e00-\u9fff]+")


def content_hash(text: str) -> str:
    """SHA-256, hex, of a text without white space, punctuation, case and width: equal for the same words.

    >>> content_hash("苏报讯，A B C。") == content_hash("苏报讯 abc")
    True
    """
    folded = "".join(_WORDS.findall(text))
    if not _PLAIN.fullmatch(folded):
        folded = _BETWEEN.sub(lambda run: unicodedata.normalize("NFKC", run[0]), folded)
        folded = "".join(_WORDS.findall(folded))
    folded = folded.casefold()
    return hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()


def extract(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    template: Template | Sequence[Template] | None = None,
    fetched_at: dt.datetime | None = None,
) -> Article:
    """Everything that a page says about its article; never raises.

    body: the page's bytes as received.  url: where they came from, after redirects.  content_type: the header, None
    if unknown.  template: where this portal keeps its parts: of several written by hand the first that fits the
    address, of learned ones the one that fits the page; evidence["template"] says how well, and the generic rules read
    the page where none does.
    fetched_at: reference for dates like 昨天 or 11-13; None: now.
    """
    article = Article(url=url, canonical_url=canonical(url), fetched_at=fetched_at, extractor=EXTRACTOR)
    if not_html(body, content_type):
        article.kind = "not_html"
        return article
    page = load(body, url, content_type)
    for reading in readings(page, template):
        article.kind = kind_of(body, reading.document, reading.title, reading.body)
        article.evidence |= reading.evidence
        if article.kind in _STORED:
            _fill_text(article, reading.body)
            _fill_fields(article, reading)
            break
    article.evidence["kind"] = Evidence(article.kind, 1.0)
    return article


def _fill_text(article: Article, found: Body) -> None:
    article.body, article.blocks, article.images = found.text, found.blocks, found.images
    article.attachments, article.cuts = found.attachments, found.cuts
    article.content_hash = content_hash(found.text) if found.text else ""
    article.confidence = found.confidence
    article.evidence["body"] = Evidence(found.rule, found.confidence)


def _fill_fields(article: Article, reading: Reading) -> None:
    document, title = reading.document, reading.title
    told = describe(document, title, reading.body, article.fetched_at)
    for name in _TOLD:
        setattr(article, name, getattr(told, name))
    article.title, article.subtitle = title.text, title.subtitle
    article.evidence |= {"title": title.evidence, **told.evidence}
    parts = find_parts(document)
    article.part_urls, article.full_url = parts.urls, parts.full_url
    article.page_number, article.page_name = article_page(document)
    article.template = reading.used
    if reading.template is not None:
        apply_fields(article, document, reading.template, article.fetched_at)
