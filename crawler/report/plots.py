"""The plots of a report, and the figures beside each: what is shown, by which drawing."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from crawler.corpus import PortalReport, Report, RunReport
from crawler.corpus.histogram import merge, quantile
from crawler.corpus.records import ReprintKind
from crawler.corpus.report_records import FIELDS, LENGTHS
from crawler.items import CST
from crawler.report.svg import COLOURS, bars, columns, lines

__all__ = ["DAYS", "Plot", "draw", "percent", "ratio"]

#: Days of publication that are drawn, up to the newest one: two months show weeks and holidays.
DAYS = 60
#: Portals drawn one by one where each has a bar; the tables beside the drawings have all of them.
ROWS = 30
_KINDS: tuple[ReprintKind, ...] = ("identical", "reprint", "abridged", "expanded", "revised")
_FIELDS = {"title": "headline", "published": "time", "source": "source 来源", "reporters": "reporter 记者",
           "editors": "editor 编辑", "section": "section"}  # fmt: skip
_CLASSES = {2: "2xx", 3: "3xx", 4: "4xx", 5: "5xx"}
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Plot:
    """title, words: what it shows; legend: names of its series; head, rows: the figures as a table."""

    key: str
    title: str
    words: str
    picture: etree._Element
    legend: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def draw(report: Report) -> list[Plot]:
    """All plots, in the order in which a person asks."""
    made = (_days, _cost, _latency, _statuses, _lengths, _fields, _repeats, _fit, _gaps)
    return [plot(report) for plot in made]


def percent(part: float, whole: float) -> str:
    """A share for people; – where there is nothing to share."""
    return f"{part / whole * 100:.0f} %" if whole else "–"


def ratio(requests: int, new: int) -> float | None:
    """Requests per new article; None where nothing was new."""
    return requests / new if new else None


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def _shown(report: Report) -> Sequence[PortalReport]:
    return report.portals[:ROWS]


def _days(report: Report) -> Plot:
    dates = {day for portal in report.portals for day in portal.days if day <= report.made_at.astimezone(CST).date()}
    newest = max(dates, default=report.made_at.astimezone(CST).date())
    oldest = max(min(dates, default=newest), newest - dt.timedelta(days=DAYS - 1))
    days = [oldest + dt.timedelta(days=n) for n in range((newest - oldest).days + 1)]
    single = report.portals[: COLOURS - 1]
    rest = report.portals[COLOURS - 1 :]
    series = {portal.label: [float(portal.days.get(day, 0)) for day in days] for portal in single}
    if rest:
        series[f"{len(rest)} more"] = [float(sum(portal.days.get(day, 0) for portal in rest)) for day in days]
    shown = sum(map(sum, series.values()))
    articles, undated = sum(p.articles for p in report.portals), sum(p.undated for p in report.portals)
    words = f"By day of publication, the last {len(days)} days: {shown:,.0f} of {articles:,} articles stored"
    return Plot(
        "days",
        "Articles a day and portal",
        f"{words}, {undated:,} of them without a date." if undated else f"{words}.",
        columns([f"{day:%m-%d}" for day in days], series, "articles a day and portal"),
        tuple(series),
        ("day", *series),
        tuple((f"{day}", *(_number(v[n] or 0) for v in series.values())) for n, day in enumerate(days)),
    )


def _by_day(report: Report) -> list[tuple[str, list[RunReport]]]:
    """Runs by the day in China on which they began; the last DAYS with any."""

    def day(run: RunReport) -> dt.date:
        return run.started_at.astimezone(CST).date()

    grouped = itertools.groupby(sorted(report.runs, key=lambda run: run.started_at), day)
    return [(f"{when:%m-%d}", list(runs)) for when, runs in grouped][-DAYS:]


def _cost(report: Report) -> Plot:
    spent = []
    for portal in report.portals:
        runs = [run for run in report.runs if run.portal == portal.name]
        spent.append((portal, sum(run.requests for run in runs), sum(run.new for run in runs)))
    shown = spent[:ROWS]
    series = {"requests per new article": [ratio(requests, new) for _, requests, new in shown]}
    return Plot(
        "cost",
        "Requests per new article",
        "Of all runs together; later looks at stored articles and list pages count as requests.",
        bars([portal.label for portal, _, _ in shown], series, "requests per new article"),
        (),
        ("portal", "requests", "new", "requests per new article"),
        tuple((p.label, f"{r:,}", f"{n:,}", _number(round(ratio(r, n) or 0, 2)) if n else "–") for p, r, n in spent),
    )


def _latency(report: Report) -> Plot:
    days = [(day, merge(run.latency for run in runs)) for day, runs in _by_day(report)]
    shares = {"half": 0.5, "90 %": 0.9, "99 %": 0.99}
    series = {name: [quantile(counts, share) for _, counts in days] for name, share in shares.items()}
    return Plot(
        "latency",
        "Latency",
        "Seconds from request to answer, in which so many of a day's answers had begun.",
        lines([day for day, _ in days], series, "latency by day", _seconds),
        tuple(series),
        ("day", *series, "answers"),
        tuple(
            (day, *("–" if v[n] is None else _seconds(v[n] or 0) for v in series.values()), f"{sum(c.values()):,}")
            for n, (day, c) in enumerate(days)
        ),
    )


def _seconds(value: float) -> str:
    return f"{value:.3g} s" if value else "0"


def _statuses(report: Report) -> Plot:
    days = [(day, [run.statuses for run in runs]) for day, runs in _by_day(report)]

    def of_class(found: Iterable[dict[int, int]], first: int) -> float:
        return float(sum(n for each in found for status, n in each.items() if status // _HUNDRED == first))

    series = {name: [of_class(found, first) for _, found in days] for first, name in _CLASSES.items()}
    codes: dict[int, int] = {}
    for run in report.runs:
        for status, number in run.statuses.items():
            codes[status] = codes.get(status, 0) + number
    total = sum(codes.values())
    return Plot(
        "statuses",
        "Status codes",
        "Answers by day and class of their HTTP status.",
        columns([day for day, _ in days], series, "status codes by day"),
        tuple(series),
        ("status", "answers", "share"),
        tuple((str(status), f"{codes[status]:,}", percent(codes[status], total)) for status in sorted(codes)),
    )


def _lengths(report: Report) -> Plot:
    labels = [f"≤ {most}" for most in LENGTHS] + [f"> {LENGTHS[-1]}"]
    total = [float(sum(p.lengths.get(n, 0) for p in report.portals)) for n in range(len(labels))]
    return Plot(
        "lengths",
        "Lengths",
        "Characters of an article's text.",
        columns(labels, {"articles": total}, "lengths of articles"),
        (),
        ("portal", *labels),
        tuple((p.label, *(f"{p.lengths.get(n, 0):,}" for n in range(len(labels)))) for p in report.portals),
    )


def _fields(report: Report) -> Plot:
    articles = sum(p.articles for p in report.portals)
    shares = [sum(p.filled.get(field, 0) for p in report.portals) / articles if articles else None for field in FIELDS]
    return Plot(
        "fields",
        "Field fill rates",
        "Share of articles that have the field; what a portal does not print cannot be read.",
        bars([_FIELDS[f] for f in FIELDS], {"filled": shares}, "field fill rates", lambda v: f"{v * 100:.0f} %", top=1),
        (),
        ("portal", *(_FIELDS[f] for f in FIELDS)),
        tuple((p.label, *(percent(p.filled.get(f, 0), p.articles) for f in FIELDS)) for p in report.portals),
    )


def _repeats(report: Report) -> Plot:
    shown = _shown(report)
    series: dict[str, list[float]] = {kind: [float(p.kinds.get(kind, 0)) for p in shown] for kind in _KINDS}
    return Plot(
        "repeats",
        "Duplicates and reprints",
        "Articles taken from another one, by what they are to it; the table says from whom, of all time.",
        bars([p.label for p in shown], series, "duplicates and reprints"),
        tuple(series),
        ("portal", "takes from", "articles", *_KINDS),
        tuple(
            (f.portal or "–", "itself" if f.of == f.portal else f.of or "–", f"{f.articles:,}",
             *(f"{f.kinds.get(kind, 0):,}" for kind in _KINDS))
            for f in report.flows
        ),
    )  # fmt: skip


def _fit(report: Report) -> Plot:
    shown = _shown(report)
    return Plot(
        "fit",
        "Template fit",
        "How well today's learned template fits the last pages; – where none is learned yet.",
        bars([p.label for p in shown], {"fit": [p.fit for p in shown]}, "template fit", lambda v: f"{v:.2f}", top=1),
        (),
        ("portal", "template", "fit", "pages"),
        tuple(
            (p.label, p.template or "–", "–" if p.fit is None else f"{p.fit:.3f}", f"{p.fit_pages:,}")
            for p in report.portals
        ),
    )


def _gaps(report: Report) -> Plot:
    shown = _shown(report)
    series = {
        "read to the end": [float(_whole(p)) for p in shown],
        "gap possible": [float(len(p.gaps)) for p in shown],
        "never read to the end": [float(max(p.sections - _whole(p) - len(p.gaps), 0)) for p in shown],
    }
    return Plot(
        "gaps",
        "Gaps",
        "Sections by whether articles may be missing: a gap is closed by the next run that reads far enough.",
        bars([p.label for p in shown], series, "sections with gaps"),
        tuple(series),
        ("portal", "sections", "with a gap", "which", "waiting", "failed"),
        tuple(
            (p.label, str(p.sections), str(len(p.gaps)), "、".join(p.gaps) or "–", f"{p.waiting:,}", f"{p.failed:,}")
            for p in report.portals
        ),
    )


def _whole(portal: PortalReport) -> int:
    return max(min(portal.complete, portal.sections - len(portal.gaps)), 0)
