"""Bulk work on Spark: archives into Parquet, and Parquet into clusters (docs/scale.md).

pyspark is imported inside functions only, so that every other command starts without it.
"""

from crawler.bulk.deduping import LARGEST, Deduped, dedupe
from crawler.bulk.extracting import Extracted, Wanted, extract_archives
from crawler.bulk.session import Engine, check_spark, spark
from crawler.bulk.texts import files_of

__all__ = [
    "LARGEST",
    "Deduped",
    "Engine",
    "Extracted",
    "Wanted",
    "check_spark",
    "dedupe",
    "extract_archives",
    "files_of",
    "spark",
]
