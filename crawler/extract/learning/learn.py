"""learn(): refuse what cannot be learned from, sort the pages into layouts, and describe each of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from crawler.errors import UsageError
from crawler.extract.learning.clusters import cluster
from crawler.extract.learning.places import find_body_place, find_places
from crawler.extract.learning.repeats import common_ends, common_lines, find_cut, find_furniture, find_phrases
from crawler.extract.learning.samples import Sample, read_sample, without_twins
from crawler.extract.urlshape import site_of
from crawler.items import CST, Layout, Page, Place, Template
from crawler.urls import host_of

__all__ = ["learn"]

#: Fewer pages of a layout cannot tell what repeats from what happens to be the same.
_LEAST_PAGES = 2
#: So many pages say all that there is to say of a portal's layouts.
_MOST_PAGES = 60
#: A layout whose pages agree less is a mixture that nothing can be said of.
_LEAST_CONFIDENCE = 0.5


def learn(pages: Iterable[Page], *, name: str | None = None, version: int = 1) -> Template:
    """A template from 3 to 30 pages of one portal, in any mixture of layouts; those that are no articles are left out.

    name: of the template (None: the pages' host); version: counts the templates of a portal.  The template has no
    layouts where the pages have nothing in common.  UsageError for pages of several sites, or none at all.
    """
    given = [page for page, _ in zip(pages, range(_MOST_PAGES), strict=False)]
    host = _one_site(given)
    samples = without_twins([sample for page in given if (sample := read_sample(page)) is not None])
    common, tails = common_lines(samples), common_ends(samples)
    layouts = [layout for group in cluster(samples) if (layout := _describe(group, common, tails)) is not None]
    layouts.sort(key=lambda layout: -layout.pages)
    days = [sample.published.astimezone(CST).date() for sample in samples if sample.published is not None]
    return Template(
        name=name or host,
        layouts=tuple(layouts),
        version=version,
        learned_at=dt.datetime.now(dt.UTC).replace(microsecond=0),
        valid_from=min(days, default=None),
    )


def _one_site(pages: list[Page]) -> str:
    """The host of most pages.  UsageError naming the hosts if they belong to several sites."""
    if not pages:
        raise UsageError(
            "a template is learned from pages, and none were given: give 3 to 30 article pages of one portal"
        )
    hosts = Counter(host_of(page.url) for page in pages)
    if len({site_of(host) for host in hosts}) > 1:
        names = ", ".join(sorted(hosts))
        raise UsageError(f"a template is learned from one portal's pages, these are of several: {names}")
    return hosts.most_common(1)[0][0]


def _describe(samples: list[Sample], common: Counter[str], tails: Counter[str]) -> Layout | None:
    """The layout that these pages share; None where too few of them agree on where the body stands."""
    if len(samples) < _LEAST_PAGES:
        return None
    body = find_body_place(samples, common)
    if body is None or body.place.pages < _LEAST_PAGES or body.agreement < _LEAST_CONFIDENCE:
        return None
    homes = body.homes
    there = [sample for sample in samples if sample in homes]
    places: dict[str, Place] = {"body": body.place, **find_places(there, homes)}
    return Layout(
        pages=len(samples),
        places=dict(sorted(places.items(), key=lambda item: item[0] != "title")),
        phrases=find_phrases(there, homes, common, tails),
        furniture=(*find_cut(there, homes), *find_furniture(samples, homes)),
        extras=_extras(there),
        named=sum(sample.named for sample in there) * 2 > len(there),
        confidence=round(body.agreement, 3),
    )


def _extras(samples: list[Sample]) -> tuple[str, ...]:
    """What stands outside of all places and is read nonetheless."""
    documents = [sample.document for sample in samples]
    told = any("enpproperty" in text for document in documents for text, _ in document.comments)
    return ("comments",) * told + ("json_ld",) * any(document.json_ld for document in documents)
