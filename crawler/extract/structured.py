"""Lists that are data: JSON answers of list interfaces, and JCMS recordsets (DOMAIN.md §4.4, §5)."""

from __future__ import annotations

import datetime as dt

from lxml.html import HtmlElement

from crawler.items import Listing

__all__ = ["read_data", "read_datastore"]


def read_data(text: str, url: str, now: dt.datetime) -> Listing | None:
    """x"""
    return None


def read_datastore(root: HtmlElement, url: str, now: dt.datetime) -> Listing | None:
    """x"""
    return None
