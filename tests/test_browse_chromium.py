"""scrapy browse as a person meets it: a headless Chromium reads, searches, narrows and follows, on desk and phone."""

from __future__ import annotations

import pytest

from tests.browse_kit import browsing, chromium, complaints, needs_chromium, shelf, width

pytestmark = needs_chromium

DESK, PHONE = 1120, 360


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    with shelf(tmp_path_factory.mktemp("chromium")) as stored:
        yield stored


@pytest.fixture(scope="module")
def url(stored):
    with browsing(stored.path) as url:
        yield url


@pytest.fixture(scope="module")
def browser():
    with chromium() as driver:
        yield driver


@pytest.fixture(autouse=True)
def quiet(browser):
    """Whatever a test does, the console stays empty."""
    width(browser, DESK)
    complaints(browser)
    yield
    assert complaints(browser) == []


def all_of(browser, selector):
    return browser.find_elements("css selector", selector)


def one(browser, selector):
    return browser.find_element("css selector", selector)


def text(browser, selector):
    return one(browser, selector).text


def pages(stored):
    articles = [f"/article/{n}" for n in (stored.images, stored.edited, stored.reprint, stored.hostile)]
    return ["/", "/search", "/search?q=%E5%B8%82%E6%B0%91", "/search?q=(", "/portal/qinghe", *articles]


def test_search_narrow_open_and_back(browser, url):
    browser.get(url)
    assert len(all_of(browser, "#latest + ol > li")) == 16
    assert {"清河都市网", "云台新闻网"} <= {e.text for e in all_of(browser, ".portals h3")}
    field = one(browser, "#quick")
    field.send_keys("市民")
    field.submit()
    total = int(text(browser, "#hits").split()[0])
    assert total > 20
    assert "市民" in {mark.text for mark in all_of(browser, "mark")}
    facet = one(browser, "#facets section:first-of-type li a")
    number = int(facet.find_element("css selector", ".number").text.split()[0])
    facet.click()
    assert int(text(browser, "#hits").split()[0]) == number < total
    assert "Portal" in text(browser, ".chips")
    title = text(browser, ".entry h3")
    one(browser, ".entry h3 a").click()
    assert text(browser, "h1") == title
    browser.back()
    one(browser, ".chips a").click()
    assert int(text(browser, "#hits").split()[0]) == total


def test_the_form_narrows_too(browser, url):
    browser.get(f"{url}/search")
    one(browser, ".refine summary").click()
    one(browser, "#portal option[value=trs]").click()
    one(browser, "#until").send_keys("2025")
    one(browser, ".fields button").click()
    assert {e.text for e in all_of(browser, ".entry .meta a") if "/portal/" in e.get_attribute("href")} == {
        "云台新闻网"
    }
    assert "until=2025" in browser.current_url


def test_an_article_with_its_image(browser, url, stored):
    browser.get(f"{url}/article/{stored.images}")
    image = one(browser, ".body figure img")
    assert image.get_attribute("referrerpolicy") == "no-referrer"
    assert text(browser, ".body figcaption")
    assert len(all_of(browser, ".body p")) > 2
    original = one(browser, "article > header a[rel~=external]")
    assert original.get_attribute("href").startswith("http://127.0.0.1:")
    facts = text(browser, "#provenance + .wide")
    assert all(word in facts for word in ("Fetched", "Stored", "By run", "Read with", "Goes by", "Date as printed"))
    assert all_of(browser, "[aria-labelledby=evidence] tbody tr")
    assert one(browser, "#cuts")


def test_changes(browser, url, stored):
    browser.get(f"{url}/article/{stored.edited}")
    one(browser, ".within a[href='#changes']").click()
    assert "（更新）" in text(browser, ".diff ins")
    assert "相关安排以最新通知为准" in "".join(e.text for e in all_of(browser, ".diff ins"))
    assert len(all_of(browser, ".diff del")) >= 2


def test_reprints_lead_to_each_other(browser, url, stored):
    browser.get(f"{url}/article/{stored.reprint}")
    assert len(all_of(browser, ".cluster > li")) == 4
    assert "reprint" in text(browser, ".cluster .here .meta")
    one(browser, ".cluster > li:first-child a").click()
    assert "first" in text(browser, ".cluster .here")


def test_a_portal_and_its_plot(browser, url):
    browser.get(f"{url}/portal/qinghe")
    drawing = one(browser, "svg[role=img]")
    name = browser.execute_script("return document.querySelector('#plot-title').textContent")
    assert name.startswith("Articles a day from")
    assert drawing.get_attribute("aria-labelledby") == "plot-title plot-text"
    assert sum(bar.size["height"] > 0 for bar in all_of(browser, "svg rect")) == len(all_of(browser, "svg rect")) >= 2
    assert "finished" in text(browser, "section[aria-labelledby=runs]")
    most = text(browser, ".plot .most")
    one(browser, ".plot figcaption a").click()
    assert text(browser, "#hits").split()[0] == most


def test_datasettes_pages_work(browser, url):
    """Their scripts run under the policy that they get."""
    browser.get(url)
    one(browser, "nav[aria-label=Site] a[href='/corpus']").click()
    assert "articles" in text(browser, "body")
    browser.get(f"{url}/corpus/articles")
    one(browser, "th.col-key .dropdown-menu-icon").click()
    assert one(browser, ".dropdown-menu").is_displayed()
    browser.get(f"{url}/corpus/articles")
    one(browser, "td.col-title a").click()
    assert "/article/" in browser.current_url
    one(browser, "nav[aria-label=Site] a[href^='/corpus?sql']").click()
    assert one(browser, ".CodeMirror").is_displayed()
    assert len(all_of(browser, "table tbody tr")) == 20


def test_nothing_of_a_hostile_article_runs(browser, url, stored):
    browser.get(f"{url}/article/{stored.hostile}")
    assert text(browser, "h1").startswith("标题<script>")
    for page in (f"/article/{stored.hostile}", "/search?q=%E6%95%8C%E6%84%8F", "/", "/corpus/articles?_sort_desc=id"):
        browser.get(url + page)
        assert "owned" not in browser.title.replace('document.title="owned"', "").replace("document.title='owned'", "")
    browser.get(f"{url}/article/{stored.hostile}")
    links = browser.execute_script("return [...document.links].map(a => a.protocol)")
    assert set(links) == {"http:"}
    sources = browser.execute_script("return [...document.images].map(i => i.src)")
    assert sources == []
    assert browser.execute_script("return document.scripts.length") == 0


def test_inline_scripts_would_not_run(browser, url):
    """Even if text became markup: the policy stands behind the escaping.  This one complaint is wanted."""
    browser.get(url)
    browser.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.owned = 1'; document.body.append(s)"
    )
    assert browser.execute_script("return window.owned") is None
    assert any("Content Security Policy" in line for line in complaints(browser))


def test_no_page_is_wider_than_a_phone(browser, url, stored):
    width(browser, PHONE, 740)
    for page in pages(stored):
        browser.get(url + page)
        wide = browser.execute_script(
            "return [document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]"
        )
        assert wide == [PHONE, PHONE, PHONE], page
        if page.startswith("/article"):
            size = browser.execute_script("return getComputedStyle(document.querySelector('.body p')).fontSize")
            assert float(size.removesuffix("px")) >= 16


def test_the_keyboard_gets_everywhere(browser, url):
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.keys import Keys

    browser.get(url)
    ActionChains(browser).send_keys(Keys.TAB).perform()
    skip = browser.switch_to.active_element
    assert (skip.text, skip.is_displayed()) == ("Skip to the content", True)
    assert skip.rect["x"] >= 0
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    assert browser.switch_to.active_element.get_attribute("id") == "main"
    ActionChains(browser).send_keys(Keys.TAB).perform()
    focused = browser.switch_to.active_element
    assert focused.get_attribute("href").startswith(f"{url}/article/")
    assert browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", focused) == "solid"


#: What assistive technology needs of every page, asked in one go.
AUDIT = """
const bad = [];
const all = selector => document.querySelectorAll(selector);
for (const e of all('input:not([type=hidden]), select'))
  if (!e.labels.length && !e.getAttribute('aria-label')) bad.push('no label: ' + e.outerHTML);
for (const e of all('img')) if (!e.alt) bad.push('no alt: ' + e.outerHTML);
for (const e of all('a, button'))
  if (!e.textContent.trim() && !e.querySelector('img[alt]')) bad.push('no name: ' + e.outerHTML);
for (const e of all('[aria-labelledby]'))
  for (const id of e.getAttribute('aria-labelledby').split(' ')) if (!document.getElementById(id)) bad.push('no ' + id);
for (const e of all('a[href^="#"]'))
  if (!document.getElementById(e.hash.slice(1))) bad.push('dead: ' + e.hash);
const ids = [...all('[id]')].map(e => e.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) bad.push('twice: ' + id);
for (const name of ['body > header', 'main', 'body > footer', 'h1'])
  if (all(name).length !== 1) bad.push(name + ': ' + all(name).length);
return bad;
"""


def test_landmarks_labels_and_names(browser, url, stored):
    for page in pages(stored):
        browser.get(url + page)
        assert browser.execute_script(AUDIT) == [], page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser, url, stored, scheme):
    """Text against its ground at least 4.5 : 1 (WCAG 2.2, 1.4.3), in both schemes."""
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    for page in pages(stored):
        browser.get(url + page)
        assert browser.execute_script(CONTRAST) == [], page
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


CONTRAST = """
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const rgb = colour => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const linear = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
const light = colour => {
  const [r, g, b] = rgb(colour).slice(0, 3).map(linear);
  return .2126 * r + .7152 * g + .0722 * b;
};
const ground = e => {
  for (; e; e = e.parentElement) {
    const colour = getComputedStyle(e).backgroundColor;
    if (rgb(colour)[3] === 255) return colour;
  }
  return 'white';
};
const bad = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const e = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !e.checkVisibility()) continue;
  const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
  const ratio = (a + .05) / (b + .05);
  if (ratio < 4.5) bad.add(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
}
return [...bad];
"""
