"""The documentation says what is so: commands run, settings and links exist, examples load."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from crawler import settings as project_settings
from crawler.corpus import Corpus
from crawler.demo import DemoPortal, Request, serve
from crawler.portals import read
from tests.corpus_kit import article
from tests.crawling import ROOT, scrapy, settings

READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md"))


def blocks(path, language):
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / path).read_text(encoding="utf-8"), re.DOTALL)


def shell_lines():
    """Every command of the two READMEs, once."""
    lines = {line for readme in READMES for block in blocks(readme, "sh") for line in block.splitlines() if line}
    return sorted(lines)


#: All but the one that serves until it is interrupted: tests/test_browse.py runs that.
SCRAPY_LINES = [line for line in shell_lines() if re.match(r"\.venv/bin/scrapy (?!browse$)", line)]


@pytest.fixture(scope="module")
def portal():
    demo = DemoPortal("seed", seed=9, size=60)
    with serve([demo]) as server:
        yield demo, server


@pytest.fixture(scope="module")
def stored(portal, tmp_path_factory):
    """A corpus with the demo portal's stories."""
    path = tmp_path_factory.mktemp("stored") / "corpus.db"
    with Corpus.open(path) as corpus:
        stories = enumerate(portal[0].truth())
        corpus.store([article(n, title=s.title, body=s.body, published=s.published) for n, s in stories])
    return path


@pytest.mark.parametrize("line", SCRAPY_LINES)
def test_readme_commands_run(line, portal, stored, tmp_path):
    """As printed, but with the demo portal in the place of the real ones."""
    demo, server = portal
    story = next(iter(demo.truth()))
    (tmp_path / "szdushi.toml").write_text(f'title = "演示"\nhome = "{server.url}"\nhosts = ["127.0.0.1"]\n', "utf-8")
    line = line.replace("https://www.example.cn/2026/1101/1001.shtml", story.url)
    line = line.replace("https://www.example.cn/", server.url).replace("要闻", demo.sections[0].label)
    line = line.replace("2026-11-01", f"{story.published:%Y-%m-%d}").replace("news.jsonl", str(tmp_path / "news.jsonl"))
    line = (
        line.replace("report.html", str(tmp_path / "report.html"))
        .replace("news.csv", str(tmp_path / "news.csv"))
        .replace(" dataset ", f" {tmp_path / 'dataset'} ")
    )
    arguments = [*shlex.split(line)[1:], *(["--port", "0"] if " demo " in line else [])]
    if arguments[0] in ("crawl", "demo", "list", "harvest"):
        arguments += settings(tmp_path / "corpus.db", f"PORTALS_DIR={tmp_path}")
    if "archive=data/warc" in line:
        archive = tmp_path / "warc"
        scrapy("crawl", "szdushi", "-a", "limit=3", *settings(tmp_path / "first.db", f"PORTALS_DIR={tmp_path}"))
        arguments = [a.replace("data/warc", str(archive)) for a in arguments]
    if arguments[0] in ("search", "export", "portals", "reprints", "report", "archive", "reextract"):
        arguments += ["-s", f"CORPUS={stored}"]
    done = scrapy(*arguments)
    assert done.status == 0, done
    assert done.out
    assert "Traceback" not in done.err


def test_the_picture_of_a_run_is_what_a_run_prints():
    done = subprocess.run(
        [sys.executable, "benchmarks/picture.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_make_targets_of_the_documents_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {t for doc in DOCUMENTS for t in re.findall(r"`?make ([a-z-]+)`?(?=[`\s，。；]|$)", doc.read_text("utf-8"))}
    assert named - {"it", "sure", "the", "a"} <= targets


def test_readme_library_example_runs(tmp_path, monkeypatch):
    demo = DemoPortal("seed", seed=9, size=50)
    story = next(iter(demo.truth()))
    (tmp_path / "page.html").write_bytes(demo.respond(Request(story.path)).body)
    monkeypatch.chdir(tmp_path)
    scope = {}
    for block in blocks("README.md", "python"):
        exec(block, scope)  # the example itself is what is tested
    assert scope["article"].title == story.title


@pytest.mark.parametrize("readme", READMES)
def test_readme_portal_is_a_portal(readme, tmp_path):
    (block,) = blocks(readme, "toml")
    path = tmp_path / "lanjiang.toml"
    path.write_text(block, encoding="utf-8")
    assert len(tomllib.loads(block)["sections"]) == 2
    assert read(path).sections[0].label == "兰江要闻"


def test_every_setting_is_documented():
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    names = {name for name in vars(project_settings) if name.isupper()}
    assert {name for name in names if f"`{name}`" not in text} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_are_finished(document):
    """No line that is one word in capitals, nor one between @@: places that were to be filled in."""
    assert re.findall(r"^(?:[A-Z]{4,}|@@.*@@)$", document.read_text(encoding="utf-8"), re.MULTILINE) == []


def test_every_direct_dependency_has_its_line():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    assert [name for name in (re.split(r"[<>=\[]", w)[0] for w in wanted) if name not in text] == []


def test_every_command_explains_itself_with_an_example():
    own = sorted(p.stem for p in (ROOT / "crawler/commands").glob("*.py") if "class Command" in p.read_text("utf-8"))
    assert own
    for name in own:
        done = scrapy(name, "--help")
        assert done.status == 0
        assert re.search(r"Examples?:", done.out), name
        assert max(map(len, done.out.splitlines())) <= 80


def test_files_stay_short_or_say_why():
    """A file over 400 lines needs a reason, given in the file as "Long because"."""
    long = [p for room in ("crawler", "pipelines", "benchmarks") for p in (ROOT / room).rglob("*.py")]
    long = [p for p in long if p.read_text("utf-8").count("\n") > 400 and "Long because" not in p.read_text("utf-8")]
    assert not long


def test_our_own_packages_are_imported():
    import crawler
    import pipelines

    assert Path(crawler.__file__).is_relative_to(ROOT)
    assert Path(pipelines.__file__).is_relative_to(ROOT)
