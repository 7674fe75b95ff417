"""How many pages a second `scrapy crawl replay` reads, templates learned, beside a bare lxml parse of the same pages.

    python benchmarks/replay.py [PAGES]

An archive is written of demo portals' pages, and of the real pages of ../shared/bench/same_host where they are there,
under their hosts, each page under as many addresses as it takes.  A first replay of a small archive of the same hosts
lets the templates be learned; then all of it is replayed into that corpus: reading the archive, extraction, validation,
duplicates, storing.  The real pages that come again are duplicates of a text, as reprints are.  CPU seconds are those
of all processes of the replay, less those of a replay of the small archive, for its pages and for beginning and ending;
where the machine does other things too, only they can be compared.  "idle cores" is what so many cores would do with
nothing else to do.  The parse runs in one process, before and after.
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import lxml.html
from rich.console import Console
from rich.table import Table
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.demo import FAMILIES, DemoPortal, Request
from crawler.items import Page

#: Pages a second on two cores that issue 7 asks for.
GOAL = 400
PAGES = 4000
#: Pages of each host from which the templates are learned; Templates.FIRST is twelve.
LEARNED_FROM = 16
BENCH = Path(__file__).resolve().parents[2] / "shared" / "bench" / "same_host"
_CHARSET = re.compile(rb"charset=[\"']?([\w-]+)", re.IGNORECASE)


def demo_pages(size: int) -> Iterator[Page]:
    """Article pages of every family, each under a host of its own."""
    for number, family in enumerate(sorted(FAMILIES)):
        portal = DemoPortal(family, seed=number, size=size)
        for story in portal.truth():
            parts = urlsplit(story.url)
            query = dict(part.partition("=")[::2] for part in parts.query.split("&") if part)
            answer = portal.respond(Request(parts.path, query))
            if answer.status == 200:
                url = f"http://www.{family}-demo.test{parts.path}" + (f"?{parts.query}" if parts.query else "")
                yield Page(url, answer.body, answer.content_type)


def real_pages(count: int) -> Iterator[Page]:
    """The bench's pages under their hosts, again and again under other addresses."""
    files = sorted(BENCH.glob("*/*.html.gz"))
    for number in range(count if files else 0):
        file = files[number % len(files)]
        url = (
            f"http://{file.parent.name}/replay/{2026 + number // len(files)}/{file.name.removesuffix('.html.gz')}.html"
        )
        yield Page(url, gzip.decompress(file.read_bytes()), "text/html")


def write(path: Path, pages: Iterable[Page]) -> None:
    """An archive of these pages, a request beside each answer, as crawlers write it."""
    moment = dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC)
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        for number, page in enumerate(pages):
            parts = urlsplit(page.url)
            asked = StatusAndHeaders(
                f"{parts.path} HTTP/1.1", [("Host", parts.netloc)], protocol="GET", is_http_request=True
            )
            sent = StatusAndHeaders("200 OK", [("Content-Type", page.content_type or "text/html")], protocol="HTTP/1.1")
            when = {"WARC-Date": (moment + dt.timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ")}
            for kind, headers, body in (("response", sent, page.body), ("request", asked, b"")):
                writer.write_record(
                    writer.create_warc_record(
                        page.url, kind, io.BytesIO(body), http_headers=headers, warc_headers_dict=when
                    )
                )


def replay(archive: Path, corpus: Path, workers: int) -> tuple[int, float, float]:
    """Pages, seconds from the first to the last, CPU seconds of all processes from their beginning to their end."""
    before = used()
    command = ["crawl", "replay", "-a", f"archive={archive}", "-a", f"workers={workers}", "-s", f"CORPUS={corpus}"]
    code = (
        "import sys; from scrapy.cmdline import execute\n"
        "from crawler.spiders.replay.spider import ReplaySpider\n"
        "closed = ReplaySpider.closed\n"
        "def said(self, reason):\n"
        "    closed(self, reason)\n"
        "    get = self.crawler.stats.get_value\n"
        "    print('PAGES', get('replay/pages'), get('replay/seconds'))\n"
        "ReplaySpider.closed = said\n"
        "if __name__ == '__main__': execute(['scrapy', *sys.argv[1:]])\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "run.py"
        script.write_text(code)
        done = subprocess.run([sys.executable, script, *command], capture_output=True, text=True, check=False)
    found = re.search(r"PAGES (\d+) ([\d.]+)", done.stdout)
    if found is None:
        raise SystemExit(f"the replay failed: {done.stderr[-2000:]}")
    return int(found[1]), float(found[2]), used() - before


def used() -> float:
    """CPU seconds of all processes begun here that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def parse_seconds(pages: list[Page]) -> float:
    """CPU seconds of a bare parse of all pages, in one process."""
    begun = time.process_time()
    for page in pages:
        charset = _CHARSET.search(page.body[:2000])
        encoding = "gb18030" if charset and charset[1].lower().startswith(b"gb") else "utf-8"
        lxml.html.fromstring(page.body, parser=lxml.html.HTMLParser(encoding=encoding))
    return time.process_time() - begun


def first_of_each(pages: list[Page], count: int) -> list[Page]:
    """The first so many pages of each host."""
    seen: dict[str, int] = {}
    chosen = []
    for page in pages:
        host = urlsplit(page.url).netloc
        seen[host] = seen.get(host, 0) + 1
        if seen[host] <= count:
            chosen.append(page)
    return chosen


def measure(name: str, pages: list[Page], table: Table, workers: int) -> float:
    """One line of the table; pages a second of idle cores."""
    with tempfile.TemporaryDirectory() as folder:
        small, whole, corpus = (
            Path(folder) / "small.warc.gz",
            Path(folder) / "whole.warc.gz",
            Path(folder) / "corpus.db",
        )
        write(small, first_of_each(pages, LEARNED_FROM))
        write(whole, pages)
        replay(small, corpus, workers)
        before = parse_seconds(pages)
        few, _, beginning = replay(small, corpus, workers)
        count, seconds, cpu = replay(whole, corpus, workers)
        parse = (before + parse_seconds(pages)) / 2
    size = sum(len(page.body) for page in pages) / len(pages) / 1000
    cost = (cpu - beginning) / (count - few)
    idle = workers / cost
    figures = (f"{count:,}", f"{size:.0f}", f"{count / seconds:,.0f}", f"{cost * 1000:.1f}", f"{idle:,.0f}")
    table.add_row(name, *figures, f"{cost * len(pages) / parse:.1f}")
    return idle


def main(size: int = PAGES) -> int:
    """Measure and print; 1 below GOAL."""
    workers = len(os.sched_getaffinity(0))
    table = Table(title=f"replay in {workers} processes, templates learned", title_justify="left")
    for column in ("pages", "how many", "kB", "a second", "CPU ms", "idle cores", "× parse"):
        table.add_column(column, justify="left" if column == "pages" else "right")
    rates = [measure("demo portals", list(demo_pages(size // len(FAMILIES))), table, workers)]
    if BENCH.is_dir():
        rates.append(measure("real pages", list(real_pages(size)), table, workers))
    Console().print(table)
    return int(min(rates) < GOAL * workers / 2)


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
