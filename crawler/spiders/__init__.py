"""The walk: home page, sections, list pages, articles."""
