"""The pages of an archive in its order, with the portals they belong to; what a revisit repeats is put in its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

from crawler.corpus.warc import Capture, Fault, Report, Source, captures
from crawler.portals import Portal, from_url
from crawler.spiders.replay.listing import Listing, Place
from crawler.spiders.replay.roles import Page, Role, owner, role_of
from crawler.urls import host_of

__all__ = ["UNCHANGED", "Owners", "Pages", "with_body", "worth_reading"]

#: What a page of somebody else's archive has to be, to be looked at.
_HTML = ("text/html", "application/xhtml+xml")
_MOVED = frozenset({301, 302, 303, 307, 308})
#: Repeats nothing: it says that the page is as it was.
UNCHANGED = 304


class Pages:
    """Iterates over an archive.  portals: those known beforehand, and all that are met, by name."""

    def __init__(self, archive: list[Source], portals: Mapping[str, Portal], report: Report, listing: Listing) -> None:
        self._archive, self._report, self._listing = archive, report, listing
        self._owners = Owners(portals)
        self.portals = self._owners.portals
        self._bodies: dict[str, tuple[str, int]] = {}
        self._places: dict[tuple[str | None, dt.datetime | None], tuple[str, int]] = {}

    def __iter__(self) -> Iterator[Page]:
        for source in self._archive:
            for capture in captures(source, report=self._report):
                page = self._page(capture)
                if page is not None:
                    yield page

    def _page(self, capture: Capture) -> Page | None:
        original = self._original(capture) if capture.kind == "revisit" else None
        if capture.kind != "revisit":
            self._remember(capture)
        self._listing.note(capture, original)
        role = worth_reading(capture)
        if role is None:
            return None
        whole = self._whole(capture, original)
        if whole is None:
            return None
        portal = self._owners.of(capture.url, role)
        self._listing.belongs(portal)
        return Page(whole, portal, role)

    def _remember(self, capture: Capture) -> None:
        """Where a body is: revisits may repeat it, also that of a page which is not read itself."""
        if capture.status == 200:
            place = (capture.file, capture.offset)
            if capture.digest:
                self._bodies.setdefault(capture.digest, place)
            self._places[capture.url, capture.fetched_at] = place

    def _original(self, capture: Capture) -> Place | None:
        found = self._places.get(capture.refers_to) if capture.refers_to else None
        return found or self._bodies.get(capture.digest or "")

    def _whole(self, capture: Capture, found: Place | None) -> Capture | None:
        """The capture with its body; None, reported, where a revisit repeats what is not there."""
        whole = with_body(capture, found)
        if whole is None:
            self._report(
                Fault(capture.file, capture.offset, "repeats a record that is not in the archive", capture.url)
            )
        return whole


def with_body(capture: Capture, place: Place | None) -> Capture | None:
    """The capture with its body, for a revisit the one at that place; None where there is none."""
    if capture.kind != "revisit" or capture.status == UNCHANGED:
        return capture
    first = next(captures(place[0], start=place[1]), None) if place else None
    # Its own head says how the body travelled; the body is decoded already.
    return None if first is None else replace(capture, body=first.body)


def worth_reading(capture: Capture) -> Role | None:
    """What a page is, where a replay looks at it; None for what no walk reads."""
    role = role_of(capture)
    if role.name == "other" or (role.name == "any" and not _may_be_read(capture)):
        return None
    return role


class Owners:
    """Whose pages are whose, told in the order of the archive.  portals: known beforehand, and all that are met."""

    def __init__(self, portals: Mapping[str, Portal]) -> None:
        self.portals = dict(portals)
        self._owners: dict[str, str] = {}

    def of(self, url: str, role: Role) -> str:
        """Name of the page's portal; a host that nobody knows is a portal of its own."""
        if role.portal is not None:
            if role.portal not in self.portals:
                self.portals[role.portal] = _as_noted(role, url)
            return role.portal
        host = host_of(url)
        if host not in self._owners:
            name = owner(url, self.portals)
            if name is None:
                site = from_url(f"http://{host}/")
                name = self.portals.setdefault(site.name, site).name
            self._owners[host] = name
        return self._owners[host]


def _as_noted(role: Role, url: str) -> Portal:
    site = from_url(role.home or f"http://{host_of(url)}/")
    return replace(site, name=role.portal or site.name, hosts=role.hosts or site.hosts)


def _may_be_read(capture: Capture) -> bool:
    """Pages and redirects; an answer that does not say what it is has to look like HTML."""
    if capture.status in _MOVED:
        return True
    if not 200 <= capture.status < 300:
        return False
    kind = (capture.header("Content-Type") or "").partition(";")[0].strip().lower()
    if capture.kind == "revisit":
        return not kind or kind in _HTML
    return kind in _HTML if kind else capture.body.lstrip()[:1] == b"<"
