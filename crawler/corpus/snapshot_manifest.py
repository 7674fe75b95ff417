"""manifest.json: what a snapshot consists of, what it was made from, and how.  Nothing of the moment is in it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from pathlib import Path
from typing import Any

import crawler
from crawler.corpus.codec import local
from crawler.corpus.database import Database
from crawler.corpus.export_formats import package
from crawler.corpus.refine import Tally, Wish
from crawler.corpus.schema import VERSION
from crawler.corpus.snapshot_splits import SPLITS

__all__ = ["FORMAT", "FORMAT_VERSION", "MANIFEST", "corpus_state", "described", "digest", "read_manifest", "versions"]

MANIFEST = "manifest.json"
FORMAT, FORMAT_VERSION = "chengwen-snapshot", 1

#: What an export reads, by the columns of the primary keys.
_TABLES = {
    "articles": "1", "bodies": "1", "images": "1, 2", "attachments": "1, 2", "article_sections": "1, 2",
    "reprints": "1, 2", "clusters": "1",
}  # fmt: skip
_NUMBERED = ("articles", "bodies")


def corpus_state(db: Database) -> dict[str, Any]:
    """Rows of each table that an export reads, the largest ids, and a hash of all these rows.

    Two corpora of the same state give the same export.
    """
    state: dict[str, Any] = {"rows": {}, "largest_id": {}}
    seen = hashlib.sha256()
    for table, order in _TABLES.items():
        state["rows"][table] = 0
        for row in db.stream(f"SELECT * FROM {table} ORDER BY {order}"):
            seen.update(repr(row).encode("utf-8", "backslashreplace"))
            state["rows"][table] += 1
        seen.update(f"{table} {state['rows'][table]}\n".encode())
    for table in _NUMBERED:
        state["largest_id"][table] = db.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
    return state | {"sha256": seen.hexdigest()}


def versions() -> dict[str, Any]:
    """Of everything that has a say in the bytes."""
    return {
        "chengwen": crawler.__version__,
        "schema": VERSION,
        "python": platform.python_version(),
        "pyarrow": package("pyarrow", "parquet").__version__,
    }


def described(wish: Wish, shares: tuple[int, ...], tally: Tally) -> dict[str, Any]:
    """What was asked for, and what became of the articles."""
    wanted = {field.name: getattr(wish.selection, field.name) for field in dataclasses.fields(wish.selection)}
    query = wanted | {"since": local(wish.selection.since), "until": local(wish.selection.until)}
    asked = {"filters": wish.filters, "redact": wish.redact, "splits": dict(zip(SPLITS, shares, strict=True))}
    return {"query": query | asked, "counters": dataclasses.asdict(tally)}


def digest(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a snapshot; None where the folder holds none that this release knows."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    known = isinstance(manifest, dict) and manifest.get("format") == FORMAT
    return manifest if known and manifest.get("format_version") == FORMAT_VERSION else None
