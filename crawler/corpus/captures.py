"""What the archive holds, as the corpus knows it: files, captures, and whose pages they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from crawler.corpus.codec import identity, instant, text
from crawler.corpus.database import Database
from crawler.corpus.portals import ensure
from crawler.corpus.records import CaptureRow, NewCapture, WarcFileRow

__all__ = [
    "PAGE",
    "articles_at",
    "articles_of",
    "between",
    "by_id",
    "capture_of",
    "captures",
    "count",
    "enter",
    "files",
    "in_file",
    "latest",
    "open_file",
    "original",
    "seal",
    "source_of",
    "statistics",
    "unarchived_files",
    "unsealed",
    "without",
]

#: Captures read at a time.
PAGE = 500

_COLUMNS = (
    "captures.id, captures.url, captured_at, kind, status, content_type, digest, warc_files.name, offset, length,"
    " original_id, run_id, warc_files.portal"
)
_SELECT = f"SELECT {_COLUMNS} FROM captures JOIN warc_files ON warc_files.id = file_id"


def open_file(db: Database, name: str, portal: str, now: dt.datetime) -> int:
    """Enter a file that is about to be written."""
    ensure(db, portal, now)
    sql = "INSERT INTO warc_files (name, portal, begun_at) VALUES (?, ?, ?) RETURNING id"
    return int(db.execute(sql, (name, portal, instant(now))).fetchone()[0])


def seal(db: Database, file_id: int) -> None:
    """Nothing more is appended to that file."""
    db.execute("UPDATE warc_files SET sealed = 1 WHERE id = ?", (file_id,))


def files(db: Database) -> list[WarcFileRow]:
    """All files in the order in which they were begun."""
    sql = (
        "SELECT warc_files.id, name, portal, begun_at, size, sealed, count(captures.id),"
        " min(captured_at), max(captured_at)"
        " FROM warc_files LEFT JOIN captures ON file_id = warc_files.id GROUP BY warc_files.id ORDER BY warc_files.id"
    )
    return [_file(row) for row in db.execute(sql).fetchall()]


def unsealed(db: Database, portal: str) -> list[WarcFileRow]:
    """Files that an earlier run of that portal left open, or was killed over."""
    sql = (
        "SELECT id, name, portal, begun_at, size, sealed, 0, NULL, NULL FROM warc_files"
        " WHERE portal = ? AND sealed = 0 ORDER BY id"
    )
    return [_file(row) for row in db.execute(sql, (portal,)).fetchall()]


def enter(db: Database, new: Iterable[NewCapture]) -> None:
    """Enter captures whose records are on the disk, in the order in which they were made."""
    for one in new:
        file_id, offset = one.original or (None, None)
        db.execute(
            _ENTER,
            (
                *(identity(one.url), text(one.url), instant(one.at), one.kind, one.status, text(one.content_type)),
                *(one.digest, one.file_id, one.offset, one.length, file_id, offset, one.run_id),
            ),
        )
        db.execute("UPDATE warc_files SET size = ? WHERE id = ?", (one.end, one.file_id))


_ENTER = (
    "INSERT INTO captures (key, url, captured_at, kind, status, content_type, digest, file_id, offset, length,"
    " original_id, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
    " (SELECT id FROM captures WHERE file_id = ? AND offset = ?), ?)"
)


def original(db: Database, digest: str) -> tuple[int, int, str, dt.datetime] | None:
    """File, offset, address and time of the first response with that body; None: there is none."""
    sql = "SELECT file_id, offset, url, captured_at FROM captures WHERE digest = ? AND kind = 'response' LIMIT 1"
    row = db.execute(sql, (digest,)).fetchone()
    return None if row is None else (row[0], row[1], row[2], dt.datetime.fromisoformat(row[3]))


def latest(db: Database, url: str) -> tuple[int, int, str, dt.datetime, str] | None:
    """What a 304 for that address confirms: file, offset, address, time and digest of the body's own response."""
    sql = (
        "SELECT body.file_id, body.offset, body.url, body.captured_at, body.digest FROM captures"
        " JOIN captures AS body ON body.id = coalesce(captures.original_id, captures.id)"
        " WHERE captures.key = ? AND captures.url = ? AND captures.status IN (200, 304)"
        " AND body.kind = 'response' AND body.status = 200"
        " ORDER BY captures.captured_at DESC, captures.id LIMIT 1"
    )
    row = db.execute(sql, (identity(url), text(url))).fetchone()
    return None if row is None else (row[0], row[1], row[2], dt.datetime.fromisoformat(row[3]), row[4])


def captures(db: Database, url: str) -> list[CaptureRow]:
    """All captures of an address in any of its spellings, oldest first."""
    return _rows(db, "captures.key = ? ORDER BY captured_at, captures.id", (identity(url),))


def in_file(db: Database, name: str) -> list[CaptureRow]:
    """All captures of a file in its order."""
    return _rows(db, "warc_files.name = ? ORDER BY offset", (name,))


def by_id(db: Database, capture_id: int) -> CaptureRow | None:
    """The capture of that id."""
    return next(iter(_rows(db, "captures.id = ?", (capture_id,))), None)


def between(
    db: Database, portal: str | None, since: dt.datetime | None, until: dt.datetime | None, after: tuple[int, int]
) -> list[tuple[tuple[int, int], CaptureRow]]:
    """The next captures behind that place (file, offset), in the order of places, each with its own."""
    sql = (
        f"SELECT {_COLUMNS}, file_id FROM captures JOIN warc_files ON warc_files.id = file_id"
        f" WHERE (file_id, offset) > (:file, :offset) AND {_WANTED} ORDER BY file_id, offset LIMIT {PAGE}"
    )
    found = db.execute(sql, _bounds(portal, since, until) | {"file": after[0], "offset": after[1]}).fetchall()
    return [((row[-1], row[8]), _row(row[:-1])) for row in found]


_WANTED = (
    "(:portal IS NULL OR portal = :portal) AND (:since IS NULL OR captured_at >= :since)"
    " AND (:until IS NULL OR captured_at < :until)"
)


def _bounds(portal: str | None, since: dt.datetime | None, until: dt.datetime | None) -> dict[str, object]:
    return {"portal": portal, "since": since and instant(since), "until": until and instant(until)}


def count(db: Database, portal: str | None, since: dt.datetime | None, until: dt.datetime | None) -> int:
    """How many captures that means; see between()."""
    sql = f"SELECT count(*) FROM captures JOIN warc_files ON warc_files.id = file_id WHERE {_WANTED}"
    return int(db.execute(sql, _bounds(portal, since, until)).fetchone()[0])


def articles_at(db: Database, capture_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Captures among these that articles were read from, with the articles' ids."""
    marks = ", ".join("?" * len(capture_ids))
    return db.execute(f"SELECT capture_id, id FROM articles WHERE capture_id IN ({marks})", capture_ids).fetchall()


def unarchived_files(db: Database, portal: str, after: int) -> tuple[list[str], int | None]:
    """Pictures and attachments of the next articles behind that one which the archive does not have.

    Beside them the last of these articles; None: there are no more.
    """
    sql = "SELECT id FROM articles WHERE portal = ? AND id > ? ORDER BY id LIMIT ?"
    ids = [row[0] for row in db.execute(sql, (portal, after, PAGE)).fetchall()]
    marks = ", ".join("?" * len(ids))
    urls = db.execute(
        f"SELECT url FROM images WHERE article_id IN ({marks})"
        f" UNION SELECT url FROM attachments WHERE article_id IN ({marks})",
        ids * 2,
    ).fetchall()
    archived = "SELECT 1 FROM captures WHERE key = ?"
    missing = [url for (url,) in urls if not db.execute(archived, (identity(url),)).fetchone()]
    return missing, ids[-1] if ids else None


def without(db: Database) -> tuple[int, list[str]]:
    """How many articles no capture is known of, and addresses of those among them that an archived run stored."""
    number = db.execute("SELECT count(*) FROM articles WHERE capture_id IS NULL").fetchone()[0]
    sql = (
        "SELECT url FROM articles WHERE capture_id IS NULL AND fetched_at IS NOT NULL"
        " AND run_id IN (SELECT run_id FROM captures WHERE run_id IS NOT NULL)"
    )
    return int(number), [row[0] for row in db.execute(sql).fetchall()]


def capture_of(db: Database, article_id: int) -> CaptureRow | None:
    """The capture that an article was read from; None: it was not archived."""
    where = "captures.id = (SELECT capture_id FROM articles WHERE articles.id = ?)"
    return next(iter(_rows(db, where, (article_id,))), None)


def articles_of(db: Database, name: str, offset: int | None) -> list[int]:
    """Ids of the articles read from a file's records, or from the one that begins there.

    A page that repeats an earlier one's bytes gave its article too: those of revisits are included.  So are articles
    of which the record holds a further part.
    """
    place = "" if offset is None else " AND offset = :offset"
    sql = (
        "WITH mine AS (SELECT captures.id, captures.key FROM captures JOIN warc_files ON warc_files.id = file_id"
        f" WHERE name = :name{place})"
        " SELECT articles.id FROM articles JOIN mine ON mine.id = capture_id"
        " UNION SELECT articles.id FROM mine JOIN captures AS again ON again.original_id = mine.id"
        " JOIN articles ON capture_id = again.id"
        " UNION SELECT article_id FROM mine JOIN addresses ON addresses.key = mine.key AND kind = 'part'"
    )
    return [row[0] for row in db.execute(sql, {"name": name, "offset": offset}).fetchall()]


def source_of(db: Database, url: str, fetched_at: dt.datetime | None) -> int | None:
    """The capture that a page was read from which was fetched at that time; None: there is none."""
    if fetched_at is None:
        return None
    row = db.execute(
        "SELECT id FROM captures WHERE key = ? AND captured_at <= ? AND status BETWEEN 200 AND 299"
        " ORDER BY url = ? DESC, captured_at DESC, id LIMIT 1",
        (identity(url), instant(fetched_at), text(url)),
    ).fetchone()
    return None if row is None else int(row[0])


def statistics(db: Database) -> list[tuple[str, str, int, str | None, int, int, int]]:
    """Portal, kind, status, content type, captures, their bytes, and bytes that their bodies' own records take."""
    sql = (
        "SELECT portal, captures.kind, captures.status, captures.content_type, count(*), sum(captures.length),"
        " sum(coalesce(body.length, 0)) FROM captures JOIN warc_files ON warc_files.id = captures.file_id"
        " LEFT JOIN captures AS body ON body.id = captures.original_id"
        " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 NULLS FIRST"
    )
    return [tuple(row) for row in db.execute(sql).fetchall()]


def _rows(db: Database, where: str, values: Sequence[Any]) -> list[CaptureRow]:
    return [_row(row) for row in db.execute(f"{_SELECT} WHERE {where}", values).fetchall()]


def _row(row: Sequence[Any]) -> CaptureRow:
    return CaptureRow(row[0], row[1], dt.datetime.fromisoformat(row[2]), *row[3:])


def _file(row: Sequence[Any]) -> WarcFileRow:
    first, last = (None if at is None else dt.datetime.fromisoformat(at) for at in row[7:])
    begun = dt.datetime.fromisoformat(row[3])
    return WarcFileRow(row[0], row[1], row[2], begun, row[4], bool(row[5]), row[6], first, last)
