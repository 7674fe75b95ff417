"""``scrapy crawl replay``: an archive instead of the network.

Processes of their own read the pages; this one takes what they read in the order of the archive, through the callbacks
of each portal's own spider and through the pipelines, and is the only one that writes.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import count, islice
from typing import Any, ClassVar

import scrapy
from scrapy import Request, signals
from scrapy.exceptions import DropItem

from crawler.corpus.warc import Fault, sources
from crawler.errors import CorpusError, Later, UsageError
from crawler.extensions.archive import archive_dir
from crawler.extensions.corpus import CorpusSession
from crawler.items import Article, Template
from crawler.portals import load_all
from crawler.spiders.loader import portals_dir
from crawler.spiders.replay.listing import Listing
from crawler.spiders.replay.options import ReplayOptions
from crawler.spiders.replay.pages import Pages
from crawler.spiders.replay.portal import PortalReplay, Replaying
from crawler.spiders.replay.readers import Job, Read, begin, read_all, undisturbed
from crawler.spiders.replay.roles import Page
from crawler.spiders.tally import Tally

__all__ = ["ReplaySpider"]

#: Pages that go to a process at a time: some tens of milliseconds of work, beside which the way there is nothing.
BATCH = 16
#: Batches under way for each process: it never waits, and what is read ahead stays small (templates may change).
AHEAD = 3
#: Damaged records that are named one by one; more are counted.
NAMED = 5


class ReplaySpider(scrapy.Spider):
    """Asks nothing of anybody.  Arguments: see ReplayOptions."""

    name = "replay"
    #: its pages are of many portals: CorpusSession opens a run for each
    of_many_portals = True
    custom_settings: ClassVar[dict[str, Any]] = {  # type: ignore[misc]
        # Nothing is lost with an unwritten batch: the archive is there.
        "STORE_BATCH": 500,
        "STORE_SECONDS": 5,
        "ARCHIVE": "",
    }

    def __init__(self, **arguments: Any) -> None:
        self.options = ReplayOptions.parse(arguments)
        self.archive = sources(self.options.archive)
        super().__init__()
        self.tally = Tally()
        self.portals: dict[str, PortalReplay] = {}
        self._runs: dict[str, int | None] = {}
        self._sites: dict[str, tuple[int | None, bytes]] = {}
        self._versions: dict[str, tuple[Sequence[Template], int]] = {}
        self._numbers = count()
        self._faults = 0

    async def start(self) -> AsyncIterator[Request]:
        """Read it all."""
        self.session = CorpusSession.of(self.crawler)
        if self.session.failed:
            return
        self.session.batch.replayed = True
        try:
            await self._replay()
        except (CorpusError, Later) as error:
            self.session.abort(error)
        except UsageError as error:
            self.tally.fail(str(error))
        return
        yield  # never reached: Scrapy wants a generator

    async def _replay(self) -> None:
        corpus = self.session.corpus
        corpus.recording = listing = Listing(corpus, archive_dir(self.settings))
        self.pages = Pages(self.archive, load_all(portals_dir(self.settings)), self._fault, listing)
        wanted = (p for p in self.pages if self.options.portal in (None, p.portal))
        with _Pool(self.options.workers) as pool:
            begun = time.monotonic()
            async for batch in self._read(pool, wanted):
                for page in batch:
                    await self._take(page)
                    if self.session.failed:
                        return
                # Progress, and whoever wants to stop us.
                await asyncio.sleep(0)
        for name in list(self.portals):
            await self._end(name)
        corpus.settle()
        self.crawler.stats.set_value("replay/seconds", time.monotonic() - begun)

    async def _read(self, pool: ProcessPoolExecutor | None, pages: Iterable[Page]) -> AsyncIterator[list[Page]]:
        """The pages in their order, read; a few batches are under way."""
        under_way: deque[tuple[list[Page], Future[list[Read]] | None]] = deque()
        ahead = self.options.workers * AHEAD if pool else 0
        for batch in _batches(iter(pages)):
            under_way.append((batch, self._send(pool, batch) if pool else None))
            while len(under_way) > ahead:
                yield await _done(*under_way.popleft())
        while under_way:
            yield await _done(*under_way.popleft())

    def _send(self, pool: ProcessPoolExecutor, batch: list[Page]) -> Future[list[Read]]:
        jobs = []
        for page in batch:
            replay = self._replay_of(page.portal)
            page.by = replay.version
            jobs.append(Job(page.capture, page.role.name, self._pickled(replay)))
        with undisturbed():
            return pool.submit(read_all, jobs)

    def _pickled(self, replay: PortalReplay) -> bytes:
        version, pickled = self._sites.get(replay.spider.name, (None, b""))
        if version != replay.version:
            pickled = pickle.dumps(replay.site)
            self._sites[replay.spider.name] = (replay.version, pickled)
        return pickled

    # --- In order ---------------------------------------------------------------------------------------------------

    async def _take(self, page: Page) -> None:
        """One page through its portal's callbacks, and what came of it through the pipelines."""
        run = page.role.run
        if self._runs.setdefault(page.portal, run) != run:
            # The crawl ended here and another began: it learned from what it had, and read on with that.
            await self._end(page.portal)
            self._runs[page.portal] = run
        self.crawler.stats.inc_value("replay/pages")
        self.crawler.stats.inc_value(f"replay/pages/{page.role.name}")
        await self._pipe(self._replay_of(page.portal).take(page))

    def _replay_of(self, name: str) -> PortalReplay:
        """The portal's replay, begun where this is its first page, or the first of a run."""
        if name not in self.portals:
            run_id = self.session.turn(name, {"archive": self.options.archive})
            site = self.pages.portals[name]
            self.portals[name] = PortalReplay(Replaying.of(site, self.crawler, self.session, run_id), self._version)
        return self.portals[name]

    def _version(self, name: str, templates: Sequence[Template]) -> int:
        """A number of these templates: the same while they are the same, so that nothing is read twice for nothing."""
        known = self._versions.get(name)
        if known is None or known[0] != templates:
            known = self._versions[name] = (templates, next(self._numbers))
        return known[1]

    async def _end(self, name: str) -> None:
        replay = self.portals.pop(name)
        await self._pipe(replay.end())
        self.session.write()
        replay.spider.templates.finish()

    async def _pipe(self, articles: Iterable[Article]) -> None:
        """Through the pipelines, one after the other.

        Not by Scraper.start_itemproc_async: Scrapy 2.19 waits for ever for an item that Ctrl-C found on its way there.
        """
        itemproc, send = self.crawler.engine.scraper.itemproc, self.crawler.signals.send_catch_log_async
        for article in articles:
            common = {"item": article, "response": None, "spider": self}
            try:
                await itemproc.process_item_async(article)
            except DropItem as reason:
                await send(signals.item_dropped, exception=reason, **common)
            else:
                await send(signals.item_scraped, **common)

    def _fault(self, fault: Fault) -> None:
        self._faults += 1
        if self._faults <= NAMED:
            self.tally.section_failed("archive", str(fault))

    def closed(self, reason: str) -> None:
        """Say what could not be read."""
        if self._faults > NAMED:
            self.tally.section_failed(
                "archive", f"{self._faults - NAMED} further records could not be read as they should"
            )
        self.tally.finish(reason, self.crawler.stats)


class _Pool:
    """Processes that read; with one worker none: this process reads."""

    def __init__(self, workers: int) -> None:
        # Not forked: this process has threads and a reactor.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(workers, context, initializer=begin) if workers > 1 else None

    def __enter__(self) -> ProcessPoolExecutor | None:
        return self._pool

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)


def _batches(pages: Iterator[Page]) -> Iterator[list[Page]]:
    while batch := list(islice(pages, BATCH)):
        yield batch


async def _done(batch: list[Page], reading: Future[list[Read]] | None) -> list[Page]:
    if reading is not None:
        found: list[Read] = await asyncio.wrap_future(reading)
        for page, read in zip(batch, found, strict=True):
            page.read = read
    return batch
