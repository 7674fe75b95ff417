"""The seven kinds of portal software, one module each; FAMILIES holds them by name."""

from __future__ import annotations

from crawler.demo.families.base import Family
from crawler.demo.families.seed import Seed

__all__ = ["FAMILIES", "Family"]

FAMILIES: dict[str, Family] = {family.name: family for family in (Seed(),)}
