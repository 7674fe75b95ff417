"""Gathers the figures of a report from the corpus."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from crawler.corpus.codec import instant
from crawler.corpus.database import Database
from crawler.corpus.report_records import FIELDS, LENGTHS, PortalReport, Report, RunReport
from crawler.corpus.reprints import flows

__all__ = ["report"]

#: Statistics of a run → fields of RunReport.
_STATS = {
    "articles/new": "new",
    "articles/duplicate": "duplicate",
    "articles/rejected": "rejected",
    "articles/failed": "failed",
    "articles/blocked": "refused",
    "downloader/request_count": "requests",
}
_STATUS = "downloader/response_status_count/"


def report(db: Database, portal: str | None, since: dt.datetime | None, now: dt.datetime) -> Report:
    """Figures of one portal or of all; since: of runs begun and articles stored then or later."""
    bounds = {"portal": portal, "since": instant(since) if since else ""}
    taken = [flow for flow in flows(db) if portal is None or portal in (flow.portal, flow.of)]
    return Report(now, portal, since, _portals(db, bounds), _runs(db, bounds), tuple(taken))


# --- Runs ------------------------------------------------------------------------------------------------------------

_RUNS = """
SELECT id, portal, started_at, ended_at, outcome, stats,
    (SELECT count(*) FROM run_sections WHERE run_id = runs.id),
    (SELECT count(*) FROM run_sections WHERE run_id = runs.id AND (gap = 1 OR ended_by IS NULL)),
    EXISTS (SELECT 1 FROM runs AS later WHERE later.portal = runs.portal AND later.id > runs.id)
FROM runs WHERE (:portal IS NULL OR portal = :portal) AND started_at >= :since ORDER BY id"""


def _runs(db: Database, bounds: dict[str, Any]) -> tuple[RunReport, ...]:
    return tuple(_run(row) for row in db.execute(_RUNS, bounds))


def _run(row: tuple[Any, ...]) -> RunReport:
    number, portal, started_at, ended_at, outcome, text, sections, gaps, overtaken = row
    stats = json.loads(text) if text else {}
    began = dt.datetime.fromisoformat(started_at)
    took = (dt.datetime.fromisoformat(ended_at) - began).total_seconds() if ended_at else None
    return RunReport(
        id=number,
        portal=portal,
        started_at=began,
        outcome=outcome or ("killed" if overtaken else "not ended"),
        # Clocks jump; a run that ended before it began says nothing.
        seconds=took if took is not None and took >= 0 else None,
        sections=sections,
        gaps=gaps,
        statuses={int(key.removeprefix(_STATUS)): n for key, n in stats.items() if key.startswith(_STATUS)},
        latency=stats.get("latency/histogram", {}),
        **{name: int(stats.get(key, 0)) for key, name in _STATS.items()},
    )


# --- Portals ---------------------------------------------------------------------------------------------------------

_PORTALS = """
SELECT name, title, city,
    (SELECT count(*) FROM sections WHERE sections.portal = name),
    (SELECT count(*) FROM sections WHERE sections.portal = name AND completed_at IS NOT NULL),
    (SELECT count(*) FROM frontier WHERE frontier.portal = name AND state = 'waiting'),
    (SELECT count(*) FROM frontier WHERE frontier.portal = name AND state = 'failed')
FROM portals WHERE :portal IS NULL OR name = :portal"""

_MEANT = "(:portal IS NULL OR articles.portal = :portal) AND articles.portal IS NOT NULL AND stored_at >= :since"
_FILLED = ", ".join(f"sum(coalesce({name}, '') NOT IN ('', '[]'))" for name in FIELDS)
_COUNTS = f"""
SELECT portal, count(*), count(duplicate_of), sum(published IS NULL),
    {_FILLED}
FROM articles WHERE {_MEANT} GROUP BY portal"""
_DAYS = f"""
SELECT portal, substr(published, 1, 10) AS day, count(*)
FROM articles WHERE {_MEANT} AND published IS NOT NULL GROUP BY portal, day ORDER BY day"""
_CLASS = " ".join(f"WHEN length(body) <= {most} THEN {place}" for place, most in enumerate(LENGTHS))
_LENGTHS = f"""
SELECT portal, CASE {_CLASS} ELSE {len(LENGTHS)} END AS class, count(*)
FROM articles JOIN bodies ON bodies.id = body_id WHERE {_MEANT} GROUP BY portal, class ORDER BY class"""
_KINDS = f"""
SELECT portal, reprints.kind, count(DISTINCT article_id)
FROM reprints JOIN articles ON articles.id = article_id WHERE {_MEANT} GROUP BY portal, reprints.kind"""
_REJECTS = """
SELECT portal, reason, count(*) AS pages FROM rejects
WHERE (:portal IS NULL OR portal = :portal) AND rejected_at >= :since
GROUP BY portal, reason ORDER BY pages DESC, reason"""
_GAPS = "SELECT portal, label FROM sections WHERE gap = 1 AND (:portal IS NULL OR portal = :portal) ORDER BY id"
# The version that is tried first: see crawler.corpus.templates.
_TEMPLATES = """
SELECT portal, name, fit, pages FROM templates WHERE :portal IS NULL OR portal = :portal
ORDER BY pinned, valid_until IS NULL, version"""


def _portals(db: Database, bounds: dict[str, Any]) -> tuple[PortalReport, ...]:
    counts = {name: rest for name, *rest in db.execute(_COUNTS, bounds)}
    days, lengths = _nested(db, _DAYS, bounds), _nested(db, _LENGTHS, bounds)
    kinds, rejects = _nested(db, _KINDS, bounds), _nested(db, _REJECTS, bounds)
    templates = {portal: found for portal, *found in db.execute(_TEMPLATES, bounds)}
    gaps: dict[str, list[str]] = {}
    for portal, label in db.execute(_GAPS, bounds):
        gaps.setdefault(portal, []).append(label)
    found = []
    for name, title, city, sections, complete, waiting, failed in db.execute(_PORTALS, bounds).fetchall():
        articles, duplicates, undated, *filled = counts.get(name, (0,) * (3 + len(FIELDS)))
        template, fit, pages = templates.get(name, (None, None, 0))
        found.append(
            PortalReport(
                name=name,
                title=title,
                city=city,
                articles=articles,
                duplicates=duplicates,
                undated=undated,
                days={dt.date.fromisoformat(day): n for day, n in days.get(name, {}).items()},
                filled=dict(zip(FIELDS, filled, strict=True)),
                lengths=lengths.get(name, {}),
                kinds=kinds.get(name, {}),
                rejects=rejects.get(name, {}),
                template=template,
                fit=fit,
                fit_pages=pages,
                sections=sections,
                complete=complete,
                gaps=tuple(gaps.get(name, ())),
                waiting=waiting,
                failed=failed,
            )
        )
    return tuple(sorted(found, key=lambda portal: (-portal.articles, portal.name)))


def _nested(db: Database, sql: str, bounds: dict[str, Any]) -> dict[str, dict[Any, int]]:
    """Rows of portal, key, number as number by key by portal."""
    found: dict[str, dict[Any, int]] = {}
    for portal, key, number in db.execute(sql, bounds):
        found.setdefault(portal, {})[key] = number
    return found
