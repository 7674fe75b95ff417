"""What goes between a demo portal and the server: a request and a response without any network in them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Request", "Response", "as_json", "gone", "page"]


@dataclass(frozen=True, slots=True)
class Request:
    """path: percent-decoded, without query; query and form: last value of each name; mobile: asked on the m. host."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    form: Mapping[str, str] = field(default_factory=dict)
    mobile: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """Bytes to send; modified: aware, None where the page has no Last-Modified; location: of a redirect."""

    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    modified: dt.datetime | None = None
    location: str | None = None


def page(
    html: str, *, encoding: str = "utf-8", content_type: str = "", modified: dt.datetime | None = None
) -> Response:
    """A page in the portal's encoding; without content_type, HTML that says its charset."""
    return Response(html.encode(encoding), 200, content_type or f"text/html; charset={encoding}", modified)


def gone(text: str = "404 Not Found", status: int = 404, encoding: str = "utf-8") -> Response:
    """An error page; status 200 makes it a soft 404 (DOMAIN.md §4.11)."""
    html = f"<html><head><title>{text}</title></head><body><h1>{text}</h1><a href='/'>返回首页</a></body></html>"
    return Response(html.encode(encoding), status, f"text/html; charset={encoding}")


def as_json(value: object) -> Response:
    """A JSON answer."""
    return Response(json.dumps(value, ensure_ascii=False).encode(), 200, "application/json; charset=utf-8")
