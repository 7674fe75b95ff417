"""Options that say which articles are meant: the same for search and for export."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt

from crawler.corpus import DEDUPE, Corpus, Selection, period
from crawler.corpus.address import Place
from crawler.errors import CorpusError, UsageError

__all__ = ["add_filters", "dates", "given", "selection", "settle"]

#: Seconds to wait for a crawl that is writing.
_PATIENCE = 2.0

#: Options in the order in which they are named to people.
_NAMES = ("since", "until", "portal", "source", "section")


def add_filters(parser: argparse.ArgumentParser) -> None:
    """--since, --until, --portal, --source, --section, --dedupe."""
    parser.add_argument("--since", metavar="DATE", help="published then or later: 2022, 2022-11 or 2022-11-13")
    parser.add_argument("--until", metavar="DATE", help="published then or earlier, the whole day, month or year")
    parser.add_argument("--portal", metavar="NAME", help="of that portal")
    parser.add_argument("--source", metavar="TEXT", help="whose printed source (来源) contains this")
    parser.add_argument("--section", metavar="LABEL", help="that a section of this label showed")
    parser.add_argument(
        "--dedupe",
        default="none",
        metavar="|".join(DEDUPE),
        help="of the articles that are meant, exact: one of identical texts; near: one of a reprint cluster [none]",
    )


def settle(path: Place) -> None:
    """Index what a killed bulk load left out, if the corpus can be written; else a search sees a little less."""
    with Corpus.open(path, readonly=True) as corpus:
        waiting = corpus.index_waits()
    if waiting:
        with contextlib.suppress(CorpusError), Corpus.open(path, timeout=_PATIENCE) as corpus:
            corpus.index()


def selection(opts: argparse.Namespace, words: str | None) -> Selection:
    """The articles that are meant.  Raises UsageError for a date or a word that makes no sense."""
    dedupe = next((how for how in DEDUPE if how == opts.dedupe), None)
    if dedupe is None:
        raise UsageError(f"--dedupe {opts.dedupe}: none, exact or near")
    since = dates("--since", opts.since)[0] if opts.since is not None else None
    until = dates("--until", opts.until)[1] if opts.until is not None else None
    if since and until and until <= since:
        raise UsageError(f"--until {opts.until}: lies before --since {opts.since}")
    return Selection(words, opts.portal, opts.source, opts.section, since, until, dedupe)


def given(opts: argparse.Namespace) -> list[str]:
    """The filters that narrow the selection, as they were given."""
    return [f"--{name} {getattr(opts, name)}" for name in _NAMES if getattr(opts, name) is not None]


def dates(option: str, text: str) -> tuple[dt.datetime, dt.datetime]:
    """First moment of a year, month or day in China, and of the one after it; UsageError names the option."""
    try:
        return period(text)
    except (ValueError, OverflowError) as e:
        raise UsageError(f"{option} {text}: no date; an example: {option} 2022-11 or {option} 2022-11-13") from e
