"""Like CmsTop (DOMAIN.md §4.1): a curated index beside a capped list, .article-content around everything."""

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

__all__ = ["CmsTop"]

#: The list's cap in pages, and the sitemap's in stories: CmsTop's own defaults (DOMAIN.md §4.1).
_MAX_PAGES = 20
_SITEMAP = 1000
_BAIDU = 50
#: The column's width in characters: longer headlines are cut, the whole one is in @title.
_WIDTH = 14


class CmsTop(Family):
    """云州新闻网."""

    name = "cmstop"
    host = "www.yunzhou-demo.test"
    site = "云州新闻网"
    city = City("云州", "云州日报", "云报", ("鼓楼区", "青山区", "长洲县", "清泉镇", "双桥街道", "临港新城"))
    sections = (
        Section("szxw", "时政新闻", ("政务", "经济", "科创"), "%Y-%m-%d %H:%M"),
        Section("shms", "社会民生", ("交通", "天气", "平安", "教育"), "%Y-%m-%d %H:%M"),
        Section("whty", "文化体育", ("文化", "体育"), "noyear"),
        Section("jkst", "健康生态", ("健康", "生态", "乡村"), "%m-%d %H:%M"),
    )
    crumbs = ("首页", "新闻中心")
    per_page = 50
    editor_names = ("周静", "李晓明", "赵燕", "孙立新")
    prints_author = False
    traps: ClassVar[frozenset[str]] = frozenset(
        {"pinned", "cross", "offsite", "tracking", "mobile", "gallery", "video", "soft404", "parts", "reprint"}
        | {"special", "noyear", "href", "selfnext"}
    )
    strays = (
        Stray(
            "http://politics.central-demo.example/2025/0103/c70731-1.html", "全国两会时间表公布", "offsite", "offsite"
        ),
        Stray("/2024/0630/199999.shtml", "清凉一夏有奖问答", "dead", "soft404"),
        Stray("/special/2025/gongjiang/", "专题：云州工匠", "special", "special"),
        Stray("http://sip.sister-demo.example/2025/0104/77.shtml", "邻市发布新年消费券", "offsite", "offsite"),
    )
    missing = "页面未找到_云州新闻网"

    def routing(self) -> list[tuple[str, Handler]]:
        """Home, articles and their parts, curated indexes, lists, feeds, a topic page."""
        return [
            (r"/(?:index\.shtml)?", self._home),
            (r"/\d{4}/\d{4}/(\d+)(?:_\d+)?\.shtml", self._article),
            (r"/([a-z]+)/(?:index\.shtml)?", self._curated),
            (r"/([a-z]+)/(\d+)\.shtml", self._list),
            (r"/xml/sitemap\.xml", self._sitemap),
            (r"/baidunews\.xml", self._baidunews),
            (r"/special/2025/gongjiang/", self._special),
        ]

    def story_path(self, entry: Entry) -> str:
        """{year}/{month}{day}/{contentid}.shtml."""
        return f"/{entry.inserted:%Y/%m%d}/{200_000 + entry.number}.shtml"

    def _article(self, visit: Visit) -> Response | None:
        return self.article(visit, int(visit.match[1]) - 200_000)

    def _frame(self, title: str, main: str, meta: str = "") -> str:
        channels = anchors([(f"/{s.key}/", s.label) for s in self.sections], "</li><li>")
        return f"""<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>{escape(title)}_{self.site}</title>{meta}
<link rel="stylesheet" href="/static/css/cmstop.yz.css" /><script src="/static/js/cmstop.common.js"></script></head>
<body><div class="topbar"><ul class="channels"><li><a href="/">首页</a></li><li>{channels}</li></ul></div>
<div class="wrap">{main}</div>
<div class="footer"><p>互联网新闻信息服务许可证 00120250001　云ICP备05000002号</p>
<p>违法和不良信息举报电话：0000-12377　版权所有 {self.site}</p></div></body></html>"""

    def article_html(self, portal: DemoPortal, story: Story, part: int) -> str:
        """One column holds headline, infos, summary, text, editor and today's recommendations."""
        number = f"（{part}）" if part > 1 else ""
        section = story.sections[0]
        crumbs = anchors(
            [("/", "首页"), (f"/{section.key}/", "新闻中心"), (f"/{section.key}/", section.label)], " &gt; "
        )
        under = f'<h2 class="sub">{escape(story.subtitle)}</h2>' if story.subtitle else ""
        lead = story.body.partition("\n")[0]
        summary = (
            f'<div class="article-describe"><strong>摘要：</strong>{escape(cut(lead, 60))}</div>' if part == 1 else ""
        )
        main = f"""<div class="crumb">当前位置：{crumbs} &gt; 正文</div>
<div class="column article-content">
<h1>{escape(story.title)}{number}</h1>{under}
<div class="article-infos"><span class="date">{story.published:%Y-%m-%d %H:%M}</span>
<a class="source" href="#">{story.source}</a> <span class="comment">评论 <b>0</b></span></div>
{summary}
<div class="article-detail"><div class="article-detail-inner">
{self._text(story, part)}
</div></div>
<p class="article-editor">责任编辑：{"".join(story.editors)}</p>
{self._parts(story, part)}
<div class="share">分享到：<a href="#">微信</a> <a href="#">微博</a> 扫一扫关注我们</div>
<aside><h3>今日推荐</h3>{self._links(self.older(portal, story.number, 9, 21, 33, 50))}</aside></div>
<div class="column side"><h3>相关新闻</h3>{self._links(self.older(portal, story.number, 2, 5, 8, 12))}</div>"""
        meta = f'<meta name="keywords" content="{" ".join(story.keywords)}" />'
        return self._frame(story.title + number, main, meta)

    def _text(self, story: Story, part: int) -> str:
        blocks = story.parts[part - 1]
        if story.kind == "gallery":
            note = '<p class="pic-desc" data-gallery="photo-description">{}</p>'
            return blocks_html(blocks, image='<div class="photo"><img src="{}"></div>', caption=note)
        player = '<div class="tv-cont"><video controls></video></div>\n' if story.kind == "video" else ""
        return player + blocks_html(
            blocks,
            paragraph='<p style="text-indent: 2em;">{}</p>',
            heading='<p style="text-align: center;"><strong>{}</strong></p>',
            image='<p style="text-align: center;"><img src="{}" alt=""></p>',
            caption='<p style="text-align: center;" class="pic-desc"><span style="color:#666">{}</span></p>',
        )

    def _parts(self, story: Story, part: int) -> str:
        if not story.part_urls:
            return ""
        links = [(self.part_path(story.path, k + 1), str(k + 1)) for k in range(len(story.parts))]
        following = self.part_path(story.path, min(part + 1, len(story.parts)))
        return f'<div class="pages">{anchors([*links, (following, "下一页")], " ")}</div>'

    def _links(self, rows: list[Row]) -> str:
        items = (f"<li>{anchor(row.href, cut(row.title, _WIDTH), row.title)}</li>" for row in rows)
        return f"<ul class='mode-txtlink'>{''.join(items)}</ul>"

    def _pages(self, portal: DemoPortal, index: int) -> int:
        numbers = portal.catalog.order(index)
        return min(_MAX_PAGES, max(1, -(-len(numbers) // self.per_page)))

    def _list(self, visit: Visit) -> Response | None:
        index = self.section_index(visit.match[1])
        if index is None or int(visit.match[2]) > self._pages(visit.portal, index):
            return None
        listing = self.list_page(visit.portal, index, int(visit.match[2]))
        return (
            None if listing is None else self.page(self._list_html(visit.portal, listing), visit.portal.catalog.clock)
        )

    def _list_html(self, portal: DemoPortal, listing: ListPage) -> str:
        rows = []
        for i, row in enumerate(listing.rows):
            when = self.date(portal, listing.section, row.entry.published) if row.entry else ""
            date = f'<span class="date">{when}</span>'
            rows.append(f'<li class="item">{anchor(row.href, cut(row.title, _WIDTH), row.title)}{date}</li>')
            if i % 5 == 4:
                rows.append('<li class="hr"></li>')
        index = self.sections.index(listing.section)
        last, here = min(listing.pages, _MAX_PAGES), listing.number
        links = [(f"{k}.shtml", str(k)) for k in range(1, last + 1) if abs(k - here) < 5]
        if here < last or "selfnext" in portal.traps:
            links.append((f"{min(here + 1, last)}.shtml", "下一页"))
        main = f"""<div class="column"><h2 class="title">{listing.section.label}</h2>
<ul class="mode-txtlink c-lists">
{chr(10).join(rows)}
</ul><div class="pagination">{anchors(links, " ")}</div></div>
<div class="column side"><h3>排行榜</h3>{self._links(self.newest(portal, (index + 1) % len(self.sections), 8))}</div>"""
        return self._frame(listing.section.label, main)

    def _curated(self, visit: Visit) -> Response | None:
        """Four times a day, editors' choice only: the list is behind 更多 (DOMAIN.md §4.1)."""
        portal, index = visit.portal, self.section_index(visit.match[1])
        if index is None:
            return None
        section, numbers = self.sections[index], portal.catalog.order(index)
        chosen = [self.row(portal, number) for number in numbers[2:20:3]]
        main = f"""<div class="focus"><h2>{section.label}</h2>{self._links(chosen)}</div>
<div class="column"><h3>滚动新闻 <a class="more" href="/{section.key}/1.shtml">更多&gt;&gt;</a></h3>
{self._links([self.row(portal, number) for number in numbers[1:12:2]])}</div>"""
        return self.page(self._frame(section.label, main), portal.catalog.clock)

    def _home(self, visit: Visit) -> Response:
        columns = []
        for index, section in enumerate(self.sections):
            more = anchor(f"/{section.key}/", section.label)
            columns.append(
                f"<div class='column'><h3>{more}</h3>{self._links(self.newest(visit.portal, index, 7))}</div>"
            )
        return self.page(self._frame("首页", "".join(columns)), visit.portal.catalog.clock)

    def _special(self, visit: Visit) -> Response:
        rows = self.newest(visit.portal, 2, 4)
        return self.page(self._frame("专题：云州工匠", f"<div class='banner'></div>{self._links(rows)}"))

    def _sitemap(self, visit: Visit) -> Response:
        portal = visit.portal
        return feeds.sitemap(portal, (portal.entry(n) for n in portal.catalog.order()[:_SITEMAP]))

    def _baidunews(self, visit: Visit) -> Response:
        portal = visit.portal
        return feeds.baidunews(portal, (portal.story(n) for n in portal.catalog.order()[:_BAIDU]))
