"""Gives a corpus a past: weeks of quiet hourly runs before the ones that a test makes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from crawler.corpus import Corpus
from crawler.corpus.database import Database

DAYS = 21
#: Articles that every tenth of the past runs brought, all of them whole.
NEWS = 3


def give_past(corpus: Corpus | Path, portal: str = "demo", days: int = DAYS, hours: int = 6) -> None:
    """Move the portal's first run back, and put copies of it, without the backlog, between then and now."""
    if isinstance(corpus, Path):
        with Corpus.open(corpus) as opened:
            give_past(opened, portal, days, hours)
        return
    with corpus._connection.writing() as db:
        _give_past(db, portal, days, hours)


def _give_past(db: Database, portal: str, days: int, hours: int) -> None:
    first, stats = db.execute(
        "SELECT id, stats FROM runs WHERE portal = ? AND outcome = 'finished' ORDER BY id LIMIT 1", (portal,)
    ).fetchone()
    began = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    db.execute("UPDATE runs SET started_at = ?, ended_at = ? WHERE id = ?", (_text(began), _text(began), first))
    sections = db.execute("SELECT * FROM run_sections WHERE run_id = ?", (first,)).fetchall()
    for number in range(1, days * 24 // hours):
        moment = began + dt.timedelta(hours=number * hours)
        run = db.execute(
            "INSERT INTO runs (portal, arguments, started_at, ended_at, outcome, stats, verdict)"
            " VALUES (?, '{}', ?, ?, 'finished', ?, 'ok') RETURNING id",
            (portal, _text(moment), _text(moment), stats),
        ).fetchone()[0]
        for _, section, pages, links, *_ in sections:
            db.execute("INSERT INTO run_sections VALUES (?, ?, ?, ?, 0, 'known', 0)", (run, section, pages, links))
            db.execute(
                "INSERT INTO run_figures VALUES (?, ?, ?, ?, '{}', ?, ?, 0, 0, '{}')",
                (run, section, NEWS, NEWS, f'{{"30": {NEWS}}}', f'{{"19": {NEWS}}}'),
            )
    # What is remembered is computed anew from these runs.
    db.execute("DELETE FROM health WHERE portal = ?", (portal,))


def _text(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="microseconds")
