"""Which portals are due, as the worker sees it: the rule of `scrapy harvest --due`, over all portal files."""

from __future__ import annotations

import datetime as dt

from crawler.cluster.options import Options
from crawler.corpus import Corpus, due_times, utc_now
from crawler.errors import ChengwenError
from crawler.portals import load, names

__all__ = ["due_portals", "homes_of", "was_finished"]


def homes_of(options: Options, wanted: list[str]) -> dict[str, str | None]:
    """Home page of each portal; None where its file is broken, which its crawl will say."""
    homes: dict[str, str | None] = {}
    for name in wanted:
        try:
            homes[name] = load(name, options.portals_dir).home
        except ChengwenError:
            homes[name] = None
    return homes


def due_portals(options: Options, wanted: list[str] | None = None) -> list[str]:
    """Portals whose news should be fetched now, the longest overdue first.

    wanted: among these; None: among those that the workers look after.
    """
    homes = homes_of(options, wanted or list(options.portals) or names(options.portals_dir))
    with Corpus.open(options.corpus, timeout=options.corpus_timeout) as corpus:
        now = utc_now()
        times = due_times(corpus, homes, now, dt.timedelta(hours=options.least_hours))
    return sorted((name for name in times if times[name] <= now), key=times.__getitem__)


def was_finished(options: Options, portal: str) -> bool:
    """True if the portal's last run came to its end by itself and left nothing."""
    with Corpus.open(options.corpus, timeout=options.corpus_timeout) as corpus:
        history = corpus.history(portal)
    return history.finished and not history.pending
