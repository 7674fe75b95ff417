"""The report as one HTML file: everything is in it, and it asks nobody for anything."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from lxml import etree
from lxml.builder import ElementMaker

from crawler.corpus import Report
from crawler.items import CST
from crawler.report.plots import Plot, draw
from crawler.report.state import State, in_order
from crawler.report.svg import COLOURS, clean
from crawler.report.tables import RUNS, portal_rows, run_rows, title_of

__all__ = ["render"]

Element = etree._Element
_E = ElementMaker()
#: A browser that meets something foreign in the page, however it got there, does not load it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render(report: Report, states: Sequence[State] = ()) -> bytes:
    """The page, UTF-8.  states: verdicts of whoever judges portals."""
    style = files("crawler.report").joinpath("style.css").read_text(encoding="utf-8")
    title = title_of(report)
    head = _E.head(
        _E.meta(charset="utf-8"),
        _E.meta(**{"http-equiv": "Content-Security-Policy", "content": _POLICY}),
        _E.meta(name="viewport", content="width=device-width, initial-scale=1"),
        _E.title(clean(title)),
        _E.style(style),
    )
    body = _E.body(_E.h1(clean(title)), _E.p(_summary(report), **{"class": "dim"}), *_states(states), *_tables(report))
    body.extend(_section(plot) for plot in draw(report))
    page = _E.html(head, body, lang="zh-CN")
    return etree.tostring(page, method="html", doctype="<!DOCTYPE html>", encoding="unicode").encode("utf-8")


def _summary(report: Report) -> str:
    made = f"{report.made_at.astimezone(CST):%Y-%m-%d %H:%M}, Chinese time"
    since = f"since {report.since.astimezone(CST):%Y-%m-%d}; " if report.since else ""
    runs, portals = len(report.runs), len(report.portals)
    return (
        f"{since}{portals} portal{'s' if portals != 1 else ''}, {runs} run{'s' if runs != 1 else ''}, "
        f"{sum(p.articles for p in report.portals):,} articles; made {made}"
    )


def _tables(report: Report) -> list[Element]:
    head, rows = portal_rows(report)
    found = [_E.section(_E.h2("Portals"), _table(head, rows))]
    head, rows = run_rows(report)
    hidden = len(report.runs) - len(rows)
    words = f"The last {RUNS}; {hidden} earlier ones are in the table runs of the corpus." if hidden else ""
    found.append(_E.section(_E.h2("Runs"), *([_E.p(words, **{"class": "dim"})] if words else []), _table(head, rows)))
    return found


def _states(states: Sequence[State]) -> list[Element]:
    if not states:
        return []
    said, plain = in_order(tuple(states))
    parts = [part for state in said for part in _state(state)]
    if plain:
        parts.append(_E.p(_E.span("ok", **{"class": "ok"}), clean(f": {', '.join(plain)}")))
    return [_E.section(_E.h2("Health"), *parts, id="health")]


def _state(state: State) -> list[Element]:
    verdict = _E.span(state.verdict, **{"class": state.verdict})
    parts = [_E.p(_E.strong(clean(state.portal)), ": ", verdict, clean(f" · {state.words}" if state.words else ""))]
    items = []
    for alarm in state.alarms:
        item = _E.li(clean(alarm.words), _E.div(clean(alarm.advice), **{"class": "dim"}))
        item.extend(_E.div(_link(url)) for url in alarm.examples)
        items.append(item)
    return [*parts, *([_E.ul(*items)] if items else [])]


def _link(url: str) -> Element:
    """An address that a browser may follow; any other is text."""
    if url.startswith(("http://", "https://")):
        return _E.a(clean(url), href=clean(url), rel="noreferrer")
    return _E.span(clean(url))


def _section(plot: Plot) -> Element:
    figure = _E.figure(plot.picture, id=f"plot-{plot.key}")
    parts = [_E.h2(plot.title), _E.p(clean(plot.words), **{"class": "dim"})]
    if plot.legend:
        parts.append(_E.ul(*(_key(number, name) for number, name in enumerate(plot.legend)), **{"class": "legend"}))
    return _E.section(*parts, figure, _E.details(_E.summary("Figures"), _table(plot.head, plot.rows)))


def _key(number: int, name: str) -> Element:
    square = _E.rect(width="12", height="12", **{"class": f"mark s{number % COLOURS}"})
    swatch = _E.svg(square, viewBox="0 0 12 12", **{"aria-hidden": "true"})
    swatch.tail = clean(name)
    return _E.li(swatch)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Element:
    table = _E.table(
        _E.thead(_E.tr(*(_E.th(clean(cell)) for cell in head))),
        _E.tbody(*(_E.tr(*(_E.td(clean(cell)) for cell in row)) for row in rows)),
    )
    return _E.div(table, **{"class": "scroll"})
