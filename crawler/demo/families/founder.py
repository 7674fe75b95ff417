"""Like Founder's portal software (DOMAIN.md §4.3): comment markers, node_N_2.htm, a wrong header, an e-paper."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, ClassVar

from crawler.demo import epaper
from crawler.demo.families.base import Family, Handler, ListPage, Row, Stray, Visit
from crawler.demo.markup import anchor, anchors, blocks_html
from crawler.demo.messages import Response
from crawler.demo.story import Entry, Section, Story
from crawler.demo.text import City

if TYPE_CHECKING:
    from crawler.demo.portal import DemoPortal

__all__ = ["Founder"]


class Founder(Family):
    """石桥新闻网, with the e-paper of 石桥日报."""

    name = "founder"
    host = "www.shiqiao-demo.test"
    site = "石桥新闻网"
    city = City("石桥", "石桥日报", "石报", ("桥东区", "桥西区", "泉水县", "龙潭镇", "广场街道", "经开区"))
    #: a header that is wrong, as one portal's is (DOMAIN.md §3): the bytes are UTF-8
    content_type = "text/html; charset=ISO-8859-1"
    sections = (
        Section("101", "石桥要闻", ("政务", "经济"), "%Y-%m-%d %H:%M:%S"),
        Section("102", "社会", ("交通", "平安", "天气"), "%Y-%m-%d"),
        Section("103", "科教文卫", ("教育", "文化", "健康", "科创"), "noyear"),
        Section("104", "城乡", ("乡村", "生态", "体育"), "%m-%d"),
    )
    crumbs = ("首页", "新闻频道")
    per_page = 20
    editor_names = ("刘洋", "梁小燕")
    traps: ClassVar[frozenset[str]] = frozenset(
        {"pinned", "cross", "offsite", "tracking", "mobile", "gallery", "video", "soft404", "parts", "reprint"}
        | {"epaper", "selfnext", "noyear"}
    )
    strays = (
        Stray("http://www.wire-demo.example/2025-01/04/c_1310.htm", "中东部迎来大范围雨雪", "offsite", "offsite"),
        Stray("/content/2024-06/30/content_999999.htm", "读者热线", "dead", "soft404"),
    )
    missing = "对不起，您要访问的页面不存在"

    def routing(self) -> list[tuple[str, Handler]]:
        """Home, nodes, articles and their parts, the e-paper."""
        return [
            (r"/(?:index\.htm)?", self._home),
            (r"/node_(\d+)(?:_(\d+))?\.htm", self._list),
            (r"/content/\d{4}-\d{2}/\d{2}/content_(\d+)(?:_\d+)?\.htm", self._article),
            (r"/epaper/.*\.(?:htm|html|xml)|/epaper/", epaper.respond),
        ]

    def story_path(self, entry: Entry) -> str:
        """/content/{yyyy-mm}/{dd}/content_{id}.htm."""
        return f"/content/{entry.inserted:%Y-%m/%d}/content_{300_000 + entry.number}.htm"

    def _article(self, visit: Visit) -> Response | None:
        return self.article(visit, int(visit.match[1]) - 300_000)

    def _frame(self, portal: DemoPortal, title: str, main: str, meta: str = "") -> str:
        channels = anchors([(f"/node_{s.key}.htm", s.label) for s in self.sections], " ")
        paper = anchor("/epaper/", "数字报") if "epaper" in portal.traps else ""
        return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{escape(title)}-{self.site}</title>{meta}</head>
<body><div id="menu"><a href="/">首页</a> {channels} {paper}</div>
<div id="page">{main}</div>
<div id="copyright">凡本网注明“来源：{self.site}”的作品，未经授权不得转载。<br>
桥ICP备06000006号 石公网安备 00000000000001号</div>
</body></html>"""

    def _property(self, story: Story) -> str:
        """Two of the three dialects of DOMAIN.md §4.3, taken in turns."""
        date = f"{story.published:%Y-%m-%d %H:%M:%S}:0"
        author, keywords = " ".join(story.reporters), " ".join(story.keywords)
        if story.number % 2:
            return (
                f'<!--enpproperty articleid="{story.number}" date="{date}" author="{author}" '
                f'title="{escape(story.title)}" sourcename="{story.source}" keyword="{keywords}" /enpproperty-->'
            )
        return (
            f"<!--enpproperty <articleid>{story.number}</articleid><date>{date}</date><author>{author}</author>"
            f"<title>{escape(story.title)}</title><keyword>{keywords}</keyword>"
            f"<subtitle>{escape(story.subtitle or '')}</subtitle><introtitle></introtitle><siteid>2</siteid>"
            f"<nodeid>{story.sections[0].key}</nodeid><nodename>{story.sections[0].label}</nodename>/enpproperty-->"
        )

    def article_html(self, portal: DemoPortal, story: Story, part: int) -> str:
        """The body between comments, the meta line with the ids of Baidu's news search."""
        section = story.sections[0]
        node = f"/node_{section.key}.htm"
        crumbs = anchors([("/", "首页"), ("/", "新闻频道"), (node, section.label)], " > ")
        under = f'<p class="subtitle">{escape(story.subtitle)}</p>' if story.subtitle else ""
        video = '<div class="videobox"><video src="/v/1.mp4"></video></div>' if story.kind == "video" else ""
        body = blocks_html(
            story.parts[part - 1],
            paragraph="<P>　　{}</P>",
            heading="<P>　　<STRONG>{}</STRONG></P>",
            image='<P align=center><IMG src="{}"></P>',
            caption="<P align=center class=pictext><FONT face=楷体>{}</FONT></P>",
        )
        keywords = " ".join(anchor(f"/search.htm?k={word}", word) for word in story.keywords)
        main = f"""{self._property(story)}
<div class="where">{crumbs} > 正文</div>
<h1 id="title">{escape(story.title)}</h1>{under}
<div class="info"><span id="pubtime_baidu">{story.published:%Y-%m-%d %H:%M}:00</span>
<span id="source_baidu">来源：{story.source}</span> <span id="editor_baidu">编辑：{"".join(story.editors)}</span></div>
<div id="content">{video}<!--enpcontent-->
{body}
<!--/enpcontent--></div>
{self._parts(story, part)}
<div class="tags">关键词：{keywords}</div>
<div class="qr"><img src="/images/qr.png"><p>扫一扫，手机看新闻</p></div>
<div class="more"><h3>延伸阅读</h3>{self._links(self.older(portal, story.number, 2, 6, 11, 19))}</div>"""
        meta = f'<meta name="keywords" content="{" ".join(story.keywords)}">'
        return self._frame(portal, story.title, main, meta)

    def _parts(self, story: Story, part: int) -> str:
        if not story.part_urls:
            return ""
        names = [self.part_path(story.path, k + 1).rpartition("/")[2] for k in range(len(story.parts))]
        links = [(name, f"[{k}]") for k, name in enumerate(names, 1)]
        following = names[min(part, len(names) - 1)]
        return f'<div id="autopage">{anchors([*links, (following, "下一页")], "&nbsp;")}</div>'

    def _links(self, rows: list[Row]) -> str:
        return "<ul>" + "".join(f"<li>{anchor(row.href, row.title)}</li>" for row in rows) + "</ul>"

    def _list(self, visit: Visit) -> Response | None:
        index, number = self.section_index(visit.match[1]), int(visit.match[2] or 1)
        if index is None or visit.match[2] == "1":
            return None
        listing = self.list_page(visit.portal, index, number)
        return (
            None if listing is None else self.page(self._list_html(visit.portal, listing), visit.portal.catalog.clock)
        )

    def _list_html(self, portal: DemoPortal, listing: ListPage) -> str:
        section, here = listing.section, listing.number
        rows = []
        for row in listing.rows:
            date = f"<span>{self.date(portal, section, row.entry.published)}</span>" if row.entry else ""
            rows.append(f"<li>{anchor(row.href, row.title)}{date}</li>")
        stem = f"node_{section.key}"
        names = [f"{stem}.htm", *(f"{stem}_{k}.htm" for k in range(2, listing.pages + 1))]
        links = [(name, str(k)) for k, name in enumerate(names, 1) if abs(k - here) < 5]
        if here < listing.pages or "selfnext" in portal.traps:
            links.append((names[min(here, listing.pages - 1)], "下一页"))
        main = f"""<div class="where"><a href="/">首页</a> > {section.label}</div>
<ul class="newslist">
{chr(10).join(rows)}
</ul><div id="autopage">{anchors(links, "&nbsp;")}</div>"""
        return self._frame(portal, section.label, main)

    def _home(self, visit: Visit) -> Response:
        boxes = []
        for index, section in enumerate(self.sections):
            more = anchor(f"/node_{section.key}.htm", section.label)
            boxes.append(f"<div class=box><h2>{more}</h2>{self._links(self.newest(visit.portal, index, 6))}</div>")
        return self.page(self._frame(visit.portal, "首页", "".join(boxes)), visit.portal.catalog.clock)
