"""Who wrote and edited it, and which medium it is from: read from one line of text at a time.

Two shapes (DOMAIN.md §3): labelled values on the meta line or a closing line (`作者：…`, `（责任编辑：…）`), and role
words without a colon on a line of their own (`□ 本报记者 葛灵丹`).  Bylines inside paragraphs: datelines.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crawler.extract.labels import Field, split_labels
from crawler.extract.names import is_organisation, is_person, split_names

__all__ = ["BEFORE_NAME", "Credits", "all_names", "read_credits", "role_words"]


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
            if names := getattr(other, role):
                self.add(role, names)

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
#: 张三/文 李四/摄: the role behind the name.
_ROLE_BEHIND = re.compile(
    r"^[（(\s]*(?:[\u3400-\u9fff·、 ]{2,20}[/／]\s?(?:文|图|摄影?|文图|图文|整理|报道)[\s）)，,;；]*)+$"
)
_ROLE_BEHIND_PART = re.compile(r"(?P<names>[\u3400-\u9fff·、 ]{2,20})[/／]\s?(?P<role>文|图|摄影?|文图|图文|整理|报道)")
#: Labels whose value is a writer by any name; others (记者, 报道, 整理) also open sentences.
_VOUCHING = ("作", "撰", "执", "署", "文")
#: 责任编辑：（nobody）, and the next story's headline on the same line.
_HEADLINE = re.compile(r"[:：，。？！].{6}")


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
            credits.add(role, all_names(BEFORE_NAME.sub("", match["names"])))
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


_FILL = re.compile(r"[\s\u3000、，,；;·]+")
_WHERE = re.compile(r"(?<=\s)\S{0,6}(?:报道|专电|电|整理)$|发自\S{2,6}$")


def all_names(text: str) -> list[str]:
    """The names of a text that holds nothing else, but perhaps the place it was written at."""
    text = _WHERE.sub("", text.strip())
    names = split_names(text)
    whole = _FILL.sub("", text)
    return names if names and "".join(names).replace("·", "") == whole else []


BEFORE_NAME = re.compile(r"^.*(?:记者|通讯员|图片|供图|摄影师)")
