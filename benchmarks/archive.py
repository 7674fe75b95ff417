"""What the archive costs a crawl: the same demo portal with and without it, in turn.

    python benchmarks/archive.py                  # some three minutes
    python benchmarks/archive.py --size 200 --rounds 2

Processor time is that of the crawl's process without what it takes to start one; wall time is the crawl's own.  Both as
the ratio of the quickest crawls, with the archive to without: what else runs on the machine only makes crawls slower.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from crawler.demo import DemoPortal, serve  # noqa: E402 - the path has to be set first
from tests.crawling import command, environment, settings  # noqa: E402

__all__ = ["LIMIT", "main", "measure"]

#: With the archive a crawl may cost so much of what it costs without (issue 7).
LIMIT = 1.15
FAMILY = "trs"


def measure(size: int, rounds: int, folder: Path) -> dict[str, list[tuple[float, float]]]:
    """Processor and wall seconds of crawls, by the setting ARCHIVE."""
    found: dict[str, list[tuple[float, float]]] = {"": [], "warc": []}
    start = min(_seconds(command("version")) for _ in range(2))
    with serve([DemoPortal(FAMILY, seed=1, size=size)]) as server:
        for number in range(rounds):
            for form in ("", "warc") if number % 2 == 0 else ("warc", ""):
                corpus = folder / f"{form or 'none'}{number}.db"
                arguments = command(
                    *("crawl", "portal", "-a", f"url={server.url}", "-a", "name=demo"),
                    *settings(corpus, f"ARCHIVE={form}", f"ARCHIVE_DIR={folder / f'warc{number}'}"),
                )
                processor = _seconds(arguments) - start
                found[form].append((processor, _elapsed(corpus)))
                print(f"{form or 'without':8} {processor:6.2f} s {found[form][-1][1]:6.2f} s", file=sys.stderr)
    return found


def _seconds(arguments: Sequence[str]) -> float:
    """Processor time of a process, started to its end."""
    running = subprocess.Popen(
        arguments, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0, arguments
    return used.ru_utime + used.ru_stime


def _elapsed(corpus: Path) -> float:
    with closing(sqlite3.connect(corpus)) as db:
        return float(json.loads(db.execute("SELECT stats FROM runs").fetchone()[0])["elapsed_time_seconds"])


def main() -> int:
    """Measure and print; 1 if the archive costs more than LIMIT."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=600, metavar="N", help="articles of the portal (default: 600)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="crawls of each kind (default: 5)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(options.size, options.rounds, Path(folder))
    ratios = {
        name: min(one[place] for one in found["warc"]) / min(one[place] for one in found[""])
        for place, name in enumerate(("processor time", "wall time"))
    }
    print(json.dumps({name: round(ratio, 3) for name, ratio in ratios.items()} | {"limit": LIMIT}))
    return 1 if ratios["processor time"] > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
