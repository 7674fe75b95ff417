"""Templates of portals that have none yet: learned from their first pages, as a replay learns them on its way.

A replay learns from the same pages at the same moment, so what is read by these templates at once need not be read
again when the pages' order is known (crawler.bulk.ordering decides; this only saves time).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from crawler.bulk.ordering import PortalOrder, beside
from crawler.bulk.reading import Setting, Sheet
from crawler.bulk.rows import Row, packed
from crawler.bulk.surveying import EARLY
from crawler.corpus.warc import captures
from crawler.spiders.replay.pages import worth_reading

__all__ = ["COLUMNS", "learned"]

COLUMNS = {"portal": "string", "templates": "binary"}


def learned(setting: Setting, rows: Iterator[Row]) -> Iterator[Row]:
    """Rows of COLUMNS for first pages given as portal, at, file, offset, sorted by portal and place."""
    for portal, pages in groupby(rows, key=lambda row: row["portal"]):
        with beside() as corpus:
            order = PortalOrder(setting, portal, corpus)
            for number, row in enumerate(pages):
                # What is learned later, from pages of another layout, is hardly ever learned from the first of them.
                if number < EARLY and not any(template.version for template in order.templates):
                    _take(order, row)
            yield {"portal": portal, "templates": packed(order.templates)}


def _take(order: PortalOrder, row: Row) -> None:
    capture = next(captures(row["file"], start=row["offset"], report=lambda _: None), None)
    role = worth_reading(capture) if capture is not None and capture.offset == row["offset"] else None
    if capture is None or role is None:
        return
    order.take(row["at"], Sheet(replace(capture, body=b""), role, (capture.file, capture.offset), None), None)
    order.found = []
