"""Like EmpireCMS (DOMAIN.md §6): folders by day of insertion, 1-based static lists, ?page= that does nothing."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, ClassVar

from crawler.demo import feeds
from crawler.demo.families.base import Family, Handler, ListPage, Row, Stray, Visit
from crawler.demo.markup import anchor, anchors, blocks_html, cut
from crawler.demo.messages import Response
from crawler.demo.story import Entry, Section, Story
from crawler.demo.text import City

if TYPE_CHECKING:
    from crawler.demo.portal import DemoPortal

__all__ = ["Empire"]

_RSS = 25


class Empire(Family):
    """东岭网."""

    name = "empire"
    host = "www.dongling-demo.test"
    site = "东岭网"
    city = City("东岭", "东岭日报", "东报", ("北屏区", "南屏区", "松阳县", "梅溪镇", "柳河街道", "空港新城"))
    sections = (
        Section("news", "东岭新闻", ("政务", "交通", "平安"), "%Y-%m-%d"),
        Section("jingji", "经济", ("经济", "科创"), "%m-%d"),
        Section("jiaoyu", "教育", ("教育",), "%Y/%m/%d"),
        Section("wenhua", "文化", ("文化", "体育"), "[%Y-%m-%d]"),
        Section("shenghuo", "生活", ("健康", "生态", "乡村", "天气"), "%Y-%m-%d"),
    )
    crumbs = ("首页",)
    per_page = 25
    editor_names = ("dlw01", "吴敏", "郑海涛")
    prints_author = True
    traps: ClassVar[frozenset[str]] = frozenset(
        {"pinned", "cross", "offsite", "tracking", "mobile", "href", "video", "soft404", "parts", "reprint"}
        | {"insert_day", "nextstory", "index", "noyear"}
    )
    strays = (
        Stray(
            "http://news.province-demo.example/system/2025/01/04/030000001.shtml",
            "全省春运方案公布",
            "offsite",
            "offsite",
        ),
        Stray("/news/2024-06-30/999999.html", "有奖征集楹联", "dead", "soft404"),
        Stray("http://ad.shop-demo.example/landing/77.html", "家装节全城优惠", "offsite", "offsite"),
    )
    missing = "该信息不存在，或者已被删除"

    def routing(self) -> list[tuple[str, Handler]]:
        """Home, lists, articles and their parts, RSS."""
        return [
            (r"/(?:index\.html)?", self._home),
            (r"/([a-z]+)/(?:index(?:_(\d+))?\.html)?", self._list),
            (r"/[a-z]+/\d{4}-\d{2}-\d{2}/(\d+)(?:_\d+)?\.html", self._article),
            (r"/e/web/", self._rss),
        ]

    def story_path(self, entry: Entry) -> str:
        """{class}/{day of insertion}/{id}.html."""
        return f"/{entry.sections[0].key}/{entry.inserted:%Y-%m-%d}/{entry.number}.html"

    def _article(self, visit: Visit) -> Response | None:
        return self.article(visit, int(visit.match[1]))

    def _frame(self, portal: DemoPortal, title: str, main: str, meta: str = "") -> str:
        index = "index.html" if meta and "index" in portal.traps else ""
        channels = "".join(f"<li>{anchor(f'/{s.key}/{index}', s.label)}</li>" for s in self.sections)
        return f"""<!doctype html>
<html lang="zh-cmn-Hans"><head><meta charset="utf-8"><title>{escape(title)} - {self.site}</title>{meta}
<link rel="alternate" type="application/rss+xml" title="{self.site}" href="/e/web/?type=rss2&amp;classid=1">
</head><body><header><a href="/" class="brand">{self.site}</a>
<nav><ul><li><a href="/">首页</a></li>{channels}</ul></nav></header>
<main>{main}</main>
<footer>免责声明：本站转载信息版权归原作者所有。<br>
Powered by DemoCMS 8.0　岭ICP备20000004号-2</footer></body></html>"""

    def article_html(self, portal: DemoPortal, story: Story, part: int) -> str:
        """Side columns by document.write; on one-page stories 下一页 leads to another story."""
        section = story.sections[0]
        crumbs = anchors([("/", "首页"), (f"/{section.key}/", section.label)], "&nbsp;&gt;&nbsp;")
        author = f'<span class="author">作者：{"、".join(story.reporters)}</span>' if story.reporters else ""
        under = f'<p class="ftitle">{escape(story.subtitle)}</p>' if story.subtitle else ""
        video = '<div class="player"><video src="/d/file/v.mp4"></video></div>' if story.kind == "video" else ""
        main = f"""<div class="path">您现在的位置：{crumbs}&nbsp;&gt;&nbsp;正文</div>
<article><h1 class="info_title">{escape(story.title)}</h1>{under}
<div class="info_meta"><span class="src">来源：{story.source}</span>{author}
<span class="time">{story.published:%Y-%m-%d %H:%M}:00</span>
<span>浏览：<script src="/e/public/ViewClick/?id=1"></script></span></div>
<div class="info_text" id="text">{video}
{blocks_html(story.parts[part - 1], heading="<h3>{}</h3>", caption="<p class='photo-note'>{}</p>")}
</div><div class="info_editor">[责任编辑：{"".join(story.editors)}]</div>
{self._parts(portal, story, part)}{self._neighbours(portal, story)}</article>
<div class="side"><script>document.write("<h3>栏目更新</h3><ul><li>正在读取</li></ul>");</script>
<h3>栏目热门</h3><ul>{self._links(self.older(portal, story.number, 4, 9, 16, 25))}</ul></div>"""
        meta = f'<meta name="keywords" content="{",".join(story.keywords)}">'
        return self._frame(portal, story.title, main, meta)

    def _parts(self, portal: DemoPortal, story: Story, part: int) -> str:
        if not story.part_urls:
            neighbour = self.older(portal, story.number, 1)
            link = anchor(neighbour[0].entry.path, "下一页") if neighbour and neighbour[0].entry else ""
            return f'<p class="pageLink epages">{link}</p>' if "nextstory" in portal.traps else ""
        links = [(self.part_path(story.path, k + 1), str(k + 1)) for k in range(len(story.parts))]
        following = [(links[part][0], "下一页")] if part < len(story.parts) else []
        return f'<p class="pageLink epages">{anchors([*links, *following], " ")}</p>'

    def _neighbours(self, portal: DemoPortal, story: Story) -> str:
        rows = self.older(portal, story.number, 1)
        return "".join(f'<p class="prev">下一篇：{anchor(row.href, row.title)}</p>' for row in rows)

    def _links(self, rows: list[Row]) -> str:
        return "".join(f"<li>{anchor(row.href, cut(row.title, 16), row.title)}</li>" for row in rows)

    def _list(self, visit: Visit) -> Response | None:
        index = self.section_index(visit.match[1])
        number = int(visit.match[2] or 1)
        if index is None or visit.match[2] == "1":
            return None
        listing = self.list_page(visit.portal, index, number)
        return (
            None if listing is None else self.page(self._list_html(visit.portal, listing), visit.portal.catalog.clock)
        )

    def _list_html(self, portal: DemoPortal, listing: ListPage) -> str:
        rows = []
        for row in listing.rows:
            date = f"<time>{self.date(portal, listing.section, row.entry.published)}</time>" if row.entry else ""
            rows.append(f"<li>{date}{anchor(row.href, row.title)}</li>")
        key = listing.section.key
        names = [f"/{key}/index.html", *(f"/{key}/index_{k}.html" for k in range(2, listing.pages + 1))]
        here = listing.number
        links = [(names[k - 1], str(k)) for k in range(1, listing.pages + 1) if k != here and abs(k - here) < 6]
        if here < listing.pages:
            links += [(names[here], "下一页"), (names[-1], "尾页")]
        total = len(portal.catalog.order(self.sections.index(listing.section)))
        main = f"""<div class="path">您现在的位置：<a href="/">首页</a>&nbsp;&gt;&nbsp;{listing.section.label}</div>
<ul class="infolist">
{chr(10).join(rows)}
</ul><div class="epages"><a title="总数">&nbsp;<b>{total}</b> </a>{anchors(links, "&nbsp;")}</div>
<div class="side"><h3>栏目热门</h3><ul>{self._links(self.newest(portal, 0, 5))}</ul></div>"""
        return self._frame(portal, listing.section.label, main)

    def _home(self, visit: Visit) -> Response:
        boxes = []
        for index, section in enumerate(self.sections):
            links = self._links(self.newest(visit.portal, index, 5))
            boxes.append(f"<section><h2>{anchor(f'/{section.key}/', section.label)}</h2><ul>{links}</ul></section>")
        return self.page(self._frame(visit.portal, "首页", "".join(boxes)), visit.portal.catalog.clock)

    def _rss(self, visit: Visit) -> Response | None:
        number = visit.request.query.get("classid", "1")
        if (
            visit.request.query.get("type") != "rss2"
            or not number.isdigit()
            or not 1 <= int(number) <= len(self.sections)
        ):
            return None
        portal, index = visit.portal, int(number) - 1
        entries = (portal.entry(n) for n in portal.catalog.order(index)[:_RSS])
        return feeds.rss(portal, self.sections[index].label, entries)
