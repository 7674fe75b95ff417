"""``scrapy archive``: what was fetched, byte for byte: listed, given out, packed, verified."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.archive_pack import pack_into
from crawler.commands.archive_view import print_articles, print_files, print_statistics, write_capture
from crawler.commands.filters import dates
from crawler.commands.progress import shown
from crawler.commands.run import FAILED, OK, complain, failed
from crawler.corpus import CaptureRow, Corpus
from crawler.corpus.address import Place, address_of
from crawler.corpus.warc.verifying import verify
from crawler.errors import ChengwenError, UsageError
from crawler.extensions.archive import archive_dir
from crawler.items import CST

__all__ = ["Command"]

#: First words, and how many more each takes.
_ACTIONS = {"list": 0, "stat": 0, "get": 1, "articles": 1, "pack": 1, "verify": 0}
_EXAMPLES = {
    "get": "scrapy archive get http://www.example.cn/a/1.html",
    "articles": "scrapy archive articles szdushi-20261101020000-1a2b3c4d.warc.gz:1234",
    "pack": "scrapy archive pack szdushi.wacz --portal szdushi",
}


class Command(ScrapyCommand):
    """Reads the corpus and the archive only, also while a crawl is writing."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] list|stat|verify|get URL|articles FILE|pack OUT.wacz"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Show, give out, pack and verify what was fetched (WARC)"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "The archive (setting ARCHIVE_DIR) holds everything that crawls fetched. list: its files. stat: what is in "
            "them. get URL: what an address gave, newest first, or with --at TIME the nearest at or before it; any "
            "address of an article will do. articles FILE[:BYTE]: the articles made of a file, or of the record there. "
            "pack OUT.wacz: a package that replays in ReplayWeb.page or pywb (needs pip install 'chengwen[archive]'). "
            "verify: read every record, check its digests, and name what is missing in the archive or in the corpus. "
            "Exit status: 0; 1 if something is missing or wrong; 2 for a wrong argument. "
            "Examples: scrapy archive get http://www.example.cn/a/1.html --at 2026-11-01 -o page.html | "
            "scrapy archive pack szdushi.wacz --portal szdushi --since 2026-11"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Times, portal, output."""
        super().add_options(parser)
        parser.add_argument("--at", metavar="TIME", help="get: as it was then: 2026-11, 2026-11-01, 2026-11-01T08:30")
        parser.add_argument("--headers", action="store_true", help="get: status line and headers, and no body")
        parser.add_argument("--raw", action="store_true", help="get: the answer as it went over the wire")
        parser.add_argument("-o", "--output", metavar="FILE", help="get: into this file")
        parser.add_argument("--portal", metavar="NAME", help="pack: of that portal")
        parser.add_argument("--since", metavar="DATE", help="pack: fetched then or later: 2026, 2026-11 or 2026-11-01")
        parser.add_argument("--until", metavar="DATE", help="pack: fetched then or earlier")
        parser.add_argument("--force", action="store_true", help="overwrite FILE or OUT.wacz where it exists")
        parser.add_argument("--json", action="store_true", help="list, stat, articles: as JSON, for programs")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Dispatch, and turn errors into a line and a status."""
        wanted = _ACTIONS.get(args[0]) if args else None
        if wanted is None or len(args) != wanted + 1:
            example = _EXAMPLES.get(args[0] if args else "", "scrapy archive list")
            raise ScrapyUsageError(f"one of {', '.join(_ACTIONS)}, as in: {example}", print_help=False)
        try:
            with Corpus.open(self._corpus, readonly=True) as corpus:
                self.exitcode = getattr(self, f"_{args[0]}")(corpus, *args[1:], opts)
        except ChengwenError as e:
            self.exitcode = failed(e)
        except KeyboardInterrupt:
            complain("stopped on request")
            self.exitcode = FAILED

    def _list(self, corpus: Corpus, opts: argparse.Namespace) -> int:
        print_files(corpus.warc_files(), self._folder, opts.json)
        return OK

    def _stat(self, corpus: Corpus, opts: argparse.Namespace) -> int:
        print_statistics(corpus.archive_statistics(), opts.json)
        return OK

    def _get(self, corpus: Corpus, url: str, opts: argparse.Namespace) -> int:
        out = Path(opts.output) if opts.output else None
        if out is not None and out.exists() and not opts.force:
            raise UsageError(f"{out}: exists; --force overwrites it, or name another file")
        capture = _chosen(corpus, url, opts.at)
        write_capture(corpus, self._folder, capture, out, "headers" if opts.headers else "raw" if opts.raw else "body")
        return OK

    def _articles(self, corpus: Corpus, place: str, opts: argparse.Namespace) -> int:
        name, _, offset = place.partition(".gz:")
        name = Path(name + ".gz" if offset else name).name
        if offset and not offset.isdecimal():
            raise UsageError(f"{place}: FILE:BYTE, as in {_EXAMPLES['articles']}")
        if name not in {row.name for row in corpus.warc_files()}:
            raise UsageError(f"{name}: no such file in the archive; scrapy archive list shows them")
        print_articles(corpus.articles_of(name, int(offset) if offset else None), opts.json)
        return OK

    def _pack(self, corpus: Corpus, out: str, opts: argparse.Namespace) -> int:
        since = dates("--since", opts.since)[0] if opts.since is not None else None
        until = dates("--until", opts.until)[1] if opts.until is not None else None
        pack_into(corpus, self._folder, Path(out), opts.portal, (since, until), opts.force)
        return OK

    def _verify(self, corpus: Corpus, _: argparse.Namespace) -> int:
        faults: list[str] = []

        def fault(line: str) -> None:
            faults.append(line)
            sys.stdout.write(line + "\n")

        total = sum(row.size for row in corpus.warc_files())
        for _bytes in shown(verify(corpus, self._folder, fault, complain), total, "bytes verified"):
            pass
        files = corpus.warc_files()
        records = sum(row.captures for row in files)
        said = f"{len(faults)} faults" if faults else "all there and unharmed"
        sys.stdout.write(f"{len(files)} files, {records:,} captures: {said}\n")
        return FAILED if faults else OK

    @property
    def _corpus(self) -> Place:
        assert self.settings is not None
        return address_of(self.settings["CORPUS"])

    @property
    def _folder(self) -> Path:
        assert self.settings is not None
        return archive_dir(self.settings)


def _chosen(corpus: Corpus, url: str, at: str | None) -> CaptureRow:
    """The newest capture with a page in it, or the nearest at or before a time."""
    found = corpus.captures(url)
    if not found:
        stored = corpus.find(url)
        first = corpus.capture_of(stored.id) if stored else None
        found = corpus.captures(first.url) if first else []
    if not found:
        raise UsageError(f"{url}: not in the archive; scrapy archive stat says what is")
    if at is not None:
        bound = _moment(at)
        before = [capture for capture in found if capture.at < bound]
        if not before:
            raise UsageError(f"{url}: first archived {found[0].at.astimezone(CST):%Y-%m-%d %H:%M}, after --at {at}")
        return before[-1]
    pages = [capture for capture in found if capture.status in (200, 304)]
    return (pages or found)[-1]


def _moment(text: str) -> dt.datetime:
    """The end of a year, month or day in China, or a moment; UsageError for anything else."""
    if "T" not in text and ":" not in text:
        return dates("--at", text)[1]
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--at {text}: no time; an example: --at 2026-11-01T08:30") from error
    aware = moment if moment.tzinfo else moment.replace(tzinfo=CST)
    return aware + dt.timedelta(microseconds=1)
