"""Which city a portal is of: a guess from its name, its host and its ICP number, for a person to confirm."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.portals.cities import CITIES, ICP_LETTERS, PINYIN
from crawler.portals.model import PROVINCES
from crawler.portals.scope import site_of

__all__ = ["Place", "guess_place"]

#: 苏ICP备05030710号-2; the letters of the number may be spaced or in lower case.
_ICP = re.compile(rf"([{''.join(ICP_LETTERS)}])\s*ICP\s*[备证]", re.IGNORECASE)
_NAMED = re.compile("|".join(sorted(CITIES, key=len, reverse=True)))
_PROVINCE = re.compile("|".join(sorted(PROVINCES, key=len, reverse=True)))
#: 吉林's namesake city, 海南州: where a province is called the same, its name alone means the province.
_BOTH = frozenset(city for city in CITIES if city in PROVINCES and city not in ("北京", "天津", "上海", "重庆"))
#: Pinyin of five letters or more at the beginning of a host's name is no coincidence; a shorter one must be all of it.
_SURE = 5


@dataclass(frozen=True, slots=True)
class Place:
    """city, province: None where nothing tells.  why: what told, in words, "" where nothing did."""

    city: str | None = None
    province: str | None = None
    why: str = ""


def guess_place(name: str, host: str, page: str = "") -> Place:
    """City and province of the portal of that name on that host; page: text of its front page (for the ICP number).

    The name is believed first: a host is an abbreviation, and an ICP number is the company's, which may sit elsewhere.

    >>> guess_place("苏州新闻网", "www.subaonet.com", "苏ICP备05030710号").city
    '苏州'
    >>> guess_place("星辰在线", "www.changsha.cn", "湘ICP备05001359号").why
    'host changsha'
    >>> guess_place("每日新报", "www.example.cn", "津ICP备1号")
    Place(city='天津', province='天津', why='ICP number 津')
    """
    registered = _ICP.search(page)
    province = ICP_LETTERS[registered[1]] if registered else None
    named = _in_name(name)
    if named:
        return named
    hosted = _in_host(host, province)
    if hosted:
        return hosted
    if registered and province:
        city = province if province in CITIES and province not in _BOTH else None
        return Place(city, province, f"ICP number {registered[1]}")
    return Place()


def _in_name(name: str) -> Place | None:
    city = _NAMED.search(name)
    if city and city[0] not in _BOTH:
        return Place(city[0], CITIES[city[0]], f"name {city[0]}")
    found = _PROVINCE.search(name)
    if found:
        return Place(None, found[0], f"name {found[0]}")
    return None


def _in_host(host: str, registered: str | None) -> Place | None:
    label = site_of(host).partition(".")[0]
    fitting = [pinyin for pinyin in PINYIN if label == pinyin or (len(pinyin) >= _SURE and label.startswith(pinyin))]
    if not fitting:
        return None
    pinyin = max(fitting, key=len)
    cities = [city for city in PINYIN[pinyin] if registered is None or CITIES[city] == registered]
    if len(cities) != 1:
        return None
    return Place(cities[0], CITIES[cities[0]], f"host {pinyin}")
