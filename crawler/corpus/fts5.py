"""The search index of an SQLite corpus: a table of FTS5 whose rows have the ids of articles.

It keeps tokens, not texts: to take a row out, FTS5 has to be told what was put in.
"""

from __future__ import annotations

from collections.abc import Iterable

from crawler.corpus.bigrams import Phrase
from crawler.corpus.database import Database
from crawler.corpus.indexed import COLUMNS, Indexed
from crawler.corpus.search_query import All, Node, Query, Term

__all__ = ["RANK", "enter", "expunge", "match", "source", "withdraw"]

#: FTS5 knows a rank only while it walks through its index; bm25 with the weights of crawler.corpus.schema.
RANK = "articles_fts.rank"

#: What a term without a field is looked for in.
_TEXT = "{title body}"
_NAMES = ", ".join(("rowid", *COLUMNS))
_MARKS = ", ".join("?" * (len(COLUMNS) + 1))
#: Pages that one step of a merge writes: some megabytes, so that other writers wait less than a second for it.
_MERGE = 1000


def enter(db: Database, articles: Iterable[Indexed]) -> None:
    """Put articles in."""
    db.executemany(f"INSERT INTO articles_fts ({_NAMES}) VALUES ({_MARKS})", map(_row, articles))


def withdraw(db: Database, article: Indexed) -> None:
    """Take an article out that stands there in these words."""
    db.execute(f"INSERT INTO articles_fts (articles_fts, {_NAMES}) VALUES ('delete', {_MARKS})", _row(article))


def expunge(db: Database, begin: bool) -> bool:
    """Overwrite what removed rows left in the index, step by step; True while there is more to do.

    FTS5 notes a removal and keeps the old tokens until their part of the index is merged; the text could be put
    together from them.  begin: the first step, which has everything merged into one part.
    """
    pages = -_MERGE if begin else _MERGE
    before = _changes(db)
    db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('merge', ?)", (pages,))
    # Fewer than two changes: nothing was left to merge (https://sqlite.org/fts5.html#the_merge_command).
    return _changes(db) - before >= 2


def source(query: Query, conditions: str, *, join: bool) -> tuple[str, list[object]]:
    """FROM and WHERE that lead to what the query finds, and their values; the ids are those of NUMBER.

    conditions: on rows of articles, each behind an AND.  join: over articles in any case; else, where there are no
    conditions, over the index alone, which is a tenth of the reading.
    """
    joined = _JOIN if conditions or join else ""
    return f"FROM articles_fts{joined} WHERE articles_fts MATCH ?{conditions}", [match(query.root)]


#: By itself SQLite reads every article's whole row; the index holds what conditions and facets ask for, in a tenth.
_JOIN = " CROSS JOIN articles INDEXED BY articles_facets ON articles.id = articles_fts.rowid"


def match(node: Node) -> str:
    """A query as FTS5 takes it.

    >>> from crawler.corpus.search_query import parse
    >>> match(parse("title:苏州 OR 5G网 -广告").root)
    '(title : "苏州" OR ({title body} : "5g 网"* NOT ({title body} : "广告")))'
    """
    if isinstance(node, Term):
        return f"{node.column or _TEXT} : {_phrase(node.phrase)}"
    if not isinstance(node, All):
        return f"({' OR '.join(map(match, node.parts))})"
    wanted = match(node.wanted[0]) if len(node.wanted) == 1 else f"({' AND '.join(map(match, node.wanted))})"
    # FTS5's NOT takes one text from another; there is no "all but".
    return f"({wanted} NOT ({' OR '.join(map(match, node.unwanted))}))" if node.unwanted else wanted


def _phrase(phrase: Phrase) -> str:
    """Tokens hold neither spaces nor quotation marks."""
    return f'"{" ".join(phrase.tokens)}"{"*" if phrase.prefix else ""}'


def _row(article: Indexed) -> list[object]:
    return [article.id, *(" ".join(tokens) for tokens in article.tokens)]


def _changes(db: Database) -> int:
    return int(db.execute("SELECT total_changes()").fetchone()[0])
