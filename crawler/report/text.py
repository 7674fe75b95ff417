"""The report as plain text for a mail: eighty columns, Chinese characters taking two."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.corpus import Report
from crawler.corpus.report_records import FIELDS
from crawler.items import CST
from crawler.report.plots import draw, percent
from crawler.report.state import State, in_order
from crawler.report.svg import clean
from crawler.report.tables import portal_rows, run_rows, title_of

__all__ = ["COLUMNS", "write"]

COLUMNS = 80
#: Portals, runs and flows named one by one: a mail is read, not searched.
_ROWS = 20
#: Cells that a portal's name keeps, whatever stands beside it.
_NAME = 14
_STEPS = "▁▂▃▄▅▆▇█"


def write(report: Report, states: Sequence[State] = ()) -> str:
    """The report; states: verdicts of whoever judges portals."""
    out = io.StringIO()
    console = Console(file=out, width=COLUMNS, color_system=None, highlight=False, markup=False, emoji=False)
    console.print(Text(clean(title_of(report))))
    console.print(f"made {report.made_at.astimezone(CST):%Y-%m-%d %H:%M}, Chinese time\n")
    _say_states(console, states)
    _print(console, *portal_rows(report), more=len(report.portals))
    _days(console, report)
    _shares(console, report)
    _print(console, *run_rows(report), more=len(report.runs))
    _wrong(console, report)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _print(console: Console, head: Sequence[str], rows: Sequence[Sequence[str]], more: int) -> None:
    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0))
    words = {"portal", "ended", "begun", "takes from"}
    for name in head:
        right = name not in words
        least = _NAME if name == "portal" else None
        table.add_column(name, justify="right" if right else "left", no_wrap=True, overflow="ellipsis", min_width=least)
    for row in rows[:_ROWS]:
        table.add_row(*(Text(clean(cell)) for cell in row))
    console.print(table)
    if more > len(rows[:_ROWS]):
        console.print(f"  … {more - len(rows[:_ROWS]):,} more\n")


def _days(console: Console, report: Report) -> None:
    """A step a day, the last sixty at most."""
    plot = draw(report)[0]
    sums = [sum(int(cell.replace(",", "")) for cell in row[1:]) for row in plot.rows]
    highest = max(sums, default=0)
    steps = "".join(" " if not n else _STEPS[min(n * len(_STEPS) // (highest + 1), len(_STEPS) - 1)] for n in sums)
    if steps:
        console.print(f"articles a day, {plot.rows[0][0]} to {plot.rows[-1][0]}, at most {highest:,}\n{steps}\n")


def _shares(console: Console, report: Report) -> None:
    articles = sum(portal.articles for portal in report.portals)
    filled = {field: sum(portal.filled.get(field, 0) for portal in report.portals) for field in FIELDS}
    if articles:
        console.print("filled: " + ", ".join(f"{field} {percent(n, articles)}" for field, n in filled.items()))
    flows = [
        f"{flow.portal or '–'} from {'itself' if flow.of == flow.portal else flow.of or '–'}: {flow.articles:,}"
        for flow in report.flows[:_ROWS]
    ]
    if flows:
        console.print(Text(clean("reprints: " + "; ".join(flows))))


def _wrong(console: Console, report: Report) -> None:
    for portal in report.portals:
        if portal.gaps:
            console.print(Text(clean(f"{portal.label}: articles may be missing in {'、'.join(portal.gaps)}")))
        if portal.failed or portal.waiting:
            console.print(Text(clean(f"{portal.label}: {portal.waiting:,} links waiting, {portal.failed:,} failed")))


def _say_states(console: Console, states: Sequence[State]) -> None:
    said, plain = in_order(tuple(states))
    for state in said:
        console.print(Text(clean(f"{state.portal}: {state.verdict}{'; ' if state.words else ''}{state.words}")))
        for alarm in state.alarms:
            console.print(Text(clean(f"  {alarm.words}\n    {alarm.advice}")))
            for url in alarm.examples:
                console.print(Text(clean(f"    {url}"), overflow="fold"))
    if plain:
        console.print(Text(clean(f"ok: {', '.join(plain)}")))
