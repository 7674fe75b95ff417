"""Like DedeCMS (DOMAIN.md §4.5): GBK bytes that say gb2312, list_12_1 twice, （责任编辑：admin） in the body."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, ClassVar

from crawler.demo import feeds
from crawler.demo.families.base import Family, Handler, ListPage, Row, Stray, Visit
from crawler.demo.markup import anchor, anchors, blocks_html
from crawler.demo.messages import Response, gone
from crawler.demo.story import Entry, Section, Story
from crawler.demo.text import City

if TYPE_CHECKING:
    from crawler.demo.portal import DemoPortal

__all__ = ["Dede"]

_RSS = 30
#: Number of the first section in addresses; the others follow.
_FIRST_TYPE = 12


class Dede(Family):
    """青原信息港."""

    name = "dede"
    host = "www.qingyuan-demo.test"
    site = "青原信息港"
    city = City(
        "青原", "青原晚报", "青报", ("城中区", "城东区", "大坪县", "三江镇", "铁西街道", "新港区"), rare_names=True
    )
    encoding = "gb18030"
    content_type = "text/html; charset=gb2312"
    sections = (
        Section("xinwen", "青原新闻", ("政务", "交通", "平安"), "%Y-%m-%d"),
        Section("caijing", "财经", ("经济", "科创"), "%m-%d"),
        Section("wenti", "文体", ("文化", "体育", "教育"), "(%Y-%m-%d %H:%M)"),
        Section("minsheng", "民生", ("健康", "生态", "乡村", "天气"), "%m-%d"),
    )
    crumbs = ("主页",)
    per_page = 20
    editor_names = ("admin",)
    prints_author = True
    traps: ClassVar[frozenset[str]] = frozenset(
        {"pinned", "cross", "offsite", "tracking", "mobile", "gallery", "soft404", "parts", "reprint", "href"}
        | {"nextstory", "noyear"}
    )
    strays = (
        Stray("http://www.people-demo.example/BIG5/n2/2025/0104/c1-2.html", "冰雪旅游持续升温", "offsite", "offsite"),
        Stray("/a/xinwen/2024/0630/999999.html", "网友投稿须知", "dead", "soft404"),
    )
    missing = "该文章不存在或已删除"

    def routing(self) -> list[tuple[str, Handler]]:
        """Home, lists (page 1 twice), articles and their parts, RSS, sitemap."""
        return [
            (r"/(?:index\.html)?", self._home),
            (r"/a/([a-z]+)/(?:index\.html)?", self._list),
            (r"/a/([a-z]+)/list_(\d+)_(\d+)\.html", self._list),
            (r"/a/[a-z]+/\d{4}/\d{4}/(\d+)(?:_\d+)?\.html", self._article),
            (r"/data/rss/(\d+)\.xml", self._rss),
            (r"/sitemap\.xml", self._sitemap),
        ]

    def not_found(self, soft: bool) -> Response:
        """In the bytes that the header says."""
        return gone(self.missing, 200 if soft else 404, "gbk")

    def story_path(self, entry: Entry) -> str:
        """/a/{type}/{YYYY}/{MMDD}/{aid}.html."""
        return f"/a/{entry.sections[0].key}/{entry.inserted:%Y/%m%d}/{entry.number}.html"

    def _article(self, visit: Visit) -> Response | None:
        return self.article(visit, int(visit.match[1]))

    def _frame(self, title: str, main: str, meta: str = "") -> str:
        channels = anchors([(f"/a/{s.key}/", s.label) for s in self.sections], "</li><li>")
        return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
 "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head>
<meta http-equiv="Content-Type" content="text/html; charset=gb2312" />
<title>{escape(title)}_{self.site}</title>{meta}
</head><body><div class="topnav"><ul><li><a href="/">主页</a></li><li>{channels}</li></ul></div>
{main}
<div class="flink">Copyright &copy; 2005-2025 {self.site} 版权所有　青ICP备05000005号</div></body></html>"""

    def article_html(self, portal: DemoPortal, story: Story, part: int) -> str:
        """An info row with half-width colons, the body in a table cell with its editor inside."""
        section = story.sections[0]
        crumbs = anchors([("/", "主页"), (f"/a/{section.key}/", section.label)], " &gt; ")
        author = " ".join(story.reporters) or "佚名"
        body = blocks_html(
            story.parts[part - 1],
            paragraph="<div>　　{}</div>",
            heading="<div><strong>　　{}</strong></div>",
            image='<div style="text-align:center"><img src="{}" border="0" /></div>',
            caption='<div style="text-align:center" class="picinfo">{}</div>',
        )
        last = part == len(story.parts)
        editor = f"<div>　　（责任编辑：{story.editors[0]}）</div>" if last and story.editors else ""
        under = f"<h4>{escape(story.subtitle)}</h4>" if story.subtitle else ""
        main = f"""<div class="place">当前位置: {crumbs} &gt; </div>
<div class="viewbox"><div class="title"><h2>{escape(story.title).replace(" ", "&nbsp;&nbsp;")}</h2>{under}</div>
<div class="info"><small>时间:</small>{story.published:%Y-%m-%d %H:%M}<small>来源:</small>{story.source}
<small>作者:</small>{author}
<small>点击:</small><script src="/plus/count.php?aid={story.number}"></script>次</div>
<div class="content"><table width="100%"><tr><td>
{body}
{editor}</td></tr></table></div>
{self._parts(story, part)}
<div class="handle"><a href="/plus/stow.php?aid={story.number}">收藏</a> <a href="/plus/recommend.php">推荐</a>
{self._neighbours(portal, story)}</div></div>
<div class="hot"><dl><dt>推荐内容</dt>{self._links(self.older(portal, story.number, 6, 13, 27))}</dl></div>"""
        return self._frame(story.title, main, f'<meta name="keywords" content="{",".join(story.keywords)}" />')

    def _parts(self, story: Story, part: int) -> str:
        if not story.part_urls:
            return ""
        names = [self.part_path(story.path, k + 1).rpartition("/")[2] for k in range(len(story.parts))]
        links = [(name, str(k + 1)) for k, name in enumerate(names) if k + 1 != part]
        following = anchor(names[part] if part < len(names) else "#", "下一页")
        items = "".join(f"<li>{anchor(href, text)}</li>" for href, text in links)
        total = f"<li><a>共{len(names)}页: </a></li>"
        return f'<div class="dede_pages"><ul class="pagelist">{total}{items}<li>{following}</li></ul></div>'

    def _neighbours(self, portal: DemoPortal, story: Story) -> str:
        """On the last part 下一页 would be the next story: only where the trap is on."""
        rows = self.older(portal, story.number, 1)
        word = "下一页" if "nextstory" in portal.traps and not story.part_urls else "下一篇"
        return "".join(f"<div class='context'>{word}：{anchor(row.href, word)}</div>" for row in rows)

    def _links(self, rows: list[Row]) -> str:
        return "".join(f"<dd>{anchor(row.href, row.title)}</dd>" for row in rows)

    def _list(self, visit: Visit) -> Response | None:
        index = self.section_index(visit.match[1])
        groups = visit.match.groups()
        if index is None or (len(groups) > 1 and int(groups[1]) != _FIRST_TYPE + index):
            return None
        listing = self.list_page(visit.portal, index, int(groups[2]) if len(groups) > 1 else 1)
        return (
            None if listing is None else self.page(self._list_html(visit.portal, listing), visit.portal.catalog.clock)
        )

    def _list_html(self, portal: DemoPortal, listing: ListPage) -> str:
        section, here = listing.section, listing.number
        kind = _FIRST_TYPE + self.sections.index(section)
        rows = []
        for row in listing.rows:
            date = f"<small>{self.date(portal, section, row.entry.published)}</small>" if row.entry else ""
            rows.append(f"<li>{anchor(row.href, row.title, extra=' class=title')}{date}</li>")
        names = [f"list_{kind}_{k}.html" for k in range(1, listing.pages + 1)]
        links = [(name, str(k)) for k, name in enumerate(names, 1) if k != here and abs(k - here) < 5]
        around = [(names[0], "首页")] + ([(names[here - 2], "上一页")] if here > 1 else [])
        after = [(names[here], "下一页"), (names[-1], "末页")] if here < listing.pages else []
        pager = "".join(f"<li>{anchor(href, text)}</li>" for href, text in [*around, *links, *after])
        options = "".join(f"<option value='{name}'>{k}</option>" for k, name in enumerate(names, 1))
        main = f"""<div class="place">当前位置: <a href="/">主页</a> &gt; {section.label} &gt; </div>
<div class="listbox"><ul class="d7">
{chr(10).join(rows)}
</ul></div><div class="dede_pages"><ul class="pagelist">{pager}<li><select>{options}</select></li></ul></div>"""
        head = f'<link rel="alternate" type="application/rss+xml" href="/data/rss/{kind}.xml" />'
        return self._frame(section.label, main, head)

    def _home(self, visit: Visit) -> Response:
        boxes = []
        for index, section in enumerate(self.sections):
            links = self._links(self.newest(visit.portal, index, 5))
            boxes.append(f"<dl><dt>{anchor(f'/a/{section.key}/', section.label)}</dt>{links}</dl>")
        return self.page(self._frame("主页", "".join(boxes)), visit.portal.catalog.clock)

    def _rss(self, visit: Visit) -> Response | None:
        index = int(visit.match[1]) - _FIRST_TYPE
        if not 0 <= index < len(self.sections):
            return None
        portal = visit.portal
        entries = (portal.entry(n) for n in portal.catalog.order(index)[:_RSS])
        return feeds.rss(portal, self.sections[index].label, entries)

    def _sitemap(self, visit: Visit) -> Response:
        portal = visit.portal
        return feeds.sitemap(portal, (portal.entry(n) for n in portal.catalog.order()[:500]))
