"""The process that serves a corpus to a browser: a socket, Datasette with our pages, uvicorn."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from crawler.errors import OutputError
from crawler.web import plugin
from crawler.web.plugin import DATABASE, Site, serve_with

__all__ = ["application", "hosts_of", "is_loopback", "listen", "run", "url_of"]

#: See docs/corpus.md.
_SEARCH_TABLE = "articles_fts"

#: For Datasette's tables: milliseconds for a person's own SQL (scans of a large corpus take seconds), and characters
#: of a cell (evidence and cuts would make a page of a hundred articles half a megabyte).
_SETTINGS = {"sql_time_limit_ms": 5000, "truncate_cells_html": 160, "allow_download": False}
#: Seconds that answers under way have when the server is told to end.
_GRACE = 2


def application(corpus: Path, archive: Path, *, images: bool, hosts: frozenset[str]) -> Any:
    """The ASGI application.

    archive: folder of WARC files; images: show portals' pictures; hosts: names it may be called by, none: any.
    """
    if not pm.is_registered(plugin):
        pm.register(plugin, "chengwen")
        pm.unregister(name="datasette.handle_exception")
    # A file in a folder that nobody may write to cannot be watched: see crawler.corpus.
    log = corpus.with_name(f"{corpus.name}-wal")
    mutable = os.access(corpus.parent, os.W_OK) or log.exists()
    made = Datasette(settings=_SETTINGS, metadata=_METADATA)
    made.add_database(_Tables(made, path=str(corpus), is_mutable=mutable), name=DATABASE)
    serve_with(made, Site(str(corpus), archive, images, hosts))
    return made.app()


class _Tables(Database):  # type: ignore[misc]
    """Without the search index, which cannot be read like a table (docs/corpus.md): to count its rows is an error."""

    async def table_names(self) -> list[str]:
        return [name for name in await super().table_names() if name != _SEARCH_TABLE]


_METADATA = {
    "title": "Chengwen 城闻",
    "databases": {
        DATABASE: {
            "description": "All tables of the corpus; docs/corpus.md explains every column.",
            "tables": {
                "articles": {"sort_desc": "id", "description": "One row an address that holds a story."},
                "runs": {"sort_desc": "id", "description": "One row a crawl of one portal."},
                "frontier": {"sort_desc": "id", "description": "Every article link that was ever met."},
                "minhashes": {"hidden": True},
            },
        }
    },
}


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0: a free one.  Raises OutputError where that cannot be."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen()
        except BaseException:
            made.close()
            raise
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"{host}:{port} cannot be listened on ({why}); --port 0 takes a free port") from error
    return made


def url_of(listening: socket.socket) -> str:
    """The address of the front page."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def hosts_of(host: str) -> frozenset[str]:
    """Names that requests to a server on that address may carry; none for others than loopback."""
    if not is_loopback(host):
        return frozenset()
    return frozenset({host.lower() if ":" not in host else f"[{host}]", "localhost", "127.0.0.1", "[::1]"})


def is_loopback(host: str) -> bool:
    """True for addresses that only this machine reaches."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def run(app: Any, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until interrupted.  ready: called once, when the first request would be answered."""
    config = uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=_GRACE)
    server = _Server(config, ready)
    asyncio.run(server.serve([listening]))


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()
