"""Bytes of a page in, an Article, a Listing or a Template out.  Pure: no Scrapy, no I/O, no database."""

from crawler.extract.article import extract
from crawler.extract.listing import read_list

__all__ = ["extract", "read_list"]
