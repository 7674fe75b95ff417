"""Our pages as a Datasette plugin: their addresses in front of Datasette's own, which stay as they are.

A page is read and made in a thread with a connection of its own (opening one takes about a millisecond), so that the
event loop never waits for the disk, and every page sees what a crawl has committed by then.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from weakref import WeakKeyDictionary

from datasette import Response, hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request
from markupsafe import Markup

from crawler.corpus import Corpus, parse_query
from crawler.corpus.fts5 import match
from crawler.corpus.warc import answer_of, travelled
from crawler.errors import ChengwenError, UsageError
from crawler.web import pages
from crawler.web.asking import asked
from crawler.web.policy import BOXED, guarded, page_policy
from crawler.web.view import style

__all__ = ["DATABASE", "Site", "serve_with"]

#: The corpus's name in the addresses of Datasette's pages.
DATABASE = "corpus"
#: Seconds to wait for a crawl that holds the file's lock, which in WAL mode is a matter of recovery only.
_PATIENCE = 5.0
_A_YEAR = "max-age=31536000, immutable"

_log = logging.getLogger(__name__)

_View = Callable[[Datasette, Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Site:
    """What is served.

    archive: folder of the corpus's WARC files; images: show portals' pictures; hosts: names by which it may be called,
    none: any.
    """

    corpus: str
    archive: Path
    images: bool
    hosts: frozenset[str]


_sites: WeakKeyDictionary[Datasette, Site] = WeakKeyDictionary()


def serve_with(datasette: Datasette, site: Site) -> None:
    """From now on that Datasette has our pages."""
    _sites[datasette] = site


# --- Addresses -------------------------------------------------------------------------------------------------------


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, _View]]:
    """They come before Datasette's own, so that / is ours."""
    site = _sites.get(datasette)
    if site is None:
        return []
    return [
        (r"^/$", _page(site, lambda corpus, _: pages.front(corpus))),
        (r"^/search$", _page(site, _search)),
        (
            r"^/article/(?P<number>[0-9]{1,18})$",
            _page(site, lambda corpus, request: _article(corpus, request, site.images)),
        ),
        (r"^/portal/(?P<name>.+)$", _page(site, _portal)),
        (
            r"^/archive/(?P<number>[0-9]{1,18})(?P<bytes>/bytes)?$",
            _page(site, lambda corpus, request: _archived(corpus, request, site.archive)),
        ),
        (r"^/-/chengwen[.]css$", _style),
    ]


def _page(site: Site, read: Callable[[Corpus, Request], str | Response | None]) -> _View:
    headers = {"content-security-policy": page_policy(site.images), "cache-control": "no-cache"}

    def answer(request: Request) -> Response:
        try:
            with Corpus.open(site.corpus, readonly=True, timeout=_PATIENCE) as corpus:
                page = read(corpus, request)
        except ChengwenError as error:
            return Response.html(pages.failure("That cannot be read", str(error)), 503, headers)
        if isinstance(page, Response):
            return page
        if page is None:
            return Response.html(
                pages.failure("Not in the corpus", f"There is nothing at {request.path}."), 404, headers
            )
        return Response.html(page, 200, headers)

    async def view(datasette: Datasette, request: Request) -> Response:  # noqa: ARG001 - called by these names
        return await asyncio.to_thread(answer, request)

    return view


def _search(corpus: Corpus, request: Request) -> str | Response:
    wanted = asked({name: request.args.get(name) for name in request.args})
    number = pages.article_at(corpus, wanted.q)
    return pages.search(corpus, wanted) if number is None else Response.redirect(f"/article/{number}")


def _article(corpus: Corpus, request: Request, images: bool) -> str | None:
    return pages.article(corpus, int(request.url_vars["number"]), images=images)


def _portal(corpus: Corpus, request: Request) -> str | None:
    return pages.portal(corpus, unquote(request.url_vars["name"]))


def _archived(corpus: Corpus, request: Request, folder: Path) -> Response | None:
    """A page from the archive: shown in a box that runs and fetches nothing, or byte for byte as it travelled."""
    row = corpus.capture(int(request.url_vars["number"]))
    if row is None:
        return None
    if request.url_vars["bytes"]:
        name = {"content-disposition": f'attachment; filename="capture-{row.id}.http"'}
        return Response(travelled(folder, row), 200, name, "application/octet-stream")
    holder = corpus.capture(row.original_id) if row.original_id is not None else row
    answer = answer_of(folder, holder or row)
    kind = answer.header("content-type") or "application/octet-stream"
    return Response(answer.body, 200, {"content-security-policy": BOXED}, kind)


async def _style(datasette: Datasette, request: Request) -> Response:  # noqa: ARG001 - called by these names
    return Response(style()[0], headers={"cache-control": _A_YEAR}, content_type="text/css; charset=utf-8")


# --- Datasette's own pages -------------------------------------------------------------------------------------------


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[Any], Any]:
    """Headers for every answer, and the check of the host."""
    site = _sites.get(datasette)
    return lambda app: app if site is None else guarded(app, site.hosts)


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    """SQL gets words('长三角 一体化'): our query language for `articles_fts MATCH`.

    Datasette's search boxes ask through escape_fts(), which knows no Chinese: from now on they understand ours too.
    """
    conn.create_function("words", 1, _words, deterministic=True)
    conn.create_function("escape_fts", 1, _lenient, deterministic=True)


def _words(query: str) -> str:
    return match(parse_query(query).root)


def _lenient(query: str) -> str:
    try:
        return _words(query)
    except UsageError:
        # What a person types into a box is then words, whatever its punctuation; operators are capitals.
        plain = "".join(c if c.isalnum() else " " for c in query).lower()
        return _words(plain) if plain.strip() else '""'


@hookimpl
def render_cell(value: object, column: str, table: str | None, row: sqlite3.Row) -> Markup | None:
    """Headlines in the table of articles lead to the pages made for reading."""
    if table not in ("articles", "article_texts") or column != "title" or "id" not in row.keys():  # noqa: SIM118 - a Row
        return None
    return Markup('<a href="/article/{}">{}</a>').format(row["id"], value or "(no title)")


@hookimpl
def handle_exception(request: Request, exception: Exception) -> Response:
    """A page of ours, or JSON, that says what is wrong.

    It stands in the place of Datasette's own handler (see server.py), which prints a traceback with all local values
    for every mistyped address.
    """
    status = getattr(exception, "status", 500)
    if status == 500:
        _log.error("%s", request.path, exc_info=exception)
    message = getattr(exception, "message", None) or str(exception) or type(exception).__name__
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "error": message, "status": status, "title": None}, status=status)
    title = "Not found" if status == 404 else "That cannot be shown"
    text = f"There is nothing at {request.path}." if status == 404 else Markup(message).striptags()
    return Response.html(pages.failure(title, text), status, {"content-security-policy": page_policy(images=False)})
