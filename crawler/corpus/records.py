"""What the corpus answers with: small frozen records, free of SQL."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from crawler.items import Article, Link

__all__ = [
    "CaptureRow",
    "Cluster",
    "ClusterArticle",
    "Due",
    "Flow",
    "Known",
    "NewCapture",
    "Noted",
    "Outcome",
    "Pause",
    "Purged",
    "Reprint",
    "ReprintKind",
    "Revision",
    "RevisionKind",
    "Route",
    "Run",
    "Section",
    "Stored",
    "StoredArticle",
    "StoredTemplate",
    "ToldBy",
    "Tombstone",
    "Visit",
    "Waiting",
    "WarcFileRow",
]

#: new: a story not seen before; duplicate: identical text under another address, linked to the first;
#: unchanged, updated: an address that was stored before, with the same or with other content;
#: purged: an address that must not be stored.
Outcome = Literal["new", "duplicate", "unchanged", "updated", "purged"]

#: What a text is to the one it was taken from.  identical: the same; reprint: taken over, a wrapping or small changes
#: aside; abridged: a part of it; expanded: it with more around it; revised: rewritten here and there.
ReprintKind = Literal["identical", "reprint", "abridged", "expanded", "revised"]

#: What told which of two came first: a printed source names the other's portal; the printed times differ; one is
#: printed as its portal's own; the order in which they were stored.
ToldBy = Literal["source", "time", "portal", "order"]

#: By which kind of page the walk met a link: a section's list, the front page, a feed or sitemap, an e-paper's edition.
Route = Literal["list", "front", "feed", "paper"]

#: first: as it was stored first; edited: the portal changed it; re-extracted: the same page, read by a later release.
RevisionKind = Literal["first", "edited", "re-extracted"]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a portal.

    completed_at: when a walk last read it to its end, None: never.  complete_since: how far back that walk's ground
    reaches, None: to the list's own end.  gap: articles may be missing, the next walk has to go deeper.
    """

    id: int
    portal: str
    label: str
    url: str
    found_at: dt.datetime
    completed_at: dt.datetime | None = None
    complete_since: dt.datetime | None = None
    gap: bool = False

    def covers(self, since: dt.datetime | None) -> bool:
        """True if familiar ground reaches as far back as a walk with that limit wants to see (None: everything).

        Where it does not, whole pages of familiar links say nothing about what lies below them.
        """
        if self.completed_at is None:
            return False
        return self.complete_since is None or (since is not None and since >= self.complete_since)


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl of one portal."""

    id: int
    portal: str
    started_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """A host that refused a run.  refused_runs: how many in a row; until: left alone up to then; why: in words."""

    host: str
    refused_runs: int
    refused_at: dt.datetime
    until: dt.datetime
    why: str


@dataclass(frozen=True, slots=True)
class Noted:
    """What the ledger says of a link on a list page.

    key: identity of the address; fetch: has to be asked for (new, waiting, or failed and due), True once for twins on
    one page; familiar: this section already showed it when its last complete walk ended, so the ground below is known
    too; new: never noted for this portal before.
    """

    link: Link
    key: str
    fetch: bool
    familiar: bool
    new: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """An article that an earlier run left to fetch.  section: label of the first section that showed it."""

    link: Link
    section: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an article handed to store().

    id: 0 for a purged one.  revised: headline or text differ from what was stored, a revision keeps the earlier one.
    """

    id: int
    outcome: Outcome
    revised: bool = False


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """A row of the articles table.

    duplicate_of: id of the article that was first with the same text.  cluster: address of the representative of its
    reprint cluster, cluster_published: the time printed there; None: the article is alone (or no time was printed).
    """

    id: int
    key: str
    article: Article
    duplicate_of: int | None
    stored_at: dt.datetime
    run_id: int | None
    cluster: str | None = None
    cluster_published: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredTemplate:
    """A version of a portal's learned template.

    json: as crawler.extract.to_json writes it.  valid_until: None while it is today's.  pinned: kept by a person
    whatever its fit.  support: pages that each of its layouts was learned from.  pages: read by it so far; fit: 0 to 1,
    mean over the last of them, None before the first; used_at: when it was last tried.
    """

    portal: str
    name: str
    version: int
    json: str
    learned_at: dt.datetime | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    pinned: bool = False
    support: tuple[int, ...] = ()
    pages: int = 0
    fit: float | None = None
    used_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Why an article is not new.  kind "url": its address is stored; "body": its text is, under another address."""

    kind: Literal["url", "body"]
    url: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page's answer said of its version, for a conditional request (RFC 9110 §8.8); None: nothing.

    again: the article is stored, and was asked for to see whether it has changed.
    """

    etag: str | None = None
    last_modified: str | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A stored article that is to be asked again."""

    article_id: int
    url: str
    section: str | None
    title: str | None
    content_hash: str | None
    visit: Visit


@dataclass(frozen=True, slots=True)
class Revision:
    """One of the texts that an article has had.

    seen_at: when it was first seen; changed: fields that then differed, none for the first.
    """

    number: int
    kind: RevisionKind
    seen_at: dt.datetime
    title: str | None
    body: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reprint:
    """One article taken from another.

    article_id: the later one; of_id: the one before it.  resemblance: 0 to 1, shingles that both have of those that
    either has (Jaccard).  containment: 0 to 1, share of the shorter one's shingles that the other has.
    """

    article_id: int
    of_id: int
    kind: ReprintKind
    resemblance: float
    containment: float
    told_by: ToldBy


@dataclass(frozen=True, slots=True)
class ClusterArticle:
    """An article of a cluster.  characters: of its text."""

    id: int
    url: str
    portal: str | None
    source: str | None
    published: dt.datetime | None
    title: str | None
    characters: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """Articles that tell one story in one text.

    id: of the representative, the article that came first as far as can be told; it stands first in articles, the
    others in the order of their times.  reprints: who was taken from whom, in that order.
    """

    id: int
    articles: tuple[ClusterArticle, ...]
    reprints: tuple[Reprint, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """How many articles of one portal were taken from another's.  portal, of: None for articles outside a crawl."""

    portal: str | None
    of: str | None
    articles: int
    kinds: dict[ReprintKind, int]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An address that was purged."""

    url: str
    why: str
    purged_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge removed.  stored: an article was; copies: addresses of articles that still have the same text."""

    url: str
    stored: bool
    copies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewCapture:
    """A record on the disk that the corpus does not list yet.

    digest: of the body as it travelled.  offset, length: bytes of the file.  original: file and offset of the response
    that holds a revisit's body.  end: bytes of whole records in the file once this one is entered.
    """

    url: str
    at: dt.datetime
    kind: Literal["response", "revisit"]
    status: int
    content_type: str | None
    digest: str
    file_id: int
    offset: int
    length: int
    end: int
    original: tuple[int, int] | None = None
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """One fetched answer in the archive.

    file: name below the archive's folder; offset, length: the record's bytes in it.  original_id: for a revisit, the
    capture that holds its body.  run_id: None for records that a later run found after a kill.
    """

    id: int
    url: str
    at: dt.datetime
    kind: Literal["response", "revisit"]
    status: int
    content_type: str | None
    digest: str
    file: str
    offset: int
    length: int
    original_id: int | None
    run_id: int | None
    portal: str


@dataclass(frozen=True, slots=True)
class WarcFileRow:
    """A file of the archive.

    size: bytes of whole records that the corpus lists.  sealed: nothing more is appended.  captures: how many; first,
    last: when, None where there are none.
    """

    id: int
    name: str
    portal: str
    begun_at: dt.datetime
    size: int
    sealed: bool
    captures: int = 0
    first: dt.datetime | None = None
    last: dt.datetime | None = None
