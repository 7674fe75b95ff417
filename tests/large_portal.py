"""A demo portal of thousands, and a corpus that holds all of it as if earlier runs had read it."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

from crawler.corpus import Corpus
from crawler.demo import FAMILIES, DemoPortal
from crawler.items import Article, Link

FAMILY = "founder"
#: Notes and articles in one transaction.
_BATCH = 500


def portal_of(size: int, **more: object) -> DemoPortal:
    """Four sections, twenty links a list page, every article on one page: a further part costs a request more."""
    family = FAMILIES[FAMILY]
    return DemoPortal(FAMILY, seed=4, size=size, traps=family.traps - family.optional - {"parts"}, **more)


def fill(path: Path, portal: DemoPortal, name: str = "demo") -> None:
    """What a complete first run leaves: ledger, articles (the text stands for itself), sections read to their end."""
    with Corpus.open(path) as corpus:
        corpus.portal(name, home=portal.home)
        for index, section in enumerate(portal.sections):
            row = corpus.section(name, section.label, f"{portal.base}/node_{section.key}.htm")
            links = [_link(portal, number) for number in portal.catalog.order(index)]
            for start in range(0, len(links), _BATCH):
                corpus.note(name, row.id, links[start : start + _BATCH])
        articles = [_article(portal, number, name) for number in portal.catalog.order()]
        for start in range(0, len(articles), _BATCH):
            corpus.store(articles[start : start + _BATCH])
        for stored in corpus.sections(name):
            corpus.complete(stored.id, dt.datetime.now(dt.UTC))


def _link(portal: DemoPortal, number: int) -> Link:
    entry = portal.entry(number)
    return Link(portal.base + entry.path, entry.title, entry.published)


def _article(portal: DemoPortal, number: int, name: str) -> Article:
    link, entry = _link(portal, number), portal.entry(number)
    body = f"{entry.title}（第{number}号稿件）。" * 6
    return Article(
        link.url, link.url, portal=name, title=entry.title, published=entry.published, body=body,
        content_hash=hashlib.sha256(body.encode()).hexdigest(), section=entry.sections[0].label,
    )  # fmt: skip
