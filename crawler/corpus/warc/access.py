"""One record of the corpus's archive: what an answer carried, and the answer as it travelled."""

from __future__ import annotations

from pathlib import Path

from crawler.corpus.records import CaptureRow
from crawler.corpus.warc.capture import Capture, Fault
from crawler.corpus.warc.reading import captures
from crawler.corpus.warc.records import records
from crawler.errors import ArchiveError

__all__ = ["answer_of", "travelled"]

#: Bytes of a record that is given out: all of it, whatever its size.
_MOST = 1 << 40


def answer_of(folder: Path, row: CaptureRow) -> Capture:
    """The answer, its body out of chunks and compression, as a browser has it.  Raises ArchiveError.

    For a revisit, `row` is the capture that holds its body.
    """
    found = next(captures(_path(folder, row), start=row.offset, report=_ignore, most=_MOST), None)
    if found is None or found.offset != row.offset:
        raise _unreadable(folder, row)
    return found


def travelled(folder: Path, row: CaptureRow) -> bytes:
    """Status line, headers and body, byte for byte.  Raises ArchiveError."""
    with _path(folder, row).open("rb") as file:
        found = next(records(file, row.file, row.offset, _ignore, _MOST), None)
    if found is None or found.offset != row.offset:
        raise _unreadable(folder, row)
    return found.block


def _ignore(fault: Fault) -> None:
    """What is wrong with the record is said by whoever finds none."""


def _path(folder: Path, row: CaptureRow) -> Path:
    path = folder / row.file
    if not path.exists():
        raise ArchiveError(f"{path}: not there; if the archive was moved, name its folder: -s ARCHIVE_DIR=…")
    return path


def _unreadable(folder: Path, row: CaptureRow) -> ArchiveError:
    return ArchiveError(
        f"{folder / row.file}: no readable record at byte {row.offset}; scrapy archive verify says more"
    )
