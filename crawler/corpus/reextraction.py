"""Reading stored articles anew from the archive: which, how far a run of it came, and what it wrote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crawler.corpus.codec import instant, text
from crawler.corpus.database import Database
from crawler.corpus.selection import Selection

__all__ = ["Reextraction", "begin", "finish", "ids", "reach", "read_anew"]


@dataclass(frozen=True, slots=True)
class Reextraction:
    """A run.  reached: id of the last article dealt with, 0: none; begun_at: of the interrupted run that goes on."""

    id: int
    reached: int
    begun_at: dt.datetime


def begin(db: Database, arguments: str, extractor: str, now: dt.datetime, *, again: bool) -> Reextraction:
    """A new run, or the interrupted one of the same arguments by the same extractor, unless it is to begin again."""
    row = db.execute(
        "SELECT id, reached, begun_at FROM reextractions"
        " WHERE arguments = ? AND extractor = ? AND ended_at IS NULL ORDER BY id DESC LIMIT 1",
        (arguments, extractor),
    ).fetchone()
    if row is not None and not again:
        return Reextraction(row[0], row[1], dt.datetime.fromisoformat(row[2]))
    sql = "INSERT INTO reextractions (arguments, extractor, begun_at) VALUES (?, ?, ?) RETURNING id"
    return Reextraction(int(db.execute(sql, (arguments, extractor, instant(now))).fetchone()[0]), 0, now)


def reach(db: Database, run_id: int, article_id: int) -> None:
    """Note how far a run has come, in the transaction that wrote what it found."""
    db.execute("UPDATE reextractions SET reached = ? WHERE id = ?", (article_id, run_id))


def finish(db: Database, run_id: int, now: dt.datetime) -> None:
    """It is done; the next one of the same arguments begins at the beginning."""
    db.execute("UPDATE reextractions SET ended_at = ? WHERE id = ?", (instant(now), run_id))


def read_anew(db: Database, articles: Iterable[tuple[int, str | None, str | None]]) -> None:
    """Articles (id, extractor, template) that read as before: only what they were read by is new."""
    sql = "UPDATE articles SET extractor = ?, template = ? WHERE id = ?"
    db.executemany(sql, [(text(extractor), text(template), id_) for id_, extractor, template in articles])


def ids(db: Database, wanted: Selection, after: int, limit: int | None) -> Sequence[int]:
    """Ids of the articles that are meant, in the order in which they were stored, beyond that one."""
    conditions, values = wanted.sql()
    sql = f"SELECT articles.id FROM articles WHERE articles.id > ?{conditions} ORDER BY articles.id LIMIT ?"
    return [row[0] for row in db.execute(sql, [after, *values, -1 if limit is None else limit])]
