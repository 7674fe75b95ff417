"""Peak memory and articles a second of exports, each in a process of its own, over a small and a large corpus.

    python benchmarks/exports.py [ARTICLES]

The articles are those of benchmarks/search.py.  A third of them are in reprint clusters of three.  Ends with status 1
where an export of all articles needs more than GOAL times the memory of one of a tenth of them.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table
from search import articles

from crawler.corpus import Corpus
from crawler.corpus.connection import Connection

#: Bounded memory means that the number of articles does not show.  SQLite's cache (32 MB) fills with the first ten
#: thousand, a snapshot holds eight bytes an article.
GOAL = 1.5
ARTICLES, SHARE = 100_000, 10
ROOT = Path(__file__).resolve().parent.parent
#: What is measured: the options of scrapy export.
EXPORTS = {
    "jsonl": ("a.jsonl",),
    "jsonl.zst": ("a.jsonl.zst",),
    "csv": ("a.csv",),
    "txt": ("a.txt",),
    "parquet": ("a.parquet",),
    "parquet, near": ("a.parquet", "--dedupe", "near"),
    "jsonl, all filters and marks": ("a.jsonl", "--filter", "all", "--redact", "all"),
    "snapshot": ("a", "--snapshot"),
    "snapshot, near, all": ("a", "--snapshot", "--dedupe", "near", "--filter", "all", "--redact", "all"),
}


def build(path: Path, count: int) -> None:
    """A corpus of so many articles."""
    with Corpus.open(path) as corpus:
        for batch in articles(count):
            corpus.store(batch)
    connection = Connection(path)
    with connection.writing() as db:
        db.execute(
            "INSERT OR REPLACE INTO clusters SELECT id, id - id % 9 % 3 FROM articles WHERE id % 9 < 3 AND id >= 9"
        )
    connection.close()


def measured(corpus: Path, folder: Path, options: tuple[str, ...]) -> tuple[float, float]:
    """Megabytes that the process held at most, and seconds of processor time."""
    name, *more = options
    command = [sys.executable, "-m", "scrapy", "export", str(folder / name), *more, "--force", "-s", f"CORPUS={corpus}"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: status {process.returncode}")
    return _megabytes(used), used.ru_utime + used.ru_stime


def _megabytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / 1024


def main(count: int) -> int:
    """Print the table; 1 where memory grows with the corpus."""
    table = Table(title=f"exports of {count:,} articles, and of {count // SHARE:,}", title_justify="left")
    for head in ("export", "MB", f"MB of {count // SHARE:,}", "ratio", "articles/s"):
        table.add_column(head, justify="left" if head == "export" else "right")
    worst = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in (count, count // SHARE):
            build(folder / f"{size}.db", size)
        for what, options in EXPORTS.items():
            large, seconds = measured(folder / f"{count}.db", folder, options)
            small, start = measured(folder / f"{count // SHARE}.db", folder, options)
            worst = max(worst, large / small)
            # The difference leaves Python's own start out.
            rate = (count - count // SHARE) / max(seconds - start, 0.001)
            table.add_row(what, f"{large:.0f}", f"{small:.0f}", f"{large / small:.2f}", f"{rate:,.0f}")
    Console(width=100).print(table)
    return int(worst > GOAL)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES))
