"""Lists the records of a replayed archive in the corpus, so that its articles lead to their bytes (docs/replay.md)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crawler.corpus import Corpus, NewCapture
from crawler.corpus.warc import Capture
from crawler.corpus.warc.sources import INSIDE

__all__ = ["Listing", "Place"]

#: Where a record is: file and offset.
Place = tuple[str, int]


class Listing:
    """Stands where a crawl's recorder stands (Corpus.recording).

    Files below the archive's folder go by their name there, others by their whole path.  Records inside a package and
    records without a digest, as in ARC, are not listed.
    """

    def __init__(self, corpus: Corpus, folder: Path) -> None:
        self._corpus, self._folder = corpus, folder.absolute()
        self._files: dict[str, int] = {row.name: row.id for row in corpus.warc_files()}
        self._listed: dict[str, set[int]] = {}
        self._unowned: list[tuple[Capture, Place | None]] = []
        self._new: list[NewCapture] = []

    def note(self, capture: Capture, original: Place | None) -> None:
        """One more record.  original: where the body of a revisit is."""
        if capture.digest and capture.kind != "resource" and INSIDE not in capture.file:
            self._unowned.append((capture, original))

    def belongs(self, portal: str) -> None:
        """What was noted since is that portal's."""
        for capture, original in self._unowned:
            name = self._name(capture.file)
            if capture.offset in self._offsets(name, portal):
                continue
            self._listed[name].add(capture.offset)
            self._new.append(self._row(capture, self._files[name], original))
        self._unowned.clear()

    def _offsets(self, name: str, portal: str) -> set[int]:
        if name not in self._listed:
            self._listed[name] = {row.offset for row in self._corpus.captures_in(name)}
            if name not in self._files:
                self._files[name] = self._corpus.open_warc(name, portal)
                # No crawl is to go on in it.
                self._corpus.seal_warc(self._files[name])
        return self._listed[name]

    def _row(self, capture: Capture, file_id: int, original: Place | None) -> NewCapture:
        kind = (capture.header("Content-Type") or "").partition(";")[0].strip().lower() or None
        body = (self._files[self._name(original[0])], original[1]) if original else None
        return NewCapture(
            url=capture.url,
            at=capture.fetched_at,
            kind="revisit" if capture.kind == "revisit" else "response",
            status=capture.status,
            content_type=kind,
            digest=capture.digest or "",
            file_id=file_id,
            offset=capture.offset,
            length=capture.length,
            end=capture.offset + capture.length,
            original=body,
        )

    def _name(self, file: str) -> str:
        path = Path(file).absolute()
        return str(path.relative_to(self._folder)) if path.is_relative_to(self._folder) else str(path)

    def sync(self) -> Sequence[NewCapture]:
        """What the corpus does not list yet."""
        return tuple(self._new)

    def entered(self, count: int) -> None:
        """The corpus lists the first so many now."""
        del self._new[:count]
