"""A raw-socket server for what web servers should not do: it answers with any bytes, at any pace, or not at all."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

__all__ = ["Asked", "Weather", "drip", "endless", "gzip_bomb", "reset", "respond", "turns"]

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Asked(NamedTuple):
    """One request: when (monotonic seconds), and its path."""

    time: float
    path: str


def respond(body: bytes | str = b"", status: str = "200 OK", length: int | None = None, **headers: str) -> Answer:
    """A whole answer; length: another Content-Length than the true one."""
    data = body.encode() if isinstance(body, str) else body
    fields = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(data) if length is None else length),
    }
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + data)
        await writer.drain()
        if headers.get("Connection") == "close":
            writer.close()

    return answer


def turns(*answers: Answer) -> Answer:
    """One answer after the other; the last one stays."""
    left = list(answers)

    async def answer(writer: asyncio.StreamWriter) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(writer)

    return answer


_CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"


def drip(seconds: float = 0.1) -> Answer:
    """One byte now and then, for ever: no single wait is long."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(_CHUNKED)
        while True:
            writer.write(b"1\r\n \r\n")
            await writer.drain()
            await asyncio.sleep(seconds)

    return answer


def endless() -> Answer:
    """A page that never ends, as fast as it goes."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(_CHUNKED)
        piece = b"<p>" + b"x" * 65_000
        while True:
            writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            await writer.drain()

    return answer


def gzip_bomb(megabytes: int = 200) -> Answer:
    """A thousandth of that on the wire."""
    return respond(gzip.compress(bytes(megabytes * 1_000_000), 9), Content_Encoding="gzip")


def reset() -> Answer:
    """Half a page, then RST."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<html><body><p>half")
        await writer.drain()
        peer: socket.socket = writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return answer


class Weather:
    """answers: path → what is done; every other path is 404.  log: what was asked, in order."""

    def __init__(self, answers: Mapping[str, Answer], host: str = "127.0.0.1") -> None:
        self.answers = dict(answers)
        self.log: list[Asked] = []
        self._host = host
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def paths(self) -> Sequence[str]:
        return [asked.path for asked in self.log]

    def __enter__(self) -> Weather:
        self._thread.start()
        starting = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, self._host, 0), self._loop)
        self._server = starting.result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://{self._host}:{self.port}/"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode("latin-1")
                self.log.append(Asked(time.monotonic(), path))
                await self.answers.get(path, respond("no such page", "404 Not Found"))(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the crawler hangs up when it has what it wants
        finally:
            writer.close()
