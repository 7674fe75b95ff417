"""Sentence frames of the demo portals' news: slots in braces, one alternative a line (see crawler.demo.text)."""

from __future__ import annotations

__all__ = ["CAPTIONS", "CLOSES", "FACTS", "LEADS", "NOTES", "QUOTES", "SUBTITLES", "TITLES"]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.strip().splitlines() if line)


TITLES = _lines("""
{city}{road}{thing2}：{goal}
{district}{act} {goal}
{district}{area}：{thing}迎来新进展
{thing}走过{m}年：{goal}
{n}万元投向{thing} {effect}
{body}{act} 涉及{n}户
{city}今年将在{area}{act}
从{road}出发 {goal}
{who}{name}眼中的{thing}
{effect} {district}{thing}交出答卷
{thing}在{district}{road}落地
记者探访{area}{thing2}：{effect}
{firm}{thing2}“上新” {act}
{district}{who}{name}：{goal}
{act2} {road}有了新模样
{n}个{thing2}亮相{area}
{name}和他的{thing2}
{area}{thing}带来的变化
{firm}携手{district}{act}
""")

SUBTITLES = _lines("""
{effect}
{act2}，{goal}
{body}{rank}{name}回应市民关切
{district}、{district2}先行先试
计划{deadline}覆盖{n}个镇街
——{city}{thing}见闻
""")

LEADS = _lines("""
{when}，记者从{body}获悉，{district}{thing}有了新进展：{effect}。
{when}，{thing}在{district}{place}举行，{tens}名{who}到场。
走进{area}的{place}，{thing2}格外引人注目。{when}，这里刚刚{act}。
“{goal}。”{when}，{who}{name}在{road}{said}起{thing}，话匣子一下子打开了。
{body}{when}{act}，计划{deadline}{act2}。
为了{goal}，{city}{when}{act}，首批涉及{district}、{district2}等{m}个板块。
记者{when}在{road}看到，{who}正忙着{act2}。
{when}召开的{city}{thing}专题会透露，{period}，全市{act}，{effect}。
清晨六点半，{road}上已经有了人影。{who}{name}的一天，从{thing2}开始。
{m}月的{area}，{thing}正酣。{body}提供的数据显示，{effect}。
{effect}——这是{district}推进{thing}交出的成绩单。
围绕{thing}，{body}会同{office}{when}{act}，并就{act2}作出安排。
""")

FACTS = _lines("""
{then}，{body}还将{act2}，力争{deadline}见到成效。
数据显示，{period}，{district}{thing2}达到{n}个，比上年同期{grow}{p}%。
{district}{road}一带有{n}户居民，过去{thing2}一直是个难题。
按照方案，工程分{m}期实施，总投资{f}亿元，{deadline}完成首期任务。
{who}{name}算了一笔账：单是{thing2}一项，每年就能省下{n}元。
在{area}，{firm}已经率先{act2}，{effect}。
{then}，{district2}也在{act}，重点解决{thing2}的问题。
记者在{place}看到，墙上的一张表格记得清清楚楚：{m}月{d}日，{act}；次日，{act2}。
这项工作由{office}牵头，{body}具体负责，{m}个部门参与。
和{f}公里外的{area}相比，这里的{thing2}起步虽晚，进度却快。
{period}，全市累计投入{f}亿元，{effect}。
为什么要{act2}？{body}的考虑是，{goal}。
{name}今年{age}岁，在{district}做了{m}年{who}，对{thing2}再熟悉不过。
不少{who}起初并不看好{thing}，直到{effect}。
据{office}统计，回收的{n}份问卷中，有{p}%的受访者希望{goal}。
{district}的做法是先易后难：先{act}，再{act2}。
{then}，{firm}与{body}签下协议，双方将共同{act}。
每逢周末，{area}的{place}总要多出{tens}多人，其中不少是{who}。
从{road}到{road2}，全长{f}公里，沿途设有{m}处{thing2}。
{m}月{d}日前，市民可以通过热线、信箱或现场登记等方式，对{thing}提出意见。
为了一处{thing2}，项目组前后改了{m}稿，最长的一次会开了{m2}个小时。
{district2}{who}{name}最关心的还是{thing2}，为此跑了{m}趟{place}。
资金从哪里来？{district}的办法是财政出一点、企业筹一点、社会捐一点，{period}共落实{n}万元。
眼下，{thing}进入关键阶段，{m}支队伍同时作业，{act2}。
{effect}的背后，是{tens}多个日夜的坚持。
相比之下，{area}的条件更为复杂，地下管线有{m}种之多，{act}并不容易。
早在{year}年，{district}就尝试过{act2}，但因为{thing2}不足，一直没有铺开。
{then}，{city}把{thing}列入年度{m}项重点任务，由{office}逐月通报。
晚上八点，{place}依旧灯火通明，{who}们还在讨论如何{act2}。
{firm}研发的{thing2}派上了用场，单日处理能力达到{n}件。
""")

QUOTES = _lines("""
“{goal}，说到底要靠一件一件的小事。”{body}{rank}{name}{said}。
{who}{name}{mood}{said}：“以前想都不敢想，现在{effect}。”
“我们把{thing2}放在第一位。”{name}{said}，“{act2}，就是要{goal}。”
{body}{rank}{name}{said}，{deadline}将{act}，请{who}再给一点时间。
“{period}我来过{m}次，每次都有新变化。”家住{road}的{name}{said}。
“不是为了好看，是为了好用。”谈到{thing2}，{who}{name}{mood}{said}。
{name}{said}，{district}的经验可以概括为三句话：{act}，{act2}，{goal}。
“你看，这就是{thing2}。”顺着{who}{name}手指的方向，记者看到了{area}的另一面。
“有困难吗？当然有。”{name}并不讳言，{m}个月里，光是{act2}就返工了{m2}次。
“{effect}，我们心里才踏实。”{firm}负责人{name}{said}。
面对记者的提问，{rank}{name}{said}：“{act}只是第一步，{act2}才是硬仗。”
“算上{thing2}，一个月能多挣{n}元。”{who}{name}{mood}{said}。
""")

CLOSES = _lines("""
{then}，{city}将继续{act2}，{goal}。
记者离开时，{area}的灯次第亮起，{who}们又开始了新的忙碌。
{body}提醒，{deadline}如有疑问，可拨打服务热线咨询，也可到{place}现场办理。
据悉，{thing}还将在{district2}推广，预计{deadline}惠及{n}户家庭。
“明年再来，这里一定会更好。”{name}{said}。
下一个目标已经写在{place}的白板上：{goal}。
活动将持续到{m}月{d}日，市民凭有效证件可免费参加。
至于何时能够{act}，{body}给出的时间表是{deadline}。
""")

CAPTIONS = _lines("""
{who}在{area}{place}忙碌
{district}{road}旁的{thing2}
{thing}现场
图为{area}一角
{who}{name}展示{thing2}
""")

NOTES = _lines("""
{district}：{act}，{deadline}完成
{district2}：{act2}，共{n}处
{area}：{thing2}增至{n}个
{road}沿线：{act}
""")
