"""How a portal is: what a report says of its health and of how complete its articles are."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.corpus import Alarm, Completeness, PortalHealth

__all__ = ["State", "in_order", "state_of"]


@dataclass(frozen=True, slots=True)
class State:
    """A portal's verdict (ok, watch, broken), its open alarms, and how complete its articles are, in words."""

    portal: str
    verdict: str
    alarms: tuple[Alarm, ...] = ()
    learning: str = ""
    completeness: str = ""

    @property
    def words(self) -> str:
        """What is to be said besides the verdict; empty where that is all."""
        return "; ".join(part for part in (self.learning, self.completeness) if part)


def state_of(health: PortalHealth, complete: Completeness | None) -> State:
    """From what the corpus says of a portal."""
    return State(health.portal, health.verdict, health.alarms, health.learning or "", _share(complete))


def _share(complete: Completeness | None) -> str:
    if complete is None:
        return ""
    return (
        f"about {complete.published:,.0f} articles published in the last weeks (95 %: {complete.low:,.0f} to "
        f"{complete.high:,.0f}), {complete.stored:,} stored, {complete.share * 100:.0f} %"
    )


def in_order(states: tuple[State, ...]) -> tuple[list[State], list[str]]:
    """States of which there is something to say, the worst first; names of portals that are just ok."""
    rank = ("broken", "watch", "ok")
    said = [state for state in states if state.verdict != "ok" or state.words]
    plain = [state.portal for state in states if state.verdict == "ok" and not state.words]
    return sorted(said, key=lambda state: (rank.index(state.verdict), state.portal)), sorted(plain)
