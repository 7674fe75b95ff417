"""What reading anew came to: counts by kind and portal, a histogram, samples as a diff, or lines of JSON."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from crawler.commands.diff_view import print_diff
from crawler.items import Article
from crawler.spiders.reextract import FIELDS, Reread, changes, what_changed

__all__ = ["Report", "print_json", "print_report"]

#: Characters by which a body became longer or shorter, for the histogram.
_EDGES = (-1000, -300, -100, -30, 0, 30, 100, 300, 1000)
#: Cells of the longest bar.
_BAR = 30
#: Articles without a new reading that are named, for each reason.
_NAMED = 3


class Report:
    """Counts.  fields: those that count, empty: all; samples: changes to keep for a diff."""

    def __init__(self, fields: tuple[str, ...], samples: int) -> None:
        self.fields = fields
        self.articles = self.changed = self.damaged = 0
        self.kinds: Counter[str] = Counter()
        self.portals: Counter[tuple[str, str]] = Counter()
        self.lengths: Counter[int] = Counter()
        self.samples: list[tuple[Reread, Article, list[str]]] = []
        self.unread: dict[str, list[str]] = {}
        self._most = samples

    def add(self, reread: Reread, new: Article | None) -> list[str]:
        """Count one article; the fields that change."""
        self.articles += 1
        if new is None:
            why = (reread.why or "").partition(":")[0] if (reread.why or "").startswith(("not", "arch")) else reread.why
            self.unread.setdefault(str(why), []).append(f"{reread.old.url} ({reread.why})")
            self.damaged += (reread.why or "").startswith("archive")
            return []
        found = changes(reread.old, new)
        if not found:
            return []
        self.changed += 1
        for field in found:
            kind = what_changed(field, reread.old, new)
            self.kinds[kind] += 1
            self.portals[reread.old.portal or "", kind] += 1
        if "body" in found:
            self.lengths[_bucket(len(new.body) - len(reread.old.body))] += 1
        if len(self.samples) < self._most and {"body", "title"} & set(found):
            self.samples.append((reread, new, found))
        return found


def _bucket(difference: int) -> int:
    return sum(difference >= edge for edge in _EDGES)


def print_json(reread: Reread, found: list[str]) -> None:
    """One article that changes: what it was, what it is, and by what it is read."""
    new = reread.new
    assert new is not None
    row: dict[str, Any] = {
        "url": reread.old.url,
        "portal": reread.old.portal,
        "record": reread.record,
        "extractor": [reread.old.extractor, new.extractor],
        "template": [reread.old.template, new.template],
        "kinds": [what_changed(field, reread.old, new) for field in found],
        "changed": {field: [getattr(reread.old, FIELDS[field][0]), getattr(new, FIELDS[field][0])] for field in found},
    }
    sys.stdout.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    named = getattr(value, "__slots__", None)
    return {name: getattr(value, name) for name in named} if named else str(value)


def print_report(report: Report, *, applied: bool) -> None:
    """For a person."""
    console = Console(highlight=False)
    for reread, new, found in report.samples:
        _sample(console, reread, new, found)
    done, would = ("read anew", "changed") if applied else ("articles read", "would change")
    console.print(f"{report.articles:,} {done}, {report.changed:,} {would}")
    if report.kinds:
        console.print(_kinds(report))
    if report.lengths:
        console.print(_histogram(report.lengths))
    for why, urls in sorted(report.unread.items()):
        console.print(f"{len(urls):,} {escape(why)}", soft_wrap=True)
        for url in urls[:_NAMED]:
            console.print(f"  {escape(url)}", soft_wrap=True)
        if len(urls) > _NAMED:
            console.print(f"  … and {len(urls) - _NAMED:,} more")
    if report.changed and not applied:
        console.print("Nothing is written; --apply stores it")


def _sample(console: Console, reread: Reread, new: Article, found: list[str]) -> None:
    old = reread.old
    console.print(f"[bold]{escape(old.title or '')}[/bold]\n{escape(old.url)}", soft_wrap=True)
    kinds = ", ".join(what_changed(field, old, new) for field in found)
    by = f"{old.extractor or 'unknown'}, {old.template or 'generic'} → {new.extractor}, {new.template or 'generic'}"
    console.print(f"{kinds}\nread by {escape(by)}\nfrom {escape(reread.record or '')}", soft_wrap=True)
    print_diff(console, (old.title, old.body), (new.title, new.body))
    console.print()


def _kinds(report: Report) -> Table:
    table = Table(title="changes", title_justify="left")
    table.add_column("portal", overflow="ellipsis", no_wrap=True, max_width=24)
    table.add_column("kind", no_wrap=True)
    table.add_column("articles", justify="right")
    portals = sorted({portal for portal, _ in report.portals})
    for portal in portals:
        of_it = sorted(((n, kind) for (p, kind), n in report.portals.items() if p == portal), reverse=True)
        for number, kind in of_it:
            table.add_row(portal, kind, f"{number:,}")
    if len(portals) > 1:
        table.add_section()
        for kind, number in report.kinds.most_common():
            table.add_row("all", kind, f"{number:,}")
    return table


def _histogram(lengths: Counter[int]) -> Table:
    table = Table(title="characters that bodies gain or lose", title_justify="left", show_header=False)
    table.add_column("how many", justify="right", no_wrap=True)
    table.add_column("bar", no_wrap=True)
    table.add_column("articles", justify="right")
    most = max(lengths.values())
    for bucket in range(min(lengths), max(lengths) + 1):
        low = f"{_EDGES[bucket - 1]:+}" if bucket else "less"
        high = f"{_EDGES[bucket] - 1:+}" if bucket < len(_EDGES) else "more"
        table.add_row(f"{low} … {high}", "█" * round(_BAR * lengths[bucket] / most), f"{lengths[bucket]:,}")
    return table
