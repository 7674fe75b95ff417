"""docs/scheduling.md: the recipes are what they say."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess

import pytest

from crawler.commands.outcome import LATER, REFUSED
from tests.crawling import ROOT, scrapy, settings

PAGE = (ROOT / "docs/scheduling.md").read_text(encoding="utf-8")
UNITS = sorted((ROOT / "docs/systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]


def unit(path):
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


@pytest.fixture(scope="module")
def analyze():
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    return program


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_finds_no_fault_with_the_units(analyze, path, tmp_path):
    """The commands of the units are not here, so they are replaced by one that is."""
    for other in UNITS:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", other.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (tmp_path / other.name.replace("@.", "@szdushi.")).write_text(text, encoding="utf-8")
    name = path.name.replace("@.", "@szdushi.")
    done = subprocess.run(
        [analyze, "verify", "--man=no", tmp_path / name], capture_output=True, text=True, timeout=60, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if "chengwen" in line]
    assert (done.returncode, complaints) == (0, []), done.stderr


def test_the_timer_starts_the_service_of_its_name():
    names = {path.name for path in UNITS}
    timers = [path for path in UNITS if path.suffix == ".timer"]
    assert timers
    assert all(f"{timer.stem}.service" in names for timer in timers)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_services_know_the_exit_statuses(path):
    service = unit(path)["Service"]
    if " cluster " in service["ExecStart"]:
        # Its crawls' statuses are results in the queue.
        assert "SuccessExitStatus" not in service
        return
    good = {int(status) for status in service["SuccessExitStatus"].split()}
    crawls = " crawl " in service["ExecStart"]
    assert good == ({LATER, REFUSED} if crawls else {LATER})
    assert f"| {LATER} |" in PAGE
    assert f"| {REFUSED} |" in PAGE


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_services_run_commands_that_exist(path):
    words = shlex.split(unit(path)["Service"]["ExecStart"])
    assert words[0].endswith(".venv/bin/scrapy")
    done = scrapy(words[1], "--help")
    assert done.status == 0
    assert all(option in done.out for option in words[2:] if option.startswith("--"))


def cron_line():
    (block,) = re.findall(r"```cron\n(.*?)```", PAGE, re.DOTALL)
    (line,) = [line for line in block.splitlines() if not line.startswith("#")]
    return line.split(maxsplit=5)


def test_the_cron_line_has_five_fields_and_a_minute_of_its_own():
    *fields, command = cron_line()
    assert len(fields) == 5
    assert 0 < int(fields[0]) < 60
    assert "%" not in command


@pytest.mark.parametrize(("status", "ends"), [(0, 0), (75, 0), (1, 1)])
def test_the_cron_line_lets_only_failures_be_failures(tmp_path, status, ends):
    command = cron_line()[5].replace("/srv/chengwen", str(tmp_path))
    (tmp_path / "data").mkdir()
    program = tmp_path / ".venv/bin/scrapy"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\necho "$@"\nexit {status}\n')
    program.chmod(0o700)
    assert subprocess.run(["/bin/sh", "-c", command], check=False).returncode == ends
    assert (tmp_path / "data/harvest.log").read_text() == "harvest --all --due\n"


def test_the_command_of_the_page_chooses_among_all_portals(tmp_path):
    """With every shipped portal crawled a moment ago nothing is due, and nothing is asked for."""
    from crawler.corpus import Corpus
    from crawler.portals import names

    corpus = tmp_path / "corpus.db"
    with Corpus.open(corpus) as c:
        for name in names():
            c.end_run(c.begin_run(name, {}).id, "finished", {})
    done = scrapy("harvest", "--all", "--due", *settings(corpus))
    assert done.status == 0, done
    assert "nothing is due before" in done.err
