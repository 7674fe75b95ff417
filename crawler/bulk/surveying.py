"""First look at an archive: whose pages are in it, what revisits repeat, what is damaged.  One file a task."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from crawler.bulk.rows import Row
from crawler.corpus.warc import Capture, Fault, captures
from crawler.errors import UsageError
from crawler.spiders.replay.pages import UNCHANGED, worth_reading
from crawler.spiders.replay.roles import Role
from crawler.urls import host_of

__all__ = ["COLUMNS", "EARLY", "NAMED", "ORDER", "survey"]

#: A record's place in the order of the archive: number of its file, shifted, and number of the record there.
ORDER = 36
#: Pages of a portal that its templates are learned from before all are read; Templates.FIRST is twelve, and some are
#: lists, parts, or no articles.
EARLY = 64
#: Damaged records of a file that are named; more are counted.
NAMED = 20
#: what: body (a record that revisits may repeat), revisit, owner (first page of a portal or host), early (see EARLY),
#: fault, records (at: their number, offset: revisits among them that repeat a body).
COLUMNS = {
    "what": "string", "at": "long", "key": "string", "url": "string", "moment": "string", "file": "string",
    "offset": "long", "told": "string",
}  # fmt: skip


def survey(tasks: Iterator[Row]) -> Iterator[Row]:
    """Rows of COLUMNS for files given as number and name."""
    for task in tasks:
        yield from _File(task["number"], task["name"]).rows()


class _File:
    def __init__(self, number: int, name: str) -> None:
        self._first, self._name = number << ORDER, name
        self._owners: set[str] = set()
        self._early: Counter[str] = Counter()
        self._faults: list[Fault] = []
        self._revisits = 0

    def rows(self) -> Iterator[Row]:
        records = 0
        try:
            for number, capture in enumerate(captures(self._name, report=self._faults.append)):
                records = number + 1
                self._revisits += capture.kind == "revisit" and capture.status != UNCHANGED
                yield from self._of(capture, self._first + number)
        except UsageError as error:
            self._faults.append(Fault(self._name, 0, str(error)))
        except (OSError, EOFError, ValueError) as error:
            # Whatever a file may hold: the others are read.
            self._faults.append(Fault(self._name, 0, f"cannot be read on ({error})"))
        for fault in self._faults[:NAMED]:
            yield {"what": "fault", "at": self._first, "file": self._name, "told": str(fault)}
        more = len(self._faults) - NAMED
        if more > 0:
            told = f"{self._name}: {more} further records could not be read as they should"
            yield {"what": "fault", "at": self._first, "file": self._name, "told": told, "offset": more}
        yield {"what": "records", "at": records, "file": self._name, "offset": self._revisits}

    def _of(self, capture: Capture, at: int) -> Iterator[Row]:
        place = {"at": at, "file": capture.file, "offset": capture.offset}
        if capture.kind != "revisit" and capture.status == 200:
            moment = capture.fetched_at.isoformat()
            yield place | {"what": "body", "key": capture.digest, "url": capture.url, "moment": moment}
        role = worth_reading(capture)
        if role is None:
            return
        if capture.kind == "revisit" and capture.status != UNCHANGED:
            url, when = capture.refers_to or (None, None)
            told = {"what": "revisit", "key": capture.digest, "url": url, "told": capture.url}
            yield place | told | {"moment": when.isoformat() if when else None}
        yield from self._owner(capture, role, place)

    def _owner(self, capture: Capture, role: Role, place: dict[str, Any]) -> Iterator[Row]:
        # A portal's name and a host may be the same word.
        key = f"portal {role.portal}" if role.portal is not None else f"host {host_of(capture.url)}"
        if key not in self._owners:
            self._owners.add(key)
            told = json.dumps({"portal": role.portal, "home": role.home, "hosts": role.hosts})
            yield place | {"what": "owner", "key": key, "url": capture.url, "told": told}
        if role.name in ("article", "part", "revisit", "any") and capture.kind != "revisit":
            self._early[key] += 1
            if self._early[key] <= EARLY:
                yield place | {"what": "early", "key": key}
