"""Entering articles in what is kept beside them: the search index, and the index of near-duplicates with its graph.

A crawl's articles are entered in the transaction that stores them.  Bulk loads come first, because entering costs
several times what storing does (benchmarks/pipelines.py): batches of more than INLINE leave their articles to
catch_up().  Articles are entered in the order of their ids, without gaps: whatever lies above the last is waiting.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from crawler.corpus import reprints, search
from crawler.corpus.database import Database

__all__ = ["INLINE", "add", "behind", "catch_up", "fill_reprints", "remove"]

#: Articles of one batch up to which the indexes are kept in the same transaction: a crawl that asks politely writes one
#: to four at a time, bulk loads STORE_BATCH.
INLINE = 20
#: Seconds between two words about a migration.
_EVERY = 5.0


def behind(db: Database) -> bool:
    """True if articles wait to be entered."""
    return search.behind(db)


def add(db: Database, article_id: int, neighbours: list[int] | None = None) -> None:
    """Enter an article as it stands in the tables.  neighbours: what remove() gave before it changed."""
    search.add(db, article_id)
    reprints.add(db, article_id, neighbours or ())


def remove(db: Database, article_id: int) -> list[int] | None:
    """Take an article out while the tables still hold what was entered; None: it waits for catch_up()."""
    if not search.holds(db, article_id):
        return None
    search.remove(db, article_id)
    return reprints.remove(db, article_id)


def catch_up(db: Database, most: int) -> int:
    """Enter waiting articles, at most so many; how many there were."""
    entered = search.catch_up(db, most)
    for article_id in entered:
        reprints.add(db, article_id)
    return len(entered)


def fill_reprints(db: Database, say: Callable[[str], None] | None = None) -> None:
    """Compare all articles of a corpus that was never compared, and say how far that is."""
    say, spoken = say or _say, time.monotonic()
    total = int(db.execute("SELECT count(*) FROM articles").fetchone()[0])
    for done, article_id in enumerate(search.entered(db)):
        reprints.add(db, article_id)
        if time.monotonic() - spoken >= _EVERY:
            spoken = time.monotonic()
            say(f"looking for near-duplicates, once: {done:,} of {total:,} articles")


def _say(line: str) -> None:
    sys.stderr.write(f"chengwen: {line}\n")
