"""What a look at a portal found, as a person wants to see it, and as a program does."""

from __future__ import annotations

import dataclasses
from collections import Counter
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.status import Status
from rich.table import Table
from rich.text import Text

from crawler.commands.onboard_write import PREVIEWED, Plan
from crawler.items import CST, Article
from crawler.portals.fixtures import fields_of
from crawler.spiders.onboard import MAX_REQUESTS, Findings
from crawler.spiders.onboard.furniture import furniture

__all__ = ["Waiting", "as_json", "print_findings", "print_outcome"]

#: Characters shown of a body's beginning and end.
_ENDS = 40


class Waiting:
    """Progress on standard error: a live line on a terminal, a line a request elsewhere."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._status: Status | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status = self._console.status("…")
            self._status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        if self._status:
            self._status.stop()

    def say(self, line: str, spent: int) -> None:
        """One step; spent: requests made so far."""
        text = f"{spent:>2}/{MAX_REQUESTS} {line}"
        if self._status:
            self._status.update(escape(text))
        else:
            self._console.print(text, markup=False, soft_wrap=True)


def print_findings(findings: Findings, planned: Plan) -> None:
    """Facts, sections, articles, furniture, doubts, and the file or what changes in it."""
    console = Console(highlight=False)
    console.print(_facts(findings))
    if findings.kept:
        console.print(_sections(findings))
    for number, sample in enumerate(findings.samples[:PREVIEWED], 1):
        console.print(_article(number, sample.article))
    repeated = furniture(findings)
    console.print("Furniture, left out of bodies:" if repeated else "Furniture: none found in these pages")
    _list(console, repeated)
    console.print("Uncertain:" if findings.uncertain else "Uncertain: nothing")
    _list(console, findings.uncertain)
    console.print()
    if planned.diff is None:
        _verbatim(console, f"{planned.file}:\n{planned.text}")
    elif planned.diff:
        _verbatim(console, planned.diff)


def print_outcome(planned: Plan, *, written: bool) -> None:
    """What is there now, and what to try next."""
    console = Console(highlight=False)
    if not written:
        console.print("Nothing written (--dry-run).")
        return
    changed = "unchanged" if planned.diff == "" else "written"
    saved = f"{len(planned.samples)} pages saved" if planned.samples else "saved pages kept"
    name = planned.portal.name
    _verbatim(console, f"{planned.file}: {changed}\n{planned.fixtures}: {saved}")
    _verbatim(console, f"Next:\n  scrapy crawl {name} -a limit=50\n  scrapy portals check {name}")


def as_json(findings: Findings, planned: Plan) -> dict[str, Any]:
    """The same, for programs."""
    portal = dataclasses.asdict(planned.portal)
    found = dataclasses.asdict(findings.portal)
    sections = [dataclasses.asdict(section) for section in findings.sections]
    return {
        "portal": portal,
        "found": found,
        "file": str(planned.file),
        "toml": planned.text,
        "diff": planned.diff,
        "place": dataclasses.asdict(findings.place),
        "charset": findings.charset,
        "cms": dataclasses.asdict(findings.cms) if findings.cms else None,
        "paging": dict(_paging(findings)),
        "patterns": [dataclasses.asdict(pattern) for pattern in findings.patterns],
        "links": findings.links,
        "sections": sections,
        "articles": [{"url": s.article.url, **fields_of(s.article)} for s in findings.samples],
        "furniture": furniture(findings),
        "uncertain": findings.uncertain,
        "requests": findings.requests,
    }


def _facts(findings: Findings) -> Table:
    portal, place, cms = findings.portal, findings.place, findings.cms
    table = Table(title=escape(f"{portal.title}  {portal.home}"), title_justify="left", show_header=False)
    table.add_column("what", no_wrap=True)
    table.add_column("value", overflow="fold")
    where = " ".join(part for part in (place.province, place.city) if part)
    matched = sum(pattern.matches for pattern in findings.patterns)
    facts = {
        "place": f"{where} (by its {place.why})" if where else "not recognised",
        "charset": findings.charset,
        "software": f"{cms.name} ({'; '.join(cms.evidence)})" if cms else "not recognised",
        "sections": f"{len(findings.kept)}, and {len(findings.dropped)} links left out",
        "paging": ", ".join(f"{kind} ({count})" for kind, count in _paging(findings).most_common()) or "–",
        "articles": "\n".join(pattern.regex for pattern in findings.patterns) or "no pattern",
        "fits": f"{matched} of {findings.links} article links",
        "feeds": "\n".join(portal.feeds) or "none",
        "template": _template(findings),
        "requests": f"{findings.requests} of {MAX_REQUESTS}",
    }
    for what, value in facts.items():
        table.add_row(what, escape(value))
    return table


def _template(findings: Findings) -> str:
    layouts = findings.template.layouts if findings.template else ()
    if not layouts:
        return "none learned; pages are read the generic way"
    parts = [f"{layout.pages} pages: {', '.join(layout.places)}" for layout in layouts]
    return "learned from " + "; ".join(parts)


def _paging(findings: Findings) -> Counter[str]:
    return Counter(section.paging for section in findings.kept if section.paging)


def _sections(findings: Findings) -> Table:
    table = Table(title="sections", title_justify="left")
    table.add_column("section", overflow="fold")
    table.add_column("address", overflow="fold")
    table.add_column("links", justify="right", no_wrap=True)
    table.add_column("next page by", overflow="fold")
    base = findings.portal.home.rstrip("/")
    for spec, section in zip(findings.portal.sections, findings.kept, strict=True):
        links = str(len(section.links)) if section.links is not None else "–"
        table.add_row(escape(spec.label), escape(spec.url.removeprefix(base)), links, section.paging or "not read")
    return table


def _article(number: int, article: Article) -> Table:
    table = Table(title=f"article {number}: {escape(article.url)}", title_justify="left", show_header=False)
    table.add_column("what", no_wrap=True)
    table.add_column("value", overflow="fold")
    body = article.body.replace("\n", "⏎")
    shown = body if len(body) <= 2 * _ENDS else f"{body[:_ENDS]} … {body[-_ENDS:]}"
    published = article.published.astimezone(CST).strftime("%Y-%m-%d %H:%M") if article.published else "–"
    for what, value in (
        ("title", article.title or "–"),
        ("published", published),
        ("source", article.source or "–"),
        (f"{len(article.body)} characters", shown or "no body"),
    ):
        table.add_row(what, escape(value))
    return table


def _list(console: Console, lines: list[str]) -> None:
    for line in lines:
        console.print(Padding(Text(line), (0, 0, 0, 2)))


def _verbatim(console: Console, text: str) -> None:
    """Lines that are to be copied, however long."""
    console.print(text, markup=False, soft_wrap=True)
