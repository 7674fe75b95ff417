"""Articles on their way into the corpus: written many at a time, known from the moment they are added."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.corpus.codec import identity
from crawler.corpus.corpus import Corpus
from crawler.corpus.duplicates import Keys, same_text
from crawler.corpus.records import Known, Stored, Visit
from crawler.items import Article

__all__ = ["Batch"]


class Batch:
    """Collects articles and writes them in one transaction: ten times as fast as one by one (ECOSYSTEM.md).

    Until flush() has returned, the ledger lists them as waiting: a killed run fetches them again.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        #: the articles come from an archive (see Corpus.store)
        self.replayed = False
        self._articles: list[Article] = []
        self._addresses: dict[str, Article] = {}
        self._texts: dict[str, Article] = {}
        self._visits: dict[str, Visit] = {}

    def __len__(self) -> int:
        return len(self._articles)

    def holds(self, url: str) -> bool:
        """True if an article of that address waits to be written."""
        return identity(url) in self._addresses

    def known(self, article: Article) -> Known | None:
        """Why the article is not new: as Corpus.known(), the articles that are still unwritten included."""
        keys, text = Keys(article), same_text(article)
        for address in keys.all:
            pending = self._addresses.get(address)
            if pending and (Keys(pending).own == keys.own or (text and same_text(pending) == text)):
                return Known("url", pending.url)
        known = self._corpus.known(article)
        if known is not None:
            return known
        twin = self._texts.get(text) if text else None
        return None if twin is None else Known("body", twin.url)

    def add(self, article: Article, visit: Visit | None = None) -> None:
        """Take an article in, and what its page's answer said."""
        self._articles.append(article)
        if visit is not None:
            self._visits[article.url] = visit
        for address in Keys(article).all:
            self._addresses.setdefault(address, article)
        same = same_text(article)
        if same:
            self._texts.setdefault(same, article)

    def flush(self, run_id: int | Mapping[str, int] | None = None) -> list[Stored]:
        """Write what was added.  When the corpus refuses, nothing is written and nothing is forgotten."""
        if not self._articles:
            return []
        stored = self._corpus.store(self._articles, run_id, visits=self._visits, replayed=self.replayed)
        self._articles, self._addresses, self._texts, self._visits = [], {}, {}, {}
        return stored
