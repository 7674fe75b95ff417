"""Names of persons in bylines: taken apart, cleaned, and kept apart from organisations and job titles.

Portals separate names by blanks, 、 or nothing but a role word (`记者 张三 李四 通讯员 王五`), pad two-character names to
three (`李　明`), and print agencies, account names and codes in the same places (DOMAIN.md §3).
"""

from __future__ import annotations

import re

__all__ = ["is_organisation", "is_person", "split_names"]

#: The surnames of well over 99 % of bearers of Chinese names (Ministry of Public Security's name reports; 百家姓).
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文庞樊兰殷施洪翟"
    "安颜倪牛温芦季俞章鲁葛申梅毕祝裴霍焦柯阮纪齐管涂邢左辛骆牟解柳查骞耿路屈聂褚娄詹关凌蒙岳宁苗欧苟欣麦蓝吉祁古盛费"
    "耿艾童项游尤桂丛卜包束单蒲柴喻隋饶甘窦成丘穆宫戚冉匡车景晏巩荣舒尚代时柏应闵冷佟谷岑全池滕卓班鲍明连边海瞿宗尧荀"
    "靳郎商佘迟楼卫米鞠仇巫展沙房娜宣邬禹阎伍敖晋雍党伊封皮钮仝臧栾佐鄢初胥晁苑郁居习肇幸南花揭郜栗强羊冀计伏和芮储从"
    "原阳卞奚荆符樂郅盖寇谌简衣洛容满竺庄傅蔺占寿庾阚虞隆粟缪战郗窦桑巢尉翁仲旷经訾冼萧逯蹇母佀屠弓扈燕杭朴钭宿茅支昝"
    "禤曲郏国勾乐司鹿夔贵晓藏操税裘麻芈降姬毋楚丰岩冶辜危斯辛归延宓慕召云平元富闻沐牧银朗凤千湛刁那"
    "莘暴惠麦晶祖哈巴艳衡滑苍戈沃东暨谈钦蔚通弘邰郇么仓"
)
_COMPOUND = frozenset(
    "欧阳 司马 上官 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 东方 南宫 端木 呼延 申屠 轩辕 淳于 单于 太史 闻人 澹台 公冶 司空 赫连 钟离 百里 独孤 第五 完颜 纳兰".split()
)
#: How organisations, accounts and columns end, and job titles that stand where a name could.
_ORGANISATION = re.compile(
    r"(?:[报网社台讯号]|日报|晚报|新闻|频道|客户端|中心|公司|集团|[局委厅署]|部门|编辑部|宣传部|政府|学院|大学|中学|小学|医院|协会|学会|发布|融媒体?|传媒"
    r"|媒体|官微|公众号|微信|微博|在线|法院|检察院|公安|支队|大队|中队|研究院|研究所|工作室|工作组|观察|周刊|杂志|月刊|视频|广播|电视|影像|科技|财经"
    r"|街道|办事处|办公室|委员会|党委|支部|银行|基金会?|论坛|智库|书院|出版社|专线|快讯|热线|资讯|论坛|基地|联盟|俱乐部|之家|综合|报道|供稿|供图)$"
)
_NOT_A_NAME = frozenset(
    "记者 本报 本网 本刊 本台 本站 作者 编辑 责编 通讯员 实习生 摄影 摄 图 文 图文 文图 摄影报道 报道 整理 综合 编译 采写 撰文 撰稿 供图 佚名 匿名 未知 不详 无 暂无 "
    "转载 网络 原创 见习 特约 首席 评论员 本报评论员 特约评论员 本刊评论员 社论 来源 打印 关闭 分享 收藏 字号 大 中 小 上一篇 下一篇 "
    "全媒体 新媒体 整合 实习 发自 小编 编者按 编者 日讯 今日 昨日 日前 近日 日电 摄制 出品 校对 审核 主编 监制 责任编辑 人民网 新华社 新华网 中新社 中新网 等 网友 读者 笔者 问 答 主持人 "
    "点击 阅读 浏览 评论 栏目 专题 首页 正文 返回 举报 微信 微博 发布 高级 资深 驻站 站长 版主 投稿 独家 深度 视频 图片 资料图 资料 消息 通讯 特稿 专稿 时评 快评".split()
)
#: Everyday words and places that begin with a surname's character and are as short as a name.
_COMMON_WORDS = frozenset(
    "信息 关注 文章 时间 高清 时政 国际 国内 国家 安全 常州 温州 宁波 金融 方式 计划 成功 相关 任务 全部 和讯 平台 文化 文字 文件 文旅 文明 文学 文艺 段落 路线 车辆 水平 石油 景点 都市 江苏 江西 江南 "
    "云南 海南 海口 海外 海峡 安徽 贵州 贵阳 宁夏 苏州 徐州 连云港 金华 项目 房产 应用 商业 商城 查看 支持 明星 明天 明日 成都 成员 游戏 游客 包括 代表 于是 任何 高中 高考 曾经 万元 千万 单位 党委 党建 党员 "
    "党史 黄河 黄金 雷锋 林业 康复 马上 马拉松 牛市 熊市 金句 钱江 钱塘 柳州 桂林 温馨 温度 严格 严重 韩国 英国 英语 时尚 时代 时刻 国庆 国学 平安 元旦 司机 司法 车市 商务 金牌 明确 向前 万家 "
    "公益 农业 经济 强调 包头 石家庄 郑州 连接 全国 全文 全网 全球 全景 全媒 管理 理论 广场 步行 古城 尚未 应急 应对 余下 何时 何以 祝福 祝贺 荣誉 舒适 宣传 宣布 项链 解读 解析 解放 "
    "康养 健康 强国 强势 车展 汽车 钢铁 邮箱 邮件 从此 从业 关闭 关于 关键 边缘 居民 居家 终于 归来 战略 战疫 战斗 党群 都会 相册 相声 曲艺 乐器 音乐 游览 成长 成绩 成果 向上 方案 方法 方面 "
    "支部 危机 程序 华夏 华人 华东 华南 华北 车讯 安康 安庆 安阳 常德 常熟 池州 滁州 温岭 惠州 景德镇 达州 广元 广安 乐山 荆州 黄石 黄山 黄冈 温哥华 明白 花絮 花卉 花边 水利 水务 水电 江门 江山".split()
)
_ROLE_WORDS = re.compile(
    r"[^\s、，,；;/（）()]{0,24}?(?:记\s?者站?|通\s?讯\s?员|实习生|见习生|评论员|特派员|特约撰稿人?|撰稿人?|作\s?者|摄影师|编辑员?|撰文|采写|小记者)[：:]?"
)
_BRACKETS = re.compile(r"[（(\[【〔][^（）()\[\]【】〔〕]{0,40}[）)\]】〕]?")
_SEPARATORS = re.compile(r"[\s、，,；;：:/／|｜丨︱│&＆+＋■□●▲◎◆]+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")
_DOTTED = re.compile(r"[\u4e00-\u9fff]{1,8}(?:[·•‧・．][\u4e00-\u9fff]{1,8}){1,3}")
_DOT = re.compile(r"[·•‧・．]")
_NICKNAME = re.compile(r"[\u4e00-\u9fffA-Za-z0-9·_.'-]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z.'-]{1,14}")
#: Staff codes beside or instead of a name: HN666, NF055, SF099, PX209, _NS5362, N003.
_CODE = re.compile(r"_?[A-Za-z]{1,3}_?\d{2,6}|系?统?管理员|admin\w{0,4}", re.IGNORECASE)
_CODE_TAIL = re.compile(r"[_＿](?:[A-Za-z]{1,3}\d{0,6}|\d{2,6})$")
_VERB_TAIL = re.compile(r"(?:摄影报道|图文报道|采写|撰文|撰稿|报道|整理|编译|摄影|[摄文图]|/)+$")
#: 上海报道, 发自北京, 冠县讯: where it was written.
_PLACED = re.compile(r"^发自.*|.{2,10}(?:报道|电|讯)$")
_SENT_FROM = re.compile(r"发自[\u4e00-\u9fff]{2,6}")
#: 方敏北京大学教授: a name with its office behind it and nothing between; 研究员徐占忱: with its title before it.
_OFFICE_BEHIND = re.compile(
    r"^([\u4e00-\u9fff]{2,3}?)(?=(?:中国|中共|中央|国家|全国|国务院|北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州"
    r"|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆|南京|苏州|武汉|清华|复旦|同济|本报|本网|系|为|单位|原)[\u4e00-\u9fff]{2,})"
)
_TITLE_BEFORE = re.compile(
    r"(?:研究员|教授|部长|主任|院长|所长|书记|博士|主席|秘书长|专家|学者|评论员|委员|讲师|分析师|会长|处长|局长|总编辑?|工程师|医师|律师|撰稿人|总监|老师)([\u4e00-\u9fff]{2,4})$"
)
_AND = re.compile(r"(?<=[\u4e00-\u9fff]{2})[和与及](?=[\u4e00-\u9fff]{2})")
_PADDED = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])[\s\u3000]+([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
#: Longer than any list of authors that a byline holds; what is longer is prose.
_LONGEST = 160


def is_organisation(text: str) -> bool:
    """Whether a short text names a medium, an office or a firm rather than a person."""
    return bool(_ORGANISATION.search(text)) or "记者" in text or "《" in text


def is_person(text: str) -> bool:
    """Whether a text looks like a Chinese name: a surname and one or two characters, or parts joined by a dot.

    >>> [is_person(text) for text in ("赵焱", "欧阳夏丹", "热合曼·玉苏甫", "苏州日报", "综合", "首页")]
    [True, True, True, False, False, False]
    """
    if text in _NOT_A_NAME or text in _COMMON_WORDS or is_organisation(text):
        return False
    if _DOTTED.fullmatch(text):
        return not any(is_organisation(part) for part in _DOT.split(text))
    if not _HAN.fullmatch(text):
        return False
    if text[:2] in _COMPOUND:
        return 3 <= len(text) <= 4
    return text[0] in _SURNAMES and 2 <= len(text) <= 3


def split_names(text: str, *, loose: bool = False, codes: bool = False) -> list[str]:
    """The persons named in a byline's value, in order, each once; reading stops where prose or an organisation begins.

    loose: the label vouches for them, so pen names, account names and names of other peoples count too;
    codes: a staff code counts where no name stands beside it (editors only).

    >>> split_names("罗科 苏盈")
    ['罗科', '苏盈']
    >>> split_names("李　明、本报实习生 王小二")
    ['李明', '王小二']
    >>> split_names("徐占忱，系某研究院研究员")
    ['徐占忱']
    """
    text = _BRACKETS.sub(" ", text[:_LONGEST])
    text = _SENT_FROM.sub(" ", _ROLE_WORDS.sub(" ", text))
    text = _PADDED.sub(_join_padded, _AND.sub(" ", text))
    names: list[str] = []
    nicknames: list[str] = []
    for token in _SEPARATORS.split(text):
        if _PLACED.match(token):
            continue
        name = _CODE_TAIL.sub("", token.strip("：:。.·-—―_＿…“”\"'[]【】（）()《》<>"))
        if not is_person(name) or name[-1] == "摄":
            name = _VERB_TAIL.sub("", name)
        if not name or name in _NOT_A_NAME or name in _COMMON_WORDS:
            continue
        if is_person(name):
            names.append(name)
        elif together := _run_together(name):
            names.extend(together)
        elif _CODE.fullmatch(name):
            nicknames.append(name)
        elif loose and _is_nickname(name):
            names.append(name)
        else:
            break
    if not names and (titled := _TITLE_BEFORE.search(text.rstrip(" ）)"))) and is_person(titled[1]):
        names = [titled[1]]
    names = _join_latin(names)
    return list(dict.fromkeys(names or (nicknames if codes else [])))


def _run_together(text: str) -> list[str]:
    """Names set without anything between them (`罗科苏盈`), or a name glued to its office."""
    if (office := _OFFICE_BEHIND.match(text)) and is_person(office[1]):
        return [office[1]]
    if not 4 <= len(text) <= 6 or not _HAN.fullmatch(text) or is_organisation(text):
        return []
    for cuts in ((2,), (3,), (2, 4)):
        parts = [text[start:end] for start, end in zip((0, *cuts), (*cuts, len(text)), strict=True)]
        if all(2 <= len(part) <= 3 and is_person(part) for part in parts):
            return parts
    return []


def _join_padded(match: re.Match[str]) -> str:
    return match[1] + match[2] if match[1] in _SURNAMES else match[0]


def _is_nickname(text: str) -> bool:
    """A pen or account name that a label vouches for: short, without the endings of organisations and without prose."""
    if is_organisation(text):
        return False
    if _HAN.fullmatch(text):
        return 2 <= len(text) <= 6 and text[0] not in "系是的在为了以及据由"
    return len(text) <= 16 and bool(_NICKNAME.fullmatch(text)) and not text[0].isdigit()


def _join_latin(names: list[str]) -> list[str]:
    """Words of one foreign name, joined again: ['Demi', 'Xia'] → ['Demi Xia']."""
    joined: list[str] = []
    for name in names:
        if joined and _LATIN.fullmatch(name) and all(_LATIN.fullmatch(part) for part in joined[-1].split()):
            joined[-1] = f"{joined[-1]} {name}"
        else:
            joined.append(name)
    return joined
