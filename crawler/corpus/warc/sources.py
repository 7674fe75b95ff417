"""Which archive files a path means, and how their bytes are had: files, folders, patterns, WACZ packages."""

from __future__ import annotations

import glob
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from crawler.errors import UsageError

__all__ = ["SUFFIXES", "Source", "sources"]

#: Names of archive files; others in a folder are left alone, one that is named itself is always read.
SUFFIXES = (".warc.gz", ".warc", ".arc.gz", ".arc")
#: Stands between a package and the file inside it.
INSIDE = "!"
_PACKAGE = ".wacz"
#: A local file header of a ZIP: 30 bytes, the lengths of name and extra field at byte 26 (APPNOTE.TXT §4.3.7).
_LOCAL_HEADER, _LENGTHS = 30, 26


@dataclass(frozen=True, slots=True)
class Source:
    """One archive file.  inside: its name within the package at that path, None: the path itself."""

    path: Path
    inside: str | None = None

    @property
    def name(self) -> str:
        """As captures and faults name it; sources() reads it again."""
        return f"{self.path}{INSIDE}{self.inside}" if self.inside else str(self.path)

    @property
    def size(self) -> int:
        """Bytes, compressed as they are."""
        if not self.inside:
            return self.path.stat().st_size
        with zipfile.ZipFile(self.path) as package:
            return package.getinfo(self.inside).file_size

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The file's bytes, seekable; UsageError where it cannot be opened."""
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise UsageError(f"{self.path}: cannot be read ({error.strerror})") from error
        with file:
            yield _member(file, self.inside) if self.inside else file


def sources(path: str | Path) -> list[Source]:
    """The archive files that a path means: one file, all of a folder and below, a pattern (*), a WACZ package.

    Sorted by name, which is the order in which archives are written.  UsageError where there are none.
    """
    text = str(path)
    package, _, inside = text.partition(f"{_PACKAGE}{INSIDE}")
    if inside:
        return [Source(Path(package + _PACKAGE), inside)]
    there = Path(text)
    if there.is_dir():
        found = sorted(p for p in there.rglob("*") if p.is_file() and p.name.endswith((*SUFFIXES, _PACKAGE)))
    elif there.exists():
        found = [there]
    else:
        found = [Path(name) for name in sorted(glob.glob(text, recursive=True)) if Path(name).is_file()]  # noqa: PTH207 - an absolute pattern
    if not found:
        raise UsageError(f"{text}: no archive there (*.warc.gz, *.warc, *.arc.gz, *.arc, *.wacz, or a folder of them)")
    return [source for file in found for source in _inside(file)]


def _inside(path: Path) -> list[Source]:
    if not path.name.endswith(_PACKAGE):
        return [Source(path)]
    try:
        with zipfile.ZipFile(path) as package:
            names = sorted(name for name in package.namelist() if name.endswith(SUFFIXES))
    except (zipfile.BadZipFile, OSError) as error:
        raise UsageError(f"{path}: no WACZ package ({error})") from error
    if not names:
        raise UsageError(f"{path}: a WACZ package without archive/*.warc.gz")
    return [Source(path, name) for name in names]


def _member(file: IO[bytes], name: str) -> IO[bytes]:
    """A file inside a package; stored, as WACZ asks for, it is read where it lies."""
    with zipfile.ZipFile(file) as package:
        info = package.getinfo(name)
        if info.compress_type != zipfile.ZIP_STORED:
            return io.BytesIO(package.read(name))
    file.seek(info.header_offset + _LENGTHS)
    lengths = file.read(4)
    start = info.header_offset + _LOCAL_HEADER + sum(int.from_bytes(lengths[i : i + 2], "little") for i in (0, 2))
    return io.BufferedReader(_Window(file, start, info.file_size))


class _Window(io.RawIOBase):
    """Part of a file as a file of its own."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the type of the base class is wider
        self._file.seek(self._start + self._at)
        data = self._file.read(max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
