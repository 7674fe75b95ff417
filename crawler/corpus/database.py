"""What the corpus's SQL runs on: the little that both engines offer, and the one language that both understand.

The modules of this room write SQL once, in SQLite's dialect with ? and :name for values.  PostgreSQL gets the same
statements through crawler.corpus.postgres.dialect, which lists what it respells.  What neither spelling can say stands
in that room under the name that it has here (the search index, opening, locks).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

__all__ = ["Database", "Engine", "Rows", "Store", "Turn"]

#: Which database is asked.
Engine = Literal["sqlite", "postgresql"]


class Rows(Protocol):
    """What a statement gave, or how much it changed."""

    @property
    def description(self) -> Sequence[Any] | None:
        """The columns, each beginning with its name; None where the statement gives no rows."""

    @property
    def rowcount(self) -> int:
        """Rows that were changed."""

    def fetchone(self) -> Any:
        """The next row; None: no more."""

    def fetchall(self) -> list[Any]:
        """All rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """An open database, handed out for a transaction."""

    @property
    def engine(self) -> Engine:
        """For the few places that differ."""

    def execute(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = (), /) -> Rows:
        """Run one statement."""

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> object:
        """Run a statement that gives no rows once for each of these."""

    def stream(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = (), /) -> Iterator[Any]:
        """The rows of a statement, of which there may be more than fit in memory."""


class Turn(Protocol):
    """The right to crawl a portal, let go by release() or with the process.

    left_by: who had it and did not let it go in order, None where nobody is known.
    """

    left_by: str | None

    def lost(self) -> bool:
        """True if it was taken away: somebody else may crawl the portal now.  Asks without waiting."""

    def release(self) -> None:
        """Let the next run in; harmless when done before."""


class Store(Protocol):
    """A connection: all SQL runs inside reading() or writing(), which translate the engine's errors."""

    @property
    def address(self) -> str:
        """The file or the server, as it may be shown: without a password."""

    @property
    def engine(self) -> Engine:
        """Which it is."""

    @property
    def readonly(self) -> bool:
        """True if it never writes."""

    def reading(self) -> AbstractContextManager[Database]:
        """The database for queries."""

    def writing(self) -> AbstractContextManager[Database]:
        """One transaction, in which nobody else writes: committed as a whole or not at all."""

    def frozen(self) -> AbstractContextManager[Database]:
        """One transaction that reads: all queries see the same state."""

    def turn(self, portal: str) -> Turn:
        """The right to crawl that portal; PortalBusy at once where another process has it."""

    def erasing(self) -> AbstractContextManager[None]:
        """What is deleted within leaves nothing behind that could be read."""

    def counters(self) -> dict[str, int]:
        """The largest id ever given, by table that never gives one twice."""

    def count_on(self, counters: Mapping[str, int]) -> None:
        """Give no id again that these have given, nor one that a row has."""

    def stop_waiting(self) -> None:
        """From now on fail at once where another process writes."""

    def close(self) -> None:
        """Close it; harmless when already closed."""
