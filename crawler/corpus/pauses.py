"""Hosts that refused to be crawled, and until when they are left alone (DESIGN.md §5, DOMAIN.md §4.10)."""

from __future__ import annotations

import datetime as dt

from crawler.corpus.codec import instant, text
from crawler.corpus.database import Database
from crawler.corpus.records import Pause

__all__ = ["PAUSE_FIRST", "PAUSE_LONGEST", "lift", "pause", "pauses"]

#: The first pause: anti-crawl systems commonly ban an address for minutes to an hour, an hourly job then finds it open.
PAUSE_FIRST = dt.timedelta(hours=1)
#: Doubled with every blocked run, up to a week: a portal that lets nobody in is asked four times a month.
PAUSE_LONGEST = dt.timedelta(days=7)


def pause(db: Database, host: str, why: str, least: dt.timedelta, now: dt.datetime) -> Pause:
    """A run was refused by that host: leave it alone twice as long as after the last one, at least for `least`."""
    row = db.execute("SELECT refused_runs FROM pauses WHERE host = ?", (host,)).fetchone()
    runs = (int(row[0]) if row else 0) + 1
    # 2**8 hours are more than a week already; larger exponents would only overflow.
    seconds = max(PAUSE_FIRST * 2 ** min(runs - 1, 8), least)
    until = now + min(seconds, PAUSE_LONGEST)
    db.execute(
        "INSERT INTO pauses (host, refused_runs, refused_at, until, why) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (host) DO UPDATE SET refused_runs = excluded.refused_runs, refused_at = excluded.refused_at,"
        " until = excluded.until, why = excluded.why",
        (host, runs, instant(now), instant(until), text(why)),
    )
    return Pause(host, runs, now, until, why)


def pauses(db: Database, now: dt.datetime) -> dict[str, Pause]:
    """All hosts that refused the last run that asked them; `until` lies in the past where the pause is over.

    A pause that would last longer than any can was written before the clock was set back: it is over.
    """
    found = {}
    for host, runs, refused_at, until_text, why in db.execute(
        "SELECT host, refused_runs, refused_at, until, why FROM pauses"
    ):
        until = dt.datetime.fromisoformat(until_text)
        found[host] = Pause(
            host, runs, dt.datetime.fromisoformat(refused_at), until if until - now <= PAUSE_LONGEST else now, why
        )
    return found


def lift(db: Database, host: str) -> None:
    """Pages of that host come through again."""
    db.execute("DELETE FROM pauses WHERE host = ?", (host,))
