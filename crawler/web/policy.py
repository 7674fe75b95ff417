"""What browsers may do with the pages: Content-Security-Policy and its relatives, for every answer.

News pages are other people's text.  It is escaped where it is shown; these headers see to it that a mistake there
would still run nothing and send nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

__all__ = ["BOXED", "guarded", "page_policy"]

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[_Message, _Receive, _Send], Awaitable[None]]

_SHARED = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
#: Datasette's own pages carry their scripts and styles in themselves, and icons as data.
_TABLES = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    f" connect-src 'self'; {_SHARED}"
)
#: A portal's own page out of the archive: its styles, and no script, no picture, no frame, no origin of ours.
BOXED = f"sandbox; default-src 'none'; style-src 'unsafe-inline'; {_SHARED}"
_HEADERS = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


def page_policy(images: bool) -> str:
    """For our pages: no script at all, our style sheet, and, where wanted, images of portals."""
    return f"default-src 'none'; style-src 'self'; img-src 'self'{' http: https:' if images else ''}; {_SHARED}"


def guarded(app: _App, hosts: Iterable[str]) -> _App:
    """The application behind these headers, and deaf to requests that name another host (DNS rebinding).

    hosts: lower case, without port; none: any.  A page of another site can let its own name point to this machine, and
    would then read the corpus as its own.
    """
    known = set(hosts)

    async def guard(scope: _Message, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
        elif known and _host(scope) not in known:
            await _refuse(send)
        else:
            await app(scope, receive, _with_headers(send))

    return guard


def _with_headers(send: _Send) -> _Send:
    async def sending(message: _Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            given = {bytes(name).lower() for name, _ in headers}
            policy = {"content-security-policy": _TABLES, **_HEADERS}
            headers += [(k.encode(), v.encode()) for k, v in policy.items() if k.encode() not in given]
            message = {**message, "headers": headers}
        await send(message)

    return sending


def _host(scope: _Message) -> str:
    value = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"host"), "")
    return value.rpartition("]")[0] + "]" if value.startswith("[") else value.partition(":")[0].lower()


async def _refuse(send: _Send) -> None:
    body = b"This server answers only to the address that scrapy browse printed.\n"
    start = {"type": "http.response.start", "status": 421, "headers": [(b"content-type", b"text/plain")]}
    await send(start)
    await send({"type": "http.response.body", "body": body})
