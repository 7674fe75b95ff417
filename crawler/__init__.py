"""Chengwen 城闻: crawls Chinese city news portals into a clean, deduplicated, searchable corpus."""

__version__ = "0.1.0"
