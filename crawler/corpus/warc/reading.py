"""Reads web archives: ours and anyone's (Heritrix, Browsertrix, wget, Common Crawl), WARC and ARC."""

from __future__ import annotations

import datetime as dt
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warcio.exceptions import ArchiveLoadFailed
from warcio.limitreader import LimitReader
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParserException

from crawler.corpus.warc.capture import Capture, CaptureKind, Fault, Report
from crawler.corpus.warc.payload import TooLarge, decoded, digest_right, joined
from crawler.corpus.warc.records import Record, records
from crawler.corpus.warc.sources import Source, sources

__all__ = ["MOST", "captures"]

logger = logging.getLogger(__name__)

#: Bytes of a body that are kept: the crawl's own DOWNLOAD_MAXSIZE.  A larger record is reported and left out.
MOST = 32 * 1024 * 1024
#: What the headers of an answer may take on top.
_HEADERS = 1024 * 1024
_KINDS: dict[str, CaptureKind] = {"response": "response", "revisit": "revisit", "resource": "resource"}


def captures(
    path: str | Path | Source, *, start: int = 0, report: Report | None = None, most: int = MOST
) -> Iterator[Capture]:
    """All answers of HTTP in an archive, in the order in which they lie there.

    path: a file, folder, pattern or WACZ package (see sources), or the `file` of an earlier capture.  start: byte of
    the first file to begin at, the `offset` of an earlier capture.  report: is told of every record that is damaged,
    cut off, larger than `most` bytes, or has a wrong digest (the last is still given).  UsageError where there is no
    archive.
    """
    report = report or _log
    for source in [path] if isinstance(path, Source) else sources(path):
        with source.open() as file:
            for record in records(file, source.name, start, report, most + _HEADERS):
                found = _capture(record, source.name, report, most)
                if found is not None:
                    yield found
        start = 0


def _log(fault: Fault) -> None:
    logger.warning("%s", fault)


def _capture(record: Record, file: str, report: Report, most: int) -> Capture | None:
    """The record as an answer; None if it is none, or, reported, cannot be read."""
    headers = record.parsed.rec_headers
    url = headers.get_header("WARC-Target-URI") or ""
    kind = _KINDS.get(record.parsed.rec_type)
    if kind is None or not url.lower().startswith(("http:", "https:")):
        return None
    try:
        if record.cut:
            raise TooLarge(f"record of {len(record.block) + record.cut} bytes, more than {most} are left out")
        answer = _Answer(record, kind, url, most)
        when = _moment(headers.get_header("WARC-Date"))
        if when is None:
            raise ValueError("no WARC-Date")
    except (ValueError, EOFError, ArchiveLoadFailed, StatusAndHeadersParserException) as error:
        report(Fault(file, record.offset, str(error) or "no HTTP answer", url))
        return None
    digest = headers.get_header("WARC-Payload-Digest")
    right = None if kind == "revisit" else digest_right(digest, *answer.payloads)
    block_right = digest_right(headers.get_header("WARC-Block-Digest"), record.block)
    if right is False or block_right is False:
        report(Fault(file, record.offset, f"wrong digest of its {'payload' if right is False else 'block'}", url))
    return Capture(
        url=url,
        fetched_at=when,
        status=answer.status,
        reason=answer.reason,
        headers=answer.headers,
        body=answer.body,
        digest=digest,
        digest_right=False if block_right is False else right,
        record_id=headers.get_header("WARC-Record-ID") or "",
        kind=kind,
        refers_to=_refers_to(headers) if kind == "revisit" else None,
        about=headers.get_header("WARC-JSON-Metadata"),
        file=file,
        offset=record.offset,
        length=record.length,
    )


class _Answer:
    """Status, headers and body of a record's block."""

    def __init__(self, record: Record, kind: CaptureKind, url: str, most: int) -> None:
        block = LimitReader(io.BytesIO(record.block), len(record.block))
        parsed: StatusAndHeaders | None = None
        if kind != "resource":
            loader = ArcWarcRecordLoader(verify_http=False)
            parsed = loader.load_http_headers(record.parsed.rec_type, url, block, len(record.block))
            if parsed is not None and not str(parsed.protocol).upper().startswith("HTTP/"):
                raise ValueError("no HTTP answer in it")
        if parsed is None:
            parsed = _assumed(record, kind)
        code, _, self.reason = str(parsed.statusline).partition(" ")
        if not (code.isascii() and code.isdigit()):
            raise ValueError(f"no HTTP status in {parsed.statusline!r:.40}")
        self.status = int(code)
        self.headers = tuple((str(name), str(value)) for name, value in parsed.headers)
        raw = b"" if kind == "revisit" else block.read()
        whole = joined(raw) if "chunked" in str(parsed.get_header("Transfer-Encoding")).lower() else raw
        self.body = decoded(whole, parsed.get_header("Content-Encoding"), most)
        #: what a digest may have been taken of
        self.payloads = tuple({id(p): p for p in (raw, whole, self.body)}.values())


def _assumed(record: Record, kind: CaptureKind) -> StatusAndHeaders:
    """For a file without an exchange, and for a revisit that repeats no headers (WARC 1.1 §6.7 allows both)."""
    if kind == "response":
        raise ValueError("an empty answer")
    given = record.parsed.rec_headers.get_header("Content-Type") if kind == "resource" else None
    profile = record.parsed.rec_headers.get_header("WARC-Profile") or ""
    status = "304 Not Modified" if profile.endswith("server-not-modified") else "200 OK"
    return StatusAndHeaders(status, [("Content-Type", given)] if given else [], protocol="HTTP/1.1")


def _refers_to(headers: Any) -> tuple[str | None, dt.datetime | None]:
    url = headers.get_header("WARC-Refers-To-Target-URI")
    return url, _moment(headers.get_header("WARC-Refers-To-Date"))


def _moment(text: str | None) -> dt.datetime | None:
    """A WARC-Date, with or without fractions of a second; None for anything else."""
    try:
        moment = dt.datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
