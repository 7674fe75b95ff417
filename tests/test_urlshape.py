from urllib.parse import urlsplit

import pytest

from crawler.extract.urlshape import Shape, seems_article, shape_of, site_of

#: One address a convention of DOMAIN.md §4 and its appendix; hosts and numbers are invented.
ARTICLES = [
    "/news/1735351245198948.shtml",  # seed: clock as id
    "/2019/0716/2506328.shtml",  # CmsTop
    "/2026/list/ffyq/sip_yqyw/0730/514l7Mg1.html",  # base62 id below a list folder
    "/doc/2022/11/13/123.shtml",
    "/system/2022/01/02/030123456.shtml",
    "/zwyw/202601/t20260104_55123.html",  # TRS
    "/hbpd_19912/yw_19915/202601/t5259070.htm",  # TRS without a day
    "/content/2026-01/04/content_123.htm",  # Founder
    "/node_179d29f1ce/86987bf032.shtml",  # id inside a node's folder
    "/art/2026/3/4/art_77_1201.html",  # JCMS
    "/info/1002/50271.htm",  # 博达
    "/28/e4/c21558a534756/page.htm",  # WebPlus
    "/a/xinwen/2026/0104/88.html",  # DedeCMS
    "/plus/view.php?aid=88",
    "/news/2026-01-04/45.html",  # EmpireCMS
    "/2026/gaochun_0710/870661.html",  # PHPCMS
    "/show-12-345-1.html",
    "/index.php?m=content&c=index&a=show&catid=6&id=123",
    "/folder1/col12/2026-01-04/123456.html",  # M2O
    "/zwgk/202601/a1b2c3d4e5f60718293a4b5c6d7e8f90.shtml",  # UCAP
    "/article-123-1.html",  # Discuz!
    "/portal.php?mod=view&aid=12",
    "/n1/2026/0104/c35421-30477880.html",
    "/politics/20260104/3dd6e33cc6d749fbaae01fea337ff400/c.html",
    "/news/detail?id=123456",
    "/p/12345.html",
    "/20/0731/20/FIT0B0MS000181IU.html",
    "/s/B5Mfat-h2t-o06a2nrMF8A",
    "/s?__biz=Mz&mid=26508&idx=1",
]
SECTIONS = [
    "/",
    "/ori_finance/",
    "/xw/index.html",
    "/xw/index_2.shtml",
    "/node_150127.htm",
    "/node_150127_2.htm",
    "/html/2026-04/18/node_2.htm",
    "/pc/layout/202604/18/node_01.html",
    "/list/1143t1257.html",
    "/list-253-1.html",
    "/class/1915.html",
    "/columns/475",
    "/cate_44/",
    "/web/ziliao_674904/1179_674909/",
    "/GB/26/508/index.html",
    "/topics/c83plve5vmjt",
    "/index.php?m=content&c=index&a=lists&catid=6",
    "/list.php?id=3294094",
]
NEVER = [
    "/user/login.html",
    "/search.php?q=1234567",
    "/tags/shuichang.html",
    "/download/app.apk",
    "/img/20260104/1.jpg",
    "/click?type=7&url=http%3A%2F%2Fa.cn",
    "/go?to=http://a.cn",
    "/2026-01-04/@@program_url@@",
    "/u/1410248531",
]


@pytest.mark.parametrize("path", ARTICLES)
def test_addresses_of_articles(path):
    assert shape_of(urlsplit(f"http://www.example.cn{path}")) is Shape.ARTICLE


@pytest.mark.parametrize("path", SECTIONS)
def test_addresses_of_sections(path):
    assert shape_of(urlsplit(f"http://www.example.cn{path}")) is Shape.SECTION


@pytest.mark.parametrize("path", NEVER)
def test_addresses_of_neither(path):
    assert shape_of(urlsplit(f"http://www.example.cn{path}")) is Shape.NEVER


@pytest.mark.parametrize("host", ["passport.example.cn", "mail.example.cn", "weibo.com", "beian.miit.gov.cn"])
def test_hosts_of_services(host):
    assert shape_of(urlsplit(f"http://{host}/2026/0104/123456.html")) is Shape.NEVER


@pytest.mark.parametrize("path", ["/upload/user/1/2026-1-4/195400974278.pdf", "/files/a1.docx"])
def test_files(path):
    assert shape_of(urlsplit(f"http://www.example.cn{path}")) is Shape.DOCUMENT


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("news.example.com.cn", "example.com.cn"),
        ("www.example.cn", "example.cn"),
        ("a.b.example.gov.cn", "example.gov.cn"),
        ("rb.example.js.cn", "example.js.cn"),
        ("example.com", "example.com"),
        ("localhost", "localhost"),
    ],
)
def test_site_of_a_host(host, site):
    assert site_of(host) == site


@pytest.mark.parametrize(
    ("url", "expected"), [("http://a.cn/2026/0104/1.html", True), ("http://a.cn/", False), ("http://[", False)]
)
def test_seems_article(url, expected):
    assert seems_article(url) is expected
