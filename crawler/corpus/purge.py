"""Removing an article for good: the one thing that deletes, because a person has asked for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from crawler.corpus import indexes
from crawler.corpus.codec import identity, instant, text
from crawler.corpus.database import Database
from crawler.corpus.duplicates import leave
from crawler.corpus.records import Purged, Tombstone
from crawler.corpus.revisions import drop_unused

__all__ = ["buried", "purge", "tombstone"]


def purge(db: Database, url: str, why: str, now: dt.datetime) -> Purged | None:
    """Remove what is stored under this address, and leave a tombstone; None where nothing is known of it."""
    key = identity(url)
    article = db.execute(
        "SELECT articles.id, url, body_id FROM addresses JOIN articles ON articles.id = article_id"
        " WHERE addresses.key = ?",
        (key,),
    ).fetchone()
    known = "SELECT 1 FROM frontier WHERE key = :key UNION SELECT 1 FROM rejects WHERE key = :key"
    if article is None and not db.execute(known, {"key": key}).fetchone():
        return None
    keys, copies = {key}, []
    if article is not None:
        # A canonical link is a claim that many pages may share; it is no address of the article's own.
        own = "SELECT key FROM addresses WHERE article_id = ? AND kind <> 'canonical'"
        keys |= {row[0] for row in db.execute(own, (article[0],))}
        copies = _remove(db, article[0], article[2])
    for address in keys:
        _bury(db, address, article[1] if article else url, why, now)
    return Purged(article[1] if article else url, article is not None, tuple(copies))


def _remove(db: Database, article_id: int, body_id: int) -> list[str]:
    """The article's rows, and its texts where nobody else has them; addresses of others with the same text."""
    bodies = {body_id, *(row[0] for row in db.execute(_BODIES, (article_id,)))}
    copies = [
        row[0] for row in db.execute("SELECT url FROM articles WHERE body_id = ? AND id <> ?", (body_id, article_id))
    ]
    indexes.remove(db, article_id)
    leave(db, article_id)
    # Images, attachments, addresses, revisions and checks go with it.
    db.execute("DELETE FROM articles WHERE id = ?", (article_id,))
    for body in bodies:
        drop_unused(db, body)
    return copies


_BODIES = "SELECT body_id FROM revisions WHERE article_id = ?"


def _bury(db: Database, key: str, url: str, why: str, now: dt.datetime) -> None:
    """Headline and excerpt go too; the address stays, so that it is never fetched again."""
    db.execute("DELETE FROM rejects WHERE key = ?", (key,))
    db.execute(
        "UPDATE frontier SET state = 'gone', title = '', published = NULL, last_error = ?, next_try = NULL"
        " WHERE key = ?",
        (f"purged: {text(why)}", key),
    )
    db.execute(
        "INSERT INTO tombstones (key, url, why, purged_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (key) DO UPDATE SET url = excluded.url, why = excluded.why, purged_at = excluded.purged_at",
        (key, text(url), text(why), instant(now)),
    )


def tombstone(db: Database, url: str) -> Tombstone | None:
    """Why an address is never fetched again; None where nothing was purged there."""
    row = db.execute("SELECT url, why, purged_at FROM tombstones WHERE key = ?", (identity(url),)).fetchone()
    return None if row is None else Tombstone(row[0], row[1], dt.datetime.fromisoformat(row[2]))


def buried(db: Database, keys: Iterable[str]) -> set[str]:
    """Those of these identities that were purged."""
    # Asked one by one: purged articles are few, and the lookup costs less than a list of marks.
    sql = "SELECT 1 FROM tombstones WHERE key = ?"
    return {key for key in keys if db.execute(sql, (key,)).fetchone()}
