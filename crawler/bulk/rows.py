"""Rows between Spark and functions that take and give one at a time, in chunks, so that memory stays bounded."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

__all__ = ["Row", "flowing", "frame_of", "packed", "unpacked"]

Row = dict[str, Any]
#: Rows of a chunk, and bytes of its binary columns, beyond which it is handed on.
_ROWS, _BYTES = 256, 4 << 20
#: Names of types here → of Arrow's.
_TYPES = {
    "long": "int64",
    "int": "int32",
    "double": "float64",
    "string": "string",
    "binary": "binary",
    "boolean": "bool_",
}


def packed(value: object) -> bytes:
    """A value as bytes, for the same release of the project on another machine of one job."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def unpacked(data: bytes) -> Any:
    """The value.  Only bytes that this very job made come here."""
    return pickle.loads(data)


def frame_of(session: Any, rows: list[Row], columns: Mapping[str, str], parts: int) -> Any:
    """A DataFrame of rows that the driver has, each in one of so many parts."""
    values = [tuple(row[name] for name in columns) for row in rows]
    spread = session.sparkContext.parallelize(values, max(1, min(parts, len(values))))
    return session.createDataFrame(spread, ", ".join(f"`{name}` {kind}" for name, kind in columns.items()))


def flowing(frame: Any, function: Callable[[Iterator[Row]], Iterable[Row]], columns: Mapping[str, str]) -> Any:
    """What the function makes of each part of a DataFrame, row by row.

    columns: name → long, int, double, string, binary, boolean, or array<…> of these; rows may leave columns out (null).
    """
    from pyspark.sql.types import StructType

    def run(batches: Iterator[Any]) -> Iterator[Any]:
        schema = _schema(columns)
        chunk: list[Row] = []
        size = 0
        for row in function(_rows(batches)):
            chunk.append(row)
            size += sum(len(value) for value in row.values() if isinstance(value, bytes | str))
            if len(chunk) == _ROWS or size >= _BYTES:
                yield _batch(chunk, schema)
                chunk, size = [], 0
        if chunk:
            yield _batch(chunk, schema)

    return frame.mapInArrow(run, StructType.fromDDL(", ".join(f"`{name}` {kind}" for name, kind in columns.items())))


def _schema(columns: Mapping[str, str]) -> Any:
    import pyarrow as pa

    def kind(name: str) -> Any:
        if name.startswith("array<"):
            return pa.list_(kind(name.removeprefix("array<").removesuffix(">")))
        return getattr(pa, _TYPES[name])()

    return pa.schema([(name, kind(what)) for name, what in columns.items()])


def _rows(batches: Iterator[Any]) -> Iterator[Row]:
    for batch in batches:
        yield from batch.to_pylist()


def _batch(chunk: list[Row], schema: Any) -> Any:
    import pyarrow as pa

    return pa.RecordBatch.from_pylist(chunk, schema)
