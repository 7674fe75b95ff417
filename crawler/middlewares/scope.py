"""Keeps every request on the portal's own hosts, wherever redirects and links lead."""

from __future__ import annotations

import ipaddress
import socket
from typing import Self

from scrapy import Request
from scrapy.core.downloader import Downloader
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.threads import deferToThread

from crawler.extensions.archive import MEDIA
from crawler.portals import Portal
from crawler.urls import host_of

__all__ = ["Scope"]


class Scope:
    """Downloader middleware in place of Scrapy's OffsiteMiddleware, which lets pass all that has dont_filter.

    Refused are other hosts and, for a portal on the public net, names that lead to addresses of an internal one: a
    crawler must not become the portal's hand inside our network.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._internal: dict[str, bool] = {}
        self._media_hosts: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let pass what stays on the portal; IgnoreRequest says where the rest led."""
        site = getattr(self._crawler.spider, "site", None)
        if not isinstance(site, Portal):
            return
        host = host_of(request.url)
        redirects = request.meta.get("redirect_urls", ())
        if not site.owns(request.url) and self._is_media(request, host):
            if await self._is_internal(host) and not await self._is_internal(host_of(site.home)):
                raise IgnoreRequest(f"leads to {host}, an address of an internal network")
            return
        if not site.owns(request.url):
            raise IgnoreRequest(f"leads to {host}, which is no host of {site.name} ({_way_out(site, host)})")
        if redirects and host != host_of(redirects[-1]):
            # Scrapy leaves a redirected request in the slot of the host that it comes from, at that host's pace.
            request.meta.pop(Downloader.DOWNLOAD_SLOT, None)
            if await self._is_internal(host) and not await self._is_internal(host_of(site.home)):
                raise IgnoreRequest(f"leads to {host}, an address of an internal network")

    def _is_media(self, request: Request, host: str) -> bool:
        """Pictures may lie anywhere (-a media=yes), and then the rules of that host are asked for first."""
        if request.meta.get(MEDIA):
            self._media_hosts.add(host)
            return True
        return host in self._media_hosts and urlparse_cached(request).path == "/robots.txt"

    async def _is_internal(self, host: str) -> bool:
        if host not in self._internal:
            self._internal[host] = await maybe_deferred_to_future(deferToThread(_leads_inside, host))
        return self._internal[host]


def _way_out(site: Portal, host: str) -> str:
    return f"if it belongs there: -a hosts={host}, or hosts in {site.name}.toml"


def _leads_inside(host: str) -> bool:
    """True if the name has an address that is not of the public net; an unknown name leads nowhere."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return any(not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global for *_, address in found)
