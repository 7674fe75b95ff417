"""When a stored article is asked again, and what its page answered: validators, absences, returns."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crawler.corpus.codec import identity, instant, parse, text
from crawler.corpus.database import Database
from crawler.corpus.records import Due, Visit

__all__ = [
    "CONFIRM",
    "EVERY",
    "LATER",
    "MISSING_RUNS",
    "RECENT",
    "SELDOM",
    "due",
    "look",
    "missing",
    "next_check",
    "postpone",
    "present",
    "seen",
]

#: Articles younger than this are asked again: corrections come within days (DOMAIN.md §7); the setting REVISIT_DAYS.
RECENT = dt.timedelta(days=3)
#: Pause between two looks at a recent article: an edit is seen on the same day, and an hourly job asks four times.
EVERY = dt.timedelta(hours=6)
#: Ages at which an older one is looked at, for late corrections and scheduled withdrawals (DOMAIN.md §7) ...
LATER = (dt.timedelta(days=7), dt.timedelta(days=30))
#: ... and from then on, so that ten thousand articles cost some fifty requests a day.
SELDOM = dt.timedelta(days=180)
#: An absence is confirmed by another run no sooner than this: pages are missing while a CMS publishes them anew.
CONFIRM = dt.timedelta(hours=1)
#: Runs that have to find a page missing before it counts as gone.
MISSING_RUNS = 2


def next_check(born: dt.datetime, now: dt.datetime, recent: dt.timedelta = RECENT) -> dt.datetime:
    """When an article is due again that was published (or first stored) at `born` and is looked at now.

    >>> born = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    >>> [str(next_check(born, born + dt.timedelta(days=d)) - born) for d in (1, 4, 8, 40)]
    ['1 day, 6:00:00', '7 days, 0:00:00', '30 days, 0:00:00', '220 days, 0:00:00']
    """
    age = now - born
    if age < recent:
        return now + EVERY
    for later in LATER:
        if age < later:
            return max(born + later, now + EVERY)
    return now + SELDOM


def seen(
    db: Database, article_id: int, born: dt.datetime, visit: Visit | None, now: dt.datetime, recent: dt.timedelta
) -> None:
    """The page was fetched and is an article; what it said of its version is kept for the next question.

    visit None: nobody knows what it said.  The older version stays: a page that has changed since is sent whole.
    """
    etag, modified = (text(visit.etag), text(visit.last_modified)) if visit else (None, None)
    version = "etag = excluded.etag, last_modified = excluded.last_modified," if visit else ""
    db.execute(
        "INSERT INTO checks (article_id, etag, last_modified, checked_at, next_check) VALUES (?, ?, ?, ?, ?)"
        f" ON CONFLICT (article_id) DO UPDATE SET {version}"
        f" checked_at = excluded.checked_at, next_check = excluded.next_check, {_THERE}",
        (article_id, etag, modified, instant(now), instant(next_check(born, now, recent))),
    )


#: A page that is there ends a row of absences, and is restored if it was gone.
_THERE = (
    "missing_runs = 0, missing_run_id = NULL, gone_why = NULL, gone_at = NULL,"
    " restored_at = CASE WHEN checks.gone_at IS NULL THEN checks.restored_at ELSE excluded.checked_at END"
)


def present(db: Database, article_id: int, now: dt.datetime, recent: dt.timedelta) -> bool:
    """The page is as it was (304), or nothing new can be told of it; True if it was gone and is back."""
    row = _row(db, article_id)
    back = row is not None and row[2] is not None
    db.execute(
        "INSERT INTO checks (article_id, checked_at, next_check) VALUES (?, ?, ?) ON CONFLICT (article_id)"
        f" DO UPDATE SET checked_at = excluded.checked_at, next_check = excluded.next_check, {_THERE}",
        (article_id, instant(now), instant(next_check(_born(db, article_id), now, recent))),
    )
    if back:
        _mark(db, article_id, "stored", None)
    return back


def missing(
    db: Database, article_id: int, run_id: int | None, why: str, now: dt.datetime, recent: dt.timedelta
) -> bool:
    """The page is not there (404, 410, a soft 404); True if that makes it gone.  What is stored stays."""
    runs, last_run, gone_at = _row(db, article_id) or (0, None, None)
    runs += run_id is None or run_id != last_run
    gone = gone_at is None and runs >= MISSING_RUNS
    again = next_check(_born(db, article_id), now, recent) if gone or gone_at else now + CONFIRM
    db.execute(
        "INSERT INTO checks (article_id, checked_at, next_check, missing_runs, missing_run_id) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (article_id) DO UPDATE SET checked_at = excluded.checked_at, next_check = excluded.next_check,"
        " missing_runs = excluded.missing_runs, missing_run_id = excluded.missing_run_id",
        (article_id, instant(now), instant(again), runs, run_id),
    )
    if gone:
        # A page that comes back comes back whole: what is known of the version that went proves nothing.
        db.execute(
            "UPDATE checks SET gone_at = ?, gone_why = ?, etag = NULL, last_modified = NULL WHERE article_id = ?",
            (instant(now), text(why), article_id),
        )
        _mark(db, article_id, "gone", why)
    return gone


def postpone(db: Database, article_id: int, now: dt.datetime, recent: dt.timedelta = RECENT) -> None:
    """The page could not be had: neither there nor missing."""
    db.execute(
        "UPDATE checks SET checked_at = ?, next_check = ? WHERE article_id = ?",
        (instant(now), instant(next_check(_born(db, article_id), now, recent)), article_id),
    )


def due(db: Database, portal: str, limit: int, now: dt.datetime) -> list[Due]:
    """Articles to be asked again, newest first.

    What was looked at in the future was looked at before the clock was set back.  What the ledger is about to fetch
    anyway is left out.
    """
    rows = db.execute(
        f"{_DUE} WHERE portal = :portal AND (next_check <= :now OR checked_at > :now) AND NOT EXISTS ("
        " SELECT 1 FROM frontier WHERE frontier.key = articles.key AND state NOT IN ('stored', 'gone'))"
        " ORDER BY coalesce(published, stored_at) DESC, articles.id LIMIT :limit",
        {"portal": portal, "now": instant(now), "limit": limit},
    )
    return [_due(row) for row in rows]


_DUE = (
    "SELECT articles.id, articles.url, section, title, content_hash, etag, last_modified"
    " FROM checks JOIN articles ON articles.id = article_id JOIN bodies ON bodies.id = body_id"
)


def look(db: Database, url: str) -> Due | None:
    """The article whose own address that is, due or not; None: there is none."""
    row = db.execute(f"{_DUE} WHERE articles.key = ?", (identity(url),)).fetchone()
    return None if row is None else _due(row)


def _due(row: tuple[Any, ...]) -> Due:
    article_id, url, section, title, content_hash, etag, last_modified = row
    return Due(article_id, url, section, title, content_hash, Visit(etag, last_modified, again=True))


def _row(db: Database, article_id: int) -> tuple[int, int | None, str | None] | None:
    sql = "SELECT missing_runs, missing_run_id, gone_at FROM checks WHERE article_id = ?"
    found: tuple[int, int | None, str | None] | None = db.execute(sql, (article_id,)).fetchone()
    return found


def _born(db: Database, article_id: int) -> dt.datetime:
    sql = "SELECT published, stored_at FROM articles WHERE id = ?"
    published, stored_at = map(parse, db.execute(sql, (article_id,)).fetchone())
    assert stored_at is not None
    return min(published or stored_at, stored_at)


def _mark(db: Database, article_id: int, state: str, why: str | None) -> None:
    """The ledger's entries of the article say whether its page is there."""
    db.execute(
        "UPDATE frontier SET state = ?, last_error = ? WHERE state IN ('stored', 'gone') AND key IN"
        " (SELECT key FROM addresses WHERE article_id = ? AND kind IN ('own', 'link'))",
        (state, text(why), article_id),
    )
