"""The figures of a run: counted once when it ends, kept in run_figures, computed anew for runs of older releases."""

from __future__ import annotations

import bisect
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from crawler.corpus.codec import instant
from crawler.corpus.database import Database
from crawler.corpus.health.model import Articles, RunFigures, SectionFigures, bucket, tenth

__all__ = ["history", "take"]


def take(db: Database, run_id: int, outcome: str, mark: int, refusals: int) -> RunFigures:
    """Count what the run that ends now brought, and write it down.  mark: last sighting before it."""
    run = _run(db, run_id, outcome, refusals)
    fresh = dict(
        db.execute(
            "SELECT section_id, count(*) FROM sightings WHERE id > ? AND section_id IN"
            " (SELECT id FROM sections WHERE portal = (SELECT portal FROM runs WHERE id = ?)) GROUP BY section_id",
            (mark, run_id),
        ).fetchall()
    )
    _fill(db, run, fresh)
    for section in run.sections:
        # Most runs bring nothing, and a year of hourly runs has many.
        if section.fresh or section.articles.pages:
            _write(db, run_id, section)
    return run


def history(db: Database, portal: str, before: int, days: int) -> Iterator[RunFigures]:
    """The portal's ended runs before that one, oldest first, as far back as so many days."""
    rows = db.execute(
        "SELECT id, started_at, ended_at, outcome, stats FROM runs WHERE portal = ? AND id < ? AND outcome IS NOT NULL"
        " ORDER BY id",
        (portal, before),
    ).fetchall()
    if not rows:
        return
    cutoff = dt.datetime.fromisoformat(rows[-1][1]) - dt.timedelta(days=days)
    rows = [row for row in rows if dt.datetime.fromisoformat(row[1]) >= cutoff]
    counted = _fresh_by_run(db, portal, [(row[0], row[1], row[2]) for row in rows], cutoff)
    for run_id, _, _, outcome, stats in rows:
        run = _run(db, run_id, outcome, int(json.loads(stats or "{}").get("articles/blocked", 0)))
        if not _read(db, run):
            _fill(db, run, counted.get(run_id, {}))
        yield run


def _fresh_by_run(
    db: Database, portal: str, runs: list[tuple[int, str, str]], cutoff: dt.datetime
) -> dict[int, dict[int, int]]:
    """Sightings by the run in whose time they fall and by section, for runs that did not count them."""
    begins = [row[1] for row in runs]
    found: dict[int, dict[int, int]] = {}
    sightings = db.execute(
        "SELECT section_id, first_seen FROM sightings JOIN sections ON sections.id = section_id"
        " WHERE portal = ? AND first_seen >= ?",
        (portal, instant(cutoff)),
    )
    for section_id, seen in sightings:
        place = bisect.bisect_right(begins, seen) - 1
        if place >= 0 and seen <= (runs[place][2] or ""):
            counts = found.setdefault(runs[place][0], {})
            counts[section_id] = counts.get(section_id, 0) + 1
    return found


def _run(db: Database, run_id: int, outcome: str | None, refusals: int) -> RunFigures:
    """The run and the lists it walked, without articles."""
    started, arguments = db.execute("SELECT started_at, arguments FROM runs WHERE id = ?", (run_id,)).fetchone()
    # url, name and hosts say which portal it is; they narrow nothing.
    narrowed = set(json.loads(arguments)) - {"url", "name", "hosts"}
    run = RunFigures(run_id, dt.datetime.fromisoformat(started), outcome, bool(narrowed), refusals)
    walked = db.execute(
        "SELECT section_id, label, route, ended_by, list_pages, links_seen FROM run_sections"
        " JOIN sections ON sections.id = section_id WHERE run_id = ? ORDER BY section_id",
        (run_id,),
    )
    run.sections = [SectionFigures(*row) for row in walked]
    return run


# --- Counting --------------------------------------------------------------------------------------------------------


def _fill(db: Database, run: RunFigures, fresh: dict[int, int]) -> None:
    """Count the run's articles and rejects by section."""
    by_id = {section.section_id: section for section in run.sections}
    by_label = {section.label: section for section in reversed(run.sections)}
    for section in run.sections:
        section.fresh = fresh.get(section.section_id or 0, 0)
    nowhere = SectionFigures(None)
    for label, *article in db.execute(_ARTICLES, (run.run_id,)):
        _count(by_label.get(label, nowhere).articles, *article)
    for section_id, reason, pages in db.execute(_REJECTS, (run.run_id,)):
        rejects = by_id.get(section_id, nowhere).articles.rejects
        rejects[reason] = rejects.get(reason, 0) + pages
    if nowhere.articles.pages:
        run.sections.append(nowhere)


_ARTICLES = """
SELECT section, kind, title, published, source, reporters, confidence, template,
    json_extract(evidence, '$.template.confidence'), length(body)
FROM articles JOIN bodies ON bodies.id = body_id WHERE run_id = ? ORDER BY articles.id"""
_REJECTS = """
SELECT (SELECT section_id FROM sightings JOIN frontier ON frontier.id = frontier_id
        WHERE frontier.key = rejects.key AND frontier.portal = rejects.portal ORDER BY side, sightings.id LIMIT 1),
    reason, count(*) FROM rejects WHERE run_id = ? GROUP BY 1, 2 ORDER BY 1, 2"""


def _count(
    articles: Articles,
    kind: str,
    title: str | None,
    published: str | None,
    source: str | None,
    reporters: str,
    confidence: float,
    template: str | None,
    fit: float | None,
    characters: int,
) -> None:
    articles.count += 1
    there = {"title": title, "time": published, "source": source, "reporter": reporters != "[]"}
    for name, value in there.items():
        if not value:
            articles.missing[name] = articles.missing.get(name, 0) + 1
    if kind == "article":
        # Galleries and videos are news with a line of text or none.
        for counts, place in ((articles.lengths, bucket(characters)), (articles.confidences, tenth(confidence))):
            counts[place] = counts.get(place, 0) + 1
    if fit is not None or template is not None:
        articles.judged += 1
        articles.misfits += template is None


# --- run_figures -----------------------------------------------------------------------------------------------------


def _write(db: Database, run_id: int, section: SectionFigures) -> None:
    articles = section.articles
    parts = (articles.missing, articles.lengths, articles.confidences, articles.rejects)
    missing, lengths, confidences, rejects = (json.dumps(part, ensure_ascii=False) for part in parts)
    db.execute(
        "INSERT INTO run_figures (run_id, section_id, fresh, articles, missing, lengths, confidences, judged, misfits,"
        " rejects) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(run_id, section.section_id, section.fresh, articles.count, missing, lengths, confidences),
            *(articles.judged, articles.misfits, rejects),
        ),
    )


def _read(db: Database, run: RunFigures) -> bool:
    """Fill in what was written down; False where nothing was: the run brought nothing, or an older release made it."""
    rows = db.execute(
        "SELECT section_id, fresh, articles, missing, lengths, confidences, judged, misfits, rejects"
        " FROM run_figures WHERE run_id = ?",
        (run.run_id,),
    ).fetchall()
    by_id = {section.section_id: section for section in run.sections}
    for section_id, fresh, *rest in rows:
        section = by_id.get(section_id)
        if section is None:
            section = SectionFigures(section_id)
            run.sections.append(section)
        section.fresh, section.articles = fresh, _articles(*rest)
    return bool(rows)


def _articles(
    count: int, missing: str, lengths: str, confidences: str, judged: int, misfits: int, rejects: str
) -> Articles:
    def numbered(text: str) -> dict[int, int]:
        values: dict[str, Any] = json.loads(text)
        return {int(place): number for place, number in values.items()}

    return Articles(
        count, json.loads(missing), numbered(lengths), numbered(confidences), judged, misfits, json.loads(rejects)
    )
