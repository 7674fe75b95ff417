"""``scrapy preview URL|FILE``: one page as the crawler reads it."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.commands.article_view import print_article
from crawler.commands.run import FAILED, OK, USAGE, complain
from crawler.errors import PortalError
from crawler.extract import extract
from crawler.items import Page, Template
from crawler.portals import load_all
from crawler.spiders.loader import portals_dir
from crawler.spiders.reading import content_type
from crawler.spiders.single import SinglePage

__all__ = ["Command"]

_RETRY_AFTER = "crawler.middlewares.retry_after.RetryAfter"


class Command(ScrapyCommand):
    """Shows fields with their evidence, the body, and what was cut and why."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] URL|FILE"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Show one page as the crawler reads it, with the evidence"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Extract one page, from an address (fetched politely) or a file, and show the article as it would be "
            "stored: fields, the rule and confidence behind each, the body, and what was cut and why. "
            "Exit status: 0; 1 if the page cannot be had; 2 for a missing file or a wrong argument. "
            "Examples: scrapy preview https://www.szdushi.com.cn/news/1735351245198948.shtml | "
            "scrapy preview page.html --url http://www.example.cn/a/1.html --json"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Output form and the address of a file's page."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print the article as JSON, for programs")
        parser.add_argument("--url", help="address that a FILE was saved from (dates and links refer to it)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read, extract, show."""
        if len(args) != 1:
            said = f", not {' '.join(args)}" if args else ""
            raise ScrapyUsageError(f"name one address or file{said}: scrapy preview page.html", print_help=False)
        page = self._page(args[0], opts.url)
        if page is None:
            return
        article = extract(
            page.body,
            page.url,
            content_type=page.content_type,
            template=self._templates(page.url),
            fetched_at=dt.datetime.now(dt.UTC),
        )
        if opts.json:
            sys.stdout.write(json.dumps(dataclasses.asdict(article), ensure_ascii=False, indent=2, default=str) + "\n")
        else:
            print_article(article)
        self.exitcode = OK

    def _page(self, target: str, saved_from: str | None) -> Page | None:
        """The page's bytes; None, with a line said and the exit status set, where it cannot be had."""
        if target.startswith(("http://", "https://")):
            return self._fetched(target)
        try:
            body = Path(target).read_bytes()
        except OSError as e:
            complain(f"{target}: {e.strerror}; give a saved page or an address that begins with http")
            self.exitcode = USAGE
            return None
        return Page(saved_from or Path(target).resolve().as_uri(), body)

    def _fetched(self, url: str) -> Page | None:
        assert self.crawler_process is not None
        assert self.settings is not None
        # Retry-After is kept by an extension of whole crawls; one page is not asked for again.
        middlewares = {**self.settings.getdict("DOWNLOADER_MIDDLEWARES"), _RETRY_AFTER: None}
        for name, off in (("ITEM_PIPELINES", {}), ("EXTENSIONS", {}), ("LOG_LEVEL", "ERROR")):
            self.settings.set(name, off, priority="cmdline")
        self.settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority="cmdline")
        crawler = self.crawler_process.create_crawler(SinglePage)
        self.crawler_process.crawl(crawler, url=url)
        self.crawler_process.start()
        spider: Any = crawler.spider
        if spider is None or spider.response is None:
            complain(f"{url}: {spider.fault if spider else 'cannot be fetched'}")
            self.exitcode = FAILED
            return None
        if spider.response.status != 200:
            complain(f"{url}: HTTP {spider.response.status}; this is how that answer reads")
        return Page(spider.response.url, spider.response.body, content_type(spider.response))

    def _templates(self, url: str) -> tuple[Template, ...] | None:
        """Those of the portal that the address belongs to, if any."""
        assert self.settings is not None
        try:
            portals = load_all(portals_dir(self.settings))
        except PortalError as e:
            complain(str(e))
            return None
        return next((p.templates for p in portals.values() if p.owns(url) and p.templates), None)
