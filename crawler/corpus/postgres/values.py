"""Python's values to PostgreSQL and back, as SQLite takes and gives them."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import adapt as adapting
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown

__all__ = ["adapt"]


class _Flag(adapting.Dumper):
    """Columns that hold 0 and 1 are numbers in both engines."""

    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: Any) -> Buffer | None:
        return b"1" if obj else b"0"


class _Text(StrDumperUnknown):
    """PostgreSQL's text takes no NUL, which some pages have; it becomes what browsers show for it."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in obj else obj)


class _Number(adapting.Loader):
    """Sums of whole numbers come as numeric."""

    def load(self, data: Buffer) -> int | float:
        said = bytes(data)
        return float(said) if b"." in said else int(said)


def adapt(connection: psycopg.Connection[Any]) -> None:
    """Teach a connection."""
    connection.adapters.register_dumper(bool, _Flag)
    connection.adapters.register_dumper(str, _Text)
    connection.adapters.register_loader("numeric", _Number)
