"""What a page is: an article, or one of the things that stand in an article's place (DOMAIN.md §4.10, §4.11)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.extract.body import Body
from crawler.extract.dom import Document
from crawler.extract.titles import Title
from crawler.items import PageKind

__all__ = ["kind_of", "not_html"]

_MAGIC = (
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"RIFF",
    b"\xd0\xcf\x11\xe0",
    b"BM",
    b"\x00\x00\x01\x00",
    b"ID3",
    b"OggS",
    b"FLV",
    b"wOF",
)
_MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|title|meta|div|p|a|table|script|span|br|h\d|ul|font|center)\b", re.I
)
_DATA = re.compile(
    rb"\s*(?:[{\[]|<\?xml(?![^>]*>\s*<!doctype html)|<(?:rss|feed|urlset|sitemapindex|document|recordset)\b)", re.I
)
_BINARY_TYPE = re.compile(r"\s*(?:image|audio|video|font)/|\s*application/(?!xhtml|xml|octet-stream)", re.IGNORECASE)

#: Marks of challenge pages (DOMAIN.md §4.10), looked for only where a page has hardly any text.
_CHALLENGE = re.compile(
    rb"__jsl_clearance|__jsluid|FSSBBIl1UgzbN7N|acw_sc__v2|var\s+arg1\s*=|safedog-flow|wzws_|yunsuo_session|_waf_"
    rb"|WAFToken"
    rb"|document\.cookie\s*=[^<]{0,400}location\.(?:reload|href|replace)",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"访问(?:过于|太过?|操作)?频繁|(?:您的|你的|当前)?(?:访问|请求|IP).{0,12}(?:被拦截|被阻断|被拒绝|异常|受限|禁止"
    r"|已被屏蔽)|(?:请|需要|进行|完成).{0,6}(?:安全验证"
    r"|滑动验证|人机验证|输入验证码)"
    r"|网站防火墙|安全狗|创宇盾|加速乐|云防护|拦截提示|访问验证|正在进行安全检查|just a moment|403 forbidden"
    r"|access denied|checking your browser",
    re.IGNORECASE,
)
#: Soft 404s: status 200, and a sentence instead of the article (DOMAIN.md §4.11).
_GONE = re.compile(
    r"(?:页面|网页|文章|信息|内容|新闻|稿件|资源|文件|链接|地址|帖子|视频|栏目).{0,10}(?:不存在|未找到|没有找到"
    r"|找不到|已(?:被|经)?(?:删除|移除|下线|下架|撤回|屏蔽)|无法(?:访问"
    r"|显示|找到)|丢失|正在审核|审核中|失效)"
    r"|(?:找不到|未找到|没有找到|不存在|无法找到).{0,12}(?:页面|网页|文章|信息|内容|资源|文件|地址)|(?:error|错误"
    r"|HTTP)\s*[:：]?\s*(?:404|500|502|503)"
    r"|^\s*404\b|404\s*(?:错误|页面|not found|error)"
    r"|page not found|not found|正在审核|已被删除|服务器(?:错误|内部错误|繁忙)|系统(?:错误|维护|繁忙)|发布该文章"
    r"|参数错误|非法访问",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?:请|需要|您还没有|尚未|未)(?:先)?(?:登录|登陆)|(?:用户|会员|账号|统一|系统|短信)登[录陆]|登[录陆](?:后|账号"
    r"|系统|名|密码)|忘记密码|用户名"
)
_HAN = re.compile(r"[\u3400-\u9fff]+")
_KANA_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]+")
_LETTER = re.compile(r"[^\W\d_]+")
_HOME_PATH = re.compile(r"/?(?:index|default|home|main)?(?:\.s?html?|\.php|\.aspx?|\.jsp)?", re.IGNORECASE)
#: A folder of its own for each article (/2023/0412/10086/index.html).
_ARTICLE_FOLDER = re.compile(r"/\w*\d{5,}\w*/index\.\w+$", re.IGNORECASE)
_INDEX_PATH = re.compile(r"/(?:index(?:_\d+)?\.\w+|list[-_\d]*\.\w+|node_\d+\.\w+)$", re.IGNORECASE)

#: An article's body has at least these points (see container.py): the least on the bench has 74, and of its 20 list
#: and front pages the most have 58, but for those whose summaries form one long text.
_ARTICLE_POINTS = 70.0
#: Text on the page, in characters, below which it says nothing by itself.
_LITTLE_TEXT = 60
#: Error, challenge and login pages are short: navigation and one sentence.
_MESSAGE_TEXT = 1_500
#: So many characters tell a language.
_SAMPLE = 400
#: A list of articles has at least so many links with whole headlines.
_LEAST_LINKS = 5
#: A front page has more than the links around an article, and neither headline nor meta line over its longest text.
_LINKS_OF_A_FRONT = 40
#: Between headline and text stand the meta line, a lead and a few buttons.
_NEAR = 12
#: A gallery: pictures with at most so many characters of text for each.
_TEXT_A_PICTURE = 60
_LEAST_PICTURES = 3


def not_html(body: bytes, content_type: str | None = None) -> bool:
    """True for bytes of another kind: files, JSON, feeds, or nothing at all."""
    head = body[:2048]
    if not head.strip() or head.startswith(_MAGIC):
        return True
    if _MARKUP.search(head):
        return False
    if _DATA.match(head) or (content_type is not None and _BINARY_TYPE.match(content_type)):
        return True
    return _MARKUP.search(body[:65_536]) is None


def kind_of(raw: bytes, document: Document, title: Title, body: Body) -> PageKind:
    """What a page of markup is.  raw: its bytes, for the marks of challenges in scripts."""
    if body.points < _ARTICLE_POINTS * 2:
        size = sum(len(line.text) for line in document.lines if not line.hidden)
        message = _message(raw, document, title, body, size) if size < _MESSAGE_TEXT else None
        if message is not None:
            return message
    if _foreign(body.text[:_SAMPLE] or "".join(line.text for line in document.lines if not line.hidden)[:_SAMPLE]):
        return "foreign"
    if _listing(document, title, body):
        return "front" if _HOME_PATH.fullmatch(urlsplit(document.url).path) else "list"
    return _medium(body)


def _message(raw: bytes, document: Document, title: Title, body: Body, size: int) -> PageKind | None:
    """Pages with hardly a text: what stands in the article's place."""
    text = "\n".join([document.page_title, *(line.text for line in document.lines[:80])])
    if (size < _LITTLE_TEXT * 5 and _CHALLENGE.search(raw)) or (size < _MESSAGE_TEXT and _REFUSED.search(text)):
        return "blocked"
    told = body.text if body.points >= _ARTICLE_POINTS else text
    if _GONE.search(f"{title.text or ''}\n{document.page_title}") or (len(told) < _MESSAGE_TEXT and _gone(told)):
        return "error"
    if size < _MESSAGE_TEXT and _LOGIN.search(text) and b"password" in raw and body.points < _ARTICLE_POINTS:
        return "login"
    if size < _LITTLE_TEXT and body.points < _ARTICLE_POINTS / 2:
        return "shell"
    return None


def _gone(text: str) -> bool:
    """A line that says that the page is gone, and is no sentence of a longer text."""
    return any(len(line) < 60 and _GONE.search(line) for line in text.split("\n"))


def _foreign(text: str) -> bool:
    letters, han, others = (sum(map(len, runs.findall(text))) for runs in (_LETTER, _HAN, _KANA_HANGUL))
    return letters > _LITTLE_TEXT and (han * 5 < letters or others * 5 > letters)


def _listing(document: Document, title: Title, body: Body) -> bool:
    if body.asides > 10 and body.asides * 5 > len(body.lines) * (10 if body.dated else 3):
        return True
    lone = not body.dated and not title.lines
    if body.points >= (2 * _ARTICLE_POINTS if lone else _ARTICLE_POINTS):
        return False
    path = urlsplit(document.url).path
    if body.points < _ARTICLE_POINTS and _INDEX_PATH.search(path) and not _ARTICLE_FOLDER.search(path):
        return True
    links = sum(1 for line in document.lines if line.link_chars >= 8 and line.link_chars * 10 > len(line.text) * 6)
    if links < (_LEAST_LINKS if body.points < _ARTICLE_POINTS else _LINKS_OF_A_FRONT):
        return False
    return not (body.dated and bool(title.lines) and 0 < body.first - title.lines[-1] < _NEAR)


def _medium(body: Body) -> PageKind:
    size = len(body.text)
    if len(body.images) >= _LEAST_PICTURES and size < _TEXT_A_PICTURE * len(body.images):
        return "gallery"
    if size < 4 * _TEXT_A_PICTURE and body.players:
        return "video"
    return "article"
