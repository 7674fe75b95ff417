"""Reads a portal's saved pages again and compares them with what was read when they were saved."""

from __future__ import annotations

from pathlib import Path

from crawler.errors import PortalError
from crawler.extract import extract
from crawler.portals import Portal
from crawler.portals.fixtures import Difference, differences, folder_of, read

__all__ = ["check_fixtures"]


def check_fixtures(portal: Portal, portals_dir: Path | None) -> tuple[int, list[Difference]]:
    """Number of saved pages, and the fields that differ; PortalError where the portal has no fixtures."""
    if portals_dir is None:
        raise PortalError(f"{portal.name}: no fixtures; scrapy onboard {portal.home} saves some")
    fixtures = read(folder_of(portals_dir, portal.name))
    found: list[Difference] = []
    for fixture in fixtures:
        page = fixture.page
        article = extract(
            page.body,
            page.url,
            content_type=page.content_type,
            template=portal.templates or None,
            fetched_at=fixture.fetched_at,
        )
        found += differences(fixture, article)
    return len(fixtures), found
