"""Web archives: writing what was fetched as WARC (ISO 28500), and reading anybody's."""

from crawler.corpus.warc.access import answer_of, travelled
from crawler.corpus.warc.capture import Capture, Fault, Report
from crawler.corpus.warc.reading import MOST, captures
from crawler.corpus.warc.sources import Source, sources

__all__ = ["MOST", "Capture", "Fault", "Report", "Source", "answer_of", "captures", "sources", "travelled"]
