"""Other crawlers on a demo portal, one run each; what they found goes to standard output as JSON.

    python benchmarks/rerun_peers.py scrapy URL STATE
    python benchmarks/rerun_peers.py scrapy-jobdir URL STATE
    .venv-peers/bin/python benchmarks/rerun_peers.py newspaper4k URL STATE

STATE is a folder that a peer keeps between its runs.  Each is used as its documentation shows, with the help of a
person who has looked at the portal: the two patterns of its addresses.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["PEERS", "main"]

#: Addresses of the demo portal's articles; everything else that it links to is a list.
ARTICLE = re.compile(r"/content/\d{4}-\d\d/\d\d/content_\d+\.htm$")
LIST = re.compile(r"/(?:node_\d+(?:_\d+)?\.htm)?$")

# Imports stand inside the functions: each peer is run in a process of its own, and any of them may be missing.


def _scrapy(url: str, state: Path, *, jobdir: bool = False) -> list[str]:
    """A spider as the tutorial writes it: follow lists, take articles."""
    from scrapy import Spider
    from scrapy.crawler import CrawlerProcess
    from scrapy.linkextractors import LinkExtractor

    found: list[str] = []

    class Plain(Spider):
        name = "plain"
        start_urls = (url,)

        def parse(self, response):  # type: ignore[no-untyped-def]
            for link in LinkExtractor().extract_links(response):
                if LIST.search(link.url):
                    yield response.follow(link, self.parse)
                elif ARTICLE.search(link.url):
                    yield response.follow(link, self.article)

        def article(self, response):  # type: ignore[no-untyped-def]
            found.append(response.url)

    settings: dict[str, object] = {"LOG_ENABLED": False, "ROBOTSTXT_OBEY": True, "TELNETCONSOLE_ENABLED": False}
    settings |= {"CONCURRENT_REQUESTS_PER_DOMAIN": 8, "DOWNLOAD_DELAY": 0}
    if jobdir:
        settings["JOBDIR"] = str(state)
    process = CrawlerProcess(settings)
    process.crawl(Plain)
    process.start()
    return found


def _jobdir(url: str, state: Path) -> list[str]:
    return _scrapy(url, state, jobdir=True)


def _newspaper(url: str, state: Path) -> list[str]:
    # Its memory of articles lies under the temporary folder, which is fixed when it is imported.
    os.environ["TMPDIR"] = str(state)
    import newspaper

    source = newspaper.build(url, language="zh", memorize_articles=True, number_threads=1)
    found = []
    for article in source.articles:
        article.download()
        if ARTICLE.search(article.url.partition("?")[0]) and article.html:
            found.append(article.url)
    return found


PEERS: Mapping[str, Callable[[str, Path], list[str]]] = {
    "scrapy": _scrapy,
    "scrapy-jobdir": _jobdir,
    "newspaper4k": _newspaper,
}


def main() -> None:
    """Run one peer once."""
    name, url, state = sys.argv[1:4]
    Path(state).mkdir(parents=True, exist_ok=True)
    found = PEERS[name](url, Path(state))
    print(json.dumps(sorted({address.partition("?")[0] for address in found})))


if __name__ == "__main__":
    main()
