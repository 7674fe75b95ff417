"""The shipped portals, and docs/portals.md against the model and against them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from crawler import portals
from crawler.portals.model import PROVINCES, Portal
from crawler.portals.parse import KEYS, parse

DOCS = Path(__file__).resolve().parents[1] / "docs" / "portals.md"

SHIPPED = portals.load_all()


def test_shipped_number():
    assert len(SHIPPED) >= 91


def test_seed_portal_knows_the_one_real_address():
    seed = SHIPPED["szdushi"]
    assert (seed.city, seed.province, seed.home) == ("苏州", "江苏", "https://www.szdushi.com.cn/")
    assert seed.is_article("https://www.szdushi.com.cn/news/1735351245198948.shtml")


def test_shipped_are_honest():
    assert {name: p.checked for name, p in SHIPPED.items() if p.checked or "核对" not in p.notes} == {}


@pytest.mark.parametrize("field", ["province", "title"])
def test_shipped_are_described(field):
    assert [name for name, p in SHIPPED.items() if not getattr(p, field)] == []


def test_shipped_are_of_every_mainland_province_with_few_gaps():
    missing = set(PROVINCES) - {p.province for p in SHIPPED.values()}
    assert missing == {"西藏", "台湾", "香港", "澳门"}


def test_shipped_sections_are_no_articles():
    assert [s.url for p in SHIPPED.values() for s in p.sections if p.is_article(s.url)] == []


def test_shipped_front_pages_are_addresses():
    fronts = [edition.url(dt.date(2022, 11, 5)) for p in SHIPPED.values() for edition in p.epapers]
    assert fronts
    assert [url for url in fronts if "{" in url or not re.search(r"2022.?11.?05", url)] == []


def documented() -> dict[str, set[str]]:
    """Table name → keys that docs/portals.md lists for it, "" for the top level."""
    _, *parts = re.split(r"^### (.*)$", DOCS.read_text("utf-8"), flags=re.MULTILINE)
    found = {}
    for heading, text in zip(parts[::2], parts[1::2], strict=True):
        name = "" if heading == "Top level" else heading.strip("`[]")
        cells = re.findall(r"^\| (`.*?) \|", text.partition("\n## ")[0], flags=re.MULTILINE)
        found[name] = set(re.findall(r"`(\w+)`", " ".join(cells)))
    return found


@pytest.mark.parametrize("table", KEYS)
def test_documentation_lists_exactly_the_keys(table):
    assert documented()[table] == set(KEYS[table])


def test_documentation_lists_no_other_table():
    assert set(documented()) == {*KEYS, "sections"}


def test_every_top_level_key_is_a_field_of_the_model():
    fields = {field.name for field in dataclasses.fields(Portal)}
    assert set(KEYS[""]) - {"selectors"} == fields - {"name"}


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", DOCS.read_text("utf-8"), flags=re.DOTALL))
def test_documented_files_are_valid(block):
    needed = "" if "home =" in block else 'title = "江城在线"\nhome = "https://www.example.cn/"\n'
    assert parse("x", tomllib.loads(needed + block), "x.toml")


def test_documentation_counts_the_shipped():
    text = DOCS.read_text("utf-8")
    rows = dict(re.findall(r"^\| (\w+) \| (\d+) \|", text, flags=re.MULTILINE))
    assert {name: int(count) for name, count in rows.items()} == Counter(p.province for p in SHIPPED.values())
    assert f"{len(SHIPPED)} portals." in text
