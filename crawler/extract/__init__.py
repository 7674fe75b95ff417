"""Bytes of a page in, an Article, a Listing or a Template out.  Pure: no Scrapy, no I/O, no database."""

from crawler.extract.article import EXTRACTOR, extract
from crawler.extract.dom import Document, parse
from crawler.extract.epaper import Edition, EditionPage, article_page, edition_url, read_edition
from crawler.extract.feeds import FEED_PATHS, Feed, read_feed, read_feed_index
from crawler.extract.learning import learn
from crawler.extract.listing import read_list
from crawler.extract.parts import Parts, find_parts
from crawler.extract.stitch import stitch
from crawler.extract.template_json import from_json, to_json
from crawler.extract.urlshape import seems_article

__all__ = [
    "EXTRACTOR",
    "FEED_PATHS",
    "Document",
    "Edition",
    "EditionPage",
    "Feed",
    "Parts",
    "article_page",
    "edition_url",
    "extract",
    "find_parts",
    "from_json",
    "learn",
    "parse",
    "read_edition",
    "read_feed",
    "read_feed_index",
    "read_list",
    "seems_article",
    "stitch",
    "to_json",
]
