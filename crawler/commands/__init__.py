"""Commands of the project: scrapy crawl, portals, preview, demo."""
