"""The corpus: all that the rest of the project does with it.

Callers see records and articles, never SQL, so that another database can stand behind the same interface.
Long because it is that interface, one short method a use; the work is done in the modules beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from crawler.corpus import (
    articles,
    checks,
    completeness,
    duplicates,
    history,
    ledger,
    noting,
    overview,
    pauses,
    portals,
    purge,
    reading,
    revisions,
    search,
)
from crawler.corpus import templates as learned
from crawler.corpus.codec import utc_now
from crawler.corpus.completeness import Completeness, RunningIds
from crawler.corpus.connection import Connection
from crawler.corpus.health import store as health
from crawler.corpus.health.records import Judgement, PortalHealth
from crawler.corpus.history import History
from crawler.corpus.overview import PortalDetail, PortalFigures
from crawler.corpus.records import (
    Due,
    Known,
    Noted,
    Pause,
    Purged,
    Revision,
    RevisionKind,
    Route,
    Run,
    Section,
    Stored,
    StoredArticle,
    StoredTemplate,
    Tombstone,
    Visit,
    Waiting,
)
from crawler.corpus.search import Found
from crawler.corpus.selection import Selection
from crawler.items import Article, Link, Template

__all__ = ["Corpus"]

#: Articles indexed in one transaction: some tenths of a second, in which other processes wait.
_INDEX_STEP = 200


class Corpus:
    """An open corpus.  Every method is one transaction: all of it happens, or it raises CorpusError and nothing did."""

    def __init__(
        self,
        connection: Connection,
        clock: Callable[[], dt.datetime] = utc_now,
        recent: dt.timedelta = checks.RECENT,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._recent = recent

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        readonly: bool = False,
        timeout: float = 30.0,
        clock: Callable[[], dt.datetime] = utc_now,
        recent: dt.timedelta = checks.RECENT,
    ) -> Self:
        """Open the corpus in that file, and make both where they do not exist.

        readonly: never write, and fail where there is no file.  timeout: seconds to wait while another process
        writes.  clock: the present, aware.  recent: age up to which articles are
        asked again often.  Raises CorpusNewer, CorpusForeign, CorpusReadOnly, CorpusLocked,
        CorpusFull, CorpusDamaged, or plain CorpusError.
        """
        return cls(Connection(Path(path), readonly=readonly, timeout=timeout), clock, recent)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The file."""
        return self._connection.path

    def close(self) -> None:
        """Write the log back into the file and close it; may be called again."""
        self._connection.close()

    def stop_waiting(self) -> None:
        """From now on fail at once where another process holds the write lock."""
        self._connection.stop_waiting()

    # The walk

    def portal(self, name: str, city: str | None = None, province: str | None = None, home: str | None = None) -> None:
        """Enter a portal, or renew what is known of it."""
        with self._connection.writing() as db:
            portals.put(db, name, city, province, home, self._clock())

    def sections(self, portal: str) -> list[Section]:
        """All sections of a portal in the order in which they were found."""
        with self._connection.reading() as db:
            return portals.sections(db, portal)

    def section(self, portal: str, label: str, url: str, route: Route = "list") -> Section:
        """The section of that address, entered where it is new.  route: what kind of page it is."""
        with self._connection.writing() as db:
            return portals.section(db, portal, label, url, self._clock(), route)

    def complete(
        self, section_id: int, at: dt.datetime, since: dt.datetime | None = None, *, known: bool = False
    ) -> None:
        """A walk read the section to its end: all that was noted there so far is familiar to later walks.

        at: when it ended.  since: how far back it looked, None: to the list's own end.  known: it ended on familiar
        ground, which reaches as far back as before.  The section's gap is closed, unless since lies after the end of
        the last complete walk: the ground between the two is unread, and nothing becomes familiar.
        """
        with self._connection.writing() as db:
            portals.complete(db, section_id, at, since, known)

    def begin_run(self, portal: str, arguments: Mapping[str, object]) -> Run:
        """Open the record of a crawl."""
        with self._connection.writing() as db:
            return portals.begin_run(db, portal, arguments, self._clock())

    def end_run(self, run_id: int, outcome: str, stats: Mapping[str, object]) -> None:
        """Close the record of a crawl; one that was killed keeps an empty outcome."""
        with self._connection.writing() as db:
            portals.end_run(db, run_id, outcome, stats, self._clock())

    def history(self, portal: str) -> History:
        """Runs and news of a portal so far: see crawler.corpus.history.due_at."""
        with self._connection.reading() as db:
            return history.history(db, portal)

    def has_finished(self, portal: str) -> bool:
        """True if a crawl of the portal once ran to its own end."""
        with self._connection.reading() as db:
            sql = "SELECT 1 FROM runs WHERE portal = ? AND outcome = 'finished' LIMIT 1"
            return db.execute(sql, (portal,)).fetchone() is not None

    def section_run(
        self,
        run_id: int,
        section_id: int,
        *,
        list_pages: int = 0,
        links_seen: int = 0,
        links_new: int = 0,
        ended_by: str | None = None,
        gap: bool = False,
    ) -> None:
        """Record what a run did in a section.  ended_by: reason; gap: known ground was not reached."""
        row = {"run_id": run_id, "section_id": section_id, "list_pages": list_pages, "links_seen": links_seen}
        with self._connection.writing() as db:
            portals.section_run(db, row | {"links_new": links_new, "ended_by": ended_by, "gap": gap})

    # Health

    def sighting_mark(self) -> int:
        """Number of the last sighting so far; a run's own have higher ones."""
        with self._connection.reading() as db:
            return health.sighting_mark(db)

    def judge(self, run_id: int, outcome: str, *, mark: int, refusals: int = 0) -> Judgement:
        """Write a run's figures down and judge its portal by them.  mark: of sighting_mark() before the run."""
        with self._connection.writing() as db:
            return health.judge(db, run_id, outcome, mark, refusals, self._clock())

    def health(self, portal: str | None = None) -> list[PortalHealth]:
        """Verdict and open alarms of every portal that has been judged, or of one."""
        with self._connection.reading() as db:
            return health.overview(db, portal)

    def completeness(self, portal: str) -> Completeness | None:
        """How many articles the portal published of late, and how many are known; None without a second route."""
        with self._connection.reading() as db:
            return completeness.estimate(db, portal, self._clock())

    def running_ids(self, portal: str) -> RunningIds | None:
        """Numbers of the articles met of late, where the portal counts them; None where it does not."""
        with self._connection.reading() as db:
            return completeness.running_ids(db, portal, self._clock())

    # Hosts that refuse

    def pause(self, host: str, why: str, least: dt.timedelta = dt.timedelta()) -> Pause:
        """Leave a host alone that refused a run: twice as long as the last time, at least for `least`."""
        with self._connection.writing() as db:
            return pauses.pause(db, host, why, least, self._clock())

    def pauses(self) -> dict[str, Pause]:
        """Hosts that refused the last run that asked them, by name; `until` may lie in the past."""
        with self._connection.reading() as db:
            return pauses.pauses(db, self._clock())

    def lift(self, host: str) -> None:
        """Pages of that host come through again: its next pause is a first one."""
        with self._connection.writing() as db:
            pauses.lift(db, host)

    # Learned templates

    def templates(self, portal: str) -> list[StoredTemplate]:
        """All versions of a portal's template in the order in which they are tried: pinned, today's, retired."""
        with self._connection.reading() as db:
            return learned.templates(db, portal)

    def put_template(self, portal: str, template: Template, json: str) -> None:
        """Enter a version of a portal's template, or replace the one of that number.  json: the template as text."""
        with self._connection.writing() as db:
            learned.put(db, portal, template, json, self._clock())

    def retire_template(self, portal: str, version: int, until: dt.date) -> bool:
        """Pages look otherwise since that day; False for a version that is pinned, retired already, or unknown."""
        with self._connection.writing() as db:
            return learned.retire(db, portal, version, until)

    def pin_template(self, portal: str, version: int, pinned: bool = True) -> bool:
        """Keep a version whatever its fit, or let it go again; False for an unknown one."""
        with self._connection.writing() as db:
            return learned.pin(db, portal, version, pinned)

    def discard_template(self, portal: str, version: int) -> bool:
        """Remove a version; False for an unknown one."""
        with self._connection.writing() as db:
            return learned.discard(db, portal, version)

    def template_used(self, portal: str, version: int, pages: int, fit: float) -> None:
        """Note the mean fit of a version over so many pages."""
        with self._connection.writing() as db:
            learned.used(db, portal, version, pages, fit, self._clock())

    # The ledger

    def note(self, portal: str, section_id: int | None, links: Sequence[Link]) -> list[Noted]:
        """Write links down before anything is fetched, and learn of each what to do with it, in the same order.

        section_id: the section whose list shows them, None: no section's (a feed, a sitemap).
        """
        with self._connection.writing() as db:
            return noting.note(db, portal, section_id, links, self._clock())

    def waiting(self, portal: str, limit: int | None = None) -> list[Waiting]:
        """What earlier runs left to fetch, oldest first: never asked for, or failed and due."""
        with self._connection.reading() as db:
            return ledger.waiting(db, portal, limit, self._clock())

    def reject(
        self, portal: str, url: str, reason: str, excerpt: str = "", run_id: int | None = None, *, retry: bool = False
    ) -> None:
        """Keep why a page is no article.  retry: ask again later, as after a failure; else never again."""
        with self._connection.writing() as db:
            ledger.reject(db, portal, url, ledger.Verdict(reason, excerpt, retry), run_id, self._clock())

    def fail(self, portal: str, url: str, error: str, *, final: bool = False) -> None:
        """One more failed attempt; tried again after a pause that doubles, unless final or tried too often."""
        with self._connection.writing() as db:
            ledger.fail(db, portal, url, error, final, self._clock())

    def gone(self, portal: str, url: str, why: str) -> None:
        """The portal took the page away; it is not asked for again, and what is stored stays."""
        with self._connection.writing() as db:
            ledger.gone(db, portal, url, why, self._clock())

    def forget(self, url: str) -> int:
        """Have an address fetched again; the number of ledger entries that this concerns, 0: unknown address."""
        with self._connection.writing() as db:
            return ledger.forget(db, url, self._clock())

    # The articles

    def store(
        self,
        batch: Sequence[Article],
        run_id: int | None = None,
        *,
        visits: Mapping[str, Visit] = MappingProxyType({}),
        kind: RevisionKind = "edited",
    ) -> list[Stored]:
        """Write articles with all their parts, and cross them off the ledger, in one transaction.

        A text that is stored already under another address is linked, not repeated.  Articles without a portal are
        taken too.  visits: url of an article → what its page's answer said of its version; kind: what a change of
        text or headline is.
        """
        how = articles.Circumstances(self._clock(), run_id, visits, kind, self._recent)
        with self._connection.writing() as db:
            return articles.store(db, batch, how)

    # What happens to articles later

    def due(self, portal: str, limit: int) -> list[Due]:
        """Stored articles that are to be asked again, newest first, at most so many."""
        with self._connection.reading() as db:
            return checks.due(db, portal, limit, self._clock())

    def present(self, article_id: int) -> bool:
        """The article's page is there, and as it was (304) or not worth storing; True if it was gone."""
        with self._connection.writing() as db:
            return checks.present(db, article_id, self._clock(), self._recent)

    def missing(self, article_id: int, why: str, run_id: int | None = None) -> bool:
        """The article's page is not there; True if that makes it gone: the second run in a row says so."""
        with self._connection.writing() as db:
            return checks.missing(db, article_id, run_id, why, self._clock(), self._recent)

    def postpone(self, article_id: int) -> None:
        """Nothing could be learned of the article's page; it is due again at its next turn."""
        with self._connection.writing() as db:
            checks.postpone(db, article_id, self._clock(), self._recent)

    def revisions(self, url: str) -> list[Revision]:
        """What the article of that address said, oldest first and today's last; empty where it never changed."""
        with self._connection.reading() as db:
            return revisions.revisions(db, url)

    def purge(self, url: str, why: str) -> Purged | None:
        """Remove an article for good, overwriting it in the file, and never fetch it again; None: unknown address."""
        with self._connection.reading() as db:
            db.execute("PRAGMA secure_delete = ON")
        with self._connection.writing() as db:
            purged = purge.purge(db, url, why, self._clock())
        self._expunge()
        with self._connection.reading() as db:
            # The log still holds the old pages.
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return purged

    def _expunge(self) -> None:
        # In steps, so that a crawl that is writing waits for one of them at a time.
        more = begin = True
        while more:
            with self._connection.writing() as db:
                more, begin = search.expunge(db, begin), False

    def tombstone(self, url: str) -> Tombstone | None:
        """When and why an address was purged; None: it was not."""
        with self._connection.reading() as db:
            return purge.tombstone(db, url)

    def known(self, article: Article) -> Known | None:
        """Why the article is not new (its address or its text is stored); None: it is new."""
        with self._connection.reading() as db:
            return duplicates.known(db, article)

    def find(self, url: str) -> StoredArticle | None:
        """The article that goes by this address, in any of its spellings; None where there is none."""
        with self._connection.reading() as db:
            return reading.find(db, url)

    def articles(
        self,
        portal: str | None = None,
        *,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        duplicates: bool = True,
    ) -> Iterator[Article]:
        """Articles in the order in which they were stored, read bit by bit: any number fits in memory.

        since, until: bounds of published, the first included, the second not; duplicates: with those that repeat
        another article's text.
        """
        return self.select(Selection(portal=portal, since=since, until=until, duplicates=duplicates))

    def select(self, wanted: Selection) -> Iterator[Article]:
        """Articles that are meant, in the order in which they were stored, read bit by bit.

        Raises UsageError for a query that makes no sense, with the first article.
        """
        self._settle(wanted)
        last = 0
        while True:
            with self._connection.reading() as db:
                found = reading.page(db, last, wanted)
            if not found:
                return
            yield from (stored.article for stored in found)
            last = found[-1].id

    def index_waits(self) -> bool:
        """True if a bulk load left articles out of the search index; see index()."""
        with self._connection.reading() as db:
            return search.behind(db)

    def index(self, most: int | None = None) -> int:
        """Enter articles in the search index that bulk loads left out, at most so many; how many there were."""
        entered, more = 0, True
        while more and (most is None or entered < most):
            with self._connection.writing() as db:
                step = search.catch_up(db, _INDEX_STEP if most is None else min(most - entered, _INDEX_STEP))
            entered, more = entered + step, step == _INDEX_STEP
        return entered

    def count(self, wanted: Selection) -> int:
        """How many articles are meant.  Raises UsageError for a query that makes no sense."""
        self._settle(wanted)
        with self._connection.reading() as db:
            return search.count(db, wanted)

    def search(self, wanted: Selection, limit: int = 20) -> Found:
        """The best hits for wanted.words (docs/search.md).  Raises UsageError for a query that makes no sense."""
        self._settle(wanted)
        with self._connection.reading() as db:
            return search.search(db, wanted, limit)

    def _settle(self, wanted: Selection) -> None:
        """A query sees all articles; a corpus opened readonly shows what is indexed."""
        if wanted.words and not self._connection.readonly:
            self.index()

    def counts(self, portal: str | None = None) -> dict[str, int]:
        """Numbers of articles (duplicates among them), sections, rejects, runs, and of ledger entries by state."""
        with self._connection.reading() as db:
            return reading.counts(db, portal)

    def overview(self) -> list[PortalFigures]:
        """One line a portal: its sections, articles, failures and last run."""
        with self._connection.reading() as db:
            return overview.figures(db)

    def detail(self, portal: str) -> PortalDetail | None:
        """All that is known of one portal: sections, months, rejects, failures, runs; None for an unknown name."""
        with self._connection.reading() as db:
            return overview.detail(db, portal)
