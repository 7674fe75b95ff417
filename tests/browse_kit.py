"""A corpus to browse, the command that serves it, and a headless Chromium that reads it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.corpus import Corpus
from crawler.demo import DemoPortal, serve
from crawler.demo.story import Story
from crawler.items import Article, Block, Cut, Evidence, Image
from tests.corpus_kit import article
from tests.crawling import ROOT, command, crawl_url, environment

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
needs_chromium = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no chromium and chromedriver here")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)

#: Every field that a portal prints, each trying to be more than text.
EVIL = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">{{7*7}}"\'><b>'


def hostile(number: int = 900) -> Article:
    return article(
        number,
        url="javascript:alert(document.title='owned')//x.html",
        canonical_url="data:text/html,<script>alert(1)</script>",
        portal="evil<b>portal",
        section=f"栏目{EVIL}",
        title=f"标题{EVIL}",
        subtitle=f"副题{EVIL}",
        source=f"来源{EVIL}",
        reporters=[f"记者{EVIL}"],
        published_text=f"二〇二二年{EVIL}",
        body=f"敌意正文{EVIL}\n第二段",
        blocks=[
            Block("paragraph", f"敌意正文{EVIL}"),
            Block("image", url="javascript:alert(1)"),
            Block("caption", f"图说{EVIL}"),
            Block("heading", EVIL),
            Block("list", f"一{EVIL}\n二"),
            Block("table", f"甲{EVIL}\t乙\n丙\t丁"),
            Block("paragraph", "第二段"),
        ],
        images=[Image("javascript:alert(1)", EVIL), Image("data:image/svg+xml,<svg onload=alert(1)>", EVIL)],
        keywords=[EVIL],
        breadcrumb=[EVIL],
        evidence={EVIL: Evidence(EVIL, 0.5, EVIL)},
        cuts=[Cut(EVIL, EVIL)],
        part_urls=["javascript:alert(2)"],
        link_url="vbscript:x",
        template=EVIL,
    )


@dataclass(frozen=True)
class Shelf:
    """A corpus file, and the numbers of articles in it that tests want to see."""

    path: Path
    images: int
    edited: int
    reprint: int
    hostile: int


@contextmanager
def shelf(folder: Path, size: int = 60) -> Iterator[Shelf]:
    """A crawled demo portal, which stays on line, and a second one; an edited article, a cluster and a hostile one."""
    path = folder / "corpus.db"
    demos = [DemoPortal("seed", seed=9, size=size), DemoPortal("trs", seed=4, size=size)]
    with serve(demos) as server:
        done = crawl_url(server.url, path, name="qinghe")
        assert done.status == 0, done
        with Corpus.open(path) as corpus:
            corpus.store([told(story) for story in demos[1].truth()])
            corpus.index()
            yield fill(corpus)


def told(story: Story) -> Article:
    """A story as a crawl would have read it."""
    return article(
        0, url=story.url, portal="trs", title=story.title, published=story.published, source=story.source,
        body=story.body, blocks=story.blocks, images=story.images, section="首页",
    )  # fmt: skip


def fill(corpus: Corpus) -> Shelf:
    found = list(corpus.articles())
    numbers = {a.url: stored.id for a in found if (stored := corpus.find(a.url))}
    pictured = next(a for a in found if a.portal == "qinghe" and any(b.kind == "image" for b in a.blocks))
    edited = next(a for a in found if a.portal == "qinghe" and a is not pictured and len(a.blocks) > 4 and a.evidence)
    edit(corpus, edited)
    first = next(a for a in found if a.portal == "trs" and not a.duplicate_of)
    others = [a for a in found if a.portal == "qinghe" and not a.duplicate_of and a not in (pictured, edited)][:3]
    gather(corpus, numbers[first.url], [numbers[a.url] for a in others])
    evil = corpus.store([hostile()])[0].id
    name_portals(corpus)
    return Shelf(Path(corpus.address), numbers[pictured.url], numbers[edited.url], numbers[others[0].url], evil)


def edit(corpus: Corpus, was: Article) -> None:
    """The portal corrects a headline and two sentences."""
    blocks = [Block(b.kind, b.text, b.url) for b in was.blocks]
    lines = [b for b in blocks if b.kind == "paragraph"]
    lines[0].text += "记者随后从主管部门获悉，相关安排以最新通知为准。"
    lines[-1].text = "（更正：此前稿件中的数字有误，现已改正。）"
    body = "\n".join(b.text for b in blocks if b.kind in ("paragraph", "heading", "table", "list"))
    changed = article(
        0, url=was.url, portal=was.portal, title=f"{was.title}（更新）", published=was.published, source=was.source,
        body=body, blocks=blocks, section=was.section, evidence=was.evidence, confidence=was.confidence,
        cuts=was.cuts, fetched_at=dt.datetime.now(dt.UTC), breadcrumb=was.breadcrumb,
    )  # fmt: skip
    assert corpus.store([changed])[0].revised


def gather(corpus: Corpus, first: int, others: list[int]) -> None:
    kinds = (("reprint", 0.94, 0.99, "source"), ("abridged", 0.48, 1.0, "time"), ("revised", 0.71, 0.83, "order"))
    with corpus._connection.writing() as db:
        for number in (first, *others):
            db.execute("INSERT OR REPLACE INTO clusters VALUES (?, ?)", (number, first))
        for number, (kind, alike, within, by) in zip(others, kinds, strict=True):
            db.execute(
                "INSERT OR REPLACE INTO reprints VALUES (?, ?, ?, ?, ?, ?)", (number, first, kind, alike, within, by)
            )


def name_portals(corpus: Corpus) -> None:
    with corpus._connection.writing() as db:
        for name, title, city in (("qinghe", "清河都市网", "清河"), ("trs", "云台新闻网", "云台")):
            db.execute("UPDATE portals SET title = ?, city = ?, province = '江东' WHERE name = ?", (title, city, name))


# --- Serving and asking ----------------------------------------------------------------------------------------------


@contextmanager
def browsing(corpus: Path, *options: str) -> Iterator[str]:
    """`scrapy browse` on a free port; its address without the last slash.  Ends with Ctrl-C, and cleanly."""
    arguments = command("browse", "--port", "0", "--no-open", "-s", f"CORPUS={corpus}", *options)
    with subprocess.Popen(
        arguments, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if " at http" not in line:
                process.kill()
                raise AssertionError(process.communicate())
            yield line.split(" at ")[1].split()[0].rstrip("/")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
            assert (process.returncode, out, err) == (0, "", ""), err
        finally:
            if process.poll() is None:
                process.kill()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


def ask(url: str, **headers: str) -> Answer:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as response:
            return Answer(response.status, _lower(response.headers), response.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, _lower(error.headers), error.read().decode())


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless browser of its own, without a network but loopback's."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    quiet = webdriver.ChromeService(DRIVER, env={**os.environ, **environment(), "SE_AVOID_STATS": "true"})
    driver = webdriver.Chrome(options=options, service=quiet)
    try:
        yield driver
    finally:
        driver.quit()


def width(driver: Any, pixels: int, height: int = 900) -> None:
    """The size of the window, as a phone or a desk has it."""
    size = {"width": pixels, "height": height, "deviceScaleFactor": 1, "mobile": pixels < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def complaints(driver: Any) -> list[str]:
    """What the console said since it was last asked."""
    return [entry["message"] for entry in driver.get_log("browser")]
