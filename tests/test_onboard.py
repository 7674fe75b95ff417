"""scrapy onboard: what a look finds on portals, and what it refuses."""

from __future__ import annotations

import dataclasses
import re

import pytest

from crawler.demo import FAMILIES, DemoPortal
from crawler.items import Page
from crawler.spiders.onboard import MAX_REQUESTS, NotAPortal, Unreadable
from crawler.urls import key
from tests.onboard_kit import HOME, NAMES, demo_web, look, section_page, small_web

#: How a list may say that it goes on.
PAGING = {"links", "numbers in a script", "a form that a script sends"}


@pytest.fixture(scope="module", params=sorted(FAMILIES))
def looked(request):
    """A family's portal and what a look at it found."""
    portal = DemoPortal(request.param, seed=5, size=300)
    return portal, *look(portal.home, demo_web(portal))


def test_sections_are_found_and_nothing_else(looked):
    portal, findings, _ = looked
    assert [s.label for s in findings.portal.sections] == [section.label for section in portal.sections]


def test_sections_were_read(looked):
    _, findings, _ = looked
    assert all(section.links for section in findings.kept)


def test_name_is_the_portals(looked):
    portal, findings, _ = looked
    assert findings.portal.title == portal.family.site


def test_charset_is_that_of_the_pages(looked):
    portal, findings, _ = looked
    assert findings.charset == ("utf-8" if portal.family.encoding == "utf-8" else "gb18030")


def test_address_pattern_fits_articles_and_no_section(looked):
    portal, findings, _ = looked
    stories = [story.url for story in portal.truth()]
    fitting = [url for url in stories if findings.portal.is_article(url)]
    assert len(fitting) >= 0.9 * len(stories)
    assert not [s.url for s in findings.portal.sections if findings.portal.is_article(s.url)]


def test_every_section_shows_how_it_goes_on(looked):
    _, findings, _ = looked
    assert {section.paging for section in findings.kept} <= PAGING


def test_articles_are_shown_as_they_would_be_stored(looked):
    portal, findings, _ = looked
    stories = {key(story.url): story for story in portal.truth()}
    shown = [sample.article for sample in findings.samples[:3]]
    wanted = [stories[key(article.url)] for article in shown]
    assert [(a.title, a.source, a.published) for a in shown] == [(s.title, s.source, s.published) for s in wanted]


def test_a_template_is_learned(looked):
    _, findings, _ = looked
    assert findings.template is not None
    assert "body" in findings.template.layouts[0].places


def test_the_look_is_short_and_asks_nothing_twice(looked):
    _, findings, pages = looked
    assert findings.requests <= MAX_REQUESTS
    assert len(pages.asked) == len(set(pages.asked))


@pytest.mark.parametrize(
    ("family", "software"),
    [
        ("cmstop", "CmsTop"),
        ("trs", "TRS WCM"),
        ("empire", "EmpireCMS 帝国"),
        ("founder", "Founder 方正"),
        ("jcms", "Hanweb JCMS"),
        ("dede", "DedeCMS 织梦"),
    ],
)
def test_software_is_recognised(family, software):
    portal = DemoPortal(family, seed=6, size=60)
    assert look(portal.home, demo_web(portal))[0].cms.name == software


def test_feeds_that_answer_are_found():
    portal = DemoPortal("cmstop", seed=5, size=60)
    assert f"{portal.base}/xml/sitemap.xml" in look(portal.home, demo_web(portal))[0].portal.feeds


def test_place_by_host_and_icp_number():
    findings, _ = look(HOME, small_web(NAMES))
    assert (findings.portal.city, findings.portal.province) == ("扬州", "江苏")
    assert any("host yangzhou" in line for line in findings.uncertain)


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("<html><body><p>本栏目正在建设之中</p></body></html>", "leads to no article"),
        ('<html><body><ul><li><a href="http://other.example/2024/0501/77.html">全省春耕备耕现场会在外地召开</a></li></ul>',
         "leads to other sites only"),
        (Unreadable("HTTP 404"), "HTTP 404"),
    ],
)  # fmt: skip
def test_a_link_that_leads_to_no_article_is_no_section(page, fault):
    findings, _ = look(HOME, small_web(NAMES, special={"/jy/": page}))
    assert [(s.url, s.fault) for s in findings.dropped] == [(f"{HOME}jy/", fault)]
    assert any(fault in line for line in findings.uncertain)


def test_a_page_with_nothing_but_what_all_have_is_no_section():
    everywhere = re.search(r"<ul.*</ul>", section_page("side", 4))[0]
    special = {f"/{name}/": section_page(name, more=everywhere) for name in NAMES}
    special["/ty/"] = f"<html><body>{everywhere}</body></html>"
    findings, _ = look(HOME, small_web(NAMES, special=special))
    assert [(s.url, s.fault) for s in findings.dropped] == [(f"{HOME}ty/", "no list of its own")]


def test_sections_of_sections_are_found():
    special = {"/sh/": '<div class="nav"><a href="/sh/jt/">交通频道</a></div>' + section_page("sh"),
               "/sh/jt/": section_page("jt")}  # fmt: skip
    findings, _ = look(HOME, small_web(NAMES, special=special))
    assert f"{HOME}sh/jt/" in [s.url for s in findings.portal.sections]


def test_more_sections_than_requests():
    names = [f"lm{chr(97 + n)}" for n in range(26)] + [f"pd{chr(97 + n)}" for n in range(26)]
    findings, pages = look(HOME, small_web(names))
    assert pages.spent <= MAX_REQUESTS
    assert len(findings.portal.sections) == 52
    assert len(findings.samples) >= 3
    assert any("not read, for want of requests" in line for line in findings.uncertain)


def test_a_section_is_no_home_page():
    findings, _ = look(
        f"{HOME}sh/", small_web(NAMES, special={"/sh/": section_page("sh", more='<a href="/yw/">要闻</a>')})
    )
    assert any(f"for the whole portal: scrapy onboard {HOME}" in line for line in findings.uncertain)


@pytest.mark.parametrize(
    ("end", "home", "hosts"),
    [
        ("https://yangzhou-demo.cn/", "https://yangzhou-demo.cn/", ("yangzhou-demo.cn",)),
        (f"{HOME}shouye/", HOME, ("yangzhou-demo.cn",)),
        ("http://www.guazhou.example/", "http://www.guazhou.example/", ("guazhou.example",)),
    ],
)
def test_a_home_page_that_moved(end, home, hosts):
    web = small_web(NAMES)
    findings, _ = look(HOME, lambda url: dataclasses.replace(web(url), url=end) if url == HOME else web(url))
    assert (findings.portal.home, findings.portal.hosts) == (home, hosts)


def test_lists_without_dates_are_named():
    plain = {f"/{n}/": re.sub(r"<span>.*?</span>", "", section_page(n)) for n in NAMES}
    findings, _ = look(HOME, small_web(NAMES, special=plain))
    assert any("no date printed on list items of any section" in line for line in findings.uncertain)


# --- Bad input ---

SHOP = "".join(
    f'<li><a href="/goods/{n}.html">新款加厚纯棉四件套床上用品第{n}款限时包邮特惠</a>￥{n}9</li>' for n in range(10, 30)
)
GOODS = """<html><head><title>四件套</title></head><body><h1>新款加厚纯棉四件套床上用品</h1><div class="intro">
<p>本款四件套选用六十支长绒棉，密度高而手感柔软，洗涤多次也不起球不掉色，适合全家四季使用。</p>
<p>下单以后四十八小时之内发货，七天之内无理由退换，退换的运费由本店承担，欢迎老顾客晒图领取红包。</p></div></body></html>"""


def one_page(body, content_type="text/html"):
    def answer(url):
        if url.rstrip("/") != HOME.rstrip("/"):
            raise Unreadable("HTTP 404")
        return Page(url, body if isinstance(body, bytes) else body.encode(), content_type)

    return answer


def refuse(why, **more):
    def answer(url):
        raise Unreadable(why, **more)

    return answer


def goods(url):
    body = f"<html><body><ul>{SHOP}</ul></body></html>" if url == HOME else GOODS
    if not re.search(r"/goods/\d+|cn/$", url):
        raise Unreadable("HTTP 404")
    return Page(url, body.encode(), "text/html")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(one_page(b'{"code": 0, "data": []}', "application/json"), "answers with JSON", id="api"),
        pytest.param(one_page(b"<?xml version='1.0'?><rss/>", "text/xml"), "answers with XML", id="feed"),
        pytest.param(one_page(b"%PDF-1.4 \x00\x01", "application/pdf"), "pdf that is no web page", id="pdf"),
        pytest.param(one_page(b""), "empty answer", id="empty"),
        pytest.param(refuse("no such host, or no network"), "check the address and the network", id="dead"),
        pytest.param(refuse("robots.txt of x.cn forbids it"), "forbids it, so nothing was read", id="robots"),
        pytest.param(refuse("HTTP 521", refused=True), "refused (HTTP 521); this is not circumvented", id="refused"),
        pytest.param(refuse("HTTP 404"), "look the address up in a browser", id="404"),
        pytest.param(
            one_page("<html><script>document.cookie='__jsl_clearance=1|0|x';location.reload()</script></html>"),
            "a challenge page stands before it",
            id="challenge",
        ),
        pytest.param(
            one_page('<html><head><title>江城</title></head><body><div id="app"></div><script src="/a.js"></script>'),
            "a script draws this page",
            id="shell",
        ),
        pytest.param(goods, "has a date of publication: a shop", id="shop"),
        pytest.param(
            one_page(
                "<html><body><p>本公司主营铸铁管件，产品远销各地，欢迎来电洽谈业务合作事宜。厂房占地三十亩，现有职工一百二十人，年产各类管件两万吨，质量稳定，价格公道，送货上门。</p></body></html>"
            ),
            "no news and no sections there",
            id="company",
        ),
    ],
)
def test_what_is_no_portal_is_told_in_a_line(answer, words):
    with pytest.raises(NotAPortal, match=re.escape(words)) as told:
        look(HOME, answer)
    assert "\n" not in str(told.value)
    assert str(told.value).startswith(HOME)


def test_an_article_is_told_with_its_portals_home():
    portal = DemoPortal("seed", seed=5, size=60)
    story = next(s for s in portal.truth() if s.kind == "article")
    with pytest.raises(NotAPortal, match=re.escape(f"scrapy onboard {portal.home}")) as told:
        look(story.url, demo_web(portal))
    assert story.title in str(told.value)
    assert portal.family.site in str(told.value)
