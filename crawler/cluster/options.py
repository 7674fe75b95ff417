"""What a worker and its neighbours have to agree on, read from the settings once."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.corpus.address import is_server, shown
from crawler.errors import UsageError

__all__ = ["Options", "cron", "queue_address"]


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of CLUSTER_* (docs/settings.md says what each is for); times in seconds.

    corpus: address of the database that holds corpus and queue; portals_dir: the user's portal files, None: none;
    least_hours: between two crawls of a portal that is due; portals: those that are looked after, empty: all that have
    a file; due: 0: nobody looks; handed_on: -s options for the crawls.
    """

    corpus: str
    portals_dir: Path | None
    corpus_timeout: float
    least_hours: float
    portals: tuple[str, ...]
    worker: str
    concurrency: int
    due: int
    poll: float
    heartbeat: float
    stalled: float
    sweep: int
    grace: float
    longest: float
    logs: Path
    keep_days: int
    handed_on: tuple[str, ...] = ()

    @classmethod
    def read(cls, settings: Any, portals_dir: Path | None, handed_on: tuple[str, ...] = ()) -> Options:
        """From Scrapy's settings.  UsageError, naming the setting, where a value makes no sense."""
        numbers = {name: _number(settings, f"CLUSTER_{name}", least) for name, least in _LEAST.items()}
        if numbers["STALLED_SECONDS"] < 2 * numbers["HEARTBEAT_SECONDS"]:
            raise UsageError(
                "CLUSTER_STALLED_SECONDS: at least twice CLUSTER_HEARTBEAT_SECONDS, or live workers are taken for dead"
            )
        for name in ("DUE_SECONDS", "SWEEP_SECONDS"):
            if numbers[name]:
                cron(int(numbers[name]), f"CLUSTER_{name}")
        return cls(
            queue_address(str(settings["CORPUS"])),
            portals_dir,
            settings.getfloat("CORPUS_TIMEOUT"),
            settings.getfloat("HARVEST_LEAST_HOURS"),
            tuple(settings.getlist("CLUSTER_PORTALS")),
            str(settings["CLUSTER_WORKER"] or socket.gethostname()),
            int(numbers["CONCURRENCY"]),
            int(numbers["DUE_SECONDS"]),
            numbers["POLL_SECONDS"],
            numbers["HEARTBEAT_SECONDS"],
            numbers["STALLED_SECONDS"],
            int(numbers["SWEEP_SECONDS"]),
            numbers["GRACE_SECONDS"],
            numbers["CRAWL_HOURS"] * 3600,
            Path(settings["CLUSTER_LOGS"]),
            int(numbers["KEEP_DAYS"]),
            handed_on,
        )

    @property
    def takeover(self) -> float:
        """Seconds within which a dead worker's portal is another's, if that one has room.

        Its silence, the next sweep, half a second that Procrastinate oversleeps, and a look into the queue by who
        sweeps and by who crawls.
        """
        return self.stalled + self.sweep + 0.5 + 2 * self.poll


#: Settings that are numbers, and the least that makes sense.
_LEAST: Mapping[str, float] = {
    "CONCURRENCY": 1,
    "DUE_SECONDS": 0,
    "POLL_SECONDS": 0.1,
    "HEARTBEAT_SECONDS": 0.1,
    "STALLED_SECONDS": 0.2,
    "SWEEP_SECONDS": 1,
    "GRACE_SECONDS": 0,
    "CRAWL_HOURS": 0.001,
    "KEEP_DAYS": 1,
}


def _number(settings: Any, name: str, least: float) -> float:
    try:
        value = float(settings[name])
    except (TypeError, ValueError):
        raise UsageError(f"{name}={settings[name]}: no number; an example: -s {name}={least:g}") from None
    if value < least:
        raise UsageError(f"{name}={value:g}: at least {least:g}")
    return value


def cron(seconds: int, setting: str = "") -> str:
    """Every so many seconds, as croniter writes it (seconds come last).  UsageError where a clock cannot say that.

    >>> cron(5), cron(60), cron(600)
    ('* * * * * */5', '*/1 * * * * 0', '*/10 * * * * 0')
    """
    if seconds < 60 and 60 % seconds == 0:
        return f"* * * * * */{seconds}"
    if seconds % 60 == 0 and seconds < 3600 and 3600 % seconds == 0:
        return f"*/{seconds // 60} * * * * 0"
    raise UsageError(f"{setting}={seconds}: a part of a minute, or minutes that are a part of an hour: 5, 30, 60, 600")


def queue_address(corpus: str) -> str:
    """The database of the setting CORPUS; UsageError, without its password, where that is no PostgreSQL."""
    if not is_server(corpus):
        raise UsageError(
            f"CORPUS={shown(corpus)}: a cluster needs a corpus in PostgreSQL, "
            "as in CORPUS=postgresql://chengwen@db.example.cn/chengwen (docs/scale.md)"
        )
    return corpus
