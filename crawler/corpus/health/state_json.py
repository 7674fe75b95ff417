"""What is remembered of a portal, to text and back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any, TypeVar

from crawler.corpus.health.model import Finding
from crawler.corpus.health.rank import Rank
from crawler.corpus.health.rate import Rate
from crawler.corpus.health.rhythm import Rhythm
from crawler.corpus.health.sequential import Latch, Sequential
from crawler.corpus.health.state import ArticleTests, PortalState, SectionState

__all__ = ["STATE_VERSION", "dump", "load"]

#: Rises when tests change: what an older release remembered is then computed anew from the runs.
STATE_VERSION = 1

_T = TypeVar("_T", bound=Sequential)
#: Figures after the point that are kept; more say nothing and triple the text.
_DIGITS = 7


def dump(state: PortalState) -> str:
    """The state as JSON."""
    return json.dumps(_plain(dataclasses.asdict(state)), ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> PortalState:
    """The inverse of dump(); ValueError, KeyError or TypeError for anything else."""
    values = json.loads(text)
    return PortalState(
        **values
        | {
            "sections": {int(number): _section(section) for number, section in values["sections"].items()},
            "articles": _tests(values["articles"]),
            "rhythm": _rhythm(values["rhythm"]),
            "blocked": _rate(values["blocked"]),
            "lists": _rate(values["lists"]),
            "open": {key: _finding(finding) for key, finding in values["open"].items()},
        }
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return round(value, _DIGITS)
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _section(values: dict[str, Any]) -> SectionState:
    return SectionState(
        **values
        | {
            "lists": _rate(values["lists"]),
            "share": _rate(values["share"]),
            "rhythm": _rhythm(values["rhythm"]),
            "articles": _tests(values["articles"]),
        }
    )


def _rhythm(values: dict[str, Any]) -> Rhythm:
    return Rhythm(**values | {"held": _numbered(values["held"])})


def _tests(values: dict[str, Any]) -> ArticleTests:
    ranks = {name: _rank(values[name]) for name in ("short", "long", "confidence")}
    return ArticleTests(**values | ranks | {"rates": {name: _rate(rate) for name, rate in values["rates"].items()}})


def _rate(values: dict[str, Any]) -> Rate:
    return _latched(Rate, values | {name: _numbered(values[name]) for name in ("strata", "waiting")})


def _rank(values: dict[str, Any]) -> Rank:
    return _latched(Rank, values | {"waiting": _numbered(values["waiting"])})


def _latched(kind: type[_T], values: dict[str, Any]) -> _T:
    latch = values["latch"]
    return kind(**values | {"latch": None if latch is None else Latch(**latch)})


def _numbered(values: dict[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in values.items()}


def _finding(values: dict[str, Any]) -> Finding:
    return Finding(**values | {"since": dt.datetime.fromisoformat(values["since"])})
