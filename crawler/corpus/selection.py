"""Which articles are meant: the filters that search and export share, and what counts as a repetition among them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

from crawler.corpus.codec import local, text

__all__ = ["CLUSTER", "DEDUPE", "Dedupe", "Selection", "group_sql", "place_sql"]

#: none: every article.  exact: one of those with the same text.  near: one of a reprint cluster.
Dedupe = Literal["none", "exact", "near"]
DEDUPE: tuple[Dedupe, ...] = get_args(Dedupe)

#: The representative of an article's cluster; NULL: it is alone.  A copy whose row is not there yet has its first's.
CLUSTER = (
    "coalesce((SELECT cluster_id FROM clusters WHERE article_id = articles.id),"
    " (SELECT cluster_id FROM clusters WHERE article_id = articles.duplicate_of))"
)
#: What articles that repeat each other have in common: the id of the one that should stand for them all.
_GROUPS: dict[Dedupe, str] = {
    "none": "articles.id",
    "exact": "coalesce(articles.duplicate_of, articles.id)",
    "near": f"coalesce({CLUSTER}, articles.duplicate_of, articles.id)",
}

#: A section that led to the article first, or whose list showed it at any time.
_SECTION = (
    "(articles.section = ? OR +articles.id IN"
    " (SELECT article_id FROM article_sections JOIN sections ON sections.id = section_id WHERE label = ?))"
)


@dataclass(frozen=True, slots=True)
class Selection:
    """Conditions that all have to hold; None: any.

    words: a query (docs/search.md).  portal: its name.  source: what 来源 contains.  section: the label of any section
    that showed the article.  since, until: bounds of published, the first included, the second not.  dedupe: what of
    those that repeat each other is left out, once all other conditions hold.  source_is: 来源, all of it.
    """

    words: str | None = None
    portal: str | None = None
    source: str | None = None
    section: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    dedupe: Dedupe = "none"
    source_is: str | None = None

    def sql(self) -> tuple[str, list[object]]:
        """Conditions on rows of articles, each behind an AND, and their values; without the words and dedupe."""
        wanted: dict[str, list[object]] = {
            "articles.portal = ?": [text(self.portal)],
            "instr(articles.source, ?) > 0": [text(self.source)],
            "articles.source = ?": [text(self.source_is)],
            _SECTION: [text(self.section)] * 2,
            "articles.published >= ?": [local(self.since)],
            "articles.published < ?": [local(self.until)],
        }
        given = {condition: values for condition, values in wanted.items() if values[0] is not None}
        sql = "".join(f" AND {condition}" for condition in given)
        return sql, [value for values in given.values() for value in values]


def group_sql(dedupe: Dedupe) -> str:
    """The expression that is the same for articles of which one is kept."""
    return _GROUPS[dedupe]


def place_sql(dedupe: Dedupe) -> str:
    """The window that numbers the articles of a group; number 1 is kept.

    First the one that stands for the group, where it is among them, else the earliest published, then stored.
    """
    group = group_sql(dedupe)
    order = f"articles.id = {group} DESC, articles.published IS NULL, articles.published, articles.id"
    return f"row_number() OVER (PARTITION BY {group} ORDER BY {order})"
