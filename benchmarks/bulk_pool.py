"""The work of `scrapy bulk` in a plain pool of processes: the same functions, called by one process that holds all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from crawler.bulk.candidates import measured_alike, under_values
from crawler.bulk.extracting import Wanted, setting_of
from crawler.bulk.learning import learned
from crawler.bulk.ordering import ordered
from crawler.bulk.reading import read
from crawler.bulk.rows import Row, packed, unpacked
from crawler.bulk.stories import told
from crawler.bulk.storing import stored
from crawler.bulk.surveying import survey
from crawler.bulk.texts import read_texts, tasks_of
from crawler.corpus.export_formats import writer
from crawler.corpus.near import CONSIDERED, EVIDENCE, MANY

__all__ = ["pool_dedupe", "pool_extract"]

#: Groups, or texts with their candidates, that go to a process at a time.
CHUNK = 200


def run(function: Callable[[Iterator[Row]], Iterator[Row]], rows: Sequence[Row]) -> list[Row]:
    """In a process: all that the function makes of some rows."""
    return list(function(iter(rows)))


def pool_of(cores: int) -> ProcessPoolExecutor:
    """Processes that are not forked from one with threads."""
    return ProcessPoolExecutor(cores, get_context("spawn"))


def pool_extract(wanted: Wanted, out: Path, cores: int) -> int:
    """`scrapy bulk extract` into one file; how many articles there are."""
    tasks = [[{"number": number, "name": source.name}] for number, source in enumerate(wanted.archive)]
    with pool_of(cores) as pool:
        surveyed = _all(pool.map(partial(run, survey), tasks))
        setting = setting_of(wanted, [row for row in surveyed if row["what"] == "owner"])
        early = _by((row for row in surveyed if row["what"] == "early"), lambda row: row["key"].partition(" ")[2])
        firsts = [[row | {"portal": name} for row in rows] for name, rows in early.items()]
        found = _all(pool.map(partial(run, partial(learned, setting)), firsts))
        setting = replace(setting, first={row["portal"]: unpacked(row["templates"]) for row in found})
        reading = [[{**task[0], "repeated": packed({})}] for task in tasks]
        pages = _by(_all(pool.map(partial(run, partial(read, setting)), reading)), lambda row: row["portal"])
        in_order = _all(pool.map(partial(run, partial(ordered, setting)), pages.values()))
        items = [row for row in in_order if row["what"] == "item"]
        place = {id(row): {name: row[name] for name in ("at", "begun", "sub")} for row in items}
        mates = groups([(id(row), row["keys"]) for row in items])
        rows = [row | {"component": {"group": mates[id(row)]}} for row in items]
        rows.sort(key=lambda row: (row["component"]["group"], *place_of(row)))
        assert len(place) == len(rows)
        made = _all(pool.map(partial(run, stored), _chunks(rows, lambda row: row["component"]["group"])))
    made.sort(key=place_of)
    with out.open("wb") as file, writer("parquet", file) as write:
        for row in made:
            write(unpacked(row["row"]))
    return len(made)


def place_of(row: Row) -> tuple[int, ...]:
    """Its place in the order of all."""
    return row["at"], row["begun"], row["sub"]


def pool_dedupe(files: Sequence[Path], cores: int) -> int:
    """`scrapy bulk dedupe`; how many edges there are."""
    tasks, _ = tasks_of(files)
    with pool_of(cores) as pool:
        texts = {row["number"]: row for row in _all(pool.map(partial(run, read_texts), [[task] for task in tasks]))}
        firsts = [_firsts(texts.values(), name) for name in ("hash", "same")]
        bodies, heads = firsts
        asking = [number for number in texts if heads[number] == number and texts[number]["values"]]
        values = [{"value": v, "number": n, "body": bodies[n]} for n in asking for v in texts[n]["values"]]
        values.sort(key=lambda row: (row["value"], row["number"]))
        pairs = candidates(under_values(iter(values)))
        questions = [_question(number, others, texts, bodies) for number, others in pairs.items()]
        chunks = (_all(questions[start : start + CHUNK]) for start in range(0, len(questions), CHUNK))
        edges = _all(pool.map(partial(run, measured_alike), chunks))
        joined = groups([(n, [bodies[n]]) for n in texts] + [(row["body"], [row["other"]]) for row in edges])
        sizes = Counter(joined[bodies[number]] for number in texts)
        rows = _stories(texts, bodies, pairs, joined, sizes)
        made = _all(pool.map(partial(run, partial(told, {})), _chunks(rows, lambda row: row["group"])))
    return sum(row["what"] == "edge" for row in made)


def candidates(found: Iterable[Row]) -> dict[int, list[int]]:
    """As crawler.bulk.candidates has it of Spark."""
    shares: defaultdict[int, defaultdict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in found:
        if "other" in row:
            shares[row["number"]][row["other"]].append(1 / row["holders"])
    pairs = {}
    for number, others in shares.items():
        worth = [other for other, each in others.items() if len(each) >= MANY or sum(each) >= EVIDENCE]
        if worth:
            pairs[number] = sorted(worth, key=lambda other: (-len(others[other]), other))[:CONSIDERED]
    return pairs


def groups(links: Iterable[tuple[Any, Iterable[Hashable]]]) -> dict[Any, int]:
    """Node → number of its component, for nodes and what they are linked to."""
    parent: dict[Hashable, Hashable] = {}

    def root(node: Hashable) -> Hashable:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    nodes = []
    for node, others in links:
        nodes.append(node)
        for other in others:
            parent[root(other)] = root(node)
    numbers: dict[Hashable, int] = {}
    return {node: numbers.setdefault(root(node), len(numbers)) for node in nodes}


def _stories(
    texts: dict[int, Row], bodies: dict[int, int], pairs: dict[int, list[int]], joined: dict[int, int],
    sizes: Counter[int],
) -> list[Row]:  # fmt: skip
    rows: dict[tuple[int, int], Row] = {}
    for number, text in texts.items():
        group = joined[bodies[number]]
        if sizes[group] < 2:
            continue
        asked = pairs.get(number, [])
        mine = {"group": group, "number": number, "body": bodies[number], "candidates": asked}
        rows[group, number] = mine | {"article": text["article"]}
        for other in asked:
            if joined[other] != group:
                outside = {"group": group, "number": other, "body": None, "candidates": None}
                rows.setdefault((group, other), outside | {"article": texts[other]["article"]})
    return [rows[place] for place in sorted(rows)]


def _question(number: int, others: list[int], texts: dict[int, Row], bodies: dict[int, int]) -> list[Row]:
    first = {"number": number, "body": bodies[number], "other": None, "article": texts[number]["article"]}
    return [first, *({"number": number, "other": other, "article": texts[other]["article"]} for other in others)]


def _firsts(rows: Iterable[Row], name: str) -> dict[int, int]:
    """Number → the first that has the same there."""
    seen: dict[str, int] = {}
    return {row["number"]: seen.setdefault(row[name], row["number"]) if row[name] else row["number"] for row in rows}


def _all(lists: Iterable[Iterable[Row]]) -> list[Row]:
    return [row for rows in lists for row in rows]


def _by(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)


def _chunks(rows: Sequence[Row], group: Callable[[Row], object]) -> Iterator[list[Row]]:
    """Some whole groups at a time."""
    chunk: list[Row] = []
    for row in rows:
        if len(chunk) >= CHUNK and group(chunk[-1]) != group(row):
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk
