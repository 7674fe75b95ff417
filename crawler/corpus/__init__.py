"""The corpus: SQLite behind a small interface."""

from crawler.corpus.batch import Batch
from crawler.corpus.codec import utc_now
from crawler.corpus.corpus import Corpus
from crawler.corpus.excerpt import Excerpt
from crawler.corpus.export import check_target, export_articles, format_of, whole_file
from crawler.corpus.export_formats import FORMATS
from crawler.corpus.history import History, due_at
from crawler.corpus.lock import PortalLock
from crawler.corpus.overview import FailedLink, PastRun, PortalDetail, PortalFigures
from crawler.corpus.records import (
    CaptureRow,
    Cluster,
    ClusterArticle,
    Due,
    Flow,
    Known,
    NewCapture,
    Noted,
    Outcome,
    Pause,
    Purged,
    Reprint,
    Revision,
    Run,
    Section,
    Stored,
    StoredArticle,
    StoredTemplate,
    Tombstone,
    Visit,
    Waiting,
    WarcFileRow,
)
from crawler.corpus.reextraction import Reextraction
from crawler.corpus.search import Found, Hit
from crawler.corpus.selection import Selection

__all__ = [
    "FORMATS",
    "Batch",
    "CaptureRow",
    "Cluster",
    "ClusterArticle",
    "Corpus",
    "Due",
    "Excerpt",
    "FailedLink",
    "Flow",
    "Found",
    "History",
    "Hit",
    "Known",
    "NewCapture",
    "Noted",
    "Outcome",
    "PastRun",
    "Pause",
    "PortalDetail",
    "PortalFigures",
    "PortalLock",
    "Purged",
    "Reextraction",
    "Reprint",
    "Revision",
    "Run",
    "Section",
    "Selection",
    "Stored",
    "StoredArticle",
    "StoredTemplate",
    "Tombstone",
    "Visit",
    "Waiting",
    "WarcFileRow",
    "check_target",
    "due_at",
    "export_articles",
    "format_of",
    "utc_now",
    "whole_file",
]
