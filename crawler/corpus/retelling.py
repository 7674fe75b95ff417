"""Articles of any origin compared as the index would, with candidates that were found elsewhere.

Who tells whose story depends on the order in which articles are stored, and on what is alike; where candidates come
from makes no difference.  So those of millions of articles may be found on many machines, and each group of articles
that are alike is then told here: by crawler.corpus.articles, reprints, near and clusters as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from crawler.corpus import articles as storing
from crawler.corpus import near, portals, reprints
from crawler.corpus.articles import Circumstances
from crawler.corpus.codec import utc_now
from crawler.corpus.connection import Connection
from crawler.corpus.database import Database
from crawler.corpus.records import ReprintKind, ToldBy
from crawler.corpus.shingles import Shingled
from crawler.items import Article

__all__ = ["Edge", "Numbered", "Retelling", "Told"]

#: Added to the numbers of texts that are no article's here: beyond all ids.
_FAR = 1 << 40


class Numbered(NamedTuple):
    """An article in the order of all.

    number: its place; body: number of the first article with its text; candidates: numbers of texts that share enough
    with it, in the order in which the index would measure them.
    """

    number: int
    article: Article
    body: int
    candidates: Sequence[int]


class Edge(NamedTuple):
    """As a row of the table reprints, with numbers."""

    number: int
    of: int
    kind: ReprintKind
    resemblance: float
    containment: float
    told_by: ToldBy


@dataclass(frozen=True, slots=True)
class Told:
    """What the index says of some articles, by number.

    clusters: article → representative; duplicates: article → the first with its text; same: article that would not be
    stored, since another goes by its address and has its text → that one.
    """

    edges: Sequence[Edge]
    clusters: Mapping[int, int]
    duplicates: Mapping[int, int]
    same: Mapping[int, int]


class Retelling:
    """An empty corpus in that file, made for this.  A context manager."""

    def __init__(self, path: Path) -> None:
        self._connection = Connection(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def tell(self, numbered: Sequence[Numbered], others: Mapping[int, str], titles: Mapping[str, str | None]) -> Told:
        """What the index says of these articles.  Once.

        numbered: in their order; articles that are alike, or have one text or one address, are all among them.
        others: number → text of those candidates that are not; titles: portal → its own name.
        """
        now = utc_now()
        with self._connection.writing() as db:
            for name, title in titles.items():
                portals.put(db, name, (None, None, None, title), now)
            stored = storing.store(db, [one.article for one in numbered], Circumstances(now))
            ids = {one.number: row.id for one, row in zip(numbered, stored, strict=True)}
            new = {one.number for one, row in zip(numbered, stored, strict=True) if row.outcome in ("new", "duplicate")}
            numbers = {ids[number]: number for number in new}
            # A batch of a few articles was compared on the way, among these alone.
            for table in ("reprints", "clusters", "minhashes"):
                db.execute(f"DELETE FROM {table}")
            self._compare(db, [one for one in numbered if one.number in new], ids, others)
            edges = db.execute(
                "SELECT article_id, of_id, kind, resemblance, containment, told_by FROM reprints"
                " ORDER BY article_id, of_id"
            ).fetchall()
            duplicates = db.execute("SELECT id, duplicate_of FROM articles WHERE duplicate_of IS NOT NULL").fetchall()
            clusters = db.execute("SELECT article_id, cluster_id FROM clusters").fetchall()
        return Told(
            [Edge(numbers[later], numbers[of], *rest) for later, of, *rest in edges],
            {numbers[one]: numbers[lead] for one, lead in clusters},
            {numbers[one]: numbers[first] for one, first in duplicates},
            {one.number: numbers[ids[one.number]] for one in numbered if one.number not in new},
        )

    @staticmethod
    def _compare(db: Database, numbered: Sequence[Numbered], ids: Mapping[int, int], others: Mapping[int, str]) -> None:
        db.executemany(
            "INSERT INTO bodies (id, content_hash, body, blocks) VALUES (?, NULL, ?, '[]')",
            [(_FAR + number, text) for number, text in others.items()],
        )
        rows = dict(db.execute("SELECT id, body_id FROM articles").fetchall())
        bodies = {number: rows[id_] for number, id_ in ids.items()}
        for one in numbered:
            places = [bodies.get(number, _FAR + number) for number in one.candidates]

            def find(db: Database, _: int, text: Shingled, places: list[int] = places) -> list[near.Match]:
                return near.measured(db, text, places)

            reprints.add(db, ids[one.number], find=find)
