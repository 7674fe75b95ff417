"""Web archives: writing what was fetched as WARC, and reading anybody's."""
