"""Archives as the tests see them: with warcio, and with programs that are not ours."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.crawling import Done, scrapy

#: Folder of the programs of a virtual environment with pywb and wacz, which want other versions than ours.
OTHERS = os.environ.get("ARCHIVE_BIN", "")


class Raw(NamedTuple):
    """A record: its own headers, and the bytes of its block."""

    kind: str
    url: str | None
    headers: dict[str, str]
    block: bytes


def raw_records(folder: Path) -> Iterator[Raw]:
    """All records of a folder's files in their order."""
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, no_record_parse=True):
                headers = dict(record.rec_headers.headers)
                yield Raw(record.rec_type, headers.get("WARC-Target-URI"), headers, record.raw_stream.read())


def rows(corpus: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(corpus)) as db, db:
        return db.execute(sql, values).fetchall()


def archive(corpus: Path, *arguments: str) -> Done:
    """`scrapy archive …` over that corpus."""
    return scrapy("archive", *arguments, "-s", f"CORPUS={corpus}")


def other(name: str, *arguments: str, cwd: Path | None = None) -> Done:
    """A program of the other environment; the test is skipped where there is none."""
    program = other_program(name)
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120, check=False, cwd=cwd)
    return Done(done.returncode, done.stdout, done.stderr)


def other_program(name: str) -> Path:
    path = Path(OTHERS) / name
    if not OTHERS or not path.exists():
        pytest.skip(f"{name}: set ARCHIVE_BIN to the programs of an environment with pywb and wacz, as .ci/run does")
    return path
