"""The search index: kept in the transaction that stores an article, asked with the query language of docs/search.md.

crawler.corpus.indexes says when articles are entered; fts5 and postgres.index are what the engines have instead of each
other.  To take an article out, an index has to be told what was put in, so remove() comes before articles or bodies
change and add() after.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from crawler.corpus import fts5
from crawler.corpus.database import Database, Engine
from crawler.corpus.excerpt import Excerpt, passage, whole
from crawler.corpus.indexed import TEXTS, indexed
from crawler.corpus.postgres import index as gin
from crawler.corpus.search_query import Term, parse
from crawler.corpus.selection import Selection, group_sql, place_sql

__all__ = [
    "Found",
    "Hit",
    "add",
    "behind",
    "catch_up",
    "count",
    "entered",
    "expunge",
    "fill",
    "holds",
    "last",
    "matching",
    "meant",
    "number",
    "remove",
    "search",
]

#: FTS5 keeps a row of sizes for every row it holds (https://sqlite.org/fts5.html#the_columnsize_option); PostgreSQL has
#: a view of that name.
_LAST = "SELECT coalesce(max(id), 0) FROM articles_fts_docsize"
#: Articles that a migration indexes at a time, and seconds between two words about it.
_SLICE, _EVERY = 500, 5.0


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found.

    published: as printed, Chinese time (ISO 8601), None: none printed.  title, subtitle, passage (of the text): with
    the places of the query's words, empty where there is none.  score: bm25, the smaller the better.  duplicate_of:
    id of the article that was first with the text.
    """

    id: int
    url: str
    portal: str | None
    section: str | None
    published: str | None
    source: str | None
    title: Excerpt
    subtitle: Excerpt
    passage: Excerpt
    score: float
    duplicate_of: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits, and how many articles match altogether."""

    total: int
    hits: tuple[Hit, ...]


# --- Keeping it ------------------------------------------------------------------------------------------------------


def add(db: Database, article_id: int) -> None:
    """Enter an article as it stands in the tables."""
    row = db.execute(f"{TEXTS} WHERE articles.id = ?", (article_id,)).fetchone()
    _index(db).enter(db, [indexed(row)])


def holds(db: Database, article_id: int) -> bool:
    """True if the article is in the index, False while it waits for catch_up()."""
    return db.execute("SELECT 1 FROM articles_fts_docsize WHERE id = ?", (article_id,)).fetchone() is not None


def behind(db: Database) -> bool:
    """True if articles wait to be entered."""
    return bool(db.execute(f"SELECT coalesce(max(id), 0) > ({_LAST}) FROM articles").fetchone()[0])


def entered(db: Database) -> Iterator[int]:
    """Ids of the articles in the index, in their order."""
    last = 0
    sql = f"SELECT id FROM articles_fts_docsize WHERE id > ? ORDER BY id LIMIT {_SLICE}"
    while ids := [row[0] for row in db.execute(sql, (last,))]:
        yield from ids
        last = ids[-1]


def last(db: Database) -> int:
    """Id of the last article that is in; 0: none is."""
    return int(db.execute(_LAST).fetchone()[0])


def catch_up(db: Database, most: int, up_to: int = sys.maxsize) -> list[int]:
    """Enter waiting articles, at most so many; their ids.  up_to: none beyond that id."""
    waiting = f"{TEXTS} WHERE articles.id > ({_LAST}) AND articles.id <= ? ORDER BY articles.id LIMIT ?"
    rows = db.execute(waiting, (up_to, most)).fetchall()
    _index(db).enter(db, map(indexed, rows))
    return [row[0] for row in rows]


def remove(db: Database, article_id: int) -> None:
    """Take an article out that is in, while the tables still hold what was entered."""
    row = db.execute(f"{TEXTS} WHERE articles.id = ?", (article_id,)).fetchone()
    _index(db).withdraw(db, indexed(row))


def fill(db: Database, say: Callable[[str], None] | None = None) -> None:
    """Enter all articles of a corpus that has no index yet, and say how far that is."""
    say = say or _say
    total = int(db.execute("SELECT count(*) FROM articles").fetchone()[0])
    done, last, spoken = 0, 0, time.monotonic()
    sql = f"{TEXTS} WHERE articles.id > ? ORDER BY articles.id LIMIT {_SLICE}"
    while rows := db.execute(sql, (last,)).fetchall():
        _index(db).enter(db, map(indexed, rows))
        done, last = done + len(rows), rows[-1][0]
        if time.monotonic() - spoken >= _EVERY:
            spoken = time.monotonic()
            say(f"building the search index, once: {done:,} of {total:,} articles")


def _say(line: str) -> None:
    sys.stderr.write(f"chengwen: {line}\n")


def expunge(db: Database, begin: bool) -> bool:
    """Overwrite what removed rows left in the index, step by step; True while there is more to do."""
    return bool(_index(db).expunge(db, begin))


def _index(db: Database) -> ModuleType:
    return fts5 if db.engine == "sqlite" else gin


# --- Asking it -------------------------------------------------------------------------------------------------------

_SHOWN = """
SELECT articles.id, url, portal, section, articles.published, source, title, subtitle, body, score, duplicate_of
FROM ({best}) AS best JOIN articles ON articles.id = best.id JOIN bodies ON bodies.id = body_id
ORDER BY {order}, articles.id DESC"""

# Matches are put together first: FTS5 knows a rank only while it walks through its index.
_KEPT = """
SELECT {columns} FROM (
    WITH matches AS MATERIALIZED ({matches})
    SELECT matches.*, {place} AS place FROM matches JOIN articles ON articles.id = matches.id
) AS placed WHERE place = 1"""


def search(db: Database, wanted: Selection, limit: int, offset: int = 0, *, newest: bool = False) -> Found:
    """The best hits, those with the words in their headlines first, and the newest of equals.

    offset: hits to leave out, those of the pages before.  newest: the newest first, whatever their score, which is
    then 0; so it is where wanted has no words.  Raises UsageError for a query that makes no sense.
    """
    by_time = newest or wanted.words is None
    source, values = meant(db.engine, wanted, join=by_time, ranked=not by_time)
    score = "0.0" if by_time else _index(db).RANK
    first, order = ("articles.published", "published DESC NULLS LAST") if by_time else ("NULL", "score")
    matches = f"SELECT {number(db.engine, wanted)} AS id, {score} AS score, {first} AS published {source}"
    if wanted.dedupe != "none":
        matches = _KEPT.format(columns="id, score, published", matches=matches, place=place_sql(wanted.dedupe))
    best = f"{matches} ORDER BY {order}, id DESC LIMIT ? OFFSET ?"
    rows = db.execute(_SHOWN.format(best=best, order=f"best.{order}"), [*values, limit, offset]).fetchall()
    ends_here = len(rows) < limit and (rows or not offset)
    total = offset + len(rows) if ends_here else count(db, wanted)
    terms = () if wanted.words is None else parse(wanted.words).terms
    return Found(total, tuple(_hit(row, terms) for row in rows))


def _hit(row: tuple[Any, ...], terms: tuple[Term, ...]) -> Hit:
    article_id, url, portal, section, published, source, title, subtitle, body, score, first = row
    head, second = whole(title or "", terms, "title"), whole(subtitle or "", terms, "title")
    shown = passage(body, terms)
    return Hit(article_id, url, portal, section, published, source, head, second, shown, score, first)


def count(db: Database, wanted: Selection) -> int:
    """How many articles are meant."""
    source, values = meant(db.engine, wanted)
    if wanted.dedupe == "none":
        return _count(db, "*", source, values)
    return _count(db, f"DISTINCT {group_sql(wanted.dedupe)}", source, values)


def matching(db: Database, wanted: Selection, after: int, limit: int) -> list[int]:
    """The next ids beyond that one, in order, those that repeat each other among them; wanted has words."""
    source, values = meant(db.engine, wanted)
    row = number(db.engine, wanted)
    sql = f"SELECT {row} {source} AND {row} > ? ORDER BY {row} LIMIT ?"
    return [row[0] for row in db.execute(sql, [*values, after, limit])]


def meant(engine: Engine, wanted: Selection, *, join: bool = False, ranked: bool = False) -> tuple[str, list[object]]:
    """FROM and WHERE that lead to the articles before any are left out as repetitions, and their values.

    join: over articles in any case; else perhaps over the index alone.  ranked: with the index's rank.  Raises
    UsageError for a query that makes no sense.
    """
    conditions, values = wanted.sql()
    if wanted.words is None:
        return f"FROM articles WHERE true{conditions}", values
    query = parse(wanted.words)
    if engine == "sqlite":
        source, first = fts5.source(query, conditions, join=join or wanted.dedupe != "none")
    else:
        source, first = gin.source(query, conditions, wanted.portal, ranked=ranked)
    return source, [*first, *values]


def number(engine: Engine, wanted: Selection) -> str:
    """The expression for the id of an article that meant() leads to."""
    return "articles.id" if wanted.words is None or engine == "postgresql" else "articles_fts.rowid"


def _count(db: Database, what: str, source: str, values: list[object]) -> int:
    return int(db.execute(f"SELECT count({what}) {source}", values).fetchone()[0])
