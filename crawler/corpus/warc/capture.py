"""What a web archive holds of one answer, and what is wrong with a record that cannot be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Capture", "Fault", "Report"]

#: response: an answer with its body; revisit: the same body as an earlier capture, or a 304; resource: a file that was
#: archived without an HTTP exchange around it (its status counts as 200).
CaptureKind = Literal["response", "revisit", "resource"]


@dataclass(frozen=True, slots=True)
class Capture:
    """One answer as it was archived.

    url: the address asked for.  fetched_at: WARC-Date, aware, UTC.  status, reason: of the status line.  headers: pairs
    as sent, also those that describe how the body travelled.  body: after de-chunking and content decoding; empty for
    revisits.  digest: WARC-Payload-Digest as recorded (None: none recorded); digest_right: None where it could not be
    told.  record_id: WARC-Record-ID, made up for ARC files.  refers_to: address and time of the capture that a revisit
    repeats, each None where not said.  about: what the archive's writer noted beside it (WARC-JSON-Metadata), verbatim.
    file: the archive file, for one inside a WACZ "x.wacz!archive/y.warc.gz".  offset, length: bytes of the file, of the
    gzip member where it is compressed; in a file that was compressed as a whole records share both.
    """

    url: str
    fetched_at: dt.datetime
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    digest: str | None
    digest_right: bool | None
    record_id: str
    kind: CaptureKind
    refers_to: tuple[str | None, dt.datetime | None] | None
    about: str | None
    file: str
    offset: int
    length: int

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case; None where there is none."""
        wanted = name.lower()
        return next((value for sent, value in self.headers if sent.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """A record, or a stretch of a file, that could not be read as it should.  url: None where it is not known."""

    file: str
    offset: int
    why: str
    url: str | None = None

    def __str__(self) -> str:
        return f"{self.file}, byte {self.offset}: {self.why}" + (f" ({self.url})" if self.url else "")


#: Called with every fault, in the order of the file.
Report = Callable[[Fault], None]
