"""Tells a webhook or a mailbox that a portal's verdict has changed.  In a thread: a slow server holds up no crawl."""

from __future__ import annotations

import dataclasses
import json
import logging
import smtplib
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial

from scrapy.settings import BaseSettings

from crawler.corpus import Alarm, Judgement

__all__ = ["Hooks", "hooks_of", "tell"]

logger = logging.getLogger(__name__)

#: Seconds that a hook's server has for its answer: the process waits so long at its end, and no longer.
PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Hooks:
    """Where to tell it.  webhook: address or empty; mail: recipients; the rest as Scrapy's MAIL_* settings."""

    webhook: str = ""
    mail: tuple[str, ...] = ()
    sender: str = ""
    host: str = "localhost"
    port: int = 25
    user: str | None = None
    password: str | None = None
    tls: bool = False
    ssl: bool = False


def hooks_of(settings: BaseSettings) -> Hooks:
    """HEALTH_WEBHOOK, HEALTH_MAIL, and Scrapy's MAIL_* settings."""
    return Hooks(
        webhook=settings.get("HEALTH_WEBHOOK") or "",
        mail=tuple(address for address in settings.getlist("HEALTH_MAIL") if address),
        sender=settings.get("MAIL_FROM") or "",
        host=settings.get("MAIL_HOST") or "localhost",
        port=settings.getint("MAIL_PORT", 25),
        user=settings.get("MAIL_USER"),
        password=settings.get("MAIL_PASS"),
        tls=settings.getbool("MAIL_TLS"),
        ssl=settings.getbool("MAIL_SSL"),
    )


def tell(hooks: Hooks, judgement: Judgement) -> None:
    """Hand a changed verdict on.  What fails is a line in the log."""
    if hooks.webhook:
        _in_thread("HEALTH_WEBHOOK", hooks.webhook, partial(_post, hooks.webhook, judgement))
    if hooks.mail:
        _in_thread("HEALTH_MAIL", ", ".join(hooks.mail), partial(_mail, hooks, judgement))


def _in_thread(setting: str, target: str, act: Callable[[], None]) -> None:
    def run() -> None:
        try:
            act()
        except (OSError, ValueError, smtplib.SMTPException) as error:
            # urllib's errors are OSErrors; a wrong address is a ValueError.
            logger.error("%s=%s: could not be told: %s", setting, target, error)

    # No daemon: the process ends when it is told.
    threading.Thread(target=run, name=setting).start()


def _post(url: str, judgement: Judgement) -> None:
    body = {
        "portal": judgement.portal,
        "verdict": judgement.verdict,
        "before": judgement.before,
        "text": _subject(judgement),
        "raised": [_as_dict(alarm) for alarm in judgement.raised],
        "ended": [_as_dict(alarm) for alarm in judgement.ended],
    }
    if not url.startswith(("http://", "https://")):
        raise ValueError("not a web address")
    data = json.dumps(body, ensure_ascii=False, default=str).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        answer.read()


def _as_dict(alarm: Alarm) -> dict[str, object]:
    return dataclasses.asdict(alarm)


def _subject(judgement: Judgement) -> str:
    return judgement.line or f"{judgement.portal}: {judgement.verdict} again, was {judgement.before}"


def _mail(hooks: Hooks, judgement: Judgement) -> None:
    message = EmailMessage()
    message["Subject"] = f"[chengwen] {judgement.portal}: {judgement.verdict}"
    message["From"] = hooks.sender
    message["To"] = ", ".join(hooks.mail)
    message.set_content(_text(judgement))
    connect = smtplib.SMTP_SSL if hooks.ssl else smtplib.SMTP
    with connect(hooks.host, hooks.port, timeout=PATIENCE) as server:
        if hooks.tls:
            server.starttls()
        if hooks.user:
            server.login(hooks.user, hooks.password or "")
        server.send_message(message)


def _text(judgement: Judgement) -> str:
    lines = [_subject(judgement), ""]
    for title, alarms in (("What changed:", judgement.raised), ("What is over:", judgement.ended)):
        if alarms:
            lines.append(title)
            for alarm in alarms:
                lines += [f"- {alarm.words}", *(f"    {url}" for url in alarm.examples)]
                lines += [] if alarm.ended_at else [f"  To do: {alarm.advice}"]
            lines.append("")
    return "\n".join([*lines, f"scrapy portals {judgement.portal} tells more."]) + "\n"
