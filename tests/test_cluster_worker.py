"""A worker on demo portals: crawls what is enqueued or due, keeps one portal to one crawl, and stops as it is told."""

from __future__ import annotations

import os
import signal
import time
from itertools import pairwise

import pytest

from crawler.corpus import Corpus
from crawler.demo import DemoPortal, serve
from tests.cluster_kit import QUICK, Cluster, Postgres, until, write_portals
from tests.crawling import scrapy
from tests.postgres_kit import database, needs_postgres

pytestmark = needs_postgres

#: Loopback servers need no consideration; later looks are not what is tested.
PACE = ("DOWNLOAD_DELAY=0.2", "REVISIT_LIMIT=0", "RETRY_TIMES=0")


class Site:
    """Demo portals, and a cluster that knows them."""

    def __init__(self, server, names, cluster):
        self.server, self.names, self.cluster = server, names, cluster

    def enqueue(self, *names):
        self.cluster.enqueue(*names)

    def results(self, portal=None):
        """Of the crawls that have ended."""
        return [r for r in self.cluster.results() if r["outcome"] and portal in (None, r["portal"])]

    def runs(self, portal):
        """Outcomes of the portal's runs, oldest first."""
        with Corpus.open(self.cluster.address, readonly=True) as corpus:
            return [run.outcome for run in reversed(corpus.detail(portal).runs)]

    def log(self, portal):
        host = self.server.urls[self.names.index(portal)].split("/")[2]
        return self.server.log(host)


@pytest.fixture
def site(tmp_path):
    with serve([DemoPortal(f, seed=n, size=25) for n, f in enumerate(("seed", "trs", "dede"), 1)]) as server:
        names = write_portals(server, tmp_path / "portals")
        with database() as url, Cluster(url, tmp_path / "cluster", tmp_path / "portals", (*QUICK, *PACE)) as cluster:
            cluster.init()
            yield Site(server, names, cluster)


def test_a_worker_crawls_what_is_enqueued_and_says_how_it_went(site, tmp_path):
    site.server.command("block", 1, status=521)
    site.enqueue(*site.names)
    worker = site.cluster.start("w1", (), "--concurrency", "2")
    most = 0
    while not site.cluster.idle():
        most = max(most, len(site.cluster.status()["running"]))
        time.sleep(0.2)
    assert worker.end() == 0
    assert most == 2
    results = {r["portal"]: r for r in site.results()}
    assert {name: results[name]["outcome"] for name in site.names} == {
        "demo001": "finished",
        "demo002": "blocked",
        "demo003": "finished",
    }
    assert results["demo002"]["status"] == 77
    assert results["demo001"]["new"] > 20
    said = worker.said()
    assert "demo001: begins (job 1, log " in said
    assert f"demo001: finished; {results['demo001']['new']} new, " in said
    assert "Traceback" not in said
    log = (tmp_path / "cluster/logs/demo001.log").read_text(encoding="utf-8")
    assert "requests per new article" in log
    files = sorted(path.name for path in (tmp_path / "cluster/warc").iterdir())
    assert [name.rpartition("-")[0].rpartition("-")[0] for name in files] == ["w1-demo001", "w1-demo002", "w1-demo003"]
    place = ("-s", f"CORPUS={site.cluster.address}", "-s", f"ARCHIVE_DIR={tmp_path / 'cluster/warc'}")
    verified = scrapy("archive", "verify", *place)
    assert verified.status == 0, verified
    shown = site.cluster.run("status")
    assert shown.status == 0, shown
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "blocked" in shown.out


def test_what_is_due_is_enqueued_by_the_clock_and_never_within_the_hour(site):
    due = ("-s", "CLUSTER_DUE_SECONDS=1", "-s", "CLUSTER_PORTALS=demo001,demo003")
    worker = site.cluster.start("w1", (), *due)
    until(lambda: len(site.results()) == 2)
    time.sleep(3)
    assert worker.end() == 0
    assert sorted((r["portal"], r["outcome"]) for r in site.results()) == [
        ("demo001", "finished"),
        ("demo003", "finished"),
    ]
    assert "2 portals are due: demo001, demo003" in worker.said()


def test_a_stopped_worker_lets_its_crawls_end_and_another_goes_on(site):
    site.enqueue("demo001")
    first = site.cluster.start("w1")
    until(lambda: len(site.log("demo001")) > 5)
    began = time.monotonic()
    assert first.end() == 0
    assert time.monotonic() - began < 20
    (stopped,) = site.results()
    assert (stopped["outcome"], stopped["status"]) == ("shutdown", 1)
    assert "demo001: shutdown; " in first.said()
    assert "; back in the queue" in first.said()
    assert site.cluster.status()["waiting"] == 1
    second = site.cluster.start("w2")
    until(lambda: len(site.results()) == 2)
    assert second.end() == 0
    assert site.runs("demo001") == ["shutdown", "finished"]
    stories = {story.path for story in site.server.portals[0].truth()}
    asked = [line["path"] for line in site.log("demo001") if line["path"] in stories]
    assert len(asked) == len(set(asked))


def wait_for_an_answer(site, seconds):
    """Return when the crawl is on and waits for an answer that takes so long."""
    until(lambda: len(site.log("demo001")) > 3)
    site.server.command("delay", seconds=seconds)
    # The request that was under way before is answered, and the next one is sent.
    time.sleep(1.5)


def test_a_second_signal_ends_everything_at_once(site):
    site.enqueue("demo001")
    worker = site.cluster.start("w1")
    wait_for_an_answer(site, seconds=8)
    worker.signal(signal.SIGTERM)
    until(lambda: "stops on request: demo001 may take 20 s to end" in worker.said())
    worker.signal(signal.SIGINT)
    assert worker.process.wait(8) == 1
    assert "stopped at once" in worker.said()
    (killed,) = site.results()
    assert killed["outcome"] in ("killed", "shutdown")
    assert site.cluster.status()["waiting"] == 1


def test_a_crawl_that_does_not_end_within_the_grace_is_killed(site):
    site.enqueue("demo001")
    worker = site.cluster.start("w1", (), "-s", "CLUSTER_GRACE_SECONDS=1")
    wait_for_an_answer(site, seconds=15)
    began = time.monotonic()
    assert worker.end() == 0
    assert time.monotonic() - began < 8
    assert "demo001: killed; " in worker.said()
    assert site.cluster.status()["waiting"] == 1


def test_a_portal_that_is_being_crawled_elsewhere_is_later_and_then_done(site):
    with Corpus.open(site.cluster.address) as corpus:
        turn = corpus.turn("demo001")
        site.enqueue("demo001")
        worker = site.cluster.start("w1")
        until(lambda: site.results())
        (busy,) = site.results()
        assert (busy["outcome"], busy["status"]) == ("busy", 75)
        assert "another run is on (process " in busy["said"]
        assert site.cluster.status()["later"] == 1
        assert not site.log("demo001")
        # The other one finishes it.
        corpus.end_run(corpus.begin_run("demo001", {}).id, "finished", {})
        turn.release()
    until(site.cluster.idle)
    assert worker.end() == 0
    assert "demo001: the run that was on has finished; nothing to do" in worker.said()
    assert not site.log("demo001")


def test_a_killed_workers_crawl_ends_by_itself_and_is_taken_over(site):
    site.enqueue("demo001")
    first = site.cluster.start("w1")
    until(lambda: len(site.log("demo001")) > 5)
    (crawl,) = first.crawls()
    second = site.cluster.start("w2")
    until(lambda: "takes jobs" in second.said())
    first.signal(signal.SIGKILL)
    first.process.wait()
    died = time.time()
    until(lambda: not os.path.exists(f"/proc/{crawl}"), 15)  # noqa: PTH110 - what is asked is the kernel
    until(lambda: [r for r in site.results("demo001") if r["worker"] == "w2"])
    assert second.end() == 0
    lost, done = site.results("demo001")
    assert (lost["worker"], lost["outcome"], done["worker"], done["outcome"]) == ("w1", "worker_lost", "w2", "finished")
    # Three seconds of silence, a sweep, two looks into the queue; the machine may be busy.
    assert done["started_at"].timestamp() - died < 10
    assert site.runs("demo001") == ["shutdown", "finished"]
    times = sorted(line["time"] for line in site.log("demo001"))
    assert min(after - before for before, after in pairwise(times)) > 0.15
    assert max(line["active"] for line in site.log("demo001")) == 1


@pytest.mark.skipif(not Postgres.there(), reason="PostgreSQL's initdb and pg_ctl are not on this machine")
def test_a_worker_survives_the_database_and_its_crawls_are_run_again(site, tmp_path):
    with Postgres() as server:
        cluster = Cluster(server.address, tmp_path / "other", tmp_path / "portals", (*QUICK, *PACE))
        with cluster:
            cluster.init()
            cluster.enqueue("demo001")
            worker = cluster.start("w1")
            until(lambda: len(site.log("demo001")) > 5)
            server.stop()
            until(lambda: "the database broke off" in worker.said() or not worker.crawls(), 30)
            time.sleep(2)
            server.start()
            until(cluster.idle)
            assert worker.end() == 0
            outcomes = [r["outcome"] for r in cluster.results()]
            with Corpus.open(server.address, readonly=True) as corpus:
                stored = corpus.counts("demo001")["articles"]
        said = worker.said()
    assert stored == len(list(site.server.portals[0].truth()))
    assert outcomes[-1] == "finished"
    assert "Traceback" not in said
    assert "the database is back after " in said or "the database was restarted; " in said
    assert max(line["active"] for line in site.log("demo001")) == 1


def test_a_crawl_of_a_worker_waits_one_delay_after_the_one_before(site):
    """Ours, or the Crawl-delay of the last run: this one's robots.txt is not read yet."""
    site.server.command("robots", 0, mode="delay:2")
    options = ("-s", f"CORPUS={site.cluster.address}", "-s", f"PORTALS_DIR={site.cluster.folder.parent / 'portals'}")
    options += ("-s", "REVISIT_LIMIT=0", "-s", "DOWNLOAD_DELAY=1", "-s", "ARCHIVE=")
    first = scrapy("crawl", "demo001", *options, "-s", "CLOSESPIDER_PAGECOUNT=3")
    assert first.status == 0, first
    last = site.log("demo001")[-1]["time"]
    before = time.time()
    second = scrapy("crawl", "demo001", *options, "-s", "CLOSESPIDER_PAGECOUNT=1", "-s", "WAIT_AT_START=1")
    assert second.status == 0, second
    begun = next(line["time"] for line in site.log("demo001") if line["time"] > last)
    assert begun - before > 2.0
    third = scrapy("crawl", "demo002", *options, "-s", "CLOSESPIDER_PAGECOUNT=1")
    assert third.status == 0, third
