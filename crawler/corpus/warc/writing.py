"""WARC records of what was fetched, and the file that they are appended to (ISO 28500, WARC/1.1)."""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import io
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.timeutils import datetime_to_iso_date
from warcio.warcwriter import WARCWriter

from crawler.corpus.warc.message import Exchange, Head
from crawler.errors import ArchiveError, ArchiveFull

__all__ = ["NOT_MODIFIED", "SAME_PAYLOAD", "Records", "WarcFile", "beginning", "fresh_name", "iso"]

#: Profiles of revisit records (WARC/1.1, 6.7).
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

#: Bytes of a compressed record that wait in memory; larger ones go to the disk bit by bit.
_BUFFER = 1024 * 1024
#: What a disk says that takes no more: no space, quota, largest file.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def iso(moment: dt.datetime) -> str:
    """A time as WARC-Date has it: UTC, microseconds."""
    return str(datetime_to_iso_date(moment.astimezone(dt.UTC).replace(tzinfo=None), use_micros=True))


def beginning(portal: str, prefix: str = "") -> str:
    """How the names of a portal's files begin, behind the machine's prefix where several share a corpus."""
    return "".join(f"{quote(part, safe='')}-" for part in (prefix, portal) if part)


def fresh_name(portal: str, now: dt.datetime, prefix: str = "") -> str:
    """A file's name that no other run gives: portal, time, chance, behind the machine's prefix."""
    return f"{beginning(portal, prefix)}{now.astimezone(dt.UTC):%Y%m%d%H%M%S}-{secrets.token_hex(4)}.warc.gz"


class _Verbatim:
    """Headers that are written as they were sent; warcio would set them anew."""

    def __init__(self, raw: bytes) -> None:
        self.headers_buff = raw

    def compute_headers_buffer(self, _filter: object = None) -> None:
        """Nothing to compute."""


class Records:
    """Makes the records of one run; warcinfo() has to come first in every file."""

    def __init__(self) -> None:
        self._builder = WARCWriter(None, gzip=True, warc_version="WARC/1.1")
        self._info: str | None = None

    def warcinfo(self, file: str, about: Mapping[str, str]) -> ArcWarcRecord:
        """What a file, or a run's share of it, was made by."""
        record = self._builder.create_warcinfo_record(file, about)
        self._info = record.rec_headers.get_header("WARC-Record-ID")
        return record

    def digest(self, exchange: Exchange, head: Head) -> tuple[str, int]:
        """SHA-1 of the body as it travelled (base32, as indexes have it), and its length."""
        digester, length = self._builder._create_digester(), 0
        exchange.received.seek(head.body_at)
        while chunk := exchange.received.read(_BUFFER):
            digester.update(chunk)
            length += len(chunk)
        return str(digester), length

    def response(self, exchange: Exchange, head: Head, digest: str, length: int) -> ArcWarcRecord:
        """The answer as it came."""
        headers = [*self._headers("response", exchange), ("WARC-Payload-Digest", digest)]
        exchange.received.seek(head.body_at)
        return self._record("response", headers, head.raw, exchange.received, length)

    def revisit(
        self, exchange: Exchange, head: Head, digest: str, profile: str, original: tuple[str, dt.datetime]
    ) -> ArcWarcRecord:
        """The answer's head alone: its body is that of an earlier capture (its address, its time)."""
        headers = [
            *self._headers("revisit", exchange),
            ("WARC-Profile", profile),
            ("WARC-Refers-To-Target-URI", original[0]),
            ("WARC-Refers-To-Date", iso(original[1])),
            ("WARC-Payload-Digest", digest),
        ]
        return self._record("revisit", headers, head.raw, io.BytesIO(), 0)

    def request(self, exchange: Exchange, answer: ArcWarcRecord) -> ArcWarcRecord:
        """What was asked to get that answer."""
        headers = self._headers("request", exchange)
        headers.append(("WARC-Concurrent-To", answer.rec_headers.get_header("WARC-Record-ID")))
        return self._record("request", headers, exchange.request(), io.BytesIO(), 0)

    def _headers(self, kind: str, exchange: Exchange) -> list[tuple[str, str]]:
        ip = [("WARC-IP-Address", exchange.ip)] if exchange.ip and kind != "request" else []
        # An extension field (WARC/1.1, 4), named as warcprox and brozzler have it.
        about = [("WARC-JSON-Metadata", exchange.about)] if exchange.about and kind != "request" else []
        info = [("WARC-Warcinfo-ID", self._info)] if self._info else []
        return [
            ("WARC-Type", kind),
            ("WARC-Record-ID", self._builder._make_warc_id()),
            ("WARC-Target-URI", exchange.url),
            ("WARC-Date", iso(exchange.at)),
            *ip,
            *info,
            *about,
        ]

    def _record(
        self, kind: str, headers: Iterable[tuple[str, str]], raw: bytes, body: Any, length: int
    ) -> ArcWarcRecord:
        fields = StatusAndHeaders("", list(headers), protocol="WARC/1.1")
        content_type = self._builder.WARC_RECORDS[kind]
        record = ArcWarcRecord("warc", kind, fields, body, _Verbatim(raw), content_type, length)
        record.payload_length = length
        return record


class WarcFile:
    """A file under our lock, to which whole records are appended, and which is cut back when one does not fit.

    size: bytes of whole records.  Nothing is on the disk for certain before sync().
    """

    def __init__(self, path: Path, descriptor: int, size: int) -> None:
        self.path, self.size = path, size
        self._descriptor = descriptor
        self._synced = size

    @classmethod
    def create(cls, path: Path) -> Self:
        """A new file, and its folder where that is missing."""
        with _translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _sync_folder(path.parent)
        return cls(path, descriptor, 0)

    @classmethod
    def resume(cls, path: Path) -> Self | None:
        """An earlier run's file as it is; None where it is missing, or in use."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _error(path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return cls(path, descriptor, os.fstat(descriptor).st_size)

    def cut(self, size: int) -> None:
        """Take off what follows the last whole record."""
        if size < self.size:
            with _translated(self.path):
                os.ftruncate(self._descriptor, size)
                os.fsync(self._descriptor)
            self.size = self._synced = size

    def append(self, records: Sequence[ArcWarcRecord]) -> list[tuple[int, int]]:
        """Where each of them stands, and how long it is.  All are written, or none: ArchiveFull, ArchiveError."""
        before, places = self.size, []
        with _translated(self.path):
            try:
                for record in records:
                    start, out = self.size, _Out(self._descriptor)
                    WARCWriter(out, gzip=True, warc_version="WARC/1.1").write_record(record)
                    self.size += out.written
                    places.append((start, out.written))
            except BaseException:
                os.ftruncate(self._descriptor, before)
                self.size = before
                raise
        return places

    def sync(self) -> None:
        """Everything appended so far is on the disk when this returns."""
        if self._synced < self.size:
            with _translated(self.path):
                os.fdatasync(self._descriptor)
            self._synced = self.size

    def close(self) -> None:
        """Let others have the file."""
        os.close(self._descriptor)


class _Out:
    """Takes a record's compressed bytes: small ones in one write, large ones as they come."""

    def __init__(self, descriptor: int) -> None:
        self.written = 0
        self._descriptor = descriptor
        self._waiting = bytearray()

    def write(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) >= _BUFFER:
            self.flush()

    def flush(self) -> None:
        view = memoryview(bytes(self._waiting))
        self._waiting.clear()
        while view:
            # A disk that is nearly full takes a part, and says so the next time.
            taken = os.write(self._descriptor, view)
            self.written += taken
            view = view[taken:]


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _error(path, error) from error


def _error(path: Path, error: OSError) -> ArchiveError:
    if error.errno in _FULL:
        return ArchiveFull(
            f"{path}: the disk takes no more of the archive; free some space and run again: the crawl goes on there,"
            " or give another folder (-s ARCHIVE_DIR=…)"
        )
    way_out = "give another folder (-s ARCHIVE_DIR=…), or archive nothing (-s ARCHIVE=)"
    return ArchiveError(f"{path}: the archive cannot be written ({error.strerror}); {way_out}")


def _sync_folder(folder: Path) -> None:
    """A new file's name is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
