"""Storing articles: each address once, each text once, and the ledger crossed off with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from crawler.corpus.codec import COLUMNS, blocks_json, columns_of, instant, text
from crawler.corpus.duplicates import Keys, body_of, by_address, by_claim, first_with, one, same_text
from crawler.corpus.portals import ensure
from crawler.corpus.records import Outcome, Stored
from crawler.items import Article

__all__ = ["store"]

#: Columns that say how and when a row came about, not what the portal printed.
_PROVENANCE = {"template", "confidence", "evidence", "cuts", "fetched_at"}
#: Columns that tell where the corpus met the article first; another visit leaves them.
_ORIGIN = {"url", "link_url", "portal", "section"}
_CONTENT = [place for place, name in enumerate(COLUMNS) if name not in _PROVENANCE | _ORIGIN]
_RENEWED = [place for place, name in enumerate(COLUMNS) if name not in _ORIGIN]


def store(db: Database, articles: Sequence[Article], run_id: int | None, now: dt.datetime) -> list[Stored]:
    """Write a batch inside the caller's transaction; see Corpus.store()."""
    for portal in {article.portal for article in articles} - {None}:
        ensure(db, str(portal), now)
    return [_store(db, article, run_id, now) for article in articles]


def _store(db: Database, article: Article, run_id: int | None, now: dt.datetime) -> Stored:
    keys = Keys(article)
    own = by_address(db, keys)
    twin = None if own is not None else by_claim(db, article, keys)
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


def _insert(db: Database, article: Article, keys: Keys, run_id: int | None, now: dt.datetime) -> Stored:
    body = body_of(db, article)
    first = None if body is None else first_with(db, body, article)
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
    body, values = body_of(db, article), columns_of(article)
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
    heir = one(db, "SELECT min(id) FROM articles WHERE duplicate_of = ?", article_id)
    db.execute("UPDATE articles SET duplicate_of = ? WHERE duplicate_of = ? AND id <> ?", (heir, article_id, heir))
    db.execute("UPDATE articles SET duplicate_of = NULL WHERE id = ?", (heir,))
    first = first_with(db, body, article, article_id)
    db.execute("UPDATE articles SET duplicate_of = ? WHERE id = ?", (first, article_id))
    db.execute(
        "DELETE FROM bodies WHERE id = ? AND NOT EXISTS (SELECT 1 FROM articles WHERE body_id = ?)", (old_body,) * 2
    )


def _textless(db: Database, body: int, article: Article) -> int | None:
    """The article's own row, where it still holds the same pieces; rows without a hash are never shared."""
    row = db.execute("SELECT content_hash, body, blocks FROM bodies WHERE id = ?", (body,)).fetchone()
    return body if tuple(row) == (None, text(article.body), blocks_json(article.blocks)) else None


def _new_body(db: Database, article: Article) -> int:
    content_hash = article.content_hash if same_text(article) else None
    values = (content_hash, text(article.body), blocks_json(article.blocks))
    return int(db.execute("INSERT INTO bodies (content_hash, body, blocks) VALUES (?, ?, ?)", values).lastrowid or 0)


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
