"""Which portals, sections, sources and months the articles of a selection have, each with its number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from crawler.corpus.database import Database
from crawler.corpus.search import meant, number
from crawler.corpus.selection import Selection

__all__ = ["COUNTED", "Facets", "facets"]

#: Articles of a selection up to which sections and sources are counted too: they cost a microsecond an article and
#: facet, and a search page should take half a second (benchmarks/browse.py).
COUNTED = 100_000

#: A control character that HTML does not allow: a column comes in one piece, in half the time of a row each.
_SEPARATOR = "\x1f"
_COLUMNS = {
    "portals": "articles.portal",
    "months": "substr(articles.published, 1, 7)",
    "sections": "articles.section",
    "sources": "articles.source",
}


@dataclass(frozen=True, slots=True)
class Facets:
    """Values and how many of the articles have them, the most frequent first; months (2022-11): the newest first.

    Each number is what a Selection narrowed to that value finds.  sections: labels of all that showed the article.
    sections, sources: None where more than COUNTED articles are meant.
    """

    portals: dict[str, int]
    months: dict[str, int]
    sections: dict[str, int] | None
    sources: dict[str, int] | None


def facets(db: Database, wanted: Selection, total: int) -> Facets:
    """Facets of the articles that are meant, repetitions included.  total: how many these are."""
    names = list(_COLUMNS) if total <= COUNTED else ["portals", "months"]
    source, values = meant(db.engine, wanted, join=True)
    columns = ", ".join(f"group_concat({_COLUMNS[name]}, char({ord(_SEPARATOR)}))" for name in names)
    found = db.execute(f"SELECT {columns} {source}", values).fetchone()
    counted = {name: Counter(text.split(_SEPARATOR) if text else ()) for name, text in zip(names, found, strict=True)}
    if "sections" in counted:
        counted["sections"] += _further_sections(db, wanted)
    months = counted.pop("months")
    common = {name: dict(counter.most_common()) for name, counter in counted.items()}
    newest = dict(sorted(months.items(), reverse=True))
    return Facets(common["portals"], newest, common.get("sections"), common.get("sources"))


def _further_sections(db: Database, wanted: Selection) -> Counter[str]:
    """Labels of sections that showed an article beside the one that led to it first, with their articles."""
    source, values = meant(db.engine, wanted, join=True)
    sql = (
        "SELECT label, count(DISTINCT article_id)"
        f" FROM (SELECT {number(db.engine, wanted)} AS id, articles.section AS first {source}) AS chosen"
        " CROSS JOIN article_sections ON article_id = chosen.id CROSS JOIN sections ON sections.id = section_id"
        " WHERE (first IS NULL OR label <> first) GROUP BY label"
    )
    return Counter(dict(db.execute(sql, values).fetchall()))
