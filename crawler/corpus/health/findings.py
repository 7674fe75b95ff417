"""From what a test says to a finding: how bad it is, whether another one stands for it, when it is over."""

from __future__ import annotations

import datetime as dt

from crawler.corpus.health.model import Change, Finding, RunFigures, SectionFigures, VerdictName
from crawler.corpus.health.sequential import Event, Sequential
from crawler.corpus.health.state import PortalState, key_of

__all__ = ["Findings"]

#: Share of the articles that has to suffer before a portal is broken rather than to be watched.
SPOILT = 0.4
#: Without these an article is no article.
VITAL = frozenset({"missing_title", "missing_time", "short", "list", "lists", "blocked", "silence"})
#: A section below this share of the portal's news is watched, not mourned.
WEIGHTY = 0.05


class Findings:
    """What one run raises and ends.  now: when it began, in days; over: the portal's figures whose alarms it ended."""

    def __init__(self, state: PortalState, run: RunFigures) -> None:
        self.state, self.run = state, run
        self.now = run.started_at.timestamp() / 86400
        self.changes: list[Change] = []
        self.over: list[str] = []

    def _event(
        self, figure: str, section: SectionFigures | None, test: Sequential, event: Event | None, detail: str
    ) -> None:
        if event is None:
            return
        if event != "raised":
            self._end(event, f"{(section.section_id if section else None) or 0}/{figure}")
            if section is None:
                self.over.append(figure)
            return
        silent = figure == "yield" and section is not None and f"{section.section_id}/silence" in self.state.open
        if silent or (section is not None and f"0/{_whole(figure)}" in self.state.open):
            # One break, one alarm: it stands for its sections as long as it is open.
            return
        latch = test.latch
        assert latch is not None
        self._raise(figure, section, latch.bad, latch.of, latch.usual, self.now - latch.since, detail)

    def _left_over(self, figure: str) -> None:
        """The portal's own alarm is over; sections that it stood for, and that are still bad, speak for themselves."""
        own = "list" if figure == "lists" else figure
        for number, known in self.state.sections.items():
            section = SectionFigures(number, known.label, known.route)
            finding = Finding(own, number, known.label, "watch", self.run.started_at, 0, 1, 0)
            test = self.state.test(finding)
            if test is None or test.latch is None or key_of(finding) in self.state.open:
                continue
            if own == "list":
                self._event(own, section, test, "raised", "is bad")
            else:
                # Too few articles of its own to say that it is over there too; if it is not, it will be found anew.
                test.dismiss()

    def _raise(
        self,
        figure: str,
        section: SectionFigures | None,
        seen: float,
        of: float,
        usual: float,
        days: float,
        detail: str = "",
    ) -> None:
        finding = Finding(
            figure,
            section.section_id if section else None,
            section.label if section else "",
            self._severity(figure, section, seen / of - usual if of else 1.0),
            dt.datetime.fromtimestamp((self.now - days) * 86400, dt.UTC),
            seen,
            of,
            usual,
            detail,
        )
        self.state.open[key_of(finding)] = finding
        self.changes.append(Change("raised", finding))

    def _severity(self, figure: str, section: SectionFigures | None, worse: float) -> VerdictName:
        weighty = section is None or self._weight(section) >= WEIGHTY
        vital = figure in VITAL or figure.startswith("reject")
        return "broken" if vital and weighty and worse >= SPOILT else "watch"

    def _weight(self, section: SectionFigures) -> float:
        """The section's share of the portal's news."""
        known = self.state.sections.get(section.section_id or 0)
        return 1 - known.share.usual() if known and known.share.known else 0.0

    def _end(self, how: Event, key: str) -> None:
        finding = self.state.open.pop(key, None)
        if finding is not None and how != "raised":
            self.changes.append(Change(how, finding))


def _whole(figure: str) -> str:
    """The portal's figure that stands for a section's."""
    return {"list": "lists", "yield": "silence"}.get(figure, figure)
