"""The tables of the queue: Procrastinate's and ours, made, brought up to date, and asked whose release they are of."""

from __future__ import annotations

from importlib import resources
from typing import NamedTuple

import psycopg
from procrastinate.schema import SchemaManager

from crawler import __version__
from crawler.cluster.database import SCHEMA, Row, connect
from crawler.corpus.postgres.failures import reason
from crawler.errors import ClusterError

__all__ = ["RELEASE", "Release", "check", "prepare"]

_Connection = psycopg.Connection[Row]

#: Of the tables below; one more for every change to them, with a step in _STEPS.
QUEUE_VERSION = 1

#: Ours, beside Procrastinate's.  A row of chengwen_crawls is a crawl that a worker began, whatever became of its job.
_TABLES = """
CREATE TABLE chengwen_release (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    release text NOT NULL,
    queue_version integer NOT NULL,
    migration text NOT NULL,
    set_up_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE chengwen_workers (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    release text NOT NULL,
    concurrency integer NOT NULL,
    stalled double precision NOT NULL,
    longest double precision NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);
CREATE TABLE chengwen_crawls (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    job_id bigint NOT NULL,
    portal text NOT NULL,
    worker text NOT NULL,
    log text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    status integer,
    outcome text,
    said text,
    new integer,
    requests integer
);
CREATE INDEX chengwen_crawls_ended ON chengwen_crawls (ended_at);
CREATE INDEX chengwen_crawls_job ON chengwen_crawls (job_id) WHERE ended_at IS NULL;
"""
#: Steps from each version of _TABLES to the next.
_STEPS: dict[int, str] = {}


class Release(NamedTuple):
    """Whose tables they are.  chengwen: version; queue: QUEUE_VERSION; migration: Procrastinate's newest."""

    chengwen: str
    queue: int
    migration: str


def _migrations() -> list[str]:
    """Procrastinate's steps, oldest first: VERSION_NUMBER_name.sql."""
    folder = resources.files("procrastinate.sql") / "migrations"
    return sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))


#: What this program wants.
RELEASE = Release(__version__, QUEUE_VERSION, _migrations()[-1].removesuffix(".sql"))


def check(address: str) -> None:
    """ClusterError unless the database can be reached and its queue was set up by this very release."""
    with connect(address) as db:
        found = _recorded(db)
        if found is None:
            raise ClusterError(
                f"the queue is not set up in this database; run scrapy cluster init once (schema {SCHEMA})"
            )
        if found != RELEASE:
            raise ClusterError(
                f"the queue is of release {_words(found)}, this is {_words(RELEASE)}; "
                "stop all workers, run scrapy cluster init with the new release, start them with it (docs/scale.md)"
            )


def prepare(address: str) -> list[str]:
    """Make the tables, or bring them up to date; what was done, in words, nothing where all was there.

    ClusterError where workers of another release are alive, or the tables are newer than this release.
    """
    with connect(address) as db, _said_in_one_line(), db.transaction():
        # Two that are started at once: the second finds what the first made.
        db.execute("SELECT pg_advisory_xact_lock(hashtext('chengwen cluster init'))")
        db.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        found = _recorded(db)
        if found == RELEASE:
            return []
        done = _make(db) if found is None else _upgrade(db, found)
        db.execute("DELETE FROM chengwen_release")
        db.execute(
            "INSERT INTO chengwen_release (release, queue_version, migration) VALUES (%s, %s, %s)", tuple(RELEASE)
        )
        return done


class _said_in_one_line:  # noqa: N801 - reads as a word in the with statement
    """Turns what PostgreSQL refuses into a line."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, psycopg.Error):
            raise ClusterError(
                f"the queue cannot be set up: {reason(error)}; its user needs to create in this database"
            ) from error


def _recorded(db: _Connection) -> Release | None:
    if db.execute("SELECT to_regclass('chengwen_release') AS found").fetchone() == {"found": None}:
        return None
    row = db.execute("SELECT release, queue_version, migration FROM chengwen_release").fetchone()
    return None if row is None else Release(row["release"], row["queue_version"], row["migration"])


def _make(db: _Connection) -> list[str]:
    made = []
    if db.execute("SELECT to_regclass('procrastinate_jobs') AS found").fetchone() == {"found": None}:
        db.execute(SchemaManager.get_schema())
        made.append(f"Procrastinate's tables ({RELEASE.migration})")
    db.execute(_TABLES)
    return [*made, f"tables of crawls and workers (version {QUEUE_VERSION})"]


def _upgrade(db: _Connection, found: Release) -> list[str]:
    if found.queue > QUEUE_VERSION or found.migration > RELEASE.migration:
        raise ClusterError(f"the queue is of a newer release, {_words(found)}; this is {_words(RELEASE)}: update it")
    alive = db.execute(
        "SELECT string_agg(name, ', ' ORDER BY name) AS names FROM chengwen_workers"
        " WHERE ended_at IS NULL AND seen_at > now() - make_interval(secs => stalled)"
    ).fetchone()
    if alive is not None and alive["names"]:
        raise ClusterError(f"workers of release {found.chengwen} are alive ({alive['names']}); stop them first")
    done = []
    for name in _migrations():
        if name.removesuffix(".sql") > found.migration:
            step = (resources.files("procrastinate.sql") / "migrations" / name).read_text(encoding="utf-8")
            db.execute(step.encode())
            done.append(name.removesuffix(".sql"))
    for version in range(found.queue, QUEUE_VERSION):
        db.execute(_STEPS[version].encode())
        done.append(f"tables of crawls and workers (version {version + 1})")
    return [*done, f"release {found.chengwen} → {RELEASE.chengwen}"]


def _words(release: Release) -> str:
    return f"{release.chengwen} (queue {release.queue}, Procrastinate {release.migration.partition('_')[0]})"
