"""What a portal is called that has no file yet: a word made of its host."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

from crawler.errors import PortalError, UnknownPortal, UsageError
from crawler.portals.loader import load, names
from crawler.portals.model import Portal
from crawler.portals.scope import site_of
from crawler.urls import host_of, key

__all__ = ["file_name", "find_portal"]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def file_name(home: str) -> str:
    """Name for the portal at that home page.

    >>> file_name("https://www.szdushi.com.cn/"), file_name("http://news.example.cn/"), file_name("http://127.0.0.1/")
    ('szdushi', 'news-example', '127-0-0-1')
    """
    host = host_of(home)
    try:
        return re.sub(r"[.:]", "-", str(ipaddress.ip_address(host)))
    except ValueError:
        site = site_of(host)
    own = host.removesuffix(site).strip(".").removeprefix("www").strip(".")
    return re.sub(r"[^a-z0-9]+", "-", f"{own}.{site.partition('.')[0]}").strip("-") or "portal-1"


def find_portal(home: str, name: str | None, user_dir: Path | None) -> tuple[str, Portal | None]:
    """The name to use, and the portal that has this home page already (shipped, or in the user's folder).

    name: as a person wishes it; None: the name of that portal, else one made of the host.  Raises UsageError for a
    name that cannot be a file's, and for one that another home page has.
    """
    known = _at_home(home, user_dir) if name is None else _named(name, user_dir)
    if known is not None and (name is None or key(known.home) == key(home)):
        return known.name, known
    if known is not None:
        raise UsageError(f"--name {name}: is the portal of {known.home}; choose another name")
    if name is not None and (not _NAME.fullmatch(name) or name == "portal"):
        raise UsageError(f"--name {name}: must be lower-case letters, digits, - and _, and not portal")
    return name or _free(file_name(home), user_dir), None


def _at_home(home: str, user_dir: Path | None) -> Portal | None:
    """A broken file is no reason to stop: it is not this portal's, or its name is asked for."""
    for name in names(user_dir):
        try:
            portal = load(name, user_dir)
        except PortalError:
            continue
        if key(portal.home) == key(home):
            return portal
    return None


def _named(name: str, user_dir: Path | None) -> Portal | None:
    try:
        return load(name, user_dir)
    except UnknownPortal:
        return None


def _free(name: str, user_dir: Path | None) -> str:
    """That name, or one with a number where another portal has it."""
    taken = {*names(user_dir), "portal"}
    return next(n for n in (name, *(f"{name}-{i}" for i in range(2, 1000))) if n not in taken)
