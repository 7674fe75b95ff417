"""`make screenshots`: the pictures of docs/browse.md, of demo portals' news.  Needs chromium and fonts-noto-cjk."""

from __future__ import annotations

import datetime as dt
import random
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from crawler.corpus import Corpus
from tests.browse_kit import CHROMIUM, DRIVER, Shelf, browsing, chromium, shelf, width
from tests.crawling import ROOT

OUT = ROOT / "docs" / "screenshots"
DESK, PHONE = 1120, 360


def main() -> int:
    if not (CHROMIUM and DRIVER):
        sys.stderr.write("screenshots need chromium: apt-get install chromium chromium-driver fonts-noto-cjk\n")
        return 1
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, shelf(Path(folder), size=240) as stored:
        dress(stored)
        with browsing(stored.path) as url, sketches() as sketch, chromium() as driver:
            illustrate(stored, sketch)
            take(driver, f"{url}/", "front")
            take(driver, f"{url}/search?q=%E5%B8%82%E6%B0%91", "search")
            take(driver, f"{url}/article/{stored.images}", "article", height=1160)
            take(driver, f"{url}/article/{stored.edited}#changes", "diff")
            take(driver, f"{url}/article/{stored.reprint}#reprints", "reprints")
            take(driver, f"{url}/portal/qinghe", "portal", height=1000)
            take(driver, f"{url}/article/{stored.images}", "phone", PHONE, 740)
            take(driver, f"{url}/search?q=%E5%B8%82%E6%B0%91", "phone-search", PHONE, 740)
            dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
            take(driver, f"{url}/portal/qinghe", "dark", height=760)
    return 0


def dress(stored: Shelf) -> None:
    """As after a season of crawling: demo portals print forty articles a day.  The hostile article is for tests."""
    rng = random.Random(7)
    with Corpus.open(stored.path) as corpus:
        detail = corpus.article(stored.hostile)
        assert detail is not None
        corpus.purge(detail.stored.article.url, "not for pictures")
        with corpus._connection.writing() as db:
            db.execute("DELETE FROM portals WHERE name LIKE 'evil%'")
            for number, published in db.execute("SELECT id, published FROM articles").fetchall():
                printed = dt.datetime.fromisoformat(published)
                day = printed - dt.timedelta(days=int(rng.triangular(0, 88, 10)))
                day -= dt.timedelta(days=day.weekday() - 4 if day.weekday() > 4 and rng.random() < 0.6 else 0)
                db.execute("UPDATE articles SET published = ? WHERE id = ?", (day.isoformat(), number))


def illustrate(stored: Shelf, sketch: str) -> None:
    """The demo portals' pictures are no pictures; here is one."""
    with Corpus.open(stored.path) as corpus, corpus._connection.writing() as db:
        url, body = db.execute(
            "SELECT images.url, body_id FROM images JOIN articles ON articles.id = article_id WHERE article_id = ?",
            (stored.images,),
        ).fetchone()
        db.execute("UPDATE bodies SET blocks = replace(blocks, ?, ?) WHERE id = ?", (url, sketch, body))
        db.execute("UPDATE images SET url = ? WHERE article_id = ? AND url = ?", (sketch, stored.images, url))


@contextmanager
def sketches() -> Iterator[str]:
    """The address of a drawing of a town by a river."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "image/svg+xml")
            self.end_headers()
            self.wfile.write(town().encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/town.svg"
        server.shutdown()


def town() -> str:
    rng, houses = random.Random(3), []
    for row, colour in enumerate(("#b9c4c9", "#8fa1a8", "#5f757d")):
        for x in range(-20, 700, 34):
            height = rng.randint(40, 150) - 20 * row
            houses.append(f'<rect x="{x + 9 * row}" y="{250 - height}" width="30" height="{height}" fill="{colour}"/>')
    river = '<rect y="250" width="700" height="70" fill="#a9c3c7"/><circle cx="560" cy="70" r="30" fill="#e9b872"/>'
    size = 'xmlns="http://www.w3.org/2000/svg" width="700" height="320" viewBox="0 0 700 320"'
    return f'<svg {size}><rect width="700" height="320" fill="#e9e4d8"/>{river}{"".join(houses)}</svg>'


def take(driver: Any, url: str, name: str, wide: int = DESK, height: int = 800) -> None:
    width(driver, wide, height)
    driver.get("about:blank")
    driver.get(url)
    file = OUT / f"{name}.png"
    driver.save_screenshot(str(file))
    sys.stdout.write(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1000:.0f} KB\n")


if __name__ == "__main__":
    sys.exit(main())
