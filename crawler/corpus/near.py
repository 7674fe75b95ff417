"""The index of near-duplicates: a table of smallest hashes in the corpus file, asked and kept while articles are stored.

    text → 16 values → texts that share some → measured → the same story, or not

A value that many texts share stands in a form or a phrase.  Only the first HOT texts are kept under it: look-ups and
the table stay small however often a form is filled, and the first of a story is always among them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from crawler.corpus.likeness import ALIKE, FORMAL, Likeness, compare
from crawler.corpus.shingles import Shingled

__all__ = ["Match", "enter", "matches", "withdraw"]

#: Texts kept under one value.
HOT = 32
#: Candidates that are measured: copies share several values and come first; a form's other fillings follow.
_MEASURED = 8
#: A candidate with one value in common is measured where no more texts than this have it: else it is a phrase.
_RARE = 4
#: So many other fillings make a text one of a form.
_FORM = 2


@dataclass(frozen=True, slots=True)
class Match:
    """A text of the corpus that tells the same story; likeness: of the new one against it."""

    body_id: int
    likeness: Likeness


def enter(db: Database, body_id: int, text: Shingled) -> list[Match]:
    """Put a text into the index; the texts that were there before and tell the same story, the likest first."""
    values = text.minhashes()
    holders = _holders(db, values, body_id)
    found = _measured(db, text, holders)
    rows = [(value, body_id) for value in values if len(holders.get(value, ())) < HOT]
    db.conn.executemany("INSERT OR IGNORE INTO minhashes (value, body_id) VALUES (?, ?)", rows)
    return found


def matches(db: Database, text: Shingled, but: int = 0) -> list[Match]:
    """The texts that tell the same story, without entering anything."""
    return _measured(db, text, _holders(db, text.minhashes(), but))


def withdraw(db: Database, body_id: int, text: Shingled) -> None:
    """Take a text out of the index."""
    rows = [(value, body_id) for value in text.minhashes()]
    db.conn.executemany("DELETE FROM minhashes WHERE value = ? AND body_id = ?", rows)


def _holders(db: Database, values: list[int], but: int) -> dict[int, list[int]]:
    """Value → other texts that have it."""
    holders: defaultdict[int, list[int]] = defaultdict(list)
    marks = ", ".join("?" * len(values))
    for value, body_id in db.execute(f"SELECT value, body_id FROM minhashes WHERE value IN ({marks})", values):
        if body_id != but:
            holders[value].append(body_id)
    return holders


def _candidates(holders: dict[int, list[int]]) -> list[int]:
    """Texts worth measuring, those with the most values in common first, the older of equals."""
    common: defaultdict[int, int] = defaultdict(int)
    rare = set()
    for bodies in holders.values():
        for body_id in bodies:
            common[body_id] += 1
        if len(bodies) <= _RARE:
            rare.update(bodies)
    worth = [body_id for body_id, times in common.items() if times > 1 or body_id in rare]
    return sorted(worth, key=lambda body_id: (-common[body_id], body_id))[:_MEASURED]


def _measured(db: Database, text: Shingled, holders: dict[int, list[int]]) -> list[Match]:
    candidates = _candidates(holders)
    if not candidates:
        return []
    likenesses = {body_id: compare(other, text) for body_id, other in _texts(db, candidates)}
    # Where several texts share as much and yet are other notices, this is a form, and only a copy is the same story.
    form = sum(like.containment >= ALIKE and not like.alike for like in likenesses.values()) >= _FORM
    least = FORMAL if form else ALIKE
    found = [Match(id, like) for id, like in likenesses.items() if like.alike and like.containment >= least]
    return sorted(found, key=lambda match: (-match.likeness.resemblance, match.body_id))


def _texts(db: Database, bodies: list[int]) -> Iterable[tuple[int, Shingled]]:
    marks = ", ".join("?" * len(bodies))
    for body_id, body in db.execute(f"SELECT id, body FROM bodies WHERE id IN ({marks})", bodies):
        yield body_id, Shingled(body)
