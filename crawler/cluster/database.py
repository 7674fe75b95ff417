"""The database of the queue: one connection for a command, errors in one line, and what "away" means."""

from __future__ import annotations

from typing import Any

import psycopg
from procrastinate.exceptions import ConnectorException
from psycopg.rows import dict_row

from crawler.corpus.address import shown
from crawler.errors import ClusterError

__all__ = ["CONNECT_SECONDS", "SCHEMA", "Row", "away", "connect", "connection_options"]

#: Everything of the queue stands here, the corpus beside it: its tables and these never get into each other's way.
SCHEMA = "procrastinate"
#: A database in the same network answers in milliseconds; who waits longer for a connection gets none.
CONNECT_SECONDS = 10

Row = dict[str, Any]


def connection_options() -> dict[str, Any]:
    """What every connection to the queue is opened with."""
    return {
        "connect_timeout": CONNECT_SECONDS,
        "options": f"-c search_path={SCHEMA}",
        "application_name": "chengwen cluster",
    }


def connect(address: str) -> psycopg.Connection[Row]:
    """A connection that sees the queue's tables; ClusterError, in one line without the password."""
    try:
        return psycopg.connect(address, autocommit=True, row_factory=dict_row, **connection_options())
    except (psycopg.Error, UnicodeError) as error:
        raise ClusterError(f"{shown(address)}: {reason(error)}; is CORPUS right, and does it run?") from error


def reason(error: BaseException) -> str:
    """What PostgreSQL, or its library, gave as the reason; addresses and passwords do not stand in it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    said = next((line for line in lines if "failed:" in line), lines[-1])
    for mark in ("failed:", "FATAL:", "ERROR:"):
        said = said.rpartition(mark)[2].strip()
    return said[:1].lower() + said[1:].rstrip(".")


def away(error: BaseException | None) -> bool:
    """True if the database could not be reached or broke off, so that the same thing may work later."""
    if isinstance(error, ConnectorException):
        error = error.__cause__
    return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
