"""The look at a portal: home page, feeds, sections, some articles; and what follows from them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from crawler.extract import FEED_PATHS, extract, learn, read_feed_index, read_list
from crawler.extract.cms import find_cms
from crawler.extract.decode import decode
from crawler.extract.sitename import foot_text, page_title, site_name
from crawler.extract.urlpattern import find_patterns
from crawler.items import Link, Listing, Page, Template
from crawler.portals import Portal, SectionSpec, from_url
from crawler.portals.place import guess_place
from crawler.spiders.onboard.doubts import doubts
from crawler.spiders.onboard.findings import Fetch, Findings, Sample, Say, SectionFound, Unreadable
from crawler.spiders.onboard.objections import STORED_KINDS, check_home, check_samples, unreachable
from crawler.spiders.onboard.sections import SectionReader, candidates, drop_furniture
from crawler.urls import host_of, in_scope, key

__all__ = ["look_over"]

#: Article pages to read: enough for a template (it takes three), from as many sections as possible.
SAMPLES = 8
#: Requests kept back while sections are read: for these pages, and one robots.txt of another host.
_RESERVE = SAMPLES + 1
#: Sections of a navigation beyond that are link farms, as for the walk (setting MAX_SECTIONS).
_MOST_SECTIONS = 80
#: Pages of each kind that are searched for marks of the software: they are alike.
_MARKED = 4
#: Pages from which learn() learns (DESIGN.md §4).
_LEAST_PAGES = 3


async def look_over(portal: Portal, known: Portal | None, fetch: Fetch, say: Say) -> Findings:
    """What can be found out about a portal.  Raises NotAPortal.

    portal: name and home page; known: what an older file says of it, whose sections are looked at too.
    """
    say(f"home page {portal.home}", fetch.spent)
    try:
        home = await fetch(portal.home)
    except Unreadable as e:
        raise unreachable(portal.home, e) from e
    portal = _settle(portal, known, home)
    listing = _check(home)
    feeds = await _feeds(portal, known, listing, fetch, say)
    found = _candidates(portal, known, listing)
    reader = SectionReader(portal, fetch, say, found)
    await reader.read(reserve=_RESERVE)
    drop_furniture(found)
    _leave_unread(found)
    own = [link.url for link in listing.articles if not link.side and in_scope(link.url, portal.hosts)]
    samples = await _samples(found, own, portal, fetch, say)
    good = [s for s in samples if s.article.kind in STORED_KINDS and s.article.title]
    dated = any(link.published for link in listing.articles) or any(section.dated for section in found)
    check_samples(portal.home, samples, good, dated)
    return _conclude(portal, _Seen(home, found, feeds, reader.pages, own, good, fetch.spent))


def _settle(portal: Portal, known: Portal | None, home: Page) -> Portal:
    """The portal at the address that its home page was redirected to, with the hosts of an older file."""
    if known:
        return replace(portal, hosts=known.hosts, templates=known.templates)
    settled = from_url(home.url)
    if key(home.url) == key(portal.home):
        return replace(portal, home=home.url)
    if in_scope(home.url, portal.hosts):
        return portal
    return replace(portal, home=settled.home, hosts=settled.hosts)


def _check(home: Page) -> Listing:
    now = dt.datetime.now(dt.UTC)
    article = extract(home.body, home.url, content_type=home.content_type, fetched_at=now)
    listing = read_list(home.body, home.url, content_type=home.content_type, fetched_at=now)
    check_home(home, article, listing, site_name(home))
    return listing


async def _feeds(portal: Portal, known: Portal | None, listing: Listing, fetch: Fetch, say: Say) -> tuple[str, ...]:
    """Feeds that answer: those of the older file, those that the page declares, those that software writes unsaid."""
    asked = [*(known.feeds if known else ()), *listing.feeds, *(urljoin(portal.home, path) for path in FEED_PATHS)]
    unique: dict[str, str] = {}
    for url in asked:
        if in_scope(url, portal.hosts):
            unique.setdefault(key(url), url)
    found: dict[str, str] = {}
    for url in unique.values():
        say(f"feed {url}", fetch.spent)
        try:
            page = await fetch(url)
        except Unreadable:
            continue
        feed = read_feed_index(page.body, page.url)
        if feed.links or feed.sitemaps:
            found.setdefault(key(url), url)
    return tuple(found.values())


def _candidates(portal: Portal, known: Portal | None, listing: Listing) -> list[SectionFound]:
    """Sections of the older file first, then those of the home page."""
    given = candidates([Link(s.url, s.label) for s in known.sections] if known else (), portal)
    return [*given, *candidates(listing.sections, portal, {key(section.url) for section in given})]


def _leave_unread(found: Sequence[SectionFound]) -> None:
    """What stands in the home page's navigation is believed unread; sections of sections are not."""
    kept = [section for section in found if section.fault is None]
    for place, section in enumerate(kept):
        if section.links is None and (section.depth > 1 or place >= _MOST_SECTIONS):
            section.fault = "not read: the budget of requests was spent"


async def _samples(
    found: Sequence[SectionFound], home: Sequence[str], portal: Portal, fetch: Fetch, say: Say
) -> list[Sample]:
    """Articles of as many sections as possible, read as they would be stored."""
    samples: list[Sample] = []
    templates = portal.templates or None
    for section, url in _turns(found, home):
        if len(samples) == SAMPLES or fetch.left <= 0:
            break
        say(f"article {url}", fetch.spent)
        try:
            page = await fetch(url)
        except Unreadable:
            continue
        now = dt.datetime.now(dt.UTC)
        article = extract(page.body, page.url, content_type=page.content_type, template=templates, fetched_at=now)
        article.section, article.portal = section, portal.name
        samples.append(Sample(page, article, now, section))
    return samples


def _turns(found: Sequence[SectionFound], home: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    """Label and address: the first article of each section, then the second of each …; those of the home page last."""
    rows = [[(section.label, url) for url in section.links or ()] for section in found if section.fault is None]
    seen: set[str] = set()
    for turn in itertools.chain(itertools.zip_longest(*rows), [[(None, url) for url in home]]):
        for pair in turn:
            if pair is not None and key(pair[1]) not in seen:
                seen.add(key(pair[1]))
                yield pair


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the requests brought.  lists: section pages; own: article links of the home page; samples: good articles."""

    home: Page
    found: list[SectionFound]
    feeds: tuple[str, ...]
    lists: Sequence[Page]
    own: Sequence[str]
    samples: list[Sample]
    requests: int


def _conclude(portal: Portal, seen: _Seen) -> Findings:
    """Everything that follows from the pages, without asking for more."""
    kept = [section for section in seen.found if section.fault is None]
    links = list(dict.fromkeys(url for section in kept for url in section.links or ())) or list(seen.own)
    lists = [*(s.url for s in seen.found), *(s.next for s in kept if s.next), portal.home]
    pages = [seen.home, *seen.lists[:_MARKED], *(sample.page for sample in seen.samples[:_MARKED])]
    patterns = find_patterns(links, lists)
    title = site_name(seen.home, [page_title(sample.page) for sample in seen.samples]) or portal.title
    place = guess_place(title, host_of(seen.home.url), foot_text(seen.home))
    findings = Findings(
        home=seen.home,
        portal=replace(
            portal,
            title=title,
            city=place.city,
            province=place.province,
            sections=_specs(kept),
            article_urls=tuple(pattern.regex for pattern in patterns),
            feeds=seen.feeds,
        ),
        place=place,
        charset=decode(seen.home.body, seen.home.content_type).encoding,
        cms=find_cms(links, lists, [page.body for page in pages]),
        sections=seen.found,
        patterns=patterns,
        links=len(links),
        samples=seen.samples,
        template=_template(portal.name, seen.samples),
        requests=seen.requests,
    )
    findings.uncertain = doubts(findings)
    return findings


def _template(name: str, samples: Sequence[Sample]) -> Template | None:
    """What the samples have in common; None where that is nothing, or reads less than half of them."""
    if len(samples) < _LEAST_PAGES:
        return None
    template = learn([sample.page for sample in samples], name=name)
    pages = [sample.page for sample in samples]
    read = [extract(p.body, p.url, content_type=p.content_type, template=template).template for p in pages]
    return template if template.layouts and 2 * sum(name is not None for name in read) >= len(pages) else None


def _specs(kept: Sequence[SectionFound]) -> tuple[SectionSpec, ...]:
    """Sections as the file names them: every label once, addresses where there is no label."""
    labels: dict[str, str] = {}
    for section in kept:
        label = section.label or section.url.split("/", 3)[-1] or section.url
        if label in labels:
            label = f"{label} ({section.url.rstrip('/').rpartition('/')[2]})"
        if label in labels:
            label = section.url
        labels[label] = section.url
    return tuple(SectionSpec(label, url) for label, url in labels.items())
