"""Suspicion that an article is paid for (软文): rules that score, each with the words that it found.

No rule proves it, so several have to agree; what reports about advertising, scams and consumers' rights share with it
counts against it.  The rules come from what the Measures for Internet Advertising (互联网广告管理办法, 2023, articles 8
and 9) name as advertising in the guise of knowledge, experience or review, and from how such texts are made: a call
to buy, a way to get in touch, praise that no reporter would sign.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from crawler.items import Article

__all__ = ["SUSPICIOUS", "Rule", "Sign", "Suspicion", "rules", "suspicion"]

#: Score from which an article counts: one declaration of its own, or two or three signs that agree.
SUSPICIOUS = 4

#: Rule → (score, what it looks for).  Each rule counts once, however often it is met.
_FOR: dict[str, tuple[int, str]] = {
    "declared": (
        4,
        r"[（(【\[](?:广告|推广|商业推广|广告信息)[）)】\]]"
        r"|(?:本文|此文|以上内容)(?:系|为|属于?)(?:广告|商业推广|企业宣传|品牌推广|推广)"
        r"|(?:本文|文章)?内容(?:由|系)(?:企业|商家|品牌方|广告主)提供",
    ),
    "disclaimer": (
        3,
        r"(?:本文|此文|文中|以上)[^。\n]{0,20}(?:不代表|与)本(?:网|站|报|平台)[^。\n]{0,8}(?:观点|立场|无关)"
        r"|不构成(?:任何)?(?:投资|购买|消费)建议"
        r"|效果因人而异|投资有风险[，,]?(?:入市|选择|加盟)?需?谨慎|仅供(?:参考|读者参考)[，,][^。\n]{0,12}自行(?:核实|承担)",
    ),
    "contact": (
        2,
        r"(?:订购|订货|加盟|招商|抢购|看房|售楼|团购|VIP|贵宾)(?:热线|电话|专线)"
        r"|(?:添加|加|扫码加|关注)[^。\n]{0,6}(?:客服|顾问|老师|小助手)?微信[^。\n]{0,8}(?:咨询|领取|下单|了解|报名|预约)"
        r"|扫(?:描|一扫)?(?:下方|上方|文末)?二维码[^。\n]{0,10}(?:下单|购买|领取|咨询|抢|预约)",
    ),
    # Public notices have these too.
    "inquiry": (1, r"(?:咨询|预约|报名)(?:热线|电话|专线)"),
    "offer": (
        2,
        r"(?:限时|限量)(?:优惠|特价|特惠|抢购|秒杀|折扣|折)|原价[^。\n]{0,8}(?:现价|现在只要|仅需|只需|到手价)"
        r"|前\d+名[^。\n]{0,12}(?:免费|赠送|立减|半价|优惠)|买一送[一二三]|(?:券后|到手)价|立减\d+元|错过(?:再)?等一年",
    ),
    "call": (
        2,
        r"(?:立即|马上|赶快|赶紧|点击|快来|速来)(?:下单|购买|抢购|咨询|加盟|入手|选购|订购|囤货|到店|抢)"
        r"|诚邀(?:您|各界|广大)?[^。\n]{0,10}(?:加盟|品鉴|莅临|入住)|欢迎(?:您)?(?:来电|致电|到店|选购|订购|加盟)"
        r"|还(?:在|等)什么[^。\n]{0,8}(?:快|赶|来)|心动不如行动",
    ),
    "franchise": (
        2,
        r"零(?:门槛|风险)?加盟|0元加盟|加盟(?:费|商|店)[^。\n]{0,16}(?:扶持|回本|盈利|赚)"
        r"|月入\d*[万千]|轻松(?:创业|赚钱)|稳赚不赔",
    ),
    "cure": (
        2,
        r"药到病除|根治|包治|无(?:任何)?(?:毒)?副作用|(?:当|[一三七])天见效|疗程见效"
        r"|纯天然(?:无添加)?[^。\n]{0,6}配方|祖传秘方|临床(?:验证|证明)有效",
    ),
    "estate": (
        2,
        r"(?:耀世|璀璨|盛大|荣耀|瞩目)(?:登场|开盘|绽放|启幕|首发|亮相)|钜献|臻(?:品|藏|享|席)|(?:火爆|恭迎)(?:认筹|热销|品鉴)"
        r"|建(?:筑)?面(?:积)?约?\d+[^。\n]{0,12}(?:户型|美宅|洋房|大平层)|一席难求|醇熟配套|人居(?:典范|标杆|新高度)",
    ),
    "praise": (
        2,
        r"(?:引领|领跑|颠覆)(?:整个)?(?:行业|市场|潮流|时代)"
        r"|(?:行业|国内|全球|业界)(?:领先|顶尖|首屈一指|翘楚|标杆)(?:的)?(?:品牌|企业|供应商|服务商)"
        r"|(?:深受|备受)(?:广大)?(?:消费者|用户|客户|市场|家长)(?:的)?(?:青睐|信赖|喜爱|好评|追捧|认可)"
        r"|(?:品质|口碑)之选|首选品牌|匠心(?:打造|之作|品质|甄选)|尊享|奢享|值得(?:信赖|拥有|入手)",
    ),
    "founded": (
        1,
        r"(?:公司|品牌|集团|企业)[^。\n]{0,10}(?:成立|创立|创办|始创)于\d{4}年[^\n]{0,60}(?:致力于|专注于?|深耕)"
        r"|(?:旗下|全新)(?:品牌|产品)[^。\n]{0,12}(?:重磅|全新)?(?:上市|发布|升级)",
    ),
    "supplied": (
        1,
        r"(?:图片|文图?|图文|供稿|稿件)(?:来源)?[:：]?(?:由)?(?:企业|公司|品牌方|商家)(?:供图|提供|供稿)"
        r"|(?:推广|品牌|商务)合作",
    ),
}
#: What reporting about such things has, and an advertisement has not.
_AGAINST: dict[str, tuple[int, str]] = {
    "enforcement": (
        -3,
        r"市场监管|消(?:费者)?(?:协会?|保委)|工商(?:部门|局)|监管部门|公安|警方|民警|法院|检察|判决|查处|处罚|罚款|立案"
        r"|行政拘留|涉嫌|骗局|诈骗|虚假(?:宣传|广告)|夸大宣传|曝光",
    ),
    "complaint": (-2, r"投诉|维权|退款|退费|上当|受骗|被骗|提醒(?:广大)?(?:消费者|市民|家长|投资者|老年人)|12315"),
    "reported": (-1, r"记者(?:从|在|了解到|走访|调查|看到|发现|探访|联系)|采访"),
}
#: Agencies and party papers do not sell their bylines.
_AGENCIES = ("新华社", "新华网", "人民日报", "人民网", "中新社", "中国新闻网", "央视", "中央广播电视总台", "法治日报")
_AGENCY = -2


class Rule(NamedTuple):
    """score: what it adds where pattern is found; agency's is looked for in 来源, the others in the text."""

    name: str
    score: int
    pattern: re.Pattern[str]


_RULES = tuple(
    Rule(name, score, re.compile(pattern)) for found in (_FOR, _AGAINST) for name, (score, pattern) in found.items()
)
_BY_AGENCY = Rule("agency", _AGENCY, re.compile("|".join(_AGENCIES)))


def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they are tried."""
    return (*_RULES, _BY_AGENCY)


class Sign(NamedTuple):
    """A rule that applies, its score, and the words that it found."""

    rule: str
    score: int
    text: str


class Suspicion(NamedTuple):
    """The sum of the signs, and the signs."""

    score: int
    signs: tuple[Sign, ...]


def suspicion(article: Article) -> Suspicion:
    """How much speaks for an advertorial.  From SUSPICIOUS on it counts as one.

    >>> found = suspicion(Article("http://a/1", "http://a/1", body="订购热线见文末。消协提醒：已有人投诉。"))
    >>> found.score, [sign.text for sign in found.signs]
    (-3, ['订购热线', '消协', '投诉'])
    """
    text = "\n".join(part for part in (article.title, article.subtitle, article.body) if part)
    tried = [(rule, rule.pattern.search(text)) for rule in _RULES]
    tried.append((_BY_AGENCY, _BY_AGENCY.pattern.search(article.source or "")))
    signs = tuple(Sign(rule.name, rule.score, hit[0]) for rule, hit in tried if hit)
    return Suspicion(sum(sign.score for sign in signs), signs)
