"""Three addresses that show a finding: what a person opens first."""

from __future__ import annotations

from crawler.corpus.codec import instant
from crawler.corpus.database import Database
from crawler.corpus.health.model import Finding

__all__ = ["EXAMPLES", "examples"]

EXAMPLES = 3
#: What makes an article an example, by figure; the worst or newest first.
_ARTICLES = {
    "missing_title": ("title IS NULL", "articles.id DESC"),
    "missing_time": ("published IS NULL", "articles.id DESC"),
    "missing_source": ("source IS NULL", "articles.id DESC"),
    "missing_reporter": ("reporters = '[]'", "articles.id DESC"),
    "misfit": ("template IS NULL AND json_extract(evidence, '$.template.confidence') IS NOT NULL", "articles.id DESC"),
    "short": ("kind = 'article'", "length(body)"),
    "long": ("kind = 'article'", "length(body) DESC"),
    "confidence": ("kind = 'article'", "confidence"),
}


def examples(db: Database, portal: str, finding: Finding) -> list[str]:
    """Up to EXAMPLES addresses: articles, rejected pages, lists or refused hosts, as the finding is about."""
    figure, section = finding.figure, finding.section_id
    since = instant(finding.since)
    if figure in _ARTICLES:
        return _articles(db, portal, finding, since)
    if figure.startswith("reject_"):
        sql = (
            "SELECT url FROM rejects WHERE portal = ? AND reason = ? AND rejected_at >= ?"
            " AND (? IS NULL OR key IN (SELECT frontier.key FROM frontier JOIN sightings ON frontier_id = frontier.id"
            " WHERE section_id = ?)) ORDER BY id DESC"
        )
        return _first(db, sql, portal, figure.removeprefix("reject_"), since, section, section)
    if section is not None:
        return _first(db, "SELECT url FROM sections WHERE id = ?", section)
    if figure in ("lists", "blocked"):
        sql = (
            "SELECT url FROM sections JOIN run_sections ON section_id = sections.id WHERE portal = ?"
            " AND run_id = (SELECT max(id) FROM runs WHERE portal = ?) ORDER BY ended_by NOT IN ('failed', 'empty')"
        )
        return _first(db, sql, portal, portal) or _first(db, "SELECT home FROM portals WHERE name = ?", portal)
    return _first(db, "SELECT home FROM portals WHERE name = ? AND home IS NOT NULL", portal)


def _articles(db: Database, portal: str, finding: Finding, since: str) -> list[str]:
    """Articles stored since the change began; a beginning between two runs may lie just before the first."""
    where, order = _ARTICLES[finding.figure]
    label = finding.label if finding.section_id else None
    sql = (
        f"SELECT articles.url FROM articles JOIN bodies ON bodies.id = body_id WHERE portal = ? AND stored_at >= ?"
        f" AND (? IS NULL OR section = ?) AND {where} ORDER BY {order}"
    )
    return _first(db, sql, portal, since, label, label)


def _first(db: Database, sql: str, *values: object) -> list[str]:
    return [url for (url,) in db.execute(f"{sql} LIMIT {EXAMPLES}", values) if url]
