"""Requests that a second run costs, beside other crawlers on the same demo portal: `make bench-incremental`.

    python benchmarks/reruns.py                  # writes the table of docs/benchmark.md
    python benchmarks/reruns.py --size 200 --only scrapy --dry-run

Four runs each: all is new, nothing, ten articles, fifty (ten of them back-dated by a day and a half).  Requests are
lines of the server's access log.  A peer that is not installed is named and left out: `make bench-peers` installs them.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from crawler.demo import DemoPortal, serve  # noqa: E402 - the path has to be set first
from crawler.demo.client import DemoServer  # noqa: E402
from crawler.urls import key  # noqa: E402
from tests.crawling import crawl_url, environment  # noqa: E402
from tests.large_portal import fill, portal_of  # noqa: E402

__all__ = ["main"]

PAGE = ROOT / "docs" / "benchmark.md"
PEER_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
#: Peer → the Python that runs it, and the module that it needs there.
PEERS = {
    "scrapy": (Path(sys.executable), "scrapy", "Scrapy, plain spider"),
    "scrapy-jobdir": (Path(sys.executable), "scrapy", "Scrapy, JOBDIR kept"),
    "newspaper4k": (PEER_PYTHON, "newspaper", "newspaper4k"),
}
#: Tried, and why there is no line of it: 1.6.16, RecursiveCrawler, all heuristics off.
NOT_MEASURED = (
    "news-please: its filter drops every link of a host with a port as off-site; it asks for the home page only"
)
OURS = "**chengwen**"

#: What a run gathered: keys of article addresses, all that it ever had.
Crawl = Callable[[DemoServer], set[str]]


@dataclass(frozen=True, slots=True)
class Run:
    """requests; found of new articles."""

    requests: int
    found: int
    new: int

    def __str__(self) -> str:
        if not self.requests:
            return "–"
        each = f" ({self.requests / self.found:.1f})" if self.new and self.found else ""
        return f"{self.requests}, {self.found} of {self.new}{each}" if self.new else str(self.requests)


def four_runs(crawl: Crawl, size: int, prepare: Callable[[DemoPortal], None] | None = None) -> list[Run]:
    """One crawler on a portal of its own, which is the same for all."""
    portal = portal_of(size)
    with serve([portal]) as server:
        if prepare:
            prepare(portal)
        first = _run(crawl, server, portal, portal.catalog.order())
        runs = [Run(0, 0, 0) if prepare else first, _run(crawl, server, portal, [])]
        runs.append(_run(crawl, server, portal, server.command("add", portal, count=10)))
        fifty = server.command("add", portal, count=40) + server.command("add", portal, count=10, back_days=1.5)
        return [*runs, _run(crawl, server, portal, fifty)]


def _run(crawl: Crawl, server: DemoServer, portal: DemoPortal, new: Sequence[int]) -> Run:
    wanted = {key(portal.base + portal.entry(number).path) for number in new}
    before = len(server.log())
    found = crawl(server)
    return Run(len(server.log()) - before, len(found & wanted), len(wanted))


def ours(corpus: Path) -> Crawl:
    """Later looks at stored articles are no news: left out here."""

    def crawl(server: DemoServer) -> set[str]:
        done = crawl_url(server.url, corpus, "-s", "REVISIT_LIMIT=0")
        assert done.status == 0, done
        with closing(sqlite3.connect(corpus)) as db:
            return {row[0] for row in db.execute("SELECT key FROM articles")}

    return crawl


def peer(name: str, state: Path) -> Crawl:
    """A peer in a process of its own."""

    def crawl(server: DemoServer) -> set[str]:
        script = str(Path(__file__).with_name("rerun_peers.py"))
        command = [str(PEERS[name][0]), script, name, server.url, str(state)]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=900, check=True)
        return {key(url) for url in json.loads(done.stdout.splitlines()[-1])}

    return crawl


def missing(name: str) -> str | None:
    """Why a peer cannot be run; None if it can."""
    python, module, _ = PEERS[name]
    if not python.exists():
        return "make bench-peers makes .venv-peers"
    done = subprocess.run([str(python), "-c", f"import {module}"], capture_output=True, check=False)
    return None if done.returncode == 0 else "not installed in .venv-peers"


def table(rows: dict[str, list[Run]]) -> str:
    """The Markdown table."""
    lines = ["| crawler | first run | nothing new | +10 | +50, ten of them back-dated |", "|---|---|---|---|---|"]
    lines += [f"| {name} | {' | '.join(map(str, runs))} |" for name, runs in rows.items()]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, write; 1 if ours did not find everything."""
    options = _options(argv)
    rows, notes = {}, [f"Not measured: {NOT_MEASURED}."]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows[OURS] = four_runs(ours(folder / "corpus.db"), options.size)
        if options.large:
            corpus = folder / "large.db"
            runs = four_runs(ours(corpus), options.large, lambda portal: fill(corpus, portal))
            rows[f"{OURS}, {options.large:,} articles stored before"] = runs
        for wanted in options.only:
            why = missing(wanted)
            if why:
                notes.append(f"Not measured: {PEERS[wanted][2]} ({why}).")
                continue
            print(f"{wanted} …", file=sys.stderr)
            rows[PEERS[wanted][2]] = four_runs(peer(wanted, folder / wanted), options.size)
    text = "\n\n".join([f"A portal of {options.size} articles.", table(rows), *notes])
    print(text)
    if not options.dry_run:
        page = PAGE.read_text("utf-8")
        start, end = "<!-- incremental -->", "<!-- /incremental -->"
        PAGE.write_text(re.sub(f"{start}.*{end}", lambda _: f"{start}\n{text}\n{end}", page, flags=re.DOTALL), "utf-8")
    return 0 if all(run.found == run.new for run in rows[OURS]) else 1


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=300, help="articles of the portal (default: 300)")
    parser.add_argument(
        "--large", type=int, default=10_000, help="of ours with a filled corpus; 0: not (default: 10000)"
    )
    parser.add_argument("--only", nargs="*", choices=PEERS, default=list(PEERS), metavar="NAME", help=", ".join(PEERS))
    parser.add_argument("--dry-run", action="store_true", help="print the table only")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
