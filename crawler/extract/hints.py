"""Fields that a page states for machines: meta tags, JSON-LD, Founder's comments and Baidu's microformat ids.

They are second to what is printed: a meta date often lacks the minutes (DOMAIN.md §3).  A meta author is no writer: on
the bench it names the editor on 17 pages, the site or a number on 24, the writer on two.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import Any

from crawler.extract.dom import Document

__all__ = ["Hint", "Hints", "read_hints"]


@dataclass(frozen=True, slots=True)
class Hint:
    """A value stated for machines and the rule that found it."""

    value: str
    rule: str


@dataclass(slots=True)
class Hints:
    """Field → what the page states for it, the most reliable statement first."""

    published: list[Hint] = field(default_factory=list)
    source: list[Hint] = field(default_factory=list)
    author: list[Hint] = field(default_factory=list)
    editor: list[Hint] = field(default_factory=list)
    title: list[Hint] = field(default_factory=list)
    keywords: list[Hint] = field(default_factory=list)


_ENP = re.compile(r"enpproperty")
_ENP_TAG = re.compile(
    r"<(date|author|source|sourcename|title|keyword|editor)>([^<]{1,400})</\1>|\b(date|author|source|sourcename"
    r"|title|keyword|editor)=\"([^\"]{1,400})\"",
    re.IGNORECASE,
)
_ENP_FIELD = {
    "date": "published",
    "author": "author",
    "source": "source",
    "sourcename": "source",
    "title": "title",
    "keyword": "keywords",
    "editor": "editor",
}
#: Meta names (lower case) of DOMAIN.md §4.8 and of Open Graph, schema.org, Baidu, Bytedance.
_META = {
    "published": (
        "pubdate", "publishdate", "firstpublishedtime", "article:published_time", "bytedance:published_time",
        "og:release_date", "datepublished", "weibo: article:create_at", "apub:time", "og:time", "publish-date",
        "publishtime", "published", "_pubtime", "dc.date", "date",
    ),
    "source": ("contentsource", "source", "mediaid", "og:source", "article:source"),
    "author": ("author", "article:author", "bytedance:author", "og:author"),
    "editor": ("editor", "responsibleeditor", "责任编辑"),
    "keywords": ("keywords", "keyword", "og:keywords", "news_keywords"),
}  # fmt: skip
_LD = {
    "datePublished": "published",
    "pubDate": "published",
    "upDate": "published",
    "author": "author",
    "headline": "title",
    "editor": "editor",
}
_MICROFORMAT = {
    "pubtime_baidu": "published",
    "source_baidu": "source",
    "author_baidu": "author",
    "editor_baidu": "editor",
}


def read_hints(doc: Document) -> Hints:
    """All machine-readable statements of a page; costs no walk over the tree."""
    hints = Hints()
    for text, _ in doc.comments:
        if _ENP.search(text[:200]):
            _founder(text, hints)
    for text in doc.json_ld[:8]:
        _json_ld(text, hints)
    for name, metas in _META.items():
        known: list[Hint] = getattr(hints, name)
        known.extend(Hint(doc.meta[meta], f"meta {meta}") for meta in metas if meta in doc.meta)
    return hints


def _founder(text: str, hints: Hints) -> None:
    for match in _ENP_TAG.finditer(text[:6000]):
        name, value = (match[1] or match[3]).lower(), html.unescape((match[2] or match[4]).strip())
        if value:
            getattr(hints, _ENP_FIELD[name]).append(Hint(value, "enpproperty"))


def _json_ld(text: str, hints: Hints) -> None:
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        # Broken JSON-LD is common (raw line breaks, trailing commas); other witnesses speak for the page.
        return
    for node in _nodes(data):
        for key, name in _LD.items():
            value = node.get(key)
            for item in value if isinstance(value, list) else [value]:
                plain = item.get("name") if isinstance(item, dict) else item
                if isinstance(plain, str) and plain.strip():
                    getattr(hints, name).append(Hint(plain.strip(), f"JSON-LD {key}"))


def _nodes(data: Any) -> list[dict[str, Any]]:
    """The objects of a JSON-LD document: itself, a list of them, or its @graph."""
    nodes = data if isinstance(data, list) else [data]
    found = [node for node in nodes if isinstance(node, dict)]
    for node in list(found):
        graph = node.get("@graph")
        if isinstance(graph, list):
            found.extend(item for item in graph if isinstance(item, dict))
    return found[:20]
