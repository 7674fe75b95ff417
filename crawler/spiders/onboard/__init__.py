"""Looks a portal over before it is crawled: what `scrapy onboard` finds out, within a few dozen polite requests."""

from crawler.spiders.onboard.findings import Findings, NotAPortal, Sample, SectionFound, Unreadable
from crawler.spiders.onboard.look import look_over
from crawler.spiders.onboard.spider import MAX_REQUESTS, Onboarding, onboarding_settings

__all__ = [
    "MAX_REQUESTS",
    "Findings",
    "NotAPortal",
    "Onboarding",
    "Sample",
    "SectionFound",
    "Unreadable",
    "look_over",
    "onboarding_settings",
]
