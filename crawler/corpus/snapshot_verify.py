"""Whether a snapshot is what its manifest says, and its splits share nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from crawler.corpus.export_formats import package, parquet_schema
from crawler.corpus.refine import Tell
from crawler.corpus.snapshot_manifest import MANIFEST, digest, read_manifest
from crawler.errors import UsageError

__all__ = ["verify"]

#: What git and the hub put beside the files of a data set.
_FOREIGN = {".git", ".gitattributes", ".cache"}
#: Stories in two splits that are named one by one.
_NAMED = 20
_BATCH = 5000
_COLUMNS = ["url", "cluster", "duplicate_of", "content_hash"]


def verify(folder: Path, tell: Tell) -> Iterator[str]:
    """Each fault in a line, none for a snapshot that is whole.

    Raises UsageError where there is no such folder, or pyarrow is missing.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; name one that scrapy export --snapshot made")
    package("pyarrow", "parquet")
    manifest = read_manifest(folder)
    if manifest is None:
        yield f"{MANIFEST}: missing, damaged, or of another format than this release knows"
        return
    files: dict[str, dict[str, Any]] = {str(each.get("path")): each for each in manifest.get("files", ())}
    yield from _names(folder, set(files))
    sound: dict[str, str] = {}
    for number, (name, said) in enumerate(sorted(files.items()), 1):
        tell("checking files", number, len(files))
        fault = _fault(folder / name, said)
        if fault:
            yield f"{name}: {fault}"
        elif name.endswith(".parquet"):
            sound[name] = str(said.get("split"))
    rows = sum(said.get("rows", 0) for said in files.values())
    if rows != manifest.get("articles"):
        yield f"{MANIFEST}: {manifest.get('articles')} articles, but its files have {rows} rows"
    yield from _leaks(folder, sound, tell, rows)


def _names(folder: Path, known: set[str]) -> Iterator[str]:
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() and path.relative_to(folder).parts[0] not in _FOREIGN
    }
    for name in sorted(known - there):
        yield f"{name}: missing"
    for name in sorted(there - known - {MANIFEST}):
        yield f"{name}: extra, the manifest does not know it"
    outside = [name for name in known if not (folder / name).resolve().is_relative_to(folder.resolve())]
    for name in sorted(outside):
        yield f"{name}: lies outside the folder"


def _fault(path: Path, said: dict[str, Any]) -> str | None:
    """What is wrong with a file that is there; None: nothing, or it is missing, which is said already."""
    if not path.is_file():
        return None
    if path.stat().st_size != said.get("bytes"):
        return f"{path.stat().st_size:,} bytes, not {said.get('bytes'):,}"
    if digest(path) != said.get("sha256"):
        return "another content (SHA-256 differs)"
    return _shape(path, said) if path.suffix == ".parquet" else None


def _shape(path: Path, said: dict[str, Any]) -> str | None:
    parquet, arrow = package("pyarrow.parquet", "parquet"), package("pyarrow", "parquet")
    try:
        with parquet.ParquetFile(path) as file:
            rows, schema = file.metadata.num_rows, file.schema_arrow
    except (OSError, arrow.ArrowException) as error:
        return f"no Parquet ({' '.join(str(error).split())})"
    if rows != said.get("rows"):
        return f"{rows:,} rows, not {said.get('rows')}"
    return None if schema.equals(parquet_schema()) else "other columns than a snapshot has"


def _leaks(folder: Path, shards: dict[str, str], tell: Tell, rows: int) -> Iterator[str]:
    """Addresses and texts in two splits, and addresses that stand there twice."""
    # A nameless database is a file that SQLite removes by itself: memory stays bounded.
    with closing(sqlite3.connect("", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute(
            "CREATE TABLE marks (what TEXT, value TEXT, split TEXT, PRIMARY KEY (what, value, split)) WITHOUT ROWID"
        )
        db.execute("CREATE TABLE urls (url TEXT PRIMARY KEY, times INTEGER) WITHOUT ROWID")
        done = 0
        for name, split in shards.items():
            for batch in _batches(folder / name):
                db.executemany(
                    "INSERT INTO urls VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1",
                    ((row["url"],) for row in batch),
                )
                db.executemany("INSERT OR IGNORE INTO marks VALUES (?, ?, ?)", _marks(batch, split))
                done += len(batch)
                tell("comparing splits", done, rows)
        twice = [
            f"{url}: stands there {n} times" for url, n in db.execute("SELECT * FROM urls WHERE times > 1 ORDER BY url")
        ]
        shared = db.execute(
            "SELECT what, value, group_concat(split, ' and ') FROM marks GROUP BY what, value HAVING count(*) > 1"
        )
        faults = twice + [f"{value}: {what} in {splits}" for what, value, splits in shared]
    yield from faults[:_NAMED]
    if len(faults) > _NAMED:
        yield f"{len(faults) - _NAMED:,} more of this kind"


def _batches(path: Path) -> Iterator[list[dict[str, Any]]]:
    with package("pyarrow.parquet", "parquet").ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH, columns=_COLUMNS):
            yield batch.to_pylist()


def _marks(rows: list[dict[str, Any]], split: str) -> Iterator[tuple[str, str, str]]:
    """What must not stand in another split: the story's addresses, and its text."""
    for row in rows:
        for address in {row["url"], row["cluster"], row["duplicate_of"]} - {None}:
            yield "story", address, split
        if row["content_hash"]:
            yield "text", row["content_hash"], split
