"""The corpus: SQLite behind a small interface."""

from crawler.corpus.batch import Batch
from crawler.corpus.browsing import Address, ArticleDetail, Check, Origin
from crawler.corpus.codec import utc_now
from crawler.corpus.corpus import Corpus
from crawler.corpus.excerpt import Excerpt
from crawler.corpus.export import check_target, export_articles, format_of
from crawler.corpus.export_formats import FORMATS
from crawler.corpus.facets import COUNTED, Facets
from crawler.corpus.history import History, due_at
from crawler.corpus.lock import PortalLock
from crawler.corpus.overview import FailedLink, PastRun, PortalDetail, PortalFigures
from crawler.corpus.periods import period
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
    Run,
    Section,
    Stored,
    StoredArticle,
    StoredTemplate,
    Tombstone,
    Visit,
    Waiting,
)
from crawler.corpus.search import TABLE as SEARCH_TABLE
from crawler.corpus.search import Found, Hit
from crawler.corpus.search_query import parse as parse_query
from crawler.corpus.selection import Selection
from crawler.corpus.sentences import Sign, changes

__all__ = [
    "COUNTED",
    "FORMATS",
    "SEARCH_TABLE",
    "Address",
    "ArticleDetail",
    "Batch",
    "Check",
    "Cluster",
    "ClusterArticle",
    "Corpus",
    "Due",
    "Excerpt",
    "Facets",
    "FailedLink",
    "Flow",
    "Found",
    "History",
    "Hit",
    "Known",
    "Noted",
    "Origin",
    "Outcome",
    "PastRun",
    "Pause",
    "PortalDetail",
    "PortalFigures",
    "PortalLock",
    "Purged",
    "Reprint",
    "Revision",
    "Run",
    "Section",
    "Selection",
    "Sign",
    "Stored",
    "StoredArticle",
    "StoredTemplate",
    "Tombstone",
    "Visit",
    "Waiting",
    "changes",
    "check_target",
    "due_at",
    "export_articles",
    "format_of",
    "parse_query",
    "period",
    "utc_now",
]
