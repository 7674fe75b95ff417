"""``scrapy crawl NAME``: walk a portal into the corpus, and say what came of it."""

from __future__ import annotations

import argparse

from scrapy.commands import BaseRunSpiderCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.log_format import add_log_format, apply_log_format
from crawler.commands.run import run_crawl

__all__ = ["Command"]


class Command(BaseRunSpiderCommand):
    """Scrapy's crawl, with checks before the first request, a summary after the last and an exit status that tells."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] NAME"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Walk a portal into the corpus (scrapy list shows all portals)"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Walk a portal's sections, extract its articles and store them in the corpus (setting CORPUS). "
            "A second run fetches only what is new. "
            "Arguments: -a since=2022-11-01 (list pages end there; e-papers are walked from there), -a until=…, "
            "-a limit=50 (new articles), -a sections=苏州资讯,体育, -a media=yes (archive pictures and files too); "
            "for the spider 'portal': -a url=… [-a name=…]. "
            "Exit status: 0; 1 if the portal or a section could not be read, or if the portal is broken by its own "
            "history (docs/health.md); 2 for a wrong argument; "
            "75 if another run is on or the portal is left alone for a while; 77 if the portal refused the run. "
            "--log-format json: progress, log and summary as JSON lines. "
            "Examples: scrapy crawl szdushi -a limit=50 | scrapy crawl portal -a url=https://www.example.cn/"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """How the log is written."""
        super().add_options(parser)
        add_log_format(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Options that stand for settings."""
        super().process_options(args, opts)
        assert self.settings is not None
        apply_log_format(self.settings, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl one portal."""
        if len(args) != 1:
            said = f", not {' '.join(args)}" if args else ""
            hint = "scrapy crawl szdushi (scrapy list shows all)"
            raise ScrapyUsageError(f"name one portal{said}: {hint}", print_help=False)
        self.exitcode = run_crawl(self, args[0], opts.spargs)
