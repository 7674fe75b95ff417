"""The e-paper edition of a Founder-like portal (DOMAIN.md §4.3): edition → page (版面) → article, by date."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from crawler.demo import text
from crawler.demo.markup import anchor, blocks_html
from crawler.demo.messages import Response, page
from crawler.demo.story import Story
from crawler.items import CST, Block

if TYPE_CHECKING:
    from crawler.demo.families.base import Visit
    from crawler.demo.portal import DemoPortal

__all__ = ["PAGES", "days", "respond", "stories"]

#: Printed number, name and subjects of the pages of every issue.
PAGES = (
    ("A01", "要闻", ("政务", "科创")),
    ("A02", "民生", ("交通", "教育", "健康")),
    ("A03", "经济", ("经济", "乡村")),
    ("A04", "副刊", ("文化", "体育")),
)
_FOLDER = re.compile(r"/epaper/(?:pad/)?html/(\d{4})-(\d{2})/(\d{2})/(node|content)_(\d+)\.htm")
_WEEKDAYS = "一二三四五六日"


def days(portal: DemoPortal) -> list[dt.date]:
    """Days with an issue, newest first: one for every 40 articles of the portal, at least three."""
    newest = (portal.now - dt.timedelta(days=1)).date()
    return [newest - dt.timedelta(days=i) for i in range(max(3, portal.size // 40))]


def _folder(day: dt.date) -> str:
    return f"/epaper/html/{day:%Y-%m}/{day:%d}/"


def _count(portal: DemoPortal, day: dt.date, leaf: int) -> int:
    return 3 + (day.toordinal() * 7 + leaf + portal.seed) % 2


def stories(portal: DemoPortal, since: dt.date | None = None, until: dt.date | None = None) -> Iterator[Story]:
    """Every article of the issues in a range of days (both included), newest issue first, in page order."""
    for day in days(portal):
        if (since is None or day >= since) and (until is None or day <= until):
            for leaf in range(1, len(PAGES) + 1):
                for index in range(1, _count(portal, day, leaf) + 1):
                    yield _story(portal.family.city, portal.base, portal.seed, day, leaf, index)


@lru_cache(maxsize=256)
def _story(city: text.City, base: str, seed: int, day: dt.date, leaf: int, index: int) -> Story:
    number, name, subjects = PAGES[leaf - 1]
    key = f"epaper/{seed}/{day}/{leaf}/{index}"
    head = text.headline(key, city, subjects)
    draft = text.compose(key, city, head, paragraphs=random.Random(key).randint(4, 8))
    path = f"{_folder(day)}content_{leaf * 100 + index}.htm"
    blocks = tuple(
        Block("image", url=f"{base}{_folder(day)}res{leaf}{index}.jpg") if block.kind == "image" else block
        for block in draft.blocks
    )
    return Story(
        number=day.toordinal() * 1000 + leaf * 100 + index,
        url=base + path,
        path=path,
        kind="article",
        title=head.title,
        subtitle=head.subtitle or None,
        published=dt.datetime(day.year, day.month, day.day, tzinfo=CST),
        source=city.paper,
        breadcrumb=(),
        blocks=blocks,
        reporters=draft.reporters if draft.byline_in_text else (),
        correspondents=draft.correspondents,
        photographers=draft.photographers,
        parts=(blocks,),
        page_number=number,
        page_name=name,
        byline_in_text=draft.byline_in_text,
    )


def respond(visit: Visit) -> Response | None:
    """Everything below /epaper/."""
    path, portal = visit.request.path, visit.portal
    if path in ("/epaper/", "/epaper/index.html"):
        target = f"html/{days(portal)[0]:%Y-%m/%d}/node_1.htm"
        return page(f'<html><head><meta http-equiv="refresh" content="0; url={target}"></head><body></body></html>')
    if path == "/epaper/period.xml":
        return _periods(portal)
    match = _FOLDER.fullmatch(path)
    if match is None:
        return None
    year, month, day_of_month, kind, number = match.groups()
    day = next((d for d in days(portal) if f"{d:%Y%m%d}" == year + month + day_of_month), None)
    if day is None:
        return None
    if kind == "node":
        return _leaf(portal, day, int(number)) if 1 <= int(number) <= len(PAGES) else None
    leaf, index = divmod(int(number), 100)
    if not 1 <= leaf <= len(PAGES) or not 1 <= index <= _count(portal, day, leaf):
        return None
    return _article(portal, day, leaf, index)


def _periods(portal: DemoPortal) -> Response:
    rows = "".join(
        f"<period><period_date>{day}</period_date><front_page>node_1.htm</front_page></period>\n"
        for day in days(portal)
    )
    xml = f'<?xml version="1.0" encoding="utf-8"?>\n<period_list>\n{rows}</period_list>'
    return Response(xml.encode(), content_type="text/xml", modified=portal.now)


def _masthead(portal: DemoPortal, day: dt.date, leaf: int) -> str:
    number, name, _ = PAGES[leaf - 1]
    date = f"{day.year}年{day.month:02d}月{day.day:02d}日　星期{_WEEKDAYS[day.weekday()]}"
    return f'<div class="masthead">{portal.family.city.paper}　{date}　<b>第{number}版：{name}</b></div>'


def _modified(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 5, tzinfo=CST)


def _frame(portal: DemoPortal, title: str, main: str) -> str:
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{escape(title)}-{portal.family.city.paper}数字报</title></head><body>{main}
<div class="foot">{portal.family.city.paper}社版权所有　未经许可不得转载</div></body></html>"""


def _leaf(portal: DemoPortal, day: dt.date, leaf: int) -> Response:
    """A page of the issue: its picture, its articles, and the other pages."""
    city = portal.family.city
    found = [_story(city, portal.base, portal.seed, day, leaf, i + 1) for i in range(_count(portal, day, leaf))]
    titles = "".join(f"<li>{anchor(s.path.rpartition('/')[2], s.title)}</li>" for s in found)
    leaves = "".join(
        f"<li>{anchor(f'node_{i}.htm', f'第{number}版：{name}')}</li>" for i, (number, name, _) in enumerate(PAGES, 1)
    )
    every = days(portal)
    place = every.index(day)
    before = anchor(f"../../{every[place + 1]:%Y-%m/%d}/node_1.htm", "上一期") if place + 1 < len(every) else ""
    after = anchor(f"../../{every[place - 1]:%Y-%m/%d}/node_1.htm", "下一期") if place else ""
    head = f'<link rel="alternate" media="handheld" href="/epaper/pad{_folder(day)[7:]}node_{leaf}.htm">'
    main = f"""{head}{_masthead(portal, day, leaf)}<div class="issues">{before} {after}</div>
<div class="leaf"><img src="page{leaf}.jpg" usemap="#pagemap"></div>
<h3>本版标题导航</h3><ul id="titles">{titles}</ul><h3>版面导航</h3><ul id="leaves">{leaves}</ul>"""
    return page(_frame(portal, f"第{PAGES[leaf - 1][0]}版", main), modified=_modified(day))


def _article(portal: DemoPortal, day: dt.date, leaf: int, index: int) -> Response:
    story = _story(portal.family.city, portal.base, portal.seed, day, leaf, index)
    under = f"<h2>{escape(story.subtitle)}</h2>" if story.subtitle else ""
    following = f"content_{leaf * 100 + index + 1}.htm" if index < _count(portal, day, leaf) else f"node_{leaf}.htm"
    body = blocks_html(story.blocks, paragraph="<p>　　{}</p>", caption="<p align='center' class='pictext'>{}</p>")
    main = f"""{_masthead(portal, day, leaf)}
<div class="nav">{anchor(f"node_{leaf}.htm", "返回版面")} {anchor(following, "下一篇")}</div>
<founder-title><h1>{escape(story.title)}</h1></founder-title>{under}
<div id="ozoom"><founder-content>
{body}
</founder-content></div>
<div class="tools">放大 缩小 默认 打印</div>"""
    return page(_frame(portal, story.title, main), modified=_modified(day))
