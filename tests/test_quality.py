"""Filters for exports: what they leave out, and what looks alike and stays."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.corpus import FILTERS
from crawler.corpus.advertorial import SUSPICIOUS, suspicion
from crawler.corpus.quality import SHORT, mostly_links, not_chinese, stale_reprint, too_short
from crawler.items import CST
from tests.corpus_kit import article, stored, text_of

PROSE = text_of(1) * 3


def told(body, **changes):
    return stored(article(1, body=body, **changes))


@pytest.mark.parametrize("name", FILTERS)
def test_a_plain_article_passes_every_filter(name):
    assert FILTERS[name].why(told(PROSE)) is None


@pytest.mark.parametrize("name", FILTERS)
def test_an_article_without_anything_is_judged(name):
    """A gallery without a line of text, and without a headline."""
    assert FILTERS[name].why(told("", title=None)) == ("0 characters" if name == "too_short" else None)


def test_too_short_counts_characters_without_space():
    assert too_short(told("字" * SHORT)) is None
    assert too_short(told(" \n　".join("字" * (SHORT - 1)))) == f"{SHORT - 1} characters"


HEADLINES = ["姑苏区启动老旧小区加装电梯工作", "轨道交通八号线今天开始热滑试验", "园区新增三条夜间公交线路通到地铁站",
             "太湖边的候鸟比去年早到了十天", "平江路游客中心换了新的手绘地图"]  # fmt: skip
LISTS = [
    "\n".join(f"·{line}" for line in HEADLINES),
    "\n".join(f"{line} 2022-11-{n + 10}" for n, line in enumerate(HEADLINES)),
    "\n".join(f"【民生】{line}" for line in HEADLINES),
    "首页 | 新闻 | 体育 | 财经 | 生活\n" * 6,
    "\n".join(f"http://www.example.cn/a/{n}.html" for n in range(6)),
    "更多>>\n上一篇：老井修好了\n下一篇：新桥通车了\n相关阅读\n查看更多新闻\n推荐阅读",
]
NO_LISTS = [
    "\n".join(HEADLINES),  # without any mark they may be anything: a poem, a programme
    "\n".join(f"·{line}，参加的居民有二十多位，现场很热闹。" for line in HEADLINES),
    "\n".join(["陆一鸣", "吴立", "张小明", "李大伟", "王芳", "赵敏"] * 4),
    "\n".join(f"姑苏区\t平江路{n}号\t8:00至17:00" for n in range(20)),
    "\n".join(f"{n}. 市立医院本部；" for n in range(20)),
    PROSE + "\n" + "\n".join(f"·{line}" for line in HEADLINES[:4]),
    "东风夜放花千树，更吹落，星如雨。\n宝马雕车香满路。\n凤箫声动，玉壶光转，一夜鱼龙舞。\n蛾儿雪柳黄金缕，笑语盈盈暗香去。\n"
    * 2,
]


@pytest.mark.parametrize("text", LISTS)
def test_lists_of_links(text):
    assert mostly_links(told(text))


@pytest.mark.parametrize("text", NO_LISTS)
def test_no_lists_of_links(text):
    assert mostly_links(told(text)) is None


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("The city opened a new metro line on Monday, officials said, with 21 stations.", False),
        ("市は月曜日に新しい地下鉄を開業したと発表しました。駅は二十一あります。", False),
        ("시는 월요일에 새 지하철을 개통했다고 밝혔다.", False),
        ("ÖÐ¹úÐÂÎÅÍø ±±¾© ½ñÈÕ ±¨µÀ", False),
        (
            "苹果iPhone与华为Mate、OPPO、vivo在AI、5G、IoT上的竞争，IDC和Canalys给出的数据各不相同。",
            True,
        ),
        ("蘇州臺灣兩地的學者在平江路舉行座談。", True),
        ("1:0 2:1 3:3", True),
    ],
)
def test_not_chinese(text, chinese):
    assert (not_chinese(told(text)) is None) == chinese


def test_stale_reprints():
    first = dt.datetime(2022, 1, 1, tzinfo=CST)
    where = {"cluster": "http://a/1", "cluster_published": first}

    def copy(day, **cluster):
        return stored(article(1, published=day and first + dt.timedelta(day)), **cluster)

    assert stale_reprint(copy(31, **where)) == "31 days after http://a/1"
    assert stale_reprint(copy(30, **where)) is None
    assert stale_reprint(copy(0, **where)) is None
    assert stale_reprint(copy(99)) is None
    assert stale_reprint(copy(None, **where)) is None
    assert stale_reprint(copy(99, cluster="http://a/1")) is None


PAID = [
    "（广告）入秋以来，不少家庭开始添置厨房电器。",
    "本文为企业宣传，不代表本站观点。这款床垫采用进口乳胶，睡感松软。",
    "原价599元，现价只要199元，前100名下单的顾客还免费获赠一套餐具。扫描下方二维码立即抢购。",
    "某某壁纸深受广大消费者的青睐，是行业领先的品牌。公司成立于2008年，致力于环保材料。加盟热线见文末，零门槛加盟，轻松创业。",
    "江景大宅耀世登场，建面约143平方米户型，恭迎品鉴。售楼热线就在文末，欢迎您到店选购。",
    "祖传秘方，七天见效，无副作用，膝盖不再疼。添加老师微信咨询，限量优惠。",
    "想要孩子英语好？这家机构值得信赖，备受家长好评。预约热线常年开通，点击报名，立减500元，还等什么，快来吧。",
    "匠心打造的一款好茶，品质之选。商务合作请联系编辑，文中内容由商家提供。",
    "投资有风险，加盟需谨慎。这家奶茶店加盟费低，三个月回本，月入3万，总部手把手扶持。",
    "新品全新品牌重磅上市，尊享定制服务，限时优惠，买一送一，错过等一年。",
]
#: News about selling, scams and rights shares words with what it reports on.
NEWS = [
    "市消协提醒广大消费者：\u201c原价599元现价199元\u201d的床垫多为虚假宣传，前100名免费更是骗局，遇到请拨打12315投诉。",
    "记者调查发现，一些直播间声称\u201c七天见效、无副作用\u201d，诱导老人扫码加微信咨询，监管部门已立案查处。",
    "法院判决：加盟商轻信\u201c零门槛加盟、月入3万\u201d，奶茶店总部退还加盟费12万元。",
    "警方破获一起诈骗案，嫌疑人以限时优惠、买一送一为诱饵，受骗市民四十余人。",
    "市场监管局曝光十起违法广告，其中一则称\u201c行业领先的品牌\u201d\u201c药到病除\u201d，被罚款五万元。",
    "一楼盘打出\u201c耀世登场\u201d\u201c一席难求\u201d的广告语，业主收房后投诉货不对板，记者走访了售楼处。",
    "博物馆本周末免费开放，预约电话见官方网站，前200名参观的小朋友可以领取一枚书签。",
    "人社局公布招聘岗位，报名热线工作日开通，咨询电话同前。企业成立于2008年，专注精密制造。",
    "新华社记者采访了三家企业，其中一家在国内领先的企业行列中排名第三，产品出口二十国。",
    "双十一期间，各平台的到手价并不比平时低，记者看到限时优惠的标签换了三次，消保委建议保留截图以便维权。",
    "老字号糕团店开了新门店，门前排起长队，店主说匠心打造的不是广告语，是每天四点起床。",
]


@pytest.mark.parametrize("text", PAID)
def test_paid_texts_are_suspected(text):
    score, signs = suspicion(article(1, title="", body=text))
    assert score >= SUSPICIOUS, signs
    assert all(sign.text in text or sign.score < 0 for sign in signs)


@pytest.mark.parametrize("text", NEWS)
def test_news_about_such_things_is_not(text):
    score, signs = suspicion(article(1, title="", body=text))
    assert score < SUSPICIOUS, signs


def test_the_reason_names_the_words():
    reason = FILTERS["advertorial"].why(told(PAID[0]))
    assert reason == "score 4: declared （广告）"


def test_agencies_do_not_sell_their_bylines():
    paid = article(1, body=PAID[1])
    agency = article(1, body=PAID[1], source="新华社")
    assert suspicion(paid).score - suspicion(agency).score == 2
