"""Bytes of a page in, an Article, a Listing or a Template out.  Pure: no Scrapy, no I/O, no database."""

from crawler.extract.article import extract

__all__ = ["extract"]
