"""What the corpus says of a portal's health: verdict, alarms with their evidence, what is usual."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from crawler.corpus.health.model import VerdictName

__all__ = ["Alarm", "Judgement", "PortalHealth", "Usual"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One figure that left what was usual.

    section: label, None: the portal as a whole.  since: when the change began; raised_at: when that was certain.
    ended_at: None while it is open; ended_how: cleared (back to usual), accepted (a month on, the new state is the
    usual one), recounted (another release judges otherwise).  words: what changed; advice: what to do; examples: up to
    three addresses.
    """

    figure: str
    section: str | None
    severity: VerdictName
    since: dt.datetime
    raised_at: dt.datetime
    ended_at: dt.datetime | None
    ended_how: str | None
    seen: float
    of: float
    usual: float
    words: str
    advice: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for a portal.

    days: of history that this rests on.  articles_a_day: new links a day; None before there is enough history.
    missing: field → share of articles without it, None: none seen yet.  longest_silence: hours.  interval: hours
    between runs.
    """

    days: float
    runs: int
    interval: float | None
    articles_a_day: float | None
    longest_silence: float | None
    missing: dict[str, float]


@dataclass(frozen=True, slots=True)
class PortalHealth:
    """A portal's state after its last judged run.  learning: too young to be judged, as words; None: it is judged."""

    portal: str
    verdict: VerdictName
    run_id: int
    judged_at: dt.datetime
    usual: Usual
    learning: str | None
    alarms: tuple[Alarm, ...]
    past: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a run did to a verdict.  line: for a person, empty where there is nothing to say."""

    portal: str
    verdict: VerdictName
    before: VerdictName
    line: str = ""
    raised: tuple[Alarm, ...] = field(default=())
    ended: tuple[Alarm, ...] = field(default=())
