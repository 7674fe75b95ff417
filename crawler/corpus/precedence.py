"""Which of two articles with one story came first, and what tells it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.corpus.codec import parse
from crawler.corpus.database import Database
from crawler.corpus.folding import fold
from crawler.corpus.records import ToldBy

__all__ = ["Origin", "first_of", "origins"]

#: Sources that mean the portal itself, whatever it is called.
_OWN = ("本报", "本网", "本站", "本台", "原创")
#: A portal's name of fewer characters says nothing inside the name of another medium.
_LEAST_NAME = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """What tells where an article came from.

    name: the portal's own, None: not known; source: as printed; published: None where none is printed.
    """

    id: int
    portal: str | None = None
    name: str | None = None
    source: str | None = None
    published: dt.datetime | None = None


def first_of(a: Origin, b: Origin) -> tuple[Origin, ToldBy]:
    """The one of two articles that came first, and what told it.

    A printed source that names the other's portal is the best witness; then printed times, unless one of them has no
    hour; then a source that is the portal itself; then the order in which the articles were stored.
    """
    if a.portal != b.portal:
        a_credits, b_credits = _names(a.source, b), _names(b.source, a)
        if a_credits != b_credits:
            return (b if a_credits else a), "source"
    if a.published and b.published and _apart(a.published, b.published):
        return (a if a.published < b.published else b), "time"
    if a.portal != b.portal and _own(a) != _own(b):
        return (a if _own(a) else b), "portal"
    return (a if a.id < b.id else b), "order"


def origins(db: Database, ids: Iterable[int]) -> dict[int, Origin]:
    """What the corpus knows of these articles."""
    wanted = list(ids)
    rows = db.execute(
        "SELECT articles.id, portal, portals.title, source, published FROM articles LEFT JOIN portals ON name = portal"
        f" WHERE articles.id IN ({', '.join('?' * len(wanted))})",
        wanted,
    )
    return {id: Origin(id, portal, name, source, parse(published)) for id, portal, name, source, published in rows}


def _names(source: str | None, other: Origin) -> bool:
    """True if a printed source is the other's portal."""
    if not source or not other.name or len(other.name) < _LEAST_NAME:
        return False
    return fold(other.name) in fold(source)


def _own(origin: Origin) -> bool:
    return _names(origin.source, origin) or (origin.source or "").startswith(_OWN)


def _apart(a: dt.datetime, b: dt.datetime) -> bool:
    """False where the times are equal, or one of two on the same day is a bare date."""
    return a != b and not (a.date() == b.date() and dt.time() in (a.time(), b.time()))
