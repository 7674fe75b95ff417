"""A growing index of near-duplicates: rate, size, look-ups and memory at each size, for benchmarks/dedupe.py.

The articles go straight into the tables that the index needs, so that a million of them takes minutes.  Their texts are
words of the demo portals, drawn as often as words of a language are (Zipf), with stock sentences that many of them
share; a fifth are copies of an earlier one, wrapped or edited.
"""

from __future__ import annotations

import random
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from dedupe_texts import VARIANTS
from rich.console import Console
from rich.progress import track

from crawler.corpus import Corpus, near
from crawler.corpus.connection import Connection
from crawler.corpus.database import Database
from crawler.corpus.shingles import Shingled
from crawler.demo import FAMILIES, DemoPortal

__all__ = ["LOOKUP_GOAL", "RATE_GOAL", "SIZE_GOAL", "Large", "grow"]

#: Issue 6: articles a second on one core, bytes an article at a million, look-ups against those at ten thousand.
RATE_GOAL, SIZE_GOAL, LOOKUP_GOAL = 1500, 1024, 3.0
#: Sizes at which is measured, and how many look-ups each time.
SIZES, LOOKUPS = (10_000, 100_000, 1_000_000), 400
BATCH, WORDS, COPIES = 1000, 200, 0.2
#: Stock sentences, and how many stand in an article.
STOCK, SHARED = 400, 2


@dataclass(frozen=True, slots=True)
class Large:
    """Figures at a size.  rate: articles a second since the last size; new, copy: seconds a look-up; sizes in bytes."""

    articles: int
    rate: float
    new: float
    copy: float
    bytes: float
    resident: int


class Writer:
    """Texts without end, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        stories = [s for n, name in enumerate(FAMILIES) for s in DemoPortal(name, seed=n, size=40).truth()]
        runs = re.findall(r"[\u4e00-\u9fff]+", "".join(story.body for story in stories))
        self._words = sorted({run[n : n + 2] for run in runs for n in range(0, len(run) - 1, 2)})
        self._rng.shuffle(self._words)
        self._weights = list(accumulate(1 / (rank + 10) for rank in range(len(self._words))))
        self._stock = [self._sentence(20) for _ in range(STOCK)]
        self._recent: list[str] = []

    def _sentence(self, words: int) -> str:
        return "".join(self._rng.choices(self._words, cum_weights=self._weights, k=words)) + "。"

    def new(self) -> str:
        """An article of its own."""
        rng = self._rng
        sentences = [self._sentence(20) for _ in range(round(WORDS / 20 * rng.uniform(0.5, 1.5)))]
        shared = [self._stock[int(STOCK * rng.random() ** 3)] for _ in range(SHARED)]
        return f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日，" + "\n".join(sentences + shared)

    def copy(self) -> str:
        """A copy of one of the last thousand articles."""
        made = VARIANTS[self._rng.choice(("wrapped", "edited 5 %", "abridged to 60 %"))]
        return made(self._rng, self._rng.choice(self._recent))

    def next(self) -> str:
        """As they come."""
        if self._recent and self._rng.random() < COPIES:
            return self.copy()
        text = self.new()
        self._recent = [*self._recent[-999:], text]
        return text


def grow(count: int, console: Console) -> Iterator[Large]:
    """Figures at each of SIZES up to that many articles, and at the last."""
    writer = Writer(1)
    sizes = [size for size in SIZES if size < count] + [count]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "corpus.db")
        Corpus.open(path).close()
        connection = Connection(path)
        done = 0
        for size in sizes:
            spent = 0.0
            steps = range(done, size, BATCH)
            for start in track(steps, f"up to {size:,} articles", console=console, transient=True):
                texts = [writer.next() for _ in range(min(BATCH, size - start))]
                with connection.writing() as db:
                    spent += _enter(db, start + 1, texts)
            yield _figures(connection, writer, size, (size - done) / spent)
            done = size
        connection.close()


def _enter(db: Database, first: int, texts: list[str]) -> float:
    """CPU seconds for the index alone; its part of the commit is not counted."""
    rows = [(id, text, "[]") for id, text in enumerate(texts, first)]
    db.executemany("INSERT INTO bodies (id, body, blocks) VALUES (?, ?, ?)", rows)
    began = time.process_time()
    for id, text in enumerate(texts, first):
        near.enter(db, id, Shingled(text))
    return time.process_time() - began


def _figures(connection: Connection, writer: Writer, size: int, rate: float) -> Large:
    with connection.reading() as db:
        new, copy = (_lookup(db, [make() for _ in range(LOOKUPS)]) for make in (writer.new, writer.copy))
        used = db.execute("SELECT sum(pgsize) FROM dbstat WHERE name = 'minhashes'").fetchone()[0]
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Large(size, rate, new, copy, used / size, resident)


def _lookup(db: Database, texts: list[str]) -> float:
    """Seconds a look-up, the median."""
    took = []
    for text in texts:
        began = time.perf_counter()
        near.matches(db, Shingled(text))
        took.append(time.perf_counter() - began)
    return statistics.median(took)
