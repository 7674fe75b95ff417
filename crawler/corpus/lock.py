"""One run a portal: a lock beside the corpus, held by the crawl itself and let go by the kernel when it dies."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import socket
from pathlib import Path
from typing import Self
from urllib.parse import quote

from crawler.errors import CorpusReadOnly, PortalBusy

__all__ = ["PortalLock"]


class PortalLock:
    """The lock of one portal in one corpus: a file CORPUS.NAME.lock that says who holds it and since when.

    The kernel's lock on the file counts, not the file: what a dead process left behind keeps nobody out.
    left_by: what such a file said, None where there was none.
    """

    def __init__(self, path: Path, descriptor: int, left_by: str | None) -> None:
        self.path = path
        self.left_by = left_by
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, corpus: Path, portal: str) -> Self:
        """Take it at once, or raise PortalBusy (who has it, since when); CorpusReadOnly where no file can be made."""
        path = corpus.absolute().with_name(f"{corpus.name}.{quote(portal, safe='')}.lock")
        try:
            while True:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    holder = _holder(descriptor)
                    os.close(descriptor)
                    raise PortalBusy(
                        f"{portal}: another run is on ({holder or 'just begun'}); this one ends, try again after it"
                    ) from None
                if _is_still(path, descriptor):
                    return cls._begin(path, descriptor)
                # Its holder removed the file between our opening and our locking: a new one stands there, or none.
                os.close(descriptor)
        except OSError as error:
            raise CorpusReadOnly(f"{path}: cannot be made ({error.strerror}); the corpus needs its folder") from error

    @classmethod
    def _begin(cls, path: Path, descriptor: int) -> Self:
        left_by = _holder(descriptor)
        since = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        said = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since})
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, said.encode(), 0)
        return cls(path, descriptor, left_by)

    def lost(self) -> bool:
        """Never: the kernel keeps it for as long as the process lives."""
        return False

    def release(self) -> None:
        """Let the next run in; harmless when done before."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        # Removed while still locked, so that nobody can hold a lock on a file that is no longer there.
        self.path.unlink(missing_ok=True)
        os.close(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    """True if the path leads to the file that was opened."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _holder(descriptor: int) -> str | None:
    """What the file says of who holds it; None for an empty file, or one that was only half written."""
    try:
        said = json.loads(os.pread(descriptor, 4096, 0))
        return f"process {said['pid']} on {said['host']} since {said['since']}"
    except (ValueError, KeyError, TypeError):
        return None
