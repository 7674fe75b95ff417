"""Parquet of articles, ours of `scrapy export` or `scrapy bulk extract`: which files, and what dedupe reads of them."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from crawler.bulk.rows import Row, packed
from crawler.corpus.codec import identity
from crawler.corpus.duplicates import same_text
from crawler.corpus.shingles import Shingled
from crawler.errors import UsageError
from crawler.items import CST, Article

__all__ = ["COLUMNS", "files_of", "read_texts", "tasks_of"]

#: number: place in the order of all, from 1; key: identity of the address; hash: of the text, null: never shared;
#: same: what articles have in common that repeat each other; values: of the index, null: not comparable.
COLUMNS = {
    "number": "long", "key": "string", "url": "string", "portal": "string", "hash": "string", "same": "string",
    "values": "array<long>", "article": "binary",
}  # fmt: skip
_NEEDED = (
    "url", "canonical_url", "link_url", "portal", "title", "source", "published", "body", "content_hash", "part_urls",
)  # fmt: skip
#: Rows read at a time.
_BATCH = 256


def files_of(paths: Sequence[str]) -> list[Path]:
    """Files that paths mean: files, all of a folder and below, patterns; sorted within each.  Raises UsageError."""
    found: list[Path] = []
    for text in paths:
        path = Path(text)
        if path.is_dir():
            mine = sorted(path.rglob("*.parquet"))
        elif path.exists():
            mine = [path]
        else:
            mine = [Path(name) for name in sorted(glob.glob(text, recursive=True))]  # noqa: PTH207 - an absolute pattern
        if not mine:
            raise UsageError(f"{text}: no Parquet there (a file, a folder or a pattern of *.parquet)")
        found += [file.absolute() for file in mine]
    return list(dict.fromkeys(found))


def tasks_of(files: Sequence[Path]) -> tuple[list[Row], int]:
    """A task a row group (file, group, number of its first article), and how many articles there are.

    Raises UsageError for a file that holds no articles.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    tasks: list[Row] = []
    total = 0
    for path in files:
        try:
            with pq.ParquetFile(path) as file:
                missing = set(_NEEDED) - set(file.schema_arrow.names)
                groups = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
        except (pa.ArrowException, OSError) as error:
            why = str(error).strip().splitlines()[0]
            raise UsageError(f"{path}: cannot be read as Parquet ({why}); leave it out, or write it anew") from error
        if missing:
            raise UsageError(f"{path}: no articles of scrapy export or scrapy bulk extract, without {min(missing)}")
        for number, rows in enumerate(groups):
            tasks.append({"file": str(path), "group": number, "first": total + 1})
            total += rows
    return tasks, total


def read_texts(tasks: Iterator[Row]) -> Iterator[Row]:
    """Rows of COLUMNS."""
    import pyarrow.parquet as pq

    for task in tasks:
        number = task["first"]
        with pq.ParquetFile(task["file"]) as file:
            for batch in file.iter_batches(_BATCH, row_groups=[task["group"]], columns=list(_NEEDED)):
                for values in batch.to_pylist():
                    yield _row(number, values)
                    number += 1


def _row(number: int, values: dict[str, Any]) -> Row:
    article = _article(values)
    text = Shingled(article.body)
    same = same_text(article)
    return {
        "number": number,
        "key": identity(article.url),
        "url": article.url,
        "portal": article.portal,
        "hash": article.content_hash if same else None,
        "same": same,
        "values": text.minhashes() if text.comparable else None,
        "article": packed(article),
    }


def _article(values: dict[str, Any]) -> Article:
    """What the index knows of an article."""
    published = values.pop("published")
    return Article(
        **values | {"body": values["body"] or "", "content_hash": values["content_hash"] or ""},
        published=None if published is None else published.astimezone(CST),
    )
