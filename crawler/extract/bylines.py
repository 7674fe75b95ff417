"""Who wrote and edited it, and which medium it is from: read from one line of text at a time.

Three shapes (DOMAIN.md §3): labelled values on the meta line or a closing line (`作者：…`, `（责任编辑：…）`), role
words without a colon on a line of their own (`□ 本报记者 葛灵丹`), and brackets inside the text (`苏报讯（记者赵焱
通讯员…）`, or just the names at the end of the last paragraph).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crawler.extract.labels import Field, split_labels
from crawler.extract.names import is_organisation, is_person, split_names

__all__ = ["Credits", "caption_names", "closing_names", "dateline", "read_credits", "role_words"]


@dataclass(slots=True)
class Credits:
    """What one or more lines say: the source as printed (None: nothing), and names without labels, each once."""

    source: str | None = None
    reporters: list[str] = field(default_factory=list)
    correspondents: list[str] = field(default_factory=list)
    photographers: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)

    def add(self, role: str, names: list[str]) -> None:
        """Names of a role, without repeating those known."""
        known: list[str] = getattr(self, role)
        if role == "reporters":
            names = [name for name in names if name not in self.correspondents]
        known.extend(name for name in names if name not in known)

    def merge(self, other: Credits) -> None:
        """What another line says; the first source stays."""
        self.source = self.source or other.source
        for role in ("reporters", "correspondents", "photographers", "editors", "keywords"):
            self.add(role, getattr(other, role))

    def __bool__(self) -> bool:
        return bool(self.source or self.reporters or self.correspondents or self.photographers or self.editors)


_PROSE = re.compile(r"[。！？!?；]")
_BULLETS = " \t\u3000□■●▲◎◆◇○★☆【】[]（）()|｜丨/／—-·"
#: Role words without a colon.  The words before 记者 are its medium; 编辑 may carry its medium too (松花江网编辑).
_BARE = re.compile(
    r"""(?P<reporters>[^\s、，,:：；（）()]{0,24}?
            (?:记\ ?者(?:站)?|实习生|见习生|撰稿人?|专栏作者|作者|采写|撰文|执笔|评论员)
          | (?<![\u3400-\u9fff])文字?(?=[\s/／|｜丨]))
      | (?P<correspondents>(?:特约)?通讯员)
      | (?P<editors>[^\s、，,:：；（）()]{0,10}?(?:责任编辑|责编|编辑|网编(?!辑)))
      | (?P<photographers>摄影(?!报道)|供图|(?<![\u3400-\u9fff])图(?=[\s/／|｜丨]))
      | (?P<other>排版|[一二三初复终]审|[一二三责]校|审签|编审|校对|审核|审校|监制|主编|统筹|视觉|设计|策划|制图|美编
          |运营|剪辑|出品|终审|值班|微信)""",
    re.VERBOSE,
)
#: 本报记者 张三 摄: the reporter took the picture; 摄影报道 wrote, too.
_TOOK_IT = re.compile(r"(?<!文)[\s/／]*(?:摄|摄影)[\s）)]*$")
#: 文/图 names one who did both.
_TEXT_AND_PICTURE = re.compile(r"文\s?[/／]\s?[图摄]|[图摄]\s?[/／]\s?文")
_NAME_AND_MEDIUM = re.compile(r"^([\u3400-\u9fff ·]{2,12})[/／]([\u3400-\u9fff《》A-Za-z ]{3,16})$")
_CONTRIBUTED = re.compile(r"(?:记者|实习生|作者)(?P<names>[\u3400-\u9fff、 ]{2,20}?)对(?:此|本)文")
#: A byline that fills a line is short; longer lines are sentences about reporters.
_BARE_LONGEST = 60
_BRACKET = re.compile(r"[（(【\[]([^（）()【】\[\]]{2,140})(?:[）)】\]]|$)")
#: 新华社北京5月19日电（刘艺、杨吉）: names alone, right behind the dateline.
_AGENCY = re.compile(r"(?:电|讯|消息)\s{0,2}[（(]([^（）()]{2,40})[）)]")
_ROLE_IN_BRACKET = re.compile(r"记\s?者|通讯员|作者(?!单位|简介)|实习生|特派员|评论员|采写|撰稿|文[/／|｜]")
#: 本报讯 记者张三报道, 本报记者 张三 报道: at the very start of a text, without brackets.
_OPENING = re.compile(
    r"^[^，。（(]{0,30}?(?:讯|电|消息|报道|本报|本网|本刊|晚报|日报|早报|商报|时报|新闻|客户端|融媒体?|全媒体?"
    r"|本台)[ \u3000]{0,4}(?:\S{0,8})记者[ \u3000:：]{0,3}(?P<names>[^，。；（）()]{2,40}?)[ \u3000]*(?:报道"
    r"|摄影报道|综合报道|北京报道|\S{2,4}报道|文[/／]图|文[/／]摄|[ \u3000]{2})"
)
#: 本报记者 张三 昨日…: names between blanks at the very start of a text.
_SPACED_OPENING = re.compile(
    r"^[^，。（(]{0,16}?(?:本报|本网|本刊|本台"
    r"|[报网社台])[^，。\s]{0,6}记者\s*(?P<rest>[\u3400-\u9fff]{2,4}(?:[\s、]+[\u3400-\u9fff]{2,4}){0,4})\s"
)
#: 张三/文 李四/摄: the role behind the name.
_ROLE_BEHIND = re.compile(
    r"^[（(\s]*(?:[\u3400-\u9fff·、 ]{2,20}[/／]\s?(?:文|图|摄影?|文图|图文|整理|报道)[\s）)，,;；]*)+$"
)
_ROLE_BEHIND_PART = re.compile(r"(?P<names>[\u3400-\u9fff·、 ]{2,20})[/／]\s?(?P<role>文|图|摄影?|文图|图文|整理|报道)")
#: Labels whose value is a writer by any name; others (记者, 报道, 整理) also open sentences.
_VOUCHING = ("作", "撰", "执", "署", "文")
#: 责任编辑：（nobody）, and the next story's headline on the same line.
_HEADLINE = re.compile(r"[:：，。？！].{6}")
#: Role words are looked for in this much of the first paragraph (a dateline), and of the last paragraph's end.
_DATELINE = 90
_CLOSING = 90


def read_credits(line: str) -> Credits:
    """The labelled values of a line and its bare role words.

    >>> credits = read_credits("来源：苏州日报 记者：赵焱 通讯员：王五 责任编辑：李　明")
    >>> credits.source, credits.reporters, credits.correspondents, credits.editors
    ('苏州日报', ['赵焱'], ['王五'], ['李明'])
    """
    credits = Credits()
    if len(line) <= _BARE_LONGEST and _ROLE_BEHIND.match(line):
        for match in _ROLE_BEHIND_PART.finditer(line):
            role = "photographers" if match["role"][0] in "摄图" and "文" not in match["role"] else "reporters"
            credits.add(role, _all_names(_BEFORE_NAME.sub("", match["names"])))
        if credits:
            return credits
    fields = split_labels(line)
    for item in fields:
        _read_field(item, credits)
    if not fields or fields[0].start > 0:
        credits.merge(role_words(line[: fields[0].start] if fields else line))
    return credits


def _read_field(item: Field, credits: Credits) -> None:
    match item.role:
        case "source":
            credits.source = credits.source or item.value or None
            _writer_of_source(item.value, credits)
        case "reporters":
            _read_writers(item, credits)
        case "correspondents" | "photographers":
            credits.add(item.role, split_names(item.value))
        case "editors" if _HEADLINE.search(item.value) is None:
            credits.add("editors", split_names(item.value, loose=True, codes=True))
        case "keywords":
            credits.add("keywords", [word for word in re.split(r"[\s,，;；、|]+", item.value) if 1 < len(word) <= 20])
        case _:
            pass


def _writer_of_source(value: str, credits: Credits) -> None:
    """`来源：中国新闻网 王帆`, `来源：尹娟`: a name behind the medium or in its place (reporters 1.000, else 0.988)."""
    names = [word for word in value.split() if is_person(word)]
    if names and value.split()[-1] == names[-1]:
        credits.add("reporters", names)
    else:
        _, role, rest = value.partition("记者")
        if role:
            credits.add("reporters", split_names(rest))


def _read_writers(item: Field, credits: Credits) -> None:
    """作者 is vouched for by its label; 记者： also opens an answer in an interview, so that only names count there."""
    if len(item.value) > _BARE_LONGEST or _PROSE.search(item.value.rstrip("。；;")):
        return
    writers, sep, correspondents = item.value.partition("通讯员")
    loose = any(word in item.label for word in _VOUCHING)
    credits.add("reporters", split_names(writers, loose=loose))
    if sep:
        credits.add("correspondents", split_names(correspondents))


def role_words(line: str) -> Credits:
    """Names after role words that stand without a colon on a short line: a line of its own, never a sentence.

    On the bench: reporters 1.000, without it 0.840.

    >>> role_words("□ 本报记者 葛灵丹 通讯员 王五").reporters
    ['葛灵丹']
    >>> role_words("记者从市交通局获悉").reporters
    []
    """
    credits = Credits()
    text = _TEXT_AND_PICTURE.sub("文 ", line.strip(_BULLETS))
    if len(text) > _BARE_LONGEST or _PROSE.search(text):
        return credits
    if split := _NAME_AND_MEDIUM.match(text):
        return _name_and_medium(split)
    if thanks := _CONTRIBUTED.search(text):
        credits.add("reporters", split_names(thanks["names"]))
        return credits
    found = list(_BARE.finditer(text))
    for number, match in enumerate(found):
        role = match.lastgroup or "other"
        value = text[match.end() : found[number + 1].start() if number + 1 < len(found) else len(text)]
        if role == "reporters" and _TOOK_IT.search(value):
            role = "photographers"
        if role != "other":
            credits.add(role, _only_names(value, spaced=value[:1] in " \u3000/／|｜丨"))
    return credits


def _name_and_medium(match: re.Match[str]) -> Credits:
    """`石佳/中国青年报`: the writer and the medium, in this order."""
    names = split_names(match[1])
    if is_organisation(match[2]) and "".join(names) == match[1].replace(" ", ""):
        return Credits(source=match[2].strip(), reporters=names)
    return Credits()


def _only_names(value: str, *, spaced: bool) -> list[str]:
    """Names, if the value holds nothing else; names that no surname list knows only after a blank."""
    value = value.strip(_BULLETS)
    names = split_names(value, loose=spaced)
    rest = re.sub(r"[\s、，,/／|｜丨（）()·]+|报道|整理|综合|摄影?|文|图|北京|上海|广州", "", value)
    return names if names and len("".join(names).replace(" ", "").replace("·", "")) + 4 >= len(rest) else []


def dateline(paragraph: str) -> Credits:
    """The byline at the start of a text: `苏报讯（记者赵焱 通讯员王五）昨天…`, `本报记者 张三 报道`.

    On the bench: reporters 1.000, without it 0.926.

    >>> dateline("苏报讯（记者赵焱 通讯员王五）昨天，会议召开。").correspondents
    ['王五']
    """
    head = paragraph[:_DATELINE]
    for match in _BRACKET.finditer(head):
        if _ROLE_IN_BRACKET.search(match[1]):
            return _roles_in(match[1])
    credits = Credits()
    if agency := _AGENCY.search(head):
        credits.add("reporters", _all_names(agency[1]))
        return credits
    if opening := _OPENING.match(head):
        return _roles_in("记者" + opening["names"])
    if spaced := _SPACED_OPENING.match(head):
        names = []
        for word in re.split(r"[\s、]+", spaced["rest"]):
            if not is_person(word):
                break
            names.append(word)
        credits.add("reporters", names)
    return credits


_SPLIT_ROLE = re.compile(r"(通讯员|摄影|摄(?![\u3400-\u9fff])|编辑)")


def _roles_in(text: str) -> Credits:
    """`记者张三 李四 通讯员王五 摄影 赵六`: role after role, names after each."""
    credits = Credits()
    role = "reporters"
    parts = _SPLIT_ROLE.split(text)
    if not _ROLE_IN_BRACKET.search(parts[0]) and len(parts) == 1:
        return credits
    for number, part in enumerate(parts):
        if part == "通讯员":
            role = "correspondents"
        elif part in ("摄影", "摄"):
            role = "photographers"
        elif part == "编辑":
            role = "editors"
        else:
            credits.add(role, _after_role(part, behind=number > 0))
            role = "reporters" if role == "photographers" else role
    return credits


_ROLE_START = re.compile(r"^(?:.{0,60}?(?:记\s?者站?|作者|实习生|特派员|评论员|采写|撰稿人?)|\s*文[/／|｜])[：:\s]*")


def _after_role(text: str, *, behind: bool) -> list[str]:
    """Names behind the last word of the role's title; other peoples' names count where a role word stands before."""
    start = _ROLE_START.match(text)
    value = text[start.end() :] if start else text
    return split_names(value, loose=bool(start) or behind)


def closing_names(paragraph: str) -> Credits:
    """The byline at the end of a text: `……启动。（常书香 马丹阳）`, `（记者 王建宏）`, `（作者：徐占忱，系……）`.

    On the bench: reporters 1.000, without it 0.899.

    >>> closing_names("活动圆满结束。（常书香 马丹阳 ）").reporters
    ['常书香', '马丹阳']
    >>> closing_names("本书由该社出版（增订版）").reporters
    []
    """
    tail = paragraph.rstrip(" \u3000。")[-_CLOSING:]
    credits = Credits()
    matches = list(_BRACKET.finditer(tail))
    if not matches or matches[-1].end() < len(tail):
        return credits
    text = matches[-1][1]
    labelled = read_credits(text)
    if labelled:
        return labelled
    if _ROLE_IN_BRACKET.search(text):
        return _roles_in(text)
    credits.add("reporters", _all_names(text))
    return credits


_FILL = re.compile(r"[\s\u3000、，,；;·]+")
_WHERE = re.compile(r"\S{2,6}(?:报道|专电|电)$|发自\S{2,6}$")


def _all_names(text: str) -> list[str]:
    """The names of a text that holds nothing else, but perhaps the place it was written at."""
    text = _WHERE.sub("", text.strip())
    names = split_names(text)
    whole = _FILL.sub("", text)
    return names if names and "".join(names).replace("·", "") == whole else []


_CAPTION = re.compile(
    r"(?P<names>[\u3400-\u9fff·]{2,4}(?:[、 \u3000][\u3400-\u9fff·]{2,4}){0,3})[\s/]{0,2}摄影?[）)。]?$"
)
_BEFORE_NAME = re.compile(r"^.*(?:记者|通讯员|图片|供图|摄影师)")


def caption_names(caption: str) -> list[str]:
    """Who took the picture: the names before 摄 at the end of a caption.

    >>> caption_names("试运行的公交车。江城日报记者 王小五 摄")
    ['王小五']
    """
    match = _CAPTION.search(caption[-_CLOSING:])
    if match is None:
        return []
    words = [_BEFORE_NAME.sub("", word) for word in re.split(r"[、 \u3000]+", match["names"])]
    if len(words) > 1 and not words[0]:
        # 记者 高峰 摄: the role word vouches for names that are everyday words.
        return split_names(" ".join(words), loose=True)
    names: list[str] = []
    for word in reversed(words):
        if not is_person(word):
            break
        names.insert(0, word)
    return names
