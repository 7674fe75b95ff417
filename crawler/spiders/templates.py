"""The life of a portal's learned template: learned in the first crawl, checked on every page, replaced when it drifts.

Nothing is asked of the network for this: the pages are those of the walk, kept in memory until there are enough.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scrapy.http import Response

from crawler.corpus import Corpus, StoredTemplate
from crawler.errors import UsageError
from crawler.extract import extract, from_json, learn, to_json
from crawler.items import CST, Article, Page, Template
from crawler.spiders.reading import declared
from crawler.urls import key

if TYPE_CHECKING:
    from crawler.spiders.portal import PortalSpider

__all__ = ["Templates", "stored_templates"]

logger = logging.getLogger(__name__)

#: Pages of one portal from which the first template is learned: enough for two layouts of which one is rare.
FIRST = 12
#: At the end of a run so many will do: what fewer have in common may be chance.
LEAST = 3
#: The template has drifted when so many of the last RECENT pages do not fit it: half of them, so that an occasional
#: page of another make (special topics, photo pages) does not count.
DRIFTED, RECENT = 5, 10
#: Pages kept in memory, and the bytes beyond which a page is not: news pages have 20 to 500 kB.
MOST, LARGEST = 30, 2_000_000
_STORED = frozenset({"article", "gallery", "video"})


@dataclass(frozen=True, slots=True)
class _Kept:
    """A page that no template read, and the article that the generic rules made of it."""

    page: Page
    article: Article


class Templates:
    """The learned templates of one portal's walk; they stand in spider.site.templates, behind those of its file."""

    def __init__(self, spider: PortalSpider) -> None:
        self._spider = spider
        self._by_hand = spider.site.templates
        self._learned: dict[str, Template] = {}
        self._version = 0
        self._pages: dict[str, _Kept] = {}
        self._again: list[Article] = []
        #: for each of the last pages the name of the template that fitted, None: none did
        self._recent: deque[str | None] = deque(maxlen=RECENT)
        self._fits: dict[str, list[float]] = {}
        self._need = FIRST

    def load(self) -> None:
        """Use what earlier runs learned."""
        corpus, name = self._spider.corpus, self._spider.name
        self._version = max((stored.version for stored in corpus.templates(name)), default=self._version)
        self._learned |= {template.name: template for template in stored_templates(corpus, name)}
        self._use()

    def _use(self) -> None:
        self._spider.site = replace(self._spider.site, templates=(*self._by_hand, *self._learned.values()))

    def seen(self, response: Response, article: Article) -> None:
        """A page was read as this article: note how well the template did, and learn where none fitted."""
        told = article.evidence.get("template")
        if article.kind not in _STORED or (article.template and told is None):
            return
        name = article.template if article.template in self._learned else None
        if told is not None:
            self._recent.append(name)
            self._fits.setdefault(name or next(iter(self._learned)), []).append(told.confidence)
            self._spider.crawler.stats.inc_value("templates/fit" if name else "templates/misfit")
        if name is None and len(response.body) <= LARGEST:
            page = Page(response.url, response.body, declared(response, self._spider.site))
            self._pages.setdefault(key(response.url), _Kept(page, article))
            self._pages = dict(list(self._pages.items())[-MOST:])
        if len(self._pages) >= self._need or self._drifted():
            self._learn()

    def _drifted(self) -> bool:
        return self._recent.count(None) >= DRIFTED and len(self._pages) >= min(DRIFTED, self._need)

    def finish(self) -> None:
        """The end of a run: learn from what there is, store what is read better now, and write down the fits."""
        misfits = self._recent.count(None)
        if len(self._pages) >= LEAST and (not self._learned or misfits * 2 > len(self._recent)):
            self._learn()
        self._store()
        corpus, name = self._spider.corpus, self._spider.name
        for template, fits in self._fits.items():
            corpus.template_used(name, self._learned[template].version, len(fits), sum(fits) / len(fits))

    def _learn(self) -> None:
        """A new version from the pages that no template fits, if it fits half of them."""
        version = self._version + 1
        pages = list(self._pages.values())
        template = _learned([kept.page for kept in pages], f"{self._spider.name}-{version}", version)
        read = [(kept, _read_again(kept, template)) for kept in pages] if template is not None else []
        fitting = {key(kept.page.url): (kept, again) for kept, again in read if again.template is not None}
        if template is None or len(fitting) * 2 < len(pages):
            self._need = min(MOST, max(self._need, len(pages)) * 2)
            self._recent.clear()
            return
        self._retire()
        self._spider.corpus.put_template(self._spider.name, template, to_json(template))
        self._spider.crawler.stats.inc_value("templates/learned")
        self._version, self._need = version, FIRST
        self._learned = {template.name: template, **self._learned}
        self._use()
        self._again += [again for kept, again in fitting.values() if not (again.part_urls or again.full_url)]
        self._pages = {address: kept for address, kept in self._pages.items() if address not in fitting}
        self._recent.clear()

    def _retire(self) -> None:
        """End the versions that hardly any of the last pages fitted; two layouts at once keep both."""
        if len(self._recent) < DRIFTED:
            return
        for stored in self._spider.corpus.templates(self._spider.name):
            if self._recent.count(stored.name) <= 1:
                last = stored.used_at or stored.learned_at or dt.datetime.now(dt.UTC)
                self._spider.corpus.retire_template(self._spider.name, stored.version, last.astimezone(CST).date())

    def _store(self) -> None:
        """Articles of this run that are read otherwise now than when they were stored."""
        corpus = self._spider.corpus
        known = [article for article in self._again if corpus.find(article.url) is not None]
        for stored in corpus.store(known, self._spider.run_id, kind="re-extracted") if known else ():
            if stored.outcome == "updated":
                self._spider.crawler.stats.inc_value("articles/updated")
        self._again = []


def stored_templates(corpus: Corpus, portal: str) -> list[Template]:
    """A portal's learned templates in the order in which they are tried; one that cannot be read is logged."""
    return [template for stored in corpus.templates(portal) if (template := _template(stored)) is not None]


def _template(stored: StoredTemplate) -> Template | None:
    try:
        return replace(from_json(stored.json), name=stored.name, version=stored.version)
    except UsageError as error:
        logger.error("%s: version %d of the template is not used: %s", stored.portal, stored.version, error)
        return None


def _learned(pages: list[Page], name: str, version: int) -> Template | None:
    """A template of these pages; None where they have nothing in common, or are of several sites."""
    try:
        template = learn(pages, name=name, version=version)
    except UsageError as error:
        logger.info("%s: %s", name, error)
        return None
    return template if template.layouts else None


def _read_again(kept: _Kept, template: Template) -> Article:
    """The article as the template reads its page, with what only the walk knows of it."""
    first = kept.article
    again = extract(
        kept.page.body,
        kept.page.url,
        content_type=kept.page.content_type,
        template=template,
        fetched_at=first.fetched_at,
    )
    again.portal, again.section, again.link_url = first.portal, first.section, first.link_url
    again.page_number, again.page_name = first.page_number, first.page_name
    return again
