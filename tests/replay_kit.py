"""Corpora compared row for row, whatever numbers their rows have and when these were made."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

#: What names a row by its content where the table has a number.
_ARTICLE = "(SELECT key FROM articles AS a WHERE a.id = {})"
_BODY = "(SELECT coalesce(content_hash, '') || body || blocks FROM bodies AS b WHERE b.id = {})"
_NUMBERS = {
    ("articles", "body_id"): _BODY,
    ("articles", "duplicate_of"): _ARTICLE,
    ("articles", "capture_id"): "(SELECT url || captured_at || digest FROM captures AS c WHERE c.id = {})",
    ("addresses", "article_id"): _ARTICLE,
    ("images", "article_id"): _ARTICLE,
    ("attachments", "article_id"): _ARTICLE,
    ("revisions", "article_id"): _ARTICLE,
    ("revisions", "body_id"): _BODY,
    ("article_sections", "article_id"): _ARTICLE,
    ("article_sections", "section_id"): "(SELECT portal || label FROM sections AS s WHERE s.id = {})",
    ("checks", "article_id"): _ARTICLE,
}
#: Numbers of this corpus, and times at which rows were made.  What a later reading of the same page changed has no
#: time but that; see compared().
_LEFT_OUT = {
    "articles": {"id", "stored_at", "run_id"},
    "bodies": {"id"},
    "rejects": {"run_id", "rejected_at"},
    "article_sections": {"first_seen"},
    "checks": {"checked_at", "next_check", "missing_run_id", "gone_at", "restored_at"},
}
TABLES = (
    *("articles", "bodies", "addresses", "images", "attachments", "rejects", "revisions", "article_sections", "checks"),
)


def rows(corpus: Path) -> dict[str, list[dict[str, Any]]]:
    """Every table that a replay is to give again: its rows, sorted."""
    with sqlite3.connect(corpus) as db:
        return {table: _rows(db, table) for table in TABLES}


def _rows(db: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    names = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] not in _LEFT_OUT.get(table, ())]
    columns = [_NUMBERS.get((table, name), "{}").format(f"{table}.{name}") for name in names]
    if table == "revisions":
        columns[names.index("seen_at")] = "CASE WHEN kind = 're-extracted' THEN '' ELSE seen_at END"
    found = [dict(zip(names, row, strict=True)) for row in db.execute(f"SELECT {', '.join(columns)} FROM {table}")]
    return sorted(found, key=repr)


def differences(one: Path, other: Path) -> list[str]:
    """What is not the same in two corpora, a line each."""
    lines = []
    first, second = rows(one), rows(other)
    for table in TABLES:
        a, b = first[table], second[table]
        if len(a) != len(b):
            lines.append(f"{table}: {len(a)} rows and {len(b)}")
        only_a, only_b = [row for row in a if row not in b], [row for row in b if row not in a]
        for x, y in zip(only_a, only_b, strict=False):
            fields = {name: (x[name], y[name]) for name in x if x[name] != y[name]}
            lines.append(f"{table}: {x.get('key') or x.get('article_id') or ''}: {fields!r:.600}")
    return lines
