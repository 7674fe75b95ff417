"""What an archived page is: as our own archive says, or as can be told of anyone's."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crawler.corpus.warc import Capture
from crawler.portals import Portal
from crawler.urls import host_of

__all__ = ["Page", "Role", "owner", "role_of"]

#: What requests are for (PortalSpider.purpose); "other": robots.txt, probes, media, which no walk reads.  A page of
#: which nobody said anything is "any": it has to tell by itself.
ROLES = frozenset({"article", "part", "revisit", "list", "home", "paper", "other"})


@dataclass(frozen=True, slots=True)
class Role:
    """What a page was fetched for.

    link: the address asked for before any redirect; for lists the section's.  section: its label; place: number and
    name of an e-paper's page.  portal, home, hosts: whose page it is, portal None: unknown.  run: the crawl that
    fetched it, a number of its own corpus.
    """

    name: str
    link: str
    section: str | None = None
    feed: bool = False
    place: tuple[str | None, str | None] | None = None
    portal: str | None = None
    home: str | None = None
    hosts: tuple[str, ...] = ()
    run: int | None = None


@dataclass(slots=True)
class Page:
    """A capture on its way: its portal, its role, and what was read from it (see readers.py) by which templates."""

    capture: Capture
    portal: str
    role: Role
    read: Any = None
    by: int | None = None

    @property
    def at(self) -> dt.datetime:
        """When it was fetched."""
        return self.capture.fetched_at


def role_of(capture: Capture) -> Role:
    """What the archive notes of a page; "any" where it notes nothing that can be understood."""
    told = _told(capture.about)
    if told is None:
        return Role("any", capture.url)
    return Role(
        name=told["as"],
        link=str(told.get("link") or capture.url),
        section=told.get("section"),
        feed=bool(told.get("feed")),
        place=tuple(told["page"]) if told.get("page") else None,
        portal=told.get("portal"),
        home=told.get("home"),
        hosts=tuple(told.get("hosts") or ()),
        run=told.get("run"),
    )


def _told(about: str | None) -> Mapping[str, Any] | None:
    try:
        told = json.loads(about or "null")
    except ValueError:
        return None
    if not isinstance(told, dict) or told.get("as") not in ROLES:
        return None
    return told if told["as"] == "other" or isinstance(told.get("portal"), str) else None


def owner(url: str, portals: Mapping[str, Portal]) -> str | None:
    """Name of the portal whose host that is, the most special host first; None: nobody's."""
    host = host_of(url)
    best: tuple[int, str] | None = None
    for name, portal in portals.items():
        for mine in portal.hosts:
            if (host == mine or host.endswith(f".{mine}")) and (best is None or len(mine) > best[0]):
                best = (len(mine), name)
    return best[1] if best else None
