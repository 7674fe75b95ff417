"""`scrapy bulk` on Spark against a plain pool of processes that runs the same functions, and its cost as input grows.

    .venv-spark/bin/python benchmarks/bulk.py [--pages 500] [--texts 500] [--times 1,4,16]

Archives are written of demo portals' pages as our own crawls note them, one file a portal; texts are stories, copies
and forms of benchmarks/dedupe_texts.py.  Spark runs as local[2], the pool has two processes (benchmarks/bulk_pool.py).
The pool tries nothing again, spills nothing, and keeps all there is in one memory; Spark's ratio to it is what these
cost.  The start of the session is told apart.  CPU seconds are those of all processes, the JVM's included; where the
machine does other things too, only they can be compared.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import io
import json
import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from bulk_pool import pool_dedupe, pool_extract
from dedupe_texts import Text, merged, notices, originals, variants
from rich.console import Console
from rich.table import Table
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.bulk import Engine, Wanted, dedupe, extract_archives, spark
from crawler.corpus.export_formats import writer
from crawler.corpus.records import StoredArticle
from crawler.corpus.warc import sources
from crawler.demo import FAMILIES, DemoPortal, Request
from crawler.items import Article, Block

CORES = 2
#: Stories of a portal: enough that learning its template is not most of the work.
STORIES = 125
#: Seconds between two looks at what the processes have used.
EVERY = 0.2
FIRST = dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC)


class Cost(NamedTuple):
    """seconds: by the clock; cpu: of all processes; peak: bytes that the largest Python process below this one held.

    shuffled, kept: bytes that Spark wrote to its local disks.
    """

    seconds: float
    cpu: float
    peak: int
    shuffled: int = 0
    kept: int = 0


# --- Input ------------------------------------------------------------------------------------------------------------


def write_archives(folder: Path, pages: int) -> int:
    """Archives of so many pages at least, one a portal; how many there are."""
    families = sorted(FAMILIES)
    written = number = 0
    while written < pages:
        family = families[number % len(families)]
        written += _write(folder / f"p{number:05}.warc.gz", family, number, min(STORIES, pages - written))
        number += 1
    return written


def _write(path: Path, family: str, number: int, stories: int) -> int:
    portal, host, written = DemoPortal(family, seed=number, size=stories), f"www.p{number:05}.test", 0
    noted = {"portal": f"p{number:05}", "home": f"http://{host}/", "hosts": [host], "run": 1}
    with path.open("wb") as file:
        archive = WARCWriter(file, gzip=True, warc_version="1.1")
        for story in portal.truth():
            for role, address in (("article", story.url), *(("part", url) for url in story.part_urls)):
                parts = urlsplit(address)
                query = dict(part.partition("=")[::2] for part in parts.query.split("&") if part)
                answer = portal.respond(Request(parts.path, query))
                if answer.status != 200:
                    continue
                url = f"http://{host}{parts.path}" + (f"?{parts.query}" if parts.query else "")
                sent = StatusAndHeaders("200 OK", [("Content-Type", answer.content_type)], protocol="HTTP/1.1")
                own = {
                    "WARC-Date": (FIRST + dt.timedelta(seconds=written)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "WARC-JSON-Metadata": json.dumps(noted | {"as": role, "link": url}),
                }
                body = io.BytesIO(answer.body.replace(portal.home.rstrip("/").encode(), f"http://{host}".encode()))
                record = archive.create_warc_record(url, "response", body, http_headers=sent, warc_headers_dict=own)
                archive.write_record(record)
                written += 1
    return written


def texts(count: int) -> Iterator[Text]:
    """Stories, their copies, round-ups and forms, in random order, as many as are wanted."""
    seed = 0
    while count > 0:
        rng = random.Random(seed)
        stories = originals(seed)
        found = [*stories, *(copy for story in stories for copy in variants(rng, story))]
        found += [merged(rng.sample(stories, 4)) for _ in range(60)]
        found += notices(rng, 120)
        rng.shuffle(found)
        yield from found[:count]
        count, seed = count - len(found), seed + 1


def write_texts(path: Path, count: int) -> None:
    """Parquet of so many texts, as `scrapy export` writes it."""
    with path.open("wb") as file, writer("parquet", file) as write:
        for number, text in enumerate(texts(count), 1):
            url = f"http://www.p{number % 50}.test/{number}.html"
            article = Article(url, url, f"p{number % 50}", title=text.title or "无题", body=text.body)
            article.content_hash = hashlib.sha256(text.body.encode()).hexdigest()
            article.blocks = [Block("paragraph", text.body)]
            write(StoredArticle(number, url, article, None, FIRST, None))


# --- Measuring --------------------------------------------------------------------------------------------------------


class _Meter:
    """CPU seconds of this process and all below it, as long as they live."""

    def __init__(self) -> None:
        self.used: dict[int, float] = {}
        self.peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Meter:
        self._look()
        self._before = sum(self.used.values())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._look()

    @property
    def cpu(self) -> float:
        """So far, within the block."""
        return sum(self.used.values()) - self._before

    def _watch(self) -> None:
        while not self._ended.wait(EVERY):
            self._look()

    def _look(self) -> None:
        waiting = [os.getpid()]
        while waiting:
            pid = waiting.pop()
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                below = [p.read_text() for p in Path(f"/proc/{pid}/task").glob("*/children")]
            except OSError:
                continue
            self.used[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            waiting += [int(child) for text in below for child in text.split()]
            if pid != os.getpid():
                self.peak = max(self.peak, _held(pid))


def _held(pid: int) -> int:
    """Bytes that a Python process holds; 0 for another one."""
    try:
        if b"python" not in Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0]:
            return 0
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


@contextmanager
def measured(costs: list[Cost], local: Path | None = None) -> Iterator[None]:
    """Add what the block costs.  local: where Spark keeps what it writes."""
    before = [_written(local, kind) for kind in ("shuffle_", "rdd_")]
    begun = time.monotonic()
    with _Meter() as meter:
        yield
    seconds = time.monotonic() - begun
    after = [_written(local, kind) for kind in ("shuffle_", "rdd_")]
    costs.append(Cost(seconds, meter.cpu, meter.peak, *(b - a for a, b in zip(before, after, strict=True))))


def _written(folder: Path | None, kind: str) -> int:
    return sum(path.stat().st_size for path in folder.rglob(f"{kind}*")) if folder else 0


def bytes_of(folder: Path) -> int:
    """Of the Parquet in it."""
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


# --- Runs -------------------------------------------------------------------------------------------------------------


def extraction(engine: Engine, folder: Path, local: Path, pages: int) -> tuple[list[object], dict[str, float]]:
    """A line of the table, and Spark's seconds by step."""
    archive = folder / "warc"
    archive.mkdir()
    count = write_archives(archive, pages)
    wanted = Wanted(sources(archive), {})
    costs: list[Cost] = []
    with measured(costs):
        rows = pool_extract(wanted, folder / "pool.parquet", CORES)
    with measured(costs, local):
        done = extract_archives(engine, wanted, folder / "spark", lambda *_: None)
    assert rows == done.articles, (rows, done.articles)
    size = sum(source.size for source in wanted.archive)
    return _line(count, size, done.articles, bytes_of(folder / "spark"), costs), done.seconds


def deduplication(engine: Engine, folder: Path, local: Path, count: int) -> tuple[list[object], dict[str, float]]:
    """A line of the table, and Spark's seconds by step."""
    write_texts(folder / "texts.parquet", count)
    files = [folder / "texts.parquet"]
    costs: list[Cost] = []
    with measured(costs):
        edges = pool_dedupe(files, CORES)
    with measured(costs, local):
        done = dedupe(engine, files, {}, folder / "spark", lambda *_: None)
    assert edges == done.edges, (edges, done.edges)
    return _line(count, files[0].stat().st_size, done.edges, bytes_of(folder / "spark"), costs), done.seconds


def _line(count: int, size: int, made: int, out: int, costs: Sequence[Cost]) -> list[object]:
    pool, cluster = costs
    return [
        f"{count:,}", f"{size / count:,.0f}", f"{made:,}", f"{out / count:,.0f}",
        f"{count / pool.seconds:,.0f}", f"{pool.cpu / count * 1000:.1f}",
        f"{count / cluster.seconds:,.0f}", f"{cluster.cpu / count * 1000:.1f}",
        f"{pool.seconds / cluster.seconds:.2f}", f"{cluster.cpu / pool.cpu:.2f}",
        f"{cluster.shuffled / count:,.0f}", f"{cluster.kept / count:,.0f}", f"{cluster.peak / 1e6:,.0f}",
    ]  # fmt: skip


def table(title: str, made: str) -> Table:
    """Of one kind of work."""
    found = Table(title=title, title_justify="left")
    for column in (
        "input", "bytes each", made, "bytes out each", "pool: a second", "CPU ms each", "Spark: a second",
        "CPU ms each", "speed ratio", "CPU ratio", "shuffled each", "kept each", "peak MB",
    ):  # fmt: skip
        found.add_column(column, justify="right")
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--texts", type=int, default=500)
    parser.add_argument("--times", default="1,4,16")
    options = parser.parse_args()
    times = [int(part) for part in options.times.split(",")]
    console = Console(width=200)
    with tempfile.TemporaryDirectory() as place:
        local = Path(place, "local")
        local.mkdir()
        os.environ["SPARK_LOCAL_DIRS"] = str(local)
        begun = time.monotonic()
        with spark(f"local[{CORES}]", "benchmark") as engine:
            console.print(f"session begun in {time.monotonic() - begun:.1f} s; load {os.getloadavg()[0]:.1f}")
            for title, made, run, size in (
                ("extract", "articles", extraction, options.pages),
                ("dedupe", "edges", deduplication, options.texts),
            ):
                lines, steps = table(f"scrapy bulk {title}, local[{CORES}] against {CORES} processes", made), []
                # Python processes and the JVM's compiler warm up once.
                for number, factor in enumerate((1, *times)):
                    folder = Path(place, f"{title}-{number}")
                    folder.mkdir()
                    line, seconds = run(engine, folder, local, size * factor)
                    if number:
                        lines.add_row(*map(str, line))
                        steps.append(f"{size * factor:,}: " + ", ".join(f"{n} {s:.1f}" for n, s in seconds.items()))
                console.print(lines)
                console.print("\n".join(("Spark's seconds by step", *steps)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
