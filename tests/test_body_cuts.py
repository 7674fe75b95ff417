"""What stands inside the body's box and does not belong: each with a named reason."""

import pytest

from crawler.extract import extract
from crawler.extract.furniture import furniture, is_meta_line
from tests.page_kit import BODY, URL, article

CUT_AT_THE_END = [
    ("editor", "（责任编辑：王晓东）"),
    ("editor", "编辑：李明 审核：赵刚"),
    ("editor", "[责编 陈静]"),
    ("source", "来源：临江日报"),
    ("source", "（原标题：《临江开通社区公交》）"),
    ("source", "标签：公交 民生"),
    ("source", "本文来自临江日报客户端"),
    ("pager", "上一篇：临江召开城建会议"),
    ("pager", "1 2 3 下一页"),
    ("pager", "【1】【2】【3】"),
    ("prompt", "扫一扫，分享到朋友圈"),
    ("prompt", "长按识别二维码关注临江发布"),
    ("prompt", "更多精彩内容请关注临江新闻客户端"),
    ("prompt", "分享到："),
    ("prompt", "【纠错】"),
    ("prompt", "我要纠错"),
    ("comments", "网友评论"),
    ("comments", "发表评论"),
    ("related", "延伸阅读："),
    ("related", "24小时排行榜"),
    ("related", "网友热搜"),
    ("related", "最新发布"),
    ("legal", "免责声明：本文仅代表作者个人观点，与本网无关，请读者仅作参考。"),
    ("legal", "凡本网注明来源的作品，未经授权不得转载。"),
    ("legal", "违法和不良信息举报电话：0000-123456"),
]


@pytest.mark.parametrize(("reason", "text"), CUT_AT_THE_END)
def test_closing_lines_are_cut_and_named(reason: str, text: str) -> None:
    found = extract(article(f"<p>{text}</p>").encode(), URL)
    assert found.body == BODY
    assert (reason, text) in [(cut.reason, cut.text) for cut in found.cuts]


@pytest.mark.parametrize(
    "text",
    [
        "市长要求各部门编辑好应急手册，责任到人。",
        "推荐理由：站点密、车次多",
        "记者从市交通局获悉，新线路首日客流一万人次。",
        "他在公众号上写道，这里的变化看得见。",
        "来源于群众的建议占了三成",
        "下一步，临江市将继续扩大覆盖面。",
        "三、主要任务",
        "（一）完善站点布局",
        "最新消息：今天下午道路恢复通行",
        "共有15人参加演练",
        "举报人王某已被警方约谈",
        "下一个目标是什么？",
        "初审：由街道受理并核对材料",
        "许可证编号：临00123",
        "第3页签名处须盖章。",
        "2023年4月11日",
        "临江市人民政府",
    ],
)
def test_lines_of_text_are_no_furniture(text: str) -> None:
    assert furniture(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2023-04-12 08:30 来源：临江日报",
        "临江日报 2023-04-12 08:30",
        "发布时间：2023年4月12日 字号：大 中 小",
        "来源:临江日报 作者:周晓岚 点击:",
    ],
)
def test_meta_lines(text: str) -> None:
    assert is_meta_line(text)


@pytest.mark.parametrize("text", ["4月11日清晨，三条线路同时开通。", "首末班时间为六点和二十二点", "票价一元"])
def test_no_meta_lines(text: str) -> None:
    assert not is_meta_line(text)
