"""Like Hanweb JCMS (DOMAIN.md §4.4): list records inlined as CDATA, further ones by POST, government metas."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, ClassVar

from crawler.demo.families.base import Family, Handler, ListPage, Row, Stray, Visit
from crawler.demo.markup import anchor, anchors, blocks_html, list_date
from crawler.demo.messages import Response
from crawler.demo.story import Entry, Section, Story
from crawler.demo.text import City, Draft

if TYPE_CHECKING:
    from crawler.demo.portal import DemoPortal

__all__ = ["Jcms"]

_PROXY = "/module/web/jpage/dataproxy.jsp"
#: The page shows 15 records at a time; three groups are inlined (DOMAIN.md §4.4: startrecord=1, endrecord=45).
_GROUP, _INLINE = 15, 45
_DOWN = "down"


class Jcms(Family):
    """南浦市人民政府网."""

    name = "jcms"
    host = "www.nanpu-demo.test"
    site = "中国南浦"
    city = City("南浦", "南浦日报", "南报", ("浦东街道", "浦西街道", "和平区", "长乐县", "万安镇", "台商园区"))
    sections = (
        Section("101", "南浦要闻", ("政务", "经济", "科创")),
        Section("102", "部门动态", ("交通", "教育", "平安", "天气")),
        Section("103", "民生服务", ("健康", "生态", "乡村")),
        Section("zwdt", "文体动态", ("文化", "体育"), _DOWN),
    )
    crumbs = ("首页", "政务公开")
    per_page = _GROUP
    editor_names = ("曹颖", "林志强")
    other_sources = ("市教育局", "市水务局", "市民政局", "省广播电视台")
    traps: ClassVar[frozenset[str]] = frozenset(
        {"cross", "offsite", "tracking", "mobile", "soft404", "reprint", "attachment", "dashes"}
    )
    strays = (
        Stray(
            "http://www.province-demo.example/art/2025/1/3/art_40_1.html",
            "省政府常务会议部署春运",
            "offsite",
            "offsite",
        ),
        Stray("/art/2024/6/30/art_101_999999.html", "意见征集：老旧小区改造", "dead", "soft404"),
    )
    missing = "您访问的信息不存在或已删除"

    def routing(self) -> list[tuple[str, Handler]]:
        """Home, columns, records by POST, articles, and a list that counts down."""
        return [
            (r"/(?:index\.html)?", self._home),
            (r"/col/col(\d+)/(?:index\.html)?", self._column),
            (r"/([a-z]+)(?:/(\d+))?\.htm", self._down),
            (r"/art/\d{4}/\d{1,2}/\d{1,2}/art_[a-z0-9]+_(\d+)\.html", self._article),
            (_PROXY.replace(".", r"\."), self._records),
        ]

    def story_path(self, entry: Entry) -> str:
        """art/{y}/{m}/{d}/art_{column}_{id}.html, month and day without padding."""
        day = entry.inserted
        return f"/art/{day.year}/{day.month}/{day.day}/art_{entry.sections[0].key}_{30_000 + entry.number}.html"

    def _article(self, visit: Visit) -> Response | None:
        return self.article(visit, int(visit.match[1]) - 30_000)

    def dress(self, portal: DemoPortal, entry: Entry, draft: Draft, written: int, twin: str | None) -> Story:
        """Some notices come with a file."""
        story = super().dress(portal, entry, draft, written, twin)
        if "attachment" not in portal.traps or entry.number % 6 != 1:
            return story
        url = f"{portal.base}/module/download/{entry.inserted:%Y%m}/{entry.number}.pdf"
        return replace(story, attachments=((url, f"{draft.keywords[0]}实施细则.pdf"),))

    def _address(self, section: Section) -> str:
        return f"/{section.key}.htm" if section.style == _DOWN else f"/col/col{section.key}/index.html"

    def _frame(self, title: str, main: str, meta: str = "") -> str:
        channels = anchors([(self._address(s), s.label) for s in self.sections], " ")
        return f"""<!DOCTYPE html>
<html><head><meta charset="UTF-8"><title>{self.site} {escape(title)}</title>
<meta name="SiteName" content="{self.site}"><meta name="SiteDomain" content="{self.host}">{meta}
<script src="/script/jquery.js"></script></head>
<body><div class="gov-head"><a href="/">{self.site}</a></div><div class="gov-nav"><a href="/">首页</a> {channels}</div>
{main}
<div class="gov-foot">主办：南浦市人民政府办公室　网站标识码：0000000001
<a href="/col/col999/index.html">网站地图</a></div></body></html>"""

    def article_html(self, portal: DemoPortal, story: Story, part: int) -> str:
        """Metas of the government guide; the page's own line with dashes of every length (DOMAIN.md §4.8)."""
        section = story.sections[0]
        crumbs = anchors([("/", "首页"), ("/", "政务公开"), (self._address(section), section.label)], " &gt; ")
        pattern = "%Y——%m——%d %H:%M" if "dashes" in portal.traps and story.number % 5 == 0 else "%Y-%m-%d %H:%M"
        under = f"<h2>{escape(story.subtitle)}</h2>" if story.subtitle else ""
        files = "".join(f"<li>{anchor(url, name)}</li>" for url, name in story.attachments)
        meta = (
            f'<meta name="ArticleTitle" content="{escape(story.title)}">'
            f'<meta name="PubDate" content="{story.published:%Y-%m-%d %H:%M}">'
            f'<meta name="ContentSource" content="{story.source}"><meta name="ColumnName" content="{section.label}">'
            f'<meta name="Keywords" content="{",".join(story.keywords)}">'
        )
        body = blocks_html(
            story.parts[part - 1],
            paragraph='<p style="text-indent:2em;"><span style="font-size:16px">{}</span></p>',
            image='<p style="text-align:center"><img src="{}" /></p>',
            caption='<p style="text-align:center" class="img-desc">{}</p>',
        )
        main = f"""<div class="gov-pos">当前位置：{crumbs}</div>
<div class="gov-art"><h1>{escape(story.title)}</h1>{under}
<div class="gov-info">发布时间：{story.published.strftime(pattern)}　来源：{story.source}
浏览次数：<span id="hits"></span>
字体：[ 大 中 小 ] <a href="javascript:window.print()">打印</a> <a href="javascript:window.close()">关闭</a></div>
<div id="zoom">
{body}
</div>{f'<div class="gov-files"><b>附件：</b><ul>{files}</ul></div>' if files else ""}
<div class="gov-editor">责任编辑：{"".join(story.editors)}</div></div>"""
        return self._frame(story.title, main, meta)

    def _record(self, row: Row) -> str:
        date = f"<span>{list_date(row.entry.published, '%Y-%m-%d')}</span>" if row.entry else ""
        return f"<record><![CDATA[<li>{anchor(row.href, row.title, row.title)}{date}</li>]]></record>"

    def _rows(self, portal: DemoPortal, index: int, start: int, end: int) -> list[Row]:
        """Records start … end, counted from 1; strays stand in the page itself, after the third record."""
        return [self.row(portal, number) for number in portal.catalog.order(index)[max(start - 1, 0) : end]]

    def _column(self, visit: Visit) -> Response | None:
        portal, index = visit.portal, self.section_index(visit.match[1])
        if index is None or self.sections[index].style == _DOWN:
            return None
        section, total = self.sections[index], len(portal.catalog.order(index))
        rows = self._rows(portal, index, 1, _INLINE)
        rows[3:3] = self._stray_rows(portal, index)
        records = "\n".join(self._record(row) for row in rows)
        query = f"webid=1&path=/&columnid={section.key}&unitid=3388&webname=南浦&permissiontype=0"
        form = (
            f"col:1,appid:1,webid:1,path:'/',columnid:{section.key},sourceContentType:1,unitid:'3388',"
            "webname:'南浦市人民政府',permissiontype:0"
        )
        main = f"""<div class="gov-pos">当前位置：<a href="/">首页</a> &gt; {section.label}</div>
<div class="gov-list"><div id="3388"><script type="text/xml"><datastore>
<nextgroup><![CDATA[<a href="{_PROXY}?page=1&{query}"></a>]]></nextgroup>
<totalrecord>{total}</totalrecord><totalpage>{-(-total // _GROUP)}</totalpage>
<recordset>
{records}
</recordset></datastore></script></div>
<script>$('#3388').jpage({{perpage:{_GROUP},totalRecord:{total},proxyUrl:'{_PROXY}?perpage={_GROUP}',
groupSize:3,data:{{{form}}}}});</script></div>"""
        return self.page(self._frame(section.label, main), portal.catalog.clock)

    def _records(self, visit: Visit) -> Response | None:
        """Records by startrecord and endrecord, in the query or the form; nothing beyond the last one."""
        fields = {**visit.request.query, **visit.request.form}
        index = self.section_index(fields.get("columnid", ""))
        start, end = fields.get("startrecord", "1"), fields.get("endrecord", str(_INLINE))
        if index is None or not (start.isdigit() and end.isdigit()):
            return None
        records = "\n".join(self._record(row) for row in self._rows(visit.portal, index, int(start), int(end)))
        total = len(visit.portal.catalog.order(index))
        text = f"<datastore><totalrecord>{total}</totalrecord><recordset>\n{records}\n</recordset></datastore>"
        return Response(text.encode(), content_type="text/xml;charset=utf-8")

    def _down(self, visit: Visit) -> Response | None:
        """zwdt.htm is the newest page; the next is zwdt/N.htm, down to zwdt/1.htm (DOMAIN.md §4, 博达)."""
        portal, index = visit.portal, self.section_index(visit.match[1])
        if index is None or self.sections[index].style != _DOWN:
            return None
        pages = self._pages(portal, index)
        number = 1 if visit.match[2] is None else pages - int(visit.match[2]) + 1
        if visit.match[2] is not None and number < 2:
            return None
        listing = self.list_page(portal, index, number)
        return None if listing is None else self.page(self._down_html(listing), portal.catalog.clock)

    def _pages(self, portal: DemoPortal, index: int) -> int:
        return max(1, -(-len(portal.catalog.order(index)) // self.per_page))

    def _down_html(self, listing: ListPage) -> str:
        key, left = listing.section.key, listing.pages - listing.number
        rows = []
        for row in listing.rows:
            date = f"{row.entry.published:%Y年%m月%d日}" if row.entry else ""
            rows.append(f"<li>{anchor(row.href, row.title)}<em>{date}</em></li>")
        before = f"/{key}.htm" if listing.number <= 2 else f"/{key}/{left + 2}.htm"
        links = [(f"/{key}.htm", "首页"), (before, "上页")] if listing.number > 1 else []
        links += [(f"/{key}/{left}.htm", "下页"), (f"/{key}/1.htm", "尾页")] if left else []
        main = f"""<div class="gov-pos">当前位置：<a href="/">首页</a> &gt; {listing.section.label}</div>
<ul class="down-list">
{chr(10).join(rows)}
</ul><div class="p_pages">{listing.number}/{listing.pages} {anchors(links, " ")}</div>"""
        return self._frame(listing.section.label, main)

    def _home(self, visit: Visit) -> Response:
        boxes = []
        for index, section in enumerate(self.sections):
            rows = self.newest(visit.portal, index, 6)
            links = "".join(f"<li>{anchor(row.href, row.title)}</li>" for row in rows)
            boxes.append(
                f"<div class='mod'><h2>{anchor(self._address(section), section.label)}</h2><ul>{links}</ul></div>"
            )
        return self.page(self._frame("首页", "".join(boxes)), visit.portal.catalog.clock)
