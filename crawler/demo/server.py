"""The loopback web server of the demo portals: direct addresses 127.0.0.1, 127.0.0.2 …, and an HTTP forward proxy.

A request line with a whole address (`GET http://www.qinghe-demo.test/ HTTP/1.1`) is answered in the name of that host,
whichever address it came to; any other request belongs to the portal of the address it came to.
"""

from __future__ import annotations

import errno
import json
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import IO, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from twisted.internet.error import CannotListenError
from twisted.web import http

from crawler.demo import control
from crawler.demo.messages import Request, Response, gone
from crawler.demo.portal import DemoPortal

__all__ = ["DemoSite", "listen"]

#: Tries to find one port that is free on every loopback address.
_PORT_TRIES = 20


class _DemoRequest(http.Request):
    """One request, answered without Twisted's resource tree."""

    def process(self) -> None:
        self.channel.factory.serve(self)


class DemoSite(http.HTTPFactory):
    """Portals by address and by host name, the access log, and the commands.

    loop: Twisted's reactor, handed in so that importing this module installs none.  delay: seconds before each
    answer, so that requests at the same time can be seen.  token: path of the commands.
    """

    def __init__(
        self, portals: Sequence[DemoPortal], loop: Any, *, log: IO[str], delay: float = 0.0, token: str = ""
    ) -> None:
        super().__init__(reactor=loop)
        self.loop: Any = loop
        self.portals = list(portals)
        self.delay = delay
        self._log = log
        self._token = f"/-/{token}" if token else None
        self._active: Counter[str] = Counter()
        self._hosts: dict[str, tuple[DemoPortal, bool]] = {}
        for portal in self.portals:
            self._add_host(portal.host, portal, mobile=False)
            self._add_host("m." + portal.host.removeprefix("www."), portal, mobile=True)
            self._add_host(portal.host.removeprefix("www."), portal, mobile=False)

    def _add_host(self, host: str, portal: DemoPortal, *, mobile: bool) -> None:
        self._hosts[host] = (portal.at(f"http://{host}") if mobile else portal.at(f"http://{portal.host}"), mobile)

    def bind(self, authorities: Sequence[str]) -> None:
        """Tell each portal which address and port are its own."""
        for portal, authority in zip(self.portals, authorities, strict=True):
            self._hosts[authority] = (portal.at(f"http://{authority}"), False)

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 - Twisted's name
        """A channel that makes our requests."""
        channel: Any = super().buildProtocol(addr)
        channel.requestFactory = _DemoRequest
        return channel

    def log(self, request: Any) -> None:
        """Twisted's own log line: we write ours."""

    def serve(self, request: Any) -> None:
        """Answer one request, now or after the delay."""
        uri = request.uri.decode("latin-1")
        if self._token is not None and uri == self._token:
            self._command(request)
            return
        host, target = self._target(request, uri)
        self._active[host] += 1
        started, active = time.time(), self._active[host]
        if not self.delay:
            self._finish(request, host, target, started, active)
            return
        gone_away: list[object] = []
        request.notifyFinish().addErrback(gone_away.append)
        self.loop.callLater(self.delay, self._finish, request, host, target, started, active, gone_away)

    def _target(self, request: Any, uri: str) -> tuple[str, str]:
        """Host and path with query; the local address where the request line has no host."""
        if uri.startswith("http://"):
            parts = urlsplit(uri)
            return parts.netloc.lower(), uri[len("http://") + len(parts.netloc) :] or "/"
        local = request.getHost()
        return f"{local.host}:{local.port}", uri

    def _finish(
        self, request: Any, host: str, target: str, started: float, active: int, gone_away: Sequence[object] = ()
    ) -> None:
        response = self._respond(request, host, target)
        size = 0 if gone_away else self._send(request, response)
        self._active[host] -= 1
        agent = request.getHeader("user-agent") or ""
        line = {"time": started, "host": host, "method": request.method.decode("latin-1"), "path": target}
        line |= {"status": request.code, "bytes": size, "active": active, "agent": agent}
        self._log.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._log.flush()

    def _respond(self, request: Any, host: str, target: str) -> Response:
        method = request.method.decode("latin-1")
        if method == "CONNECT":
            return gone("501 The demo proxy speaks plain HTTP only", 501)
        portal, mobile = self._hosts.get(host, (None, False))
        if portal is None:
            return gone(f"502 No demo portal is called {host}", 502)
        path, _, query = target.partition("?")
        form = {}
        if method == "POST":
            form = dict(parse_qsl(request.content.read().decode("utf-8", "replace"), keep_blank_values=True))
        fields = dict(parse_qsl(query, keep_blank_values=True))
        return portal.respond(Request(unquote(path), fields, method, form, mobile))

    def _send(self, request: Any, response: Response) -> int:
        """Write it, or 304 where the client has it; the number of bytes of the body that were sent."""
        etag = f'"{zlib.crc32(response.body):08x}-{len(response.body)}"'
        request.setResponseCode(response.status)
        request.setHeader("content-type", response.content_type)
        request.setHeader("server", "nginx")
        if response.location:
            request.setHeader("location", response.location)
        if response.status == 200 and response.modified is not None:
            request.setHeader("etag", etag)
            request.setHeader("last-modified", format_datetime(response.modified.astimezone(UTC), usegmt=True))
            if _has_it(request, etag, response.modified):
                request.setResponseCode(304)
                request.finish()
                return 0
        request.setHeader("content-length", str(len(response.body)))
        request.write(response.body)
        request.finish()
        return len(response.body) if request.method != b"HEAD" else 0

    def _command(self, request: Any) -> None:
        result = control.run(self, json.loads(request.content.read()))
        body = json.dumps(result, ensure_ascii=False).encode()
        request.setHeader("content-type", "application/json")
        request.setHeader("content-length", str(len(body)))
        request.write(body)
        request.finish()


def _has_it(request: Any, etag: str, modified: datetime) -> bool:
    """RFC 9110 §13.2.2: If-None-Match decides where it is sent, If-Modified-Since otherwise."""
    if (wanted := request.getHeader("if-none-match")) is not None:
        return etag in wanted or wanted.strip() == "*"
    since = request.getHeader("if-modified-since")
    try:
        return since is not None and parsedate_to_datetime(since) >= modified.replace(microsecond=0)
    except (TypeError, ValueError):
        return False


def listen(site: DemoSite, port: int = 0) -> list[str]:
    """Listen on one port of 127.0.0.1, 127.0.0.2 … (one address a portal, nothing but loopback); the authorities.

    Systems that know 127.0.0.1 only give the further portals ports of that address.
    """
    for _ in range(_PORT_TRIES):
        ports: list[Any] = []
        try:
            for number in range(1, len(site.portals) + 1):
                ports.append(_listen(site, f"127.0.0.{number}", ports[0].getHost().port if ports else port))
        except CannotListenError:
            for taken in ports:
                taken.stopListening()
            if port:
                raise
            continue
        authorities = [f"{host.host}:{host.port}" for host in (taken.getHost() for taken in ports)]
        site.bind(authorities)
        return authorities
    raise OSError("no port is free on all loopback addresses")


def _listen(site: DemoSite, address: str, port: int) -> Any:
    try:
        return site.loop.listenTCP(port, site, interface=address)
    except CannotListenError as error:
        if getattr(error.socketError, "errno", None) != errno.EADDRNOTAVAIL:
            raise
        return site.loop.listenTCP(0, site, interface="127.0.0.1")
