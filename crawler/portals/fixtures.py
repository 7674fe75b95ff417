"""Saved pages of a portal, and what was read from them: so that a change of the code or of the file shows.

A folder a portal, PORTALS_DIR/fixtures/NAME: pages as bytes, never decoded (STYLE.md, habit 4), and expected.json with
the address, the header, the moment and the fields of each.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import PortalError
from crawler.items import Article, Page

__all__ = ["EXPECTED", "FIELDS", "Difference", "Fixture", "differences", "fields_of", "folder_of", "read", "write"]

EXPECTED = "expected.json"
#: What of an article is compared; confidence, evidence and cuts may move while the article stays the same.
FIELDS = (
    *("kind", "title", "subtitle", "published", "published_text", "source", "reporters", "correspondents"),
    *("photographers", "editors", "breadcrumb", "keywords", "body", "images", "attachments", "part_urls", "template"),
)
#: A file name says which page it is; longer ones are cut.
_NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Fixture:
    """A saved page.  fetched_at: reference for dates, aware; fields: as fields_of() gave them when it was saved."""

    file: str
    page: Page
    fetched_at: dt.datetime
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is read otherwise now."""

    file: str
    field: str
    expected: Any
    found: Any


def folder_of(portals_dir: Path, name: str) -> Path:
    """Where the portal's fixtures are."""
    return portals_dir / "fixtures" / name


def fields_of(article: Article) -> dict[str, Any]:
    """The compared fields as JSON knows them; fields without a value are left out."""
    whole = asdict(article)
    plain = {name: _plain(whole[name]) for name in FIELDS}
    return {name: value for name, value in plain.items() if value not in (None, "", [])}


def differences(fixture: Fixture, article: Article) -> list[Difference]:
    """Where the article is not what the fixture expects."""
    found = fields_of(article)
    return [
        Difference(fixture.file, name, fixture.fields.get(name), found.get(name))
        for name in FIELDS
        if fixture.fields.get(name) != found.get(name)
    ]


def read(folder: Path) -> list[Fixture]:
    """The fixtures of a folder in the order of expected.json; PortalError for one that does not say what it should."""
    path = folder / EXPECTED
    try:
        pages = json.loads(path.read_text(encoding="utf-8"))["pages"]
        return [_fixture(folder, file, entry) for file, entry in pages.items()]
    except OSError as e:
        raise PortalError(f"{e.filename}: {e.strerror}; scrapy onboard URL makes a portal's fixtures") from e
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise PortalError(f"{path}: not a list of pages ({type(e).__name__}: {e}); delete it and onboard again") from e


def write(folder: Path, pages: Sequence[tuple[Page, Article, dt.datetime]]) -> list[Path]:
    """Save pages with what was read from them (article, moment); the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    entries: dict[str, Any] = {}
    for number, (page, article, moment) in enumerate(pages, 1):
        file = _file_name(number, page.url)
        (folder / file).write_bytes(page.body)
        entries[file] = {
            "url": page.url,
            "content_type": page.content_type,
            "fetched_at": moment.isoformat(),
            "fields": fields_of(article),
        }
    text = json.dumps({"pages": entries}, ensure_ascii=False, indent=1) + "\n"
    (folder / EXPECTED).write_text(text, encoding="utf-8")
    return [*(folder / file for file in entries), folder / EXPECTED]


def _fixture(folder: Path, file: str, entry: Mapping[str, Any]) -> Fixture:
    page = Page(entry["url"], (folder / file).read_bytes(), entry.get("content_type"))
    return Fixture(file, page, dt.datetime.fromisoformat(entry["fetched_at"]), dict(entry["fields"]))


def _file_name(number: int, url: str) -> str:
    """A name that sorts, and that every file system takes.

    >>> _file_name(1, "http://www.example.cn/2022/11/13/t20221113_1.shtml")
    '1-t20221113_1.html'
    """
    parts = urlsplit(url)
    stem = parts.path.rstrip("/").rpartition("/")[2].partition(".")[0] + (f"_{parts.query}" if parts.query else "")
    return f"{number}-{re.sub(r'[^0-9A-Za-z_-]+', '_', stem)[:_NAME_LENGTH]}.html"


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
