"""How articles look in each format: JSON lines, CSV, plain text, Parquet."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import importlib
import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Any

from crawler.errors import UsageError
from crawler.items import Article

__all__ = ["FORMATS", "writer"]

#: Takes one article.
Write = Callable[[Article], object]

#: Names as they stand in files: identity, what was printed, the text, what surrounds it, where it came from.
_NAMES = (
    "url", "canonical_url", "portal", "section", "kind", "title", "subtitle", "published", "published_text", "source",
    "reporters", "correspondents", "photographers", "editors", "breadcrumb", "keywords", "body", "blocks", "images",
    "attachments", "page_number", "page_name", "part_urls", "full_url", "link_url", "duplicate_of", "content_hash",
    "template", "extractor", "confidence", "fetched_at", "evidence", "cuts",
)  # fmt: skip
_LISTS = {
    "reporters", "correspondents", "photographers", "editors", "breadcrumb", "keywords", "part_urls",
}  # fmt: skip
#: Nested records: they have no place in a table, and stand in Parquet as JSON.
_RECORDS = {"blocks", "images", "attachments", "evidence", "cuts"}
#: Rows of a Parquet row group: about ten megabytes of articles, which is what has to fit in memory.
_GROUP = 2000
#: zstd's own default; 19 makes files a fifth smaller and takes twenty times as long.
_LEVEL = 3
_EXTRA = "pip install 'chengwen[export]'"


def writer(kind: str, file: IO[bytes]) -> AbstractContextManager[Write]:
    """What writes articles of that format into the file.  Raises UsageError where a package is missing."""
    return FORMATS[kind](file)


@contextmanager
def _jsonl(file: IO[bytes]) -> Iterator[Write]:
    """One object a line, the fields of crawler.items.Article, as Scrapy's feeds write them."""
    encode = json.JSONEncoder(ensure_ascii=False, default=_plain).encode

    def write(article: Article) -> None:
        line = encode({name: getattr(article, name) for name in _NAMES})
        file.write(line.encode("utf-8", "replace") + b"\n")

    yield write


@contextmanager
def _jsonl_zst(file: IO[bytes]) -> Iterator[Write]:
    """JSON lines, compressed."""
    zstandard = _package("zstandard", "jsonl.zst")
    with (
        zstandard.ZstdCompressor(level=_LEVEL).stream_writer(file, closefd=False) as stream,
        _jsonl(stream) as write,
    ):
        yield write


@contextmanager
def _csv(file: IO[bytes]) -> Iterator[Write]:
    """A table for spreadsheets: without nested records, names joined by 、, and the mark by which Excel sees UTF-8."""
    names = [name for name in _NAMES if name not in _RECORDS]
    text = io.TextIOWrapper(file, "utf-8-sig", errors="replace", newline="")
    table = csv.writer(text)
    table.writerow(names)
    yield lambda article: table.writerow([_cell(getattr(article, name)) for name in names])
    # Gives the file back open, and what is left to it.
    text.detach()


@contextmanager
def _txt(file: IO[bytes]) -> Iterator[Write]:
    """For reading and for programs that count words: headline, a line of what is known, the text, an empty line."""

    def write(article: Article) -> None:
        when = f"{article.published:%Y-%m-%d %H:%M}" if article.published else None
        known = "　".join(part for part in (when, article.source, article.url) if part)
        parts = (article.title, article.subtitle, known, article.body)
        file.write("\n".join(part for part in parts if part).encode("utf-8", "replace") + b"\n\n")

    yield write


@contextmanager
def _parquet(file: IO[bytes]) -> Iterator[Write]:
    """Columns with types: times with their zone, names as lists, nested records as JSON."""
    pa, pq = _package("pyarrow", "parquet"), _package("pyarrow.parquet", "parquet")
    strings, moment = pa.list_(pa.string()), pa.timestamp("us", tz="UTC")
    special = {"published": pa.timestamp("us", tz="Asia/Shanghai"), "fetched_at": moment, "confidence": pa.float64()}
    types = {name: strings if name in _LISTS else special.get(name, pa.string()) for name in _NAMES}
    schema = pa.schema(list(types.items()))
    rows: list[dict[str, Any]] = []
    encode = json.JSONEncoder(ensure_ascii=False, default=_plain, separators=(",", ":")).encode

    with pq.ParquetWriter(file, schema, compression="zstd") as table:

        def flush() -> None:
            table.write_table(pa.Table.from_pylist(rows, schema))
            rows.clear()

        def write(article: Article) -> None:
            values = ((name, getattr(article, name)) for name in _NAMES)
            rows.append({name: encode(value) if name in _RECORDS else value for name, value in values})
            if len(rows) == _GROUP:
                flush()

        yield write
        if rows:
            flush()


#: The name of each format → what opens it.
FORMATS: dict[str, Callable[[IO[bytes]], AbstractContextManager[Write]]] = {
    "jsonl": _jsonl,
    "jsonl.zst": _jsonl_zst,
    "csv": _csv,
    "txt": _txt,
    "parquet": _parquet,
}


def _package(name: str, kind: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as e:
        package = name.partition(".")[0]
        raise UsageError(f"--format {kind} needs the package {package}, which is not installed: {_EXTRA}") from e


def _plain(value: Any) -> object:
    """What JSON has no word for: times, and the small records of crawler.items."""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return {part.name: getattr(value, part.name) for part in dataclasses.fields(value)}


def _cell(value: object) -> object:
    if isinstance(value, list):
        return "、".join(value)
    return value.isoformat() if isinstance(value, dt.datetime) else value
