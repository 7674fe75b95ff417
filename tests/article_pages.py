"""Article pages of our own wording and mark-up, with one thing changed at a time."""

from __future__ import annotations

import datetime as dt

from crawler.extract import extract
from crawler.items import CST, Article

__all__ = ["NOW", "PARAGRAPHS", "URL", "article", "page"]

URL = "http://www.example.cn/news/abc.html"
NOW = dt.datetime(2026, 1, 1, 9, 30, tzinfo=CST)
PARAGRAPHS = (
    "上周六，市交通局在会议中心公布了新的公交线路方案，三条线路将于下月起试运行，方便沿线居民出行。",
    "交通局负责人介绍，线路全长二十一公里，设站三十四座，首末班时间与地铁衔接，票价保持不变。",
    "不少市民表示，希望高峰时段的发车间隔能够再短一些，老人乘车也能更方便一些。",
)
CRUMB = '您的位置：<a href="/">首页</a> &gt; <a href="/a/">新闻中心</a> &gt; <a href="/b/">本地要闻</a> &gt; 正文'
SIDE = "".join(
    f'<li><a href="/{number}">{title}</a><span>11-{number}</span></li>'
    for number, title in ((20, "某地举行桂花节开幕活动吸引游客"), (19, "今年首场雪来了市民出行注意安全"))
)


def page(
    meta: str = "<p>2022-11-13 22:24 来源：江城日报</p>",
    *,
    title: str = "三条公交新线下月开通",
    head: str | None = None,
    heading: str = "h1",
    above: str = "",
    crumb: str = CRUMB,
    lead: str = "",
    end: str = "",
    tail: str = "",
    extra: str = "",
) -> bytes:
    """A page: breadcrumb, `above`, headline, `meta`, body (`lead` + text + `end`), `tail`; `extra` goes into <head>."""
    head = f"{title}_本地要闻_江城新闻网" if head is None else head
    text = "".join(f"<p>{paragraph}</p>" for paragraph in (lead + PARAGRAPHS[0], *PARAGRAPHS[1:]))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{head}</title>{extra}</head><body>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/x/">新闻</a></li><li><a href="/y/">体育</a></li></ul>
<span>2026年11月22日 星期日</span></div><div class="crumb">{crumb}</div>
<div class="main">{above}<{heading}>{title}</{heading.split()[0]}>{meta}<div class="con">{text}{end}</div>{tail}</div>
<div class="hot"><h3>网友热搜</h3><ul>{SIDE}</ul></div>
<div class="foot">Copyright 2010-2026 江城新闻网 版权所有 苏ICP备00000000号</div></body></html>""".encode()


def article(meta: str = "<p>2022-11-13 22:24 来源：江城日报</p>", *, url: str = URL, **parts: str) -> Article:
    """What `extract` reads from such a page on New Year's morning."""
    return extract(page(meta, **parts), url, fetched_at=NOW)
