"""Articles that tell one story in one text, and the one among them that came first.

A cluster's number is the id of its representative.  An article without a row in the table is alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from crawler.corpus.codec import identity, parse
from crawler.corpus.database import Database
from crawler.corpus.likeness import Likeness
from crawler.corpus.records import Cluster, ClusterArticle, Reprint

__all__ = ["cluster", "join", "leave"]

#: Share of a longer text that the shorter one makes up, from which both are one story: a copy cut to 40 % still is one;
#: of a round-up of four stories each makes up a quarter, and they keep their edges only.
_STORY = 0.3


def cluster(db: Database, url: str) -> Cluster | None:
    """The cluster of the article that goes by this address; None: no such article, or it is alone."""
    found = db.execute(
        "SELECT cluster_id FROM addresses JOIN clusters USING (article_id) WHERE key = ?", (identity(url),)
    ).fetchone()
    if found is None:
        return None
    rows = db.execute(
        "SELECT articles.id, url, portal, source, published, title, length(body)"
        " FROM clusters JOIN articles ON articles.id = article_id JOIN bodies ON bodies.id = body_id"
        " WHERE cluster_id = :id ORDER BY articles.id <> :id, published IS NULL, published, articles.id",
        {"id": found[0]},
    ).fetchall()
    articles = [
        ClusterArticle(id, address, portal, source, parse(published), title, characters)
        for id, address, portal, source, published, title, characters in rows
    ]
    place = {article.id: number for number, article in enumerate(articles)}
    edges = [Reprint(*row) for row in db.execute(f"SELECT {_EDGE} {_WITHIN}", {"id": found[0]})]
    edges.sort(key=lambda edge: (place[edge.article_id], place[edge.of_id]))
    return Cluster(found[0], tuple(articles), tuple(edges))


_EDGE = "reprints.article_id, of_id, kind, resemblance, containment, told_by"
_WITHIN = (
    "FROM clusters JOIN reprints ON reprints.article_id = clusters.article_id"
    " JOIN clusters AS earlier ON earlier.article_id = of_id AND earlier.cluster_id = clusters.cluster_id"
    " WHERE clusters.cluster_id = :id"
)


def join(db: Database, article_id: int, found: Mapping[int, Likeness]) -> None:
    """Bring an article into the clusters of those that it is like; several become one.

    found: other article → what this one is to it.  A text that holds several stories which have nothing to do with
    each other is a round-up: it joins none of them, nor do they join each other through it.
    """
    strong = {other: like for other, like in found.items() if min(like.ratio, 1 / like.ratio) >= _STORY}
    parts = [other for other, like in strong.items() if like.kind == "expanded"]
    if len(parts) > 1 and not _related(db, parts):
        strong = {other: like for other, like in strong.items() if other not in parts}
    ids = [
        other
        for other, like in strong.items()
        if like.kind != "abridged" or not _elsewhere(db, other, article_id, found)
    ]
    if ids:
        _unite(db, [article_id, *ids])


def _related(db: Database, ids: list[int]) -> bool:
    """True if some of these articles tell one story with one another."""
    marks = ", ".join("?" * len(ids))
    sql = f"SELECT 1 FROM reprints WHERE article_id IN ({marks}) AND of_id IN ({marks}) LIMIT 1"
    return db.execute(sql, ids + ids).fetchone() is not None


def _elsewhere(db: Database, longer: int, new: int, found: Mapping[int, Likeness]) -> bool:
    """True if a longer text holds another part already, and nothing but it leads from there to what was found."""
    mates = "SELECT article_id FROM clusters WHERE cluster_id = (SELECT cluster_id FROM clusters WHERE article_id = ?)"
    if any(mate != longer and mate in found for (mate,) in db.execute(mates, (longer,))):
        return False
    part = (
        "SELECT 1 FROM reprints WHERE of_id = :id AND kind = 'abridged' AND article_id <> :new"
        " UNION ALL SELECT 1 FROM reprints WHERE article_id = :id AND kind = 'expanded' AND of_id <> :new LIMIT 1"
    )
    return db.execute(part, {"id": longer, "new": new}).fetchone() is not None


def leave(db: Database, article_id: int) -> None:
    """Take an article out of its cluster; what it alone held together falls apart.  Its edges are gone already."""
    row = db.execute("SELECT cluster_id FROM clusters WHERE article_id = ?", (article_id,)).fetchone()
    if row is None:
        return
    edges = db.execute(f"SELECT {_EDGE} {_WITHIN} ORDER BY 1, 2", {"id": row[0]}).fetchall()
    db.execute("DELETE FROM clusters WHERE cluster_id = ?", row)
    for later, earlier, _, resemblance, containment, _ in edges:
        if article_id not in (later, earlier) and _shorter_share(resemblance, containment) >= _STORY:
            _unite(db, [later, earlier])


def _unite(db: Database, ids: list[int]) -> None:
    marks = ", ".join("?" * len(ids))
    rows = db.execute(f"SELECT DISTINCT cluster_id FROM clusters WHERE article_id IN ({marks})", ids).fetchall()
    clusters = sorted(row[0] for row in rows) or [ids[0]]
    for other in clusters[1:]:
        db.execute("UPDATE clusters SET cluster_id = ? WHERE cluster_id = ?", (clusters[0], other))
    db.executemany(
        "INSERT INTO clusters (article_id, cluster_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(id, clusters[0]) for id in ids],
    )
    if len(clusters) > 1 or len(rows) == 0 or not _taken(db, ids[0], clusters[0]):
        _elect(db, clusters[0])


def _taken(db: Database, article_id: int, cluster_id: int) -> bool:
    """True if the article was taken from another one of the cluster, and so cannot represent it."""
    sql = (
        "SELECT 1 FROM reprints JOIN clusters ON clusters.article_id = of_id"
        " WHERE reprints.article_id = ? AND cluster_id = ? LIMIT 1"
    )
    return db.execute(sql, (article_id, cluster_id)).fetchone() is not None


def _elect(db: Database, cluster_id: int) -> None:
    """The representative is the earliest of those that were taken from none."""
    best = db.execute(
        "SELECT article_id FROM clusters JOIN articles ON articles.id = article_id WHERE cluster_id = :id ORDER BY"
        " EXISTS (SELECT 1 FROM reprints JOIN clusters AS other ON other.article_id = of_id"
        "  WHERE reprints.article_id = clusters.article_id AND other.cluster_id = :id),"
        " published IS NULL, published, article_id LIMIT 1",
        {"id": cluster_id},
    ).fetchone()[0]
    if best != cluster_id:
        db.execute("UPDATE clusters SET cluster_id = ? WHERE cluster_id = ?", (best, cluster_id))


def _shorter_share(resemblance: float, containment: float) -> float:
    """Length of the shorter text against the longer one's, from what both have in common.

    >>> round(_shorter_share(0.4, 1.0), 2)
    0.4
    """
    return 1 / (containment / resemblance + containment - 1)
