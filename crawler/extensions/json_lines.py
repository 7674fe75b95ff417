"""JSON lines on standard error (``--log-format json``): progress, log records and complaints, for programs."""

from __future__ import annotations

import datetime as dt
import json
import logging
from typing import Any

from scrapy.settings import BaseSettings

__all__ = ["JsonFormatter", "json_handler", "json_line"]


def json_line(event: str, **values: Any) -> str:
    """One event as a line: event says what it is (progress, ended, log, error, summary), time when it was, in UTC.

    >>> json.loads(json_line("error", message="磁盘已满"))["message"]
    '磁盘已满'
    """
    now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": now, "event": event} | values, ensure_ascii=False, default=str)


class JsonFormatter(logging.Formatter):
    """A log record as one line, a traceback inside it."""

    def format(self, record: logging.LogRecord) -> str:
        """Called by logging."""
        values: dict[str, Any] = {"level": record.levelname, "logger": record.name, "message": record.getMessage()}
        portal = getattr(getattr(record, "spider", None), "name", None)
        if portal is not None:
            values["portal"] = portal
        if record.exc_info:
            values["traceback"] = self.formatException(record.exc_info)
        return json_line("log", **values)


def json_handler(settings: BaseSettings) -> logging.Handler:
    """Where the log goes, on standard error or to LOG_FILE, as JSON lines."""
    name, mode = settings["LOG_FILE"], "a" if settings.getbool("LOG_FILE_APPEND") else "w"
    handler = logging.FileHandler(name, mode, settings["LOG_ENCODING"]) if name else logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    handler.setLevel(settings["LOG_LEVEL"])
    return handler
