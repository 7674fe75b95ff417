"""What each page shows.  A page reads an open corpus and gives HTML; it knows nothing of Datasette."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.corpus import COUNTED, Corpus, Facets, Revision, Selection, Sign, changes
from crawler.errors import UsageError
from crawler.items import Article, Block
from crawler.web.asking import PAGE_SIZE, PAGES, Asked
from crawler.web.plot import plot
from crawler.web.view import render, web_address

__all__ = ["article", "article_at", "failure", "front", "portal", "search"]

#: News on the front page, and how many are read to have so many different texts.
_LATEST, _LOOKED_AT = 16, 60
#: Values of a facet that are shown at once, and altogether: beyond that a person types.
_FACET_SHOWN, _FACET_MOST = 8, 100
#: Days of a portal's plot: a quarter, in which weeks and gaps can be seen.
_DAYS = 91
#: Articles of a cluster that a page lists.
_CLUSTER_MOST = 50


def front(corpus: Corpus) -> str:
    """Portals and the latest news; of identical texts the first."""
    latest = [hit for hit in corpus.search(Selection(), _LOOKED_AT).hits if hit.duplicate_of is None]
    portals = [line for line in corpus.overview() if line.articles or line.last_run]
    names = {line.name: line.title or line.name for line in portals}
    return render(
        "front.html",
        counts=corpus.counts(),
        portals=sorted(portals, key=lambda line: -line.articles),
        latest=latest[:_LATEST],
        names=names,
        asked=Asked(),
    )


# --- Search ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Facet:
    """One facet's box.  shown, folded: (value, articles, address); more: values beyond these."""

    label: str
    name: str
    shown: list[tuple[str, int, str]]
    folded: list[tuple[str, int, str]]
    more: int


def search(corpus: Corpus, asked: Asked) -> str:
    """Articles that match, with what they can be narrowed by.  A query without sense is said on the page."""
    try:
        wanted = asked.selection()
        found = corpus.search(wanted, PAGE_SIZE, (asked.page - 1) * PAGE_SIZE, newest=asked.newest)
    except UsageError as error:
        return render("search.html", asked=asked, wrong=str(error), found=None, portals=_names(corpus))
    counted = corpus.facets(wanted, found.total) if found.total else None
    return render(
        "search.html",
        asked=asked,
        wrong="",
        found=found,
        facets=_boxes(asked, counted) if counted else [],
        uncounted=COUNTED if counted and counted.sources is None else 0,
        pages=min(-(-found.total // PAGE_SIZE), PAGES),
        portals=_names(corpus),
    )


def _names(corpus: Corpus) -> dict[str, str]:
    return {line.name: line.title or line.name for line in corpus.overview() if line.articles}


def _boxes(asked: Asked, counted: Facets) -> list[_Facet]:
    """What does not narrow any further is left out."""
    months = {} if asked.since and asked.since == asked.until else counted.months
    values = (
        ("Portal", "portal", {} if asked.portal else counted.portals),
        ("Section", "section", {} if asked.section else counted.sections),
        ("Source", "source", {} if asked.source else counted.sources),
        ("Month", "month", months),
    )
    return [_facet(asked, label, name, found) for label, name, found in values if found]


def _facet(asked: Asked, label: str, name: str, found: dict[str, int]) -> _Facet:
    links = [
        (value, number, asked.link(since=value, until=value) if name == "month" else asked.link(**{name: value}))
        for value, number in itertools.islice(found.items(), _FACET_MOST)
    ]
    return _Facet(label, name, links[:_FACET_SHOWN], links[_FACET_SHOWN:], len(found) - len(links))


# --- An article ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Change:
    """A revision against the one before it.  title: (before, after) where it changed."""

    revision: Revision
    title: tuple[str, str] | None
    lines: list[tuple[Sign, str]]


def article(corpus: Corpus, number: int, *, images: bool = True) -> str | None:
    """Everything that is known of an article, the text first; None where there is no such article.

    images: shown, else only linked.
    """
    detail = corpus.article(number)
    if detail is None:
        return None
    cluster = detail.cluster
    return render(
        "article.html",
        detail=detail,
        article=detail.stored.article,
        images=images,
        blocks=list(_grouped(detail.stored.article)),
        changes=[_change(old, new) for old, new in itertools.pairwise(detail.revisions)],
        members=cluster.articles[:_CLUSTER_MOST] if cluster else (),
        taken={reprint.article_id: reprint for reprint in cluster.reprints} if cluster else {},
        places={member.id: place for place, member in enumerate(cluster.articles, 1)} if cluster else {},
        asked=Asked(),
    )


def _change(old: Revision, new: Revision) -> _Change:
    title = (old.title or "", new.title or "") if old.title != new.title else None
    return _Change(new, title, list(changes(old.body, new.body)))


def _grouped(article: Article) -> Iterator[tuple[Block, str]]:
    """Blocks in page order, images with the captions that follow them; images that stand outside the body come last."""
    blocks = deque(article.blocks or [Block("paragraph", line) for line in article.body.splitlines()])
    captions = {image.url: image.caption or "" for image in article.images}
    while blocks:
        block = blocks.popleft()
        below = []
        while block.kind == "image" and blocks and blocks[0].kind == "caption":
            below.append(blocks.popleft().text)
        known = captions.pop(block.url, "") if block.url else ""
        yield block, "\n".join(below) or known
    for url, caption in captions.items():
        yield Block("image", url=url), caption


# --- A portal --------------------------------------------------------------------------------------------------------


def portal(corpus: Corpus, name: str) -> str | None:
    """A portal's figures; None for an unknown name."""
    detail = corpus.detail(name)
    if detail is None:
        return None
    return render(
        "portal.html",
        detail=detail,
        line=detail.figures,
        plot=plot(corpus.days(name, _DAYS)),
        months=sorted(((m, n) for m, n in detail.months.items() if m), reverse=True),
        undated=detail.months.get("", 0),
        by=Asked(portal=name),
        asked=Asked(),
    )


def failure(title: str, message: str) -> str:
    """A page that says why there is no other."""
    return render("failure.html", title=title, message=message, asked=Asked())


def article_at(corpus: Corpus, url: str) -> int | None:
    """The number of the article that goes by this address; None where it is no address or not stored."""
    stored = corpus.find(url) if web_address(url) else None
    return None if stored is None else stored.id
