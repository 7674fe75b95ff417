"""The corpus: SQLite behind a small interface."""

from crawler.corpus.batch import Batch
from crawler.corpus.codec import utc_now
from crawler.corpus.corpus import Corpus
from crawler.corpus.lock import PortalLock
from crawler.corpus.records import Known, Noted, Outcome, Pause, Run, Section, Stored, StoredArticle, Waiting

__all__ = [
    "Batch",
    "Corpus",
    "Known",
    "Noted",
    "Outcome",
    "Pause",
    "PortalLock",
    "Run",
    "Section",
    "Stored",
    "StoredArticle",
    "Waiting",
    "utc_now",
]
