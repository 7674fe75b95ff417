"""One page's bytes to one Article: the order of work, and nothing else."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Sequence

from crawler.extract.body import find_body
from crawler.extract.dom import parse
from crawler.extract.metadata import describe
from crawler.extract.titles import find_title
from crawler.items import Article, Template
from crawler.urls import canonical

__all__ = ["content_hash", "extract"]

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
_NOT_TEXT = re.compile(r"[\W_]+")


def content_hash(text: str) -> str:
    """SHA-256, hex, of a text without white space, punctuation, case and width: equal for the same words.

    >>> content_hash("苏报讯，A B C。") == content_hash("苏报讯 abc")
    True
    """
    folded = _NOT_TEXT.sub("", unicodedata.normalize("NFKC", text).casefold())
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
    if unknown.  template: where this portal keeps its parts; of several, the first that fits the address.
    fetched_at: reference for dates like 昨天 or 11-13; None: now.
    """
    document = parse(body, url, content_type)
    title = find_title(document)
    found = find_body(document, title)
    told = describe(document, title, found, fetched_at)
    article = Article(url=url, canonical_url=canonical(url), fetched_at=fetched_at)
    article.title, article.subtitle = title.text, title.subtitle
    for name in _TOLD:
        setattr(article, name, getattr(told, name))
    article.evidence = {"title": title.evidence, **told.evidence}
    article.body = found.text
    article.blocks, article.images = found.blocks, found.images
    article.attachments, article.cuts = found.attachments, found.cuts
    article.content_hash = content_hash(found.text) if found.text else ""
    article.confidence = found.confidence
    return article
