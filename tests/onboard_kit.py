"""A web of a few pages, and portals made for one fact each."""

from __future__ import annotations

import asyncio
import re

from crawler.demo import Request
from crawler.items import Page
from crawler.portals import from_url
from crawler.spiders.onboard import MAX_REQUESTS, Unreadable, look_over


class Pages:
    """A web of a few pages, and a budget."""

    def __init__(self, answer, left=MAX_REQUESTS):
        self.answer, self.left, self.spent = answer, left, 0
        self.asked = []

    async def __call__(self, url):
        if self.left <= 0:
            raise Unreadable("budget spent")
        self.left, self.spent = self.left - 1, self.spent + 1
        self.asked.append(url)
        return self.answer(url)


def demo_web(portal):
    def answer(url):
        path, _, query = url.removeprefix(portal.base).partition("?")
        pairs = dict(part.partition("=")[::2] for part in query.split("&") if part)
        response = portal.respond(Request(path, pairs))
        if response.status != 200:
            raise Unreadable(f"HTTP {response.status}")
        return Page(url, response.body, response.content_type)

    return answer


def look(url, answer, known=None, left=MAX_REQUESTS):
    pages = Pages(answer, left)
    return asyncio.run(look_over(from_url(url), known, pages, lambda line, spent: None)), pages


HOME = "http://www.yangzhou-demo.cn/"
STORY = """<html><head><meta charset="utf-8"><title>{0}_瓜洲在线</title></head><body><h1>{0}</h1>
<div class="from">2024-05-0{1} 09:1{1} 来源：瓜洲晚报</div><div class="text">
<p>{0}的消息传开以后，渡口老街上的茶馆从早到晚坐满了人，掌柜的说已经有八年没有见过这样的热闹场面。</p>
<p>社区工作人员把大家的意见一条一条记在本子上，答应在下个月初的居民会议上逐一答复，并请五位代表监督。</p></div>
</body></html>"""


def section_page(name, count=6, more=""):
    items = "".join(
        f'<li><a href="/{name}/2024/050{n}/{n}{len(name)}31.html">{name}街道第{n}批老房子加装电梯今日完工</a>'
        f"<span>2024-05-0{n}</span></li>"
        for n in range(1, count)
    )
    return f"<html><head><title>{name}</title></head><body><ul class='list'>{items}</ul>{more}</body></html>"


def small_web(sections, foot="苏ICP备12345678号", special=None):
    """A portal with these sections; special: path → page (text or Unreadable) in the place of what would be there."""
    nav = "".join(f'<a href="/{name}/">{name}频道</a>' for name in sections)
    home = f"""<html><head><title>瓜洲在线</title></head><body><div class="nav"><a href="/">首页</a>{nav}</div>
    {section_page(sections[0])}<div class="foot">瓜洲在线 版权所有 {foot}</div></body></html>"""

    def answer(url):
        path = re.sub(r"^https?://[^/]+", "", url)
        text = (special or {}).get(path)
        if isinstance(text, Unreadable):
            raise text
        if text is None and path == "/":
            text = home
        if text is None and (match := re.fullmatch(r"/(\w+)/", path)):
            text = section_page(match[1])
        if text is None and (match := re.fullmatch(r"/(\w+)/2024/050(\d)/\d+\.html", path)):
            text = STORY.format(f"{match[1]}街道第{match[2]}批老房子加装电梯今日完工", match[2])
        if text is None:
            raise Unreadable("HTTP 404")
        return Page(url, text.encode(), "text/html")

    return answer


NAMES = ["yw", "sh", "ms", "jy", "ty", "wh"]
