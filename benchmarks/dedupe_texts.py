"""Texts for benchmarks/dedupe.py: originals, what portals make of them, and notices that look alike but are not.

All of it is made from seeds: other seeds give other texts, so that thresholds are not fitted to one set.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from opencc import OpenCC

from crawler.demo import FAMILIES, DemoPortal

__all__ = ["VARIANTS", "Text", "merged", "notices", "originals", "variants"]

BENCH = Path(__file__).resolve().parent.parent.parent / "shared" / "bench" / "articles" / "gold.jsonl"
#: Stories of each demo portal.  Shorter originals than this leave a notice of a line when abridged to 40 %.
STORIES, SHORTEST = 60, 120


@dataclass(frozen=True, slots=True)
class Text:
    """A text and the story that it tells; kind: how it came about, "original" for what others are made of.

    stories: more than one for a round-up.
    """

    title: str
    body: str
    stories: frozenset[str]
    kind: str


def originals(seed: int) -> list[Text]:
    """Stories of the demo portals, and the real bodies where ../shared is there."""
    found = {
        story.body: story.title
        for number, name in enumerate(FAMILIES)
        for story in DemoPortal(name, seed=seed * len(FAMILIES) + number, size=STORIES).truth()
    }
    if BENCH.exists():
        rows = [json.loads(line) for line in BENCH.read_text("utf-8").splitlines()]
        found |= {row["text"]: row.get("title") or "" for row in rows}
    return [
        Text(title, body, frozenset({f"story {number}"}), "original")
        for number, (body, title) in enumerate(found.items())
        if len(body) >= SHORTEST
    ]


def _sentences(text: str) -> list[str]:
    return re.findall(r"[^。！？\n]+[。！？”]*\n?|\n", text)


def _wrapped(rng: random.Random, text: str) -> str:
    """As portals reprint: a line before it, a line or three behind."""
    medium = rng.choice(("江城日报", "清河晚报", "兰江网", "新兰江客户端"))
    lead = rng.choice(
        (f"据{medium}报道，", f"{medium}消息：", f"来源：{medium}\n", "【导读】更多本地资讯，尽在本频道。\n")
    )
    tail = (
        f"（原载{medium}）",
        f"（责任编辑：{rng.choice('王李张刘陈')}{rng.choice('敏静磊洋')}）",
        f"更多精彩内容，请关注{medium}微信公众号。",
        "版权归原作者所有，如有侵权请联系我们删除。",
    )
    return lead + text + "\n" + "\n".join(rng.sample(tail, rng.randint(1, 3)))


def _edited(share: float, rng: random.Random, text: str) -> str:
    """So many of a hundred characters replaced, removed, or put in, each by itself: the hardest way to edit."""
    letters = [character for character in text if character.isalnum()] or ["的"]
    out: list[str] = []
    for character in text:
        if rng.random() >= share or character == "\n":
            out.append(character)
            continue
        out.append(rng.choice((rng.choice(letters), "", character + rng.choice(letters))))
    return "".join(out)


def _abridged(share: float, rng: random.Random, text: str) -> str:
    """The first sentences, or some of all, up to that share of the characters."""
    parts, wanted = _sentences(text), share * len(text)
    order = list(range(len(parts)))
    if rng.random() < 0.5:
        rng.shuffle(order)
    kept: list[int] = []
    size = 0
    for place in order:
        if size + len(parts[place]) / 2 > wanted and kept:
            break
        kept.append(place)
        size += len(parts[place])
    return "".join(parts[place] for place in sorted(kept)).strip()


def _traditional(rng: random.Random, text: str) -> str:
    return str(_CONVERTERS[rng.choice(("s2t", "s2tw", "s2hk"))].convert(text))


_CONVERTERS = {name: OpenCC(name) for name in ("s2t", "s2tw", "s2hk")}

#: Kind of variant → what makes it of a text.  Retitled ones keep the text but for its closing line.
VARIANTS: dict[str, Callable[[random.Random, str], str]] = {
    "wrapped": _wrapped,
    "edited 5 %": partial(_edited, 0.05),
    "edited 10 %": partial(_edited, 0.10),
    "abridged to 60 %": partial(_abridged, 0.60),
    "abridged to 40 %": partial(_abridged, 0.40),
    "retitled": lambda rng, text: f"{text}\n（{rng.choice('李王赵')}{rng.choice('晓文军')}）",
    "traditional": _traditional,
}


def variants(rng: random.Random, text: Text) -> Iterator[Text]:
    """What portals make of an original, one of each kind."""
    for kind, made in VARIANTS.items():
        yield Text(f"{text.title[:8]}（转载）", made(rng, text.body), text.stories, kind)


def merged(texts: Sequence[Text]) -> Text:
    """A round-up: several stories under one headline."""
    body = "\n".join(f"{place}、{text.title}\n{text.body}" for place, text in enumerate(texts, 1))
    return Text("今日要闻一览", body, frozenset().union(*(text.stories for text in texts)), "merged")


# --- Notices ----------------------------------------------------------------------------------------------------------


def notices(rng: random.Random, days: int) -> Iterator[Text]:
    """One of every kind for each day; no two of them are the same notice."""
    for day in range(days):
        month, date = divmod(day, 28)
        when = f"{month % 12 + 1}月{date + 1}日"
        for kind, write in _NOTICES.items():
            yield Text(f"{kind}（{when}）", write(rng, when), frozenset({f"{kind} {day}"}), f"notice: {kind}")


def _weather(rng: random.Random, when: str) -> str:
    sky = ("晴", "多云", "阴", "小雨", "阵雨", "多云转晴", "阴转小雨", "晴到多云")
    wind = ("东风", "东南风", "偏北风", "西北风")
    low = rng.randint(-3, 24)
    return (
        f"市气象台{when}发布天气预报：今天白天{rng.choice(sky)}，{rng.choice(wind)}{rng.randint(2, 4)}级，"
        f"最高气温{low + rng.randint(4, 12)}℃；今天夜间{rng.choice(sky)}，最低气温{low}℃。"
        f"明天{rng.choice(sky)}，气温{low + 1}℃到{low + rng.randint(6, 11)}℃，相对湿度{rng.randint(35, 95)}%。"
        "早晚温差较大，请市民出门注意增减衣物，驾车出行注意交通安全。气象部门将密切关注天气变化，及时发布预报预警信息。"
    )


def _stock(rng: random.Random, when: str) -> str:
    rows = []
    for name, level in (("上证指数", 3100), ("深证成指", 11000), ("创业板指", 2400)):
        move = rng.uniform(-2, 2)
        rows.append(
            f"{name}{'涨' if move > 0 else '跌'}{abs(move):.2f}%，报{level * (1 + rng.uniform(-0.2, 0.2)):.2f}点"
        )
    hot = rng.sample(("半导体", "白酒", "光伏", "医药", "券商", "煤炭", "传媒", "银行"), 4)
    return (
        f"{when}，A股三大指数收盘。截至收盘，{'，'.join(rows)}。两市成交额{rng.randint(6000, 12000)}亿元，"
        f"北向资金净{rng.choice(('流入', '流出'))}{rng.uniform(1, 120):.2f}亿元。"
        f"盘面上，{hot[0]}、{hot[1]}板块涨幅居前，{hot[2]}、{hot[3]}板块跌幅居前。"
        "分析人士认为，市场短期仍将维持震荡格局，投资者应控制仓位，关注业绩确定性较高的品种。股市有风险，投资需谨慎。"
    )


def _outage(rng: random.Random, when: str) -> str:
    roads = ("人民路", "望江路", "解放街", "学府路", "滨河道", "建设巷", "青年路", "文昌街", "东环路")
    road, (start, end) = rng.sample(roads, 3), (_hour(rng, 7, 10), _hour(rng, 15, 22))
    return (
        f"尊敬的用户：因{rng.choice(('供水管网改造', '主管道抢修', '阀门更换', '道路施工'))}需要，"
        f"定于{when}{start}至{end}对{road[0]}（{road[1]}至{road[2]}段）沿线用户停止供水，"
        f"预计影响{rng.randint(200, 6000)}户。请有关单位和居民提前做好储水准备，由此带来的不便敬请谅解。"
        f"咨询电话：{rng.randint(60000000, 88999999)}。特此公告。市自来水公司。"
    )


def _hour(rng: random.Random, first: int, last: int) -> str:
    return f"{rng.randint(first, last)}:{rng.choice(('00', '30'))}"


def _appointment(rng: random.Random, when: str) -> str:
    bureaus = ("市教育局", "市水务局", "市城管局", "市商务局", "市交通运输局", "市民政局", "市卫生健康委员会")
    bureau = rng.sample(bureaus, 4)
    rows = "".join(_candidate(rng, now, then) for now, then in zip(bureau[::2], bureau[1::2], strict=True))
    return (
        f"根据《党政领导干部选拔任用工作条例》和有关规定，现将拟任职干部情况公示如下：{rows}"
        f"公示时间：{when}起5个工作日。如对公示对象有情况和问题反映，请在公示期内以来信、来电、来访等形式向市委组织部反映。"
        "反映情况要实事求是，以个人名义反映的提倡署真实姓名，以单位名义反映的应加盖公章。受理电话：12380。"
    )


def _candidate(rng: random.Random, now: str, then: str) -> str:
    name = rng.choice("赵钱孙李周吴郑王冯陈") + rng.choice("志晓建文国秀玉") + rng.choice("强敏华军霞伟")
    born = f"19{rng.randint(65, 89)}年{rng.randint(1, 12)}月"
    return (
        f"{name}，{rng.choice('男女')}，汉族，{born}生，"
        f"{rng.choice(('大学', '研究生', '省委党校大学'))}学历，中共党员，"
        f"现任{now}{rng.choice(('办公室主任', '党组成员', '副局长', '四级调研员'))}，"
        f"拟任{then}{rng.choice(('副局长', '局长', '党委委员', '三级调研员'))}。"
    )


def _traffic(rng: random.Random, when: str) -> str:
    roads = ("长江大道", "迎宾大道", "环城北路", "科技大道", "体育场路", "湖滨路", "新华大街", "站前路")
    road, cause = rng.sample(roads, 4), rng.choice(("马拉松赛事", "市政施工", "管线迁改", "灯光秀活动"))
    return (
        f"为保障{cause}顺利进行，市公安局交警支队决定：{when}{rng.randint(5, 20)}时至{rng.randint(21, 24)}时，"
        f"{road[0]}（{road[1]}至{road[2]}）禁止一切机动车通行，过往车辆可绕行{road[3]}。"
        f"公交{rng.randint(1, 180)}路、{rng.randint(1, 180)}路临时改线。请广大交通参与者提前规划出行路线，"
        "自觉服从现场民警指挥，违者将依法处理。特此通告。"
    )


def _lottery(rng: random.Random, when: str) -> str:
    red = "、".join(f"{n:02d}" for n in sorted(rng.sample(range(1, 34), 6)))
    issue, blue = rng.randint(10000, 25999), rng.randint(1, 16)
    return (
        f"{when}晚，中国福利彩票双色球第20{issue}期开奖。当期红球号码为{red}，蓝球号码为{blue:02d}。"
        f"全国开出一等奖{rng.randint(1, 30)}注，单注奖金{rng.randint(500, 1000)}万元；二等奖{rng.randint(60, 300)}注，"
        f"单注金额{rng.randint(10, 40)}万多元。计奖后奖池金额为{rng.uniform(8, 28):.2f}亿元。"
        "理性购彩，量力而行，未满十八周岁不得购买彩票。"
    )


def _prices(rng: random.Random, when: str) -> str:
    goods = ("大白菜", "土豆", "西红柿", "黄瓜", "猪肉", "鸡蛋", "豆角", "苹果", "草鱼", "大葱")
    rows = "，".join(f"{name}每公斤{rng.uniform(1, 40):.1f}元" for name in rng.sample(goods, 6))
    return (
        f"据市发展改革委价格监测中心{when}对全市8家农贸市场的监测，今日主要副食品零售均价如下：{rows}。"
        f"与前一日相比，{rng.randint(2, 6)}种上涨，{rng.randint(1, 5)}种下降，其余持平。"
        "总体来看，市场货源充足，价格运行平稳，价格监测中心将继续做好监测预警工作。"
    )


_NOTICES: dict[str, Callable[[random.Random, str], str]] = {
    "weather": _weather,
    "stock": _stock,
    "outage": _outage,
    "appointment": _appointment,
    "traffic": _traffic,
    "lottery": _lottery,
    "prices": _prices,
}
