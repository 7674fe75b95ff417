"""A crawl as a child process: it ends with its worker, whatever ends the worker."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

__all__ = ["STOP", "Child", "Ended", "crawl_command", "log_file"]

#: Asks a crawl to end by itself: crawler/extensions/orphan.py takes it any number of times, and to a crawl that has not
#: begun yet it is the end.  A second SIGINT would mean "at once", and when a process with several threads is killed the
#: kernel may send the signal of its death once for each of them.
STOP = signal.SIGUSR1
_PR_SET_PDEATHSIG = 1
#: Bytes at which a portal's log is put aside (NAME.log.1): months of crawls that went well, days of loud ones.
_LOG_SIZE = 1_000_000
#: Exit statuses and what they mean where the crawl itself left no word (crawler/commands/outcome.py).
_WORDS = {0: "finished", 1: "failed", 2: "usage", 75: "later", 77: "blocked"}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a crawl ended.  status: its exit status, negative for a signal; outcome: in a word; said: why, in a line."""

    status: int
    outcome: str
    said: str = ""
    new: int = 0
    requests: int = 0


def crawl_command(portal: str, outcome: Path, grace: float, worker: str, handed_on: Sequence[str]) -> list[str]:
    """scrapy crawl NAME with the worker's own -s options, and what makes it a worker's crawl."""
    own = (
        f"OUTCOME_JSON={outcome}",
        f"ARCHIVE_PREFIX={worker}",
        "WAIT_AT_START=1",
        f"ORPHAN_SECONDS={grace:g}",
    )
    settings = [part for setting in (*handed_on, *own) for part in ("-s", setting)]
    return [sys.executable, "-m", "scrapy", "crawl", portal, *settings]


def log_file(folder: Path, portal: str) -> IO[bytes]:
    """The portal's log, to append to; a long one is put aside."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{portal}.log"
    if path.exists() and path.stat().st_size > _LOG_SIZE:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")


class Child:
    """One crawl.  Its output goes to its log; interrupt() lets it end by itself, kill() does not."""

    def __init__(self, command: Sequence[str], log: IO[bytes], outcome: Path) -> None:
        self._command, self._log, self._outcome = command, log, outcome
        self._process: asyncio.subprocess.Process | None = None
        self._interrupted = False

    async def run(self, longest: float, grace: float) -> Ended:
        """Crawl to the end, or for so many seconds; cancelled: end it, and pass the cancellation on."""
        self._outcome.unlink(missing_ok=True)
        # In a session of its own: Ctrl-C on the worker's terminal would reach it twice, and twice means "at once".
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
            preexec_fn=_dies_with(os.getpid()),
        )
        try:
            try:
                status = await asyncio.wait_for(asyncio.shield(self._process.wait()), longest)
            except TimeoutError:
                status = await self.end(grace)
                return Ended(status, "too_long", f"ended after {longest / 3600:g} hours (CLUSTER_CRAWL_HOURS)")
        except asyncio.CancelledError:
            await self.end(grace)
            raise
        return self._result(status)

    def interrupt(self) -> None:
        """Ask it, once, to end by itself: requests under way are finished."""
        if not self._interrupted:
            self._interrupted = True
            self._signal(STOP)

    def kill(self) -> None:
        """End it at once; what is stored is kept."""
        self._signal(signal.SIGKILL)

    async def end(self, grace: float) -> int:
        """Interrupt it, and kill it after so many seconds; its exit status."""
        assert self._process is not None
        self.interrupt()
        try:
            return await asyncio.wait_for(asyncio.shield(self._process.wait()), grace)
        except TimeoutError:
            self.kill()
            return await self._process.wait()

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    def _result(self, status: int) -> Ended:
        said: dict[str, Any] = {}
        # A crawl that was killed, or failed before it began, left none.
        with contextlib.suppress(OSError, ValueError):
            said = json.loads(self._outcome.read_text(encoding="utf-8"))
        default = "killed" if status < 0 else _WORDS.get(status, "failed")
        lines = said.get("lines") or ([f"exit status {status}; its log says more"] if status in (1, 2) else [])
        more = f" (and {len(lines) - 1} more in its log)" if len(lines) > 1 else ""
        outcome = said.get("outcome") or default
        if status == 1 and outcome == "finished":
            # It came to its end, and not all of it went well.
            outcome = "failed"
        figures = (int(said.get("new", 0)), int(said.get("requests", 0)))
        return Ended(status, outcome, f"{lines[0]}{more}" if lines else "", *figures)


def _dies_with(parent: int) -> Callable[[], None]:
    """What the child does before it becomes the crawl: STOP for it when the worker's main thread, which forks, ends.

    The library is loaded here and not between fork and exec, where other threads' locks stay taken for ever.  What the
    worker ignores, the crawl would inherit.
    """
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None

    def prepare() -> None:
        signal.signal(STOP, signal.SIG_DFL)
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, STOP, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(75)

    return prepare
