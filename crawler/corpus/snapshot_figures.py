"""What a snapshot's card says of its articles in figures, counted by SQLite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from crawler.corpus.database import Database
from crawler.corpus.selection import CLUSTER

__all__ = ["PERCENTILES", "Figures", "figures", "percentiles"]

PERCENTILES = (0, 5, 25, 50, 75, 95, 100)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of the articles in a snapshot, the largest first (months in their order).

    portals, months, sources: name → articles, None: not printed, or outside a crawl.  identical: articles whose text
    another one of them has, beyond the first.  reprints: kind → pairs of which both are here.  clusters: with at
    least one article here; shared: with at least two.
    """

    portals: list[tuple[str | None, int]]
    months: list[tuple[str | None, int]]
    sources: list[tuple[str | None, int]]
    identical: int
    reprints: list[tuple[str, int]]
    clusters: int
    shared: int


def figures(db: Database, table: str) -> Figures:
    """Count the articles whose ids the table holds."""
    here = f"FROM {table} AS chosen JOIN articles ON articles.id = chosen.id"

    def counted(what: str, order: str) -> list[tuple[str | None, int]]:
        sql = f"SELECT {what} AS name, count(*) AS n {here} GROUP BY name ORDER BY {order}"
        return db.execute(sql).fetchall()

    texts = f"SELECT count(*) AS n {here} GROUP BY coalesce(duplicate_of, articles.id)"
    clusters = f"SELECT {CLUSTER} AS cluster, count(*) AS n {here} GROUP BY cluster"
    pairs = (
        f"SELECT kind, count(*) AS n FROM reprints JOIN {table} AS late ON late.id = article_id"
        f" JOIN {table} AS early ON early.id = of_id GROUP BY kind ORDER BY n DESC, kind"
    )
    found, shared = db.execute(
        f"SELECT count(*), coalesce(sum(n > 1), 0) FROM ({clusters}) AS clusters WHERE cluster IS NOT NULL"
    ).fetchone()
    return Figures(
        portals=counted("portal", "n DESC, name NULLS FIRST"),
        months=counted("substr(published, 1, 7)", "name NULLS FIRST"),
        sources=counted("source", "n DESC, name NULLS FIRST"),
        identical=db.execute(f"SELECT coalesce(sum(n - 1), 0) FROM ({texts}) AS texts").fetchone()[0],
        reprints=db.execute(pairs).fetchall(),
        clusters=found,
        shared=shared,
    )


def percentiles(lengths: Counter[int], wanted: Sequence[int] = PERCENTILES) -> list[int]:
    """Nearest-rank percentiles of values that were counted.

    >>> percentiles(Counter({10: 3, 20: 1}), (0, 50, 75, 100))
    [10, 10, 10, 20]
    """
    total = sum(lengths.values())
    ranks = [max(1, ceil(total * each / 100)) for each in wanted]
    answer: list[int] = []
    passed = 0
    for value in sorted(lengths):
        passed += lengths[value]
        while len(answer) < len(ranks) and ranks[len(answer)] <= passed:
            answer.append(value)
    return answer
