"""Measure: the sections that `scrapy onboard` finds, on the demo portals and on the bench's real front pages."""

from __future__ import annotations

import asyncio
import gzip
import json
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.demo import FAMILIES, DemoPortal, Request
from crawler.extract import read_list
from crawler.items import Page
from crawler.portals import Portal, from_url
from crawler.portals.scope import site_of
from crawler.spiders.onboard import MAX_REQUESTS, Unreadable, look_over
from crawler.spiders.onboard.sections import candidates
from crawler.urls import host_of, key

__all__ = ["onboarding_figures"]

#: Stories of a demo portal: enough for second pages in every section.
_SIZE = 200


def onboarding_figures(bench: Path) -> dict[str, float]:
    """Recall and precision of sections: "onboard demo …" of the whole look, "onboard front …" of real front pages.

    Addresses count by identity (http and https of one section are one), and the home page itself is no section.
    Of a real front page only the home page is there, so its links are measured before they are verified by reading
    them, which only takes some away: precision is a lower bound.
    """
    demo = [_demo(family) for family in sorted(FAMILIES)]
    front = [row for row in _fronts(bench / "lists") if row is not None]
    figures = {}
    for name, rows in (("demo", demo), ("front", front)):
        figures[f"onboard {name} recall"] = statistics.fmean(recall for recall, _ in rows)
        figures[f"onboard {name} precision"] = statistics.fmean(precision for _, precision in rows)
    return figures


def _demo(family: str) -> tuple[float, float]:
    portal = DemoPortal(family, seed=11, size=_SIZE)
    findings = asyncio.run(look_over(from_url(portal.home), None, _Demo(portal), _silent))
    found = Counter(section.label for section in findings.portal.sections)
    wanted = Counter(section.label for section in portal.sections)
    return _share(found & wanted, wanted), _share(found & wanted, found)


def _silent(line: str, spent: int) -> None:
    """Nobody waits."""


class _Demo:
    """Fetches from a demo portal without a network."""

    def __init__(self, portal: DemoPortal) -> None:
        self._portal, self.spent = portal, 0

    @property
    def left(self) -> int:
        return MAX_REQUESTS - self.spent

    async def __call__(self, url: str) -> Page:
        self.spent += 1
        parts = urlsplit(url)
        query = dict(part.partition("=")[::2] for part in parts.query.split("&") if part)
        response = self._portal.respond(Request(parts.path, query))
        if response.status != 200:
            raise Unreadable(f"HTTP {response.status}")
        return Page(url, response.body, response.content_type)


def _fronts(lists: Path) -> Iterable[tuple[float, float] | None]:
    for line in (lists / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        if gold["kind"] == "home" and gold["sections"]:
            yield _front(gold, gzip.decompress((lists / "html" / gold["file"]).read_bytes()))


def _front(gold: Mapping[str, Any], body: bytes) -> tuple[float, float]:
    links = read_list(body, gold["url"]).sections
    found = {key(section.url) for section in candidates(links, _portal(gold["url"], [s.url for s in links]))}
    wanted = {key(url if isinstance(url, str) else url["url"]) for url in gold["sections"]} - {key(gold["url"])}
    return _share(found & wanted, wanted), _share(found & wanted, found)


def _portal(url: str, links: Iterable[str]) -> Portal:
    """The portal at the site of most of its links: some pages were saved under a cache's address."""
    sites = Counter(site_of(host_of(link)) for link in links)
    home = from_url(url)
    own = sites.most_common(1)[0][0] if sites and not any(host in sites for host in home.hosts) else home.hosts[0]
    return Portal(home.name, home.title, home.home, (own,))


def _share(part: Counter[str] | set[str], whole: Counter[str] | set[str]) -> float:
    size = whole.total() if isinstance(whole, Counter) else len(whole)
    return (part.total() if isinstance(part, Counter) else len(part)) / size if size else 1.0


if __name__ == "__main__":
    for name, value in onboarding_figures(Path(__file__).resolve().parents[2] / "shared" / "bench").items():
        print(f"{name:<24}{value:.3f}")
