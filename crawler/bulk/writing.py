"""Articles as Parquet, in the columns and the codec of `scrapy export`, one file a task."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crawler.bulk.rows import Row, flowing, unpacked
from crawler.corpus.export_formats import writer

__all__ = ["ROWS", "write_articles"]

#: Rows of a file, about: some hundred megabytes.
ROWS = 200_000
_COLUMNS = {"at": "long", "begun": "long", "sub": "long", "file": "string", "rows": "long", "repeats": "long"}
_PLACE = ("at", "begun", "sub")


def write_articles(rows: Any, folder: Path, cores: int) -> tuple[int, int]:
    """Write rows of crawler.bulk.storing in their order into articles-00000.parquet and so on.

    Returns how many there are, and how many of them repeat another one's text.
    """
    folder.mkdir()
    total = rows.count()
    parts = max(1, min(cores, total // 1000), total // ROWS)
    in_order = rows.repartitionByRange(parts, *_PLACE).sortWithinPartitions(*_PLACE)
    place = str(folder)
    files = flowing(in_order, lambda found: _written(place, found), _COLUMNS).collect()
    kept = {one["file"] for one in files}
    for stray in folder.iterdir():
        # Of attempts that were killed, and of one that a second machine was faster with.
        if stray.name not in kept:
            stray.unlink()
    files.sort(key=lambda one: tuple(one[name] for name in _PLACE))
    for number, one in enumerate(files):
        (folder / one["file"]).rename(folder.parent / f"articles-{number:05}.parquet")
    folder.rmdir()
    return total, sum(one["repeats"] for one in files)


def _written(folder: str, rows: Iterator[Row]) -> Iterator[Row]:
    first = next(rows, None)
    if first is None:
        return
    path = Path(folder, f"{secrets.token_hex(8)}.parquet")
    count = repeats = 0
    with path.open("xb") as file:
        with writer("parquet", file) as write:
            for row in _again(first, rows):
                write(unpacked(row["row"]))
                count, repeats = count + 1, repeats + row["repeats"]
        file.flush()
        os.fsync(file.fileno())
    yield {name: first[name] for name in _PLACE} | {"file": path.name, "rows": count, "repeats": repeats}


def _again(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows
