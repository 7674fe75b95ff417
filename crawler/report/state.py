"""How a portal is, as whoever judges it says: a report shows it, and judges nothing itself."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Finding", "State"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What changed, what to do about it, and addresses that show it."""

    words: str
    advice: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """A portal's verdict (ok, watch, broken), its findings, and how complete its articles are, in words."""

    portal: str
    verdict: str
    findings: tuple[Finding, ...] = ()
    completeness: str = ""
