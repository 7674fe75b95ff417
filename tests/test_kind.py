"""What a page is, and what stands in an article's place."""

import pytest

from crawler.extract import extract
from crawler.items import Article
from tests.page_kit import FOOT, NAV, PARAGRAPHS, RELATED, URL, article, page

SECTION = "http://news.linjiang.example.cn/minsheng/"
LINKS = "".join(
    f'<li><a href="/2023/0412/{n}.shtml">临江市第{n}期城市更新项目通过验收</a><em>04-12</em></li>' for n in range(30)
)


def read(body: str | bytes, url: str = URL, content_type: str | None = None) -> Article:
    return extract(body if isinstance(body, bytes) else body.encode(), url, content_type=content_type)


def shell(text: str, title: str = "临江新闻网", script: str = "") -> str:
    head = f"<title>{title}</title><script>{script}</script>"
    return f"<html><head>{head}</head><body><ul>{NAV}</ul><div>{text}</div></body></html>"


def listing(inner: str) -> str:
    return f"<html><head><title>民生_临江新闻网</title></head><body><ul>{NAV}</ul>{inner}<p>{FOOT}</p></body></html>"


def test_article() -> None:
    assert read(article()).kind == "article"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", None),
        (b"  \n", "text/html"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "text/html"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", None),
        (b"\x1f\x8b\x08\x00\x00\x00", None),
        (b'{"list":[{"title":"x"}]}', "application/json"),
        ('[{"title":"临江"}]'.encode(), None),
        (b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>', None),
        ("只有文字，没有标记。".encode(), "text/plain"),
    ],
)
def test_bytes_of_another_kind(body: bytes, content_type: str | None) -> None:
    found = read(body, content_type=content_type)
    assert found.kind == "not_html"
    assert (found.body, found.title, found.content_hash, found.blocks) == ("", None, "", [])


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("ERROR 404 您访问的页面不存在", "临江新闻网"),
        ("对不起，该文章不存在或已删除！", "提示信息"),
        ("页面未找到，3秒后返回首页", "页面未找到"),
        ("该信息已被删除", "系统提示"),
        ("稿件正在审核", "临江新闻网"),
        ("", "404 Not Found"),
    ],
)
def test_soft_errors(text: str, title: str) -> None:
    assert read(shell(text, title)).kind == "error"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("", "document.cookie=('__jsl_clearance=1');location.href=location.pathname"),
        ("", "var arg1='A1B2'; setCookie('acw_sc__v2', x)"),
        ("您的访问过于频繁，请稍后再试", ""),
        ("当前访问被拦截，事件编号 0001", ""),
        ("请完成安全验证后继续", ""),
    ],
)
def test_challenges_are_blocked(text: str, script: str) -> None:
    assert read(shell(text, script=script)).kind == "blocked"


def test_news_about_errors_and_bans_is_an_article() -> None:
    texts = ("监管部门通报，三家网站因页面不存在投诉渠道被约谈，相关信息已被删除。", *PARAGRAPHS)
    markup = page("".join(f"<p>{text}</p>" for text in texts), title="三家网站被约谈 违规信息已被删除")
    assert read(markup).kind == "article"


def test_empty_shell_needs_a_browser() -> None:
    empty = "<html><head><title>临江</title></head><body><div id=app></div><script src=a.js></script></body></html>"
    assert read(empty).kind == "shell"


def test_login_page() -> None:
    form = '<form>用户登录 <input name=u><input type="password" name=p> <a href=/f>忘记密码</a></form>'
    assert read(shell(form, "会员登录")).kind == "login"


def test_foreign_page() -> None:
    text = "Three community bus lines opened in the old town on Tuesday, and residents were pleased, the company said. "
    assert read(page(f"<p>{text * 4}</p>", title="Community buses")).kind == "foreign"


@pytest.mark.parametrize(("url", "kind"), [(SECTION, "list"), ("http://www.linjiang.example.cn/", "front")])
def test_lists_and_front_pages(url: str, kind: str) -> None:
    found = read(listing(f"<ul>{LINKS}</ul>"), url)
    assert (found.kind, found.body) == (kind, "")


def test_list_with_summaries() -> None:
    texts = [f"{text[:40]}，这是本周第{n}期" for n, text in enumerate(PARAGRAPHS * 5)]
    items = "".join(f'<div><h3><a href="/{n}.shtml">{t[4:24]}</a></h3><p>{t}…</p></div>' for n, t in enumerate(texts))
    assert read(listing(f"<div>{items}</div><ul>{RELATED}</ul>"), SECTION).kind == "list"


def test_video_page_with_one_line() -> None:
    markup = page('<video src="/v/1.mp4"></video><p>4月11日，社区公交首发车驶出望江里站，居民争相体验。</p>')
    found = read(markup)
    assert found.kind == "video"
    assert found.body == "4月11日，社区公交首发车驶出望江里站，居民争相体验。"
