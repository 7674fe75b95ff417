"""A part of the archive as one file that replays anywhere: WACZ 1.1.1 (https://specs.webrecorder.net/wacz/1.1.1/)."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from warcio.warcwriter import WARCWriter

from crawler.corpus.corpus import Corpus
from crawler.corpus.records import CaptureRow
from crawler.corpus.warc.recovery import members
from crawler.errors import ArchiveError, UsageError

__all__ = ["pack"]

_CHUNK = 1024 * 1024
_PAGES = {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}
_DATA = "archive/data.warc.gz"
_NEED = "packing needs a package that is not installed: pip install 'chengwen[archive]'"


def pack(
    corpus: Corpus, folder: Path, wanted: Iterable[CaptureRow], file: IO[bytes], about: Mapping[str, str]
) -> Iterator[int]:
    """Write these captures, and the originals of revisits among them, as a package; yields how many are in it.

    wanted: in the order of files and offsets.  file: the package, open for writing, seekable.  about: software, title
    and creation time for its description.  Raises UsageError where cdxj-indexer is missing, ArchiveError where a record
    cannot be read.
    """
    try:
        indexing: Any = importlib.import_module("cdxj_indexer.main")
    except ImportError as error:
        raise UsageError(_NEED) from error
    with TemporaryDirectory(dir=Path(file.name).parent, prefix=".wacz") as name:
        records, taken = Path(name) / Path(_DATA).name, set[int]()
        with records.open("wb") as warc:
            warcinfo = WARCWriter(warc, gzip=True, warc_version="WARC/1.1")
            warcinfo.write_record(warcinfo.create_warcinfo_record(records.name, about))
            for capture in _with_originals(corpus, wanted):
                if capture.id not in taken:
                    _copy(folder, capture, warc)
                    taken.add(capture.id)
                    yield len(taken)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
            parts = _Parts(package)
            parts.add_file(_DATA, records)
            _index(indexing, records, parts, Path(name))
            parts.add("pages/pages.jsonl", _pages(corpus, taken))
            parts.describe(about)


def _with_originals(corpus: Corpus, wanted: Iterable[CaptureRow]) -> Iterator[CaptureRow]:
    for capture in wanted:
        original = None if capture.original_id is None else corpus.capture(capture.original_id)
        if original is not None:
            yield original
        yield capture


def _copy(folder: Path, capture: CaptureRow, target: IO[bytes]) -> None:
    """A record and the request beside it, compressed as they are."""
    path = folder / capture.file
    try:
        with path.open("rb") as file:
            following = next(members(file, capture.offset + capture.length), None)
            length = capture.length
            if following is not None:
                with following[2] as content:
                    length += following[1] if b"WARC-Type: request\r\n" in content.read(4096) else 0
            file.seek(capture.offset)
            while length and (chunk := file.read(min(length, _CHUNK))):
                target.write(chunk)
                length -= len(chunk)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read ({error.strerror}); -s ARCHIVE_DIR=… names its folder") from error
    if length:
        raise ArchiveError(f"{path}: ends within the record of {capture.url}; scrapy archive verify says more")


def _index(indexing: Any, records: Path, parts: _Parts, folder: Path) -> None:
    """Addresses and times of all records, sorted and in blocks (CDXJ), and the index of the blocks."""
    lines = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    blocks = folder / "index.cdx.gz"
    with blocks.open("wb") as compressed:
        options = {"sort": True, "compress": compressed, "data_out_name": blocks.name}
        indexing.CDXJIndexer(lines, [str(records)], **options).process_all()
    parts.add_file("indexes/index.cdx.gz", blocks)
    parts.add("indexes/index.idx", [lines.buffer.getvalue()])


def _pages(corpus: Corpus, taken: set[int]) -> Iterator[bytes]:
    """What a reader may begin with: the articles, with their texts to search in."""
    yield _line(_PAGES)
    for capture, article in corpus.pages_of(taken):
        page = {"id": str(capture.id), "url": capture.url, "ts": _instant(capture.at)}
        yield _line(page | {"title": article.title or capture.url, "text": article.body})


def _line(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Parts:
    """The files of a package, with their sizes and digests for its description."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._resources: list[dict[str, object]] = []

    def add(self, path: str, chunks: Iterable[bytes]) -> None:
        """A file, bit by bit."""
        digest, size = hashlib.sha256(), 0
        with self._package.open(path, "w", force_zip64=True) as out:
            for chunk in chunks:
                out.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        name = path.rpartition("/")[2]
        self._resources.append({"name": name, "path": path, "hash": f"sha256:{digest.hexdigest()}", "bytes": size})

    def add_file(self, path: str, source: Path) -> None:
        """A file from the disk."""
        with source.open("rb") as file:
            self.add(path, iter(lambda: file.read(_CHUNK), b""))

    def describe(self, about: Mapping[str, str]) -> None:
        """datapackage.json, and its own digest."""
        described = {
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "title": about["isPartOf"],
            "software": about["software"],
            "created": about["created"],
            "resources": self._resources,
        }
        text = json.dumps(described, ensure_ascii=False, indent=2).encode()
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(text).hexdigest()}"}
        self._package.writestr("datapackage.json", text)
        self._package.writestr("datapackage-digest.json", json.dumps(digest, indent=2))
