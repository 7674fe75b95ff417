"""Articles on their way into the corpus: written many at a time, known from the moment they are added."""

from __future__ import annotations

from crawler.corpus.articles import Keys, same_text
from crawler.corpus.corpus import Corpus
from crawler.corpus.records import Known, Stored
from crawler.items import Article

__all__ = ["Batch"]


class Batch:
    """Collects articles and writes them in one transaction: ten times as fast as one by one (ECOSYSTEM.md).

    Until flush() has returned, the ledger lists them as waiting: a killed run fetches them again.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._articles: list[Article] = []
        self._addresses: dict[str, Article] = {}
        self._texts: dict[str, Article] = {}

    def __len__(self) -> int:
        return len(self._articles)

    def known(self, article: Article) -> Known | None:
        """Why the article is not new: as Corpus.known(), the articles that are still unwritten included."""
        same_address = self._addresses.get(Keys(article).own)
        if same_address is not None:
            return Known("url", same_address.url)
        known = self._corpus.known(article)
        if known is not None:
            return known
        twin = self._texts.get(same_text(article) or "")
        return None if twin is None else Known("body", twin.url)

    def add(self, article: Article) -> None:
        """Take an article in."""
        self._articles.append(article)
        self._addresses.setdefault(Keys(article).own, article)
        same = same_text(article)
        if same:
            self._texts.setdefault(same, article)

    def flush(self, run_id: int | None = None) -> list[Stored]:
        """Write what was added.  When the corpus refuses, nothing is written and nothing is forgotten."""
        if not self._articles:
            return []
        stored = self._corpus.store(self._articles, run_id)
        self._articles, self._addresses, self._texts = [], {}, {}
        return stored
