"""How many articles did a portal publish, and how many are known?  Capture and recapture over two routes.

The walk meets articles by two routes that know nothing of each other: the portal's lists (with front page and
e-papers) and its feeds and sitemaps.  If n1 articles were met by the first, n2 by the second and m by both, Chapman's
estimate (1951) of all is (n1 + 1)(n2 + 1)/(m + 1) - 1.  Its variance is Seber's (1970), its interval that of Chao
(1987): log-normal over what was not seen, so that it never lies below what is known.

Assumptions: that being in a feed makes an article neither more nor less likely to be in a list.  Feeds that carry only
what the front page shows make it likelier, and the estimate too low; feeds of another desk make it less likely, and the
estimate too high.  A feed that names only the newest (RSS as a digest) is fine as long as what it leaves out is not what
the lists leave out.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from sqlite_utils import Database

from crawler.corpus.codec import instant
from crawler.corpus.schema import HEALTH_VERSION

__all__ = ["LEAST_MET", "WINDOW", "Completeness", "chapman", "estimate"]

#: The estimate is of the last four weeks: every weekday four times.
WINDOW = dt.timedelta(days=28)
#: Articles that both routes must share: below, the estimate is worth nothing (Robson & Regier 1964: at least seven).
LEAST_MET = 7
#: Two standard errors, 95 %.
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Completeness:
    """An estimate.  known: articles met by either route; stored: of these those in the corpus.

    lists, feeds, both: met by each route and by both.  published: estimate of all, low to high its 95 % interval.
    since: beginning of the window.
    """

    since: dt.datetime
    lists: int
    feeds: int
    both: int
    known: int
    stored: int
    published: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """Share of what was published that is stored, 0 to 1."""
        return min(1.0, self.stored / self.published) if self.published else 1.0


def chapman(first: int, second: int, both: int) -> tuple[float, float, float]:
    """Estimate of all, and the bounds of its 95 % interval.

    >>> [round(number) for number in chapman(200, 100, 50)]
    [397, 339, 487]
    >>> chapman(20, 20, 20)
    (20.0, 20.0, 20.0)
    """
    known = first + second - both
    total = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    unseen = total - known
    if unseen <= 0 or variance <= 0:
        return total, float(known), max(total, float(known))
    spread = math.exp(_Z * math.sqrt(math.log(1 + variance / unseen**2)))
    return total, known + unseen / spread, known + unseen * spread


def estimate(db: Database, portal: str, now: dt.datetime) -> Completeness | None:
    """Of the last WINDOW; None where a route is missing, or where both have too little in common.

    The first run's links are left out: what a feed still names of the past is no sample of it.
    """
    if db.execute("PRAGMA user_version").fetchone()[0] < HEALTH_VERSION:
        return None
    first = db.execute(
        "SELECT ended_at FROM runs WHERE portal = ? AND ended_at IS NOT NULL ORDER BY id LIMIT 1", (portal,)
    ).fetchone()
    if first is None:
        return None
    since = max(now - WINDOW, dt.datetime.fromisoformat(first[0]))
    row = db.execute(_MET, {"portal": portal, "since": instant(since)}).fetchone()
    lists, feeds, both, known, stored = (int(number or 0) for number in row)
    if both < LEAST_MET:
        return None
    return Completeness(since, lists, feeds, both, known, stored, *chapman(lists, feeds, both))


# What turned out to be no article was published by nobody.
_MET = """
SELECT sum(listed), sum(fed), sum(listed AND fed), count(*), sum(stored) FROM (
    SELECT max(route <> 'feed') AS listed, max(route = 'feed') AS fed, state = 'stored' AS stored
    FROM frontier JOIN sightings ON frontier_id = frontier.id JOIN sections ON sections.id = section_id
    WHERE frontier.portal = :portal AND sections.portal = :portal
        AND frontier.first_seen > :since AND state NOT IN ('rejected', 'gone')
    GROUP BY frontier.id
)"""
