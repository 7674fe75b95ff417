"""A download handler that keeps what went over the wire: the bytes sent and the bytes received, before any decoding.

Scrapy hands out responses without their status line, with headers renamed and reordered, and bodies out of their
chunks.  What a server really said is seen in Twisted's connection only, so this stands there.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.defer import Deferred
from twisted.web.client import HTTPConnectionPool

from crawler.extensions.archive import FETCHED_AT, Archive

if TYPE_CHECKING:
    from twisted.internet.interfaces import IAddress

__all__ = ["Handler", "Wire"]

#: Bytes of an answer that wait in memory; Scrapy holds them there too, and a large one need not be there twice.
_IN_MEMORY = 1024 * 1024


class Wire:
    """One exchange: what was sent, what came back."""

    def __init__(self) -> None:
        self.sent = bytearray()
        self.received: Any = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - open as long as the wire

    def begin(self) -> None:
        """A connection that had been closed meanwhile is opened again, and the request repeated."""
        self.sent.clear()
        self.received.seek(0)
        self.received.truncate()

    def give_back(self, surplus: int) -> None:
        """What came after the answer's end is none of it."""
        self.received.truncate(self.received.tell() - surplus)


class Handler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https; hands every exchange to the archive, where there is one."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        pool = _Pool(reactor, persistent=True)  # type: ignore[no-untyped-call]  # Twisted's
        pool.maxPersistentPerHost = self._pool.maxPersistentPerHost
        pool._factory = _Factory
        self._pool: _Pool = pool

    async def download_request(self, request: Request) -> Response:
        """The response, recorded before anybody sees it; what broke off on the way is not."""
        archive = Archive.of(self._crawler)
        if archive is None or not archive.recording:
            self._pool.wire = None
            return await super().download_request(request)
        # Between here and the call of getConnection nothing else runs.
        wire = self._pool.wire = Wire()
        try:
            begun = request.meta[FETCHED_AT] = archive.now()
            response = await super().download_request(request)
            archive.record(request, response, begun, bytes(wire.sent), wire.received)
            return response
        finally:
            wire.received.close()


class _Pool(HTTPConnectionPool):
    """Gives each connection the wire of the request that it was asked for."""

    wire: Wire | None = None

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:  # noqa: N802 - Twisted's name
        """A connection that is free, or a new one."""
        wire = self.wire

        def hand_over(connection: Any) -> Any:
            again = getattr(connection, "_newConnection", None)
            if again is None:
                connection.wire = wire
            else:
                # One that was used before; should it prove to be closed, Twisted opens another.
                connection._clientProtocol.wire = wire
                connection._newConnection = lambda: again().addCallback(hand_over)
            return connection

        found: Deferred[Any] = super().getConnection(key, endpoint)
        return found.addCallback(hand_over)


class _Protocol(_LenientHTTP11ClientProtocol):
    """Writes down what passes."""

    wire: Wire | None = None

    def request(self, request: Any) -> Any:
        """Send a request."""
        if self.wire is not None:
            self.wire.begin()
            write_to, wire = request.writeTo, self.wire
            request.writeTo = lambda transport: write_to(_Tee(transport, wire))
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take bytes in."""
        if self.wire is not None and not self.wire.received.closed:
            self.wire.received.write(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]  # Twisted's

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802 - Twisted's name
        if self.wire is not None and rest and not self.wire.received.closed:
            self.wire.give_back(len(rest))
        self.wire = None
        super()._finishResponse(rest)


class _Factory(_LenientHTTP11ClientFactory):
    """Makes such connections."""

    def buildProtocol(self, addr: IAddress | None) -> _Protocol:  # noqa: ARG002, N802 - Twisted's
        """A connection."""
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]  # Twisted's


class _Tee:
    """A transport that also keeps what is written to it."""

    def __init__(self, transport: Any, wire: Wire) -> None:
        self._transport, self._wire = transport, wire

    def write(self, data: bytes) -> None:
        """Send and keep."""
        self._wire.sent += data
        self._transport.write(data)

    def writeSequence(self, data: Any) -> None:  # noqa: N802 - Twisted's name
        """Send and keep."""
        self.write(b"".join(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
