"""The corpus: SQLite behind a small interface."""

from crawler.corpus.batch import Batch
from crawler.corpus.browsing import Address, ArticleDetail, Check, Origin
from crawler.corpus.choice import Choice
from crawler.corpus.codec import utc_now
from crawler.corpus.completeness import Completeness, RunningIds
from crawler.corpus.copying import Copied
from crawler.corpus.corpus import Corpus
from crawler.corpus.database import Turn
from crawler.corpus.due import due_times
from crawler.corpus.excerpt import Excerpt
from crawler.corpus.export import check_target, export_articles, target_of, whole_file
from crawler.corpus.export_formats import FORMATS
from crawler.corpus.facets import COUNTED, Facets
from crawler.corpus.health.records import Alarm, Judgement, PortalHealth, Usual
from crawler.corpus.history import History, due_at
from crawler.corpus.overview import FailedLink, PastRun, PortalDetail, PortalFigures
from crawler.corpus.periods import period
from crawler.corpus.quality import FILTERS
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
    Route,
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
from crawler.corpus.redaction import DEFAULT as REDACTED
from crawler.corpus.redaction import KINDS as PERSONAL
from crawler.corpus.reextraction import Reextraction
from crawler.corpus.refine import Tally, Wish, filter_names, redaction_names
from crawler.corpus.report_records import PortalReport, Report, RunReport
from crawler.corpus.search import Found, Hit
from crawler.corpus.search_query import parse as parse_query
from crawler.corpus.selection import DEDUPE, Dedupe, Selection
from crawler.corpus.sentences import Sign, changes
from crawler.corpus.snapshot import check_folder, write_snapshot
from crawler.corpus.snapshot_splits import SHARES, shares
from crawler.corpus.snapshot_verify import verify as verify_snapshot

__all__ = [
    "COUNTED",
    "DEDUPE",
    "FILTERS",
    "FORMATS",
    "PERSONAL",
    "REDACTED",
    "SHARES",
    "Address",
    "Alarm",
    "ArticleDetail",
    "Batch",
    "CaptureRow",
    "Check",
    "Choice",
    "Cluster",
    "ClusterArticle",
    "Completeness",
    "Copied",
    "Corpus",
    "Dedupe",
    "Due",
    "Excerpt",
    "Facets",
    "FailedLink",
    "Flow",
    "Found",
    "History",
    "Hit",
    "Judgement",
    "Known",
    "NewCapture",
    "Noted",
    "Origin",
    "Outcome",
    "PastRun",
    "Pause",
    "PortalDetail",
    "PortalFigures",
    "PortalHealth",
    "PortalReport",
    "Purged",
    "Reextraction",
    "Report",
    "Reprint",
    "Revision",
    "Route",
    "Run",
    "RunReport",
    "RunningIds",
    "Section",
    "Selection",
    "Sign",
    "Stored",
    "StoredArticle",
    "StoredTemplate",
    "Tally",
    "Tombstone",
    "Turn",
    "Usual",
    "Visit",
    "Waiting",
    "WarcFileRow",
    "Wish",
    "changes",
    "check_folder",
    "check_target",
    "due_at",
    "due_times",
    "export_articles",
    "filter_names",
    "parse_query",
    "period",
    "redaction_names",
    "shares",
    "target_of",
    "utc_now",
    "verify_snapshot",
    "whole_file",
    "write_snapshot",
]
