"""The breadcrumb: 首页 > 资讯中心 > 苏州资讯, as printed above the headline.

It is known by its label (您的位置：, 当前位置：), by the arrows between its parts, or, where a list's items stand on
lines of their own, by the name of the box around them.  A row of channels without any of these is the navigation bar.
"""

from __future__ import annotations

import re

from crawler.extract.dom import Document
from crawler.extract.lines import Line
from crawler.extract.titles import Title
from crawler.extract.zones import spaced
from crawler.items import Evidence

__all__ = ["find_breadcrumb", "split_breadcrumb"]

_LABEL = re.compile(
    r"(?:您|你|我|目)?\s*(?:(?:现在|当前|目前|前)\s*)?(?:所在|所处)?\s*的?\s*(?:当前|所在|页面)?\s*位\s*置\s*(?:是"
    r"|为)?\s*(?:[:：]|(?=\s)|$)"
    r"|(?:当前|所在)\s*(?:栏目|频道|位置|页面)\s*[:：]|导航\s*[:：]|[您你](?:正?在(?:这里|浏览|查看)|现在浏览)\s*[:：]|Location\s*[:：]",
    re.IGNORECASE,
)
_ARROWS = re.compile(r"\s*(?:[>\uff1e\u203a»→⟩\u276f〉▸▶]|&gt;|-{1,2}>)+\s*(?:[>\uff1e\u203a»→]+\s*)*")
#: Weaker marks, believed only behind a label or inside a box that says what it is.
_MARKS = re.compile(r"\s*(?:[/／|｜丨\\]|\s[-–—]{1,2}\s|→|::)\s*")
_NAMED = re.compile(
    r"crumb|bread|position|location|weizhi|nav_?path|\broute\b|\bpath\b|_path\b|\bwz\b|dqwz|mbx|dang?qian|lujing"
)
_LAST = re.compile(
    r"^(?:(?:新闻|文章|信息|资讯|内容|图文|公告)?\s*(?:正文|详情页?|详细|内容|详细内容|内容页|详细页面?"
    r"|文章页)|正文[\s页].*|(?:查看|浏览|阅读).{0,6}|返回.*|.{0,6}正文)$"
)
#: What shares the row and is no part of the path.
_BUTTON = re.compile(r"订阅\S{0,8}RSS|RSS订阅|申请入驻|\[?(?:打印|收藏|设为首页|加入收藏)\]?(?=\s|$)")
_EDGES = " \t>\uff1e\u203a»→/|：:·【】[]-–—　"
#: A part is the name of a channel; longer texts are the headline.
_LONGEST_PART = 40
#: 更多>>, 进入频道>: the link of a block, not a path.
_MORE = re.compile(r"更多|进入|点击|全部|全文|查看|下一|登录")
_LONGEST_LINE = 200
_LONGEST_ROW = 9
#: It stands above the headline, with at most a share bar, an advertisement and the date between.
_REACH = 60
#: One word and an arrow is anything, further away.
_REACH_OF_ONE = 5


def split_breadcrumb(text: str, *, trusted: bool = False) -> list[str]:
    """The parts of a breadcrumb line without label and 正文; empty for other lines.

    trusted: the box around it says that it is one, so that weak separators count.

    >>> split_breadcrumb("您的位置：首页 > 资讯中心 > 苏州资讯 > 正文")
    ['首页', '资讯中心', '苏州资讯']
    >>> split_breadcrumb("首页 | 新闻 | 体育")
    []
    """
    text = _BUTTON.sub(" ", text)
    label = _LABEL.search(text[:40])
    if label:
        text = text[label.end() :]
        trusted = True
    if _ARROWS.search(text):
        parts = _ARROWS.split(text)
    elif trusted:
        parts = _MARKS.split(text) if _MARKS.search(text) else text.split()
    else:
        return []
    path: list[str] = []
    for part in filter(None, (part.strip(_EDGES) for part in parts)):
        if _LAST.match(part):
            # 正文 ends the path; what follows it on the line is a slogan or a button.
            break
        path.append(part)
    return path


def find_breadcrumb(doc: Document, title: Title, first: int) -> tuple[list[str], Evidence | None]:
    """The parts of the breadcrumb above the headline, and the rule that found them; ([], None) without one.

    first: index of the body's first line, for pages whose headline is not displayed.
    """
    tops = [*title.lines[:1], *(copy for copy in title.repeats if copy < first)] or [max(first, 0)]
    best: _Found | None = None
    for top in tops:
        for line in reversed(doc.lines[max(0, top - _REACH) : top + 1]):
            if len(line.text) > _LONGEST_LINE or line.hidden or line.heading == 1:
                continue
            found = _read(line, doc, title, top)
            if found and (best is None or found[0] > best[0]):
                best = found
                if found[0] >= _SURE:
                    break
        if best is not None and best[0] >= _SURE:
            break
    if best is None:
        return [], None
    confidence, parts, rule, text = best
    return parts, Evidence(rule, round(confidence, 2), text)


#: confidence, parts, rule, text
_Found = tuple[float, list[str], str, str]
_SURE = 0.9


def _read(line: Line, doc: Document, title: Title, top: int) -> _Found | None:
    labelled = _LABEL.search(line.text[:40]) is not None
    named = bool(_NAMED.search(line.box.names())) or (
        line.box.parent is not None and bool(_NAMED.search(line.box.parent.names()))
    )
    if not labelled and not named and not _ARROWS.search(line.text):
        return None
    text = _whole_row(line, doc, top, trusted=labelled or named)
    if text is line.text and (labelled or named) and not _ARROWS.search(text):
        # Arrows that are pictures or come from the style sheet leave links that touch.
        text = spaced(line)
    parts = _without_headline(split_breadcrumb(text, trusted=named), title)
    if not parts or len(parts) > 9 or any(len(part) > _LONGEST_PART for part in parts):
        return None
    if labelled:
        return 0.95, parts, "label", text
    if named and (len(parts) > 1 or line.link_chars):
        return 0.9, parts, "box name", text
    if len(parts) == 1 and (_MORE.search(line.text) or top - line.index > _REACH_OF_ONE):
        return None
    if len(parts) == 1 and not line.text.rstrip().endswith(("正文", ">", "》")) and line.index != top:
        return None
    return 0.8 if line.link_chars else 0.6, parts, "arrows", text


_HANGING = re.compile(r"^\s*[>\uff1e\u203a»/]|[>\uff1e\u203a»/:：]\s*$")


def _whole_row(line: Line, doc: Document, top: int, *, trusted: bool) -> str:
    """The line, or, where a list's items or a table's cells stand on lines of their own, all of that small row.

    On the bench: breadcrumb 0.989, without it 0.933; without names of boxes 0.933, without labels 0.856.
    """
    text = line.text
    if (_ARROWS.search(text) or not trusted) and not _HANGING.search(text):
        return text
    row = line.box.parent
    if row is None or row.last - row.first > _LONGEST_ROW or not row.first <= line.index < top:
        return text
    around = doc.lines[row.first : min(row.last or top, top)]
    items = [other.text for other in around if not other.heading and not other.hidden]
    hanging = sum(_HANGING.search(item) is not None for item in items)
    if any(len(item) > _LONGEST_PART for item in items) or (not trusted and hanging < len(items) - 1):
        return text
    return " > ".join(items)


_NOT_WORD = re.compile(r"[\W_]+")


def _without_headline(parts: list[str], title: Title) -> list[str]:
    """Drop the headline, whole or cut, that many portals print as the last part (0.989 on the bench, else 0.933)."""
    headline = _NOT_WORD.sub("", title.text or "")
    while parts and headline:
        last = _NOT_WORD.sub("", parts[-1])
        if last != headline and (
            len(last) < 6 or not (headline.startswith(last[:20]) or last.startswith(headline[:20]))
        ):
            break
        parts = parts[:-1]
    return parts
