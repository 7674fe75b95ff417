"""A PostgreSQL database for each test that wants one, in the server that POSTGRES_URL names; .ci/run starts one."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

#: Address of a server on which databases may be made, such as postgresql://postgres@127.0.0.1:5432/postgres.
POSTGRES_URL = os.environ.get("POSTGRES_URL")

needs_postgres = pytest.mark.skipif(POSTGRES_URL is None, reason="POSTGRES_URL names no PostgreSQL server")

_NUMBERS = itertools.count(1)


@contextmanager
def database() -> Iterator[str]:
    """The address of an empty database, which goes again with the block, whoever is still connected."""
    import psycopg

    assert POSTGRES_URL is not None
    name = f"chengwen_test_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(POSTGRES_URL)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
