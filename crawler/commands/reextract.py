"""``scrapy reextract``: the present extractor and templates over the archived bytes of stored articles."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.filters import dates
from crawler.commands.progress import shown
from crawler.commands.reextract_view import Report, print_json, print_report
from crawler.commands.run import FAILED, OK, complain, failed
from crawler.corpus import Corpus, Reextraction, Selection
from crawler.corpus.address import Place, address_of, is_there
from crawler.errors import ChengwenError, UsageError
from crawler.extensions.archive import archive_dir
from crawler.extract import EXTRACTOR
from crawler.items import Article
from crawler.portals import Portal, load_all
from crawler.spiders.loader import portals_dir
from crawler.spiders.reextract import FIELDS, Reread, Rereader, only
from crawler.spiders.replay.readers import begin, undisturbed

__all__ = ["Command"]

#: Articles read by a process at a time, and written in one transaction.
BATCH = 32
#: Batches under way for each process.
AHEAD = 3
#: Changed articles shown as a diff.
SAMPLES = 3


class Command(ScrapyCommand):
    """Reports by default; writes with --apply."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options]"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Read stored articles anew from the archive, and show or store what changes"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Run the present extractor and templates over the archived pages of stored articles. "
            "--dry-run, the default, reports what would change, by field, portal and kind, with samples; "
            "--apply stores it as revisions of kind re-extracted, and goes on where an interrupted run ended. "
            "Exit status: 0; 1 if archived pages could not be read; 2 for a wrong argument. "
            "Examples: scrapy reextract --portal szdushi --since 2026-11 | scrapy reextract --field body --apply"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Which articles, which fields, what to do."""
        super().add_options(parser)
        parser.add_argument("--dry-run", action="store_true", help="report only; the default")
        parser.add_argument("--apply", action="store_true", help="store what changes")
        parser.add_argument("--again", action="store_true", help="with --apply: not where an interrupted run ended")
        parser.add_argument("--portal", metavar="NAME", help="articles of that portal")
        parser.add_argument("--since", metavar="DATE", help="published then or later: 2022, 2022-11 or 2022-11-13")
        parser.add_argument("--field", metavar="NAMES", help=f"these alone: {', '.join(FIELDS)}")
        parser.add_argument("--limit", metavar="N", help="so many articles")
        parser.add_argument("--samples", metavar="N", default=str(SAMPLES), help=f"diffs to show [{SAMPLES}]")
        parser.add_argument("--workers", metavar="N", help="processes [one a core]")
        parser.add_argument("--json", action="store_true", help="a line of JSON an article that changes, for programs")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check, read, report; errors are a line and a status."""
        if args or (opts.dry_run and opts.apply):
            said = f"unknown: {' '.join(args)}" if args else "--dry-run or --apply, not both"
            raise ScrapyUsageError(f"{said}; as in: scrapy reextract --portal szdushi", print_help=False)
        self.exitcode = FAILED
        try:
            self.exitcode = self._reextract(opts)
        except ChengwenError as e:
            self.exitcode = failed(e)
        except KeyboardInterrupt:
            tail = "; the same command goes on from there" if opts.apply else ""
            complain(f"stopped on request{tail}")

    def _reextract(self, opts: argparse.Namespace) -> int:
        assert self.settings is not None
        since = dates("--since", opts.since)[0] if opts.since is not None else None
        wanted = Selection(portal=opts.portal, since=since)
        fields, limit = _fields(opts.field), _number("--limit", opts.limit)
        samples = _number("--samples", opts.samples, least=0) or 0
        workers = _number("--workers", opts.workers) or len(os.sched_getaffinity(0))
        path = address_of(self.settings["CORPUS"])
        timeout = self.settings.getfloat("CORPUS_TIMEOUT")
        # Without --apply nothing is written, and with it no corpus is made where there is none.
        Corpus.open(path, readonly=not (opts.apply and is_there(path)), timeout=timeout).close()
        setting = _Setting(
            path,
            archive_dir(self.settings),
            load_all(portals_dir(self.settings)),
            self.settings.getint("MAX_PARTS"),
        )
        report = Report(fields, samples)
        with Corpus.open(path, readonly=not opts.apply, timeout=timeout) as corpus:
            run = corpus.begin_reextraction(_arguments(opts), EXTRACTOR, again=opts.again) if opts.apply else None
            if run and run.reached:
                complain(f"goes on with the run of {run.begun_at.astimezone():%Y-%m-%d %H:%M}; --again begins anew")
            ids = corpus.reextractable(wanted, run.reached if run else 0, limit)
            counted = _work(corpus, ids, setting, workers, report, run, as_json=opts.json)
            for _ in shown(counted, len(ids), "articles read"):
                pass
            if run:
                corpus.end_reextraction(run)
        if not opts.json:
            print_report(report, applied=bool(run))
        return FAILED if report.damaged else OK


class _Setting:
    """What a process needs to read articles anew."""

    def __init__(self, corpus: Place, folder: Path, portals: dict[str, Portal], max_parts: int) -> None:
        self.corpus, self.folder, self.portals, self.max_parts = corpus, folder, portals, max_parts

    def open(self) -> tuple[Corpus, Rereader]:
        """The corpus, and who reads."""
        corpus = Corpus.open(self.corpus, readonly=True)
        return corpus, Rereader(corpus, self.folder, self.portals, self.max_parts)


_opened: tuple[Corpus, Rereader] | None = None


def _begin(setting: _Setting) -> None:
    """Begin a process."""
    global _opened
    begin()
    _opened = setting.open()


def _reread(ids: Sequence[int]) -> list[Reread]:
    """In a process of its own: some articles."""
    assert _opened is not None
    corpus, rereader = _opened
    return [rereader.read(stored) for stored in corpus.by_id(ids)]


def _work(
    corpus: Corpus,
    ids: Sequence[int],
    setting: _Setting,
    workers: int,
    report: Report,
    run: Reextraction | None,
    *,
    as_json: bool,
) -> Iterator[int]:
    """Read, report and write batch by batch; yields how many articles are done."""
    done = 0
    for batch in _read(ids, setting, workers):
        changed: list[Article] = []
        same: list[tuple[int, Article]] = []
        for reread in batch:
            new = _kept(reread, report.fields)
            found = report.add(reread, new)
            if as_json and found:
                print_json(reread, found)
            if new is not None:
                if found:
                    changed.append(new)
                else:
                    same.append((reread.id, new))
        if run:
            corpus.reextracted(run, batch[-1].id, changed, same)
        done += len(batch)
        yield done


def _kept(reread: Reread, fields: tuple[str, ...]) -> Article | None:
    """What of the new reading is to be stored."""
    if reread.new is None:
        return None
    return only(reread.old, reread.new, fields) if fields else reread.new


def _read(ids: Sequence[int], setting: _Setting, workers: int) -> Iterator[list[Reread]]:
    """In processes, in order; in this one where there is little to do."""
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    if workers == 1 or len(batches) == 1:
        corpus, rereader = setting.open()
        with corpus:
            for batch in batches:
                yield [rereader.read(stored) for stored in corpus.by_id(batch)]
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(setting,))
    try:
        under_way: deque[Future[list[Reread]]] = deque()
        for batch in batches:
            with undisturbed():
                under_way.append(pool.submit(_reread, batch))
            if len(under_way) > workers * AHEAD:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _fields(text: str | None) -> tuple[str, ...]:
    names = tuple(name.strip() for name in (text or "").replace("，", ",").split(",") if name.strip())
    for name in names:
        if name not in FIELDS:
            raise UsageError(f"--field {name}: no such field; known: {', '.join(FIELDS)}")
    return names


def _number(option: str, text: str | None, least: int = 1) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise UsageError(f"{option} {text}: not a number; write it as {option} 100")
    return int(text)


def _arguments(opts: argparse.Namespace) -> str:
    """What tells one run from another; how it reports does not."""
    return json.dumps({name: getattr(opts, name) for name in ("portal", "since", "field", "limit")}, ensure_ascii=False)
