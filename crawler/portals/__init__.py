"""What is known of a portal, as data: one TOML file a portal, checked when it is read (docs/portals.md)."""

from crawler.portals.dump import dump
from crawler.portals.loader import from_url, load, load_all, names, read, where
from crawler.portals.model import Edition, ListPages, Politeness, Portal, SectionSpec

__all__ = [
    "Edition",
    "ListPages",
    "Politeness",
    "Portal",
    "SectionSpec",
    "dump",
    "from_url",
    "load",
    "load_all",
    "names",
    "read",
    "where",
]
