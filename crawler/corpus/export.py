"""Articles into a file, whole or not at all, any number of them in bounded memory.

The same articles give the same bytes: nothing of the moment of the export is written.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from crawler.corpus.address import Place
from crawler.corpus.choice import Choice
from crawler.corpus.export_formats import FORMATS, writer
from crawler.corpus.refine import Refining, Tally, Tell, Wish
from crawler.errors import OutputError, UsageError

__all__ = ["check_target", "export_articles", "folder_made", "refusals", "target_of", "whole_file"]

#: The file's name, where only a folder is given.
_STEM = "articles"


def target_of(out: str, named: str | None) -> tuple[Path, str]:
    """The file that is meant and its format: articles.FORMAT in OUT, where that is a folder or ends like one.

    named: the format asked for, None: what the file's name ends in.  Raises UsageError.
    """
    known = ", ".join(FORMATS)
    if named is not None and named not in FORMATS:
        raise UsageError(f"--format {named}: unknown; one of {known}")
    folder = out.endswith(("/", os.sep)) or Path(out).is_dir()
    fitting = [] if folder else [name for name in FORMATS if out.endswith(f".{name}")]
    kind = named or next(iter(fitting), None)
    if kind is None:
        what = "a folder says no format" if folder else "its name says no format"
        raise UsageError(f"{out}: {what}; add --format, one of {known}")
    return Path(out, f"{_STEM}.{kind}") if folder else Path(out), kind


def check_target(path: Path, out: str, corpus: Place, force: bool) -> None:
    """Raise UsageError where nothing may or can be put, before anything is read.  path, out: see target_of()."""
    folder = path != Path(out)
    if folder and Path(out).exists() and not Path(out).is_dir():
        raise UsageError(f"{out}: a file, not a folder; leave the / at its end out")
    if path.is_dir():
        raise UsageError(f"{path}: a folder; name another file")
    if not folder and not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}; make it first")
    if path.exists() and isinstance(corpus, Path) and corpus.exists() and path.samefile(corpus):
        raise UsageError(f"{path}: the corpus itself; name another file")
    if path.exists() and not force:
        raise UsageError(f"{path}: exists; --force overwrites it, or name another file")


def export_articles(choice: Choice, wish: Wish, path: Path, kind: str, tell: Tell) -> Tally:
    """Write the articles of the choice that the wish leaves, and say what became of all of them.

    The file gets its name when it is whole; whatever interrupts the export leaves none, and an older one as it was.
    Its folder is made where it is missing.  tell: called again and again with how far it is.
    Raises UsageError where a package is missing, OutputError where the file cannot be written.
    """
    with whole_file(path) as file, writer(kind, file) as write:
        refining = Refining(choice, wish, tell)
        for stored in refining.rows():
            write(stored)
    return refining.tally


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that gets its name when the block ends well; else there is none.  Raises OutputError."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with refusals(path), folder_made(path.parent):
        try:
            with part.open("x+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def folder_made(folder: Path) -> Iterator[None]:
    """Make the folder, and its parents; those that were made are taken away again where what follows fails."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for place in missing:
            if place.is_dir() and not any(place.iterdir()):
                place.rmdir()
        raise


@contextmanager
def refusals(out: Path) -> Iterator[None]:
    """What the system says of a file, in a line."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(f"{out}: cannot be written ({why}); nothing of it is kept") from error
