"""Storing articles: each address once, each text once, and the ledger crossed off with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crawler.corpus import captures, checks, indexes, revisions
from crawler.corpus.codec import COLUMNS, blocks_json, columns_of, instant, parse, text
from crawler.corpus.database import Database
from crawler.corpus.duplicates import Keys, body_of, by_address, by_claim, first_with, leave, same_text
from crawler.corpus.portals import ensure
from crawler.corpus.purge import buried
from crawler.corpus.records import RevisionKind, Stored, Visit
from crawler.corpus.revisions import Version
from crawler.items import Article

__all__ = ["Circumstances", "store"]

#: Columns that say how and when a row came about, not what the portal printed.
_PROVENANCE = {"template", "extractor", "confidence", "evidence", "cuts", "fetched_at"}
#: Columns that tell where the corpus met the article first; another visit leaves them.
_ORIGIN = {"url", "link_url", "portal", "section"}
_CONTENT = [place for place, name in enumerate(COLUMNS) if name not in _PROVENANCE | _ORIGIN]
_RENEWED = [place for place, name in enumerate(COLUMNS) if name not in _ORIGIN]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How a batch came about.

    run_id: one for all, or portal → run; visits: an article's url → what its page's answer said;
    recent: see checks.RECENT.
    """

    now: dt.datetime
    run_id: int | Mapping[str, int] | None = None
    visits: Mapping[str, Visit] = field(default_factory=dict)
    kind: RevisionKind = "edited"
    recent: dt.timedelta = checks.RECENT
    #: enter new articles in the indexes at once
    indexing: bool = True
    #: the pages come from an archive: what is noted of them is of the time when they were fetched
    replayed: bool = False
    #: when the rows are made, whatever time they are about
    made: dt.datetime | None = None

    def of(self, article: Article) -> Circumstances:
        """Those of one article."""
        run_id = self.run_id.get(article.portal or "") if isinstance(self.run_id, Mapping) else self.run_id
        now = (article.fetched_at or self.now) if self.replayed else self.now
        return replace(self, now=now, run_id=run_id)


def store(db: Database, articles: Sequence[Article], how: Circumstances) -> list[Stored]:
    """Write a batch inside the caller's transaction; see Corpus.store()."""
    for portal in {article.portal for article in articles} - {None}:
        ensure(db, str(portal), how.now)
    how = replace(how, indexing=len(articles) <= indexes.INLINE and not indexes.behind(db))
    return [_store(db, article, how.of(article)) for article in articles]


def _store(db: Database, article: Article, how: Circumstances) -> Stored:
    keys = Keys(article)
    if buried(db, keys.all):
        _let_rest(db, keys)
        return Stored(0, "purged")
    own = by_address(db, keys)
    twin = None if own is not None else by_claim(db, article, keys)
    if twin is not None:
        # Its own address stays a weak claim: should it show something else one day, that is an article of its own.
        stored, keys.kinds[keys.own] = Stored(twin, "unchanged"), "link"
    elif own is not None:
        stored = _renew(db, own, article, how)
    else:
        stored = _insert(db, article, keys, how)
    _address(db, stored.id, keys)
    _cross_off(db, stored.id, keys)
    return stored


def _let_rest(db: Database, keys: Keys) -> None:
    """Another address of a purged article: not asked for again either."""
    marks = ", ".join("?" * len(keys.all))
    db.execute(
        "UPDATE frontier SET state = 'gone', title = '', last_error = 'purged', next_try = NULL"
        f" WHERE key IN ({marks}) AND state <> 'gone'",
        keys.all,
    )


def _insert(db: Database, article: Article, keys: Keys, how: Circumstances) -> Stored:
    body = body_of(db, article)
    first = None if body is None else first_with(db, body, article)
    if body is None:
        body = _new_body(db, article)
    source = captures.source_of(db, article.url, article.fetched_at)
    values = [keys.own, *columns_of(article), body, first, instant(how.made or how.now), how.run_id, source]
    article_id = int(db.execute(_INSERT, values).fetchone()[0])
    if how.indexing:
        indexes.add(db, article_id)
    _put_files(db, article_id, article)
    checks.seen(db, article_id, _born(article, how.now), how.visits.get(article.url), how.now, how.recent)
    return Stored(article_id, "new" if first is None else "duplicate")


_INSERT = (
    f"INSERT INTO articles (key, {', '.join(COLUMNS)}, body_id, duplicate_of, stored_at, run_id, capture_id)"
    f" VALUES ({', '.join('?' * (len(COLUMNS) + 6))}) RETURNING id"
)


def _born(article: Article, stored: dt.datetime) -> dt.datetime:
    """When an article began to age: its printed time, or when it was met where that is missing or lies ahead."""
    return min(article.published.astimezone(dt.UTC), stored) if article.published else stored


def _renew(db: Database, article_id: int, article: Article, how: Circumstances) -> Stored:
    """Bring a stored article up to date, and say whether anything that the portal printed has changed."""
    *old, stored_at, etag, old_body = db.execute(_OLD, (article_id,)).fetchone()
    visit = how.visits.get(article.url)
    if how.kind != "re-extracted":
        # What was read anew was not looked at anew.
        checks.seen(db, article_id, _born(article, parse(stored_at) or how.now), visit, how.now, how.recent)
    body, values = body_of(db, article), columns_of(article)
    if body is None and not same_text(article):
        body = _textless(db, old_body, article)
    changed = [COLUMNS[place] for place in _CONTENT if old[place] != values[place]]
    changed += [
        table for (table, _), a, b in zip(_FILES, _files(db, article_id), _files_of(article), strict=True) if a != b
    ]
    if not changed and body == old_body:
        # What was stored before there was an archive has its page in it now.
        source = captures.source_of(db, article.url, article.fetched_at)
        db.execute(_SOURCE, (source, article_id))
        return Stored(article_id, "unchanged")
    if body is None:
        body = _new_body(db, article)
    before, after = Version(old[_TITLE], old_body), Version(values[_TITLE], body)
    revised = not revisions.same_version(db, before, after)
    if revised:
        same_page = visit is not None and visit.etag is not None and visit.etag == etag
        kind: RevisionKind = "re-extracted" if same_page else how.kind
        changed += ["body"] if body != old_body else []
        seen = how.now if how.kind == "re-extracted" else article.fetched_at or how.now
        revisions.add(db, article_id, before, after, kind, changed, seen)
    _update(db, article_id, article, values, old_body, body)
    return Stored(article_id, "updated", revised)


_SOURCE = "UPDATE articles SET capture_id = ? WHERE id = ? AND capture_id IS NULL"
_TITLE = COLUMNS.index("title")
_OLD = (
    f"SELECT {', '.join(f'articles.{name}' for name in COLUMNS)}, stored_at, etag, body_id"
    " FROM articles LEFT JOIN checks ON article_id = articles.id WHERE articles.id = ?"
)


def _update(db: Database, article_id: int, article: Article, values: list[Any], old_body: int, body: int) -> None:
    source = captures.source_of(db, article.url, article.fetched_at)
    neighbours = indexes.remove(db, article_id)
    assignments = ", ".join(f"{COLUMNS[place]} = ?" for place in _RENEWED)
    db.execute(
        f"UPDATE articles SET {assignments}, body_id = ?, capture_id = ? WHERE id = ?",
        [*(values[place] for place in _RENEWED), body, source, article_id],
    )
    if body != old_body:
        _relink(db, article_id, article, old_body, body)
    if neighbours is not None:
        indexes.add(db, article_id, neighbours)
    for table, _ in _FILES:
        db.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))
    _put_files(db, article_id, article)


def _relink(db: Database, article_id: int, article: Article, old_body: int, body: int) -> None:
    """The text changed: the article leaves those with the old text, and may meet others with the new one."""
    leave(db, article_id)
    first = first_with(db, body, article, article_id)
    db.execute("UPDATE articles SET duplicate_of = ? WHERE id = ?", (first, article_id))
    revisions.drop_unused(db, old_body)


def _textless(db: Database, body: int, article: Article) -> int | None:
    """The article's own row, where it still holds the same pieces; rows without a hash are never shared."""
    row = db.execute("SELECT content_hash, body, blocks FROM bodies WHERE id = ?", (body,)).fetchone()
    return body if tuple(row) == (None, text(article.body), blocks_json(article.blocks)) else None


def _new_body(db: Database, article: Article) -> int:
    content_hash = article.content_hash if same_text(article) else None
    values = (content_hash, text(article.body), blocks_json(article.blocks))
    sql = "INSERT INTO bodies (content_hash, body, blocks) VALUES (?, ?, ?) RETURNING id"
    return int(db.execute(sql, values).fetchone()[0])


def _address(db: Database, article_id: int, keys: Keys) -> None:
    """Enter the addresses by which the article is found; its own is taken over from a weaker claim of another."""
    db.executemany(
        "INSERT INTO addresses (key, article_id, kind) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE"
        " SET article_id = excluded.article_id, kind = 'own' WHERE addresses.kind <> 'own' AND excluded.kind = 'own'",
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
        "INSERT INTO article_sections (article_id, section_id, first_seen, position)"
        " SELECT ?, section_id, sightings.first_seen, position FROM frontier"
        f" JOIN sightings ON frontier_id = frontier.id WHERE frontier.key IN ({marks}) AND side = 0"
        " ON CONFLICT DO NOTHING",
        [article_id, *keys.all],
    )
    db.execute(f"DELETE FROM rejects WHERE key IN ({marks})", keys.all)


def _put_files(db: Database, article_id: int, article: Article) -> None:
    """Images and attachments in page order."""
    for (table, column), files in zip(_FILES, _files_of(article), strict=True):
        if not files:
            continue
        db.executemany(
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
