"""What the search index of either engine holds of an article."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from crawler.corpus.bigrams import tokens_of

__all__ = ["COLUMNS", "TEXTS", "Indexed", "indexed"]

#: The index's columns.
COLUMNS = ("title", "body", "source", "section", "portal", "reporters")
#: The query for indexed().
TEXTS = (
    "SELECT articles.id, articles.portal, coalesce(title, '') || char(10) || coalesce(subtitle, ''), body,"
    " coalesce(source, ''), coalesce(section, ''), coalesce(portal, ''), reporters"
    " FROM articles JOIN bodies ON bodies.id = articles.body_id"
)


class Indexed(NamedTuple):
    """An article as it is found.  tokens: by column, in the order of COLUMNS."""

    id: int
    portal: str | None
    tokens: tuple[list[str], ...]


def indexed(row: tuple[Any, ...]) -> Indexed:
    """The article of a row of TEXTS."""
    article_id, portal, *texts, reporters = row
    texts.append(" ".join(json.loads(reporters)))
    return Indexed(article_id, portal, tuple(tokens_of(text) for text in texts))
