"""The corpus: SQLite behind a small interface."""

from crawler.corpus.batch import Batch
from crawler.corpus.codec import utc_now
from crawler.corpus.completeness import Completeness, RunningIds
from crawler.corpus.corpus import Corpus
from crawler.corpus.excerpt import Excerpt
from crawler.corpus.export import check_target, export_articles, format_of
from crawler.corpus.export_formats import FORMATS
from crawler.corpus.health.records import Alarm, Judgement, PortalHealth, Usual
from crawler.corpus.history import History, due_at
from crawler.corpus.lock import PortalLock
from crawler.corpus.overview import FailedLink, PastRun, PortalDetail, PortalFigures
from crawler.corpus.records import (
    Cluster,
    ClusterArticle,
    Due,
    Flow,
    Known,
    Noted,
    Outcome,
    Pause,
    Purged,
    Reprint,
    Revision,
    Route,
    Run,
    Section,
    Stored,
    StoredArticle,
    StoredTemplate,
    Tombstone,
    Visit,
    Waiting,
)
from crawler.corpus.search import Found, Hit
from crawler.corpus.selection import Selection

__all__ = [
    "FORMATS",
    "Alarm",
    "Batch",
    "Cluster",
    "ClusterArticle",
    "Completeness",
    "Corpus",
    "Due",
    "Excerpt",
    "FailedLink",
    "Flow",
    "Found",
    "History",
    "Hit",
    "Judgement",
    "Known",
    "Noted",
    "Outcome",
    "PastRun",
    "Pause",
    "PortalDetail",
    "PortalFigures",
    "PortalHealth",
    "PortalLock",
    "Purged",
    "Reprint",
    "Revision",
    "Route",
    "Run",
    "RunningIds",
    "Section",
    "Selection",
    "Stored",
    "StoredArticle",
    "StoredTemplate",
    "Tombstone",
    "Usual",
    "Visit",
    "Waiting",
    "check_target",
    "due_at",
    "export_articles",
    "format_of",
    "utc_now",
]
