"""What is stored, and what is no article: for crawls, for archives, whoever reads them."""

from __future__ import annotations

import datetime as dt

from crawler.items import Article

__all__ = ["FUTURE", "MIN_TEXT", "PASSING_KINDS", "STORED_KINDS", "fault_of"]

#: Galleries and videos are news with a line of text or none (DOMAIN.md §9.18).
STORED_KINDS = frozenset({"article", "gallery", "video"})
#: Kinds that may be articles another day: challenges pass, and 正在审核 is a soft error (DOMAIN.md §4.10, §4.11).
PASSING_KINDS = frozenset({"blocked", "error"})
#: Characters below which the text of a plain article is debris (正文, 【关闭】); the shortest of the bench has 77, and
#: notices of one sentence (今晚停水) stand well above.
MIN_TEXT = 8
#: Clocks differ and editors set times by hand, within the day; beyond it the "time" is another number on the page.
FUTURE = dt.timedelta(days=1)


def fault_of(article: Article, now: dt.datetime) -> str | None:
    """Why this is not stored: no_title, no_body, too_short, future_date or not_an_article:KIND; None: nothing wrong."""
    if article.kind not in STORED_KINDS:
        return f"not_an_article:{article.kind}"
    if not (article.title or "").strip():
        return "no_title"
    if article.kind == "article" and not article.images and not article.attachments:
        characters = len("".join(article.body.split()))
        if characters < MIN_TEXT:
            return "too_short" if characters else "no_body"
    if article.published is not None and article.published > now + FUTURE:
        return "future_date"
    return None
