"""The search index of a PostgreSQL corpus: the same tokens as SQLite's, in tsvector columns under GIN.

PostgreSQL's own parsers take a Chinese sentence for one word, so vectors and queries are written out here.  A vector
keeps positions up to 16,383 and 256 a lexeme (https://www.postgresql.org/docs/15/textsearch-limitations.html): a text
that goes beyond either stands in several rows that overlap, and nothing of its tail is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from crawler.corpus.bigrams import Phrase
from crawler.corpus.database import Database
from crawler.corpus.indexed import COLUMNS, Indexed
from crawler.corpus.search_query import All, Node, Query, Term

__all__ = ["RANK", "enter", "expunge", "parts", "source", "tsquery", "withdraw"]

#: A word of the headline counts as eight of the text, as in SQLite's index; the formula is PostgreSQL's own.
RANK = "-found.rank"
_WEIGHTS = "{0, 0, 0.125, 1}"

#: Positions of one row, and of one lexeme in it.
_LONGEST, _MOST = 16_000, 250
#: Tokens that a row repeats of the one before: the longest phrase that is found across the border of two.  Rows that
#: are short, because one lexeme fills them, repeat half.
_OVERLAP = 1_000
#: Positions between two columns: no phrase stands across.
_GAP = 2
#: A lexeme is at most 2,047 bytes; longer words are found by their beginning.
_WORD = 600

_INSERT = "INSERT INTO articles_fts (article_id, part, whole, portal, tokens) VALUES (?, ?, ?, ?, ?)"


def enter(db: Database, articles: Iterable[Indexed]) -> None:
    """Put articles in."""
    rows = []
    for article in articles:
        vectors = list(parts(article.tokens))
        whole = int(len(vectors) == 1)
        rows += [(article.id, number, whole, article.portal, vector) for number, vector in enumerate(vectors)]
    db.executemany(_INSERT, rows)


def withdraw(db: Database, article: Indexed) -> None:
    """Take an article out."""
    db.execute("DELETE FROM articles_fts WHERE article_id = ?", (article.id,))


def expunge(db: Database, begin: bool) -> bool:  # noqa: ARG001 - the signature that both engines share
    """Nothing to do in steps: what was deleted goes with the vacuum that Corpus.purge() has run."""
    return False


# --- Vectors ---------------------------------------------------------------------------------------------------------


def parts(columns: Iterable[list[str]]) -> Iterator[str]:
    """The vectors of an article, as PostgreSQL reads them; one for nearly all.

    >>> list(parts([["苏州", "州"], ["5g", "网"], ["新华", "华社", "社"], [], [], []]))
    ["'苏州':1A '州':2A 'source=新华':5 'source=华社':6 'source=社':7 '5g':16B '网':17B"]
    """
    stream = list(_labelled(columns))
    start = 0
    while True:
        end = _end(stream, start)
        yield _vector(stream[start:end])
        if end == len(stream):
            return
        start = end - min(_OVERLAP, (end - start) // 2)


def _labelled(columns: Iterable[list[str]]) -> Iterator[tuple[int, str, str]]:
    """Place, lexeme and weight of all tokens.  Headline and text are told apart by weight, the rest by a prefix."""
    place = 0
    named = dict(zip(COLUMNS, columns, strict=True))
    # The long one last: all the others stand in the first row.
    for name in (*(name for name in COLUMNS if name != "body"), "body"):
        weight, prefix = _WEIGHT.get(name, ""), "" if name in _WEIGHT else f"{name}="
        for token in named[name]:
            place += 1
            yield place, prefix + token[:_WORD], weight
        place += _GAP


_WEIGHT = {"title": "A", "body": "B"}


def _end(stream: list[tuple[int, str, str]], start: int) -> int:
    """Where a row that begins there ends: before a limit is reached."""
    seen: defaultdict[str, int] = defaultdict(int)
    for number in range(start, min(len(stream), start + _LONGEST)):
        lexeme = stream[number][1]
        seen[lexeme] += 1
        if seen[lexeme] > _MOST:
            return number
    return min(len(stream), start + _LONGEST)


def _vector(stream: list[tuple[int, str, str]]) -> str:
    places: defaultdict[str, list[str]] = defaultdict(list)
    first = stream[0][0] - 1 if stream else 0
    for place, lexeme, weight in stream:
        places[lexeme].append(f"{place - first}{weight}")
    return " ".join(f"{_quoted(lexeme)}:{','.join(found)}" for lexeme, found in places.items())


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


# --- Queries ---------------------------------------------------------------------------------------------------------


def source(query: Query, conditions: str, portal: str | None, *, ranked: bool) -> tuple[str, list[object]]:
    """FROM and WHERE that lead to what the query finds, and their values.

    conditions: on rows of articles, each behind an AND.  portal: asked of the index itself, which has it beside the
    tokens.  ranked: RANK is wanted; it costs a look at every vector.
    """
    one = tsquery(query.root)
    rank = f"ts_rank('{_WEIGHTS}', tokens, ?::tsquery)" if ranked else "0.0"
    here, values = ("", []) if portal is None else (" AND articles_fts.portal = ?", [portal])
    several, more = _over_parts(query.root)
    sql = (
        f"FROM (SELECT article_id, {rank} AS rank FROM articles_fts WHERE whole = 1 AND tokens @@ ?::tsquery{here}"
        " UNION ALL SELECT article_id, 0.0 AS rank FROM articles_fts AS long WHERE whole = 0 AND part = 0"
        f" AND {several}) AS found JOIN articles ON articles.id = found.article_id WHERE true{conditions}"
    )
    return sql, [*([one] if ranked else []), one, *values, *more]


def _over_parts(node: Node) -> tuple[str, list[object]]:
    """The same of an article in several rows: each term may stand in another one."""
    if isinstance(node, Term):
        exists = (
            "EXISTS (SELECT 1 FROM articles_fts AS piece WHERE piece.article_id = long.article_id"
            " AND piece.tokens @@ ?::tsquery)"
        )
        return exists, [tsquery(node)]
    wanted = node.wanted if isinstance(node, All) else node.parts
    unwanted = node.unwanted if isinstance(node, All) else ()
    found = [_over_parts(part) for part in wanted]
    without = [_over_parts(part) for part in unwanted]
    sql = (" AND " if isinstance(node, All) else " OR ").join(part for part, _ in found)
    sql += "".join(f" AND NOT {part}" for part, _ in without)
    return f"({sql})", [value for _, values in [*found, *without] for value in values]


def tsquery(node: Node) -> str:
    """A query as PostgreSQL takes it.

    >>> from crawler.corpus.search_query import parse
    >>> tsquery(parse("title:长三角 OR 来源：新华社 -广告").root)
    "(('长三':A<->'三角':A)|(('source=新华'<->'source=华社')&!'广告':AB))"
    """
    if isinstance(node, Term):
        return _phrase(node.phrase, node.column)
    if isinstance(node, All):
        unwanted = [f"!{tsquery(part)}" for part in node.unwanted]
        return f"({'&'.join([*map(tsquery, node.wanted), *unwanted])})"
    return f"({'|'.join(map(tsquery, node.parts))})"


def _phrase(phrase: Phrase, column: str | None) -> str:
    weight = "AB" if column is None else _WEIGHT.get(column, "")
    prefix = "" if column is None or column in _WEIGHT else f"{column}="
    last = len(phrase.tokens) - 1
    lexemes = []
    for number, token in enumerate(phrase.tokens):
        label = weight + ("*" if phrase.prefix and number == last else "")
        lexemes.append(_quoted(prefix + token[:_WORD]) + (f":{label}" if label else ""))
    found = "<->".join(lexemes)
    return f"({found})" if len(lexemes) > 1 else found
