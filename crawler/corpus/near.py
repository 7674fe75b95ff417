"""The index of near-duplicates: a table of smallest hashes in the corpus file, asked and kept with every article.

    text → 16 values → texts that share some → measured → the same story, or not

A value that many texts share stands in a form or a phrase.  Only the first HOT texts are kept under it: look-ups and
the table stay small however often a form is filled, and the first of a story is always among them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from crawler.corpus.database import Database
from crawler.corpus.likeness import ALIKE, FORMAL, Likeness, compare
from crawler.corpus.shingles import Shingled

__all__ = ["CONSIDERED", "EVIDENCE", "HOT", "MANY", "Match", "enter", "matches", "measured", "withdraw"]

#: Texts kept under one value.
HOT = 32
#: Candidates that are looked at, and measured at most: copies share several values and come first, a form's other
#: fillings follow.
CONSIDERED, _MEASURED = 32, 8
#: Values in common that make a candidate: so many whatever they are, or fewer that few texts have.  A value counts as
#: its share of those who have it: one that five have, or two that ten have; what more texts have is a phrase.
MANY, EVIDENCE = 4, 0.2
#: Matches of one story after which no more are sought: its other copies are in the cluster of these.
_ENOUGH = 2
#: Characters beyond which a text's shingles are not remembered: they take 250 bytes a character.
_LONG_TEXT = 4000
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
    found = measured(db, text, _candidates(holders))
    rows = [(value, body_id) for value in values if len(holders.get(value, ())) < HOT]
    db.executemany("INSERT INTO minhashes (value, body_id) VALUES (?, ?) ON CONFLICT DO NOTHING", rows)
    return found


def matches(db: Database, text: Shingled, but: int = 0) -> list[Match]:
    """The texts that tell the same story, without entering anything."""
    return measured(db, text, _candidates(_holders(db, text.minhashes(), but)))


def withdraw(db: Database, body_id: int, text: Shingled) -> None:
    """Take a text out of the index."""
    rows = [(value, body_id) for value in text.minhashes()]
    db.executemany("DELETE FROM minhashes WHERE value = ? AND body_id = ?", rows)


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
    common: Counter[int] = Counter()
    evidence: defaultdict[int, float] = defaultdict(float)
    for bodies in holders.values():
        common.update(bodies)
        for body_id in bodies:
            evidence[body_id] += 1 / len(bodies)
    worth = [body_id for body_id, times in common.items() if times >= MANY or evidence[body_id] >= EVIDENCE]
    return sorted(worth, key=lambda body_id: (-common[body_id], body_id))[:CONSIDERED]


def measured(db: Database, text: Shingled, candidates: list[int]) -> list[Match]:
    """Those of the candidates, in their order, that tell the same story, the likest first."""
    found: list[Match] = []
    stories: Counter[int] = Counter()
    fillings = measured = 0
    for body_id, story in _with_stories(db, candidates):
        if stories[story] == _ENOUGH:
            continue
        other = _text(db, body_id)
        if other is None or not other.comparable:
            continue
        likeness = compare(other, text)
        measured += 1
        if likeness.alike:
            found.append(Match(body_id, likeness))
            stories[story] += 1
        # Another notice that shares as much: a form, of which only a copy is the same story.
        fillings += likeness.containment >= ALIKE and not likeness.alike
        if measured == _MEASURED:
            break
    least = FORMAL if fillings >= _FORM else ALIKE
    found = [match for match in found if match.likeness.containment >= least]
    return sorted(found, key=lambda match: (-match.likeness.resemblance, match.body_id))


def _with_stories(db: Database, bodies: list[int]) -> list[tuple[int, int]]:
    """The same texts, each with the cluster that it belongs to; a number of its own where it is alone."""
    if len(bodies) <= _ENOUGH:
        return [(body_id, -body_id) for body_id in bodies]
    marks = ", ".join("?" * len(bodies))
    sql = f"SELECT body_id, cluster_id FROM articles JOIN clusters ON article_id = id WHERE body_id IN ({marks})"
    stories = dict(db.execute(sql, bodies).fetchall())
    return [(body_id, stories.get(body_id, -body_id)) for body_id in bodies]


def _text(db: Database, body_id: int) -> Shingled | None:
    """None where the text is gone: another program changed it, and its values were not found when it left."""
    row = db.execute("SELECT body FROM bodies WHERE id = ?", (body_id,)).fetchone()
    if row is None:
        return None
    return _remembered(row[0]) if len(row[0]) <= _LONG_TEXT else Shingled(row[0])


#: What is told by many portals is told on one day, and forms are filled every day: texts compared come again.
_remembered = lru_cache(maxsize=64)(Shingled)
