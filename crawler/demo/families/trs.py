"""Like TRS WCM (DOMAIN.md §4.2): lists paged by a script only, 0-based or 1-based, and nested editors."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, ClassVar

from crawler.demo.families.base import Family, Handler, ListPage, Row, Stray, Visit
from crawler.demo.markup import anchor, anchors, blocks_html, list_date
from crawler.demo.messages import Response, as_json
from crawler.demo.story import Entry, Section, Story
from crawler.demo.text import City

if TYPE_CHECKING:
    from crawler.demo.portal import DemoPortal

__all__ = ["Trs"]

_API = "/wcmapi/service/getDocumentsByChannelId.xhtml"
#: Styles of sections: page 2 is index_1 in a "zero" section, index_2 in an "one" section; "json" goes on in JSON.
_ZERO, _ONE, _JSON = "zero", "one", "json"


class Trs(Family):
    """临江在线."""

    name = "trs"
    host = "www.linjiang-demo.test"
    site = "临江在线"
    city = City("临江", "临江日报", "临报", ("江北区", "江南区", "太平县", "沙洲镇", "红旗街道", "港湾新区"))
    sections = (
        Section("xwzx/bdxw", "本地新闻", ("政务", "交通", "平安", "天气"), _ZERO),
        Section("xwzx/cjxw", "财经新闻", ("经济", "科创"), _ONE),
        Section("kjww/wty", "文体游", ("文化", "体育", "教育"), _JSON),
        Section("shzx/ms", "民生", ("健康", "生态", "乡村"), _ZERO),
    )
    crumbs = ("首页",)
    per_page = 15
    editor_names = ("陈晨", "马丽娟", "何平")
    prints_author = True
    traps: ClassVar[frozenset[str]] = frozenset(
        {"pinned", "cross", "offsite", "tracking", "mobile", "gallery", "soft404", "parts", "reprint", "insert_day"}
        | {"script"}
    )
    optional = frozenset({"script"})
    strays = (
        Stray(
            "http://www.agency-demo.example/politics/2025-01/04/c_1127.htm", "全国电影票房开门红", "offsite", "offsite"
        ),
        Stray("/xwzx/bdxw/202406/t20240630_999999.html", "网上评议入口", "dead", "soft404"),
    )
    missing = "您访问的页面不存在或已删除"

    def routing(self) -> list[tuple[str, Handler]]:
        """Home, lists, articles and their parts, the documents' API."""
        return [
            (r"/(?:index\.html)?", self._home),
            (r"/([a-z]+/[a-z]+)/(?:index(?:_(\d+))?\.html)?", self._list),
            (r"/[a-z]+/[a-z]+/\d{6}/t\d{8}_(\d+)(?:_\d+)?\.html", self._article),
            (_API.replace(".", r"\."), self._api),
        ]

    def story_path(self, entry: Entry) -> str:
        """{channel}/{yyyymm}/t{yyyymmdd}_{id}.html; the date is that of the insertion."""
        return f"/{entry.sections[0].key}/{entry.inserted:%Y%m}/t{entry.inserted:%Y%m%d}_{100_000 + entry.number}.html"

    def part_path(self, path: str, part: int) -> str:
        """0-based as the lists are: part 2 is _1."""
        return super().part_path(path, part) if part == 1 else path.replace(".html", f"_{part - 1}.html")

    def image_path(self, entry: Entry, index: int) -> str:
        """Beside the article, named W and digits."""
        folder = self.story_path(entry).rpartition("/")[0]
        return f"{folder}/W0{entry.inserted:%Y%m%d}{entry.number:06d}{index:03d}.jpg"

    def _article(self, visit: Visit) -> Response | None:
        return self.article(visit, int(visit.match[1]) - 100_000)

    def _frame(self, title: str, main: str, meta: str = "") -> str:
        channels = anchors([(f"/{s.key}/", s.label) for s in self.sections], "|")
        return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
 "http://www.w3.org/TR/xhtml1/DTD/xhtml1.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8"/>
<title>{escape(title)}--{self.site}</title>{meta}
<script type="text/javascript" src="/images/createpage.js"></script></head>
<body><table class="nav" width="1000"><tr><td><a href="/">首页</a>|{channels}</td></tr></table>
{main}
<div class="bottom">主办：临江日报社　技术支持：临江在线
<a href="/about/">联系我们</a><br/>临ICP备10000003号</div></body></html>"""

    def article_html(self, portal: DemoPortal, story: Story, part: int) -> str:
        """Lazy pictures, an inline style sheet, an editor inside an editor; parts only through the script."""
        section = story.sections[0]
        crumbs = anchors([("/", "首页"), (f"/{section.key}/", section.label)], " &gt;&gt; ")
        author = f"　作者：{' '.join(story.reporters)}" if story.reporters else ""
        body = blocks_html(
            story.parts[part - 1],
            paragraph="<p>　　{}</p>",
            heading="<p>　　<b>{}</b></p>",
            image='<p align="center"><img src="/images/blank.gif" data-src="{}" oldsrc="W0.jpg" /></p>',
            caption='<p align="center" class="tuzhu"><font color="#0000ff">{}</font></p>',
        )
        stem = story.path.rpartition("/")[2].removesuffix(".html")
        pager = f'createPageHTML({len(story.parts)}, {part - 1}, "{stem}", "html");' if story.part_urls else ""
        under = f'<div class="futi">{escape(story.subtitle)}</div>' if story.subtitle else ""
        main = f"""<div class="weizhi">您所在的位置：{crumbs}</div>
<div class="xl"><div class="xl-title">{escape(story.title).replace(" ", "　")}</div>{under}
<div class="xl-info">发布时间：{story.published:%Y-%m-%d %H:%M}　来源：{story.source}{author}　字号：[大 中 小]</div>
<div class="xl-text"><div class="TRS_Editor">
<style type="text/css">.TRS_Editor P{{line-height:2;font-size:16px;}}</style>
<div class="TRS_Editor">
{body}
</div></div></div>
<div class="xl-page"><script>{pager}</script></div>
<div class="xl-editor">责任编辑：{" ".join(story.editors)}</div></div>
<div class="xg"><h4>相关新闻</h4>{self._links(self.older(portal, story.number, 3, 7, 14))}</div>"""
        meta = f'<meta name="Keywords" content="{";".join(story.keywords)}"/>'
        return self._frame(story.title, main, meta)

    def _links(self, rows: list[Row]) -> str:
        return "".join(f"<li>·{anchor(row.href, row.title)}</li>" for row in rows)

    def _list(self, visit: Visit) -> Response | None:
        index = self.section_index(visit.match[1])
        if index is None:
            return None
        style = self.sections[index].style
        number = int(visit.match[2] or 0)
        if number and (style == _JSON or (style == _ONE and number == 1)):
            return None
        page_number = number + 1 if style == _ZERO else max(number, 1)
        listing = self.list_page(visit.portal, index, page_number)
        return (
            None if listing is None else self.page(self._list_html(visit.portal, listing), visit.portal.catalog.clock)
        )

    def _list_html(self, portal: DemoPortal, listing: ListPage) -> str:
        section = listing.section
        rows = "\n".join(self._row(section, row) for row in listing.rows)
        main = f"""<div class="weizhi">您所在的位置：<a href="/">首页</a> &gt;&gt; {section.label}</div>
<div class="lb"><ul>
{rows}
</ul>{self._pager(portal, listing)}</div>"""
        return self._frame(section.label, main)

    def _row(self, section: Section, row: Row) -> str:
        """In-section links are relative (./202501/t…), as TRS writes them."""
        folder = f"/{section.key}/"
        href = f"./{row.href.removeprefix(folder)}" if row.href.startswith(folder) else row.href
        date = f"<i>{list_date(row.entry.published, '%Y-%m-%d')}</i>" if row.entry else ""
        return f"<li>{anchor(href, row.title)}{date}</li>"

    def _pager(self, portal: DemoPortal, listing: ListPage) -> str:
        if listing.section.style == _ONE:
            arguments = f'{listing.pages}, {listing.number}, "index", "html", {self.per_page}, "pagebar"'
            return f'<div id="pagebar"><script>createPageHTML({arguments});</script></div>'
        if listing.section.style == _ZERO:
            arguments = f'{listing.pages}, {listing.number - 1}, "index", "html"'
            return f"<div class='fy'><script>createPageHTML({arguments});</script></div>"
        if listing.pages == 1:
            return ""
        if "script" in portal.traps:
            return '<div class="more"><a href="javascript:loadDocs();">加载更多</a></div>'
        address = f"{_API}?chnlId={self.sections.index(listing.section)}&pageIndex=2&pageSize={self.per_page}"
        more = anchor(address, "加载更多", extra=' rel="next"')
        return f'<div class="more">{more}</div>'

    def _api(self, visit: Visit) -> Response | None:
        """Documents of a channel as JSON; beyond the last page an empty list."""
        query = visit.request.query
        index, number = query.get("chnlId", ""), query.get("pageIndex", "1")
        if not (index.isdigit() and number.isdigit() and int(index) < len(self.sections)):
            return None
        numbers = visit.portal.catalog.order(int(index))
        start = (int(number) - 1) * self.per_page
        entries = [visit.portal.entry(n) for n in numbers[max(start, 0) : start + self.per_page]]
        docs = [
            {"docId": 100_000 + e.number, "docTitle": e.title, "docPubUrl": visit.portal.base + e.path}
            | {"docRelTime": f"{e.published:%Y-%m-%d %H:%M:%S}", "docChannelId": int(index)}
            for e in entries
        ]
        pages = -(-len(numbers) // self.per_page)
        return as_json({"code": 0, "data": docs, "pageIndex": int(number), "pageCount": pages, "total": len(numbers)})

    def _home(self, visit: Visit) -> Response:
        cells = []
        for index, section in enumerate(self.sections):
            more = anchor(f"/{section.key}/", section.label)
            cells.append(f"<td><h3>{more}</h3>{self._links(self.newest(visit.portal, index, 6))}</td>")
        return self.page(self._frame("首页", f"<table><tr>{''.join(cells)}</tr></table>"), visit.portal.catalog.clock)
