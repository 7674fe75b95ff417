"""What a killed run left at the end of its file: whole records to list, and a torn one to cut off."""

from __future__ import annotations

import datetime as dt
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException
from warcio.timeutils import iso_date_to_datetime

from crawler.corpus.records import NewCapture

__all__ = ["members", "whole_records"]

_CHUNK = 64 * 1024
#: Bytes of a record that are unpacked in memory; beyond it on the disk.
_IN_MEMORY = 8 * 1024 * 1024
_Original = Callable[[str], tuple[int, int, str, dt.datetime] | None]


def whole_records(path: Path, start: int, file_id: int, original: _Original) -> tuple[list[NewCapture], int]:
    """Captures of our own file from that byte on, and where the last whole record ends.

    original: the response that has a body of that digest.
    """
    found: list[NewCapture] = []
    end = start
    bodies: dict[str, tuple[int, int]] = {}
    with path.open("rb") as file:
        for offset, length, content in members(file, start):
            with content:
                parsed = _parsed(content)
            if parsed is None:
                break
            end = offset + length
            kind, url, at, status, content_type, digest = parsed
            if kind == "response":
                bodies.setdefault(digest, (file_id, offset))
            if kind in ("response", "revisit"):
                earlier = None
                if kind == "revisit":
                    listed = original(digest)
                    earlier = bodies.get(digest) or (listed[:2] if listed else None)
                found.append(
                    NewCapture(url, at, kind, status, content_type, digest, file_id, offset, length, end, earlier)
                )
    return [replace(one, end=end) for one in found], end


def members(file: IO[bytes], start: int) -> Iterator[tuple[int, int, IO[bytes]]]:
    """Whole gzip members from that byte on: offset, length, content; ends with the first that is torn."""
    offset = start
    while True:
        content: Any = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the caller closes it
        length = _member(file, offset, content)
        if length is None:
            content.close()
            return
        content.seek(0)
        yield offset, length, content
        offset += length


def _member(file: IO[bytes], offset: int, content: IO[bytes]) -> int | None:
    file.seek(offset)
    unpack, taken = zlib.decompressobj(16 + zlib.MAX_WBITS), 0
    while chunk := file.read(_CHUNK):
        try:
            content.write(unpack.decompress(chunk))
        except zlib.error:
            return None
        taken += len(chunk)
        if unpack.eof:
            return taken - len(unpack.unused_data)
    return None


def _parsed(content: IO[bytes]) -> tuple[Any, ...] | None:
    """Type, address, time, status, content type and payload digest of a record; None where it is none."""
    try:
        record = ArcWarcRecordLoader().parse_record_stream(content)
    except (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError):
        return None
    header = record.rec_headers.get_header
    at = iso_date_to_datetime(header("WARC-Date")).replace(tzinfo=dt.UTC)
    if record.rec_type not in ("response", "revisit") or record.http_headers is None:
        return (record.rec_type, None, at, None, None, None)
    kind = (record.http_headers.get_header("Content-Type") or "").partition(";")[0].strip().lower() or None
    status = int(record.http_headers.get_statuscode())
    return record.rec_type, header("WARC-Target-URI"), at, status, kind, header("WARC-Payload-Digest")
