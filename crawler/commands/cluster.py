"""``scrapy cluster``: crawl jobs in PostgreSQL, for as many machines as there are (docs/scale.md)."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import logging
import sys
import time
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.cluster.options import Options
from crawler.commands.cluster_view import print_status
from crawler.commands.run import FAILED, OK, USAGE, complain
from crawler.errors import ChengwenError, ClusterError, UnknownPortal, UsageError
from crawler.spiders.loader import PortalLoader, portals_dir

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Command"]

_ACTIONS = ("init", "worker", "enqueue", "status")
_EXAMPLES = {"enqueue": "scrapy cluster enqueue szdushi cnnb"}


class Command(ScrapyCommand):
    """Everything here needs the extra `cluster`, whose packages are imported when they are used."""

    requires_project = True
    # Its crawls run in processes of their own.
    requires_crawler_process = False

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] init|worker|status|enqueue NAME..."

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Crawl on many machines: queue and workers on PostgreSQL"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "The corpus (setting CORPUS) has to be in PostgreSQL; the queue of crawl jobs lives beside it. "
            "init: make the queue, or bring it up to this release. worker: crawl portals as they become due or are "
            "enqueued, --concurrency at a time, each by scrapy crawl in a process of its own with this command's -s "
            "options, until SIGTERM or Ctrl-C, which lets them end within CLUSTER_GRACE_SECONDS; a second one kills "
            "them. enqueue NAME...: let these portals be crawled now (--all; --due: those of them that are due). "
            "status: queue, workers, portals being crawled, last results. "
            "Needs pip install 'chengwen[cluster]'; more: docs/scale.md. "
            "Exit status: 0; 1 if the queue cannot be used, or (status) something is stuck; 2 for a wrong argument. "
            "Examples: scrapy cluster init | scrapy cluster worker --concurrency 16 | "
            "scrapy cluster enqueue szdushi cnnb | scrapy cluster status --json"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """How many, which, and in what form."""
        super().add_options(parser)
        group = parser.add_argument_group("Cluster")
        group.add_argument("--concurrency", metavar="N", help="worker: portals at a time [CLUSTER_CONCURRENCY]")
        group.add_argument("--all", action="store_true", help="enqueue: all portals that have a file")
        group.add_argument("--due", action="store_true", help="enqueue: only those whose news should be fetched now")
        group.add_argument("--json", action="store_true", help="status: as JSON, for programs")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """The option is the setting."""
        super().process_options(args, opts)
        assert self.settings is not None
        if opts.concurrency is not None:
            self.settings.set("CLUSTER_CONCURRENCY", opts.concurrency, priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Dispatch, and turn errors into a line and a status."""
        action, names = (args[0] if args else ""), args[1:]
        if action not in _ACTIONS or (names and action != "enqueue"):
            example = _EXAMPLES.get(action, "scrapy cluster status")
            raise ScrapyUsageError(f"one of {', '.join(_ACTIONS)}, as in: {example}", print_help=False)
        try:
            options = self._options(opts)
            _need_packages()
            self.exitcode = getattr(self, f"_{action}")(options, names, opts)
        except (UsageError, UnknownPortal) as error:
            complain(str(error))
            self.exitcode = USAGE
        except ChengwenError as error:
            complain(str(error))
            self.exitcode = FAILED
        except KeyboardInterrupt:
            complain("stopped on request")
            self.exitcode = FAILED

    def _options(self, opts: argparse.Namespace) -> Options:
        assert self.settings is not None
        return Options.read(self.settings, portals_dir(self.settings), tuple(opts.set))

    def _init(self, options: Options, _names: list[str], _opts: argparse.Namespace) -> int:
        from crawler.cluster.schema import RELEASE, prepare

        for line in prepare(options.corpus) or [f"nothing to do: the queue is of this release, {RELEASE.chengwen}"]:
            sys.stdout.write(line + "\n")
        return OK

    def _worker(self, options: Options, _names: list[str], _opts: argparse.Namespace) -> int:
        from crawler.cluster.worker import Worker

        assert self.settings is not None
        _quiet(self.settings["LOG_LEVEL"])

        async def work() -> int:
            return await Worker(options, _say).run()

        return asyncio.run(work())

    def _enqueue(self, options: Options, names: list[str], opts: argparse.Namespace) -> int:
        assert self.settings is not None
        loader = PortalLoader(self.settings)
        if opts.all == bool(names):
            raise UsageError(f"name some portals, or give --all: {_EXAMPLES['enqueue']} (scrapy list shows all)")
        for name in names:
            loader.portal(name)
        wanted = list(dict.fromkeys(names)) or loader.portals()
        return asyncio.run(_with_app(options, lambda app: _put_in(app, options, wanted, due=opts.due)))

    def _status(self, options: Options, _names: list[str], opts: argparse.Namespace) -> int:
        from crawler.cluster.status import read_status

        status = read_status(options.corpus)
        print_status(status, as_json=opts.json)
        return FAILED if status.stuck else OK


async def _with_app(options: Options, act: Callable[..., Awaitable[int]]) -> int:
    from crawler.cluster.jobs import make_app
    from crawler.cluster.schema import check

    check(options.corpus)
    app = make_app(options.corpus)
    async with app.open_async():
        return await act(app)


async def _put_in(app: object, options: Options, wanted: list[str], *, due: bool) -> int:
    """Enqueue, and say of each what came of it."""
    from procrastinate import App

    from crawler.cluster.due import due_portals
    from crawler.cluster.jobs import enqueue, lock_of
    from crawler.cluster.tasks import in_hand

    assert isinstance(app, App)
    if due:
        wanted = await asyncio.to_thread(due_portals, options, wanted)
        if not wanted:
            sys.stdout.write("nothing is due\n")
    before = await in_hand(app)
    for name in wanted:
        job = await enqueue(app, name)
        doing = before.get(lock_of(name)) == "doing"
        said = "waits in the queue already" if job is None else f"enqueued (job {job})"
        sys.stdout.write(f"{name}: {said}{', it is being crawled at the moment' if doing else ''}\n")
    return OK


def _need_packages() -> None:
    try:
        for package in ("psycopg", "psycopg_pool", "procrastinate"):
            importlib.import_module(package)
    except ImportError as error:
        raise ClusterError(f"{error.name} is missing; install it: pip install 'chengwen[cluster]'") from error


def _quiet(level: str) -> None:
    """What goes wrong with the database is said in a line of ours; with -L INFO everything else too."""
    if logging.getLevelName(level) > logging.INFO:
        for name in ("procrastinate", "psycopg"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)  # noqa: T201 - this is where it speaks
