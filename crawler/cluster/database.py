"""The database of the queue: one connection for a command, errors in one line, and what "away" means."""

from __future__ import annotations

from typing import Any

import psycopg
from procrastinate.exceptions import ConnectorException
from psycopg.rows import dict_row

from crawler.corpus.postgres import connection as postgres
from crawler.errors import ClusterError, CorpusError

__all__ = ["SCHEMA", "Row", "away", "connect", "connection_options"]

#: Everything of the queue stands here, the corpus beside it: its tables and these never get into each other's way.
SCHEMA = "procrastinate"
Row = dict[str, Any]


def connection_options() -> dict[str, Any]:
    """What every connection to the queue is opened with."""
    return {
        "connect_timeout": postgres.CONNECT_SECONDS,
        "options": f"-c search_path={SCHEMA}",
        "application_name": "chengwen cluster",
    }


def connect(address: str) -> psycopg.Connection[Row]:
    """A connection that sees the queue's tables; ClusterError, in one line without the password."""
    try:
        return postgres.connect(address, row_factory=dict_row, **connection_options())
    except CorpusError as error:
        raise ClusterError(str(error)) from error.__cause__


def away(error: BaseException | None) -> bool:
    """True if the database could not be reached or broke off, so that the same thing may work later."""
    if isinstance(error, ConnectorException):
        error = error.__cause__
    return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
