"""The corpus: SQLite behind a small interface."""

from crawler.corpus.batch import Batch
from crawler.corpus.codec import utc_now
from crawler.corpus.corpus import Corpus
from crawler.corpus.records import Known, Noted, Outcome, Run, Section, Stored, StoredArticle, Waiting

__all__ = [
    "Batch",
    "Corpus",
    "Known",
    "Noted",
    "Outcome",
    "Run",
    "Section",
    "Stored",
    "StoredArticle",
    "Waiting",
    "utc_now",
]
