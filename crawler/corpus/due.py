"""When each of some portals is to be crawled next: by its rate of news, and not before its pause has passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from crawler.corpus.corpus import Corpus
from crawler.corpus.history import due_at
from crawler.urls import host_of

__all__ = ["due_times"]


def due_times(
    corpus: Corpus, homes: Mapping[str, str | None], now: dt.datetime, least: dt.timedelta
) -> dict[str, dt.datetime]:
    """For each portal the time at which it is due, now or earlier where it is.

    homes: the portals' home pages, None where that is not known; least: between two runs of a portal.
    """
    pauses = corpus.pauses()
    times = {}
    for name, home in homes.items():
        pause = pauses.get(host_of(home)) if home else None
        when = due_at(corpus.history(name), now, least)
        times[name] = max(when, pause.until) if pause else when
    return times
