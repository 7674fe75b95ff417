"""The queue in PostgreSQL: set up, upgraded, filled, swept, shown; and everything that a person can get wrong."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from importlib import resources
from types import SimpleNamespace

import pytest
from scrapy.cmdline import execute

from crawler.cluster.options import Options, cron, queue_address
from crawler.errors import ClusterError, UsageError
from tests.cluster_kit import Postgres
from tests.crawling import ROOT, Done, command, environment
from tests.postgres_kit import database, needs_postgres

pytestmark = needs_postgres

SETTINGS = {
    "CORPUS": "postgresql://postgres@127.0.0.1/news",
    "CLUSTER_PORTALS": "",
    "CLUSTER_WORKER": "w1",
    "CORPUS_TIMEOUT": 30.0,
    "HARVEST_LEAST_HOURS": 1.0,
    "CLUSTER_CONCURRENCY": "2",
    "CLUSTER_DUE_SECONDS": "60",
    "CLUSTER_POLL_SECONDS": "0.5",
    "CLUSTER_HEARTBEAT_SECONDS": "0.5",
    "CLUSTER_STALLED_SECONDS": "3",
    "CLUSTER_SWEEP_SECONDS": "1",
    "CLUSTER_GRACE_SECONDS": "5",
    "CLUSTER_CRAWL_HOURS": "1",
    "CLUSTER_LOGS": "logs",
    "CLUSTER_KEEP_DAYS": "30",
}


class Settings(dict):
    """What Options reads of Scrapy's."""

    def getfloat(self, name):
        return float(self[name])

    def getlist(self, name):
        return [one for one in self[name].split(",") if one]


@pytest.fixture
def address():
    with database() as url:
        yield url


@pytest.fixture
def queue(address):
    """A database with a queue."""
    from crawler.cluster.schema import prepare

    assert prepare(address)
    return address


@pytest.fixture
def options(queue):
    return Options.read(Settings(SETTINGS | {"CORPUS": queue}), None)


@pytest.fixture
def cluster(capsys, monkeypatch, tmp_path):
    """`scrapy cluster …` within this process; no portal is ever asked for anything by it."""

    def run(address, *words):
        monkeypatch.chdir(ROOT)
        monkeypatch.setenv("COLUMNS", "80")
        options = ("-s", f"CORPUS={address}", "-s", "CLUSTER_DUE_SECONDS=0", "-s", f"CLUSTER_LOGS={tmp_path / 'logs'}")
        with pytest.raises(SystemExit) as ended:
            execute(["scrapy", "cluster", *options, *words])
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return run


def rows(address, query, *values):
    from crawler.cluster.database import connect

    with connect(address) as db:
        return db.execute(query, values or None).fetchall()


def change(address, statement, *values):
    from crawler.cluster.database import connect

    with connect(address) as db:
        db.execute(statement, values or None)


# --- Setting it up ---------------------------------------------------------------------------------------------------


def test_init_says_what_it_made_and_the_second_time_that_there_was_nothing_to_do(cluster, address):
    first, second = cluster(address, "init"), cluster(address, "init")
    assert (first.status, second.status) == (0, 0), (first, second)
    assert "Procrastinate's tables" in first.out
    assert second.out.startswith("nothing to do: the queue is of this release")
    schemas = rows(address, "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename ~ '^(chengwen|procrastinate)_'")
    assert [row["schemaname"] for row in schemas] == ["procrastinate"]


def test_the_corpus_and_the_queue_share_a_database(address):
    from crawler.cluster.schema import check, prepare
    from crawler.corpus import Corpus

    prepare(address)
    with Corpus.open(address) as corpus:
        corpus.begin_run("szdushi", {})
    check(address)
    assert prepare(address) == []


@pytest.mark.parametrize("words", [("worker",), ("status",), ("enqueue", "szdushi")])
def test_without_a_queue_everything_says_that_it_is_to_be_set_up(cluster, address, words):
    done = cluster(address, *words)
    assert done.status == 1
    assert done.err.strip() == (
        "chengwen: the queue is not set up in this database; run scrapy cluster init once (schema procrastinate)"
    )


def test_a_worker_of_another_release_refuses_in_one_line(cluster, queue):
    change(queue, "UPDATE chengwen_release SET release = '0.0.9'")
    done = cluster(queue, "worker")
    assert done.status == 1
    (line,) = done.err.splitlines()
    assert line.startswith("chengwen: the queue is of release 0.0.9 ")
    assert "scrapy cluster init" in line


def test_init_waits_until_the_workers_of_the_older_release_have_stopped(queue):
    from crawler.cluster.schema import check, prepare

    change(queue, "UPDATE chengwen_release SET release = '0.0.9'")
    change(
        queue,
        "INSERT INTO chengwen_workers (name, host, pid, release, concurrency, stalled, longest)"
        " VALUES ('w1', 'h', 1, '0.0.9', 8, 20, 3600)",
    )
    with pytest.raises(ClusterError, match=r"workers of release 0\.0\.9 are alive \(w1\); stop them first"):
        prepare(queue)
    change(queue, "UPDATE chengwen_workers SET ended_at = now()")
    assert prepare(queue)[-1].startswith("release 0.0.9 →")
    check(queue)


def test_a_queue_of_a_newer_release_is_left_alone(queue):
    from crawler.cluster.schema import prepare

    change(queue, "UPDATE chengwen_release SET queue_version = 99, release = '9.0'")
    with pytest.raises(ClusterError, match=r"newer release, 9\.0"):
        prepare(queue)


def shape(address):
    """Functions, columns, indexes and enum values of the queue's schema."""
    return rows(
        address,
        "SELECT 'function' AS what, proname::text AS name, pg_get_function_arguments(oid) AS more FROM pg_proc"
        " WHERE pronamespace = 'procrastinate'::regnamespace UNION ALL"
        " SELECT 'column', table_name || '.' || column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'procrastinate' UNION ALL"
        " SELECT 'index', indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'procrastinate' UNION ALL"
        " SELECT 'enum', typname || '.' || enumlabel, '' FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid"
        " ORDER BY 1, 2, 3",
    )


def test_init_brings_an_older_schema_of_procrastinate_up_to_date(queue):
    from crawler.cluster.schema import prepare

    with database() as old:
        change(old, "CREATE SCHEMA procrastinate")
        folder = resources.files("procrastinate.sql") / "migrations"
        steps = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
        earlier = [step for step in steps if step < "03.02"]
        assert len(earlier) < len(steps) - 2
        for step in earlier:
            change(old, (folder / step).read_text(encoding="utf-8"))
        prepare(old)
        change(old, "UPDATE chengwen_release SET release = '0.0.9', migration = %s", earlier[-1].removesuffix(".sql"))
        said = prepare(old)
        assert steps[-1].removesuffix(".sql") in said
        # Enum values may have been added in another order.
        assert shape(old) == shape(queue)


# --- Filling it ------------------------------------------------------------------------------------------------------


def test_enqueue_says_of_each_portal_what_came_of_it(cluster, queue):
    done = cluster(queue, "enqueue", "szdushi", "cnnb", "szdushi")
    assert (done.status, done.out.splitlines()) == (0, ["szdushi: enqueued (job 1)", "cnnb: enqueued (job 2)"])
    again = cluster(queue, "enqueue", "szdushi")
    assert (again.status, again.out) == (0, "szdushi: waits in the queue already\n")
    (status,) = rows(queue, "SELECT lock, queueing_lock FROM procrastinate_jobs WHERE id = 1")
    assert set(status.values()) == {"portal szdushi"}


def test_enqueue_takes_those_that_are_due(cluster, queue):
    from crawler.corpus import Corpus

    with Corpus.open(queue) as corpus:
        corpus.end_run(corpus.begin_run("szdushi", {}).id, "finished", {})
    done = cluster(queue, "enqueue", "--due", "szdushi", "cnnb")
    assert (done.status, done.out) == (0, "cnnb: enqueued (job 1)\n")
    assert cluster(queue, "enqueue", "--due", "szdushi").out == "nothing is due\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("enqueue", "szdush"), "unknown portal 'szdush' (did you mean szdushi"),
        (("enqueue",), "name some portals, or give --all"),
        (("enqueue", "--all", "szdushi"), "name some portals, or give --all"),
        (("enqeue", "szdushi"), "one of init, worker, enqueue, status"),
        (("status", "szdushi"), "one of init, worker, enqueue, status"),
        (("worker", "--concurrency", "many"), "CLUSTER_CONCURRENCY=many: no number"),
        (("worker", "-s", "CLUSTER_STALLED_SECONDS=1"), "CLUSTER_STALLED_SECONDS: at least twice"),
        (("worker", "-s", "CORPUS=data/corpus.db"), "CORPUS=data/corpus.db: a cluster needs a corpus in PostgreSQL"),
    ],
)
def test_wrong_arguments(cluster, queue, words, said):
    done = cluster(queue, *words)
    assert done.status == 2
    assert said in done.err
    assert "Traceback" not in done.err


def test_settings_that_make_no_sense_are_named():
    with pytest.raises(UsageError, match="CLUSTER_SWEEP_SECONDS=7"):
        Options.read(Settings(SETTINGS | {"CLUSTER_SWEEP_SECONDS": "7"}), None)
    with pytest.raises(UsageError, match="CLUSTER_CONCURRENCY=0: at least 1"):
        Options.read(Settings(SETTINGS | {"CLUSTER_CONCURRENCY": "0"}), None)
    with pytest.raises(UsageError) as caught:
        queue_address("mysql://me:secret@db/news")
    assert "secret" not in str(caught.value) or not str(caught.value).startswith("postgres")


@pytest.mark.parametrize("seconds", [1, 5, 30, 60, 300])
def test_periods_are_what_croniter_makes_of_them(seconds):
    import croniter

    times = croniter.croniter(cron(seconds), 1_700_000_000)
    first = times.get_next(float)
    assert times.get_next(float) - first == seconds


# --- When PostgreSQL is away -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["init", "worker", "status"])
def test_a_server_that_is_away_is_one_line_without_the_password(cluster, action):
    done = cluster("postgresql://me:secret@127.0.0.1:9/news", action)
    assert done.status == 1
    (line,) = done.err.splitlines()
    assert line.startswith("chengwen: postgresql://me@127.0.0.1:9/news: ")
    assert "refused" in line
    assert "secret" not in line


@pytest.mark.skipif(not Postgres.there(), reason="PostgreSQL's initdb and pg_ctl are not on this machine")
def test_a_wrong_password_is_one_line_without_it(cluster):
    with Postgres() as server:
        server.guard("news", "right")
        address = server.address.replace("postgres@", "news:wr0ng@")
        done = cluster(address, "worker")
        assert cluster(server.address.replace("postgres@", "news:right@"), "status").err.startswith(
            "chengwen: the queue is not set up"
        )
    assert done.status == 1
    (line,) = done.err.splitlines()
    assert "password authentication failed" in line
    assert "wr0ng" not in line


def test_without_the_extra_it_says_what_to_install(tmp_path):
    (tmp_path / "procrastinate.py").write_text("raise ModuleNotFoundError('gone', name='procrastinate')\n")
    done = subprocess.run(
        command("cluster", "status", "-s", "CORPUS=postgresql://127.0.0.1/news"),
        cwd=ROOT,
        env=environment() | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "chengwen: procrastinate is missing; install it: pip install 'chengwen[cluster]'\n"


# --- Sweeping --------------------------------------------------------------------------------------------------------


class Swept:
    """A queue with an open app, and what a sweep says."""

    def __init__(self, app, records, options):
        self.app, self.records, self.options, self.said = app, records, options, []

    async def sweep(self, **more):
        from crawler.cluster.sweeping import sweep

        options = dataclasses.replace(self.options, **more)
        return await sweep(self.app.job_manager, self.records, options, self.said.append)

    async def job_of(self, worker):
        return await self.app.job_manager.fetch_job(["crawl"], worker)

    async def worker(self):
        return await self.app.job_manager.register_worker()

    def state(self, job):
        (row,) = rows(self.options.corpus, "SELECT status, worker_id FROM procrastinate_jobs WHERE id = %s", job.id)
        return row["status"]


@pytest.fixture
async def swept(options):
    from crawler.cluster.jobs import make_app
    from crawler.cluster.records import Records

    app = make_app(options.corpus)
    async with app.open_async():
        records = Records(options)
        records.use(app.connector)
        yield Swept(app, records, options)


async def taken(swept, portal="szdushi"):
    """A job that a worker has taken which is dead since a minute."""
    from crawler.cluster.jobs import enqueue

    await enqueue(swept.app, portal)
    job = await swept.job_of(await swept.worker())
    change(swept.options.corpus, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    return job


async def test_a_dead_workers_job_goes_back_to_the_queue(swept):
    job = await taken(swept)
    await swept.records.begin(job.id, "szdushi", "log")
    assert await swept.sweep() == 1
    assert swept.state(job) == "todo"
    assert swept.said == ["szdushi: w1 gave no sign of life; back in the queue (job 1)"]
    (crawl,) = rows(swept.options.corpus, "SELECT outcome, ended_at IS NOT NULL AS ended FROM chengwen_crawls")
    assert crawl == {"outcome": "worker_lost", "ended": True}
    assert (await swept.job_of(await swept.worker())).id == job.id


async def test_a_living_workers_job_stays_until_it_takes_too_long(swept):
    from crawler.cluster.jobs import enqueue

    await enqueue(swept.app, "szdushi")
    job = await swept.job_of(await swept.worker())
    assert await swept.sweep() == 0
    change(swept.options.corpus, "UPDATE procrastinate_events SET at = now() - interval '2 hours'")
    assert await swept.sweep(longest=3 * 3600) == 0
    assert await swept.sweep(longest=3600) == 1
    assert swept.state(job) == "todo"
    assert "holds it for too long" in swept.said[0]


async def test_a_dead_job_whose_portal_waits_already_is_finished_as_failed(swept):
    """Otherwise the retry would violate queueing_lock for ever, and the portal's lock would never come free."""
    from crawler.cluster.jobs import enqueue

    job = await taken(swept)
    twin = await enqueue(swept.app, "szdushi")
    assert await swept.sweep() == 1
    assert swept.state(job) == "failed"
    assert (await swept.job_of(await swept.worker())).id == twin


async def test_a_job_that_takes_its_workers_down_is_given_up(swept):
    job = await taken(swept)
    for _ in range(5):
        assert await swept.sweep() == 1
        assert swept.state(job) == "todo"
        assert await swept.job_of(await swept.worker()) is not None
        change(swept.options.corpus, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    await swept.sweep()
    assert swept.state(job) == "failed"
    assert "given up after 5 takeovers" in swept.said[-1]


async def test_nobody_looks_dead_while_the_server_itself_has_just_come_back(swept):
    job = await taken(swept)
    assert await swept.sweep(stalled=10 * 365 * 86400.0) == 0
    assert swept.state(job) == "doing"


async def test_who_lost_a_job_to_another_does_not_finish_it(swept):
    from procrastinate.jobs import Status

    job = await taken(swept)
    await swept.sweep()
    again = await swept.job_of(await swept.worker())
    await swept.app.job_manager.finish_job(job, Status.SUCCEEDED, delete_job=False)
    assert swept.state(again) == "doing"
    await swept.app.job_manager.finish_job(again, Status.SUCCEEDED, delete_job=False)
    assert swept.state(again) == "succeeded"


async def test_what_is_old_is_forgotten(swept):
    crawl = await swept.records.begin(1, "szdushi", "log")
    await swept.records.end(crawl, SimpleNamespace(status=0, outcome="finished", said="", new=3, requests=9))
    await swept.records.begin(2, "cnnb", "log")
    change(swept.options.corpus, "UPDATE chengwen_crawls SET ended_at = now() - interval '40 days' WHERE job_id = 1")
    await swept.records.forget(30)
    assert rows(swept.options.corpus, "SELECT portal FROM chengwen_crawls") == [{"portal": "cnnb"}]


# --- Showing it ------------------------------------------------------------------------------------------------------


async def test_status_shows_queue_workers_crawls_and_results(cluster, swept, options):
    from crawler.cluster.jobs import enqueue

    change(options.corpus, "ALTER TABLE chengwen_workers ALTER seen_at SET DEFAULT now() + interval '1 hour'")
    await swept.records.register()
    for portal in ("szdushi", "cnnb", "2500sz"):
        await enqueue(swept.app, portal)
    job = await swept.job_of(await swept.worker())
    running = await swept.records.begin(job.id, "szdushi", "data/cluster/szdushi.log")
    done = await swept.records.begin(99, "hinews", "log")
    ended = SimpleNamespace(status=1, outcome="failed", said="http://www.hinews.cn/: timeout" * 9, new=3, requests=9)
    await swept.records.end(done, ended)
    shown = cluster(options.corpus, "status")
    assert shown.status == 0, shown
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "2 wait; " in shown.out
    for words in ("w1", "alive", "1 of 2", "szdushi", "hinews", "failed: http"):
        assert words in shown.out
    values = json.loads(cluster(options.corpus, "status", "--json").out)
    assert (values["waiting"], values["doing"], values["stuck"]) == (2, 1, [])
    assert [crawl["portal"] for crawl in values["running"]] == ["szdushi"]
    assert values["last"][0]["requests"] == 9
    assert running != done


async def test_status_ends_with_1_where_something_is_stuck(cluster, swept, options):
    await taken(swept)
    change(options.corpus, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    held = cluster(options.corpus, "status")
    assert held.status == 1
    assert held.err == "chengwen: szdushi: its worker is gone, and no worker has taken it over\n"
    await swept.sweep()
    change(options.corpus, "UPDATE procrastinate_events SET at = now() - interval '2 minutes'")
    change(options.corpus, "UPDATE procrastinate_jobs SET scheduled_at = NULL")
    waits = cluster(options.corpus, "status")
    assert waits.status == 1
    assert waits.err == "chengwen: 1 jobs wait and no worker is alive; start one: scrapy cluster worker\n"
