"""A PostgreSQL database for each test that wants one, in the server that POSTGRES_URL names; .ci/run starts one."""

from __future__ import annotations

import atexit
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlsplit

import pytest

from crawler.corpus import Corpus
from crawler.corpus.postgres.schema import MARK

#: Address of a server on which databases may be made, such as postgresql://postgres@127.0.0.1:5432/postgres.
POSTGRES_URL = os.environ.get("POSTGRES_URL")

needs_postgres = pytest.mark.skipif(POSTGRES_URL is None, reason="POSTGRES_URL names no PostgreSQL server")

_NUMBERS = itertools.count(1)


@contextmanager
def database() -> Iterator[str]:
    """The address of a new, empty database, which goes again with the block, whoever is still connected."""
    name = f"chengwen_test_{os.getpid()}_{next(_NUMBERS)}"
    _serve(f'CREATE DATABASE "{name}"')
    try:
        yield address(name)
    finally:
        _serve(f'DROP DATABASE "{name}" WITH (FORCE)')


def empty_corpus() -> str:
    """The address of a corpus with nothing in it: always the same, emptied in a twentieth of the time of a new one."""
    import psycopg

    place = _corpus()
    with psycopg.connect(place, autocommit=True) as db:
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        mine = "schemaname = current_schema()"
        tables = db.execute(f"SELECT tablename FROM pg_tables WHERE {mine} AND tablename <> '{MARK}'").fetchall()
        counters = db.execute(f"SELECT sequencename FROM pg_sequences WHERE {mine}").fetchall()
        with db.transaction():
            # Without the foreign keys, the order does not matter.
            db.execute("SET LOCAL session_replication_role = replica")
            for (name,) in tables:
                db.execute(f'DELETE FROM "{name}"'.encode())
            for (name,) in counters:
                db.execute(f'ALTER SEQUENCE "{name}" RESTART'.encode())
    return place


@cache
def _corpus() -> str:
    name = f"chengwen_test_{os.getpid()}"
    _serve(f'CREATE DATABASE "{name}"')
    atexit.register(_serve, f'DROP DATABASE "{name}" WITH (FORCE)')
    Corpus.open(address(name)).close()
    return address(name)


def address(name: str) -> str:
    """That of a database of that name."""
    assert POSTGRES_URL is not None
    return urlsplit(POSTGRES_URL)._replace(path=f"/{name}").geturl()


def _serve(statement: str) -> None:
    import psycopg

    assert POSTGRES_URL is not None
    with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
        server.execute(statement.encode())
