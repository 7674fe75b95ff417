"""Templates as JSON that a person can read, edit and give back: every mistake is named with its key."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from crawler.errors import UsageError
from crawler.extract.places import selector_error
from crawler.items import PHRASE_MATCHES, Layout, Phrase, PhraseMatch, Place, Template

__all__ = ["from_json", "to_json"]

_TEMPLATE = (
    *("name", "version", "learned_at", "valid_from", "valid_until", "url", "selectors", "remove"),
    "layouts",
)
_LAYOUT = ("pages", "confidence", "named", "extras", "places", "phrases", "furniture")
_PLACE = ("selector", "pages", "kind", "path")
_PHRASE = ("text", "match", "pages")
#: What can have a place; body is where a layout begins.
_FIELDS = (
    *("title", "body", "date", "source", "breadcrumb", "reporters", "correspondents", "photographers", "editors"),
    *("keywords", "pager", "page"),
)
_SELECTOR_FIELDS = ("title", "published", "source", "reporters", "editors", "breadcrumb", "body")
_EXTRAS = ("comments", "json_ld")
_KINDS = ("text", "links", "cut")

_T = TypeVar("_T")


def to_json(template: Template) -> str:
    """A template as indented JSON; from_json gives it back as it was."""
    table = {
        "name": template.name,
        "version": template.version,
        "learned_at": template.learned_at.isoformat() if template.learned_at else None,
        "valid_from": template.valid_from.isoformat() if template.valid_from else None,
        "valid_until": template.valid_until.isoformat() if template.valid_until else None,
        "url": template.url,
        "selectors": {name: list(selectors) for name, selectors in template.selectors.items()},
        "remove": list(template.remove),
        "layouts": [_layout_table(layout) for layout in template.layouts],
    }
    return json.dumps(
        {key: value for key, value in table.items() if value or key == "name"}, ensure_ascii=False, indent=1
    )


def _layout_table(layout: Layout) -> dict[str, Any]:
    return {
        "pages": layout.pages,
        "confidence": layout.confidence,
        "named": layout.named,
        "extras": list(layout.extras),
        "places": {name: _place_table(place) for name, place in layout.places.items()},
        "phrases": [{"text": item.text, "match": item.match, "pages": item.pages} for item in layout.phrases],
        "furniture": [_place_table(place) for place in layout.furniture],
    }


def _place_table(place: Place) -> dict[str, Any]:
    table = {"selector": place.selector, "pages": place.pages, "kind": place.kind, "path": place.path}
    return {key: value for key, value in table.items() if value is not None}


def from_json(text: str) -> Template:
    """The template that a JSON text describes.  UsageError naming the key, what it holds and what is allowed."""
    try:
        table = json.loads(text)
    except ValueError as e:
        raise UsageError(f"template: not JSON: {e}") from e
    top = _Table(table, "", _TEMPLATE)
    selectors = top.table("selectors", _SELECTOR_FIELDS)
    return Template(
        name=top.text("name", needed=True),
        version=top.count("version"),
        learned_at=top.parsed("learned_at", dt.datetime.fromisoformat, "a time such as 2025-01-05T08:30:00+00:00"),
        valid_from=top.parsed("valid_from", dt.date.fromisoformat, "a day such as 2025-01-05"),
        valid_until=top.parsed("valid_until", dt.date.fromisoformat, "a day such as 2025-01-05"),
        url=top.parsed("url", _pattern, "a regular expression"),
        selectors={name: selectors.selectors(name) for name in selectors.given},
        remove=top.selectors("remove"),
        layouts=tuple(_layout(table) for table in top.tables("layouts", _LAYOUT)),
    )


def _pattern(text: str) -> str:
    re.compile(text)
    return text


def _layout(table: _Table) -> Layout:
    places = table.table("places", _FIELDS)
    if "body" not in places.given:
        places.fail("body", None, "every layout must say where the body stands")
    return Layout(
        pages=table.count("pages"),
        places={name: _place(places.table(name, _PLACE)) for name in places.given},
        phrases=tuple(_phrase(item) for item in table.tables("phrases", _PHRASE)),
        furniture=tuple(_place(item) for item in table.tables("furniture", _PLACE)),
        extras=table.words("extras", _EXTRAS),
        named=table.flag("named"),
        confidence=table.share("confidence"),
    )


def _place(table: _Table) -> Place:
    selector = table.text("selector", needed=True)
    path = table.given.get("path")
    for key, value in (("selector", selector), ("path", path)):
        if value is not None and (fault := selector_error(str(value))) is not None:
            table.fail(key, value, fault)
    return Place(selector, table.count("pages"), table.choice("kind", _KINDS), table.text("path") or None)


def _phrase(table: _Table) -> Phrase:
    match: PhraseMatch = table.choice("match", PHRASE_MATCHES) or "line"
    return Phrase(table.text("text", needed=True), match, table.count("pages"))


class _Table:
    """A JSON object whose keys and values are checked; messages name the key's path."""

    def __init__(self, given: object, path: str, known: Sequence[str]) -> None:
        self.path = path
        if not isinstance(given, dict):
            raise UsageError(f"template: {path or 'the whole'}: {_short(given)}: must be an object with named values")
        self.given: Mapping[str, Any] = {key: value for key, value in given.items() if value is not None}
        for key in self.given:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
                raise UsageError(f"template: {self._name(key)}: unknown key ({hint})")

    def _name(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def fail(self, key: str, value: object, rule: str) -> NoReturn:
        """Raise UsageError about a key."""
        raise UsageError(f"template: {self._name(key)}: {_short(value)}: {rule}")

    def _typed(self, key: str, kind: type[_T], default: _T, rule: str) -> _T:
        value = self.given.get(key, default)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fail(key, value, rule)
        return value

    def text(self, key: str, *, needed: bool = False) -> str:
        value = self._typed(key, str, "", "must be text")
        if needed and not value.strip():
            self.fail(key, self.given.get(key), "must be text that is not empty")
        return value

    def count(self, key: str) -> int:
        value = self._typed(key, int, 0, "must be a whole number")
        if value < 0:
            self.fail(key, value, "must not be negative")
        return value

    def share(self, key: str) -> float:
        value = self.given.get(key, 0.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self.fail(key, value, "must be a number from 0 to 1")
        return float(value)

    def flag(self, key: str) -> bool:
        return self._typed(key, bool, True, "must be true or false")

    def choice(self, key: str, known: Sequence[_T]) -> _T | None:
        value = self.given.get(key)
        if value is not None and value not in known:
            self.fail(key, value, f"must be one of {', '.join(map(str, known))}")
        return value

    def parsed(self, key: str, read: Callable[[str], _T], rule: str) -> _T | None:
        value = self.given.get(key)
        if value is None:
            return None
        try:
            return read(value)
        except (ValueError, TypeError, re.error) as e:
            raise UsageError(f"template: {self._name(key)}: {_short(value)}: must be {rule}") from e

    def words(self, key: str, known: Sequence[str]) -> tuple[str, ...]:
        values = self._typed(key, list, [], "must be a list")
        for value in values:
            if value not in known:
                self.fail(key, value, f"must be one of {', '.join(known)}")
        return tuple(values)

    def selectors(self, key: str) -> tuple[str, ...]:
        values = self._typed(key, list, [], "must be a list of selectors")
        for value in values:
            fault = selector_error(value) if isinstance(value, str) else "must be text"
            if fault is not None:
                self.fail(key, value, fault)
        return tuple(values)

    def table(self, key: str, known: Sequence[str]) -> _Table:
        return _Table(self.given.get(key, {}), self._name(key), known)

    def tables(self, key: str, known: Sequence[str]) -> list[_Table]:
        items = self._typed(key, list, [], "must be a list")
        return [_Table(item, f"{self._name(key)}[{number}]", known) for number, item in enumerate(items)]


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"
