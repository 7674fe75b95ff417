"""Getting articles and figures out of the corpus."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from crawler.corpus.codec import COLUMNS, article_of, identity, parse
from crawler.corpus.database import Database
from crawler.corpus.records import StoredArticle
from crawler.corpus.schema import STATES
from crawler.corpus.search import matching
from crawler.corpus.selection import CLUSTER, Selection

__all__ = ["PAGE", "by_id", "chosen", "counts", "find", "numbered", "page"]

#: Articles read at a time: enough to make the query's cost vanish, some megabytes at most.
PAGE = 500

_NAMES = (
    *COLUMNS, "id", "key", "duplicate_of", "stored_at", "run_id", "body", "blocks", "content_hash", "first_url",
    "cluster", "cluster_published",
)  # fmt: skip
_SELECT = (
    f"SELECT {', '.join(f'articles.{name}' for name in COLUMNS)}, articles.id, articles.key, articles.duplicate_of,"
    " articles.stored_at, articles.run_id, body, blocks, content_hash, firsts.url,"
    " leads.url, leads.published"
    " FROM articles JOIN bodies ON bodies.id = articles.body_id"
    " LEFT JOIN articles AS firsts ON firsts.id = articles.duplicate_of"
    f" LEFT JOIN articles AS leads ON leads.id = {CLUSTER}"
)


def find(db: Database, url: str) -> StoredArticle | None:
    """The article that goes by this address; None where there is none."""
    sql = f"{_SELECT} JOIN addresses ON article_id = articles.id WHERE addresses.key = ?"
    return next(iter(_stored(db, db.execute(sql, (identity(url),)).fetchall())), None)


def numbered(db: Database, article_id: int) -> StoredArticle | None:
    """The article of that id; None where there is none."""
    return next(iter(_stored(db, db.execute(f"{_SELECT} WHERE articles.id = ?", (article_id,)).fetchall())), None)


def by_id(db: Database, ids: list[int]) -> list[StoredArticle]:
    """The articles of these ids, in the order in which they were stored."""
    found = []
    for start in range(0, len(ids), PAGE):
        some = ids[start : start + PAGE]
        sql = f"{_SELECT} WHERE articles.id IN ({', '.join('?' * len(some))}) ORDER BY articles.id"
        found += _stored(db, db.execute(sql, some).fetchall())
    return found


def page(db: Database, after: int, wanted: Selection) -> list[StoredArticle]:
    """The next articles beyond that id, in the order in which they were stored, with all that repeat each other."""
    if wanted.words is None:
        conditions, values = wanted.sql()
        sql = f"{_SELECT} WHERE articles.id > ?{conditions} ORDER BY articles.id LIMIT {PAGE}"
        return _stored(db, db.execute(sql, [after, *values]).fetchall())
    return by_id(db, matching(db, wanted, after, PAGE))


def chosen(db: Database, table: str, after: int) -> list[StoredArticle]:
    """The next articles beyond that id whose ids the table holds, in order."""
    ids = f"SELECT id FROM {table} WHERE id > ? ORDER BY id LIMIT {PAGE}"
    sql = f"{_SELECT} WHERE articles.id IN ({ids}) ORDER BY articles.id"
    return _stored(db, db.execute(sql, (after,)).fetchall())


def counts(db: Database, portal: str | None) -> dict[str, int]:
    """Figures of a portal, or of the whole corpus: see Corpus.counts()."""
    where, values = ("", ()) if portal is None else (" WHERE portal = ?", (portal,))
    figures = {
        name: int(db.execute(f"SELECT count({what}) FROM {table}{where}", values).fetchone()[0])
        for name, what, table in (
            ("articles", "*", "articles"),
            ("duplicates", "duplicate_of", "articles"),
            ("sections", "*", "sections"),
            ("rejects", "*", "rejects"),
            ("runs", "*", "runs"),
        )
    }
    states = dict(db.execute(f"SELECT state, count(*) FROM frontier{where} GROUP BY state", values).fetchall())
    return figures | {state: states.get(state, 0) for state in STATES}


def _stored(db: Database, rows: Iterable[tuple[Any, ...]]) -> list[StoredArticle]:
    named = [dict(zip(_NAMES, row, strict=True)) for row in rows]
    ids = [row["id"] for row in named]
    images = _files(db, "images", "caption", ids)
    attachments = _files(db, "attachments", "name", ids)
    return [
        StoredArticle(
            row["id"],
            row["key"],
            article_of(row, images[row["id"]], attachments[row["id"]]),
            row["duplicate_of"],
            dt.datetime.fromisoformat(row["stored_at"]),
            row["run_id"],
            row["cluster"],
            parse(row["cluster_published"]),
        )
        for row in named
    ]


def _files(db: Database, table: str, column: str, ids: list[int]) -> defaultdict[int, list[tuple[Any, Any]]]:
    """Files of these articles in page order, by article."""
    found: defaultdict[int, list[tuple[Any, Any]]] = defaultdict(list)
    marks = ", ".join("?" * len(ids))
    rows = db.execute(
        f"SELECT article_id, url, {column} FROM {table} WHERE article_id IN ({marks}) ORDER BY article_id, position",
        ids,
    )
    for article_id, url, value in rows:
        found[article_id].append((url, value))
    return found
