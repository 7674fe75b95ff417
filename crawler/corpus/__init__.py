"""The corpus: SQLite behind a small interface."""

from crawler.corpus.batch import Batch
from crawler.corpus.codec import utc_now
from crawler.corpus.corpus import Corpus
from crawler.corpus.lock import PortalLock
from crawler.corpus.overview import FailedLink, PastRun, PortalDetail, PortalFigures
from crawler.corpus.records import Known, Noted, Outcome, Pause, Run, Section, Stored, StoredArticle, Waiting

__all__ = [
    "Batch",
    "Corpus",
    "FailedLink",
    "Known",
    "Noted",
    "Outcome",
    "PastRun",
    "Pause",
    "PortalDetail",
    "PortalFigures",
    "PortalLock",
    "Run",
    "Section",
    "Stored",
    "StoredArticle",
    "Waiting",
    "utc_now",
]
