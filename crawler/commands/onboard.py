"""``scrapy onboard URL``: look a portal over, show what was found, and write its file and a test fixture."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import SETTINGS_PRIORITIES

from crawler.commands.onboard_view import Waiting, as_json, print_findings, print_outcome
from crawler.commands.onboard_write import check_pause, plan, store_template, write
from crawler.commands.run import FAILED, OK, USAGE, complain
from crawler.corpus.address import address_of, is_there
from crawler.errors import ChengwenError, UsageError
from crawler.portals import Portal, from_url
from crawler.portals.naming import find_portal
from crawler.spiders.onboard import Findings, Onboarding, onboarding_settings

__all__ = ["Command"]


class Command(ScrapyCommand):
    """One address in, a portal file out; nothing is written that was not shown before."""

    requires_project = True

    def syntax(self) -> str:
        """Arguments, for --help."""
        return "[options] URL"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Look a portal over, preview it, and write its portal file"

    def long_desc(self) -> str:
        """For --help."""
        return (
            "Find out a portal's name, city, sections, paging, article addresses, feeds and template from its home "
            "page, with at most 40 requests at the usual pace (robots.txt obeyed); show what was found, three "
            "articles as they would be stored, and what is uncertain; then write NAME.toml and saved pages for "
            "scrapy portals check into the folder PORTALS_DIR, and the template into the corpus. "
            "Run again, it adds what is new, keeps what you wrote, and shows the difference. "
            "Exit status: 0; 1 if the address is no portal that can be read; 2 for a wrong argument. "
            "Examples: scrapy onboard https://www.example.cn/ --dry-run | "
            "scrapy onboard https://www.example.cn/ --name jiangcheng --yes"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """What to call it, and whether to write."""
        super().add_options(parser)
        parser.add_argument("--name", help="what to call the portal (default: made of its host)")
        parser.add_argument("--dry-run", action="store_true", help="only look and show")
        parser.add_argument("--yes", action="store_true", help="write without asking")
        parser.add_argument("--json", action="store_true", help="print what was found as JSON, for programs")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check, look, show, ask, write."""
        if len(args) != 1:
            said = f", not {' '.join(args)}" if args else ""
            raise ScrapyUsageError(f"name one address{said}: scrapy onboard https://www.example.cn/", print_help=False)
        try:
            self.exitcode = self._run(args[0], opts)
        except UsageError as e:
            complain(str(e))
            self.exitcode = USAGE
        except ChengwenError as e:
            complain(str(e))
            self.exitcode = FAILED
        except OSError as e:
            complain(f"{e.filename}: {e.strerror}; PORTALS_DIR names the folder to write to")
            self.exitcode = FAILED

    def _run(self, url: str, opts: argparse.Namespace) -> int:
        assert self.settings is not None
        portal = from_url(url)
        if not (opts.dry_run or opts.yes or (sys.stdin.isatty() and not opts.json)):
            raise UsageError("nobody to ask: add --yes to write the portal's file, or --dry-run to only look")
        folder = self._folder
        name, known = find_portal(portal.home, opts.name, folder if folder.is_dir() else None)
        corpus = address_of(self.settings["CORPUS"])
        if is_there(corpus):
            # Opening for writing brings a corpus of an older release up to date, which a dry run must not do.
            check_pause(corpus, portal.home, self.settings.getfloat("CORPUS_TIMEOUT"), readonly=opts.dry_run)
        findings = self._look(replace(portal, name=name, title=name), known)
        if findings is None:
            return FAILED
        planned = plan(findings, name, known, folder)
        if opts.json:
            sys.stdout.write(json.dumps(as_json(findings, planned), ensure_ascii=False, indent=2, default=str) + "\n")
        else:
            print_findings(findings, planned)
        if not opts.dry_run and (opts.yes or _agreed(planned.file)):
            write(planned)
            store_template(planned, corpus, self.settings.getfloat("CORPUS_TIMEOUT"))
        elif not opts.dry_run:
            complain("nothing written")
            return FAILED
        if not opts.json:
            print_outcome(planned, written=not opts.dry_run)
        return OK

    @property
    def _folder(self) -> Path:
        assert self.settings is not None
        return Path(self.settings["PORTALS_DIR"])

    def _look(self, portal: Portal, known: Portal | None) -> Findings | None:
        """Run the spider; None, with a line said, where the address is no portal."""
        assert self.crawler_process is not None
        assert self.settings is not None
        given = self.settings.getpriority("LOG_LEVEL") or 0
        if given <= SETTINGS_PRIORITIES["project"]:
            self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")
        for setting, value in onboarding_settings(self.settings.getdict("DOWNLOADER_MIDDLEWARES")).items():
            self.settings.set(setting, value, priority="cmdline")
        crawler = self.crawler_process.create_crawler(Onboarding)
        with Waiting() as waiting:
            self.crawler_process.crawl(crawler, portal=portal, known=known, say=waiting.say)
            self.crawler_process.start()
        spider = crawler.spider
        if not isinstance(spider, Onboarding) or spider.findings is None:
            told = spider.objection if isinstance(spider, Onboarding) else None
            complain(told or f"{portal.home}: stopped before the look was over; nothing written")
            return None
        return spider.findings


def _agreed(file: Path) -> bool:
    """Ask on the terminal; anything but yes is no."""
    try:
        answer = input(f"Write {file}? [y/N] ")
    except EOFError:
        return False
    return answer.strip().lower() in ("y", "yes", "是", "好")
