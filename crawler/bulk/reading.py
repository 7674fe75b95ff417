"""Second look: every page is read, as a replay's processes read it.  One file a task, records streamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from crawler.bulk.rows import Row, packed, unpacked
from crawler.bulk.surveying import ORDER
from crawler.corpus import StoredTemplate
from crawler.corpus.warc import Capture, captures
from crawler.errors import UsageError
from crawler.items import Template
from crawler.portals import Portal
from crawler.spiders.replay.pages import with_body, worth_reading
from crawler.spiders.replay.readers import Read, look
from crawler.spiders.replay.roles import Role
from crawler.urls import host_of

__all__ = ["COLUMNS", "Setting", "Sheet", "read", "site_of"]

COLUMNS = {"at": "long", "portal": "string", "page": "binary", "fault": "string"}
#: Pages of our own archives from which no article takes anything: their links went to the ledger.
_LISTS = frozenset({"list", "home", "paper"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What all tasks know.

    sites: portals by name, without learned templates; hosts: host → portal, for pages of which the archive does not
    say it; stored: portal → templates of the corpus that was given; first: portal → templates by which its pages are
    read before their order is known; only: this portal's pages alone; most_parts: setting MAX_PARTS.
    """

    sites: Mapping[str, Portal]
    hosts: Mapping[str, str]
    stored: Mapping[str, Sequence[StoredTemplate]] = field(default_factory=dict)
    first: Mapping[str, tuple[Template, ...]] = field(default_factory=dict)
    only: str | None = None
    most_parts: int = 60

    def owner(self, url: str, role: Role) -> str:
        """The page's portal."""
        return role.portal if role.portal is not None else self.hosts[host_of(url)]


class Sheet(NamedTuple):
    """A page on its way.  capture: without its body; place: file and offset of the record that has it."""

    capture: Capture
    role: Role
    place: tuple[str, int]
    read: Read


def site_of(setting: Setting, portal: str) -> Portal:
    """The portal with the templates by which its pages are read at first."""
    site = setting.sites[portal]
    return replace(site, templates=setting.first[portal]) if portal in setting.first else site


def read(setting: Setting, tasks: Iterator[Row]) -> Iterator[Row]:
    """Rows of COLUMNS for files given as number, name, and what their revisits repeat (number → file and offset)."""
    sites: dict[str, Portal] = {}
    for task in tasks:
        repeated: dict[int, tuple[str, int]] = unpacked(task["repeated"])
        for number, capture in enumerate(_captures(task["name"])):
            at = (task["number"] << ORDER) + number
            role = worth_reading(capture)
            if role is None or role.name in _LISTS:
                continue
            portal = setting.owner(capture.url, role)
            place = repeated.get(at)
            whole = with_body(capture, place) if setting.only in (None, portal) else None
            if whole is None:
                continue
            if portal not in sites:
                sites[portal] = site_of(setting, portal)
            yield _row(at, portal, whole, role, place or (capture.file, capture.offset), sites[portal])


def _row(at: int, portal: str, whole: Capture, role: Role, place: tuple[str, int], site: Portal) -> Row:
    try:
        found = look(whole, role.name, site)
    except Exception as error:  # noqa: BLE001 - one page must not end the work on a hundred million; it is named
        told = f"{whole.file}, byte {whole.offset}: cannot be extracted, {type(error).__name__}: {error} ({whole.url})"
        return {"at": at, "portal": portal, "fault": told}
    return {"at": at, "portal": portal, "page": packed(Sheet(replace(whole, body=b""), role, place, found))}


def _captures(name: str) -> Iterator[Capture]:
    """The survey has named what is damaged; where it could not read on, neither can this."""
    try:
        yield from captures(name, report=lambda _: None)
    except (UsageError, OSError, EOFError, ValueError):
        return
