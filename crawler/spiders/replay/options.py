"""The arguments of a replay, checked before anything is read."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, fields
from typing import Any

from crawler.errors import UsageError

__all__ = ["ReplayOptions"]

#: More processes than any machine of today has cores.
_MOST = 256


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """archive: file, folder, pattern or WACZ.  workers: processes that read pages; portal: only this one's."""

    archive: str
    workers: int
    portal: str | None = None

    @classmethod
    def parse(cls, arguments: dict[str, Any]) -> ReplayOptions:
        """Read Scrapy's spider arguments; UsageError names the argument and what it takes."""
        known = [f.name for f in fields(cls)]
        for name in arguments:
            if name not in known and not name.startswith("_"):
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
                raise UsageError(f"-a {name}=…: no such argument; {hint}")
        archive = str(arguments.get("archive") or "").strip()
        if not archive:
            raise UsageError(
                "say what to replay: scrapy crawl replay -a archive=data/warc (a file, folder, * or .wacz)"
            )
        portal = str(arguments.get("portal") or "").strip() or None
        return cls(archive, _workers(arguments.get("workers")), portal)


def _workers(text: Any) -> int:
    """As many as there are cores for us, where nothing is said."""
    if text is None:
        return len(os.sched_getaffinity(0))
    said = str(text).strip()
    if not said.isascii() or not said.isdigit() or not 1 <= int(said) <= _MOST:
        raise UsageError(f"-a workers={said}: not a number of processes; write it as workers=2")
    return int(said)
