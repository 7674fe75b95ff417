"""One table of a TOML file, with readers that complain in one line: file, key, value, what is allowed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, NoReturn

from crawler.errors import PortalError
from crawler.portals.model import did_you_mean
from crawler.urls import absolute

__all__ = ["Table", "url_fault"]

#: Values longer than this are cut in messages, so that a message stays one readable line.
_SHOWN = 80


class Table:
    """A table, the file it stands in and the way to it ("" at the top level), read key by key.

    Every reader gives None (or an empty tuple) where the key is absent and raises PortalError where the value is wrong.
    """

    def __init__(self, file: str, table: object, keys: tuple[str, ...], path: str = "") -> None:
        """Refuse what is no table, and every key that is not one of `keys`."""
        self.file, self.path = file, path
        if not isinstance(table, dict):
            raise PortalError(f"{file}: {path} = {table!r}: must be a table with the keys {', '.join(keys)}")
        self.table: dict[str, Any] = table
        for key in table:
            if key not in keys:
                hint = did_you_mean(key, keys)
                raise PortalError(f"{file}: {self.full(key)}: unknown key{hint}; allowed: {', '.join(keys)}")

    def full(self, key: str) -> str:
        """The key with the way to it, as messages print it."""
        return f"{self.path}.{key}" if self.path else key

    def fail(self, key: str, value: object, allowed: str) -> NoReturn:
        """Raise PortalError for that value."""
        shown = " ".join((repr(value) if isinstance(value, str) else str(value)).split())
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
        raise PortalError(f"{self.file}: {self.full(key)} = {shown}: {allowed}")

    def text(self, key: str, check: Callable[[str], str | None] = lambda _: None) -> str | None:
        """Text that is not empty and that `check` finds no fault with."""
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.fail(key, value, "must be text that is not empty")
        fault = check(value.strip())
        if fault:
            self.fail(key, value, fault)
        return value.strip()

    def need(self, key: str, check: Callable[[str], str | None] = lambda _: None) -> str:
        """The same, where the file must give it."""
        value = self.text(key, check)
        if value is None:
            raise PortalError(f"{self.file}: {self.full(key)}: is missing; it must be given as text")
        return value

    def texts(self, key: str, check: Callable[[str], str | None]) -> tuple[str, ...]:
        """A list of texts (a single text counts as a list of one), none twice, none with a fault."""
        value = self.table.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(one, str) and one.strip() for one in values):
            self.fail(key, value, "must be a list of texts")
        for i, one in enumerate(values):
            fault = "is given twice" if one in values[:i] else check(one)
            if fault:
                self.fail(key, one, fault)
        return tuple(values)

    def number(self, key: str, least: float, unit: str) -> float | None:
        """A number of at least `least`."""
        value = self.table.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < least):
            self.fail(key, value, f"must be a number of {unit}, {least:g} or more")
        return value

    def count(self, key: str, least: int, unit: str) -> int | None:
        """A whole number of at least `least`."""
        value = self.number(key, least, unit)
        if value is not None and not isinstance(value, int):
            self.fail(key, value, f"must be a whole number of {unit}")
        return value

    def date(self, key: str) -> dt.date | None:
        """A day, written as TOML writes one: 2026-11-22, without quotation marks."""
        value = self.table.get(key)
        if value is not None and (not isinstance(value, dt.date) or isinstance(value, dt.datetime)):
            self.fail(key, value, "must be a date without quotation marks, such as 2026-11-22")
        return value

    def tables(self, key: str, keys: tuple[str, ...]) -> list[Table]:
        """The tables of an array ([[key]])."""
        value = self.table.get(key, [])
        if not isinstance(value, list):
            self.fail(key, value, f"must be written as [[{key}]], once or more")
        return [Table(self.file, one, keys, f"{key}[{i}]") for i, one in enumerate(value, 1)]

    def sub(self, key: str, keys: tuple[str, ...]) -> Table | None:
        """The table under that key."""
        value = self.table.get(key)
        return None if value is None else Table(self.file, value, keys, key)


def url_fault(url: str) -> str | None:
    """What is wrong with a web address, or None.

    >>> url_fault("www.example.cn")
    'must be an absolute http or https address, such as https://www.example.cn/'
    """
    if re.search(r"\s", url) or not re.match(r"https?://", url) or absolute(url, url) is None:
        return "must be an absolute http or https address, such as https://www.example.cn/"
    return None
