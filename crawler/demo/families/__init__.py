"""The seven kinds of portal software, one module each; FAMILIES holds them by name."""

from __future__ import annotations

from crawler.demo.families.base import Family
from crawler.demo.families.cmstop import CmsTop
from crawler.demo.families.dede import Dede
from crawler.demo.families.empire import Empire
from crawler.demo.families.founder import Founder
from crawler.demo.families.jcms import Jcms
from crawler.demo.families.seed import Seed
from crawler.demo.families.trs import Trs

__all__ = ["FAMILIES", "Family"]

FAMILIES: dict[str, Family] = {
    family.name: family for family in (Seed(), CmsTop(), Trs(), Empire(), Founder(), Jcms(), Dede())
}
