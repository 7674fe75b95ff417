"""Portal → TOML text, the shape that docs/portals.md shows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields

from crawler.items import Template
from crawler.portals.model import Edition, ListPages, Politeness, Portal

__all__ = ["dump"]

#: A list longer than this is written one value a line; ruff's line length for the same reason.
_WIDE = 110


def dump(portal: Portal) -> str:
    """TOML text that reads back as the same portal (its name is the file's name and not part of the text)."""
    lines = [
        *_pairs({"title": portal.title, "city": portal.city, "province": portal.province, "home": portal.home}),
        *_pairs({"hosts": portal.hosts, "article_urls": portal.article_urls, "list_urls": portal.list_urls}),
    ]
    if portal.list_pages:
        lines.append(f"list_pages = {_inline(portal.list_pages)}")
    lines += _pairs({"feeds": portal.feeds, "encoding": portal.encoding, "checked": portal.checked})
    lines += _pairs({"notes": portal.notes or None})
    if portal.politeness:
        lines.append(f"politeness = {_inline(portal.politeness)}")
    if portal.sections:
        lines += ["", "[sections]", *(f"{_text(s.label)} = {_text(s.url)}" for s in portal.sections)]
    for edition in portal.epapers:
        lines += ["", "[[epapers]]", *_pairs(_given(edition))]
    lines += _templates(portal)
    return "\n".join(lines) + "\n"


def _templates(portal: Portal) -> Iterator[str]:
    alone = len(portal.templates) == 1 and portal.templates[0] == Template(
        name=portal.name, selectors=portal.templates[0].selectors, remove=portal.templates[0].remove
    )
    for template in portal.templates:
        yield ""
        yield "[selectors]" if alone else "[[templates]]"
        if not alone:
            yield from _pairs({"name": template.name, "url": template.url, "valid_until": template.valid_until})
        yield from _pairs({**template.selectors, "remove": template.remove})


def _given(thing: Edition | ListPages | Politeness) -> dict[str, object]:
    return {f.name: getattr(thing, f.name) for f in fields(thing)}


def _inline(thing: ListPages | Politeness) -> str:
    return "{ " + ", ".join(_pairs(_given(thing))) + " }"


def _pairs(values: Mapping[str, object]) -> Iterator[str]:
    """key = value for everything that is set."""
    for name, value in values.items():
        if value is None or value == () or value == []:
            continue
        yield f"{name} = {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Iterable):
        parts = [_text(str(one)) for one in value]
        flat = ", ".join(parts)
        return f"[{flat}]" if len(flat) <= _WIDE else "[\n" + "".join(f"    {part},\n" for part in parts) + "]"
    return str(value)


def _text(text: str) -> str:
    """A literal string where that saves doubled backslashes, else a basic one, whose escapes are JSON's."""
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
