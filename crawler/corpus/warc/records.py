"""The records of an archive file one after the other, whatever lies between them.

warcio parses a record; which bytes are one is told here, because its own iterator ends with the first damage.  Gzip
member by member, a file compressed as a whole, plain: each position is looked at as it is.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

from crawler.corpus.warc.capture import Fault, Report

__all__ = ["Record", "records"]

_GZIP = b"\x1f\x8b\x08"
#: First line of a record: WARC, or ARC 1 (address, IP, date, type, length), whose own first line is filedesc:.
_BEGINS = re.compile(rb"WARC/\d\.\d+\s*$|(?:filedesc|dns|https?):\S+ \S+ \d{8,17} \S+ \d+\s*$", re.IGNORECASE)
#: Where the next one may begin after damage; ARC's first lines are told from text by their form alone.
_NEXT = re.compile(rb"(?<=\n)(?:WARC/[01]\.\d+\r?\n|https?://\S+ [\d.]+ \d{14} \S+ \d+\n)")
#: Longer than any first line that a record may have: an address of 8 kB, and the rest.
_LINE = 10_000
_CHUNK = 16 * 1024
_SEARCH = 1024 * 1024
_FAULTS = (zlib.error, ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError)


@dataclass(slots=True)
class Record:
    """A record whose headers are read.  parsed: warcio's; block: what follows its own headers, HTTP headers included;
    cut: bytes of the block that the limit left out."""

    parsed: Any
    block: bytes
    cut: int
    offset: int
    length: int = 0


class _Lost(Exception):
    """The record cannot be read; the message says why."""


def records(file: IO[bytes], name: str, start: int, report: Report, most: int) -> Iterator[Record]:
    """The records from that byte on; what is damaged is reported, and the next that can be read follows.

    most: bytes of a block that are kept; of a larger one the first so many, and Record.cut says how many more.
    """
    position: int | None = start
    while position is not None:
        unit = _Unit(file, position)
        try:
            yield from unit.records(most)
            position = unit.end
        except _Lost as error:
            report(Fault(name, unit.doubtful, str(error)))
            position = _next(file, unit.doubtful + 1)


@contextmanager
def _said() -> Iterator[None]:
    """What libraries say of damage, as ours."""
    try:
        yield
    except _FAULTS as error:
        said = " ".join(str(error).split())
        raise _Lost(f"damaged ({said:.100})" if said else "damaged") from error


class _Unit:
    """What stands at a position: a gzip member with a record or many in it, or all plain records from there on.

    end: where the next unit begins, None: the file's end.  doubtful: where to look on from after damage.
    """

    def __init__(self, file: IO[bytes], position: int) -> None:
        self._file = file
        file.seek(position)
        head = file.read(len(_GZIP))
        file.seek(position)
        self._member = _Member(file, position) if head == _GZIP else None
        self._stream: IO[bytes] = io.BufferedReader(self._member, _CHUNK) if self._member else file
        self.end: int | None = None if self._member is None or not head else position
        self.doubtful = position

    def records(self, most: int) -> Iterator[Record]:
        begun: Record | None = None
        while True:
            with _said():
                blank, line = self._first_line()
                at = self.doubtful if self._member else self._file.tell() - len(line)
            if begun is not None:
                if line and not blank:
                    raise _Lost("not as long as it says")
                begun.length = (self._member.at if self._member else at) - begun.offset
                yield begun
            if not line:
                break
            self.doubtful = at
            if not _BEGINS.match(line):
                raise _Lost("no archive record begins here")
            with _said():
                begun = self._record(line, most, at)
        self.end = self._member.at if self._member else None

    def _first_line(self) -> tuple[bool, bytes]:
        """Whether blank lines come first, and the next that is not; empty at the end."""
        blank = False
        while True:
            line = self._stream.readline(_LINE)
            if not line or line.strip():
                return blank, line
            blank = True

    def _record(self, line: bytes, most: int, at: int) -> Record:
        loader = ArcWarcRecordLoader(verify_http=False)
        parsed = loader.parse_record_stream(self._stream, statusline=line, no_record_parse=True)
        if parsed.length is None or not str(parsed.rec_headers.get_header("Content-Length")).strip().isdigit():
            raise _Lost("no length")
        block = parsed.raw_stream.read(most)
        cut = 0
        while skipped := len(parsed.raw_stream.read(_SEARCH)):
            cut += skipped
        if len(block) + cut < parsed.length:
            missing = parsed.length - len(block) - cut
            raise _Lost(f"cut off: {missing} of {parsed.length} bytes are missing")
        return Record(parsed, block, cut, at)


class _Member(io.RawIOBase):
    """The content of one gzip member.  at: position in the file behind what was decompressed."""

    def __init__(self, file: IO[bytes], position: int) -> None:
        self._file, self.at = file, position
        self._gzip = zlib.decompressobj(16 + zlib.MAX_WBITS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the type of the base class is wider
        data = b""
        while not data and not self._gzip.eof:
            waiting = self._gzip.unconsumed_tail
            chunk = waiting or self._file.read(_CHUNK)
            if not chunk:
                raise EOFError("the file ends within it")
            data = self._gzip.decompress(chunk, len(buffer))
            # At the end zlib may keep what is left in both.
            left = self._gzip.unused_data if self._gzip.eof else self._gzip.unconsumed_tail
            self.at += len(chunk) - len(left)
        buffer[: len(data)] = data
        return len(data)


def _next(file: IO[bytes], position: int) -> int | None:
    """Where the next record begins, at that byte or later; None where there is none."""
    while True:
        file.seek(position)
        window = file.read(_SEARCH)
        candidates = [match.start() for match in re.finditer(re.escape(_GZIP), window)]
        candidates += [match.start() for match in _NEXT.finditer(window)]
        for found in sorted(candidates):
            if _readable(file, position + found):
                return position + found
        if len(window) < _SEARCH:
            return None
        # What straddles the window's end is seen whole in the next.
        position += _SEARCH - _LINE


def _readable(file: IO[bytes], position: int) -> bool:
    """True if a record's first line stands there, compressed or not."""
    unit = _Unit(file, position)
    try:
        return bool(_BEGINS.match(unit._first_line()[1]))
    except _FAULTS:
        return False
