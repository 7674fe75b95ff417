"""Onboarding a portal that has a file already: what a person wrote stays, what was found is added."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace

from crawler.portals.model import Portal, SectionSpec
from crawler.urls import key

__all__ = ["difference", "merge"]

#: An older file's patterns stay alone where they match so many of the links found now.
_STILL_FITS = 0.9


def merge(found: Portal, known: Portal, links: Sequence[str] = ()) -> Portal:
    """The older file's portal with what is new in it.  links: articles found now, for the test of its patterns.

    Whatever the older file says stays (title, place, hosts, labels, templates, politeness, notes …); sections, feeds
    and address patterns are added to.  Sections that answer no more stay too: only a person knows whether they are
    gone for good.
    """
    listed = {key(section.url) for section in known.sections}
    labels = {section.label for section in known.sections}
    new = [section for section in found.sections if key(section.url) not in listed]
    feeds = {key(url) for url in known.feeds}
    fits = sum(1 for url in links if known.is_article(url)) >= _STILL_FITS * len(links) if links else True
    patterns = known.article_urls if known.article_urls and fits else (*known.article_urls, *found.article_urls)
    return replace(
        known,
        city=known.city or found.city,
        province=known.province or found.province,
        sections=(*known.sections, *(_renamed(section, labels) for section in new)),
        article_urls=tuple(dict.fromkeys(patterns)),
        feeds=(*known.feeds, *(url for url in found.feeds if key(url) not in feeds)),
    )


def difference(before: str, after: str, label: str) -> str:
    """Unified diff from the text of a file to what would be written; "" where they are the same."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{label} (now)", f"{label} (found)", lineterm="", n=1
    )
    return "\n".join(lines)


def _renamed(section: SectionSpec, labels: set[str]) -> SectionSpec:
    """A label of the older file is a person's: a new section of the same name takes its address beside it."""
    if section.label not in labels:
        return section
    tail = re.sub(r"^https?://", "", section.url)
    return SectionSpec(f"{section.label} ({tail})", section.url)
