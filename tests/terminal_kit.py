"""A command in a pseudo-terminal, and the screen that a person would have seen."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pyte

from tests.crawling import ROOT, command, environment

COLUMNS, LINES = 80, 24
#: The screen is wider than the command is told, so that what is too wide shows instead of wrapping.
WIDE = 200

HIDE, SHOW, CLEAR = b"\x1b[?25l", b"\x1b[?25h", b"\x1b[2J"


@dataclass
class Session:
    """status: of the command; raw: all that it wrote; pictures: the screen after every piece of it."""

    status: int = -1
    raw: bytes = b""
    pictures: list[list[str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.raw.decode("utf-8", "replace")

    @property
    def last(self) -> list[str]:
        return self.pictures[-1]


def run_in_terminal(
    *arguments: str,
    interrupt: Callable[[Session], bool] | None = None,
    times: int = 1,
    lines: int = LINES,
    timeout: float = 60,
) -> Session:
    """Run `scrapy …` in a terminal of 80 columns.  interrupt: True once Ctrl-C is to be pressed, so many times."""
    screen = pyte.Screen(WIDE, 500)
    stream = pyte.ByteStream(screen)
    session = Session()
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", lines, COLUMNS, 0, 0))
    env = {k: v for k, v in environment().items() if k not in ("COLUMNS", "NO_COLOR")} | {"TERM": "xterm-256color"}
    process = subprocess.Popen(
        command(*arguments), cwd=ROOT, env=env, stdin=follower, stdout=follower, stderr=follower, start_new_session=True
    )
    os.close(follower)
    end = time.monotonic() + timeout
    try:
        while time.monotonic() < end:
            if not select.select([leader], [], [], 0.2)[0]:
                continue
            try:
                piece = os.read(leader, 65536)
            except OSError:  # the other end is closed
                break
            session.raw += piece
            stream.feed(piece)
            session.pictures.append([line.rstrip() for line in screen.display if line.strip()])
            if interrupt and times and interrupt(session):
                process.send_signal(signal.SIGINT)
                times -= 1
        session.status = process.wait(timeout=20)
    finally:
        if process.poll() is None:
            process.kill()
        os.close(leader)
    return session
