"""Articles and times to and from columns."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from crawler import urls
from crawler.items import CST, Article, Attachment, Block, Cut, Evidence, Image

__all__ = [
    "COLUMNS",
    "article_of",
    "blocks_json",
    "columns_of",
    "identity",
    "instant",
    "local",
    "parse",
    "text",
    "utc_now",
]

_TEXTS = (
    "url", "canonical_url", "link_url", "portal", "section", "kind", "title", "subtitle", "published_text", "source",
    "full_url", "page_number", "page_name", "template", "extractor",
)  # fmt: skip
_LISTS = ("breadcrumb", "reporters", "correspondents", "photographers", "editors", "part_urls", "keywords")
#: Columns of the articles table that hold fields of Article, in the order of columns_of().
COLUMNS = (*_TEXTS, *_LISTS, "published", "confidence", "evidence", "cuts", "fetched_at")

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def utc_now() -> dt.datetime:
    """The present, aware, UTC."""
    return dt.datetime.now(dt.UTC)


def instant(moment: dt.datetime) -> str:
    """A moment as the corpus writes it: UTC, microseconds always, so that text order is time order.

    >>> instant(dt.datetime(2022, 11, 13, 22, 24, tzinfo=CST))
    '2022-11-13T14:24:00.000000+00:00'
    """
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def parse(value: str | None) -> dt.datetime | None:
    """The inverse of instant(); None for NULL."""
    return None if value is None else dt.datetime.fromisoformat(value)


def text(value: str | None) -> str | None:
    """Text that both databases take.

    Halves of surrogate pairs, which broken JSON lists contain, become question marks; NUL, which PostgreSQL refuses,
    what browsers show for it.

    >>> text("江\\ud83d南"), text("\\0")
    ('江?南', '�')
    """
    if value is None:
        return None
    if "\0" in value:
        value = value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode()
    return value


@lru_cache(maxsize=4096)
def identity(url: str) -> str:
    """The key of an address, or the text itself where it is none: what a page claims need not be one.

    Remembered, because every list page names most of the last one's links again.

    >>> identity("https://www.example.cn/a/1.html?from=app"), identity("http://[broken/")
    ('example.cn/a/1.html', 'http://[broken/')
    """
    try:
        return text(urls.key(url)) or ""
    except ValueError:
        return text(url.strip()) or ""


def columns_of(article: Article) -> list[Any]:
    """Values for COLUMNS; published keeps the printed zone (+08:00)."""
    return [
        *(text(getattr(article, name)) for name in _TEXTS),
        *(text(_dumps(values)) if (values := getattr(article, name)) else "[]" for name in _LISTS),
        local(article.published),
        article.confidence,
        text(_dumps({name: _evidence(found) for name, found in article.evidence.items()})),
        text(_dumps([{"text": cut.text, "reason": cut.reason} for cut in article.cuts])),
        None if article.fetched_at is None else instant(article.fetched_at),
    ]


def blocks_json(blocks: Iterable[Block]) -> str:
    """The body's blocks as a JSON array of objects."""
    return text(_dumps([_block(block) for block in blocks])) or "[]"


def article_of(
    row: Mapping[str, Any], images: Iterable[tuple[str, str | None]] = (), attachments: Iterable[tuple[str, str]] = ()
) -> Article:
    """The article of a row that joins articles and bodies, with the address of the one it repeats as first_url."""
    published = parse(row["published"])
    return Article(
        **{name: row[name] for name in _TEXTS},
        **{name: json.loads(row[name]) for name in _LISTS},
        body=row["body"],
        blocks=[Block(**parts) for parts in json.loads(row["blocks"])],
        images=[Image(*parts) for parts in images],
        attachments=[Attachment(*parts) for parts in attachments],
        content_hash=row["content_hash"] or "",
        published=None if published is None else published.astimezone(CST),
        fetched_at=parse(row["fetched_at"]),
        confidence=row["confidence"],
        evidence={name: Evidence(**parts) for name, parts in json.loads(row["evidence"]).items()},
        cuts=[Cut(**parts) for parts in json.loads(row["cuts"])],
        duplicate_of=row["first_url"],
    )


# Written out by hand: dataclasses.asdict copies deeply and takes ten times as long.


def _block(block: Block) -> dict[str, object]:
    plain: dict[str, object] = {"kind": block.kind, "text": block.text}
    return plain if block.url is None else plain | {"url": block.url}


def _evidence(found: Evidence) -> dict[str, object]:
    return {"rule": found.rule, "confidence": found.confidence, "text": found.text}


def local(published: dt.datetime | None) -> str | None:
    """A printed time as the corpus writes it: Chinese time with its offset, None for NULL.

    >>> local(dt.datetime(2022, 11, 13, 22, 24, tzinfo=CST))
    '2022-11-13T22:24:00+08:00'
    """
    if published is None:
        return None
    aware = published if published.tzinfo else published.replace(tzinfo=CST)
    return aware.astimezone(CST).isoformat(timespec="seconds")
