"""Steps of `scrapy bulk` that need no Spark: what is kept of an archive, of a value, of a folder."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from crawler.bulk.candidates import under_values
from crawler.bulk.folder import MANIFEST, check_out, whole_folder
from crawler.bulk.session import check_spark, reason
from crawler.bulk.stories import told
from crawler.bulk.surveying import ORDER, survey
from crawler.bulk.texts import files_of
from crawler.corpus.near import HOT
from crawler.demo import DemoPortal
from crawler.errors import OutputError, UsageError
from tests.bulk_kit import PORTALS, articles, index_of, indexed, texts
from tests.test_replay import write as write_anyones


def test_a_value_shows_the_texts_that_had_it_before_and_keeps_the_first() -> None:
    rows = [{"value": 7, "number": number, "body": number} for number in range(1, HOT + 11)]
    # The same text under another headline: it is not shown itself, and takes no second place.
    rows.insert(2, {"value": 7, "number": 2, "body": 1})
    found = list(under_values(iter(rows)))
    assert found[-1] == {"value": 7, "beyond": 10}
    shown: dict[int, list[int]] = {}
    for row in found[:-1]:
        shown.setdefault(row["number"], []).append(row["other"])
        assert row["holders"] <= HOT
    assert 1 not in shown
    assert shown[3] == [1, 2]
    assert shown[HOT + 10] == list(range(1, HOT + 1))


def test_told_without_spark_as_the_index_tells_it(tmp_path: Path) -> None:
    """All texts in one group, candidates in the index's own order: the same edges and clusters."""
    made = articles(texts(3, 10, 4), 3)
    corpus = indexed(made, tmp_path / "corpus.db")
    rows = list(told(PORTALS, iter(asked(made))))
    index = index_of(corpus)
    edges = [
        tuple(row[name] for name in ("url", "of", "kind", "resemblance", "containment", "told_by"))
        for row in rows
        if row["what"] == "edge"
    ]
    assert edges == index["edges"]
    clusters = {row["url"]: row["cluster"] for row in rows if row.get("cluster") is not None}
    assert clusters == index["clusters"]
    assert any(row["what"] == "article" and row["first"] for row in rows)


def asked(made):  # type: ignore[no-untyped-def]
    """Rows of one group, with the candidates that the index would measure; see benchmarks/bulk_pool.py."""
    from bulk_pool import candidates  # type: ignore[import-not-found]

    from crawler.bulk.rows import packed
    from crawler.corpus.duplicates import same_text
    from crawler.corpus.shingles import Shingled

    bodies: dict[str, int] = {}
    heads: dict[str, int] = {}
    values = []
    for number, article in enumerate(made, 1):
        body = bodies.setdefault(article.content_hash, number)
        if heads.setdefault(same_text(article) or "", number) == number:
            text = Shingled(article.body)
            values += [{"value": value, "number": number, "body": body} for value in text.minhashes()]
    pairs = candidates(under_values(iter(sorted(values, key=lambda row: (row["value"], row["number"])))))
    for number, article in enumerate(made, 1):
        body = bodies[article.content_hash]
        row = {"group": 1, "number": number, "body": body, "article": packed(article)}
        yield row | {"candidates": pairs.get(number)}


def test_the_first_look_at_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    write_anyones(path, DemoPortal("empire", seed=4, size=4))
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 30] = b"\xff" * 30
    path.write_bytes(data)
    rows = list(survey(iter([{"number": 3, "name": str(path)}])))
    faults = [row["told"] for row in rows if row["what"] == "fault"]
    assert len(faults) == 1
    assert faults[0].startswith(f"{path}, byte ")
    owners = [row for row in rows if row["what"] == "owner"]
    assert [row["key"] for row in owners] == ["host www.lanjiang-demo.test"]
    assert all(row["at"] >> ORDER == 3 for row in rows if row["what"] in ("owner", "body", "early"))
    (records,) = (row for row in rows if row["what"] == "records")
    assert records["at"] == len({row["at"] for row in rows if row["what"] == "body"}) + 1  # one leads to another


def test_a_file_that_is_none_is_a_fault_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(b"no archive at all")
    rows = list(survey(iter([{"number": 0, "name": str(tmp_path / "a.warc.gz")}])))
    assert [row["what"] for row in rows] == ["fault", "records"]


def broken_off(out: Path) -> None:
    with whole_folder(out, {}) as part:
        (part / "a").touch()
        assert not out.exists()
        raise ZeroDivisionError


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    with pytest.raises(ZeroDivisionError):
        broken_off(out)
    assert list((tmp_path / "deep").iterdir()) == []
    # What a run that was killed left is replaced.
    (tmp_path / "deep" / "out.part").mkdir()
    (tmp_path / "deep" / "out.part" / "half").touch()
    manifest: dict[str, object] = {}
    with whole_folder(out, manifest):
        manifest["articles"] = 3
    assert [path.name for path in out.iterdir()] == [MANIFEST]
    assert json.loads((out / MANIFEST).read_text()) == {"articles": 3}
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_folder_of_ours_is_replaced_only_when_told_to(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "out", {"run": 1}):
        pass
    with pytest.raises(UsageError, match="--overwrite replaces it"):
        check_out(str(tmp_path / "out"), overwrite=False)
    with whole_folder(check_out(str(tmp_path / "out"), overwrite=True), {"run": 2}):
        pass
    assert json.loads((tmp_path / "out" / MANIFEST).read_text()) == {"run": 2}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"), whole_folder(tmp_path / "file" / "out", {}):
        pass


def test_parquet_files_of_folders_and_patterns(tmp_path: Path) -> None:
    for name in ("b/2.parquet", "b/1.parquet", "a/3.parquet", "b/manifest.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = files_of([str(tmp_path / "b"), str(tmp_path / "*" / "3.parquet"), str(tmp_path / "b" / "1.parquet")])
    assert [path.name for path in found] == ["1.parquet", "2.parquet", "3.parquet"]


@pytest.mark.parametrize("master", ["", "local[0]", "local[two]", "sparky://host:7077", "sc://host"])
def test_what_is_no_master(master: str) -> None:
    with pytest.raises(UsageError, match="no master of Spark's"):
        check_spark(master)


def test_a_line_out_of_a_stack_trace() -> None:
    trace = """org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 3.0 failed 4 times
\tat org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages
Caused by: org.apache.spark.api.python.PythonException: Traceback (most recent call last):
  File "ordering.py", line 1, in _body
crawler.errors.UsageError: /data/a.warc.gz, byte 7: not there any more; is the archive being written?

\tat org.apache.spark.api.python.BasePythonRunner
"""
    assert reason(RuntimeError(trace)).startswith("UsageError: /data/a.warc.gz, byte 7: not there any more")
    assert reason(RuntimeError("Connection refused\n  at x")) == "Connection refused"
    assert len(reason(RuntimeError("x" * random.Random(1).randint(400, 500)))) == 300
