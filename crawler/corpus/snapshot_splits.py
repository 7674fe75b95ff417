"""Splits of a data set that share no story: what hangs together by reprints, clusters or texts goes into one of them.

All links of the corpus count, also those through articles that are not exported: a round-up that quotes two stories
ties them together.  An article's split depends on the corpus alone, not on what else is exported.
"""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import dataclass
from itertools import pairwise

from crawler.corpus.database import Database
from crawler.errors import UsageError

__all__ = ["SHARES", "SPLITS", "Connected", "assign", "shares"]

SPLITS = ("train", "validation", "test")
#: Of a hundred components, as many go into each split.
SHARES = (90, 5, 5)

_LINKS = (
    "SELECT article_id, of_id FROM reprints",
    "SELECT article_id, cluster_id FROM clusters",
    "SELECT id, duplicate_of FROM articles WHERE duplicate_of IS NOT NULL",
)
#: Below 60 characters a shared text is no duplicate (crawler.corpus.duplicates), yet it must not stand in two splits.
_TEXTS = "SELECT body_id, id FROM articles ORDER BY body_id"
_WHOLE = 2**64
#: Rows of the table that are filled at a time.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Connected:
    """What the chosen articles come to.  sizes: articles by split; components: how many; largest: articles in it."""

    sizes: dict[str, int]
    components: int
    largest: int


def shares(text: str) -> tuple[int, ...]:
    """90/5/5: per cents of train, validation and test.  Raises UsageError for anything else."""
    parts = text.split("/")
    numbers = tuple(int(part) for part in parts if part.isascii() and part.isdigit())
    if len(numbers) != len(SPLITS) or len(parts) != len(SPLITS) or sum(numbers) != 100:
        raise UsageError(f"--splits {text}: three per cents for {', '.join(SPLITS)} that make 100, as 90/5/5")
    return numbers


def assign(db: Database, table: str, wanted: tuple[int, ...]) -> Connected:
    """Fill component and split of the table's rows.

    A component is named after the article that was stored first in it, and the hash of that one's key decides, so a
    growing corpus moves only what a new article ties to something older.  Memory: eight bytes for each id of the
    corpus, eight megabytes for a million articles.
    """
    root = _union(db)
    bounds = [sum(wanted[:number]) * _WHOLE // 100 for number in range(1, len(wanted) + 1)]

    def split_of(key: str) -> int:
        place = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
        return next(number for number, bound in enumerate(bounds) if place < bound)

    after, waiting = 0, f"SELECT id FROM {table} WHERE id > ? ORDER BY id LIMIT {_BATCH}"
    while ids := [row[0] for row in db.execute(waiting, (after,))]:
        firsts = {id: _find(root, id) for id in ids}
        keys = _keys(db, sorted(set(firsts.values())))
        rows = [(first, split_of(keys[first]), id) for id, first in firsts.items()]
        db.executemany(f"UPDATE {table} SET component = ?, split = ? WHERE id = ?", rows)
        after = ids[-1]
    sizes = dict(db.execute(f"SELECT split, count(*) FROM {table} GROUP BY split").fetchall())
    groups = f"SELECT count(*) AS n FROM {table} GROUP BY component"
    components, largest = db.execute(f"SELECT count(*), coalesce(max(n), 0) FROM ({groups}) AS groups").fetchone()
    return Connected({name: sizes.get(number, 0) for number, name in enumerate(SPLITS)}, components, largest)


def _keys(db: Database, ids: list[int]) -> dict[int, str]:
    marks = ", ".join("?" * len(ids))
    return dict(db.execute(f"SELECT id, key FROM articles WHERE id IN ({marks})", ids).fetchall())


def _union(db: Database) -> array[int]:
    """For each id one that is smaller and connected with it, or itself."""
    last = db.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()[0]
    root = array("q", range(last + 1))
    for sql in _LINKS:
        for one, other in db.stream(sql):
            _join(root, one, other)
    for (body, one), (same, other) in pairwise(db.stream(_TEXTS)):
        if body == same:
            _join(root, one, other)
    return root


def _join(root: array[int], one: int, other: int) -> None:
    one, other = _find(root, one), _find(root, other)
    root[max(one, other)] = min(one, other)


def _find(root: array[int], number: int) -> int:
    while root[number] != number:
        # Halving the way while going it keeps it short.
        root[number] = root[root[number]]
        number = root[number]
    return number
