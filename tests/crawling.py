"""Runs `scrapy …` in a process of its own, as a person would, and reads what ended in the corpus."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
#: Loopback servers need no consideration.
FAST = ("DOWNLOAD_DELAY=0", "CONCURRENT_REQUESTS_PER_DOMAIN=8", "CONCURRENT_REQUESTS=16", "RETRY_TIMES=0")


class Done(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str


def environment(proxy: str | None = None) -> dict[str, str]:
    names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY")
    env = {k: v for k, v in os.environ.items() if k not in names}
    return env | {"COLUMNS": "80", **({"http_proxy": proxy, "https_proxy": proxy} if proxy else {})}


def command(*arguments: str, proxy: str | None = None) -> list[str]:
    return [sys.executable, "-m", "scrapy", *arguments]


def scrapy(*arguments: str, proxy: str | None = None, cwd: Path = ROOT, timeout: float = 120) -> Done:
    """Run a command of the project to its end."""
    done = subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(proxy),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def settings(corpus: Path, *more: str) -> list[str]:
    """Options that set the corpus and let loopback servers be asked as fast as they answer."""
    return [part for setting in (f"CORPUS={corpus}", *FAST, *more) for part in ("-s", setting)]


def crawl_url(url: str, corpus: Path, *options: str, proxy: str | None = None, name: str = "demo") -> Done:
    """`scrapy crawl portal -a url=…` into that corpus."""
    return scrapy("crawl", "portal", "-a", f"url={url}", "-a", f"name={name}", *settings(corpus), *options, proxy=proxy)
