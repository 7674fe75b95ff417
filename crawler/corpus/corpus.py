"""The corpus: all that the rest of the project does with it.

Callers see records and articles, never SQL, so that another database can stand behind the same interface.
Long because it is that interface, one short method a use; the work is done in the modules beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Protocol, Self

from crawler.corpus import (
    articles,
    browsing,
    checks,
    clusters,
    completeness,
    copying,
    duplicates,
    facets,
    history,
    indexes,
    ledger,
    noting,
    overview,
    pauses,
    portals,
    purge,
    reading,
    reextraction,
    reporting,
    reprints,
    revisions,
    search,
)
from crawler.corpus import captures as archived
from crawler.corpus import templates as learned
from crawler.corpus.address import is_server, shown
from crawler.corpus.browsing import ArticleDetail
from crawler.corpus.choice import Choice
from crawler.corpus.codec import utc_now
from crawler.corpus.completeness import Completeness, RunningIds
from crawler.corpus.connection import Connection
from crawler.corpus.copying import Copied
from crawler.corpus.database import Database, Store, Turn
from crawler.corpus.facets import Facets
from crawler.corpus.health import store as health
from crawler.corpus.health.records import Judgement, PortalHealth
from crawler.corpus.history import History
from crawler.corpus.overview import PortalDetail, PortalFigures
from crawler.corpus.records import (
    CaptureRow,
    Cluster,
    Due,
    Flow,
    Known,
    NewCapture,
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
    WarcFileRow,
)
from crawler.corpus.reextraction import Reextraction
from crawler.corpus.report_records import Report
from crawler.corpus.search import Found
from crawler.corpus.selection import Dedupe, Selection
from crawler.errors import CorpusError
from crawler.items import Article, Link, Template

__all__ = ["Corpus"]

#: Articles indexed in one transaction: some tenths of a second, in which other processes wait.
_INDEX_STEP = 200


class Recording(Protocol):
    """Who archives what is fetched while the corpus is open: see crawler.corpus.warc.recorder."""

    def sync(self) -> Sequence[NewCapture]:
        """Bring everything recorded so far to the disk; captures that the corpus does not list yet."""

    def entered(self, count: int) -> None:
        """The first so many of them are listed now."""


class Corpus:
    """An open corpus.  Every method is one transaction: all of it happens, or it raises CorpusError and nothing did."""

    def __init__(
        self,
        connection: Store,
        clock: Callable[[], dt.datetime] = utc_now,
        recent: dt.timedelta = checks.RECENT,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._recent = recent
        self._as_of: dt.datetime | None = None
        #: set while a crawl archives what it fetches
        self.recording: Recording | None = None

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
        """Open the corpus in that file, or in the database of that address, and make it where it does not exist.

        path: a file, or postgresql://user@host/database (docs/scale.md).
        readonly: never write, and fail where there is no file.  timeout: seconds to wait while another process
        writes.  clock: the present, aware.  recent: age up to which articles are
        asked again often.  Raises CorpusNewer, CorpusForeign, CorpusReadOnly, CorpusLocked,
        CorpusFull, CorpusDamaged, CorpusLost, or plain CorpusError.
        """
        return cls(_connection(path, readonly, timeout), clock, recent)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def address(self) -> str:
        """The file, or the database, as it may be shown: without a password."""
        return self._connection.address

    def turn(self, portal: str) -> Turn:
        """The right to crawl a portal, until it is released or the process ends; PortalBusy where another has it."""
        return self._connection.turn(portal)

    def close(self) -> None:
        """Write the log back into the file and close it; may be called again."""
        self._connection.close()

    def stop_waiting(self) -> None:
        """From now on fail at once where another process holds the write lock."""
        self._connection.stop_waiting()

    @contextmanager
    def _settling(self) -> Iterator[Database]:
        """A transaction that crosses something off: what was fetched for it is on the disk before, and listed in it."""
        new = self.recording.sync() if self.recording else ()
        with self._connection.writing() as db:
            archived.enter(db, new)
            yield db
        if self.recording:
            self.recording.entered(len(new))

    @contextmanager
    def as_of(self, moment: dt.datetime) -> Iterator[None]:
        """Enter what happens within as of that moment, aware: a page from an archive was seen when it was fetched.

        Runs, files of the archive, and when the rows of articles were made keep the present.
        """
        before, self._as_of = self._as_of, moment
        try:
            yield
        finally:
            self._as_of = before

    def _now(self) -> dt.datetime:
        return self._as_of or self._clock()

    # The walk

    def portal(
        self,
        name: str,
        city: str | None = None,
        province: str | None = None,
        home: str | None = None,
        title: str | None = None,
    ) -> None:
        """Enter a portal, or renew what is known of it.  title: its own name, as other portals print it as a source."""
        with self._connection.writing() as db:
            portals.put(db, name, (city, province, home, title), self._now())

    def sections(self, portal: str) -> list[Section]:
        """All sections of a portal in the order in which they were found."""
        with self._connection.reading() as db:
            return portals.sections(db, portal)

    def section(self, portal: str, label: str, url: str, route: Route = "list") -> Section:
        """The section of that address, entered where it is new.  route: what kind of page it is."""
        with self._connection.writing() as db:
            return portals.section(db, portal, label, url, self._now(), route)

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

    def checkpoint(
        self, run_id: int, stats: Mapping[str, object], sections: Sequence[tuple[int, int, int, int]] = ()
    ) -> None:
        """Note how far a crawl is: all that stays of it if it is killed.

        sections: of those still being read, number, list pages, links, links that no run had met before.
        """
        with self._connection.writing() as db:
            portals.checkpoint(db, run_id, stats, sections)

    def history(self, portal: str) -> History:
        """Runs and news of a portal so far: see crawler.corpus.history.due_at."""
        with self._connection.reading() as db:
            return history.history(db, portal)

    def last_statistics(self, portal: str) -> Mapping[str, object]:
        """Statistics of the portal's last run that noted any, killed ones included; empty where there is none."""
        with self._connection.reading() as db:
            return portals.last_statistics(db, portal)

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
            return pauses.pause(db, host, why, least, self._now())

    def pauses(self) -> dict[str, Pause]:
        """Hosts that refused the last run that asked them, by name; `until` may lie in the past."""
        with self._connection.reading() as db:
            return pauses.pauses(db, self._now())

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
            learned.put(db, portal, template, json, self._now())

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
            learned.used(db, portal, version, pages, fit, self._now())

    # The ledger

    def note(self, portal: str, section_id: int | None, links: Sequence[Link]) -> list[Noted]:
        """Write links down before anything is fetched, and learn of each what to do with it, in the same order.

        section_id: the section whose list shows them, None: no section's (a feed, a sitemap).
        """
        with self._connection.writing() as db:
            return noting.note(db, portal, section_id, links, self._now())

    def waiting(self, portal: str, limit: int | None = None) -> list[Waiting]:
        """What earlier runs left to fetch, oldest first: never asked for, or failed and due."""
        with self._connection.reading() as db:
            return ledger.waiting(db, portal, limit, self._now())

    def reject(
        self, portal: str, url: str, reason: str, excerpt: str = "", run_id: int | None = None, *, retry: bool = False
    ) -> None:
        """Keep why a page is no article.  retry: ask again later, as after a failure; else never again."""
        with self._settling() as db:
            ledger.reject(db, portal, url, ledger.Verdict(reason, excerpt, retry), run_id, self._now())

    def fail(self, portal: str, url: str, error: str, *, final: bool = False) -> None:
        """One more failed attempt; tried again after a pause that doubles, unless final or tried too often."""
        with self._settling() as db:
            ledger.fail(db, portal, url, error, final, self._now())

    def gone(self, portal: str, url: str, why: str) -> None:
        """The portal took the page away; it is not asked for again, and what is stored stays."""
        with self._settling() as db:
            ledger.gone(db, portal, url, why, self._now())

    def forget(self, url: str) -> int:
        """Have an address fetched again; the number of ledger entries that this concerns, 0: unknown address."""
        with self._connection.writing() as db:
            return ledger.forget(db, url, self._now())

    # The articles

    def store(
        self,
        batch: Sequence[Article],
        run_id: int | Mapping[str, int] | None = None,
        *,
        visits: Mapping[str, Visit] = MappingProxyType({}),
        kind: RevisionKind = "edited",
        replayed: bool = False,
    ) -> list[Stored]:
        """Write articles with all their parts, and cross them off the ledger, in one transaction.

        A text that is stored already under another address is linked, not repeated.  Articles without a portal are
        taken too.  visits: url of an article → what its page's answer said of its version; kind: what a change of
        text or headline is; run_id: one for all, or portal → run; replayed: the pages come from an archive, and what is
        noted of them is of the time when they were fetched.
        """
        how = articles.Circumstances(
            self._now(), run_id, visits, kind, self._recent, replayed=replayed, made=self._clock()
        )
        with self._settling() as db:
            return articles.store(db, batch, how)

    # Reading anew

    def reextractable(self, wanted: Selection, after: int = 0, limit: int | None = None) -> Sequence[int]:
        """Ids of the articles that are meant, in the order in which they were stored, beyond that one."""
        with self._connection.reading() as db:
            return reextraction.ids(db, wanted, after, limit)

    def by_id(self, ids: Sequence[int]) -> list[StoredArticle]:
        """The articles of these ids, in the order in which they were stored."""
        with self._connection.reading() as db:
            return reading.by_id(db, list(ids))

    def begin_reextraction(self, arguments: str, extractor: str, *, again: bool = False) -> Reextraction:
        """Begin to read articles anew, or go on with the same that was interrupted, unless `again`."""
        with self._connection.writing() as db:
            return reextraction.begin(db, arguments, extractor, self._now(), again=again)

    def reextracted(
        self, run: Reextraction, reached: int, changed: Sequence[Article], same: Sequence[tuple[int, Article]]
    ) -> list[Stored]:
        """Write what was read anew, and how far the run has come, in one transaction.

        changed: articles that read otherwise: revisions of kind re-extracted; same: id and new reading of the others.
        """
        how = articles.Circumstances(self._now(), None, {}, "re-extracted", self._recent)
        with self._connection.writing() as db:
            stored = articles.store(db, changed, how)
            reextraction.read_anew(db, [(id_, new.extractor, new.template) for id_, new in same])
            reextraction.reach(db, run.id, reached)
            return stored

    def end_reextraction(self, run: Reextraction) -> None:
        """The run has come to its end."""
        with self._connection.writing() as db:
            reextraction.finish(db, run.id, self._now())

    # What happens to articles later

    def due(self, portal: str, limit: int) -> list[Due]:
        """Stored articles that are to be asked again, newest first, at most so many."""
        with self._connection.reading() as db:
            return checks.due(db, portal, limit, self._now())

    def look(self, url: str) -> Due | None:
        """The stored article of that address as due() would give it; None: there is none."""
        with self._connection.reading() as db:
            return checks.look(db, url)

    def present(self, article_id: int) -> bool:
        """The article's page is there, and as it was (304) or not worth storing; True if it was gone."""
        with self._connection.writing() as db:
            return checks.present(db, article_id, self._now(), self._recent)

    def missing(self, article_id: int, why: str, run_id: int | None = None) -> bool:
        """The article's page is not there; True if that makes it gone: the second run in a row says so."""
        with self._settling() as db:
            return checks.missing(db, article_id, run_id, why, self._now(), self._recent)

    def postpone(self, article_id: int) -> None:
        """Nothing could be learned of the article's page; it is due again at its next turn."""
        with self._connection.writing() as db:
            checks.postpone(db, article_id, self._now(), self._recent)

    def revisions(self, url: str) -> list[Revision]:
        """What the article of that address said, oldest first and today's last; empty where it never changed."""
        with self._connection.reading() as db:
            return revisions.revisions(db, url)

    def purge(self, url: str, why: str) -> Purged | None:
        """Remove an article for good, overwriting it in the file, and never fetch it again; None: unknown address."""
        with self._connection.erasing():
            with self._connection.writing() as db:
                purged = purge.purge(db, url, why, self._now())
            self._expunge()
        return purged

    def _expunge(self) -> None:
        # In steps, so that a crawl that is writing waits for one of them at a time.
        more = begin = True
        while more:
            with self._connection.writing() as db:
                more, begin = search.expunge(db, begin), False

    # The archive

    def settle(self) -> None:
        """List what was archived since the last article."""
        with self._settling():
            pass

    def open_warc(self, name: str, portal: str) -> int:
        """Enter a file of the archive that is about to be written; its id."""
        with self._connection.writing() as db:
            return archived.open_file(db, name, portal, self._clock())

    def seal_warc(self, file_id: int) -> None:
        """Nothing more is appended to that file."""
        with self._connection.writing() as db:
            archived.seal(db, file_id)

    def recovered(self, found: Sequence[NewCapture]) -> None:
        """List captures that a killed run recorded and could not list."""
        with self._connection.writing() as db:
            archived.enter(db, found)

    def warc_files(self, unsealed_of: str | None = None) -> list[WarcFileRow]:
        """Files of the archive; those of one portal alone that are not sealed (without figures of their captures)."""
        with self._connection.reading() as db:
            return archived.files(db) if unsealed_of is None else archived.unsealed(db, unsealed_of)

    def original(self, digest: str) -> tuple[int, int, str, dt.datetime] | None:
        """File, offset, address and time of the response that has that body; None: it is new."""
        with self._connection.reading() as db:
            return archived.original(db, digest)

    def confirmed(self, url: str) -> tuple[int, int, str, dt.datetime, str] | None:
        """What a 304 for that address confirms, and its digest; None: the archive has no body of it."""
        with self._connection.reading() as db:
            return archived.latest(db, url)

    def captures(self, url: str) -> list[CaptureRow]:
        """What was fetched from an address in any of its spellings, oldest first."""
        with self._connection.reading() as db:
            return archived.captures(db, url)

    def capture(self, capture_id: int) -> CaptureRow | None:
        """The capture of that id; None for an unknown one."""
        with self._connection.reading() as db:
            return archived.by_id(db, capture_id)

    def captures_in(self, file: str) -> list[CaptureRow]:
        """What a file of the archive holds, in its order."""
        with self._connection.reading() as db:
            return archived.in_file(db, file)

    def captures_between(
        self, portal: str | None = None, since: dt.datetime | None = None, until: dt.datetime | None = None
    ) -> Iterator[CaptureRow]:
        """Captures in the order of files and offsets.  since, until: the first included, the second not."""
        after = (0, 0)
        while True:
            with self._connection.reading() as db:
                found = archived.between(db, portal, since, until, after)
            if not found:
                return
            yield from (capture for _, capture in found)
            after = found[-1][0]

    def count_captures(
        self, portal: str | None = None, since: dt.datetime | None = None, until: dt.datetime | None = None
    ) -> int:
        """How many captures that means; see captures_between()."""
        with self._connection.reading() as db:
            return archived.count(db, portal, since, until)

    def pages_of(self, capture_ids: Collection[int]) -> Iterator[tuple[CaptureRow, Article]]:
        """Of these captures, those that articles were read from, with the articles, read bit by bit."""
        wanted = sorted(capture_ids)
        for start in range(0, len(wanted), archived.PAGE):
            with self._connection.reading() as db:
                pairs = archived.articles_at(db, wanted[start : start + archived.PAGE])
                articles_by_id = {stored.id: stored.article for stored in reading.by_id(db, [a for _, a in pairs])}
                rows = [(archived.by_id(db, capture), articles_by_id[article]) for capture, article in pairs]
            yield from ((row, article) for row, article in rows if row is not None)

    def unarchived_files(self, portal: str) -> Iterator[str]:
        """Addresses of pictures and attachments of a portal's articles that the archive does not have."""
        after: int | None = 0
        while after is not None:
            with self._connection.reading() as db:
                urls, after = archived.unarchived_files(db, portal, after)
            yield from urls

    def articles_without_capture(self) -> tuple[int, list[str]]:
        """How many articles have no record, and addresses of those among them that an archived run stored."""
        with self._connection.reading() as db:
            return archived.without(db)

    def capture_of(self, article_id: int) -> CaptureRow | None:
        """What an article was read from; None: it was not archived."""
        with self._connection.reading() as db:
            return archived.capture_of(db, article_id)

    def articles_of(self, file: str, offset: int | None = None) -> list[StoredArticle]:
        """The articles read from a file of the archive, or from the record that begins there."""
        with self._connection.reading() as db:
            return reading.by_id(db, archived.articles_of(db, file, offset))

    def archive_statistics(self) -> list[tuple[str, str, int, str | None, int, int, int]]:
        """By portal, kind, status and content type: captures, their bytes, and bytes that revisits saved."""
        with self._connection.reading() as db:
            return archived.statistics(db)

    def tombstone(self, url: str) -> Tombstone | None:
        """When and why an address was purged; None: it was not."""
        with self._connection.reading() as db:
            return purge.tombstone(db, url)

    def cluster(self, url: str) -> Cluster | None:
        """The articles that tell the story of the one at this address; None: there is none, or it is alone."""
        with self._connection.reading() as db:
            return clusters.cluster(db, url)

    def reprinted(self, run_id: int) -> dict[str, int]:
        """How many of a run's articles were taken from another one, by kind; identical ones are duplicates."""
        with self._connection.reading() as db:
            return reprints.of_run(db, run_id)

    def flows(self) -> list[Flow]:
        """Which portal takes its articles from which, the busiest first."""
        with self._connection.reading() as db:
            return reprints.flows(db)

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

        since, until: bounds of published, the first included, the second not; duplicates: with those that repeat the
        text of another one of these.
        """
        dedupe: Dedupe = "none" if duplicates else "exact"
        return self.select(Selection(portal=portal, since=since, until=until, dedupe=dedupe))

    def select(self, wanted: Selection) -> Iterator[Article]:
        """Articles that are meant, in the order in which they were stored, read bit by bit.

        Raises UsageError for a query that makes no sense, with the first article.
        """
        if wanted.dedupe != "none":
            with self.choose(wanted) as choice:
                choice.dedupe(wanted.dedupe)
                yield from (stored.article for stored in choice.rows())
            return
        self._settle(wanted)
        last = 0
        while True:
            with self._connection.reading() as db:
                found = reading.page(db, last, wanted)
            if not found:
                return
            yield from (stored.article for stored in found)
            last = found[-1].id

    def choose(self, wanted: Selection) -> Choice:
        """The articles that are meant, for more than one look at them; wanted.dedupe is left to the caller.

        Raises UsageError for a query that makes no sense.
        """
        self._settle(wanted)
        return Choice(self._connection, wanted)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Within it the corpus looks as it does now, whatever other processes write; for reading only.

        They are not held up, but their log grows until it ends.
        """
        with self._connection.frozen():
            yield

    def rows(self) -> int:
        """Rows of all tables, as copy_to() counts them."""
        return copying.rows_of(self._connection)

    def copy_to(self, target: Corpus) -> Iterator[int | Copied]:
        """Copy everything but the archive's files; see crawler.corpus.copying.  This corpus must be frozen."""
        return copying.copy(self._connection, target._connection)

    def index_waits(self) -> bool:
        """True if a bulk load left articles out of the indexes; see index()."""
        with self._connection.reading() as db:
            return indexes.behind(db)

    def index(self, most: int | None = None) -> int:
        """Enter articles in the indexes (search, near-duplicates) that bulk loads left out; how many there were.

        most: at most so many, None: all.
        """
        entered, more = 0, True
        while more and (most is None or entered < most):
            with self._connection.writing() as db:
                step = indexes.catch_up(db, _INDEX_STEP if most is None else min(most - entered, _INDEX_STEP))
            entered, more = entered + step, step == _INDEX_STEP
        return entered

    def count(self, wanted: Selection) -> int:
        """How many articles are meant.  Raises UsageError for a query that makes no sense."""
        self._settle(wanted)
        with self._connection.reading() as db:
            return search.count(db, wanted)

    def search(self, wanted: Selection, limit: int = 20, offset: int = 0, *, newest: bool = False) -> Found:
        """The best hits for wanted.words (docs/search.md), leaving out so many; without words all that are meant.

        newest: the newest first, as without words.  Raises UsageError for a query that makes no sense.
        """
        self._settle(wanted)
        with self._connection.reading() as db:
            return search.search(db, wanted, limit, offset, newest=newest)

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

    def report(self, portal: str | None = None, since: dt.datetime | None = None) -> Report:
        """Runs begun and articles stored since then, of one portal or of all, in the figures of a report."""
        with self._connection.reading() as db:
            return reporting.report(db, portal, since, self._clock())

    def detail(self, portal: str) -> PortalDetail | None:
        """All that is known of one portal: sections, months, rejects, failures, runs; None for an unknown name."""
        with self._connection.reading() as db:
            return overview.detail(db, portal)

    # What pages show

    def facets(self, wanted: Selection, total: int) -> Facets:
        """Portals, months, sections and sources of the articles that are meant, which are so many."""
        with self._connection.reading() as db:
            return facets.facets(db, wanted, total)

    def article(self, article_id: int) -> ArticleDetail | None:
        """All that is known of the article of that number; None where there is none."""
        with self._connection.reading() as db:
            return browsing.article(db, article_id)

    def days(self, portal: str, most: int) -> dict[dt.date, int]:
        """Articles a day of a portal, over so many days up to its newest article's; empty where none has a date."""
        with self._connection.reading() as db:
            return browsing.days(db, portal, most)


def _connection(path: str | Path, readonly: bool, timeout: float) -> Store:
    if not is_server(path):
        return Connection(Path(path), readonly=readonly, timeout=timeout)
    try:
        # Only here: psycopg comes with an extra.
        from crawler.corpus.postgres import connection as postgres
    except ImportError as error:
        raise CorpusError(
            f"{shown(path)}: needs psycopg; install it: pip install 'chengwen[cluster]', or name a file (-s CORPUS=…)"
        ) from error
    return postgres.Connection(str(path), readonly=readonly, timeout=timeout)
