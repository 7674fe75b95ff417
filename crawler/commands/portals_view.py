"""Portals as a person wants to see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from crawler.corpus import PastRun, PortalDetail
from crawler.items import CST
from crawler.portals import Portal
from crawler.portals.fixtures import Difference

__all__ = ["print_detail", "print_differences", "print_table"]

#: Length in characters of the longest bar of the plot, and months that it shows.
_BAR, _MONTHS = 40, 24
#: A value longer than this is shown by its beginning.
_SHOWN = 200


def print_table(rows: Sequence[dict[str, Any]]) -> None:
    """One line a portal."""
    table = Table(title=f"{len(rows)} portals" if len(rows) != 1 else "1 portal", title_justify="left")
    for column in ("name", "title", "city"):
        table.add_column(column, overflow="fold")
    for column in ("sections", "articles", "failed"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("last run", overflow="fold")
    for row in rows:
        run = row["last_run"]
        last = f"{_day(run['started_at'])} {_outcome(run['outcome'])}" if run else "–"
        numbers = (str(row[name]) for name in ("sections", "articles", "failed"))
        table.add_row(row["name"], escape(row["title"] or "–"), row["city"] or "–", *numbers, last)
    Console(highlight=False).print(table)


def print_detail(name: str, portal: Portal | None, detail: PortalDetail | None, file: Path | None) -> None:
    """One portal: what its file says, then what the corpus holds."""
    console = Console(highlight=False)
    console.print(_facts(name, portal, detail, file))
    if detail is None:
        console.print(f"Nothing in the corpus yet: scrapy crawl {name}", markup=False, soft_wrap=True)
        return
    if detail.sections:
        console.print(_sections(detail))
    if detail.months:
        console.print(_months(detail.months))
    if detail.rejects:
        console.print(_counts("rejected pages", "reason", detail.rejects))
    if detail.failures:
        console.print(_failures(detail))
    if detail.runs:
        console.print(_runs(detail.runs))


def print_differences(name: str, pages: int, found: Sequence[Difference]) -> None:
    """What is read otherwise than when the pages were saved."""
    console = Console(highlight=False)
    files = {difference.file for difference in found}
    console.print(f"{name}: {pages - len(files)} of {pages} saved pages read as before", soft_wrap=True)
    for difference in found:
        console.print(f"{difference.file}: {difference.field}", markup=False, soft_wrap=True)
        console.print(f"  - {_short(difference.expected)}", markup=False, soft_wrap=True)
        console.print(f"  + {_short(difference.found)}", markup=False, soft_wrap=True)


def _facts(name: str, portal: Portal | None, detail: PortalDetail | None, file: Path | None) -> Table:
    table = Table(show_header=False, title=escape(name), title_justify="left")
    table.add_column("what", no_wrap=True)
    table.add_column("value", overflow="fold")
    line = detail.figures if detail else None
    place = [portal.province, portal.city] if portal else [line.province, line.city] if line else []
    facts = {
        "title": portal.title if portal else None,
        "place": " ".join(part for part in place if part),
        "home": portal.home if portal else line.home if line else None,
        "file": str(file) if file else "none: known by its address only",
        "checked": str(portal.checked or "never") if portal else None,
        "articles": str(line.articles) if line else None,
        "failed": str(line.failed) if line and line.failed else None,
        "notes": portal.notes if portal else None,
    }
    for what, value in facts.items():
        if value:
            table.add_row(what, escape(value))
    return table


def _sections(detail: PortalDetail) -> Table:
    table = Table(title="sections", title_justify="left")
    table.add_column("section", overflow="fold")
    table.add_column("articles", justify="right", no_wrap=True)
    table.add_column("read to its end", no_wrap=True)
    table.add_column("gap", no_wrap=True)
    for section in detail.sections:
        articles = str(detail.section_articles.get(section.id, 0))
        ended = _day(section.completed_at) if section.completed_at else "never"
        table.add_row(escape(section.label), articles, ended, "possible" if section.gap else "")
    return table


def _months(months: dict[str, int]) -> Table:
    table = Table(title="articles by month of publication", title_justify="left", show_header=False)
    for _ in range(2):
        table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True, width=_BAR)
    dated = [(month, count) for month, count in months.items() if month]
    shown, before = dated[-_MONTHS:], dated[:-_MONTHS]
    longest = max((count for _, count in shown), default=1)
    if before:
        table.add_row("earlier", str(sum(count for _, count in before)), "")
    for month, count in shown:
        table.add_row(month, str(count), "█" * max(1, round(_BAR * count / longest)))
    if months.get(""):
        table.add_row("no date", str(months[""]), "")
    return table


def _counts(title: str, what: str, counts: dict[str, int]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(what, overflow="fold")
    table.add_column("how many", justify="right", no_wrap=True)
    for name, count in counts.items():
        table.add_row(escape(name.replace("_", " ")), str(count))
    return table


def _failures(detail: PortalDetail) -> Table:
    title = f"failed, newest {len(detail.failures)} of {detail.figures.failed}"
    table = Table(title=title, title_justify="left")
    for column in ("address", "reason"):
        table.add_column(column, overflow="fold")
    table.add_column("tries", justify="right", no_wrap=True)
    table.add_column("next try", no_wrap=True)
    for link in detail.failures:
        again = f"{link.next_try.astimezone(CST):%m-%d %H:%M}" if link.next_try else "no more"
        table.add_row(escape(link.url), escape(link.error or ""), str(link.attempts), again)
    return table


def _runs(runs: Sequence[PastRun]) -> Table:
    table = Table(title="last runs", title_justify="left")
    table.add_column("began", no_wrap=True)
    table.add_column("took", justify="right", no_wrap=True)
    table.add_column("articles", justify="right", no_wrap=True)
    table.add_column("outcome", overflow="fold")
    for run in runs:
        took = f"{(run.ended_at - run.started_at).total_seconds():.0f} s" if run.ended_at else "–"
        began = f"{run.started_at.astimezone(CST):%Y-%m-%d %H:%M}"
        table.add_row(began, took, str(run.articles), _outcome(run.outcome))
    return table


def _day(moment: dt.datetime) -> str:
    return f"{moment.astimezone(CST):%Y-%m-%d}"


def _outcome(outcome: str | None) -> str:
    """A run without an outcome was killed, or has not ended."""
    return outcome.replace("_", " ") if outcome else "not ended"


def _short(value: object) -> str:
    text = str(value if value is not None else "nothing").replace("\n", "⏎")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"
