"""Reading an archive again: `scrapy crawl replay` (docs/replay.md)."""
