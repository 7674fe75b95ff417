"""Small news pages for the tests of the extractor: our own words, in the mark-up habits of DOMAIN.md §4."""

from __future__ import annotations

from pathlib import Path

PAGES = Path(__file__).parent / "pages"
URL = "http://news.linjiang.example.cn/2023/0412/10086.shtml"

TITLE = "临江市新开三条社区公交 方便老城居民出行"
PARAGRAPHS = (
    "临江讯（记者 周晓岚）4月11日清晨，临江市三条社区公交线路同时开通，老城区六个小区的居民出门步行五分钟就能坐上车。",
    "市公交公司负责人介绍，新线路全部使用七米长的电动小巴，单程票价一元，与现有二十条干线免费换乘，首末班时间为六点和二十二点。",
    "“以前去菜场要走两站路，现在车子开到楼下。”家住望江里的退休教师孙慧珍说，她和邻居们把站牌的位置反复讨论了四次。",
    "据了解，今年临江市还将新增八条同类线路，并在一百处站点加装电子站牌、座椅和遮雨棚，全部工程预计十月底完工。",
)
BODY = "\n".join(PARAGRAPHS)
NAV = "".join(
    f'<li><a href="/{n}/">{t}</a></li>' for n, t in enumerate(("首页", "要闻", "民生", "财经", "文体", "视频"))
)
RELATED = "".join(
    f'<li><a href="/2023/0410/{n}.shtml">{t}</a></li>'
    for n, t in enumerate(("老城区改造进入第二阶段", "地铁二号线试运行首日客流平稳", "市民热线去年办结十二万件诉求"))
)
FOOT = "<p>主办单位：临江市新闻中心 电话：0000-123456</p><p>版权所有 临江新闻网 未经授权禁止转载 临ICP备00000000号</p>"


def page(body: str, *, title: str = TITLE, meta: str = "2023-04-12 08:30 来源：临江日报", tail: str = "") -> str:
    """A whole page around a body's mark-up: navigation, headline, meta line, body, related links, foot."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}_临江新闻网</title></head><body>'
        f'<div class="top"><ul>{NAV}</ul></div><div class="crumb">'
        f'<a href="/">首页</a> &gt; <a href="/2/">民生</a></div>'
        f'<div class="main"><h1>{title}</h1><div class="info">{meta}</div>{body}{tail}</div>'
        f'<div class="list"><h3>相关阅读</h3><ul>{RELATED}</ul></div><div class="bottom">{FOOT}</div></body></html>'
    )


def paragraphs(*texts: str) -> str:
    """The texts, or the article's own paragraphs, in <p>."""
    return "".join(f"<p>　　{text}</p>" for text in texts or PARAGRAPHS)


def article(inner: str = "", tail: str = "") -> str:
    """A page whose body is a plain container with the paragraphs, then `inner`."""
    return page(f'<div class="txt">{paragraphs()}{inner}</div>', tail=tail)
