"""``scrapy demo``: serve a portal of our own making on loopback, and crawl it."""

from __future__ import annotations

import argparse

from scrapy.commands import BaseRunSpiderCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.log_format import add_log_format, apply_log_format
from crawler.commands.run import FAILED, complain, run_crawl
from crawler.demo import FAMILIES, DemoPortal, serve

__all__ = ["Command"]

#: Nobody is disturbed on loopback.
_AT_ONCE = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 4}
#: The same port in every run, so that the second one meets the portal of the first and finds nothing new.
PORT = 8642


class Command(BaseRunSpiderCommand):
    """The main job without a network: what `make crawl` runs."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options]"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Crawl a built-in demo portal on loopback, no network needed"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Start an invented portal on loopback, crawl it into the corpus (setting CORPUS) and end it again. "
            "A second run finds nothing new; --seed 2 is another portal. "
            "To only look at one in a browser: python -m crawler.demo --family seed. "
            "Example: scrapy demo --family trs --size 500"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Which portal to invent."""
        super().add_options(parser)
        group = parser.add_argument_group("Demo portal")
        group.add_argument("--family", choices=sorted(FAMILIES), default="seed", help="kind of CMS (default: seed)")
        group.add_argument("--size", type=int, default=200, metavar="N", help="articles (default: 200)")
        group.add_argument("--seed", type=int, default=1, metavar="N", help="another number, another portal")
        add_log_format(parser)
        group.add_argument("--port", type=int, default=PORT, help=f"loopback port (default: {PORT})")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """As fast as the demo answers, unless -s says otherwise: a priority above the settings file, below -s."""
        super().process_options(args, opts)
        assert self.settings is not None
        self.settings.setdict(_AT_ONCE, priority="spider")
        apply_log_format(self.settings, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Serve, crawl, stop serving."""
        if args:
            raise ScrapyUsageError(f"unexpected: {' '.join(args)}; see scrapy demo --help", print_help=False)
        try:
            portal = DemoPortal(opts.family, seed=opts.seed, size=opts.size)
            server = serve([portal], port=opts.port)
        except (RuntimeError, ValueError) as e:
            complain(f"the demo portal cannot be served on port {opts.port} ({e}); try --port 0")
            self.exitcode = FAILED
            return
        with server:
            name = f"demo-{opts.family}-{opts.seed}"
            self.exitcode = run_crawl(self, "portal", {"url": server.url, "name": name, **opts.spargs})
