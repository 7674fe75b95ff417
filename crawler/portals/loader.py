"""Where portals come from: the files shipped with the package, the user's own folder, or just an address.

The user's file wins over the shipped one of the same name.  A broken file hurts only those who ask for it, or for all.
"""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from crawler.errors import PortalError, UnknownPortal, UsageError
from crawler.portals.model import Portal, did_you_mean
from crawler.portals.parse import parse
from crawler.portals.scope import site_of
from crawler.portals.table import url_fault
from crawler.urls import host_of, key

__all__ = ["from_url", "load", "load_all", "names", "read", "where"]

#: What a portal may be called: it is a spider's name, a word on the command line and a file name on every system.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
#: Name of the spider that runs any site by address (`scrapy crawl portal -a url=…`).
_RESERVED = "portal"


def names(user_dir: Path | None = None) -> list[str]:
    """Names of all portals, sorted, without reading the files.  Raises PortalError for a folder that is not there."""
    return sorted(_files(user_dir))


def load(name: str, user_dir: Path | None = None) -> Portal:
    """The portal of that name; UnknownPortal with the nearest names, PortalError if its file is wrong."""
    files = _files(user_dir)
    if name not in files:
        hint = did_you_mean(name, files) or " (`scrapy list` shows all portals)"
        raise UnknownPortal(f"unknown portal {name!r}{hint}")
    return _read(files[name])


def load_all(user_dir: Path | None = None) -> dict[str, Portal]:
    """All portals by name, sorted.  PortalError for the first wrong file, and for one home page twice in a folder."""
    portals: dict[str, Portal] = {}
    homes: dict[tuple[str, bool], str] = {}
    for name, file in sorted(_files(user_dir).items()):
        portal = portals[name] = _read(file)
        # A shipped portal under a name of one's own is a person's choice; twice in one folder is an oversight.
        other = homes.setdefault((key(portal.home), isinstance(file, Path) and file.parent == user_dir), name)
        if other != name:
            raise PortalError(
                f"{name}.toml: home = {portal.home!r}: is the home of {other}.toml too; remove one of them"
            )
    return portals


def where(name: str, user_dir: Path | None = None) -> Path | None:
    """The file that says what is known of a portal; None where no file does, or where it is no file of its own."""
    file = _files(user_dir).get(name)
    return file if isinstance(file, Path) else None


def read(path: Path) -> Portal:
    """The portal that a file describes; its name is the file's.  Raises PortalError."""
    return _read(path)


def from_url(url: str) -> Portal:
    """A portal that no file describes: everything but its home page is left to the walk.

    Its hosts are the whole site, so that https://www.example.cn/ takes news.example.cn along.  Raises UsageError
    for what is no web address.

    >>> from_url("https://www.example.cn/").hosts
    ('example.cn',)
    """
    url = url.strip()
    if url_fault(url) is not None:
        hint = f" (did you mean https://{url}/?)" if url_fault(f"https://{url}/") is None and "." in url else ""
        raise UsageError(f"not a web address: {url!r}{hint}")
    host = host_of(url)
    name = host.removeprefix("www.")
    return Portal(name=name, title=name, home=url, hosts=(site_of(host),))


def _files(user_dir: Path | None) -> dict[str, Path | Traversable]:
    """Name → file, the user's over the shipped."""
    files: dict[str, Path | Traversable] = {
        file.name.removesuffix(".toml"): file
        for file in resources.files("crawler.portals").iterdir()
        if file.name.endswith(".toml")
    }
    if user_dir is not None:
        if not user_dir.is_dir():
            raise PortalError(f"PORTALS_DIR = {str(user_dir)!r}: is not a folder; make it, or unset PORTALS_DIR")
        files |= {path.stem: path for path in user_dir.glob("*.toml")}
    return files


def _read(file: Path | Traversable) -> Portal:
    name = file.name.removesuffix(".toml")
    label = str(file) if isinstance(file, Path) else file.name
    if not _NAME.fullmatch(name) or name == _RESERVED:
        raise PortalError(
            f"{label}: the file's name is the portal's: it must be lower-case letters, digits, - and _, not {_RESERVED}"
        )
    try:
        table = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as e:
        raise PortalError(f"{label}: not TOML: {e}") from e
    except UnicodeDecodeError as e:
        raise PortalError(f"{label}: not UTF-8 (byte {e.start}); save it as UTF-8") from e
    except OSError as e:
        raise PortalError(f"{label}: cannot be read: {e.strerror}") from e
    return parse(name, table, label)
