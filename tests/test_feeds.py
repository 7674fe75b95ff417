import datetime as dt

import pytest

from crawler.extract.feeds import FEED_PATHS, read_feed, read_feed_index

NOW = dt.datetime(2026, 3, 5, 9, 0, tzinfo=dt.UTC)
BASE = "http://www.example.cn/rss.xml"

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>城市频道</title>
<link>http://www.example.cn/</link>
<item><title><![CDATA[河湾新桥 <b>今日</b>通车]]></title>
<link>/2026/0304/11.shtml</link>
<pubDate>Wed, 04 Mar 2026 08:30:00 +0800</pubDate></item>
<item><title>夜市恢复营业</title><link>http://www.example.cn/2026/0303/10.shtml</link></item>

<item><title>夜市恢复营业（重复）</title><link>http://www.example.cn/2026/0303/10.shtml</link></item></channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>图书馆延长开放</title>
<link rel="self" href="http://www.example.cn/feed/1"/><link href="http://www.example.cn/a/7.html"/>
<updated>2026-03-04T21:05:00+08:00</updated></entry></feed>"""

SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>http://www.example.cn/a/8.html</loc><lastmod>2026-03-05</lastmod><news:news><news:publication_date>2026-03-04</news:publication_date>
<news:title>早稻育秧开始</news:title></news:news></url></urlset>"""

BAIDU = """<?xml version="1.0" encoding="gb2312"?><document><webSite>www.example.cn</webSite>
<item><title>镕桥喆园开放</title>
<link>http://www.example.cn/n/9.html</link><text>正文</text><pubDate>2026-03-04 07:15</pubDate></item></document>"""


def urls(body, **kwargs):
    return [link.url for link in read_feed(body, BASE, now=NOW, **kwargs)]


def test_rss_addresses_once_and_absolute():
    assert urls(RSS.encode()) == [
        "http://www.example.cn/2026/0304/11.shtml",
        "http://www.example.cn/2026/0303/10.shtml",
    ]


def test_rss_title_without_markup():
    assert read_feed(RSS.encode(), BASE)[0].title == "河湾新桥 今日通车"


def test_rss_date():
    assert read_feed(RSS.encode(), BASE)[0].published.isoformat() == "2026-03-04T08:30:00+08:00"


def test_rss_without_date():
    assert read_feed(RSS.encode(), BASE)[1].published is None


def test_atom_takes_the_alternate_link():
    assert urls(ATOM.encode()) == ["http://www.example.cn/a/7.html"]


def test_sitemap_prefers_news_date_to_lastmod():
    link = read_feed(SITEMAP.encode(), BASE)[0]
    assert (link.title, link.published.day) == ("早稻育秧开始", 4)


def test_baidunews_in_gbk():
    link = read_feed(BAIDU.encode("gb18030"), BASE)[0]
    assert (link.title, link.url, link.published.minute) == ("镕桥喆园开放", "http://www.example.cn/n/9.html", 15)


def test_sitemap_index_gives_sitemaps_not_links():
    maps = "".join(f"<sitemap><loc>/xml/s{n}.xml</loc></sitemap>" for n in (1, 2))
    body = f"<sitemapindex>{maps}</sitemapindex>".encode()
    feed = read_feed_index(body, BASE)
    assert (feed.links, feed.sitemaps) == ([], ["http://www.example.cn/xml/s1.xml", "http://www.example.cn/xml/s2.xml"])


def test_bare_ampersand_and_cut_end():
    body = "<rss><channel><item><title>吃 & 住</title><link>http://www.example.cn/a?x=1&y=2</link></item><item><tit".encode()
    assert urls(body) == ["http://www.example.cn/a?x=1&y=2"]


def test_entity_bomb_expands_to_nothing():
    bomb = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "啊啊啊啊"><!ENTITY b "&a;&a;&a;&a;">]>'
    body = f"{bomb}<rss><channel><item><title>&b;题</title><link>http://www.example.cn/1.html</link></item></channel></rss>"
    assert "啊" not in read_feed(body.encode(), BASE)[0].title


def test_external_entity_is_not_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密", "utf-8")
    body = f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]><rss><item><title>&x;</title><link>http://www.example.cn/1</link></item></rss>'
    assert "秘密" not in "".join(link.title for link in read_feed(body.encode(), BASE))


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff", b"<html><body><a href='/1.html'>x</a></body></html>", "没有标记".encode(), b"<rss>"]
)
def test_no_feed_gives_nothing(body):
    assert read_feed(body, BASE) == []


def test_probed_paths_are_addresses_on_the_site():
    assert all(path.startswith("/") for path in FEED_PATHS)
    assert "/baidunews.xml" in FEED_PATHS
