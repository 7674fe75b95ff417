"""The words by which a line shows that it is no part of the article (DOMAIN.md §3 "Boilerplate vocabulary").

Only general phrases of Chinese news pages stand here, none of a single portal.  Most are anchored at the start of a
line and hold only for short lines, because the same words occur in running text.
"""

from __future__ import annotations

import re

from crawler.extract.lines import Line

__all__ = ["END_REASONS", "furniture", "is_meta_line", "is_sentence", "mark"]

#: A line may start with bullets, brackets and arrows before the words that tell what it is.
_LEAD = r"^[\s\W_]{0,6}"
_WORD_END = r"(?=[\s\W_]|$)"


def _line(*words: str, tail: str = r".{0,30}$") -> re.Pattern[str]:
    return re.compile(_LEAD + r"(?:" + "|".join(words) + r")" + tail, re.IGNORECASE)


#: Headings of what follows an article: lists of other articles, rankings, comments.
_RELATED = _line(
    r"(?:相关|更多相关|本文相关|其他相关)(?:的)?(?:阅读|新闻|链接|连接|文章|报道|推荐|专题|资讯|内容|视频|图片|图集"
    r"|稿件|评论|搜索|话题|热词|标签|信息|知识|解读|政策|附件)",
    r"延伸\W{0,3}(?:推荐|阅读)",
    r"(?:延伸|扩展|拓展|推荐|关联|热门|更多|精彩|精选|深度|还可以|继续)阅读",
    r"(?:热点|热门|重点|今日|精彩|编辑|为[你您]|本站|图文|头条|站内|小编|独家|精品|每日|焦点|相似|智能|热文|品牌"
    r"|新闻|好文|特别|主编|内容|视频|图片|阅读)推荐",
    r"推荐(?:新闻|阅读|文章|专题|视频|图集|内容|资讯|图文|商讯)?",
    r"猜你(?:喜欢|感兴趣|想看)|大家都?(?:在|还|爱)看|你可能(?:也|还|会)?(?:喜欢|感兴趣|错过)|看了.{0,6}还看|都在看",
    r"网友热搜|最新发布|更多搜索|内容精选|今日热搜|实时热搜|热搜榜?|热词|热榜|热评|今日热点|今日头条|今日关注"
    r"|今日看点|今日焦点",
    r".{0,8}(?:排行榜?|点击榜|热读榜|人气榜|TOP ?10|Top ?10)",
    r"(?:本周|本月|一周|24小时|48小时|7x24小时|今日|最新|精彩|频道|本站|站内)?(?:热门|热点|热帖|热文|要闻|最热)"
    r"(?:文章|新闻|资讯|标签|搜索|评论|图集|图片|专题|视频|话题|关注|聚焦|内容|导读|速递|栏目|排行|回顾|推荐)",
    r"最新(?:文章|新闻|资讯|评论|动态|消息|推荐|更新|快讯|报道|图片|视频|专题)",
    r"(?:栏目|频道|本类|同类|本栏)(?:更新|热门|最新|推荐|导航|精选|文章)",
    r"精彩(?:图片|图集|视频|专题|推荐|回顾|评论|内容|资讯|图文|导读|看点)",
    r"(?:图片|图说|视频|滚动|本地|国内|国际|社会|专题|行业|公司|财经|娱乐|证券|时政|往期|频道|要闻)(?:新闻|要闻|精选"
    r"|推荐|专题|回顾|动态)",
    r"往期(?:回顾|精彩|精选|推荐)|精彩回顾|新闻(?:热点|速递|回顾|链接|专题)|图文资讯|视觉焦点|热图|图库|组图推荐",
    # What follows the words may be a button, never a text: 最新消息：道路恢复通行 is one.
    tail=r"(?:链接|列表|推荐|排行|更多|一览|合集)?[\s\W]*(?:更多|more|换一[批组换]\S{0,2}|收起|全部)?[\s\W]*$",
)
_COMMENTS = _line(
    r"(?:网友|最新|最热|全部|热门|精彩|精选|用户|文章|读者|新闻)(?:评论|留言|热评|跟帖|跟贴|点评)",
    r"(?:发表|我要|查看|参与|添加|提交|写|暂无|登录后|请.{0,6}后|抢先|快来|欢迎).{0,6}(?:评论|留言|跟帖|点评)"
    r"|发表.{0,4}(?:看法"
    r"|意见)",
    r"(?:评论|跟帖|跟贴|留言)(?:区|列表|板|\s*[(（\[]?\d*[)）\]]?)?(?:共|已有|条)?" + r"$",
    r"(?:已有|共有?|共计)?\s*\d+\s*(?:条|人|位)?.{0,4}(?:评论|跟帖|跟贴|参与讨论|参与评论|留言|点评)",
    r"我来说[两几]句|说两句|我有话说|有话要说|文明上网|网友评论仅供|请遵守|请您?文明|请各位遵纪守法|登录[|｜/]注册",
)
#: Lines that name who edited or checked the page; at the end of an article they close it.
_EDITOR = _line(
    r"(?:本文|本期|本版|本条|责任|实习|执行|网络|值班|栏目|新媒体|微信|文字|美术|视觉|版面|图文|网站|文案|轮值|二审"
    r"|初审|终审|今日|首席|数字|融媒)?"
    r"(?:编辑|责编|网编|小编|编校|编委|美编|校对|校审|选稿|录入|录入者|发布者|发布人|编排|排版)"
    r"(?:人|员|者)?\s*[:：丨|｜/／].{0,60}$",
    # The same words head the steps of official procedures (初审：由街道受理), so a short name must follow.
    r"(?:主编|总编|编审|审核|审校|监制|审读|审签|审稿|初审|复审|终审|一审|二审|三审|总监审|监审|版式|出品|审定|编|校|审"
    r"|发稿)(?:人|员|者)?\s*[:：丨|｜/／]\s*[\u4e00-\u9fffA-Za-z·]{0,4}(?:[\s\W].{0,50})?$",
    r"(?:文字|责任|值班|新媒体)?(?:编辑|责编|校对|审核|监制|排版|美编|编审|初审|复审|终审|一审|二审|三审)"
    r"\s+[\u4e00-\u9fff·]{2,4}(?=[\s|丨/｜]|$)[^，。！？]{0,40}$",
    r"(?:责任编辑|责编|责任?编辑?)\s*[\s:：(（].{0,60}$",
    r"[（(\[【]\s*(?:责任编辑|编辑|责编|责任校对).{0,60}$",
    r"[（(\[【].{0,8}(?:编辑|责编)[\s:：].{0,30}[）)\]】]$",
    r"[（(\[【]\s*(?:全文)?(?:完|END)\s*[）)\]】]?$",
    r"(?:全文完|END|THE END)$",
    tail="",
)
#: Lines that name the source of the text, its former headline or its tags.
_SOURCE = _line(
    r"[（(\[【]\s*(?:本文来源|文章来源|来源|原标题|原题)",
    r"(?:文章|本文|信息|稿件|新闻|素材|内容|资料|原文|视频|封面|数据|来稿|综合|本期资料|部分内容|内容综合)?(?:来源"
    r"|稿源|出处)\s*(?:于)?\s*[:：丨|｜/]",
    r"(?:综合|本文)?(?:转载?自|摘自|选自)\s*[:：]",
    r"(?:本文|文章|稿件|新闻)?原(?:标题|题|文标题|文题目)\s*[:：为]",
    r"(?:本文|文章|稿件)(?:来自|来源于|转自|转载自|首发于?|选自|摘自|原载|刊载于|刊发于|刊于|源自|摘编自"
    r"|由.{2,20}(?:发布|提供|供稿))",
    r"(?:文章|本文|热门|相关|新闻)?(?:标签|关键词|关键字|Tags?)\s*[:：]",
    tail=r".{0,90}$",
)
#: Signatures.  The same labels open answers in interviews (记者：您怎么看？), so only names may follow.
_SIGNATURE = _line(
    r"(?:本报|本网|见习|实习|首席|特约|图片|部分|头图|首图|题图|文字|图文|封面)?"
    r"(?:作者|记者|通讯员|文字|摄影|摄像|拍摄|撰文|撰稿|文|图|图文|文图|图片|供图|供稿|来稿|制图|海报|制作|策划"
    r"|总策划|统筹|剪辑|配音|图片来源)"
    r"(?:人|员|者)?\s*[:：丨|｜/／]",
    tail=r"[^，。！？；…]{0,40}$",
)
_LEGAL = re.compile(
    r"免责(?:声明|条款)|版权(?:声明|说明|所有|归|与免责)|侵权公告|特别声明|郑重声明|重要声明|法律声明|网站声明|"
    + _LEAD
    + r"(?:声明|提示|风险提示|特别提[示醒]|温馨提示)\s*[:：].{0,20}(?:本文|本网|本站|本平台|以上|该文|此文|转载|文章"
    r"|内容|投资)"
    r"|凡(?:本网|本站|注明|来源|标注)|(?:本网|本站|本平台)(?:站)?(?:转载|所有|所刊|所载|凡|仅|系|登载|原创|部分)"
    r"|本(?:文|稿|内容|作品)(?:仅?代表|仅?为?作者|系作者|版权|仅供|所涉|转载|不构成|由.{0,20}原创|为.{0,20}原创"
    r"|系.{0,20}(?:原创|授权))"
    r"|未经.{0,24}(?:授权|许可|同意|允许).{0,24}(?:转载|使用|复制|摘编|不得|禁止|请勿|严禁)"
    r"|转载(?:请|须|时请|务必|需|本文|或引用|自)|(?:谢绝|禁止|不得|请勿|严禁|欢迎)转载"
    r"|不代表(?:本[网站报]|.{0,16}(?:观点|立场|赞同|意见))|(?:如有|若有|涉及|如涉|若涉).{0,10}(?:侵权|版权|侵犯"
    r"|异议).{0,40}(?:联系|删除|处理|告知)"
    r"|(?:仅供|供.{0,4})参考.{0,12}不构成|据此.{0,6}(?:操作|入市|投资).{0,10}(?:风险|自担|自负)|提供信息存储|著作权归"
    r"|互联网新闻信息服务|信息网络传播视听|违法和不良信息|(?:网站)?备案号|ICP备|ICP证|公网安备"
    r"|copyright|all rights reserved"
    r"|uploaded and posted by"
    r"|(?:举报|客服|新闻热线)电话\s*[:：]|(?:投稿|举报)(?:邮箱|信箱|邮件)",
    re.IGNORECASE,
)
_PROMPT = _line(
    # What begins with any characters is tried only where one of its own stands in the line: half the cost.
    r"(?=[^扫长]*+[扫长])(?:微信|手机|请用|打开微信|用微信|使用微信|请使用)?.{0,6}(?:扫一扫|扫码|扫描|扫下|扫上|长按).{0,30}",
    r"(?:欢迎|请|敬请|点击|长按|搜索|立即|更多.{0,12}请|更多.{0,8})?\s*(?:关注|订阅|添加).{0,20}(?:公众号|微信|微博"
    r"|视频号|账号|抖音|客户端|号|我们|APP)",
    r"(?=[^码号]*+[码号]).{0,12}(?:二维码|公众号|微信号)(?:\s*[:：].{0,20})?$",
    r"(?:下载|打开|安装|进入|前往|登录|点击下载|使用).{0,16}(?:客户端|APP)",
    r"(?:客户端|APP)下载",
    r"欢迎(?:来到|关注|收看|收听|订阅|加入|投稿|扫码|添加|转发|下载|点击)",
    r"(?:更多|相关|想了解|欲知|详情|了解).{0,40}(?:请|敬请|可以?|欢迎)(?:继续|持续|点击|密切)?(?:关注|点击|登录|登陆"
    r"|访问|锁定|浏览|下载|前往|查看|进入|戳|扫|见)",
    r"(?:分享|转发|发送|推荐)(?:到|至|给|让更多|本文|朋友|微信|按钮|新闻|文章)?(?:[:：\s]|$|微信|微博|朋友圈|更多"
    r"|好友|QQ|手机)",
    r"(?:收藏|打印|关闭|字号|字体|大小|纠错|举报|点赞|返回|朗读|听新闻|复制链接|放大|缩小|默认|繁体|简体|无障碍|订阅"
    r"|投稿|关注|已关注|取消|确定|顶部|回到顶部|返回顶部|返回首页|我要纠错|分享|转发"
    r"|语音播报|播放|暂停|重播)"
    + r"(?:本页|本文|窗口|此页|页面|文章|首页|页首|列表|目录|上页|顶部|频道|全文|设置|图片|功能)?(?:[\s\W\d_]|$)",
    r"(?:我要|点击|点此)(?:纠错|捉虫|报错|反馈|举报|投诉|收听|听全文|听新闻|播放)|(?:纠错|捉虫|报错|收听"
    r"|听全文)[\s\W]*$",
    r"(?:点击|点此|戳|轻触)(?:这里|此处|进入|查看|下载|阅读|图片|链接|上方|下方|蓝字|观看|播放|进入专题|加载|展开"
    r"|收起|右上角|关闭|报名|购买|领取|还可|参与|投票)",
    r"(?:阅读|查看|显示|展开|点击|余下|剩余|浏览|在本页阅读|收起)(?:原文|全文|更多|剩余|余下|大图|原图|详情|专题"
    r"|评论|下一页|图集)",
    r"(?:加载|查看|了解|显示|点击)?更多(?:内容|精彩|新闻|资讯|评论|精彩内容|热点|报道|文章|>|》|…|\.|请|$)",
    r"进入.{0,10}(?:专题|图集|论坛|频道|评论|首页|讨论)[\s\W]*$",
    r"(?:您的|你的)?(?:浏览器|设备).{0,6}(?:不支持|版本|过低)|加载中|正在加载|视频加载",
    r"(?:用户|账号|用户名|密码|登录|登陆|注册|验证码|匿名)\s*[:：|｜/]?\s*(?:登录|注册|发表|密码|名)?" + r"$",
    r"(?:广告|推广|赞助|AD)" + _WORD_END,
    r"(?=[^扫长识]*+[扫长识]).{0,60}(?:扫描|长按|识别|扫一扫).{0,8}(?:二维码|关注).{0,30}",
    r"(?:新闻)?(?:爆料|报料|线索|求助).{0,30}(?:微信|电话|热线|请|渠道|入口|平台|邮箱)",
)
#: Columns and accounts introduce themselves at greater length.
_WELCOME = re.compile(_LEAD + r"欢迎(?:来到|关注|收看|收听|订阅|加入|扫码|添加)")
_PAGER = re.compile(
    r"^[\s\W_]{0,3}(?:[上下前后]一[篇页条则个张组图](?:新闻|文章|图集|信息)?|首页|末页|尾页|下页|上页)"
    r"(?:[\s\d:：>》】\])|]|$)"
    r"|^[\s\W_]*(?:(?:共\s*\d+\s*页|第\s*\d+\s*页)(?:\W|$)|\d{1,3}\s*/\s*\d{1,3}$)"
    r"|^[\s\W_]*\d{1,3}(?:[\s\[\]【】()（）|·…]+\d{1,3})+[\s\W_]*(?:下一页|末页|尾页|$)"
    r"|^(?:[【\[]\d{1,2}[】\]]\s*){2,}"
)
_DATE = r"(?:19|20)?\d\d\s*[-./年—–]{1,2}\s*\d{1,2}\s*[-./月—–]{1,2}\s*\d{1,2}"
_CLOCK = r"\d{1,2}\s*[:：]\s*\d{2}"
#: Without this rule 0.9962 and 0.896 on the bench (pageF1, clean).
_META = re.compile(
    rf"{_DATE}|\d{{1,2}}月\d{{1,2}}日\s*{_CLOCK}|^\d{{1,2}}-\d{{1,2}}\s+{_CLOCK}|(?:来源|稿源|发布时间|发布日期|更新时间|时间|日期|作者|浏览次?数?|点击次?数?"
    r"|阅读(?:量|次?数)?|字号|字体|编辑|责编|访问量?|出处|文号|索引号|记者|发布)\s*[:：]|\d+\s*(?:次|人)?(?:浏览"
    r"|阅读|点击)|\d+\s*分钟阅读|^发布于",
)
#: Every form above has a digit or a colon, and looking for these first is cheaper.
_META_HINT = re.compile(r"[\d:：]|发布于|发表于")
_META_LENGTH = 120
_SENTENCE = re.compile(r"[，。！？；：、”…!?,;]")
_STOP = re.compile(r"[。！？…!?；;：:”」』）)】\]\"']$")

#: Reasons after which, at the end of an article, nothing of it follows.
END_REASONS = frozenset({"related", "comments", "legal", "pager", "editor"})
#: Longer lines are text, whatever they begin with; legal notices alone run longer.
_SHORT = 60
_LEGAL_LENGTH = 400

#: One of these stands in every longer notice; most paragraphs have none, and need no search for the phrases.  Fixed
#: words without case are found ten times as fast as the phrases.
_LEGAL_WORDS = re.compile(
    r"声明|版权|转载|本网|本站|本平台|侵权|授权|许可|著作权|仅供|不构成|ICP|备案"
    r"|举报|opyright|ights reserved|posted by|信息存储|不代表|仅代表|自负|自担"
)
#: The same for short lines: one of these stands in whatever _LEGAL finds (R and D for its English phrases).
_LEGAL_HINT = re.compile(
    r"免责|版权|侵权|声明|提示|提醒|凡|本网|本站|本平台|本文|本稿|本内容|本作品|未经|转载|不代表|侵犯|异议|不构成|据此"
    r"|信息存储|著作权|信息服务|传播视听|不良信息|备案号|P备|p备|P证|p证|安备|举报|客服|热线|投稿|r|R|d|D"
)

#: In this order.  Effect on the bench (pageF1 and share of clean pages; with all rules 0.9989 and 0.970), without:
#: pager 0.9989, 0.970; comments 0.9981, 0.963; related 0.9965, 0.963; editor 0.9970, 0.933; source 0.9973, 0.925;
#: signature 0.9989, 0.970; prompt 0.9984, 0.948; legal 0.9885, 0.881.
_RULES = (
    ("pager", _PAGER, _SHORT),
    ("comments", _COMMENTS, 36),
    ("related", _RELATED, 26),
    ("editor", _EDITOR, 100),
    ("source", _SOURCE, 110),
    ("signature", _SIGNATURE, _SHORT),
    ("prompt", _PROMPT, _SHORT),
    ("prompt", _WELCOME, 110),
)


def furniture(text: str) -> str | None:
    """Name of the reason why a line is no part of the text, or None.

    >>> furniture("（责任编辑：王五）"), furniture("相关阅读："), furniture("昨天，全市工作会议召开。")
    ('editor', 'related', None)
    """
    size = len(text)
    if size <= 110:
        for reason, pattern, longest in _RULES:
            if size <= longest and pattern.match(text):
                return reason
    if size <= _LEGAL_LENGTH and (_LEGAL_HINT if size <= _SHORT else _LEGAL_WORDS).search(text):
        return "legal" if _LEGAL.search(text) else None
    return None


def mark(line: Line) -> str | None:
    """furniture() of a line's text, asked once: several steps need it, and it is their main cost."""
    if line.marked == "":
        line.marked = furniture(line.text)
    return line.marked


def is_meta_line(text: str) -> bool:
    """True for a line that says when and where the article appeared, not what happened."""
    if len(text) >= _META_LENGTH or text.endswith("。") or not _META_HINT.search(text):
        return False
    return _META.search(text) is not None


def is_sentence(text: str) -> bool:
    """True where punctuation shows running text rather than a label or a headline."""
    return _SENTENCE.search(text) is not None
