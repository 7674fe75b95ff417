"""Articles into a file, whole or not at all, any number of them in bounded memory.

The same articles give the same bytes: nothing of the moment of the export is written.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from crawler.corpus.export_formats import FORMATS, writer
from crawler.errors import OutputError, UsageError
from crawler.items import Article

__all__ = ["check_target", "export_articles", "format_of", "whole_file"]


def format_of(out: Path, named: str | None) -> str:
    """The format that was named, or the one that the file's name ends in.  Raises UsageError."""
    known = ", ".join(FORMATS)
    if named is not None:
        if named not in FORMATS:
            raise UsageError(f"--format {named}: unknown; one of {known}")
        return named
    fitting = [name for name in FORMATS if out.name.endswith(f".{name}")]
    if not fitting:
        raise UsageError(f"{out}: its name says no format; add --format, one of {known}")
    return fitting[0]


def check_target(out: Path, corpus: Path, force: bool) -> None:
    """Raise UsageError where nothing may or can be put, before anything is read."""
    if out.is_dir():
        raise UsageError(f"{out}: a folder; name a file in it")
    if not out.parent.is_dir():
        raise UsageError(f"{out}: there is no folder {out.parent}; make it first")
    if out.exists() and corpus.exists() and out.samefile(corpus):
        raise UsageError(f"{out}: the corpus itself; name another file")
    if out.exists() and not force:
        raise UsageError(f"{out}: exists; --force overwrites it, or name another file")


def export_articles(articles: Iterable[Article], out: Path, kind: str) -> Iterator[int]:
    """Write the articles; yields how many are written, one by one, so that the caller can tell.

    The file gets its name when it is whole; whatever interrupts the export leaves none, and an older one as it was.
    Raises UsageError where a package is missing, OutputError where the file cannot be written.
    """
    with whole_file(out) as file, writer(kind, file) as write:
        for number, article in enumerate(articles, 1):
            write(article)
            yield number


@contextmanager
def whole_file(out: Path) -> Iterator[IO[bytes]]:
    """A file that gets its name when the block ends well; else there is none.  Raises OutputError."""
    part = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        with _refusals(out):
            with part.open("x+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(out)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _refusals(out: Path) -> Iterator[None]:
    """What the system says of the file, in a line."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(f"{out}: cannot be written ({why}); nothing of it is kept") from error
