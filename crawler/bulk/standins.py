"""What stands for a crawl around the spider of a replay, where there is none: no engine, no network, no ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Protocol

from crawler.corpus import Batch, Corpus, Stored, Visit
from crawler.items import Article

__all__ = ["Beside", "Crawler", "Session", "Settings", "Stats"]


class Overhearing(Protocol):
    """Who is told what the spider stores by itself."""

    stats: Stats

    def emit(self, article: Article, visit: Visit | None, kind: str) -> None:
        """An article for the store."""


class Stats:
    """Stands for Scrapy's statistics."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def inc_value(self, name: str, count: int = 1) -> None:
        """Count."""
        self.counts[name] += count


class Settings:
    """Stands for the settings that a replay's spider asks for; 0 leaves out what a replay does not do."""

    def __init__(self, most_parts: int) -> None:
        self._values = {"MAX_PARTS": most_parts}

    def getint(self, name: str) -> int:
        """As Scrapy's."""
        return self._values.get(name, 0)

    def getfloat(self, name: str) -> float:
        """As Scrapy's."""
        return float(self._values.get(name, 0))


class Beside:
    """The portal's own small corpus, beside which it is read; what a template reads better later is overheard.

    The ledger of links plays no part in what an article is, so nothing is written there.
    """

    def __init__(self, corpus: Corpus, order: Overhearing) -> None:
        self._corpus, self._order = corpus, order

    def __getattr__(self, name: str) -> Any:
        return getattr(self._corpus, name)

    def note(self, *_: object) -> list[object]:
        """Links are not noted."""
        return []

    def section(self, *_: object) -> Any:
        """Sections are not entered."""
        return SimpleNamespace(id=0)

    def reject(self, *_: object, **__: object) -> None:
        """Counted by who rejects."""

    def fail(self, *_: object, **__: object) -> None:
        """Counted."""
        self._order.stats.inc_value("articles/failed")

    def store(self, batch: Sequence[Article], run_id: int | None = None, **how: Any) -> list[Stored]:
        """Into the small corpus; what is read better by a template is told."""
        if how.get("kind") == "re-extracted":
            for article in batch:
                self._order.emit(article, None, "re-extracted")
        return self._corpus.store(batch, run_id, **how)


class Session:
    """What the spider of a replay wants of crawler.extensions.corpus.CorpusSession."""

    failed = False

    def __init__(self, corpus: Any) -> None:
        self.corpus = corpus
        self.batch = Batch(corpus)
        self.batch.replayed = True
        self.visits: dict[str, Visit] = {}

    def write(self) -> None:
        """Bring the batch into the small corpus."""
        self.batch.flush()


class Crawler:
    """What the spider wants of Scrapy's crawler."""

    def __init__(self, settings: Settings, stats: Stats) -> None:
        self.settings, self.stats = settings, stats
