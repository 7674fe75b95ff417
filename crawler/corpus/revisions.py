"""What an article said before: every text and headline that it has had, once it has had more than one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.corpus.codec import identity, instant
from crawler.corpus.database import Database
from crawler.corpus.records import Revision, RevisionKind

__all__ = ["Version", "add", "drop_unused", "revisions", "same_version"]


@dataclass(frozen=True, slots=True)
class Version:
    """What a revision consists of; furniture, images and names around it change without making one."""

    title: str | None
    body_id: int


def same_version(db: Database, old: Version, new: Version) -> bool:
    """True if a reader would see the same headline and the same text; white space does not count."""
    if _bare(old.title) != _bare(new.title):
        return False
    if old.body_id == new.body_id:
        return True
    texts = db.execute("SELECT body FROM bodies WHERE id IN (?, ?)", (old.body_id, new.body_id)).fetchall()
    return len({_bare(body) for (body,) in texts}) == 1


def _bare(words: str | None) -> str:
    return "".join((words or "").split())


def add(
    db: Database,
    article_id: int,
    old: Version,
    new: Version,
    kind: RevisionKind,
    changed: Sequence[str],
    now: dt.datetime,
) -> None:
    """A changed article; with its first change, what it was until then becomes revision 1."""
    number = db.execute("SELECT max(number) FROM revisions WHERE article_id = ?", (article_id,)).fetchone()[0]
    if number is None:
        since = "SELECT coalesce(fetched_at, stored_at) FROM articles WHERE id = ?"
        number, seen_at = 1, db.execute(since, (article_id,)).fetchone()[0]
        db.execute(_INSERT, (article_id, number, "first", seen_at, old.title, old.body_id, "[]"))
    names = json.dumps(list(changed))
    db.execute(_INSERT, (article_id, number + 1, kind, instant(now), new.title, new.body_id, names))


_INSERT = (
    "INSERT INTO revisions (article_id, number, kind, seen_at, title, body_id, changed) VALUES (?, ?, ?, ?, ?, ?, ?)"
)


def revisions(db: Database, url: str) -> list[Revision]:
    """All revisions of the article that goes by this address, oldest first; empty where it never changed."""
    rows = db.execute(
        "SELECT number, revisions.kind, seen_at, title, body, changed FROM revisions"
        " JOIN bodies ON bodies.id = body_id JOIN addresses ON addresses.article_id = revisions.article_id"
        " WHERE addresses.key = ? ORDER BY number",
        (identity(url),),
    )
    return [
        Revision(number, kind, dt.datetime.fromisoformat(seen_at), title, body, tuple(json.loads(changed)))
        for number, kind, seen_at, title, body, changed in rows
    ]


def drop_unused(db: Database, body_id: int) -> None:
    """Remove a text that no article shows and no revision remembers."""
    db.execute(
        "DELETE FROM bodies WHERE id = :id AND NOT EXISTS (SELECT 1 FROM articles WHERE body_id = :id)"
        " AND NOT EXISTS (SELECT 1 FROM revisions WHERE body_id = :id)",
        {"id": body_id},
    )
