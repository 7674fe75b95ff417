"""What earlier runs tell of the rate of a portal's news, and when the next run is due."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from crawler.corpus.codec import local, parse
from crawler.corpus.database import Database

__all__ = ["LONGEST_INTERVAL", "NEWS_A_RUN", "WINDOW", "History", "due_at", "history"]

#: News are counted over two weeks: weekdays and weekends, and a feast day weighs little.
WINDOW = dt.timedelta(days=14)
#: A run is worth its dozen list pages when so many articles wait: one usual list page of twenty.
NEWS_A_RUN = 20
#: However quiet a portal is: with one run a day the overlap window of three days bridges two that fail.
LONGEST_INTERVAL = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class History:
    """A portal so far.  last_run: beginning of the last whole run, None: never; finished: it came to its end by itself.

    news: articles that the portal dated within WINDOW before that run; pending: links waiting, or a gap was left.
    """

    last_run: dt.datetime | None = None
    finished: bool = False
    news: int = 0
    pending: bool = False


def due_at(history: History, now: dt.datetime, least: dt.timedelta) -> dt.datetime:
    """When the portal is to be crawled next; `now` where it never was, or where the clock was set back since.

    About NEWS_A_RUN new articles should wait there, but no run begins sooner than `least` after the last one, nor later
    than a day.  What was cut short, or left something to fetch, goes on as soon as that allows.

    >>> noon, hour = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), dt.timedelta(hours=1)
    >>> due_at(History(noon, True, news=14 * 60), noon, hour).isoformat(" ")
    '2026-03-01 20:00:00+00:00'
    """
    if history.last_run is None or history.last_run > now:
        return now
    if not history.finished or history.pending:
        return history.last_run + least
    interval = WINDOW * NEWS_A_RUN / history.news if history.news else LONGEST_INTERVAL
    return history.last_run + max(least, min(interval, LONGEST_INTERVAL))


def history(db: Database, portal: str) -> History:
    """What the corpus knows of a portal's runs and news; runs that were narrowed by arguments do not count."""
    run = db.execute(
        "SELECT started_at, outcome FROM runs WHERE portal = ? AND arguments = '{}' ORDER BY id DESC LIMIT 1", (portal,)
    ).fetchone()
    if run is None:
        return History()
    last = parse(run[0])
    assert last is not None
    news = db.execute(
        "SELECT count(*) FROM articles WHERE portal = ? AND published > ? AND published <= ?",
        (portal, local(last - WINDOW), local(last)),
    ).fetchone()[0]
    pending = db.execute(
        "SELECT EXISTS (SELECT 1 FROM frontier WHERE portal = :portal AND state = 'waiting')"
        " OR EXISTS (SELECT 1 FROM sections WHERE portal = :portal AND gap = 1)",
        {"portal": portal},
    ).fetchone()[0]
    return History(last, run[1] == "finished", int(news), bool(pending))
