"""Archives one crawl's exchanges, so that the corpus lists what is on the disk and crosses off nothing else."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.corpus.codec import utc_now
from crawler.corpus.corpus import Corpus
from crawler.corpus.records import NewCapture, WarcFileRow
from crawler.corpus.warc.message import Exchange, Head, without_credentials
from crawler.corpus.warc.recovery import whole_records
from crawler.corpus.warc.writing import NOT_MODIFIED, SAME_PAYLOAD, Records, WarcFile, beginning, fresh_name
from crawler.errors import ArchiveError

__all__ = ["Limits", "Recorder", "check_folder"]

_UNCHANGED = 304
#: Conditional requests are answered with it; the page that it confirms is another capture.
_Original = tuple[int, int, str, dt.datetime]


@dataclass(frozen=True, slots=True)
class Limits:
    """When a file is full: bytes, and how long ago it was begun."""

    size: int
    age: dt.timedelta


class Recorder:
    """Writes a portal's exchanges into the archive's folder, a file continued from run to run until it is full.

    about: what the warcinfo record says.  prefix: how the names of this machine's files begin, where several share the
    corpus: files of the others are repaired where they are in the folder, but gone on with by their own machine alone,
    and one that is not here, or in use, is left as it is.  One run a portal at a time is the caller's care
    (PortalLock).  After an error nothing more is written, and sync() repeats it: what came since is not to be crossed
    off.
    """

    def __init__(
        self,
        corpus: Corpus,
        folder: Path,
        portal: str,
        about: Mapping[str, str],
        limits: Limits,
        *,
        run_id: int | None = None,
        prefix: str = "",
        clock: Callable[[], dt.datetime] = utc_now,
    ) -> None:
        self._corpus, self._folder, self._portal = corpus, folder, portal
        self._about, self._limits, self._run_id, self._clock = dict(about), limits, run_id, clock
        self._prefix = prefix
        self._records = Records()
        self._file: WarcFile | None = None
        self._file_id = 0
        self._begun, self._introduced = clock(), False
        self._new: list[NewCapture] = []
        self._bodies: dict[str, _Original] = {}
        self._pages: dict[str, tuple[_Original, str]] = {}
        self._fault: ArchiveError | None = None

    def begin(self) -> None:
        """Repair what a killed run left, and choose the file to go on with.  Raises ArchiveError."""
        for row in self._corpus.warc_files(self._portal):
            file = self._repaired(row)
            if file is None and self._prefix and not self._is_ours(row):
                continue
            old = self._clock() - row.begun_at >= self._limits.age
            if file is not None and not old and file.size < self._limits.size:
                if self._file is None and self._is_ours(row):
                    self._take(file, row.id, row.begun_at)
                    continue
                if not self._is_ours(row):
                    file.close()
                    continue
            if file is not None:
                file.close()
            self._corpus.seal_warc(row.id)
        self._corpus.recording = self

    def _is_ours(self, row: WarcFileRow) -> bool:
        return not self._prefix or row.name.startswith(beginning(self._portal, self._prefix))

    def _repaired(self, row: WarcFileRow) -> WarcFile | None:
        """The file with all its whole records listed and the torn one cut off; None where it is no longer there."""
        path = self._folder / row.name
        file = WarcFile.resume(path)
        if file is None:
            return None
        if file.size < row.size:
            file.close()
            return None
        found, end = whole_records(path, row.size, row.id, self._corpus.original)
        file.cut(end)
        self._corpus.recovered(found)
        return file

    def _take(self, file: WarcFile, file_id: int, begun: dt.datetime) -> None:
        self._file, self._file_id, self._begun, self._introduced = file, file_id, begun, False

    def record(self, exchange: Exchange) -> None:
        """Append one exchange.  Raises ArchiveFull or ArchiveError; the file then ends with the record before."""
        if self._fault:
            return
        exchange.url = without_credentials(exchange.url)
        head = exchange.head()
        try:
            self._record(exchange, head)
        except ArchiveError as error:
            self._fault = error
            raise

    def _record(self, exchange: Exchange, head: Head) -> None:
        file = self._room()
        digest, length = self._records.digest(exchange, head)
        original, profile = self._original(exchange, head, digest, length)
        if original is None:
            answer = self._records.response(exchange, head, digest, length)
        else:
            digest = digest if profile == SAME_PAYLOAD else self._pages_digest(exchange.url)
            answer = self._records.revisit(exchange, head, digest, profile, (original[2], original[3]))
        (offset, size), _ = file.append([answer, self._records.request(exchange, answer)])
        self._new.append(
            NewCapture(
                exchange.url,
                exchange.at,
                "response" if original is None else "revisit",
                head.status,
                head.content_type,
                digest,
                self._file_id,
                offset,
                size,
                file.size,
                original[:2] if original else None,
                self._run_id,
            )
        )
        self._remember(exchange, head, digest, length, original or (self._file_id, offset, exchange.url, exchange.at))

    def _original(self, exchange: Exchange, head: Head, digest: str, length: int) -> tuple[_Original | None, str]:
        """The capture that has this body already, and the profile that says so."""
        if head.status == _UNCHANGED:
            if exchange.url not in self._pages and (found := self._corpus.confirmed(exchange.url)):
                self._pages[exchange.url] = (found[:4], found[4])
            known = self._pages.get(exchange.url)
            return (known[0] if known else None), NOT_MODIFIED
        if not length:
            return None, SAME_PAYLOAD
        return self._bodies.get(digest) or self._corpus.original(digest), SAME_PAYLOAD

    def _pages_digest(self, url: str) -> str:
        return self._pages[url][1]

    def _remember(self, exchange: Exchange, head: Head, digest: str, length: int, body: _Original) -> None:
        """Until the corpus lists it, what was recorded is known from here."""
        if length:
            self._bodies.setdefault(digest, body)
        if head.status == 200:
            self._pages[exchange.url] = (body, digest)

    def _room(self) -> WarcFile:
        """The file to append to, introduced; another one where it is full."""
        if self._file is not None and self._is_full(self._file):
            # Its captures are listed before it is closed: afterwards nobody would look for them there.
            self._corpus.settle()
            self._file.close()
            self._corpus.seal_warc(self._file_id)
            self._file = None
        file = self._file or self._another()
        if not self._introduced:
            file.append([self._records.warcinfo(file.path.name, self._about)])
            self._introduced = True
        return file

    def _is_full(self, file: WarcFile) -> bool:
        return file.size >= self._limits.size or self._clock() - self._begun >= self._limits.age

    def _another(self) -> WarcFile:
        now = self._clock()
        name = fresh_name(self._portal, now, self._prefix)
        # Listed first: a file that nobody knows would stay for ever.
        file_id = self._corpus.open_warc(name, self._portal)
        file = WarcFile.create(self._folder / name)
        self._take(file, file_id, now)
        return file

    def sync(self) -> Sequence[NewCapture]:
        """Bring everything to the disk; what the corpus does not list yet.  Raises what record() raised before."""
        if self._fault:
            raise self._fault
        if self._new and self._file is not None:
            try:
                self._file.sync()
            except ArchiveError as error:
                self._fault = error
                raise
        return tuple(self._new)

    def entered(self, count: int) -> None:
        """The corpus lists the first so many now."""
        del self._new[:count]
        if not self._new:
            self._bodies.clear()
            self._pages.clear()

    def close(self) -> None:
        """List the rest and let go of the file; the next run goes on in it."""
        try:
            if not self._fault:
                self._corpus.settle()
        finally:
            self._corpus.recording = None
            if self._file is not None:
                self._file.close()
                self._file = None


def check_folder(folder: Path) -> None:
    """ArchiveError, in one line, where nothing can be written into that folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(
            f"{folder}: cannot be made ({error.strerror}); give another one (-s ARCHIVE_DIR=…)"
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise ArchiveError(f"{folder}: no permission to write; change it, or give another one (-s ARCHIVE_DIR=…)")
