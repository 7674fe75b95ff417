"""Which articles are meant: the filters that search and export share."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from crawler.corpus.codec import local, text

__all__ = ["Selection"]

#: A section that led to the article first, or whose list showed it at any time.
_SECTION = (
    "(articles.section = ? OR +articles.id IN"
    " (SELECT article_id FROM article_sections JOIN sections ON sections.id = section_id WHERE label = ?))"
)


@dataclass(frozen=True, slots=True)
class Selection:
    """Conditions that all have to hold; None: any.

    words: a query (docs/search.md).  portal: its name.  source: what 来源 contains.  section: the label of any section
    that showed the article.  since, until: bounds of published, the first included, the second not.  duplicates: with
    those that repeat another article's text.  source_is: 来源, all of it.
    """

    words: str | None = None
    portal: str | None = None
    source: str | None = None
    section: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    duplicates: bool = True
    source_is: str | None = None

    def sql(self) -> tuple[str, list[object]]:
        """All conditions but the words, each behind an AND, on rows of articles, and their values."""
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
        if not self.duplicates:
            sql += " AND articles.duplicate_of IS NULL"
        return sql, [value for values in given.values() for value in values]
