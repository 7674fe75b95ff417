"""How many articles did a portal publish, and how many are known?  Capture and recapture over two routes; running ids.

The walk meets articles by two routes that know nothing of each other: the portal's lists (with front page and
e-papers) and its feeds and sitemaps.  If n1 articles were met by the first, n2 by the second and m by both, Chapman's
estimate (1951) of all is (n1 + 1)(n2 + 1)/(m + 1) - 1.  Its variance is Seber's (1970), its interval that of Chao
(1987): log-normal over what was not seen, so that it never lies below what is known.

Assumptions: that being in a feed makes an article neither more nor less likely to be in a list.  Feeds that carry only
what the front page shows make it likelier, and the estimate too low; feeds of another desk make it less likely, and the
estimate too high.  A feed that names only the newest (RSS as a digest) is fine as long as what it leaves out is not
what the lists leave out.

Running ids are another matter: where a portal numbers its articles one by one, the numbers between the first and the
last bound what it published.  Those that were never met are drafts, pages of other channels, or missing articles; which
they are, numbers do not say, so that this is a bound and no estimate.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.corpus.codec import instant
from crawler.corpus.database import Database

__all__ = ["LEAST_MET", "WINDOW", "Completeness", "RunningIds", "chapman", "estimate", "running", "running_ids"]

#: The estimate is of the last four weeks: every weekday four times.
WINDOW = dt.timedelta(days=28)
#: Articles that both routes must share: below, the estimate is worth nothing (Robson & Regier 1964: at least seven).
LEAST_MET = 7
#: Articles with a number, the share of the numbers that have to belong to them, and the share of neighbours in the
#: order of their numbers, before numbers count as running: others are random, or shared by many sites of one CMS.
LEAST_IDS, DENSE, ORDERED = 30, 0.3, 0.9
#: The last number of an address, years and days left out.
_NUMBER = re.compile(r"(\d{5,9})(?=[^/\d]*$)")
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


@dataclass(frozen=True, slots=True)
class RunningIds:
    """Numbers of a portal's articles.  met: articles whose numbers lie between first and last, both included."""

    since: dt.datetime
    first: int
    last: int
    met: int

    @property
    def numbers(self) -> int:
        """How many numbers there are; no more articles can have been published."""
        return self.last - self.first + 1


def chapman(first: int, second: int, both: int) -> tuple[float, float, float]:
    """Estimate of all, and the bounds of its 95 % interval.

    >>> [round(number) for number in chapman(200, 100, 50)]
    [397, 345, 479]
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
    since = _since(db, portal, now)
    if since is None:
        return None
    row = db.execute(_MET, {"portal": portal, "since": instant(since)}).fetchone()
    lists, feeds, both, known, stored = (int(number or 0) for number in row)
    if both < LEAST_MET:
        return None
    return Completeness(since, lists, feeds, both, known, stored, *chapman(lists, feeds, both))


def _since(db: Database, portal: str, now: dt.datetime) -> dt.datetime | None:
    """Beginning of the window; None before the first run has ended."""
    first = db.execute(
        "SELECT ended_at FROM runs WHERE portal = ? AND ended_at IS NOT NULL ORDER BY id LIMIT 1", (portal,)
    ).fetchone()
    if first is None:
        return None
    return max(now - WINDOW, dt.datetime.fromisoformat(first[0]))


# What turned out to be no article was published by nobody.
_MET = """
SELECT sum(listed), sum(fed), sum(listed * fed), count(*), sum(stored) FROM (
    SELECT max(CASE route WHEN 'feed' THEN 0 ELSE 1 END) AS listed,
        max(CASE route WHEN 'feed' THEN 1 ELSE 0 END) AS fed, CASE state WHEN 'stored' THEN 1 ELSE 0 END AS stored
    FROM frontier JOIN sightings ON frontier_id = frontier.id JOIN sections ON sections.id = section_id
    WHERE frontier.portal = :portal AND sections.portal = :portal
        AND frontier.first_seen > :since AND state NOT IN ('rejected', 'gone')
    GROUP BY frontier.id
) AS met"""


def running_ids(db: Database, portal: str, now: dt.datetime) -> RunningIds | None:
    """Of the last WINDOW; None where the portal's numbers do not run."""
    since = _since(db, portal, now)
    if since is None:
        return None
    sql = "SELECT url FROM frontier WHERE portal = ? AND first_seen > ? AND state = 'stored' ORDER BY id"
    found = [_NUMBER.search(url) for (url,) in db.execute(sql, (portal, instant(since)))]
    bounds = running([int(match[1]) for match in found if match])
    return None if bounds is None else RunningIds(since, *bounds)


def running(numbers: Sequence[int]) -> tuple[int, int, int] | None:
    """First and last number and how many are known, of numbers in the order in which they were met; None: not running.

    A few that stand far off (an old article on a list of today) are left out: the fortieth part at either end.

    >>> running([100_000 + n for n in range(50) if n % 7])
    (100002, 100047, 40)
    >>> running([n * n * 7919 % 99_991 + 100_000 for n in range(50)]) is None
    True
    """
    if len(numbers) < LEAST_IDS:
        return None
    ordered = sorted(set(numbers))
    aside = len(ordered) // 40
    kept = ordered[aside : len(ordered) - aside]
    # What one list page shows comes newest first: neighbours are compared over more than a page.
    pairs = list(zip(numbers, numbers[LEAST_IDS // 2 :], strict=False))
    rising = sum(first < later for first, later in pairs) / len(pairs)
    if len(kept) < DENSE * (kept[-1] - kept[0] + 1) or rising < ORDERED:
        return None
    return kept[0], kept[-1], len(kept)
