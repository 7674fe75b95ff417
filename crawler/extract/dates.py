"""Dates as Chinese portals print them, and as they hide in addresses: text or URL → aware datetime, or None.

Nothing is ever printed with a zone, so all times are China's (DOMAIN.md §3).  What was printed is kept verbatim beside
the parsed time, because "2022-11-13" and "2022-11-13 00:00" are not the same claim.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from crawler.items import CST

__all__ = ["Precision", "Stamp", "find_dates", "parse_date", "url_date"]

Precision = Literal["day", "minute", "second"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """One date found in a text.

    when: aware, Asia/Shanghai; text: verbatim; precision: what is printed (a day is given as its midnight);
    start, end: where it stands in the text that was searched; dated: False where year or day had to be inferred
    (`11-13`, `昨天 12:30`).
    """

    when: dt.datetime
    text: str
    precision: Precision
    start: int = 0
    end: int = 0
    dated: bool = True


#: Full-width digits and the many dashes, colons and blanks of Chinese typesetting, one character for one, so that
#: positions stay valid in the verbatim text.
_WIDTH = str.maketrans(
    "".join(chr(0xFF10 + digit) for digit in range(10)) + "：／\uff0e－—–―\u2212\u2010\u2011　\xa0\t\r\n",
    "0123456789:/.-------     ",
)
#: The forms of DOMAIN.md §3, each with year, month and day.  "2024 05/20" is how Xinhua's templates set it.
_FULL = re.compile(
    r"""(?<![\d.])(?:
        (?P<y1>(?:19|20)\d\d)\ ?(?:
            (?P<s1>[-/.])-?\ ?(?P<m1>\d{1,2})\ ?(?P=s1)-?\ ?(?P<d1>[0-3]\d(?=\d\d:)|[0-3]?\d(?!\d))
          | 年\ ?(?P<m2>\d{1,2})\ ?月\ ?(?P<d2>\d{1,2})(?:\ ?[日号]|(?!\d)))
      | (?P<y3>20\d\d)\ {1,4}(?P<m3>\d{1,2})\ ?/\ ?(?P<d3>\d{1,2})(?!\d)
      | (?P<y4>20\d\d)(?P<m4>0[1-9]|1[0-2])(?P<d4>0[1-9]|[12]\d|3[01])(?!\d)
      | (?P<y5>\d\d)(?P<s5>[-/年])(?P<m5>\d{1,2})[-/月](?P<d5>[0-3]\d(?=\d\d:)|\d{1,2}(?!\d))日?(?![/-])
      | (?P<mon>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?
        \ (?P<d6>\d{1,2})(?:st|nd|rd|th)?,\ ?(?P<y6>20\d\d)
    )""",
    re.VERBOSE,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Without a year: 11月13日, 11-13, 11/13, where nothing around makes it a score, a range or a part of a number.
_SHORT = re.compile(
    r"(?<![\d./:年-])(?:(?P<m1>\d{1,2})\ ?月\ ?(?P<d1>\d{1,2})\ ?[日号]|(?P<m2>[01]\d)[-/](?P<d2>[0-3]\d)(?![\d./%-]))"
)
_AGO = re.compile(r"(?P<n>\d{1,4}) ?(?P<unit>秒|分|小时|天|周|个?月)钟?(?:之|以)?前|(?P<now>刚刚)")
_DAY = re.compile(r"今[天日]|昨[天日]|前[天日](?!夕)")
#: What may stand between day and time: blanks, ISO's T, a weekday, a bracket.
_TIME = re.compile(
    r"""(?:\ {0,6}[(（]?\ ?(?:星期|周)[一二三四五六日天]\ ?[)）]?)?[\ T,，|]{0,6}
        (?P<half>凌晨|清晨|早上|早晨|上午|中午|下午|晚上|晚间|傍晚|[AaPp][Mm])?\ ?
        (?P<h>[0-2]?\d)\ ?(?::|时|点)\ ?(?P<min>[0-5]\d|\d(?!\d))\ ?(?:分(?![\u4e00-\u9fff])\ ?)?
        (?:(?::\ ?|(?<=分)|(?<=分\ ))(?P<sec>[0-5]\d)秒?(?:[:.]\d{1,9})?|:\d(?!\d))?
        (?P<zone>Z|[+-]\d\d:?\d\d(?!\d))?(?:\ ?(?P<ampm>[AaPp][Mm])\b)?""",
    re.VERBOSE,
)
_UNITS = {"秒": 1, "分": 60, "小时": 3600, "天": 86400, "周": 604800, "月": 2592000, "个月": 2592000}
_DAYS_BACK = {"今": 0, "昨": 1, "前": 2}
_AFTERNOON = frozenset({"下午", "晚上", "晚间", "傍晚", "pm"})
#: A story cannot be dated later than this after the page was read (DOMAIN.md §3: drop more than an hour; a whole day
#: here, because a year-less date may stand for tomorrow's paper).
_TOMORROW = dt.timedelta(days=1)


def parse_date(text: str, now: dt.datetime | None = None) -> Stamp | None:
    """The first date of a text, relative and year-less forms read against `now` (None: the present); None without one.

    >>> parse_date("苏州日报 2022-11-13 22:24").when.isoformat()
    '2022-11-13T22:24:00+08:00'
    >>> parse_date("发布时间：2017——04——12 21:37").text
    '2017——04——12 21:37'
    >>> parse_date("昨天 12:30", dt.datetime(2026, 1, 1, 9, tzinfo=CST)).when.isoformat()
    '2025-12-31T12:30:00+08:00'
    """
    return next(iter(find_dates(text, now)), None)


def find_dates(text: str, now: dt.datetime | None = None, *, loose: bool = True) -> list[Stamp]:
    """All dates of a text in order.  loose: also relative and year-less forms, where no full date stands."""
    folded = text.translate(_WIDTH)
    found = [stamp for match in _FULL.finditer(folded) if (stamp := _absolute(match, text, folded))]
    if found or not loose:
        return found
    now = (now or dt.datetime.now(CST)).astimezone(CST)
    short = [stamp for match in _SHORT.finditer(folded) if (stamp := _yearless(match, text, folded, now))]
    return short or _relative(text, folded, now)


def _absolute(match: re.Match[str], text: str, folded: str) -> Stamp | None:
    if match["mon"]:
        return _stamp(int(match["y6"]), _MONTHS.index(match["mon"]) + 1, int(match["d6"]), match, text, folded)
    groups = [value for name, value in match.groupdict().items() if value and name[0] in "ymd"]
    year, month, day = (int(value) for value in groups)
    if year < 100:
        # No portal is older than 1995; a two-digit year is of this century or of its last years.
        year += 1900 if year >= 90 else 2000
    return _stamp(year, month, day, match, text, folded)


def _yearless(match: re.Match[str], text: str, folded: str, now: dt.datetime) -> Stamp | None:
    month, day = int(match["m1"] or match["m2"]), int(match["d1"] or match["d2"])
    # 29 February may lie up to eight years back.
    for year in range(now.year + 1, now.year - 9, -1):
        stamp = _stamp(year, month, day, match, text, folded, dated=False)
        if stamp and stamp.when <= now + _TOMORROW:
            return stamp
    return None


def _relative(text: str, folded: str, now: dt.datetime) -> list[Stamp]:
    if match := _AGO.search(folded):
        seconds = 0 if match["now"] else int(match["n"]) * _UNITS[match["unit"]]
        when = (now - dt.timedelta(seconds=seconds)).replace(microsecond=0)
        precision: Precision = "minute" if seconds < _UNITS["天"] else "day"
        if precision == "day":
            when = when.replace(hour=0, minute=0, second=0)
        return [Stamp(when, text[match.start() : match.end()], precision, match.start(), match.end(), dated=False)]
    if match := _DAY.search(folded):
        then = now - dt.timedelta(days=_DAYS_BACK[match[0][0]])
        stamp = _stamp(then.year, then.month, then.day, match, text, folded, dated=False)
        return [stamp] if stamp else []
    return []


def _stamp(
    year: int, month: int, day: int, match: re.Match[str], text: str, folded: str, *, dated: bool = True
) -> Stamp | None:
    """The day, and the time that follows it where one does; None for days that no calendar has."""
    time = _TIME.match(folded, match.end())
    printed = text[match.start() : time.end() if time else match.end()].rstrip()
    precision: Precision = "day" if time is None else "second" if time["sec"] else "minute"
    try:
        when = dt.datetime(year, month, day, tzinfo=CST)
        if time is not None:
            when = _at(when, time)
    except (ValueError, OverflowError):
        return None
    return Stamp(when, printed, precision, match.start(), match.start() + len(printed), dated)


def _at(day: dt.datetime, time: re.Match[str]) -> dt.datetime:
    hour = int(time["h"])
    half = (time["half"] or time["ampm"] or "").lower()
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif (half == "am" or half == "凌晨") and hour == 12:
        hour = 0
    extra, hour = (dt.timedelta(days=1), 0) if hour == 24 else (dt.timedelta(), hour)
    when = day.replace(hour=hour, minute=int(time["min"]), second=int(time["sec"] or 0)) + extra
    zone = time["zone"]
    if not zone:
        return when
    offset = dt.timedelta()
    if zone != "Z":
        digits = zone.replace(":", "")
        offset = dt.timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5])) * (-1 if digits[0] == "-" else 1)
    return when.replace(tzinfo=dt.timezone(offset)).astimezone(CST)


#: Days in paths: /2026-08/11/, /202211/13/, /2022/1113/, t20221113_, /art/2026/3/4/, /2022-11-13/, 2019_09_09._
_IN_PATH = re.compile(
    r"""(?<!\d)(?P<y>(?:199|20[0-4])\d)(?:
          (?P<s>[-/_.])(?P<m1>\d{1,2})[-/_.](?P<d1>\d{1,2})
        | /?(?P<m2>0[1-9]|1[0-2])[/_-]?(?P<d2>0[1-9]|[12]\d|3[01])
        )(?=[^\d]|$)""",
    re.VERBOSE,
)
_YYMMDD = re.compile(r"/(?P<y>[0-4]\d)/?(?P<m>0[1-9]|1[0-2])/?(?P<d>0[1-9]|[12]\d|3[01])/")
#: Clocks: 10 digits of unix seconds, alone, with 3 digits of milliseconds (nntv) or 6 of microseconds (the seed), or
#: as the first 8 hexadecimal digits of a Mongo ObjectId (chengdu.cn); 1e9 is 2001, 2.2e9 is 2039.
_CLOCK = re.compile(r"(?<![0-9a-zA-Z])(?P<s>1\d{9})(?:\d{3}|\d{6})?(?![0-9a-zA-Z])")
_OBJECT_ID = re.compile(r"(?<![0-9a-zA-Z])(?P<s>[4-7][0-9a-f]{7})[0-9a-f]{16}(?![0-9a-zA-Z])")


def url_date(url: str) -> dt.datetime | None:
    """The date that an address carries (a day as its midnight), or None.

    A cross-check only: it is the day on which the story was entered, while the page prints a time that an editor set
    (DOMAIN.md §3, §6).

    >>> url_date("https://www.example.cn/news/1735351245198948.shtml").isoformat()
    '2024-12-28T10:00:45+08:00'
    >>> url_date("http://www.example.cn/art/2026/3/4/art_45_9.html").date().isoformat()
    '2026-03-04'
    """
    path = url.partition("://")[2].partition("/")[2].partition("?")[0]
    path = "/" + path
    if match := _CLOCK.search(path):
        return dt.datetime.fromtimestamp(int(match["s"]), CST)
    if match := _OBJECT_ID.search(path):
        return dt.datetime.fromtimestamp(int(match["s"], 16), CST)
    if match := _IN_PATH.search(path):
        return _day(int(match["y"]), int(match["m1"] or match["m2"]), int(match["d1"] or match["d2"]))
    if match := _YYMMDD.search(path):
        return _day(2000 + int(match["y"]), int(match["m"]), int(match["d"]))
    return None


def _day(year: int, month: int, day: int) -> dt.datetime | None:
    try:
        return dt.datetime(year, month, day, tzinfo=CST)
    except ValueError:
        return None
