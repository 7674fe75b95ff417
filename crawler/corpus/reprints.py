"""Who was taken from whom: edges between articles that tell one story in one text, kept while articles are stored.

remove() comes before an article's row or text changes and add() after, as in crawler.corpus.search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from crawler.corpus.clusters import join, leave
from crawler.corpus.database import Database
from crawler.corpus.likeness import Likeness, compare
from crawler.corpus.near import Match, enter, withdraw
from crawler.corpus.precedence import first_of, origins
from crawler.corpus.records import Flow, ReprintKind
from crawler.corpus.shingles import Shingled

__all__ = ["add", "flows", "of_run", "remove"]

Find = Callable[[Database, int, Shingled], list[Match]]
_SAME = Likeness(1.0, 1.0, 1.0, True)
_TEXT = "SELECT body_id, body, duplicate_of FROM articles JOIN bodies ON bodies.id = body_id WHERE articles.id = ?"


def add(db: Database, article_id: int, neighbours: Iterable[int] = (), find: Find = enter) -> None:
    """Find what tells the article's story, note who came first, and bring them into one cluster.

    neighbours: articles that told it before this one's text changed; they are measured besides.  find: given a text
    and its number, the texts that tell the same story.
    """
    body_id, body, first = db.execute(_TEXT, (article_id,)).fetchone()
    found: dict[int, Likeness] = {} if first is None else {first: _SAME}
    text = Shingled(body)
    if text.comparable:
        if first is None or not _shown(db, body_id, but=article_id):
            for match in find(db, body_id, text):
                if (other := _first_with(db, match.body_id)) is not None:
                    found.setdefault(other, match.likeness)
        for other, other_text in _texts(db, set(neighbours) - {*found, article_id}):
            if (likeness := compare(other_text, text)).alike:
                found[other] = likeness
    if found:
        _link(db, article_id, found)


def remove(db: Database, article_id: int) -> list[int]:
    """Take the article's edges, its text and its place in the cluster out; the articles that told its story."""
    rows = db.execute(
        "SELECT of_id FROM reprints WHERE article_id = :id UNION SELECT article_id FROM reprints WHERE of_id = :id",
        {"id": article_id},
    ).fetchall()
    db.execute("DELETE FROM reprints WHERE article_id = :id OR of_id = :id", {"id": article_id})
    neighbours = [row[0] for row in rows]
    body_id, body, _ = db.execute(_TEXT, (article_id,)).fetchone()
    text = Shingled(body)
    heirs = [row[0] for row in db.execute("SELECT id FROM articles WHERE duplicate_of = ? ORDER BY id", (article_id,))]
    if heirs:
        # The next one becomes the first with the text (crawler.corpus.duplicates.leave), and keeps its edges.
        others = set(neighbours) - set(heirs)
        kept = {other: compare(other_text, text) for other, other_text in _texts(db, others)}
        _link(db, heirs[0], dict.fromkeys(heirs[1:], _SAME) | kept)
    elif text.comparable and not _shown(db, body_id, but=article_id):
        withdraw(db, body_id, text)
    leave(db, article_id)
    return neighbours


def flows(db: Database) -> list[Flow]:
    """Who takes from whom, between portals and within them, the busiest first; an article counts once a portal."""
    rows = db.execute(
        "SELECT later.portal, earlier.portal, reprints.kind, count(DISTINCT article_id)"
        " FROM reprints JOIN articles AS later ON later.id = article_id JOIN articles AS earlier ON earlier.id = of_id"
        " GROUP BY later.portal, earlier.portal, reprints.kind ORDER BY reprints.kind"
    )
    kinds: dict[tuple[str | None, str | None], dict[ReprintKind, int]] = {}
    for portal, of, kind, articles in rows:
        kinds.setdefault((portal, of), {})[kind] = articles
    found = [Flow(portal, of, sum(counts.values()), counts) for (portal, of), counts in kinds.items()]
    return sorted(found, key=lambda flow: (-flow.articles, flow.portal or "", flow.of or ""))


def of_run(db: Database, run_id: int) -> dict[str, int]:
    """A run's articles that were taken from another one in other words, by kind; each counts once a kind."""
    rows = db.execute(
        "SELECT reprints.kind, count(DISTINCT article_id) FROM articles JOIN reprints ON article_id = articles.id"
        " WHERE run_id = ? AND reprints.kind <> 'identical' GROUP BY reprints.kind",
        (run_id,),
    )
    return dict(rows.fetchall())


def _link(db: Database, article_id: int, found: Mapping[int, Likeness]) -> None:
    """Edges to the articles found, each from the later one to the earlier."""
    known = origins(db, [article_id, *found])
    edges = []
    for other, likeness in found.items():
        first, told_by = first_of(known[other], known[article_id])
        like = likeness if first.id == other else likeness.turned()
        later = article_id if first.id == other else other
        edges.append((later, first.id, like.kind, like.resemblance, like.containment, told_by))
    db.executemany(
        "INSERT INTO reprints (article_id, of_id, kind, resemblance, containment, told_by) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (article_id, of_id) DO UPDATE SET kind = excluded.kind, resemblance = excluded.resemblance,"
        " containment = excluded.containment, told_by = excluded.told_by",
        edges,
    )
    join(db, article_id, found)


def _shown(db: Database, body_id: int, but: int) -> bool:
    """True if another article has this text."""
    return (
        db.execute("SELECT 1 FROM articles WHERE body_id = ? AND id <> ? LIMIT 1", (body_id, but)).fetchone()
        is not None
    )


def _first_with(db: Database, body_id: int) -> int | None:
    """None for a text that nobody shows: another program changed it, and its values were not found when it left."""
    sql = "SELECT id FROM articles WHERE body_id = ? ORDER BY duplicate_of IS NOT NULL, id LIMIT 1"
    row = db.execute(sql, (body_id,)).fetchone()
    return None if row is None else int(row[0])


def _texts(db: Database, ids: set[int]) -> Iterable[tuple[int, Shingled]]:
    for article_id in sorted(ids):
        text = Shingled(db.execute(_TEXT, (article_id,)).fetchone()[1])
        if text.comparable:
            yield article_id, text
