"""Which hosts belong together: the site behind a host name."""

from __future__ import annotations

import ipaddress
import re

__all__ = ["site_of"]

#: Second levels under .cn that registries sell names below: CNNIC's categories, and its codes of the 34 provinces.
_CN_SECOND = re.compile(
    r"(?:ac|com|edu|gov|mil|net|org|bj|sh|tj|cq|he|sx|nm|ln|jl|hl|js|zj|ah|fj|jx|sd|ha|hb|hn|gd|gx|hi|sc|gz|yn|xz|sn|gs|qh"
    r"|nx|xj|tw|hk|mo)\.cn"
)
#: The same for the few other country domains that Chinese papers use.
_OTHER_SECOND = frozenset({"com.hk", "com.mo", "com.tw", "org.hk", "org.tw"})


def site_of(host: str) -> str:
    """The name that was registered: what news.example.cn and www.example.cn have in common.

    A small rule in place of the Public Suffix List, which is a network fetch and a dependency; portals that span
    several names list them in `hosts`.

    >>> site_of("news.example.cn"), site_of("www.example.com.cn"), site_of("127.0.0.1")
    ('example.cn', 'example.com.cn', '127.0.0.1')
    """
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        labels = host.removeprefix("www.").split(".")
    pair = labels[-2:]
    wide = ".".join(pair) in _OTHER_SECOND or _CN_SECOND.fullmatch(".".join(pair))
    return ".".join(labels[-3:] if wide else pair)
