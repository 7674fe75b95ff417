"""HTTP messages as they went over the wire: where the headers end, and which of them no archive may keep."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import IO

__all__ = ["DROPPED", "Exchange", "Head", "without_credentials"]

#: Headers that identify a person or open a door; they are cut out of what is archived, in both directions.
DROPPED = (
    "Authorization", "Cookie", "Cookie2", "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization",
    "Set-Cookie", "Set-Cookie2",
)  # fmt: skip
#: A header with the lines by which it may be continued (RFC 9112 §5.2).
_SECRET = re.compile(
    rb"^(?:" + "|".join(DROPPED).encode() + rb")[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE
)
_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s@]*@")
_CREDENTIALS_IN_BYTES = re.compile(rb"(?<=://)[^/?#\s@]*@")
#: Servers that end lines with LF alone are read as browsers read them.
_END = re.compile(rb"\n\r?\n")
_STATUS = re.compile(rb"\S+[ \t]+(\d{3})")
_TYPE = re.compile(rb"^Content-Type[ \t]*:[ \t]*([^\s;]+)", re.IGNORECASE | re.MULTILINE)
#: Bytes in which a head has to end; Twisted gives up on lines of 16 kB, and no server sends fifty of them.
_LONGEST = 1024 * 1024


def without_credentials(url: str) -> str:
    """The address without a user's name and password.

    >>> without_credentials("http://anna:geheim@www.example.cn/a@b")
    'http://www.example.cn/a@b'
    """
    return _CREDENTIALS.sub("", url, count=1)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the body.

    raw: status line and headers as sent, the empty line included, without what DROPPED names.  body_at: where in what
    was received the body begins.  content_type: in lower case without parameters, None where none was sent.
    """

    raw: bytes
    body_at: int
    status: int
    content_type: str | None


@dataclass(slots=True)
class Exchange:
    """One request and its answer.

    url: asked for.  at: when the request was sent, aware.  sent: the request's bytes.  received: the answer's, as they
    came, open for reading.  ip: of the server, None: not known, or a proxy's.  about: what the request was for, as JSON
    in ASCII, None: no part of the walk.
    """

    url: str
    at: dt.datetime
    sent: bytes
    received: IO[bytes]
    ip: str | None = None
    about: str | None = None

    def request(self) -> bytes:
        """The request without what DROPPED names; a body follows its headers untouched."""
        end = _END.search(self.sent)
        at = end.end() if end else len(self.sent)
        return _CREDENTIALS_IN_BYTES.sub(b"", _SECRET.sub(b"", self.sent[:at])) + self.sent[at:]

    def head(self) -> Head:
        """The answer's head.  ValueError where there is none."""
        self.received.seek(0)
        data, at = self.received.read(_LONGEST), 0
        while True:
            end, status = _END.search(data, at), _STATUS.match(data, at)
            if end is None or status is None:
                raise ValueError("no HTTP answer")
            if not status[1].startswith(b"1"):
                break
            # 103 and its like announce the answer.
            at = end.end()
        raw = data[at : end.end()]
        kind = _TYPE.search(raw)
        told = kind[1].decode("latin-1").lower() if kind else None
        return Head(_SECRET.sub(b"", raw), end.end(), int(status[1]), told)
