"""All that is printed around the text: time, source, names, breadcrumb and keywords, each with its evidence."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from crawler.extract.breadcrumbs import find_breadcrumb
from crawler.extract.bylines import Credits
from crawler.extract.credits import find_credits
from crawler.extract.dom import Document
from crawler.extract.hints import Hints, read_hints
from crawler.extract.publication import find_publication
from crawler.extract.sources import find_source
from crawler.extract.titles import Title
from crawler.extract.zones import Extent, find_zones
from crawler.items import Evidence

__all__ = ["Metadata", "describe"]


@dataclass(slots=True)
class Metadata:
    """Fields of items.Article that stand around the text; None and empty lists where the page says nothing."""

    published: dt.datetime | None = None
    published_text: str | None = None
    source: str | None = None
    reporters: list[str] = field(default_factory=list)
    correspondents: list[str] = field(default_factory=list)
    photographers: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    breadcrumb: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    evidence: dict[str, Evidence] = field(default_factory=dict)


_KEYWORD_SEPARATOR = re.compile(r"[,，;；、|\s]+")


def describe(doc: Document, title: Title, body: Extent, fetched_at: dt.datetime | None = None) -> Metadata:
    """Read everything but title and body.

    fetched_at: what relative and year-less dates are read against (None: now).
    """
    hints = read_hints(doc)
    zones = find_zones(doc, title, body)
    found = Metadata()
    published = find_publication(zones, hints, doc.url, fetched_at)
    found.published, found.published_text = published.when, published.text
    credits, credit_evidence = find_credits(zones, hints, published)
    found.reporters, found.correspondents = credits.reporters, credits.correspondents
    found.photographers, found.editors = credits.photographers, credits.editors
    found.breadcrumb, crumb_evidence = find_breadcrumb(doc, title, body.first)
    no_media = (*credits.reporters, *credits.correspondents, *found.breadcrumb)
    found.source, source_evidence = find_source(zones, published, hints, doc.page_title, no_media)
    found.keywords = _keywords(hints, credits)
    known = {
        "published": published.evidence,
        "source": source_evidence,
        "breadcrumb": crumb_evidence,
        **credit_evidence,
    }
    found.evidence = {name: evidence for name, evidence in known.items() if evidence is not None}
    return found


def _keywords(hints: Hints, credits: Credits) -> list[str]:
    stated = [word for hint in hints.keywords[:1] for word in _KEYWORD_SEPARATOR.split(hint.value)]
    words = (word.strip() for word in (*credits.keywords, *stated))
    return list(dict.fromkeys(word for word in words if 1 < len(word) <= 30))[:30]
