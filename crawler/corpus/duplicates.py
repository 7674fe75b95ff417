"""When two articles are the same: by address, or by text."""

from __future__ import annotations

from typing import Any

from crawler.corpus.codec import identity, text
from crawler.corpus.database import Database
from crawler.corpus.records import Known
from crawler.items import Article

__all__ = [
    "SHORT_TEXT",
    "Keys",
    "body_of",
    "by_address",
    "by_claim",
    "first_with",
    "known",
    "leave",
    "one",
    "same_text",
]

#: Texts below so many characters repeat by chance (点击观看视频, 图集): they are one story only under one headline.
#: The shortest body among the 134 pages of the bench has 77.
SHORT_TEXT = 60


class Keys:
    """Identities of the addresses by which an article goes."""

    __slots__ = ("all", "kinds", "own")

    def __init__(self, article: Article) -> None:
        self.own = identity(article.url)
        canonical = self.own if article.canonical_url == article.url else identity(article.canonical_url)
        kinds = {identity(url): "part" for url in article.part_urls}
        if article.link_url:
            kinds[identity(article.link_url)] = "link"
        kinds[canonical] = "canonical"
        kinds[self.own] = "own"
        #: identity → what it is to the article, the strongest claim last
        self.kinds = kinds
        self.all = list(kinds)


def known(db: Database, article: Article) -> Known | None:
    """Why the article is not new; None: it is."""
    keys = Keys(article)
    same = by_address(db, keys) or by_claim(db, article, keys)
    if same is not None:
        return Known("url", str(one(db, "SELECT url FROM articles WHERE id = ?", same)))
    body = body_of(db, article)
    first = None if body is None else first_with(db, body, article)
    return None if first is None else Known("body", str(one(db, "SELECT url FROM articles WHERE id = ?", first)))


def same_text(article: Article) -> str | None:
    """What two articles with the same text have in common; None where the text says nothing.

    Galleries and videos may have no text at all, or a line that hundreds share.
    """
    if not article.content_hash or not article.body.strip():
        return None
    return article.content_hash if len(article.body) >= SHORT_TEXT else f"{article.content_hash} {article.title}"


def by_address(db: Database, keys: Keys) -> int | None:
    """The article that was stored under this very address."""
    found = one(db, "SELECT article_id FROM addresses WHERE key = ? AND kind = 'own'", keys.own)
    return None if found is None else int(found)


def by_claim(db: Database, article: Article, keys: Keys) -> int | None:
    """The article that goes by one of the other addresses (canonical link, redirect, part) and has the same text.

    The address alone is no proof: some portals give every page the same canonical link, and an article must never
    take another one's place.
    """
    if not same_text(article):
        return None
    marks = ", ".join("?" * len(keys.all))
    found = one(
        db,
        "SELECT articles.id FROM addresses JOIN articles ON articles.id = article_id"
        f" JOIN bodies ON bodies.id = body_id WHERE addresses.key IN ({marks}) AND content_hash = ?"
        " ORDER BY articles.id LIMIT 1",
        *keys.all,
        article.content_hash,
    )
    return None if found is None else int(found)


def body_of(db: Database, article: Article) -> int | None:
    """The row that holds the same text; None where there is none yet."""
    if not same_text(article):
        return None
    found = one(db, "SELECT id FROM bodies WHERE content_hash = ?", article.content_hash)
    return None if found is None else int(found)


def first_with(db: Database, body: int, article: Article, but: int = 0) -> int | None:
    """The article that was first with this text."""
    sql = "SELECT coalesce(duplicate_of, id) FROM articles WHERE body_id = ? AND id <> ?"
    values: list[Any] = [body, but]
    if len(article.body) < SHORT_TEXT:
        sql, values = f"{sql} AND title IS ?", [*values, text(article.title)]
    found = one(db, f"{sql} ORDER BY id LIMIT 1", *values)
    return None if found is None else int(found)


def leave(db: Database, article_id: int) -> None:
    """The article leaves those with its text: the next one becomes their first."""
    heir = one(db, "SELECT min(id) FROM articles WHERE duplicate_of = ?", article_id)
    db.execute("UPDATE articles SET duplicate_of = ? WHERE duplicate_of = ? AND id <> ?", (heir, article_id, heir))
    db.execute("UPDATE articles SET duplicate_of = NULL WHERE id = ?", (heir,))


def one(db: Database, sql: str, *values: object) -> Any:
    """The first column of the first row; None without one."""
    row = db.execute(sql, values).fetchone()
    return None if row is None else row[0]
