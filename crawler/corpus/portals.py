"""Portals, their sections, and the runs over them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from crawler.corpus.codec import identity, instant, parse, text
from crawler.corpus.database import Database
from crawler.corpus.records import Route, Run, Section

__all__ = ["begin_run", "checkpoint", "complete", "end_run", "ensure", "put", "section", "section_run", "sections"]


def put(db: Database, name: str, known: tuple[str | None, ...], now: dt.datetime) -> None:
    """Insert a portal, or renew what is known of it: city, province, home, title."""
    db.execute(
        "INSERT INTO portals (name, city, province, home, title, added_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name)"
        " DO UPDATE SET city = excluded.city, province = excluded.province, home = excluded.home,"
        " title = coalesce(excluded.title, portals.title)",
        (name, *known, instant(now)),
    )


def ensure(db: Database, name: str, now: dt.datetime) -> None:
    """A bare row for a portal of which nothing is known yet, so that others can refer to it."""
    db.execute("INSERT INTO portals (name, added_at) VALUES (?, ?) ON CONFLICT DO NOTHING", (name, instant(now)))


def section(db: Database, portal: str, label: str, url: str, now: dt.datetime, route: Route = "list") -> Section:
    """The portal's section of that address, made where it is new; label, route and spelling are renewed."""
    ensure(db, portal, now)
    db.execute(
        "INSERT INTO sections (portal, key, label, url, found_at, route) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (portal, key) DO UPDATE SET label = excluded.label, url = excluded.url, route = excluded.route",
        (portal, identity(url), text(label), url, instant(now), route),
    )
    row = db.execute(f"{_SELECT} WHERE portal = ? AND key = ?", (portal, identity(url))).fetchone()
    return _section(row)


def sections(db: Database, portal: str) -> list[Section]:
    """All sections of a portal in the order in which they were found."""
    return [_section(row) for row in db.execute(f"{_SELECT} WHERE portal = ? ORDER BY id", (portal,))]


def complete(db: Database, section_id: int, at: dt.datetime, since: dt.datetime | None, known: bool) -> None:
    """Remember that a walk read the section to its end: all that was sighted so far is familiar from now on.

    The mark is a number beside the time because clocks jump.  A walk that began after the last complete one's end
    leaves unread ground between the two: it completes nothing, so that the next walk reads down to the older ground.
    """
    row = db.execute(f"{_SELECT} WHERE id = ?", (section_id,)).fetchone()
    if row is None:
        raise LookupError(f"no section has the number {section_id}")
    before = _section(row)
    reach = None if since is None else since.astimezone(dt.UTC)
    if before.completed_at and known:
        reach = before.complete_since
    elif before.completed_at and reach:
        if before.completed_at < reach:
            db.execute("UPDATE sections SET gap = 1 WHERE id = ?", (section_id,))
            return
        reach = min(reach, before.complete_since) if before.complete_since else None
    db.execute(
        "UPDATE sections SET completed_at = ?, complete_since = ?, gap = 0,"
        " complete_mark = (SELECT max(id) FROM sightings) WHERE id = ?",
        (instant(at), instant(reach) if reach else None, section_id),
    )


def begin_run(db: Database, portal: str, arguments: Mapping[str, object], now: dt.datetime) -> Run:
    """Open the record of a crawl."""
    ensure(db, portal, now)
    sql = "INSERT INTO runs (portal, arguments, started_at) VALUES (?, ?, ?) RETURNING id"
    row = db.execute(sql, (portal, _json(arguments), instant(now))).fetchone()
    return Run(int(row[0]), portal, now)


def end_run(db: Database, run_id: int, outcome: str, stats: Mapping[str, object], now: dt.datetime) -> None:
    """Close the record of a crawl."""
    db.execute(
        "UPDATE runs SET ended_at = ?, outcome = ?, stats = ? WHERE id = ?",
        (instant(now), outcome, _json(stats), run_id),
    )


def checkpoint(
    db: Database, run_id: int, stats: Mapping[str, object], sections: Sequence[tuple[int, int, int, int]]
) -> None:
    """Note how far a run is that is still going on; what has ended is not touched.

    sections: id, list pages, links, new links.  They have no gap yet: their next walk reads past what this one leaves.
    """
    db.execute("UPDATE runs SET stats = ? WHERE id = ? AND ended_at IS NULL", (_json(stats), run_id))
    for section_id, *numbers in sections:
        db.execute(
            "INSERT INTO run_sections (run_id, section_id, list_pages, links_seen, links_new, gap)"
            " VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (run_id, section_id) DO UPDATE SET"
            " list_pages = excluded.list_pages, links_seen = excluded.links_seen, links_new = excluded.links_new"
            " WHERE run_sections.ended_by IS NULL",
            (run_id, section_id, *numbers),
        )


def last_statistics(db: Database, portal: str) -> dict[str, object]:
    """Statistics of the portal's last run that noted any."""
    sql = "SELECT stats FROM runs WHERE portal = ? AND stats IS NOT NULL ORDER BY id DESC LIMIT 1"
    row = db.execute(sql, (portal,)).fetchone()
    return dict(json.loads(row[0])) if row else {}


def section_run(db: Database, row: Mapping[str, Any]) -> None:
    """Record what a run did in a section, and whether it left a gap there."""
    db.execute(
        "INSERT INTO run_sections (run_id, section_id, list_pages, links_seen, links_new, ended_by, gap)"
        " VALUES (:run_id, :section_id, :list_pages, :links_seen, :links_new, :ended_by, :gap)"
        " ON CONFLICT (run_id, section_id) DO UPDATE SET list_pages = excluded.list_pages,"
        " links_seen = excluded.links_seen, links_new = excluded.links_new, ended_by = excluded.ended_by,"
        " gap = excluded.gap",
        dict(row),
    )
    if row["gap"]:
        db.execute("UPDATE sections SET gap = 1 WHERE id = ?", (row["section_id"],))


_SELECT = "SELECT id, portal, label, url, found_at, completed_at, complete_since, gap FROM sections"


def _section(row: tuple[Any, ...]) -> Section:
    section_id, portal, label, url, found_at, completed_at, since, gap = row
    found = dt.datetime.fromisoformat(found_at)
    return Section(section_id, portal, label, url, found, parse(completed_at), parse(since), bool(gap))


def _json(values: Mapping[str, object]) -> str:
    """Arguments and statistics as a JSON object; what JSON does not know is written as text."""
    return text(json.dumps(dict(values), ensure_ascii=False, default=_plain)) or "{}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)
