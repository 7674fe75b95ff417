"""Findings in words: what changed, since when, what is usual, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.corpus.health.model import Finding
from crawler.items import CST

__all__ = ["advice", "describe", "headline"]

_FIELDS = {"title": "headline", "time": "time", "source": "source (来源)", "reporter": "reporter (记者)"}


def describe(finding: Finding) -> str:
    """One finding as a sentence without its full stop.

    >>> import datetime as dt
    >>> since = dt.datetime(2026, 11, 2, 6, 0, tzinfo=dt.UTC)
    >>> describe(Finding("missing_source", None, "", "watch", since, 29, 31, 0.03))
    'no source (来源) on 29 of 31 articles since 2026-11-02 14:00, usually on 3 %'
    """
    where = f"{finding.label}: " if finding.section_id else ""
    return f"{where}{_what(finding)} since {finding.since.astimezone(CST):%Y-%m-%d %H:%M}{_usually(finding)}"


def _what(finding: Finding) -> str:
    seen, of = f"{finding.seen:.0f}", f"{finding.of:.0f}"
    kind, _, what = finding.figure.partition("_")
    if kind == "missing":
        return f"no {_FIELDS[what]} on {seen} of {of} articles"
    if kind == "reject":
        return f"{seen} of {of} pages were no articles ({what.replace('_', ' ')})"
    return {
        "list": f"the list {finding.detail or 'is bad'} in {seen} of {of} runs",
        "lists": f"most lists cannot be read or show too little ({finding.detail}) in {seen} of {of} runs",
        "blocked": f"the portal refused {seen} of {of} runs",
        "yield": f"{float(of) - float(seen):.0f} of the portal's {of} new links",
        "silence": f"nothing new; {seen} articles should have come",
        "misfit": f"{seen} of {of} articles do not fit the template",
        "short": f"{seen} of {of} texts are shorter than nine tenths of the usual ones",
        "long": f"{seen} of {of} texts are longer than nine tenths of the usual ones",
        "confidence": f"the extractor is less sure than nine times in ten of {seen} of {of} texts",
    }[finding.figure]


def _usually(finding: Finding) -> str:
    if finding.figure == "yield":
        return f", usually {_percent(1 - finding.usual)} of them"
    if finding.figure in ("silence", "short", "long", "confidence"):
        return ""
    what = "in" if finding.figure in ("list", "lists", "blocked") else "on"
    return f", usually {what} {_percent(finding.usual)}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %" if share >= 0.01 else "less than 1 %"


def headline(name: str, verdict: str, findings: Sequence[Finding]) -> str:
    """A portal's findings in one line, the worst first."""
    worst = sorted(findings, key=lambda f: (f.severity != "broken", f.section_id is not None, f.since))
    if not worst:
        return f"{name}: {verdict}"
    more = f"; and {len(worst) - 1} more" if len(worst) > 1 else ""
    return f"{name}: {verdict}: {describe(worst[0])}{more}"


#: What to do, by figure or the beginning of its name.
_ADVICE = {
    "list": "look at the section's page: if it has moved, scrapy onboard {home} finds the new address",
    "lists": "the portal was rebuilt or is down: look at it, then scrapy onboard {home}",
    "blocked": "leave it alone for a while, ask for less (DOWNLOAD_DELAY), and put a contact into USER_AGENT",
    "yield": "look whether the section's list stands still while news appear elsewhere: scrapy onboard {home}",
    "silence": "look whether the portal has news; if it has, its lists stand elsewhere: scrapy onboard {home}",
    "misfit": "a new template is learned by itself within some runs; scrapy portals {name} --template shows it",
    "missing": "scrapy preview URL of an example shows what is read there; a selector in the portal's file mends it",
    "short": "scrapy preview URL of an example shows what was cut; a pinned template may be the cause (--unpin)",
    "long": "scrapy preview URL of an example shows what is too much; relearn: scrapy portals {name} --template",
    "confidence": "scrapy preview URL of an example shows why the extractor doubts",
    "reject": "look at an example: scrapy preview URL; if it is an article, add a selector to the portal's file",
}


def advice(finding: Finding, name: str, home: str | None) -> str:
    """What a person may do about it."""
    text = _ADVICE.get(finding.figure) or _ADVICE[finding.figure.partition("_")[0]]
    return text.format(name=name, home=home or "URL")
