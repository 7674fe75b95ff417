"""Templates that a person brings or keeps: import from JSON, pin a version."""

from __future__ import annotations

import json
from pathlib import Path

from crawler.corpus import Corpus
from crawler.corpus.address import Place
from crawler.errors import UsageError
from crawler.extract import from_json, to_json

__all__ = ["import_templates", "pin_template"]


def import_templates(path: Place, portal: str, file: Path) -> None:
    """Enter the templates of an export (`--template --json`), which may have been edited; same versions are replaced.

    UsageError names the file, and the key where one is wrong.
    """
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        hint = "scrapy portals NAME --template --json writes such a file"
        raise UsageError(f"{file}: cannot be read as JSON ({e}); {hint}") from e
    try:
        templates = [from_json(json.dumps(one)) for one in (stored if isinstance(stored, list) else [stored])]
    except UsageError as e:
        raise UsageError(f"{file}: {e}") from e
    with Corpus.open(path) as corpus:
        corpus.portal(portal)
        for template in templates:
            corpus.put_template(portal, template, to_json(template))


def pin_template(path: Place, portal: str, version: int, pinned: bool) -> None:
    """Keep a version whatever its fit, or let it go again; UsageError for one that is not there."""
    with Corpus.open(path) as corpus:
        if not corpus.pin_template(portal, version, pinned):
            known = ", ".join(str(one.version) for one in corpus.templates(portal)) or "none"
            raise UsageError(f"{portal} has no template of version {version} (it has: {known})")
