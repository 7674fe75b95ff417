"""health.json, the Prometheus textfile, webhook and mail, read by other programs and by servers on loopback."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import http.server
import json
import logging
import socket
import threading

import pytest
from aiosmtpd.controller import Controller
from prometheus_client.parser import text_string_to_metric_families
from scrapy.settings import Settings

from crawler.corpus import Alarm, Completeness, Corpus, Judgement, PortalHealth, Usual
from crawler.extensions.health_files import as_json, as_metrics, write_files
from crawler.extensions.health_hooks import hooks_of, tell

NOW = dt.datetime(2026, 11, 2, 6, 0, tzinfo=dt.UTC)
NASTY = '要闻 "快讯"\\民生\n滚动'
ALARM = Alarm(
    "missing_source",
    NASTY,
    "watch",
    NOW,
    NOW,
    None,
    None,
    29,
    31,
    0.03,
    "要闻: no source on 29 of 31 articles",
    "scrapy preview URL",
    ("http://www.example.cn/1.html",),
)
HEALTH = PortalHealth(
    "szdushi", "watch", 7, NOW, Usual(60.0, 1440, 1.0, 80.5, 9.0, {"source": 0.03}), None, (ALARM,), ()
)
COMPLETE = Completeness(NOW, 200, 100, 50, 250, 240, 397.0, 339.0, 487.0)
BROKEN = Judgement("szdushi", "broken", "ok", "szdushi: broken: no source on 29 of 31 articles", (ALARM,), ())


def samples(text):
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_prometheus_reads_what_is_written():
    found = samples(as_metrics([(HEALTH, COMPLETE)]))
    assert found["chengwen_portal_verdict", (("portal", "szdushi"), ("verdict", "watch"))] == 1
    assert found["chengwen_portal_verdict", (("portal", "szdushi"), ("verdict", "ok"))] == 0
    assert found["chengwen_portal_stored_ratio", (("portal", "szdushi"),)] == pytest.approx(240 / 397)
    assert found["chengwen_portal_judged_timestamp_seconds", (("portal", "szdushi"),)] == NOW.timestamp()


def test_labels_of_any_text_come_through():
    alarms = [dict(labels) for name, labels in samples(as_metrics([(HEALTH, None)])) if name.endswith("_alarm")]
    assert [labels["section"] for labels in alarms] == [NASTY]


def test_every_line_ends_and_no_metric_is_there_twice():
    text = as_metrics([(HEALTH, COMPLETE), (HEALTH, None)])
    assert text.endswith("\n")
    types = [line for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(types) == len(set(types))


def test_json_has_everything():
    told = json.loads(as_json([(HEALTH, COMPLETE)]))
    assert told["verdict"] == "watch"
    portal = told["portals"]["szdushi"]
    assert portal["alarms"][0]["examples"] == ["http://www.example.cn/1.html"]
    assert portal["completeness"]["published"] == 397.0


def test_an_empty_corpus_is_well(tmp_path):
    with Corpus.open(tmp_path / "corpus.db") as corpus:
        write_files(corpus, str(tmp_path / "health.json"), str(tmp_path / "textfile/chengwen.prom"))
    assert json.loads((tmp_path / "health.json").read_text("utf-8")) == {"verdict": "ok", "portals": {}}
    assert samples((tmp_path / "textfile/chengwen.prom").read_text("utf-8")) == {}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["corpus.db", "health.json", "textfile"]


def test_a_file_that_cannot_be_written_is_one_line(tmp_path, caplog):
    (tmp_path / "health.json").mkdir()
    with Corpus.open(tmp_path / "corpus.db") as corpus:
        write_files(corpus, str(tmp_path / "health.json"), None)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert f"HEALTH_JSON={tmp_path / 'health.json'}" in caplog.text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["corpus.db", "health.json"]


class Hook(http.server.ThreadingHTTPServer):
    """Keeps what it is told; status: its answer."""

    def __init__(self, status=200):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.told = status, []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def hook():
    with Hook() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def told(settings, judgement=BROKEN):
    """Tell, and wait for the threads that do."""
    before = set(threading.enumerate())
    tell(hooks_of(Settings(settings)), judgement)
    for thread in set(threading.enumerate()) - before:
        if thread.name.startswith("HEALTH_"):
            thread.join(20)


def test_a_webhook_is_told(hook):
    told({"HEALTH_WEBHOOK": hook.url})
    ((kind, body),) = hook.told
    assert kind == "application/json"
    assert (body["portal"], body["verdict"], body["before"]) == ("szdushi", "broken", "ok")
    assert body["text"] == BROKEN.line
    assert body["raised"][0]["examples"] == ["http://www.example.cn/1.html"]


@pytest.mark.parametrize("status", [404, 500])
def test_a_webhook_that_refuses_is_one_line(hook, caplog, status):
    hook.status = status
    told({"HEALTH_WEBHOOK": hook.url})
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert str(status) in caplog.text


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "ftp://127.0.0.1/", "nonsense", "http://[broken/"])
def test_a_wrong_webhook_is_one_line(caplog, url):
    told({"HEALTH_WEBHOOK": url})
    (record,) = caplog.records
    assert f"HEALTH_WEBHOOK={url}" in record.getMessage()
    assert record.exc_info is None


class Mailbox:
    """Keeps what comes."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.messages.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox():
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


def test_a_mailbox_is_told(mailbox):
    settings = {"HEALTH_MAIL": ["desk@example.cn"], "MAIL_HOST": "127.0.0.1", "MAIL_PORT": mailbox.port}
    told(settings | {"MAIL_FROM": "crawler@example.cn"})
    (envelope,) = mailbox.messages
    assert envelope.rcpt_tos == ["desk@example.cn"]
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert message["Subject"] == "[chengwen] szdushi: broken"
    text = message.get_content()
    assert "要闻: no source on 29 of 31 articles" in text
    assert "http://www.example.cn/1.html" in text
    assert "To do: scrapy preview URL" in text


def test_a_mail_server_that_is_not_there_is_one_line(caplog):
    told({"HEALTH_MAIL": "desk@example.cn", "MAIL_HOST": "127.0.0.1", "MAIL_PORT": 9})
    (record,) = caplog.records
    assert "HEALTH_MAIL=desk@example.cn" in record.getMessage()


def test_nobody_is_told_without_settings(caplog):
    told({})
    assert not caplog.records
