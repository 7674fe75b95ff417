"""Like 苏州都市网 (DOMAIN.md §1): an address that is a clock, unlabelled "paper date", hot lists after the body."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from crawler.demo.families.base import Family, Handler, ListPage, Row, Stray, Visit
from crawler.demo.markup import anchor, anchors, blocks_html, cut, escape
from crawler.demo.messages import Response, page
from crawler.demo.story import Entry, Section, Story
from crawler.demo.text import City

if TYPE_CHECKING:
    from crawler.demo.portal import DemoPortal

__all__ = ["Seed"]

_SECTIONS = (
    Section("qinghe", "清河资讯", ("政务", "交通", "教育", "天气", "平安"), "%Y-%m-%d"),
    Section("yule", "娱乐", ("文化",), "relative"),
    Section("tiyu", "体育", ("体育",), "noyear"),
    Section("caijing", "财经", ("经济", "科创"), "%m-%d %H:%M"),
    Section("shenghuo", "生活", ("健康", "生态", "乡村"), "%Y年%m月%d日"),
)


class Seed(Family):
    """清河都市网."""

    name = "seed"
    host = "www.qinghe-demo.test"
    site = "清河都市网"
    city = City("清河", "清河日报", "清报", ("东湖区", "云台区", "柳林县", "石门街道", "安平镇", "白沙新区"))
    sections = _SECTIONS
    crumbs = ("首页", "资讯中心")
    per_page = 20
    traps: ClassVar[frozenset[str]] = frozenset(
        {"pinned", "cross", "offsite", "tracking", "mobile", "href", "gallery", "video", "soft404", "selfnext"}
        | {"reprint", "special", "noyear"}
    )
    strays = (
        Stray(
            "http://www.renmin-demo.example/n1/2025/0103/c1001-40396.html", "全国铁路迎来返程客流", "offsite", "offsite"
        ),
        Stray("http://video.other-demo.example/v/20250104/88.html", "航拍：冬日里的水乡", "offsite", "offsite"),
        Stray("/news/1609430400000000.shtml", "活动报名入口（已结束）", "dead", "soft404"),
        Stray("/zt/wenming/", "专题：做文明有礼的清河人", "special", "special"),
    )
    missing = "ERROR 404 您访问的页面不存在"

    def routing(self) -> list[tuple[str, Handler]]:
        """Home, articles, lists, and a topic page."""
        return [
            (r"/(?:index\.shtml)?", self._home),
            (r"/news/(\d{10})(\d{6})\.shtml", self._article),
            (r"/([a-z]+)/(?:index(?:_(\d+))?\.shtml)?", self._list),
            (r"/zt/wenming/", self._special),
        ]

    def story_path(self, entry: Entry) -> str:
        """Ten digits of the clock and six of what would be microseconds, which hide the number (DOMAIN.md §1)."""
        seconds = int(entry.inserted.timestamp()) + entry.number % 60
        return f"/news/{seconds}{entry.number * 7919 % 1_000_000:06d}.shtml"

    def _article(self, visit: Visit) -> Response | None:
        number = int(visit.match[2]) * pow(7919, -1, 1_000_000) % 1_000_000
        return self.article(visit, number)

    def _frame(self, portal: DemoPortal, title: str, main: str, meta: str = "") -> str:
        channels = anchors([(f"/{s.key}/", s.label) for s in self.sections], " ")
        host = portal.base.removeprefix("http://")
        return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}_{self.site}</title>{meta}
<link rel="stylesheet" href="/css/qh.css"><script src="/js/qh.js"></script></head>
<body><div class="qh-top"><a class="logo" href="{portal.base}/">{self.site}</a>
<div class="qh-nav"><a href="/">首页</a> {channels}</div></div>
{main}
<div class="qh-channel">{channels}<br>{anchors([("/about/", "关于我们"), ("/about/ad/", "广告服务")], " | ")}</div>
<div class="qh-foot"><p>Copyright (C) {host}</p><p>{self.site} 版权所有 清ICP备2021000001号-1</p></div>
</body></html>"""

    def article_html(self, portal: DemoPortal, story: Story, part: int) -> str:
        """The column with the text, and four boxes under it."""
        lines = "<br>".join(escape(line) for line in story.title.split(" ")) if " " in story.title else story.title
        under = f'<p class="qh-sub">{escape(story.subtitle)}</p>' if story.subtitle else ""
        hot = self._links(self.older(portal, story.number, 17, 29, 41, 60, 85))
        new = self._links(self.older(portal, story.number, 1, 2, 3, 4, 5, 6))
        featured = self._links(self.older(portal, story.number, 11, 23, 37))
        crumbs = " &gt; ".join(
            [anchor("/", "首页"), anchor("/", "资讯中心"), anchor(f"/{story.sections[0].key}/", story.breadcrumb[-1])]
        )
        body = blocks_html(story.parts[part - 1], paragraph="<p>　　{}</p>")
        main = f"""<div class="qh-wrap"><div class="qh-pos">{crumbs}</div>
<h1>{lines}</h1>{under}
<div class="qh-from">{story.source} {story.published:%Y-%m-%d %H:%M}</div>
<div class="qh-text">
{body}
</div>
<div class="qh-box"><h3>网友热搜</h3>{hot}</div>
<div class="qh-box"><h3>最新发布</h3>{new}</div>
<div class="qh-box"><h3>更多搜索</h3><p>{" ".join(anchor(f"/search/?q={k}", k) for k in story.keywords)}</p></div>
<div class="qh-box"><h3>内容精选</h3>{featured}</div></div>"""
        meta = f'<meta name="keywords" content="{",".join(story.keywords)}">'
        return self._frame(portal, story.title, main, meta)

    def _links(self, rows: list[Row]) -> str:
        return "<ul>" + "".join(f"<li>{anchor(row.href, cut(row.title, 18), row.title)}</li>" for row in rows) + "</ul>"

    def _list(self, visit: Visit) -> Response | None:
        index = self.section_index(visit.match[1])
        listing = None if index is None else self.list_page(visit.portal, index, int(visit.match[2] or 1))
        if listing is None or visit.match[2] == "1":
            return None
        return page(self._list_html(visit.portal, listing), modified=visit.portal.catalog.clock)

    def _list_html(self, portal: DemoPortal, listing: ListPage) -> str:
        rows = "\n".join(self._row_html(portal, listing.section, row) for row in listing.rows)
        main = f"""<div class="qh-wrap"><div class="qh-pos">{anchor("/", "首页")} &gt; {listing.section.label}</div>
<div class="qh-list"><h2>{listing.section.label}</h2><ul>
{rows}
</ul></div>
<div class="qh-page">{self._pager(portal, listing)}</div></div>"""
        return self._frame(portal, listing.section.label, main)

    def _row_html(self, portal: DemoPortal, section: Section, row: Row) -> str:
        pin = "<em>置顶</em> " if row.pinned else ""
        when = self.date(portal, section, row.entry.published) if row.entry else ""
        return f"<li>{pin}{anchor(row.href, row.title)}<span>{when}</span></li>"

    def _pager(self, portal: DemoPortal, listing: ListPage) -> str:
        """Numbers around the page; on the last page 下一页 leads to itself (DOMAIN.md §5)."""

        def name(number: int) -> str:
            return "index.shtml" if number == 1 else f"index_{number}.shtml"

        last, here = listing.pages, listing.number
        around = [(name(k), str(k)) for k in range(max(1, here - 3), min(last, here + 3) + 1)]
        following = here + 1 if here < last else here
        links = [(name(1), "首页"), (name(max(1, here - 1)), "上一页"), *around]
        if here < last or "selfnext" in portal.traps:
            links.append((name(following), "下一页"))
        return anchors([*links, (name(last), "末页")], " ") + f" 共{last}页"

    def _home(self, visit: Visit) -> Response:
        blocks = []
        for index, section in enumerate(self.sections):
            rows = self.newest(visit.portal, index, 6)
            blocks.append(
                f'<div class="qh-col"><h2>{anchor(f"/{section.key}/", section.label)}</h2>{self._links(rows)}</div>'
            )
        return page(self._frame(visit.portal, "首页", "\n".join(blocks)), modified=visit.portal.catalog.clock)

    def _special(self, visit: Visit) -> Response:
        rows = [self.row(visit.portal, number) for number in visit.portal.catalog.order(0)[5:9]]
        return page(self._frame(visit.portal, "专题", f'<div class="zt-banner">专题</div>{self._links(rows)}'))
