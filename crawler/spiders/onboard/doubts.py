"""What a person should look at before a portal is crawled, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urljoin

from crawler.extract.urlpattern import COVERAGE
from crawler.spiders.onboard.findings import Findings
from crawler.urls import key

__all__ = ["doubts"]

#: Below this confidence a body is worth a look: of the bench's pages above it 98 of 100 are right.
_SURE = 0.5
#: A list page this long is usually followed by another (DOMAIN.md §4: ten to fifty items a page).
_FULL_PAGE = 10


def doubts(findings: Findings) -> list[str]:
    """One sentence each; empty where all is plain."""
    return [*_about_portal(findings), *_about_sections(findings), *_about_articles(findings)]


def _about_portal(findings: Findings) -> Iterator[str]:
    home = findings.portal.home
    if "/" in key(home).rstrip("/"):
        yield f"the address lies below another home page; for the whole portal: scrapy onboard {urljoin(home, '/')}"
    if findings.portal.title == findings.portal.name:
        yield "no name found; the address stands for it"
    if findings.place.province is None:
        yield "city and province not recognised"
    elif findings.place.city is None:
        yield f"no city recognised, the province by its {findings.place.why}"
    elif not findings.place.why.startswith("name"):
        yield f"the city is a guess by its {findings.place.why}"
    if findings.cms is None:
        yield "the software is none of the known ones"


def _about_sections(findings: Findings) -> Iterator[str]:
    kept, dropped = findings.kept, findings.dropped
    if not kept:
        yield "no section found: the crawl reads the home page only"
        return
    unread = [section.label or section.url for section in kept if section.links is None]
    if unread:
        yield f"{len(unread)} of {len(kept)} sections not read, for want of requests: {_some(unread)}"
    for fault, count in Counter(section.fault for section in dropped).items():
        labels = [section.label or section.url for section in dropped if section.fault == fault]
        yield f"{count} of {len(findings.sections)} links of the navigation left out ({fault}): {_some(labels)}"
    read = [section for section in kept if section.links]
    undated = [section.label for section in read if not section.dated]
    if undated:
        where = "any section" if len(undated) == len(read) else _some(undated)
        yield f"no date printed on list items of {where}: a later run reads one page more of it"
    short = [section.label for section in read if section.paging == "a script only"]
    if short:
        yield f"only the first page of {_some(short)} can be read: a script loads the rest"
    if all(section.paging == "one page" for section in read) and any(len(s.links or ()) >= _FULL_PAGE for s in read):
        yield "no section showed a next page: older articles are out of reach, or list_pages has to be given"


def _about_articles(findings: Findings) -> Iterator[str]:
    matched = sum(pattern.matches for pattern in findings.patterns)
    if matched < COVERAGE * findings.links:
        yield f"the address pattern fits {matched} of {findings.links} article links"
    samples, articles = len(findings.samples), [sample.article for sample in findings.samples]
    for field, word in (("published", "date"), ("source", "source")):
        lacking = sum(1 for article in articles if not getattr(article, field))
        if lacking:
            yield f"{lacking} of {samples} articles read without a {word}"
    unsure = [article.url for article in articles if article.confidence < _SURE]
    if unsure:
        yield f"{len(unsure)} of {samples} bodies are uncertain: scrapy preview {unsure[0]}"
    parts = sum(1 for article in articles if article.part_urls)
    if parts:
        yield f"{parts} of {samples} articles have several parts; shown is the first, stored is the whole"


def _some(labels: list[str]) -> str:
    """A few of the labels."""
    return "、".join(labels[:5]) + (f" and {len(labels) - 5} more" if len(labels) > 5 else "")
