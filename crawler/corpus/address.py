"""Where a corpus lies: a file, or a database of a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["Place", "address_of", "folder_of", "is_server", "is_there", "shown"]

#: A file, or the address of a PostgreSQL database.
Place = Path | str

_SCHEMES = ("postgresql://", "postgres://")
#: Beside a corpus that lies in no folder of this machine.
_FOLDER = Path("data")


def address_of(setting: str) -> Place:
    """What the setting CORPUS says."""
    return setting if is_server(setting) else Path(setting)


def is_server(address: Place) -> bool:
    """True for the address of a PostgreSQL database.

    >>> is_server("postgresql://crawler@db.example.cn/news"), is_server("data/corpus.db")
    (True, False)
    """
    return str(address).startswith(_SCHEMES)


def shown(address: Place) -> str:
    """The address as it may be shown and logged: without a password.

    >>> shown("postgresql://crawler:secret@db.example.cn/news?password=secret")
    'postgresql://crawler@db.example.cn/news'
    """
    if not is_server(address):
        return str(address)
    parts = urlsplit(str(address))
    user, at, host = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{user.partition(':')[0]}{at}{host}{parts.path}"


def is_there(address: Place) -> bool:
    """False for a file that does not exist; a server is asked when the corpus is opened."""
    return is_server(address) or Path(address).exists()


def folder_of(address: Place) -> Path:
    """The folder of what is kept beside a corpus: archive, health.json."""
    return _FOLDER if is_server(address) else Path(address).parent
