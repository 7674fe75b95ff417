"""How the archive looks in a terminal, and how a capture of it is given out."""

from __future__ import annotations

import dataclasses
import json
import secrets
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from crawler.commands.run import complain
from crawler.corpus import CaptureRow, Corpus, StoredArticle, WarcFileRow
from crawler.corpus.warc import answer_of, travelled
from crawler.errors import OutputError
from crawler.items import CST

__all__ = ["print_articles", "print_files", "print_statistics", "write_capture"]

_MEGA = 1_000_000


def print_files(files: Sequence[WarcFileRow], folder: Path, as_json: bool) -> None:
    """One line a file."""
    if as_json:
        _write_json([dataclasses.asdict(row) for row in files])
        return
    if not files:
        complain("the archive is empty; a crawl fills it, unless ARCHIVE is empty too")
        return
    table = Table(title=f"archive: {folder}", title_justify="left")
    table.add_column("file", overflow="fold")
    for name in ("MB", "captures"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("first", "last"):
        table.add_column(name, no_wrap=True)
    for row in files:
        days = [f"{at.astimezone(CST):%y-%m-%d}" if at else "" for at in (row.first, row.last)]
        table.add_row(row.name, f"{row.size / _MEGA:,.1f}", f"{row.captures:,}", *days)
    if len(files) > 1:
        table.add_section()
        size, number = sum(row.size for row in files), sum(row.captures for row in files)
        table.add_row(f"{len(files)} files", f"{size / _MEGA:,.1f}", f"{number:,}", "", "")
    Console(highlight=False).print(table)


def print_statistics(rows: Sequence[tuple[str, str, int, str | None, int, int, int]], as_json: bool) -> None:
    """What the archive holds, by portal, status and type, and what was kept once instead of twice."""
    names = ("portal", "kind", "status", "content_type", "captures", "bytes", "saved")
    if as_json:
        _write_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    for place, title in ((0, "portal"), (2, "status"), (3, "type")):
        sums: Counter[str] = Counter()
        sizes: Counter[str] = Counter()
        for row in rows:
            sums[str(row[place] or "none")] += row[4]
            sizes[str(row[place] or "none")] += row[5]
        table = Table()
        table.add_column(title, overflow="fold")
        table.add_column("captures", justify="right", no_wrap=True)
        table.add_column("MB", justify="right", no_wrap=True)
        for name, number in sums.most_common():
            table.add_row(name, f"{number:,}", f"{sizes[name] / _MEGA:,.1f}")
        Console(highlight=False).print(table)
    again = [row for row in rows if row[1] == "revisit"]
    number, saved = sum(row[4] for row in again), sum(row[6] for row in again)
    sys.stdout.write(f"{number:,} captures repeat a body that is there already, which saved {saved / _MEGA:,.1f} MB\n")


def print_articles(found: Sequence[StoredArticle], as_json: bool) -> None:
    """One line an article."""
    if as_json:
        rows = [{"id": one.id, "url": one.article.url, "title": one.article.title} for one in found]
        _write_json(rows)
        return
    for one in found:
        sys.stdout.write(f"{one.article.url}\t{one.article.title or ''}\n")
    if not found:
        complain("no article was made of it")


def write_capture(corpus: Corpus, folder: Path, capture: CaptureRow, out: Path | None, what: str) -> None:
    """A capture's body, its headers, or the whole answer as it travelled, to a file or to standard output."""
    source = capture
    if what == "body" and capture.original_id is not None:
        source = corpus.capture(capture.original_id) or capture
    data = _raw(folder, source, what) if what != "body" else answer_of(folder, source).body
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        _put(out, data)
    when = capture.at.astimezone(CST)
    complain(
        f"{capture.url}: HTTP {capture.status}, fetched {when:%Y-%m-%d %H:%M:%S}, {source.file}:{source.offset}"
        + (f" (body of {source.at.astimezone(CST):%Y-%m-%d %H:%M:%S})" if source is not capture else "")
    )


def _raw(folder: Path, capture: CaptureRow, what: str) -> bytes:
    block = travelled(folder, capture)
    return block if what == "raw" else block.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n"


def _put(out: Path, data: bytes) -> None:
    """Whole or not at all."""
    part = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(data)
        part.replace(out)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror}); nothing of it is kept") from error
    finally:
        part.unlink(missing_ok=True)


def _write_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")
