"""``scrapy browse``: the corpus in a browser, for reading."""

from __future__ import annotations

import argparse
import importlib
import ipaddress
import os
import sys
import webbrowser
from pathlib import Path
from types import ModuleType

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.filters import settle
from crawler.commands.run import OK, complain, failed
from crawler.corpus.address import address_of, shown
from crawler.errors import ChengwenError, UsageError
from crawler.extensions.archive import archive_dir

__all__ = ["Command"]

#: Beside Datasette's own 8001, which may be running.
_PORT, _PORTS = 8010, 65535
_LOOPBACK = "127.0.0.1"


class Command(ScrapyCommand):
    """Reads only, also while a crawl is writing."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options]"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Read and search the corpus in a browser"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Serve the corpus (setting CORPUS) to a browser on this machine: latest news, search with facets, articles "
            "with their changes, reprints and provenance, portals, and Datasette's tables and SQL. Nothing is written, "
            "and a crawl may go on meanwhile. Ctrl-C ends it. docs/browse.md shows the pages. "
            "Exit status: 0; 1 if the corpus cannot be read or the port is taken; 2 for a wrong option. "
            "Example: scrapy browse --port 8020 --no-open"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Where to listen, and what to show."""
        super().add_options(parser)
        parser.add_argument("--port", metavar="N", default=str(_PORT), help=f"port, 0: a free one [{_PORT}]")
        parser.add_argument(
            "--host", metavar="ADDRESS", default=_LOOPBACK, help=f"address of this machine [{_LOOPBACK}]"
        )
        parser.add_argument("--no-open", action="store_true", help="open no browser, only print the address")
        parser.add_argument("--no-images", action="store_true", help="link images, do not load them from the portals")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check, serve, and turn errors into a line and a status."""
        if args:
            raise ScrapyUsageError(f"unexpected: {' '.join(args)}; see scrapy browse --help", print_help=False)
        try:
            self._serve(_host(opts.host), _port(opts.port), opts)
            self.exitcode = OK
        except KeyboardInterrupt:
            self.exitcode = OK
        except ChengwenError as e:
            self.exitcode = failed(e)

    def _serve(self, host: str, port: int, opts: argparse.Namespace) -> None:
        assert self.settings is not None
        path = address_of(self.settings["CORPUS"])
        if not isinstance(path, Path):
            raise UsageError(
                f"{shown(path)}: pages are made from a file; copy it: scrapy corpus copy {shown(path)} data/corpus.db"
            )
        settle(path)
        server = _server()
        with server.listen(host, port) as listening:
            url = server.url_of(listening)
            if not server.is_loopback(host):
                complain(f"warning: whoever reaches {url} can read the whole corpus")
            app = server.application(
                path, archive_dir(self.settings), images=not opts.no_images, hosts=server.hosts_of(host)
            )
            server.run(app, listening, lambda: _announce(url, path, opts.no_open))


def _server() -> ModuleType:
    """The room that needs Datasette, which a plain installation does not have."""
    try:
        return importlib.import_module("crawler.web.server")
    except ModuleNotFoundError as e:
        if e.name and e.name.startswith("crawler"):
            raise
        raise UsageError(f"scrapy browse needs the package {e.name}: pip install 'chengwen[browse]'") from e


def _announce(url: str, path: Path, no_open: bool) -> None:
    sys.stdout.write(f"{path} at {url}  (Ctrl-C ends it)\n")
    sys.stdout.flush()
    # Without a screen Python would start a text browser in this very terminal.
    screen = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if screen and not no_open:
        webbrowser.open(url)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > _PORTS:
        raise UsageError(f"--port {text}: a number from 0 to {_PORTS}")
    return int(text)


def _host(text: str) -> str:
    """The address to listen on.  One that stands for all of a machine's is refused: it opens more than one thinks."""
    try:
        everywhere = ipaddress.ip_address(text).is_unspecified
    except ValueError:
        everywhere = not text
    if everywhere:
        raise UsageError(f"--host {text or repr(text)}: would open the corpus to every network; name one address")
    return text
