"""What the address of a search page asks for, and the addresses of the pages beside it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from crawler.corpus import Selection, period
from crawler.errors import UsageError

__all__ = ["PAGES", "PAGE_SIZE", "Asked", "asked"]

#: Articles on a page: two to three screens.
PAGE_SIZE = 20
#: Nobody reads further, and the last page costs as much as the first.
PAGES = 100
_NAMES = ("q", "portal", "section", "source", "since", "until")
#: What a person calls the filters that can be taken back one by one.
_LABELS = {"portal": "Portal", "section": "Section", "source": "Source", "since": "From", "until": "Until"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A search page.  Empty text: not narrowed by that.  newest: by time, not by relevance; page: from 1."""

    q: str = ""
    portal: str = ""
    section: str = ""
    source: str = ""
    since: str = ""
    until: str = ""
    newest: bool = False
    page: int = 1

    def selection(self) -> Selection:
        """The articles that are meant.  Raises UsageError for a date that is none."""
        since = _period("From", self.since)[0] if self.since else None
        until = _period("Until", self.until)[1] if self.until else None
        return Selection(
            words=self.q or None,
            portal=self.portal or None,
            section=self.section or None,
            source_is=self.source or None,
            since=since,
            until=until,
        )

    def filters(self) -> list[tuple[str, str, str]]:
        """Of each filter that is set: its label, its value, and the address of the page without it."""
        given = {name: getattr(self, name) for name in _LABELS}
        month = {"since", "until"} if self.since and self.since == self.until else set()
        found = [("Date", self.since, self.link(since="", until=""))] if month else []
        return found + [(_LABELS[n], v, self.link(**{n: ""})) for n, v in given.items() if v and n not in month]

    def link(self, **changes: str | bool | int) -> str:
        """The address of this search with something changed; back on its first page unless that is what changes."""
        other = dataclasses.replace(self, **{"page": 1} | changes)  # type: ignore[arg-type]
        query = {name: value for name in _NAMES if (value := getattr(other, name))}
        if other.newest:
            query["order"] = "newest"
        if other.page > 1:
            query["page"] = str(other.page)
        return "/search" + (f"?{urlencode(query)}" if query else "")


def asked(arguments: Mapping[str, str]) -> Asked:
    """The search that these parameters of an address mean; what is no page number means the first page."""
    number = arguments.get("page", "")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    texts = {name: arguments.get(name, "").strip() for name in _NAMES}
    return Asked(**texts, newest=arguments.get("order") == "newest", page=min(max(page, 1), PAGES))


def _period(label: str, text: str) -> tuple[dt.datetime, dt.datetime]:
    try:
        return period(text)
    except (ValueError, OverflowError) as e:
        raise UsageError(f"{label} {text}: no date; write 2022, 2022-11 or 2022-11-13") from e
