"""Storing articles: each address once, each text once, and the ledger crossed off with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from crawler.corpus.codec import COLUMNS, blocks_json, columns_of, identity, instant, text
from crawler.corpus.portals import ensure
from crawler.corpus.records import Known, Outcome, Stored
from crawler.items import Article

__all__ = ["SHORT_TEXT", "Keys", "known", "same_text", "store"]

#: Texts below so many characters repeat by chance (点击观看视频, 图集): they are one story only under one headline.
#: The shortest body among the 134 pages of the bench has 77.
SHORT_TEXT = 60

#: Columns that say how and when a row came about, not what the portal printed.
_PROVENANCE = {"template", "confidence", "evidence", "cuts", "fetched_at"}
#: Columns that tell where the corpus met the article first; another visit leaves them.
_ORIGIN = {"url", "link_url", "portal", "section"}
_CONTENT = [place for place, name in enumerate(COLUMNS) if name not in _PROVENANCE | _ORIGIN]
_RENEWED = [place for place, name in enumerate(COLUMNS) if name not in _ORIGIN]


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
    same = _own(db, keys) or _twin(db, article, keys)
    if same is not None:
        return Known("url", str(_one(db, "SELECT url FROM articles WHERE id = ?", same)))
    body = _body(db, article)
    first = None if body is None else _first(db, body, article)
    return None if first is None else Known("body", str(_one(db, "SELECT url FROM articles WHERE id = ?", first)))


def same_text(article: Article) -> str | None:
    """What two articles with the same text have in common; None where the text says nothing.

    Galleries and videos may have no text at all, or a line that hundreds share.
    """
    if not article.content_hash or not article.body.strip():
        return None
    return article.content_hash if len(article.body) >= SHORT_TEXT else f"{article.content_hash} {article.title}"


def store(db: Database, articles: Sequence[Article], run_id: int | None, now: dt.datetime) -> list[Stored]:
    """Write a batch inside the caller's transaction; see Corpus.store()."""
    for portal in {article.portal for article in articles} - {None}:
        ensure(db, str(portal), now)
    return [_store(db, article, run_id, now) for article in articles]


def _store(db: Database, article: Article, run_id: int | None, now: dt.datetime) -> Stored:
    keys = Keys(article)
    own = _own(db, keys)
    twin = None if own is not None else _twin(db, article, keys)
    if twin is not None:
        # Its own address stays a weak claim: should it show something else one day, that is an article of its own.
        stored, keys.kinds[keys.own] = Stored(twin, "unchanged"), "link"
    elif own is not None:
        stored = Stored(own, _renew(db, own, article))
    else:
        stored = _insert(db, article, keys, run_id, now)
    _address(db, stored.id, keys)
    _cross_off(db, stored.id, keys)
    return stored


def _own(db: Database, keys: Keys) -> int | None:
    """The article that was stored under this very address."""
    found = _one(db, "SELECT article_id FROM addresses WHERE key = ? AND kind = 'own'", keys.own)
    return None if found is None else int(found)


def _twin(db: Database, article: Article, keys: Keys) -> int | None:
    """The article that goes by one of the other addresses (canonical link, redirect, part) and has the same text.

    The address alone is no proof: some portals give every page the same canonical link, and an article must never
    take another one's place.
    """
    if not same_text(article):
        return None
    marks = ", ".join("?" * len(keys.all))
    found = _one(
        db,
        "SELECT articles.id FROM addresses JOIN articles ON articles.id = article_id"
        f" JOIN bodies ON bodies.id = body_id WHERE addresses.key IN ({marks}) AND content_hash = ?",
        *keys.all,
        article.content_hash,
    )
    return None if found is None else int(found)


def _insert(db: Database, article: Article, keys: Keys, run_id: int | None, now: dt.datetime) -> Stored:
    body = _body(db, article)
    first = None if body is None else _first(db, body, article)
    if body is None:
        body = _new_body(db, article)
    values = [keys.own, *columns_of(article), body, first, instant(now), run_id]
    article_id = int(db.execute(_INSERT, values).lastrowid or 0)
    _put_files(db, article_id, article)
    return Stored(article_id, "new" if first is None else "duplicate")


_INSERT = (
    f"INSERT INTO articles (key, {', '.join(COLUMNS)}, body_id, duplicate_of, stored_at, run_id)"
    f" VALUES ({', '.join('?' * (len(COLUMNS) + 5))})"
)


def _renew(db: Database, article_id: int, article: Article) -> Outcome:
    """Bring a stored article up to date, and say whether anything that the portal printed has changed."""
    old = db.execute(f"SELECT {', '.join(COLUMNS)}, body_id FROM articles WHERE id = ?", (article_id,)).fetchone()
    body, values = _body(db, article), columns_of(article)
    if body is None and not same_text(article):
        body = _textless(db, old[-1], article)
    same_row = all(old[place] == values[place] for place in _CONTENT)
    if same_row and body == old[-1] and _files(db, article_id) == _files_of(article):
        return "unchanged"
    if body is None:
        body = _new_body(db, article)
    assignments = ", ".join(f"{COLUMNS[place]} = ?" for place in _RENEWED)
    db.execute(
        f"UPDATE articles SET {assignments}, body_id = ? WHERE id = ?",
        [*(values[place] for place in _RENEWED), body, article_id],
    )
    if body != old[-1]:
        _relink(db, article_id, article, old[-1], body)
    for table, _ in _FILES:
        db.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))
    _put_files(db, article_id, article)
    return "updated"


def _relink(db: Database, article_id: int, article: Article, old_body: int, body: int) -> None:
    """The text changed: the article leaves those with the old text, and may meet others with the new one."""
    heir = _one(db, "SELECT min(id) FROM articles WHERE duplicate_of = ?", article_id)
    db.execute("UPDATE articles SET duplicate_of = ? WHERE duplicate_of = ? AND id <> ?", (heir, article_id, heir))
    db.execute("UPDATE articles SET duplicate_of = NULL WHERE id = ?", (heir,))
    first = _first(db, body, article, article_id)
    db.execute("UPDATE articles SET duplicate_of = ? WHERE id = ?", (first, article_id))
    db.execute(
        "DELETE FROM bodies WHERE id = ? AND NOT EXISTS (SELECT 1 FROM articles WHERE body_id = ?)", (old_body,) * 2
    )


def _body(db: Database, article: Article) -> int | None:
    """The row that holds the same text; None where there is none yet."""
    if not same_text(article):
        return None
    found = _one(db, "SELECT id FROM bodies WHERE content_hash = ?", article.content_hash)
    return None if found is None else int(found)


def _textless(db: Database, body: int, article: Article) -> int | None:
    """The article's own row, where it still holds the same pieces; rows without a hash are never shared."""
    row = db.execute("SELECT content_hash, body, blocks FROM bodies WHERE id = ?", (body,)).fetchone()
    return body if tuple(row) == (None, text(article.body), blocks_json(article.blocks)) else None


def _new_body(db: Database, article: Article) -> int:
    content_hash = article.content_hash if same_text(article) else None
    values = (content_hash, text(article.body), blocks_json(article.blocks))
    return int(db.execute("INSERT INTO bodies (content_hash, body, blocks) VALUES (?, ?, ?)", values).lastrowid or 0)


def _first(db: Database, body: int, article: Article, but: int = 0) -> int | None:
    """The article that was first with this text."""
    sql = "SELECT coalesce(duplicate_of, id) FROM articles WHERE body_id = ? AND id <> ?"
    values: list[Any] = [body, but]
    if len(article.body) < SHORT_TEXT:
        sql, values = f"{sql} AND title IS ?", [*values, text(article.title)]
    found = _one(db, f"{sql} LIMIT 1", *values)
    return None if found is None else int(found)


def _address(db: Database, article_id: int, keys: Keys) -> None:
    """Enter the addresses by which the article is found; its own is taken over from a weaker claim of another."""
    db.conn.executemany(
        "INSERT INTO addresses (key, article_id, kind) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE"
        " SET article_id = excluded.article_id, kind = 'own' WHERE kind <> 'own' AND excluded.kind = 'own'",
        [(address, article_id, kind) for address, kind in keys.kinds.items()],
    )


def _cross_off(db: Database, article_id: int, keys: Keys) -> None:
    """The ledger's entries are done, in every portal; their sections are the article's."""
    marks = ", ".join("?" * len(keys.all))
    db.execute(
        "UPDATE frontier SET state = 'stored', last_error = NULL, next_try = NULL"
        f" WHERE key IN ({marks}) AND state <> 'stored'",
        keys.all,
    )
    db.execute(
        "INSERT OR IGNORE INTO article_sections (article_id, section_id, first_seen, position)"
        " SELECT ?, section_id, sightings.first_seen, position FROM frontier"
        f" JOIN sightings ON frontier_id = frontier.id WHERE frontier.key IN ({marks}) AND side = 0",
        [article_id, *keys.all],
    )
    db.execute(f"DELETE FROM rejects WHERE key IN ({marks})", keys.all)


def _put_files(db: Database, article_id: int, article: Article) -> None:
    """Images and attachments in page order."""
    for (table, column), files in zip(_FILES, _files_of(article), strict=True):
        if not files:
            continue
        db.conn.executemany(
            f"INSERT INTO {table} (article_id, position, url, {column}) VALUES (?, ?, ?, ?)",
            [(article_id, position, *file) for position, file in enumerate(files)],
        )


_FILES = (("images", "caption"), ("attachments", "name"))


def _files(db: Database, article_id: int) -> list[list[tuple[Any, ...]]]:
    return [
        db.execute(
            f"SELECT url, {column} FROM {table} WHERE article_id = ? ORDER BY position", (article_id,)
        ).fetchall()
        for table, column in _FILES
    ]


def _files_of(article: Article) -> list[list[tuple[Any, ...]]]:
    return [
        [(text(image.url), text(image.caption)) for image in article.images],
        [(text(file.url), text(file.name)) for file in article.attachments],
    ]


def _one(db: Database, sql: str, *values: object) -> Any:
    """The first column of the first row; None without one."""
    row = db.execute(sql, values).fetchone()
    return None if row is None else row[0]
