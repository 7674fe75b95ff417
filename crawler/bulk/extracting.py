"""``scrapy bulk extract``: archives into Parquet, the same articles as a replay makes of them.

survey     one file a task      whose pages, what revisits repeat, what is damaged
templates  one portal a task    learned from the first pages, where the corpus that was given has none
read       one file a task      pages → articles: nearly all of the work
order      one portal a task    parts, later looks, redirects, through a replay's own callbacks
store      by shared addresses  later looks and repeated texts, by the corpus's own rules
write      in the archive's order
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crawler.bulk import learning, ordering, reading, storing, surveying
from crawler.bulk.folder import CHECKPOINTS, whole_folder
from crawler.bulk.ordering import counts_of
from crawler.bulk.reading import Setting
from crawler.bulk.rows import flowing, frame_of, packed, unpacked
from crawler.bulk.session import Engine
from crawler.bulk.surveying import EARLY
from crawler.bulk.watching import Tell, Work
from crawler.bulk.writing import write_articles
from crawler.corpus import StoredTemplate
from crawler.corpus.warc import Source
from crawler.errors import UsageError
from crawler.extract import EXTRACTOR
from crawler.portals import Portal
from crawler.spiders.replay.pages import Owners
from crawler.spiders.replay.roles import Role

__all__ = ["Extracted", "Wanted", "extract_archives", "setting_of"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to extract.

    archive: files in their order; portals: known, by name; stored: portal → templates of a corpus; only: this portal's
    pages alone; most_parts: setting MAX_PARTS.
    """

    archive: Sequence[Source]
    portals: Mapping[str, Portal]
    stored: Mapping[str, Sequence[StoredTemplate]] = field(default_factory=dict)
    only: str | None = None
    most_parts: int = 60


@dataclass(slots=True)
class Extracted:
    """What came of it.

    records: of the archive; pages: those that articles are made of; articles: rows; repeats: of these, those that
    repeat another one's text; counts: what was rejected and why, what failed, what was passed over, pages that were
    read twice; faults: damaged records, a line each, not more than surveying.NAMED of a file; damaged: how many there
    are; seconds: by step.
    """

    records: int = 0
    pages: int = 0
    articles: int = 0
    repeats: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    damaged: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def extract_archives(engine: Engine, wanted: Wanted, out: Path, tell: Tell) -> Extracted:
    """Fill the folder OUT; see crawler.bulk.folder for when it appears."""
    done = Extracted()
    manifest: dict[str, object] = {}
    with whole_folder(out, manifest) as folder:
        engine.session.sparkContext.setCheckpointDir(f"file://{folder / CHECKPOINTS}")
        size = sum(source.size for source in wanted.archive)
        engine.session.conf.set("spark.sql.shuffle.partitions", str(engine.partitions(2 * size)))
        _Work(engine, wanted, tell, done).run(folder)
        manifest |= {
            "made_by": EXTRACTOR,
            "archive": [source.name for source in wanted.archive],
            "portal": wanted.only,
            **{name: getattr(done, name) for name in Extracted.__slots__},
        }
    return done


class _Work(Work):
    def __init__(self, engine: Engine, wanted: Wanted, tell: Tell, done: Extracted) -> None:
        super().__init__(engine, tell, done.seconds)
        self._wanted, self._done = wanted, done
        self._tasks = [{"number": n, "name": source.name} for n, source in enumerate(wanted.archive)]

    def run(self, folder: Path) -> None:
        with self._step("survey"):
            survey = self._kept(self._by_file(surveying.survey, surveying.COLUMNS))
            told = survey.where("what in ('owner', 'fault', 'records')").collect()
            setting = setting_of(self._wanted, [row for row in told if row["what"] == "owner"])
            self._done.records = sum(row["at"] for row in told if row["what"] == "records")
            revisits = sum(row["offset"] for row in told if row["what"] == "records")
            for row in sorted((r for r in told if r["what"] == "fault"), key=lambda row: row["at"]):
                self._fault(row["told"], row["offset"] or 1)
        with self._step("templates"):
            setting = replace(setting, first=self._templates(survey, setting))
        with self._step("read"):
            repeated = self._repeated(survey) if revisits else {}
            pages = self._kept(self._pages(repeated, setting))
            for row in sorted(pages.where("fault is not null").select("at", "fault").collect()):
                self._fault(row["fault"])
        with self._step("order"):
            ordered = self._kept(self._ordered(pages, setting))
            self._done.counts = counts_of(ordered.where("what = 'count'").select("told", "number").collect())
            self._done.pages = self._done.counts.pop("pages", 0)
        with self._step("store"):
            items = storing.grouped(ordered.where("what = 'item'"))
            together = items.repartition("component").sortWithinPartitions("component", "at", "begun", "sub")
            rows = self._kept(flowing(together, storing.stored, storing.COLUMNS))
        with self._step("write"):
            self._done.articles, self._done.repeats = write_articles(rows, folder / "files", self._engine.cores)

    def _by_file(self, function: Any, columns: Mapping[str, str]) -> Any:
        frame = frame_of(self._session, self._tasks, {"number": "long", "name": "string"}, len(self._tasks))
        return flowing(frame, function, columns)

    def _fault(self, told: str, records: int = 1) -> None:
        self._done.faults.append(told)
        self._done.damaged += records

    def _templates(self, survey: Any, setting: Setting) -> dict[str, Any]:
        """Portal → templates: of the corpus, of its file, or learned from its first pages."""
        from pyspark.sql import Window
        from pyspark.sql import functions as f

        order = Window.partitionBy("key").orderBy("at")
        early = survey.where("what = 'early'").withColumn("place", f.row_number().over(order))
        early = early.where(f.col("place") <= EARLY).select("key", "at", "file", "offset")
        names = [{"key": f"host {host}", "portal": name} for host, name in setting.hosts.items()]
        names += [{"key": f"portal {name}", "portal": name} for name in setting.sites]
        names = [row for row in names if setting.only in (None, row["portal"])]
        known = frame_of(self._session, names, {"key": "string", "portal": "string"}, self._engine.cores)
        pages = early.join(f.broadcast(known), "key").repartition("portal").sortWithinPartitions("portal", "at")
        task = _with(self._session, setting, learning.learned)
        found = flowing(pages, task, learning.COLUMNS).collect()
        return {row["portal"]: unpacked(row["templates"]) for row in found}

    def _pages(self, repeated: Mapping[int, Mapping[int, tuple[str, int]]], setting: Setting) -> Any:
        tasks = [task | {"repeated": packed(repeated.get(number, {}))} for number, task in enumerate(self._tasks)]
        columns = {"number": "long", "name": "string", "repeated": "binary"}
        frame = frame_of(self._session, tasks, columns, len(tasks))
        return flowing(frame, _with(self._session, setting, reading.read), reading.COLUMNS)

    def _repeated(self, survey: Any) -> dict[int, dict[int, tuple[str, int]]]:
        """Number of a file → place of a revisit in it → file and offset of the record whose body it repeats."""
        from pyspark.sql import Window
        from pyspark.sql import functions as f

        revisits = survey.where("what = 'revisit'").select(
            f.col("at").alias("mine"), "key", "url", "moment", f.col("told").alias("page"), f.col("file").alias("in")
        )
        bodies = survey.where("what = 'body'").select("at", "key", "url", "moment", "file", "offset")
        # As a replay finds it: the last record of that address and time, else the first with that digest; before it.
        named = revisits.drop("key").join(bodies.drop("key"), ["url", "moment"]).where("at < mine")
        equal = revisits.drop("url", "moment").join(bodies.drop("url", "moment"), "key").where("at < mine")
        columns = ("mine", "at", "file", "offset")
        both = named.select(*columns, f.lit(0).alias("how"), (-f.col("at")).alias("order")).union(
            equal.select(*columns, f.lit(1).alias("how"), f.col("at").alias("order"))
        )
        best = Window.partitionBy("mine").orderBy("how", "order")
        first = both.withColumn("rank", f.row_number().over(best)).where("rank = 1")
        found: dict[int, dict[int, tuple[str, int]]] = {}
        for row in revisits.join(first.drop("at"), "mine", "left").collect():
            if row["file"] is None:
                self._fault(f"{row['in']}: repeats a record that is not in the archive ({row['page']})")
            else:
                found.setdefault(row["mine"] >> surveying.ORDER, {})[row["mine"]] = (row["file"], row["offset"])
        return found

    def _ordered(self, pages: Any, setting: Setting) -> Any:
        portals = max(1, min(len(setting.sites), 4 * self._engine.cores * 16))
        whole = pages.where("page is not null").select("portal", "at", "page")
        by_portal = whole.repartition(portals, "portal").sortWithinPartitions("portal", "at")
        return flowing(by_portal, _with(self._session, setting, ordering.ordered), ordering.COLUMNS)


def setting_of(wanted: Wanted, owners: Sequence[Any]) -> Setting:
    """Whose pages are whose, told in the order of the archive as a replay tells it.

    owners: the survey's rows.  Raises UsageError for a portal that is wanted and not there.
    """
    owners = sorted(owners, key=lambda row: row["at"])
    known = Owners(wanted.portals)
    hosts = {}
    for row in owners:
        told = json.loads(row["told"])
        role = Role("any", row["url"], portal=told["portal"], home=told["home"], hosts=tuple(told["hosts"]))
        name = known.of(row["url"], role)
        kind, _, key = row["key"].partition(" ")
        if kind == "host":
            hosts[key] = name
    met = {known.of(row["url"], Role("any", row["url"], portal=json.loads(row["told"])["portal"])) for row in owners}
    only = wanted.only
    if only is not None and only not in met:
        raise UsageError(f"--portal {only}: no page of it in the archive; it has {', '.join(sorted(met)) or 'none'}")
    sites = {name: known.portals[name] for name in met}
    return Setting(sites, hosts, wanted.stored, {}, only, wanted.most_parts)


def _with(session: Any, setting: Setting, function: Any) -> Any:
    """The function with what all tasks know, which goes to each process once."""
    shared = session.sparkContext.broadcast(packed(setting))

    def run(rows: Any) -> Any:
        return function(unpacked(shared.value), rows)

    return run
