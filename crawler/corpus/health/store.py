"""Health in the database: figures of a run, the tests' memory, alarms.  The judging is crawler.corpus.health.watch."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Sequence
from typing import Any

from crawler.corpus.codec import instant, parse
from crawler.corpus.database import Database
from crawler.corpus.health import figures, state_json
from crawler.corpus.health.evidence import examples
from crawler.corpus.health.model import FIELDS, Change, Finding, VerdictName
from crawler.corpus.health.records import Alarm, Judgement, PortalHealth, Usual
from crawler.corpus.health.state import PortalState
from crawler.corpus.health.watch import LEARN_DAYS, step
from crawler.corpus.health.words import advice, describe, headline

__all__ = ["judge", "overview", "sighting_mark"]

logger = logging.getLogger(__name__)

#: Days of runs that are read again where nothing is remembered: twice what counts half (sequential.HALF_LIFE).
REBUILT_DAYS = 120
#: Ended alarms that are shown, newest first.
PAST_SHOWN = 5


def sighting_mark(db: Database) -> int:
    """Number of the last sighting."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM sightings").fetchone()[0])


def judge(db: Database, run_id: int, outcome: str, mark: int, refusals: int, now: dt.datetime) -> Judgement:
    """Write a run's figures down, judge, and remember."""
    portal = str(db.execute("SELECT portal FROM runs WHERE id = ?", (run_id,)).fetchone()[0])
    state = _remembered(db, portal, run_id)
    run = figures.take(db, run_id, outcome, mark, refusals)
    before = _verdict(db, portal)
    changes = step(state, run)
    if not run.narrowed:
        _alter(db, portal, run_id, changes, now)
        _remember(db, portal, run_id, state)
        db.execute("UPDATE runs SET verdict = ? WHERE id = ?", (state.verdict, run_id))
    open_now = [_current(state, finding) for finding in state.open.values()]
    line = "" if run.narrowed or state.verdict == "ok" else headline(portal, state.verdict, open_now)
    raised, ended = (_told(db, portal, changes, ("raised",)), _told(db, portal, changes, ("cleared", "accepted")))
    return Judgement(portal, before if run.narrowed else state.verdict, before, line, raised, ended)


def _current(state: PortalState, finding: Finding) -> Finding:
    """An open finding with what has been counted up to now."""
    test = state.test(finding)
    if test is None or test.latch is None:
        return finding
    latch = test.latch
    values = {name: getattr(finding, name) for name in ("figure", "section_id", "label", "severity", "since", "detail")}
    return Finding(**values, seen=latch.bad, of=latch.of, usual=finding.usual)


# --- Memory ----------------------------------------------------------------------------------------------------------


def _remembered(db: Database, portal: str, run_id: int) -> PortalState:
    """What is known of the portal before this run."""
    row = db.execute("SELECT version, state FROM health WHERE portal = ?", (portal,)).fetchone()
    if row is not None and row[0] == state_json.STATE_VERSION:
        try:
            return state_json.load(row[1])
        except (ValueError, KeyError, TypeError) as error:
            logger.warning("%s: what was remembered of its health is damaged (%s) and is computed anew", portal, error)
    state = PortalState()
    for run in figures.history(db, portal, run_id, REBUILT_DAYS):
        step(state, run)
    if state.runs:
        logger.info("%s: health computed from the last %d runs", portal, state.runs)
        _recount(db, portal, state)
    return state


def _recount(db: Database, portal: str, state: PortalState) -> None:
    """Alarms as this release sees the past: what is open now is entered, what is not is ended."""
    last = db.execute("SELECT max(id), max(started_at) FROM runs WHERE portal = ?", (portal,)).fetchone()
    db.execute(
        "UPDATE alarms SET ended_at = ?, ended_how = 'recounted' WHERE portal = ? AND ended_at IS NULL",
        (last[1], portal),
    )
    moment = parse(last[1])
    assert moment is not None
    _alter(db, portal, int(last[0]), [Change("raised", finding) for finding in state.open.values()], moment)


def _remember(db: Database, portal: str, run_id: int, state: PortalState) -> None:
    db.execute(
        "INSERT INTO health (portal, run_id, version, state) VALUES (?, ?, ?, ?) ON CONFLICT (portal) DO UPDATE SET"
        " run_id = excluded.run_id, version = excluded.version, state = excluded.state",
        (portal, run_id, state_json.STATE_VERSION, state_json.dump(state)),
    )


def _verdict(db: Database, portal: str) -> VerdictName:
    """The verdict of the last judged run; ok before there was one."""
    row = db.execute(
        "SELECT runs.verdict FROM health JOIN runs ON runs.id = health.run_id WHERE health.portal = ?", (portal,)
    ).fetchone()
    return row[0] if row and row[0] else "ok"


# --- Alarms ----------------------------------------------------------------------------------------------------------


def _alter(db: Database, portal: str, run_id: int, changes: Sequence[Change], now: dt.datetime) -> None:
    """Enter what began and end what ended."""
    for change in changes:
        finding = change.finding
        if change.how == "raised":
            db.execute(
                "INSERT INTO alarms (portal, section_id, figure, severity, since, seen, of, usual, words, examples,"
                " raised_at, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(portal, finding.section_id or None, finding.figure, finding.severity, instant(finding.since)),
                    *(finding.seen, finding.of, finding.usual, describe(finding)),
                    json.dumps(examples(db, portal, finding), ensure_ascii=False),
                    *(instant(now), run_id),
                ),
            )
        else:
            db.execute(
                "UPDATE alarms SET ended_at = ?, ended_how = ? WHERE portal = ? AND figure = ?"
                " AND section_id IS ? AND ended_at IS NULL",
                (instant(now), change.how, portal, finding.figure, finding.section_id or None),
            )


_ALARMS = """
SELECT figure, alarms.section_id, sections.label, severity, since, raised_at, ended_at, ended_how, seen, of, usual,
    words, examples, portals.home
FROM alarms JOIN portals ON portals.name = alarms.portal LEFT JOIN sections ON sections.id = alarms.section_id
WHERE alarms.portal = ?"""


def _alarm(portal: str, row: tuple[Any, ...]) -> Alarm:
    figure, section_id, label, severity, since, raised, ended, how, seen, of, usual, words, shown, home = row
    began, told = dt.datetime.fromisoformat(since), dt.datetime.fromisoformat(raised)
    finding = Finding(figure, section_id, label or "", severity, began, seen, of, usual)
    return Alarm(
        figure, label, severity, began, told, parse(ended), how, seen, of, usual, words,
        advice(finding, portal, home), tuple(json.loads(shown)),
    )  # fmt: skip


def _told(db: Database, portal: str, changes: Sequence[Change], kinds: tuple[str, ...]) -> tuple[Alarm, ...]:
    """The alarms that these changes raised, or ended."""
    found = []
    for change in changes:
        if change.how in kinds:
            row = db.execute(
                f"{_ALARMS} AND figure = ? AND alarms.section_id IS ? ORDER BY alarms.id DESC LIMIT 1",
                (portal, change.finding.figure, change.finding.section_id or None),
            ).fetchone()
            if row is not None:
                found.append(_alarm(portal, row))
    return tuple(found)


# --- For people ------------------------------------------------------------------------------------------------------


def overview(db: Database, portal: str | None = None) -> list[PortalHealth]:
    """Every portal that was judged, or one."""
    rows = db.execute(
        "SELECT health.portal, health.run_id, version, state, coalesce(ended_at, started_at), verdict"
        " FROM health JOIN runs ON runs.id = health.run_id WHERE :portal IS NULL OR health.portal = :portal"
        " ORDER BY health.portal",
        {"portal": portal},
    ).fetchall()
    return [_health(db, *row) for row in rows]


def _health(
    db: Database, portal: str, run_id: int, version: int, text: str, judged_at: str, verdict: VerdictName | None
) -> PortalHealth:
    state = state_json.load(text) if version == state_json.STATE_VERSION else PortalState()
    opened = db.execute(
        f"{_ALARMS} AND ended_at IS NULL ORDER BY severity, alarms.section_id IS NOT NULL, alarms.id", (portal,)
    ).fetchall()
    ended = db.execute(
        f"{_ALARMS} AND ended_at IS NOT NULL ORDER BY ended_at DESC, alarms.id LIMIT ?", (portal, PAST_SHOWN)
    ).fetchall()
    return PortalHealth(
        portal,
        verdict or "ok",
        run_id,
        dt.datetime.fromisoformat(judged_at),
        _usual(state),
        _learning(state),
        tuple(_alarm(portal, row) for row in opened),
        tuple(_alarm(portal, row) for row in ended),
    )


def _usual(state: PortalState) -> Usual:
    rhythm = state.rhythm
    rates = state.articles.rates
    missing = {
        name: min(1.0, rates[f"missing_{name}"].total[0] / rates[f"missing_{name}"].total[1])
        for name in FIELDS
        if f"missing_{name}" in rates and rates[f"missing_{name}"].known
    }
    return Usual(
        days=_days(state),
        runs=state.runs,
        interval=state.interval * 24 if state.interval is not None else None,
        articles_a_day=rhythm.a_day if rhythm.known else None,
        longest_silence=rhythm.longest * 24 if rhythm.known else None,
        missing=missing,
    )


def _days(state: PortalState) -> float:
    return max(0.0, state.last - state.first) if state.last is not None and state.first is not None else 0.0


def _learning(state: PortalState) -> str | None:
    """Why nothing is said yet, in words."""
    days = _days(state)
    if days < LEARN_DAYS:
        return f"too young to be judged: {days:.0f} of {LEARN_DAYS:.0f} days seen, in {state.runs} runs"
    return None
