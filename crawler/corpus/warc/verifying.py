"""Is everything in the archive that the corpus says, is it unharmed, and does the corpus know all of it?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.corpus.corpus import Corpus
from crawler.corpus.records import CaptureRow, WarcFileRow
from crawler.corpus.warc.capture import Fault
from crawler.corpus.warc.payload import digest_right
from crawler.corpus.warc.records import Record, records
from crawler.corpus.warc.sources import SUFFIXES

__all__ = ["verify"]

#: Bytes of a record whose digests are computed in memory; larger ones are read bit by bit.
_IN_MEMORY = 32 * 1024 * 1024
_ANSWERS = frozenset({"response", "revisit"})
_END = re.compile(rb"\n\r?\n")
_Tell = Callable[[str], None]


def verify(corpus: Corpus, folder: Path, fault: _Tell, note: _Tell) -> Iterator[int]:
    """Read every record; yields bytes read so far.

    fault: is told in a line what is wrong or missing on either side.  note: what is not wrong, but worth knowing.
    """
    done = 0
    files = corpus.warc_files()
    for row in files:
        for end in _file(corpus, folder, row, fault, note):
            yield done + end
        done += row.size
    known = {row.name for row in files}
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.name.endswith(SUFFIXES) and path.name not in known:
            note(f"{path.name}: not of this corpus")
    without, lost = corpus.articles_without_capture()
    for url in lost:
        fault(f"{url}: stored in a run that was archived, but without a record")
    if without > len(lost):
        note(f"{without - len(lost)} articles have no record: they were stored while nothing was archived")


def _file(corpus: Corpus, folder: Path, row: WarcFileRow, fault: _Tell, note: _Tell) -> Iterator[int]:
    listed = {capture.offset: capture for capture in corpus.captures_in(row.name)}
    path = folder / row.name
    try:
        size = path.stat().st_size
    except OSError as error:
        if listed:
            fault(f"{row.name}: cannot be read ({error.strerror}); {len(listed)} captures are in it")
        return
    if size < row.size:
        fault(f"{row.name}: cut off, {size} bytes instead of {row.size}")
    elif size > row.size and not row.sealed:
        note(f"{row.name}: {size - row.size} bytes not listed yet; a crawl is on, or the next one lists them")

    def report(found: Fault) -> None:
        if found.offset < row.size:
            fault(f"{row.name}, byte {found.offset}: {found.why}")

    with path.open("rb") as file:
        for record in records(file, row.name, 0, report, _IN_MEMORY):
            if record.offset < row.size or row.sealed:
                for what in _wrong(path, record, listed.pop(record.offset, None)):
                    fault(f"{row.name}, byte {record.offset}: {what}")
            yield record.offset + record.length
    for capture in listed.values():
        made = len(corpus.articles_of(row.name, capture.offset))
        fault(
            f"{row.name}, byte {capture.offset}: no readable record; it should hold {capture.url}"
            + (f" ({made} article{'s' if made > 1 else ''})" if made else "")
        )


def _wrong(path: Path, record: Record, capture: CaptureRow | None) -> Iterator[str]:
    """What is wrong with a record, in words."""
    header = record.parsed.rec_headers.get_header
    if record.parsed.rec_type in _ANSWERS:
        url = header("WARC-Target-URI")
        if capture is None:
            yield f"the corpus does not list it ({url})"
        elif (url, header("WARC-Payload-Digest")) != (capture.url, capture.digest):
            yield f"the corpus lists another capture there ({capture.url}), and the record is of {url}"
    if record.cut:
        yield from _streamed(path, record.offset)
        return
    if digest_right(header("WARC-Block-Digest"), record.block) is False:
        yield "wrong digest of its block"
    end = _END.search(record.block)
    payload = record.block[end.end() :] if end and record.parsed.rec_type == "response" else None
    if payload is not None and digest_right(header("WARC-Payload-Digest"), payload) is False:
        yield "wrong digest of its payload"


def _streamed(path: Path, offset: int) -> Iterator[str]:
    """The digests of a large record, by warcio."""
    with path.open("rb") as file:
        file.seek(offset)
        try:
            record = next(iter(ArchiveIterator(file, check_digests=True)))
            while record.raw_stream.read(_IN_MEMORY):
                pass
        except ArchiveLoadFailed as error:
            yield f"damaged ({error})"
            return
    if record.digest_checker.passed is False:
        yield from (str(problem) for problem in record.digest_checker.problems)
