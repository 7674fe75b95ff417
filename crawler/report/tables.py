"""The tables that page and mail share: portals and runs."""

from __future__ import annotations

from crawler.corpus import PortalReport, Report, RunReport
from crawler.corpus.histogram import merge, quantile
from crawler.items import CST
from crawler.report.plots import percent, ratio

__all__ = ["RUNS", "portal_rows", "run_rows", "title_of"]

#: Runs that are listed, the newest first: a day of hourly ones.
RUNS = 24
#: Answers from here on say that something is wrong.
_FAILED = 400

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def title_of(report: Report) -> str:
    """What the report is of."""
    if report.portal is None:
        return "城闻 Chengwen: all portals"
    label = next((p.label for p in report.portals if p.name == report.portal), report.portal)
    return f"城闻 Chengwen: {label}"


def portal_rows(report: Report) -> Table:
    """Portals, the busiest first: requests per new article, median latency, share of answers below HTTP 400 …"""
    head = ("portal", "articles", "repeats", "asked/new", "latency", "good", "gaps", "fit")
    return head, [_portal(p, [run for run in report.runs if run.portal == p.name]) for p in report.portals]


def _portal(portal: PortalReport, runs: list[RunReport]) -> tuple[str, ...]:
    cost = ratio(sum(run.requests for run in runs), sum(run.new for run in runs))
    half = quantile(merge(run.latency for run in runs), 0.5)
    answers = sum(sum(run.statuses.values()) for run in runs)
    good = sum(n for run in runs for status, n in run.statuses.items() if status < _FAILED)
    return (
        portal.label,
        f"{portal.articles:,}",
        f"{sum(portal.kinds.values()):,}",
        "–" if cost is None else f"{cost:.2f}",
        "–" if half is None else f"{half:.3g} s",
        percent(good, answers),
        str(len(portal.gaps)),
        "–" if portal.fit is None else f"{portal.fit:.2f}",
    )


def run_rows(report: Report) -> Table:
    """The last runs, newest first."""
    head = ("begun", "portal", "ended", "new", "requests", "gaps", "time")
    return head, [_run(run) for run in reversed(report.runs[-RUNS:])]


def _run(run: RunReport) -> tuple[str, ...]:
    return (
        f"{run.started_at.astimezone(CST):%Y-%m-%d %H:%M}",
        run.portal,
        run.outcome.replace("_", " "),
        f"{run.new:,}",
        f"{run.requests:,}",
        str(run.gaps),
        "–" if run.seconds is None else f"{run.seconds:,.0f} s",
    )
