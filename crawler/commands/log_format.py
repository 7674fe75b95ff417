"""The option --log-format of the commands that crawl."""

from __future__ import annotations

import argparse
import logging

from scrapy.settings import BaseSettings

from crawler.extensions.json_lines import json_handler

__all__ = ["add_log_format", "apply_log_format", "speaks_json"]


def add_log_format(parser: argparse.ArgumentParser) -> None:
    """text or json."""
    parser.add_argument(
        "--log-format",
        choices=("text", "json"),
        help="what stands on standard error: text, or one JSON object a line, for programs [text]",
    )


def apply_log_format(settings: BaseSettings, opts: argparse.Namespace) -> None:
    """The option is the setting LOG_LINES for this run.

    Called before Scrapy sets up its log, whose first lines could not be helped otherwise: ours takes its place.
    """
    if opts.log_format:
        settings.set("LOG_LINES", opts.log_format, priority="cmdline")
    if speaks_json(settings) and settings.getbool("LOG_ENABLED"):
        logging.root.addHandler(json_handler(settings))
        settings.setdict({"LOG_ENABLED": False, "LOG_FILE": None}, priority="cmdline")


def speaks_json(settings: BaseSettings) -> bool:
    """True if everything is to be JSON."""
    return bool(settings["LOG_LINES"] == "json")
