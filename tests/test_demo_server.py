"""The demo server as its clients meet it: addresses, conditional requests, commands, the access log."""

from __future__ import annotations

import errno
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from twisted.internet.error import CannotListenError

from crawler.demo import DemoPortal, DemoServer, serve
from crawler.demo.server import DemoSite, listen

ROOT = Path(__file__).resolve().parents[1]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def ask(authority: str, target: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
    """One request; the target may be a whole address, as to a proxy."""
    connection = http.client.HTTPConnection(authority, timeout=30)
    try:
        connection.request(method, target, body, {k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, response.read())
    finally:
        connection.close()


def fetch(url: str, **headers: str) -> Answer:
    parts = urlsplit(url)
    return ask(parts.netloc, f"{parts.path}?{parts.query}".rstrip("?"), **headers)


@pytest.fixture(scope="module")
def server():
    portals = [DemoPortal("seed", size=60), DemoPortal("dede", size=60), DemoPortal("jcms", size=300)]
    with serve(portals) as running:
        yield running


class Own(NamedTuple):
    """A portal of one test's own, on a server that all share: to start one takes half a second."""

    server: DemoServer
    portal: DemoPortal

    @property
    def url(self) -> str:
        return self.portal.home

    def command(self, name: str, **arguments: Any) -> Any:
        return self.server.command(name, self.portal, **arguments)

    def log(self) -> list[dict[str, Any]]:
        return self.server.log(urlsplit(self.url).netloc)


@pytest.fixture(scope="module")
def shared():
    with serve([DemoPortal("seed", size=60) for _ in range(40)]) as running:
        yield running, iter(running.portals)


@pytest.fixture
def own(shared):
    running, fresh = shared
    return Own(running, next(fresh))


def test_every_portal_has_an_address_and_the_first_is_127_0_0_1(server):
    hosts = [urlsplit(url).hostname for url in server.urls]
    assert hosts == ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
    assert len({urlsplit(url).port for url in server.urls}) == 1


def test_pages_are_those_of_the_portal(server):
    portal = server.portals[0]
    story = portal.story(44)
    assert story.url.startswith(server.url)
    assert story.blocks[0].text in fetch(story.url).body.decode()


def test_links_lead_to_the_address_that_was_asked(server):
    assert f'href="{server.url}"' in fetch(server.url).body.decode()


def test_proxy_requests_are_answered_by_name(server):
    authority = urlsplit(server.proxy).netloc
    text = ask(authority, "http://www.qingyuan-demo.test/").body.decode("gb18030")
    assert "青原信息港" in text
    assert 'href="http://www.qinghe-demo.test/"' in ask(authority, "http://www.qinghe-demo.test/").body.decode()


def test_mobile_host_is_a_twin(server):
    authority = urlsplit(server.proxy).netloc
    path = server.portals[0].story(44).path
    text = ask(authority, f"http://m.qinghe-demo.test{path}").body.decode()
    assert server.portals[0].story(44).blocks[0].text in text


def test_unknown_names_are_a_bad_gateway(server):
    assert ask(urlsplit(server.proxy).netloc, "http://www.nowhere.test/").status == 502


def test_connect_is_refused(server):
    assert ask(urlsplit(server.proxy).netloc, "www.qinghe-demo.test:443", "CONNECT").status == 501


def test_with_proxy_the_portals_keep_their_names():
    portal = DemoPortal("seed", size=50)
    with serve([portal], proxy=True) as running:
        assert running.url == "http://www.qinghe-demo.test/"
        assert portal.story(1).url.startswith(running.url)
        assert running.proxy.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("portal", "content_type"), [(0, "text/html; charset=utf-8"), (1, "text/html; charset=gb2312")]
)
def test_header_says_the_charset(server, portal, content_type):
    assert fetch(server.urls[portal]).headers["content-type"] == content_type


def test_unchanged_page_is_304_by_etag_and_by_date(server):
    url = server.portals[0].story(30).url
    first = fetch(url)
    for header in ({"If_None_Match": first.headers["etag"]}, {"If_Modified_Since": first.headers["last-modified"]}):
        again = fetch(url, **header)
        assert (again.status, again.body) == (304, b"")


def test_etag_decides_before_the_date(server):
    url = server.portals[0].story(30).url
    date = fetch(url).headers["last-modified"]
    assert fetch(url, If_None_Match='"other"', If_Modified_Since=date).status == 200


def test_unreadable_date_is_ignored(server):
    assert fetch(server.portals[0].story(30).url, If_Modified_Since="yesterday").status == 200


def test_edited_page_is_sent_again(own):
    story = own.portal.story(30)
    first = fetch(story.url)
    own.command("edit", number=30)
    again = fetch(story.url, If_None_Match=first.headers["etag"], If_Modified_Since=first.headers["last-modified"])
    assert again.status == 200
    assert own.portal.story(30).blocks[-1].text in again.body.decode()


def test_head_has_no_body(server):
    parts = urlsplit(server.url)
    answer = ask(parts.netloc, "/", "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 1000


def test_post_reaches_the_portal(server):
    parts = urlsplit(server.urls[2])
    target = "/module/web/jpage/dataproxy.jsp?startrecord=46&endrecord=60&perpage=15"
    answer = ask(parts.netloc, target, "POST", "col=1&columnid=101&unitid=3388")
    assert answer.body.count(b"<record>") == 15


def test_added_stories_appear_and_the_truth_follows(own):
    portal = own.portal
    assert own.command("add", count=2) == [61, 62]
    story = next(portal.truth())
    assert story.number == 62
    assert story.title in fetch(story.url).body.decode()


@pytest.mark.parametrize(("soft", "status"), [(False, 404), (True, 200)])
def test_removed_stories_are_gone(own, soft, status):
    url = own.portal.story(30).url
    own.command("remove", number=30, soft=soft)
    assert fetch(url).status == status


def test_pinned_story_comes_first(own):
    portal = own.portal
    number = portal.catalog.order(1)[-1]
    own.command("pin", number=number)
    text = fetch(f"{own.url}yule/").body.decode()
    assert text.index("置顶") < text.index(portal.story(number).title) < text.index("</li>", text.index("置顶"))


@pytest.mark.parametrize(
    ("mode", "status", "content"),
    [
        ("allow", 200, b"Disallow: /admin/"),
        ("missing", 404, b""),
        ("html", 200, b"<!DOCTYPE html>"),
        ("error", 503, b""),
        ("forbid", 200, b"Disallow: /\n"),
        ("delay:2", 200, b"Crawl-delay: 2"),
    ],
)
def test_robots_in_all_states(own, mode, status, content):
    own.command("robots", mode=mode)
    answer = fetch(f"{own.url}robots.txt")
    assert answer.status == status
    assert content in answer.body


@pytest.mark.parametrize("status", [521, 412, 403, 429, 202])
def test_blocks_begin_and_end(own, status):
    own.command("block", status=status, after=1, count=2)
    assert [fetch(own.url).status for _ in range(4)] == [200, status, status, 200]


def test_unblock_ends_a_block(own):
    own.command("block")
    assert fetch(own.url).status == 521
    own.command("unblock")
    assert fetch(own.url).status == 200


def test_one_path_fails_so_many_times(own):
    own.command("fail", path="/yule/", status=500, times=2)
    assert [fetch(f"{own.url}yule/").status for _ in range(3)] == [500, 500, 200]
    assert fetch(f"{own.url}tiyu/").status == 200


@pytest.mark.parametrize(
    ("command", "arguments", "message"),
    [
        ("launch", {}, "no command 'launch'; there are add, edit"),
        ("robots", {"mode": "maybe"}, "robots mode 'maybe': one of allow"),
        ("block", {"status": 418}, "status 418: one of"),
        ("add", {"number": 3}, "unexpected keyword"),
    ],
)
def test_wrong_commands_are_refused_in_words(server, command, arguments, message):
    with pytest.raises(ValueError, match=message):
        server.command(command, **arguments)


def test_commands_need_the_token(server):
    assert ask(urlsplit(server.url).netloc, "/-/guess", "POST", '{"command": "add"}').status == 404


def test_log_says_what_was_asked(own):
    fetch(f"{own.url}yule/?page=2", User_Agent="tester/1")
    fetch(f"{own.url}nowhere/")
    first, second = own.log()
    assert (first["method"], first["path"], first["status"], first["agent"]) == (
        "GET",
        "/yule/?page=2",
        200,
        "tester/1",
    )
    assert first["host"] == urlsplit(own.url).netloc
    assert first["bytes"] > 1000
    assert (second["path"], second["status"]) == ("/nowhere/", 404)
    assert second["time"] >= first["time"]


def test_log_knows_304_and_no_commands(own):
    etag = fetch(own.url).headers["etag"]
    fetch(own.url, If_None_Match=etag)
    own.command("add")
    assert [(line["status"], line["bytes"] > 0) for line in own.log()] == [(200, True), (304, False)]


def test_log_by_host(server):
    fetch(server.url)
    ask(urlsplit(server.proxy).netloc, "http://www.nanpu-demo.test/")
    assert {line["host"] for line in server.log("www.nanpu-demo.test")} == {"www.nanpu-demo.test"}


def test_log_counts_requests_at_the_same_time():
    with serve([DemoPortal("seed", size=50)], delay=0.3) as running:
        threads = [threading.Thread(target=fetch, args=(running.url,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        running.command("delay", seconds=0)
        fetch(running.url)
        active = [line["active"] for line in running.log()]
    assert max(active) > 1
    assert active[-1] == 1


def test_a_client_that_hangs_up_does_no_harm():
    with serve([DemoPortal("seed", size=50)], delay=0.2) as running:
        parts = urlsplit(running.url)
        with socket.create_connection((parts.hostname, parts.port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        running.command("delay", seconds=0.4)
        assert fetch(running.url).status == 200
        assert len(running.log()) == 2


def test_log_file_stays_where_it_was_asked_for(tmp_path):
    path = tmp_path / "access.jsonl"
    with serve([DemoPortal("seed", size=50)], log=path) as running:
        fetch(running.url)
    assert json.loads(path.read_text().splitlines()[0])["path"] == "/"


def test_close_ends_the_process_and_may_be_called_twice():
    running = serve([DemoPortal("seed", size=50)])
    running.close()
    running.close()
    with pytest.raises(OSError, match="refused"):
        fetch(running.url)


def test_changed_portals_are_not_served_afresh():
    portal = DemoPortal("seed", size=50)
    portal.add()
    with pytest.raises(ValueError, match="serve a portal first"):
        serve([portal])


def test_listens_on_loopback_only(server):
    port = urlsplit(server.url).port
    table = Path("/proc/net/tcp")
    if not table.exists():
        pytest.skip("no /proc/net/tcp on this system")
    rows = [line.split() for line in table.read_text().splitlines()[1:]]
    listening = {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}
    assert listening == {"0100007F", "0200007F", "0300007F"}


def test_command_line_says_the_address_and_ends_on_interrupt():
    command = [sys.executable, "-m", "crawler.demo", "--family", "trs", "--size", "50"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url, _, rest = process.stdout.readline().partition(" ")
        assert "临江在线 (trs, 50 articles)" in rest
        assert fetch(url).status == 200
        os.kill(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert json.loads(errors.splitlines()[0])["path"] == "/"


def test_a_taken_port_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "crawler.demo", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "port" in done.stderr


class OneAddress:
    """A reactor of a system whose loopback is 127.0.0.1 alone."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def listenTCP(self, port, factory, interface):  # noqa: N802 - Twisted's name
        self.asked.append((interface, port))
        if interface != "127.0.0.1":
            raise CannotListenError(interface, port, OSError(errno.EADDRNOTAVAIL, "no such address"))
        return FakePort(interface, port or 8800 + len(self.asked))


class FakePort(NamedTuple):
    host: str
    port: int

    def getHost(self):  # noqa: N802 - Twisted's name
        return self


def test_without_further_loopback_addresses_portals_get_ports(tmp_path):
    portals = [DemoPortal("seed", size=50), DemoPortal("trs", size=50)]
    with (tmp_path / "log").open("w") as log:
        site = DemoSite(portals, OneAddress(), log=log)
        assert listen(site) == ["127.0.0.1:8801", "127.0.0.1:8803"]


def test_importing_the_server_installs_no_reactor():
    code = "import sys, crawler.demo.server; sys.exit('twisted.internet.reactor' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_help_has_an_example():
    done = subprocess.run(
        [sys.executable, "-m", "crawler.demo", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "python -m crawler.demo --family seed" in done.stdout
