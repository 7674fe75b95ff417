"""Pages as HTML.  Whatever comes out of the corpus is text: Jinja escapes it, and only web addresses become links."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from crawler.corpus import Excerpt
from crawler.items import CST

__all__ = ["render", "style", "web_address"]

_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)


def render(template: str, **values: Any) -> str:
    """The page that the template makes of these values."""
    return _environment().get_template(template).render(values)


def web_address(url: str | None) -> str | None:
    """The address if it may become a link or an image; None for scripts, data and whatever else a page claims.

    >>> web_address("javascript:alert(1)") is None, web_address("http://www.example.cn/a.jpg")
    (True, 'http://www.example.cn/a.jpg')
    """
    return url if url and _WEB.match(url) else None


@lru_cache(maxsize=1)
def style() -> tuple[str, str]:
    """The style sheet, and a short hash of it: browsers may keep it for good under an address with that."""
    text = (resources.files("crawler.web") / "static" / "style.css").read_text("utf-8")
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("crawler.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"marked": _marked, "moment": _moment, "printed": _printed, "web": web_address, "count": _count}
    made.globals["style_hash"] = style()[1]
    return made


def _marked(excerpt: Excerpt) -> Markup:
    """The text with its hits in <mark>."""
    pieces, last = [], 0
    for start, end in excerpt.marks:
        pieces.append(escape(excerpt.text[last:start]) + Markup("<mark>{}</mark>").format(excerpt.text[start:end]))
        last = end
    return Markup("").join([*pieces, escape(excerpt.text[last:])])


def _moment(moment: dt.datetime | None) -> Markup:
    """A moment in Chinese time, to the minute."""
    if moment is None:
        return Markup("")
    local = moment.astimezone(CST)
    return Markup('<time datetime="{}">{:%Y-%m-%d %H:%M}</time>').format(local.isoformat(timespec="minutes"), local)


def _printed(published: dt.datetime | str | None) -> Markup:
    """A printed time; midnight stands for a date without a time."""
    if published is None:
        return Markup("")
    moment = dt.datetime.fromisoformat(published) if isinstance(published, str) else published
    local = moment.astimezone(CST)
    if local.time() == dt.time():
        return Markup('<time datetime="{0}">{0}</time>').format(local.date().isoformat())
    return _moment(local)


def _count(number: int) -> str:
    return f"{number:,}"
