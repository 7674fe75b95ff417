"""``scrapy archive pack``: a part of the archive as one file."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from crawler import __version__
from crawler.commands.progress import shown
from crawler.corpus import Corpus, check_target, whole_file
from crawler.corpus.warc.packing import pack
from crawler.errors import UsageError

__all__ = ["pack_into"]

_MEGA = 1_000_000


def pack_into(
    corpus: Corpus,
    folder: Path,
    out: Path,
    portal: str | None,
    period: tuple[dt.datetime | None, dt.datetime | None],
    force: bool,
) -> None:
    """Pack, and say what is in it.  UsageError where nothing is meant, or nothing may be put there."""
    if out.suffix != ".wacz":
        raise UsageError(f"{out}: name it …wacz, which is what programs know such a package by")
    check_target(out, str(out), corpus.address, force)
    total = corpus.count_captures(portal, *period)
    if not total:
        raise UsageError("nothing was archived of that portal in that time; scrapy archive list shows what was")
    about = {
        "software": f"chengwen/{__version__}",
        "format": "WARC File Format 1.1",
        "isPartOf": portal or "chengwen",
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    with whole_file(out) as file:
        numbers = pack(corpus, folder, corpus.captures_between(portal, *period), file, about)
        packed = max(shown(numbers, total, "captures packed"), default=0)
    sys.stdout.write(f"{out}: {packed:,} captures, {out.stat().st_size / _MEGA:,.1f} MB\n")
