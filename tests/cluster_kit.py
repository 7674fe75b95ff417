"""A cluster on one machine: PostgreSQL of its own, workers in network namespaces, and demo portals on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crawler.demo.client import DemoServer
from tests.crawling import ROOT, Done, command, environment, scrapy

__all__ = ["Cluster", "Postgres", "WorkerProcess", "children", "namespaces", "until", "write_portals"]

#: Short ones, for tests: taken over within 5 s.  CLUSTER_DUE_SECONDS=0: what is crawled is what a test enqueues.
QUICK = (
    *("CLUSTER_HEARTBEAT_SECONDS=0.5", "CLUSTER_STALLED_SECONDS=3", "CLUSTER_SWEEP_SECONDS=1"),
    *("CLUSTER_POLL_SECONDS=0.5", "CLUSTER_DUE_SECONDS=0", "CLUSTER_GRACE_SECONDS=20"),
)


def until(what: Callable[[], Any], seconds: float = 60.0, every: float = 0.1) -> Any:
    """Wait until it is true, and give what it is; AssertionError after so many seconds."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(every)
    return found


def children(pid: int) -> list[int]:
    """Processes whose parent that one is."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                ppid = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            if ppid == pid:
                found.append(int(entry.name))
    return found


def write_portals(server: DemoServer, folder: Path) -> list[str]:
    """A portal file for each portal of the server; their names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for number, url in enumerate(server.urls, 1):
        host = url.split("/")[2].partition(":")[0]
        names.append(f"demo{number:03d}")
        text = f'title = "演示{number}"\nhome = "{url}"\nhosts = ["{host}"]\n'
        (folder / f"{names[-1]}.toml").write_text(text, encoding="utf-8")
    return names


class Postgres:
    """A server of our own, which may be stopped and started; without fsync, for nobody needs it after the test.

    address: of its database postgres.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="chengwen-pg-"))
        self._port = _free_port()
        self.address = f"postgresql://postgres@127.0.0.1:{self._port}/postgres"
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            shutil.chown(self._folder, "postgres", "postgres")
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")
        with (self._data / "pg_hba.conf").open("a", encoding="utf-8") as file:
            file.write("host all all 10.0.0.0/8 trust\n")
        self.start()

    @staticmethod
    def there() -> bool:
        """True if its programs are on this machine, and it can be run."""
        return _programs() is not None and (os.geteuid() != 0 or shutil.which("runuser") is not None)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def start(self) -> None:
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        options += " -c fsync=off -c full_page_writes=off -c max_connections=300 -c timezone=UTC"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", mode, "stop")

    def guard(self, role: str, password: str) -> None:
        """Let that role in with that password only."""
        import psycopg

        file = self._data / "pg_hba.conf"
        file.write_text(f"host all {role} all scram-sha-256\n{file.read_text('utf-8')}", encoding="utf-8")
        with psycopg.connect(self.address, autocommit=True) as server:
            server.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
            server.execute("SELECT pg_reload_conf()")

    def close(self) -> None:
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Postgres:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, program: str, *arguments: str) -> None:
        programs = _programs()
        assert programs is not None
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [*as_postgres, str(programs / program), *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def _programs() -> Path | None:
    if "POSTGRES_BIN" in os.environ:
        return Path(os.environ["POSTGRES_BIN"])
    found = shutil.which("pg_ctl")
    if found and shutil.which("initdb"):
        return Path(found).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def namespaces(count: int) -> Iterator[list[list[str]]]:
    """Words that run a command in a network namespace of its own each; empty lists where none can be made.

    Within, all of 127.0.0.0/8 leads to this machine's loopback, as if portals and database were elsewhere:
    route_localnet lets such packets through a pair of virtual interfaces.
    """
    made: list[str] = []
    try:
        for number in range(1, count + 1):
            name = f"cw{os.getpid() % 100000}n{number}"
            if not _namespace(name, f"10.{64 + os.getpid() % 128}.{number}"):
                break
            made.append(name)
        yield [["ip", "netns", "exec", name] for name in made] if len(made) == count else [[] for _ in range(count)]
    finally:
        for name in made:
            _ip("netns", "del", name)


def _namespace(name: str, net: str) -> bool:
    here, there = f"{name}a", f"{name}b"
    inside = ["netns", "exec", name]
    steps = (
        ["netns", "add", name],
        ["link", "add", here, "type", "veth", "peer", "name", there],
        ["link", "set", there, "netns", name],
        ["addr", "add", f"{net}.1/24", "dev", here],
        ["link", "set", here, "up"],
        [*inside, "ip", "link", "set", "lo", "up"],
        [*inside, "ip", "addr", "add", f"{net}.2/24", "dev", there],
        [*inside, "ip", "link", "set", there, "up"],
        [*inside, "sysctl", "-q", "-w", f"net.ipv4.conf.{there}.route_localnet=1"],
        [*inside, "ip", "addr", "del", "127.0.0.1/8", "dev", "lo"],
        [*inside, "ip", "route", "add", "127.0.0.0/8", "via", f"{net}.1", "src", f"{net}.2"],
    )
    if shutil.which("ip") is None or os.geteuid() != 0:
        return False
    if not all(_ip(*step) for step in steps):
        _ip("netns", "del", name)
        return False
    Path(f"/proc/sys/net/ipv4/conf/{here}/route_localnet").write_text("1", encoding="ascii")
    return True


def _ip(*words: str) -> bool:
    return subprocess.run(["ip", *words], capture_output=True, timeout=20, check=False).returncode == 0


class WorkerProcess:
    """`scrapy cluster worker` in a process of its own.  name: its own; process: it; said(): its lines so far."""

    def __init__(self, name: str, words: Sequence[str], arguments: Sequence[str], folder: Path) -> None:
        self.name = name
        self._log = folder / f"worker-{name}.log"
        with self._log.open("ab") as log:
            # -u and a session of its own: as a service has it.
            self.process = subprocess.Popen(
                [*words, *command("cluster", "worker", *arguments)],
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def crawls(self) -> list[int]:
        """Its crawls' processes."""
        return children(self.process.pid)

    def power_off(self) -> list[int]:
        """End it and all its crawls at once, as when the machine goes; which crawls there were."""
        self.signal(signal.SIGSTOP)
        crawls = self.crawls()
        for pid in crawls:
            os.kill(pid, signal.SIGKILL)
        self.signal(signal.SIGKILL)
        self.process.wait()
        return crawls

    def end(self, seconds: float = 60.0) -> int:
        """SIGTERM, and its exit status."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def close(self) -> None:
        if self.process.poll() is None:
            self.power_off()


class Cluster:
    """Workers on one database.  settings: NAME=VALUE for all of them, and their crawls."""

    def __init__(self, address: str, folder: Path, portals: Path, settings: Sequence[str]) -> None:
        self.address, self.folder = address, folder
        self.workers: list[WorkerProcess] = []
        folder.mkdir(parents=True, exist_ok=True)
        common = (f"CORPUS={address}", f"PORTALS_DIR={portals}", f"CLUSTER_LOGS={folder / 'logs'}")
        common += (f"ARCHIVE_DIR={folder / 'warc'}",)
        self._options = [part for setting in (*common, *settings) for part in ("-s", setting)]

    def run(self, *words: str) -> Done:
        """`scrapy cluster …` to its end."""
        return scrapy("cluster", *words, *self._options)

    def init(self) -> None:
        """`scrapy cluster init`, without a process of its own."""
        from crawler.cluster.schema import prepare

        prepare(self.address)

    def enqueue(self, *portals: str) -> None:
        """`scrapy cluster enqueue`, without a process of its own."""
        from crawler.cluster.jobs import enqueue, make_app

        async def put_in() -> None:
            async with (app := make_app(self.address)).open_async():
                for portal in portals:
                    await enqueue(app, portal)

        asyncio.run(put_in())

    def start(self, name: str, words: Sequence[str] = (), *options: str) -> WorkerProcess:
        """A worker of that name; words: before its command."""
        arguments = [*self._options, "-s", f"CLUSTER_WORKER={name}", *options]
        worker = WorkerProcess(name, words, arguments, self.folder)
        self.workers.append(worker)
        return worker

    def status(self) -> dict[str, Any]:
        """`scrapy cluster status --json`, without a process of its own."""
        import dataclasses

        from crawler.cluster.status import read_status

        return json.loads(json.dumps(dataclasses.asdict(read_status(self.address)), default=str))

    def idle(self) -> bool:
        """Nothing waits, nothing is done."""
        status = self.status()
        return status["waiting"] + status["later"] + status["doing"] == 0

    def results(self) -> list[dict[str, Any]]:
        """All crawls so far, oldest first."""
        from crawler.cluster.database import connect

        with connect(self.address) as db:
            return db.execute("SELECT * FROM chengwen_crawls ORDER BY started_at, id").fetchall()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.close()
