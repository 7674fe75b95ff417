"""Three workers, thirty demo portals, and everything that can happen to machines: is the corpus the undisturbed one?

    python benchmarks/chaos.py                        # some ten minutes
    python benchmarks/chaos.py --portals 6 --size 20 --seed 3

Workers run in network namespaces of their own (root; elsewhere plain processes, and the report says so), PostgreSQL is
started here, and the portals are the repository's demo portals on loopback.  At seeded moments, counted in answers of
the portals, a worker is killed (kill -9: its crawls are told by the kernel), a machine loses its power (the worker and
all its crawls, kill -9), a worker is stopped for a while (SIGSTOP) while its crawls go on, and PostgreSQL is restarted;
one worker joins late, and who was killed comes back after a while, as a service does.

What has to hold: the corpus equals that of one undisturbed `scrapy harvest` into SQLite, row for row but for times and
numbers; no article is fetched twice but those in flight when a crawl was cut off; no host is asked faster than its pace
or by two at once; the archive verifies.  How long it took until a dead worker's portals were taken over is reported.
Long because one run tells one story: set-up, troubles, and what is compared at its end.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.kills import CONTENTS, IN_FLIGHT  # noqa: E402 - the path has to be set first
from crawler.corpus import Corpus  # noqa: E402
from crawler.corpus.warc.verifying import verify  # noqa: E402
from crawler.demo import DemoPortal, serve  # noqa: E402
from crawler.demo.client import DemoServer  # noqa: E402
from tests.cluster_kit import Cluster, Postgres, WorkerProcess, namespaces, write_portals  # noqa: E402
from tests.crawling import scrapy  # noqa: E402

__all__ = ["Plan", "Report", "main", "torment"]

FAMILIES = ("seed", "trs", "cmstop", "dede", "empire", "jcms")
#: A picture's address in the blocks of a body.
_ADDRESS = re.compile(r',"url":"[^"]*"')
#: Articles by whether they are filed under a section that shows them.
_FILED = """
SELECT key, EXISTS (SELECT 1 FROM article_sections JOIN sections ON sections.id = section_id
                     WHERE article_id = articles.id AND sections.label = articles.section) FROM articles
"""
#: Seconds that a server's clock may see less between two requests than there were: see benchmarks/harvest.py.
GRACE = 0.05


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to whom.  delay: seconds between two requests to a host; kills, powers, stops, restarts: how often;
    stop: seconds of a SIGSTOP; down: seconds that the database is away; rest: until who was killed comes back."""

    portals: int = 30
    size: int = 60
    delay: float = 1.0
    workers: int = 3
    concurrency: int = 6
    kills: int = 4
    powers: int = 2
    stops: int = 1
    restarts: int = 2
    stop: float = 60.0
    down: float = 2.0
    rest: float = 10.0
    seed: int = 1
    limit: float = 1800.0
    settings: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """wrong: what should not be, in lines; handed_back, takeovers: seconds until a dead worker's job was back in the
    queue, and until another worker began it, which may have to finish others first;
    cut: crawls that were cut off, each with what it had in flight; again: articles fetched once more."""

    namespaces: bool = False
    seconds: float = 0.0
    requests: int = 0
    articles: int = 0
    crawls: int = 0
    events: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    again: int = 0
    shortest: float = 0.0
    delay: float = 0.0
    handed_back: list[float] = field(default_factory=list)
    takeovers: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """For people."""
        where = "network namespaces of their own" if self.namespaces else "plain processes (no namespaces here)"
        yield f"workers in {where}; {self.seconds:.0f} s, {self.crawls} crawls, {self.requests} requests"
        yield "what happened: " + ", ".join(f"{count} × {name}" for name, count in sorted(self.events.items()))
        bound = f"{IN_FLIGHT} × {self.cut} crawls cut off"
        yield f"{self.articles} articles, {self.again} fetched once more (bound: {bound})"
        yield f"shortest gap between two requests to a host: {self.shortest:.3f} s of {self.delay:g} s"
        if self.takeovers:
            back, begun = (
                f"{statistics.median(times):.1f} s ({max(times):.1f} s at most)"
                for times in (self.handed_back, self.takeovers)
            )
            yield f"{len(self.takeovers)} jobs of dead workers: back in the queue after {back}, begun after {begun}"
        yield from self.wrong


def rows(corpus: Corpus) -> dict[str, Counter[tuple[object, ...]]]:
    """What a corpus says, by table, without times and numbers of rows; both engines answer the same SQL."""
    with corpus._connection.reading() as db:
        found = {table: [_plain(row) for row in db.execute(sql).fetchall()] for table, sql in CONTENTS.items()}
        found["filed"] = [_plain(row) for row in db.execute(_FILED).fetchall()]
    found["articles"] = _without_first_comers(found["articles"])
    return {table: Counter(lines) for table, lines in found.items()}


def _plain(row: Sequence[Any]) -> tuple[object, ...]:
    return tuple(int(value) if isinstance(value, bool) else value for value in row)


def _without_first_comers(articles: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Articles without what depends on which page was read first.

    Of the sections that show an article, the one that it is filed under is the best known when it is fetched; the table
    article_sections has all of them.  Identical texts share one body, with the pictures' addresses of whichever was
    stored first; the table of images has each article's own.
    """
    columns = CONTENTS["articles"].removeprefix("SELECT ").partition(" FROM ")[0].split(", ")
    section, blocks, digest = (columns.index(name) for name in ("section", "blocks", "content_hash"))
    often = Counter(article[digest] for article in articles)
    rows = []
    for article in articles:
        row = list(article)
        row[section] = None
        row[blocks] = _ADDRESS.sub("", str(row[blocks])) if often[row[digest]] > 1 else row[blocks]
        rows.append(tuple(row))
    return rows


class Chaos:
    """One run.  tell: is told what happens."""

    def __init__(self, plan: Plan, folder: Path, tell: Callable[[str], None]) -> None:
        self._plan, self._folder, self._tell = plan, folder, tell
        self._rng = random.Random(plan.seed)
        self.report = Report(delay=plan.delay)
        #: workers by name; portals of dead ones with the time of death; who is stopped; what is to be done when
        #: (monotonic).
        self._alive: dict[str, WorkerProcess] = {}
        self._deaths: list[tuple[float, str, list[str]]] = []
        self._still: set[str] = set()
        self._later: list[tuple[float, Callable[[], None]]] = []

    def run(self) -> Report:
        """Crawl undisturbed, crawl in chaos, compare."""
        plan = self._plan
        portals = [DemoPortal(FAMILIES[n % 6], seed=n, size=plan.size) for n in range(1, plan.portals + 1)]
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(serve(portals, delay=0.01))
            names = write_portals(server, self._folder / "portals")
            wanted = self._undisturbed(names)
            database = stack.enter_context(Postgres())
            self._words = stack.enter_context(namespaces(plan.workers))
            self.report.namespaces = bool(self._words[0])
            before = len(server.log())
            settings = (f"DOWNLOAD_DELAY={plan.delay}", "REVISIT_LIMIT=0", *plan.settings)
            cluster = stack.enter_context(
                Cluster(database.address, self._folder / "cluster", self._folder / "portals", settings)
            )
            self._cluster, self._database = cluster, database
            began = time.monotonic()
            self._disturb(server, names, before)
            self.report.seconds = time.monotonic() - began
            log = server.log()[before:]
            self._judge(log, portals, wanted)
        return self.report

    def _undisturbed(self, names: list[str]) -> dict[str, Counter[tuple[object, ...]]]:
        """The truth: one machine, one run, SQLite."""
        path = self._folder / "whole.db"
        options = (
            f"CORPUS={path}",
            f"PORTALS_DIR={self._folder / 'portals'}",
            "DOWNLOAD_DELAY=0.12",
            "REVISIT_LIMIT=0",
        )
        done = scrapy("harvest", *[part for one in options for part in ("-s", one)], *names, timeout=600)
        assert done.status == 0, done
        with Corpus.open(path, readonly=True) as corpus:
            return rows(corpus)

    # --- What happens ---------------------------------------------------------------------------------------------

    def _disturb(self, server: DemoServer, names: list[str], before: int) -> None:
        plan, cluster = self._plan, self._cluster
        cluster.init()
        cluster.enqueue(*names)
        for number in range(1, plan.workers):
            self._start(f"w{number}")
        # As many answers as the undisturbed run took; moments lie in the first four fifths.
        moments = self._moments(before)
        end = time.monotonic() + plan.limit
        while moments or self._later or not cluster.idle():
            assert time.monotonic() < end, f"not done after {plan.limit:g} s: {cluster.status()}"
            self._do_what_is_due()
            if moments and _answers(server) - before >= moments[0][0]:
                _, event = moments.pop(0)
                self.report.events[event] += 1
                getattr(self, f"_{event}")()
            time.sleep(0.05 if moments else 0.5)
        for worker in self._alive.values():
            status = worker.end()
            if status:
                self.report.wrong.append(f"{worker.name} ended with status {status}: {worker.said()[-500:]}")

    def _moments(self, answers: int) -> list[tuple[int, str]]:
        plan = self._plan
        events = ["kill"] * plan.kills + ["power"] * plan.powers + ["stop"] * plan.stops + ["restart"] * plan.restarts
        self._rng.shuffle(events)
        events.insert(len(events) // 3, "join")
        times = sorted(self._rng.uniform(0.08, 0.8) for _ in events)
        return [(int(answers * moment), event) for moment, event in zip(times, events, strict=True)]

    def _start(self, name: str) -> None:
        number = int(name[1:])
        options = ("--concurrency", str(self._plan.concurrency))
        self._alive[name] = self._cluster.start(name, self._words[number - 1], *options)

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        due = [act for moment, act in self._later if moment <= now]
        self._later = [one for one in self._later if one[0] > now]
        for act in due:
            act()

    def _in(self, seconds: float, act: Callable[[], None]) -> None:
        self._later.append((time.monotonic() + seconds, act))

    def _busy_one(self) -> WorkerProcess | None:
        """A worker that crawls something and is not stopped, by chance."""
        found = [worker for name, worker in sorted(self._alive.items()) if name not in self._still and worker.crawls()]
        return self._rng.choice(found) if found else None

    def _died(self, worker: WorkerProcess, portals: list[str]) -> None:
        self._deaths.append((time.time(), worker.name, portals))
        del self._alive[worker.name]
        self._in(self._plan.rest, lambda: self._come_back(worker.name))

    def _come_back(self, name: str) -> None:
        self._start(name)
        self._tell(f"{name} is back")

    def _portals_of(self, worker: WorkerProcess) -> list[str]:
        return [crawl["portal"] for crawl in self._cluster.status()["running"] if crawl["worker"] == worker.name]

    def _kill(self) -> None:
        worker = self._busy_one()
        if worker is None:
            return
        portals = self._portals_of(worker)
        worker.signal(signal.SIGKILL)
        worker.process.wait()
        self._died(worker, portals)
        self._tell(f"kill -9 of {worker.name}, which crawled {', '.join(portals)}")

    def _power(self) -> None:
        worker = self._busy_one()
        if worker is None:
            return
        portals = self._portals_of(worker)
        cut = worker.power_off()
        self.report.cut += len(cut)
        self._died(worker, portals)
        self._tell(f"no power for {worker.name} and {len(cut)} crawls: {', '.join(portals)}")

    def _stop(self) -> None:
        worker = self._busy_one()
        if worker is None:
            return
        worker.signal(signal.SIGSTOP)
        self._still.add(worker.name)
        self._tell(f"SIGSTOP of {worker.name} for {self._plan.stop:g} s, its crawls go on")
        self._in(self._plan.stop, lambda: self._go_on(worker))

    def _go_on(self, worker: WorkerProcess) -> None:
        worker.signal(signal.SIGCONT)
        self._still.discard(worker.name)
        self._tell(f"{worker.name} goes on")

    def _restart(self) -> None:
        self.report.cut += sum(len(worker.crawls()) for worker in self._alive.values())
        self._database.stop(self._rng.choice(("fast", "immediate")))
        time.sleep(self._plan.down)
        self._database.start()
        self._tell(f"PostgreSQL restarted, it was away for {self._plan.down:g} s")

    def _join(self) -> None:
        self._start(f"w{self._plan.workers}")
        self._tell(f"w{self._plan.workers} joins")

    # --- What came of it ------------------------------------------------------------------------------------------

    def _judge(
        self, log: list[dict[str, Any]], portals: list[DemoPortal], wanted: dict[str, Counter[tuple[object, ...]]]
    ) -> None:
        report, results = self.report, self._cluster.results()
        report.crawls, report.requests = len(results), len(log)
        self._compare(wanted)
        self._look_at_log(log, portals)
        for death, name, names in self._deaths:
            for portal in names:
                lost = [r["ended_at"].timestamp() for r in results if r["portal"] == portal and r["worker"] == name]
                report.handed_back += [min(t for t in lost if t > death) - death]
                after = [r for r in results if r["portal"] == portal and r["started_at"].timestamp() > death]
                began = next((r for r in after if r["outcome"] != "busy"), None)
                if began is None:
                    report.wrong.append(f"{portal} of {name} was not taken over")
                else:
                    report.takeovers.append(began["started_at"].timestamp() - death)

    def _compare(self, wanted: dict[str, Counter[tuple[object, ...]]]) -> None:
        faults: list[str] = []
        with Corpus.open(self._cluster.address, readonly=True) as corpus:
            got = rows(corpus)
            for _ in verify(corpus, self._cluster.folder / "warc", faults.append, lambda _: None):
                pass
        self.report.wrong += faults
        self.report.articles = sum(got["articles"].values())
        for table, expected in wanted.items():
            for sign, difference in (("missing", expected - got[table]), ("too many", got[table] - expected)):
                if difference:
                    example = f"{next(iter(difference))!r:.300}"
                    self.report.wrong.append(f"{table}: {sum(difference.values())} rows {sign}: {example}")

    def _look_at_log(self, log: list[dict[str, Any]], portals: list[DemoPortal]) -> None:
        report, by_host = self.report, {}
        for line in log:
            by_host.setdefault(line["host"], []).append(line)
        gaps = []
        for portal in portals:
            lines = by_host.pop(portal.base.removeprefix("http://"), [])
            stories = {story.path for story in portal.truth()}
            asked = Counter(line["path"].partition("?")[0] for line in lines)
            report.again += sum(count - 1 for path, count in asked.items() if path in stories)
            times = sorted(line["time"] for line in lines)
            gaps += [(second - first, portal.base, first) for first, second in pairwise(times)]
            if any(line["active"] > 1 for line in lines):
                report.wrong.append(f"{portal.base} was asked by two at once")
        report.shortest = min(gap for gap, *_ in gaps)
        fast = sorted(one for one in gaps if one[0] < self._plan.delay - GRACE)
        if fast:
            report.wrong.append(f"{len(fast)} requests came too soon, {fast[0][1]} after {fast[0][0]:.3f} s")
        if report.again > IN_FLIGHT * report.cut:
            report.wrong.append(f"{report.again} articles were fetched twice, {report.cut} crawls were cut off")


def _answers(server: DemoServer) -> int:
    with server.log_path.open("rb") as log:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: log.read(1 << 20), b""))


def torment(plan: Plan, folder: Path, tell: Callable[[str], None] = lambda _: None) -> Report:
    """Do all that to a cluster, and judge it."""
    return Chaos(plan, folder, tell).run()


def main() -> int:
    """Torment, and say what came of it; 1 if something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--portals", type=int, default=30, metavar="N", help="demo portals (default: 30)")
    parser.add_argument("--size", type=int, default=60, metavar="N", help="articles of each (default: 60)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="other moments")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    options = parser.parse_args()
    if not Postgres.there():
        parser.exit(1, "chaos: PostgreSQL's initdb and pg_ctl are not on this machine\n")
    began = time.monotonic()

    def tell(line: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {line}", file=sys.stderr, flush=True)

    plan = Plan(options.portals, options.size, seed=options.seed, settings=("CLUSTER_DUE_SECONDS=0",))
    with tempfile.TemporaryDirectory() as folder:
        report = torment(plan, Path(folder), tell)
    if options.json:
        print(json.dumps({name: getattr(report, name) for name in report.__slots__}, ensure_ascii=False))
    else:
        print("\n".join(report.lines()))
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
