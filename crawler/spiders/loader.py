"""Every portal file is a spider: `scrapy list` shows it, `scrapy crawl NAME` runs it."""

from __future__ import annotations

from pathlib import Path

from scrapy import Spider
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings
from scrapy.spiderloader import SpiderLoader

from crawler.portals import Portal, load, names
from crawler.spiders.portal import PortalSpider

__all__ = ["PortalLoader", "portals_dir"]


class PortalLoader(SpiderLoader):
    """Scrapy's loader, and one spider class a portal, made when it is asked for."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._portals_dir = portals_dir(settings)

    def list(self) -> list[str]:
        """Names of all spiders: the generic one and every portal's."""
        return sorted({*super().list(), *names(self._portals_dir)})

    def load(self, spider_name: str) -> type[Spider]:
        """The spider class of that name; UnknownPortal (with the nearest names) or PortalError."""
        if spider_name in self._spiders:
            return super().load(spider_name)
        return _spider(load(spider_name, self._portals_dir))

    def portals(self) -> list[str]:  # type: ignore[valid-type]  # `list` is Scrapy's name for the method above
        """Names of the portals alone."""
        return names(self._portals_dir)

    def portal(self, name: str) -> Portal:
        """What is known of that portal; UnknownPortal (with the nearest names) or PortalError."""
        return load(name, self._portals_dir)


def portals_dir(settings: BaseSettings) -> Path | None:
    """The user's folder of portal files; None where it was not asked for and does not exist."""
    path = Path(settings["PORTALS_DIR"])
    asked_for = (settings.getpriority("PORTALS_DIR") or 0) > SETTINGS_PRIORITIES["project"]
    return path if asked_for or path.is_dir() else None


def _spider(portal: Portal) -> type[PortalSpider]:
    politeness = portal.politeness
    wishes = {
        "DOWNLOAD_DELAY": politeness.delay if politeness else None,
        "CONCURRENT_REQUESTS_PER_DOMAIN": politeness.concurrency if politeness else None,
        "USER_AGENT": politeness.user_agent if politeness else None,
    }
    custom = {name: value for name, value in wishes.items() if value is not None}
    attributes = {"name": portal.name, "portal": portal, "custom_settings": custom, "__doc__": portal.title}
    return type(f"{portal.name.title()}Spider", (PortalSpider,), attributes)
