"""Learned templates: every version that a portal has had, which of them holds today, and how well it fits."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from crawler.corpus.codec import instant, parse, text
from crawler.corpus.database import Database
from crawler.corpus.portals import ensure
from crawler.corpus.records import StoredTemplate
from crawler.items import Template

__all__ = ["MEMORY", "discard", "pin", "put", "retire", "templates", "used"]

#: Pages over which the fit of a template is averaged: what it did a year ago says nothing of today's layout.
MEMORY = 50

_SELECT = (
    "SELECT portal, name, version, learned_at, valid_from, valid_until, pinned, json, evidence, pages, fit, used_at"
    " FROM templates"
)


def put(db: Database, portal: str, template: Template, json_text: str, now: dt.datetime) -> None:
    """Enter a version, or replace it (edited by a person); a replaced one keeps its pin and begins a new fit."""
    ensure(db, portal, now)
    support = [{"pages": layout.pages, "confidence": layout.confidence} for layout in template.layouts]
    db.execute(
        "INSERT INTO templates (portal, name, version, learned_at, valid_from, valid_until, json, evidence)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (portal, version) DO UPDATE SET name = excluded.name,"
        " learned_at = excluded.learned_at, valid_from = excluded.valid_from, valid_until = excluded.valid_until,"
        " json = excluded.json, evidence = excluded.evidence, pages = 0, fit = NULL, used_at = NULL",
        (
            portal,
            text(template.name),
            template.version,
            instant(template.learned_at) if template.learned_at else None,
            template.valid_from.isoformat() if template.valid_from else None,
            template.valid_until.isoformat() if template.valid_until else None,
            text(json_text),
            json.dumps({"layouts": support}),
        ),
    )


def templates(db: Database, portal: str) -> list[StoredTemplate]:
    """All versions in the order in which they are tried: pinned, today's, retired; the newest first."""
    order = " WHERE portal = ? ORDER BY pinned DESC, valid_until IS NOT NULL, version DESC"
    return [_template(row) for row in db.execute(_SELECT + order, (portal,))]


def retire(db: Database, portal: str, version: int, until: dt.date) -> bool:
    """Give a version its last day; False for a pinned, retired or unknown one, which stay as they are."""
    done = db.execute(
        "UPDATE templates SET valid_until = ? WHERE portal = ? AND version = ? AND pinned = 0 AND valid_until IS NULL",
        (until.isoformat(), portal, version),
    )
    return bool(done.rowcount)


def pin(db: Database, portal: str, version: int, pinned: bool) -> bool:
    """Keep a version whatever its fit (or let it go again); False for an unknown one."""
    done = db.execute(
        "UPDATE templates SET pinned = ? WHERE portal = ? AND version = ?", (int(pinned), portal, version)
    )
    return bool(done.rowcount)


def discard(db: Database, portal: str, version: int) -> bool:
    """Remove a version; False for an unknown one."""
    return bool(db.execute("DELETE FROM templates WHERE portal = ? AND version = ?", (portal, version)).rowcount)


def used(db: Database, portal: str, version: int, pages: int, fit: float, now: dt.datetime) -> None:
    """Note how well a version fitted so many pages, on average: the stored figure covers about the last MEMORY."""
    row = db.execute("SELECT pages, fit FROM templates WHERE portal = ? AND version = ?", (portal, version)).fetchone()
    if row is None or pages <= 0:
        return
    before = min(row[0], max(0, MEMORY - pages)) if row[1] is not None else 0
    rolling = ((row[1] or 0.0) * before + fit * pages) / (before + pages)
    db.execute(
        "UPDATE templates SET pages = pages + ?, fit = ?, used_at = ? WHERE portal = ? AND version = ?",
        (pages, round(rolling, 4), instant(now), portal, version),
    )


def _template(row: tuple[Any, ...]) -> StoredTemplate:
    portal, name, version, learned_at, valid_from, valid_until, pinned, json_text, evidence, pages, fit, used_at = row
    return StoredTemplate(
        portal=portal,
        name=name,
        version=version,
        json=json_text,
        learned_at=parse(learned_at),
        valid_from=dt.date.fromisoformat(valid_from) if valid_from else None,
        valid_until=dt.date.fromisoformat(valid_until) if valid_until else None,
        pinned=bool(pinned),
        support=tuple(int(layout["pages"]) for layout in json.loads(evidence).get("layouts", ())),
        pages=pages,
        fit=fit,
        used_at=parse(used_at),
    )
