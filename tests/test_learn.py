"""Templates learned from pages: what is in them, when they are used, and when not."""

from __future__ import annotations

import json
import pickle

import pytest

from crawler.demo import FAMILIES, DemoPortal, Request
from crawler.errors import UsageError
from crawler.extract import extract, from_json, learn, to_json
from crawler.extract.dom import load
from crawler.extract.learned import read_learned
from crawler.items import Page, Template

HOST = "http://www.example.cn"
TOPICS = ["地铁五号线", "老旧小区", "夜间急诊", "古桥修缮", "蔬菜基地", "青年公寓", "河道清淤", "社区食堂"]


def paragraphs(topic: str) -> list[str]:
    return [
        f"昨天上午，记者来到{topic}现场，看到工人们正在忙碌，几名居民站在路口，向负责人询问完工的时间。",
        f"据了解，{topic}项目今年三月动工，总投资两亿多元，计划年底前完成，届时附近三万多人将从中受益。",
        f"“我们等这一天等了很久。”家住附近的一位老人说，{topic}的事情牵动着整条街，大家都盼着早日建成。",
        f"下一步，有关部门将加强{topic}的日常管理，同时听取各方意见，把好事办好，把实事办实，让人满意。",
    ]


def page(
    topic: str, *, inside: str = "", foot: str = "", number: int = 0, body: str = "text", wrap: str = "main"
) -> Page:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs(topic))
    html = f"""<html><head><title>{topic}有了新进展_示例新闻网</title></head><body>
    <div class="top"><a href="/">首页</a> <a href="/a/">要闻</a> <a href="/b/">民生</a></div>
    <div class="{wrap}"><div class="where">您的位置：<a href="/">首页</a> &gt; <a href="/a/">要闻</a></div>
    <h1>{topic}有了新进展</h1><div class="info">2024-03-0{number % 9 + 1} 08:30 来源：示例日报</div>
    <div class="{body}">{text}{inside}</div>{foot}</div>
    <div class="rank"><ul><li><a href="/1">第一条别的新闻标题</a><li><a href="/2">第二条别的新闻标题</a></ul></div>
    <div class="foot">示例新闻网 版权所有</div></body></html>"""
    return Page(f"{HOST}/a/2024/{1000 + number}.html", html.encode(), "text/html; charset=utf-8")


def pages(count: int = 6, **options: str) -> list[Page]:
    return [page(topic, number=i, **options) for i, topic in enumerate(TOPICS[:count])]


def held_out(topic: str = TOPICS[-1], **options: str) -> Page:
    return page(topic, number=7, **options)


def test_places_are_named_by_their_marks():
    layout = learn(pages()).layouts[0]
    assert {name: place.selector for name, place in layout.places.items()} == {
        "title": '//div[@class="main"]/h1',
        "body": '//div[@class="text"]',
        "date": '//div[@class="info"]',
        "source": '//div[@class="info"]',
        "breadcrumb": '//div[@class="where"]',
    }


def test_support_is_counted():
    layout = learn(pages()).layouts[0]
    assert (layout.pages, layout.places["body"].pages) == (6, 6)


def test_furniture_is_what_repeats_outside_the_body():
    furniture = {place.selector: place.kind for place in learn(pages()).layouts[0].furniture}
    assert furniture['//div[@class="foot"]'] == "text"
    assert furniture['//div[@class="rank"]'] == "text"
    assert not any("text" in selector.split('"')[1] for selector in furniture)


def test_furniture_may_be_links_that_differ():
    given = [
        page(topic, number=i, foot=f'<div class="more"><a href="/{i}1">{topic}的另一条新闻标题</a></div>')
        for i, topic in enumerate(TOPICS[:5])
    ]
    furniture = {place.selector: place.kind for place in learn(given).layouts[0].furniture}
    assert furniture['//div[@class="more"]'] == "links"


def test_a_page_is_read_by_the_template_and_says_so():
    article = extract(held_out().body, held_out().url, template=learn(pages()))
    assert article.template == "www.example.cn"
    assert article.evidence["template"].confidence == 1.0
    assert article.body == "\n".join(paragraphs(TOPICS[-1]))


def test_fields_are_those_of_the_generic_way():
    plain = extract(held_out().body, held_out().url)
    learned = extract(held_out().body, held_out().url, template=learn(pages()))
    for name in ("title", "published", "source", "breadcrumb", "reporters", "editors", "kind", "content_hash"):
        assert getattr(learned, name) == getattr(plain, name), name


SLOGAN = "城市因你而温暖，生活因我们而精彩，每天陪你看世界"


def test_a_line_that_repeats_in_the_body_is_cut():
    given, other = pages(inside=f"<p>{SLOGAN}</p>"), held_out(inside=f"<p>{SLOGAN}</p>")
    assert SLOGAN in extract(other.body, other.url).body
    article = extract(other.body, other.url, template=learn(given))
    assert SLOGAN not in article.body
    assert "template" in {cut.reason for cut in article.cuts if cut.text == SLOGAN}


def test_a_sentence_with_other_figures_is_no_repetition():
    def sentence(i: int) -> str:
        return f"<p>活动将持续到{i + 1}月{i + 3}日，市民可以免费参加。</p>" if i % 2 else ""

    given = [page(topic, number=i, inside=sentence(i)) for i, topic in enumerate(TOPICS[:7])]
    other = held_out(inside="<p>活动将持续到9月12日，市民可以免费参加。</p>")
    assert "9月12日" in extract(other.body, other.url, template=learn(given)).body


def test_a_label_that_begins_the_last_line_is_cut():
    given = [page(topic, number=i, inside=f"<p>签发岗｜{topic[:2]}</p>") for i, topic in enumerate(TOPICS[:6])]
    other = held_out(inside="<p>签发岗｜老周</p>")
    assert "签发岗" not in extract(other.body, other.url, template=learn(given)).body


def test_an_ending_that_repeats_is_cut_from_its_line():
    def last(topic: str) -> str:
        return f"<p>{topic}的后续情况，本报将继续报道。返回示例网看看别的</p>"

    given = [page(topic, number=i, inside=last(topic)) for i, topic in enumerate(TOPICS[:6])]
    other = held_out(inside=last(TOPICS[-1]))
    assert extract(other.body, other.url, template=learn(given)).body.endswith("本报将继续报道。")


def test_two_layouts_are_told_apart():
    old = pages(4)
    new = [page(topic, number=i + 4, body="zhengwen", wrap="container") for i, topic in enumerate(TOPICS[4:])]
    new = [Page(p.url, p.body.replace(b'class="top"', b'class="nav"').replace(b'"rank"', b'"hot"'), None) for p in new]
    new = [Page(p.url, p.body.replace(b'"foot"', b'"bottom"').replace(b'"info"', b'"meta"'), None) for p in new]
    template = learn([*old, *new])
    assert [layout.pages for layout in template.layouts] == [4, 4]
    for given in (old[0], new[0]):
        assert extract(given.body, given.url, template=template).template == "www.example.cn"


def test_the_same_page_given_twice_is_one():
    one = pages(3)
    assert learn([*one, *one, *one]).layouts[0].pages == 3


def test_one_page_many_times_teaches_nothing():
    assert learn([pages(1)[0]] * 8).layouts == ()


def test_three_pages_are_enough():
    template = learn(pages(3))
    assert extract(held_out().body, held_out().url, template=template).template is not None


def test_pages_that_are_no_articles_are_left_out():
    lists = b"<html><body><ul>" + b"".join(
        b"<li><a href='/%d'>%s</a>" % (i, TOPICS[i % 8].encode() * 3) for i in range(40)
    )
    given = [*pages(4), Page(f"{HOST}/a/", lists, None), Page(f"{HOST}/x.pdf", b"%PDF-1.4", None)]
    assert [layout.pages for layout in learn(given).layouts] == [4]


def test_pages_of_several_sites_are_refused_by_name():
    other = Page("http://www.other-town.cn/1.html", pages(1)[0].body, None)
    with pytest.raises(
        UsageError, match=r"www\.example\.cn.*www\.other-town\.cn|www\.other-town\.cn.*www\.example\.cn"
    ):
        learn([*pages(3), other])


def test_hosts_of_one_site_may_be_mixed():
    given = [Page(p.url.replace("www", "news" if i % 2 else "www"), p.body, None) for i, p in enumerate(pages())]
    assert learn(given).layouts[0].pages == 6


def test_no_pages_are_refused():
    with pytest.raises(UsageError, match="3 to 30"):
        learn([])


def test_a_template_that_fits_nothing_leaves_the_generic_result():
    template = learn(pages())
    other = Page(f"{HOST}/z/1.html", held_out(body="detail").body, None)
    article = extract(other.body, other.url, template=template)
    assert article.template is None
    assert article.body == extract(other.body, other.url).body
    assert article.evidence["template"].rule.startswith("generic: ")
    assert article.evidence["template"].confidence < 0.75


def test_a_place_that_holds_other_things_does_not_fit():
    template = learn(pages())
    swapped = held_out().body.replace(b'class="text"', b'class="other"').replace(b'class="rank"', b'class="text"')
    article = extract(swapped, held_out().url, template=template)
    assert (article.template, article.body) == (None, extract(swapped, held_out().url).body)


def test_of_several_templates_the_one_that_fits_is_used():
    first = learn(pages(body="detail", wrap="box"), name="first")
    second = learn(pages(), name="second")
    assert extract(held_out().body, held_out().url, template=[first, second]).template == "second"


def test_selectors_written_by_hand_come_first():
    by_hand = Template(name="hand", selectors={"body": ("div.text > p:first-child",)})
    article = extract(held_out().body, held_out().url, template=[by_hand, learn(pages())])
    assert (article.template, article.body) == ("hand", paragraphs(TOPICS[-1])[0])


def test_a_field_written_by_hand_goes_with_a_learned_body():
    by_hand = Template(name="hand", selectors={"source": ("div.where a:last-child",)})
    article = extract(held_out().body, held_out().url, template=[by_hand, learn(pages())])
    assert (article.template, article.source) == ("www.example.cn", "要闻")


def test_a_template_for_other_addresses_is_not_asked():
    template = from_json(json.dumps({**json.loads(to_json(learn(pages()))), "url": "/b/"}))
    article = extract(held_out().body, held_out().url, template=template)
    assert (article.template, "template" in article.evidence) == (None, False)


def test_short_pages_are_judged_as_a_whole():
    gone = held_out().body.replace(
        "".join(f"<p>{p}</p>" for p in paragraphs(TOPICS[-1])).encode(), "页面不存在".encode()
    )
    assert extract(gone, held_out().url, template=learn(pages())).kind == extract(gone, held_out().url).kind


def test_json_brings_it_back():
    template = learn(pages(inside=f"<p>{SLOGAN}</p>"), version=3)
    back = from_json(to_json(template))
    assert back.layouts == template.layouts
    assert (back.name, back.version, back.learned_at, back.valid_from) == (
        "www.example.cn",
        3,
        template.learned_at,
        template.valid_from,
    )


def test_it_can_be_sent_to_another_process():
    template = learn(pages())
    assert pickle.loads(pickle.dumps(template)) == template


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda t: t.update(nmae="x"), r"nmae: unknown key \(did you mean name\?\)"),
        (lambda t: t.pop("name"), "name: null: must be text"),
        (lambda t: t.update(valid_until="soon"), 'valid_until: "soon": must be a day'),
        (lambda t: t.update(url="("), "url: "),
        (lambda t: t["layouts"][0]["places"].pop("body"), r"layouts\[0\]\.places\.body: "),
        (
            lambda t: t["layouts"][0]["places"]["body"].update(selector="//div["),
            r"layouts\[0\]\.places\.body\.selector: ",
        ),
        (lambda t: t["layouts"][0]["places"].update(bdy={}), r"layouts\[0\]\.places\.bdy: unknown key"),
        (lambda t: t["layouts"][0].update(pages="many"), r"layouts\[0\]\.pages: "),
        (lambda t: t["layouts"][0].update(confidence=7), r"layouts\[0\]\.confidence: 7: "),
        (lambda t: t["layouts"][0].update(phrases=[{"text": "x", "match": "any"}]), r"phrases\[0\]\.match: "),
        (lambda t: t.update(selectors={"body": ["p["]}), r"selectors\.body: "),
        (lambda t: t.update(layouts={}), "layouts: "),
    ],
)
def test_a_mistake_in_json_is_named(change, key):
    table = json.loads(to_json(learn(pages(3))))
    change(table)
    with pytest.raises(UsageError, match=key):
        from_json(json.dumps(table))


def test_text_that_is_no_json_is_named():
    with pytest.raises(UsageError, match="not JSON"):
        from_json("{")


def test_only_what_matters_is_walked():
    template = learn(pages())
    other = held_out()
    fitting = read_learned(load(other.body, other.url), [template])
    texts = "".join(line.text for line in fitting.document.lines)
    assert paragraphs(TOPICS[-1])[0] in texts
    assert "第一条别的新闻标题" not in texts
    assert "版权所有" not in texts


def test_a_missing_date_is_no_reason_to_refuse_the_page():
    other = held_out()
    without = other.body.replace(b"2024-03-08 08:30", b"")
    article = extract(without, other.url, template=learn(pages()))
    assert (article.template, article.evidence["template"].confidence) == ("www.example.cn", 0.8)
    assert "date" in article.evidence["template"].rule


def test_a_headline_in_brief_is_read_in_its_place():
    other = held_out()
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs(TOPICS[-1]))
    brief = "<p>社区食堂昨天开门迎客，首日接待了三百多位老人。</p>"
    promotion = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs("别处的大工程"))
    body = other.body.replace(text.encode(), brief.encode()).replace(b"<ul>", promotion.encode() + b"<ul>")
    assert extract(body, other.url, template=learn(pages())).body == "社区食堂昨天开门迎客，首日接待了三百多位老人。"


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_demo_families_are_read_as_well_as_without(family):
    portal = DemoPortal(family, seed=5, size=40)
    given = [(story, Page(story.url, portal.respond(Request(story.path)).body, None)) for story in portal.truth()]
    template = learn([page for _, page in given[:12]])
    worse = []
    for story, other in given[12:]:
        plain, learned = extract(other.body, other.url), extract(other.body, other.url, template=template)
        for name in ("title", "body", "published", "source", "reporters", "editors", "breadcrumb"):
            wanted = getattr(story, name)
            wanted = list(wanted) if isinstance(wanted, tuple) else wanted
            if getattr(plain, name) == wanted != getattr(learned, name):
                worse.append((other.url, name, getattr(learned, name)))
        assert learned.template is not None, (other.url, learned.evidence["template"])
    assert not worse
