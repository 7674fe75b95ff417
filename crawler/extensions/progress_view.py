"""A crawl, or many, as a person wants to watch them: for a terminal of any width, or as a line of a log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from crawler.extensions.moment import Moment, SectionLine

__all__ = ["Fleet", "as_values", "draw_fleet", "draw_one", "line_of", "line_of_fleet"]

#: Sections or portals shown at most, whatever the terminal's height: more than one looks at.
MOST_ROWS = 20
#: Lines around the rows: figures, waiting, totals, and one below for the cursor.
_AROUND = 6
#: Cells of a portal's or section's name: ten Chinese characters.
_NAME = 20
#: Waiting for less is the usual pace, and would only flicker in a line of the log.
_WORTH_SAYING = 2.0


@dataclass(frozen=True, slots=True)
class Fleet:
    """A harvest now.  ended: of how many; to_come: not begun; gone: sums over those that have ended."""

    seconds: float
    running: Sequence[Moment]
    ended: int
    to_come: int
    gone: dict[str, int] = field(default_factory=dict)

    def total(self, what: str) -> int:
        """The sum of a figure of Moment over all portals, ended or not."""
        return self.gone.get(what, 0) + sum(int(getattr(moment, what)) for moment in self.running)

    @property
    def rate(self) -> float:
        """Requests a second of late."""
        return sum(moment.rate for moment in self.running)

    @property
    def left(self) -> float | None:
        """Seconds until the slowest has ended; None while one of them does not know, or some have not begun."""
        lefts = [moment.left for moment in self.running]
        known = [left for left in lefts if left is not None]
        return max(known) if known and len(known) == len(lefts) and not self.to_come else None


# --- On a terminal ---------------------------------------------------------------------------------------------------


def draw_one(moment: Moment, console: Console) -> RenderableType:
    """Figures, what is waited for, a bar a section; as many sections as fit, those still being read first."""
    room = max(1, min(MOST_ROWS, console.height - _AROUND))
    ordered = sorted(moment.sections, key=lambda s: (s.ended is not None and s.answered >= s.wanted, -s.wanted))
    table = _grid()
    for line in ordered[:room]:
        _section_row(table, line)
    rest = ordered[room:]
    if rest:
        _bar_row(table, f"… {len(rest)} more", sum(s.answered for s in rest), sum(s.wanted for s in rest), "")
    head = f"{moment.portal}  {_clock(moment.seconds)}  {moment.rate:.1f} requests/s{_left(moment.left)}"
    return Group(_line(head, "bold"), _line(_figures(moment)), _line(_waits(moment), "dim"), table)


def draw_fleet(fleet: Fleet, console: Console) -> RenderableType:
    """The busiest portals that fit, a bar each, and a line for all."""
    room = max(1, min(MOST_ROWS, console.height - _AROUND))
    busiest = sorted(fleet.running, key=lambda m: (-m.rate, -m.new, m.portal))
    table = _grid()
    for moment in busiest[:room]:
        _bar_row(table, moment.portal, moment.answered, moment.wanted, _short(moment))
    head = (
        f"harvest  {_clock(fleet.seconds)}  {fleet.ended} ended, {len(fleet.running)} running, {fleet.to_come} to come"
        f"{_left(fleet.left)}"
    )
    sums = ", ".join(f"{fleet.total(what):,} {what}" for what in ("new", "duplicate", "rejected", "errors"))
    hidden = f"… {len(busiest) - room} more" if len(busiest) > room else ""
    waits = sum(1 for moment in fleet.running if moment.wait)
    last = f"{fleet.rate:.1f} requests/s; {waits} waiting for politeness"
    return Group(
        _line(head, "bold"), _line(sums), table, _line("; ".join(part for part in (hidden, last) if part), "dim")
    )


def _grid() -> Table:
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(no_wrap=True, overflow="ellipsis", width=_NAME)
    table.add_column(ratio=1, min_width=8)
    table.add_column(no_wrap=True, justify="right", min_width=9)
    table.add_column(no_wrap=True, overflow="ellipsis", width=26)
    return table


def _section_row(table: Table, line: SectionLine) -> None:
    pages = f"{line.list_pages} page{'s' if line.list_pages != 1 else ''}"
    how = line.ended.replace("_", " ") if line.ended else "reading"
    _bar_row(table, line.label, line.answered, line.wanted, f"{pages}, {how}")


def _bar_row(table: Table, name: str, answered: int, wanted: int, words: str) -> None:
    bar = ProgressBar(total=max(wanted, 1), completed=answered)
    table.add_row(Text(name), bar, f"{answered}/{wanted}", Text(words))


def _line(words: str, style: str = "") -> Text:
    return Text(words, style=style, no_wrap=True, overflow="ellipsis")


def _short(moment: Moment) -> str:
    if moment.wait and moment.wait.seconds >= _WORTH_SAYING:
        return f"waits {moment.wait.seconds:.0f} s: {moment.wait.why}"
    wrong = f", {moment.errors} errors" if moment.errors else ""
    return f"{moment.new} new, {moment.rate:.1f}/s{wrong}"


def _waits(moment: Moment) -> str:
    wait = moment.wait
    return f"waiting {max(wait.seconds, 0.1):.1f} s for {wait.host}: {wait.why}" if wait else ""


def _left(seconds: float | None) -> str:
    return f"  about {_clock(seconds)} left" if seconds is not None else ""


def _figures(moment: Moment) -> str:
    return (
        f"{moment.new} new, {moment.duplicate} duplicate, {moment.rejected} rejected, {moment.errors} errors; "
        f"{moment.requests} requests"
    )


def _clock(seconds: float) -> str:
    """Minutes and seconds, hours where there are any.

    >>> _clock(7), _clock(3725)
    ('0:07', '1:02:05')
    """
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


# --- In a log --------------------------------------------------------------------------------------------------------


def line_of(moment: Moment) -> str:
    """One line, without the time of day."""
    parts = [f"{moment.portal}: {_figures(moment)}, {moment.rate:.1f}/s, {_clock(moment.seconds)}"]
    if moment.left is not None:
        parts.append(f"about {_clock(moment.left)} left")
    if moment.wait and moment.wait.seconds >= _WORTH_SAYING:
        parts.append(_waits(moment))
    return "; ".join(parts)


def line_of_fleet(fleet: Fleet) -> str:
    """One line for all portals, without the time of day."""
    sums = ", ".join(f"{fleet.total(what)} {what}" for what in ("new", "duplicate", "rejected", "errors"))
    return (
        f"harvest: {fleet.ended} ended, {len(fleet.running)} running, {fleet.to_come} to come; {sums}; "
        f"{fleet.total('requests')} requests, {fleet.rate:.1f}/s, {_clock(fleet.seconds)}"
    )


def as_values(moment: Moment) -> dict[str, Any]:
    """For a program; seconds and rates to a tenth."""
    values = asdict(moment)
    for name in ("seconds", "rate", "left"):
        values[name] = None if values[name] is None else round(values[name], 1)
    if moment.wait:
        values["wait"]["seconds"] = round(moment.wait.seconds, 1)
    return values
