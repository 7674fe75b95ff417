"""The query language: words, "phrases", AND, OR, NOT, brackets and fields, as docs/search.md explains it.

    parse("长三角 (title:一体化 OR 来源：新华社) -广告")

Chinese punctuation works as its Latin counterpart does, because that is what Chinese keyboards write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.corpus.bigrams import Phrase, phrase
from crawler.errors import UsageError

__all__ = ["FIELDS", "All", "Any", "Node", "Query", "Term", "parse"]

#: What a field may be called → the column of the index.
FIELDS = {
    "title": "title", "标题": "title",
    "body": "body", "正文": "body",
    "source": "source", "来源": "source",
    "section": "section", "栏目": "section",
    "portal": "portal", "门户": "portal",
    "reporter": "reporters", "记者": "reporters",
}  # fmt: skip
_EXAMPLE = '长三角 "一体化发展" title:苏州 -广告'
#: Nested brackets beyond this are nobody's query; SQLite's own parser has a limit of 256 levels.
_DEEPEST = 20
#: Terms beyond this are a text, not a query.
_LONGEST = 100

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<open>[(（])
    | (?P<close>[)）])
    | (?P<minus>[-－](?=\S))
    | (?P<field>[^\W\d_]+)[:：](?=\S)
    | (?P<quoted>"[^"]*"|“[^“”]*”|„[^“”]*[“”])
    | (?P<unclosed>["“„])
    | (?P<word>[^\s()（）"“”]+|”)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to be found.  column: of the index; None: headline or text."""

    phrase: Phrase
    column: str | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Every part of wanted, of which there is one at least, and none of unwanted."""

    wanted: tuple[Node, ...]
    unwanted: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """One of several parts."""

    parts: tuple[Node, ...]


Node = Term | All | Any


@dataclass(frozen=True, slots=True)
class Query:
    """root: what has to hold.  terms: what is to be found in it, for marking; those after NOT left out."""

    root: Node
    terms: tuple[Term, ...]


def parse(text: str) -> Query:
    """Read a query.  Raises UsageError, one line with the place and an example, where it makes no sense."""
    return _Parser(text).query()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


class _Parser:
    """Recursive descent: a query is groups between ORs, a group terms between ANDs or spaces."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._place = 0
        self._depth = 0
        self._terms: list[Term] = []

    def query(self) -> Query:
        if not self._tokens:
            raise UsageError(f"the query is empty; an example: {_EXAMPLE}")
        root = self._any()
        if (left := self._peek()) is not None:
            raise _wrong(left.at, "a bracket is closed that was not opened")
        return Query(root, tuple(self._terms))

    def _any(self) -> Node:
        parts = [self._all()]
        while self._take("OR"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all(self) -> Node:
        wanted: list[Node] = []
        unwanted: list[Node] = []
        began = self._here()
        self._part(wanted, unwanted)
        while (token := self._peek()) is not None and token.kind not in ("OR", "close"):
            self._take("AND")
            self._part(wanted, unwanted)
        if not wanted:
            # There is no "all but": NOT takes some texts from others.
            raise _wrong(began, "NOT needs something that it is taken from")
        return wanted[0] if len(wanted) == 1 and not unwanted else All(tuple(wanted), tuple(unwanted))

    def _part(self, wanted: list[Node], unwanted: list[Node]) -> None:
        negated = self._take("NOT") or self._take("minus")
        before = len(self._terms)
        found = self._one()
        if negated:
            del self._terms[before:]
        (unwanted if negated else wanted).append(found)

    def _one(self) -> Node:
        token = self._next()
        if token.kind == "open":
            return self._bracket(token)
        if token.kind == "field":
            return self._field(token)
        if token.kind not in ("word", "quoted"):
            raise _wrong(token.at, f"{_NAMES.get(token.kind, token.kind)} stands where a word should")
        return self._term(token, None)

    def _bracket(self, opened: _Token) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _wrong(opened.at, f"more than {_DEEPEST} brackets within each other")
        found = self._any()
        if not self._take("close"):
            raise _wrong(opened.at, "a bracket is opened and not closed")
        self._depth -= 1
        return found

    def _field(self, name: _Token) -> Node:
        value = self._next()
        if value.kind not in ("word", "quoted"):
            raise _wrong(value.at, f"{name.text}: wants a word or a phrase")
        return self._term(value, FIELDS[name.text.lower()])

    def _term(self, token: _Token, column: str | None) -> Node:
        found = phrase(token.text, prefix=token.text.endswith(("*", "\N{FULLWIDTH ASTERISK}")))
        if found is None:
            raise _wrong(token.at, f"nothing to look for in {token.text}")
        if len(self._terms) == _LONGEST:
            raise _wrong(token.at, f"more than {_LONGEST} words")
        self._terms.append(Term(found, column))
        return self._terms[-1]

    def _peek(self) -> _Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _next(self) -> _Token:
        token = self._peek()
        if token is None:
            raise _wrong(len(self._text), "the query ends where a word should stand")
        self._place += 1
        return token

    def _take(self, kind: str) -> bool:
        token = self._peek()
        if token is None or token.kind != kind:
            return False
        self._place += 1
        return True

    def _here(self) -> int:
        token = self._peek()
        return len(self._text) if token is None else token.at


_NAMES = {"close": "a closing bracket", "minus": "a minus sign"}


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        assert found is not None, "the last alternatives take any character"
        kind, said = str(found.lastgroup), found[str(found.lastgroup)]
        if kind == "unclosed":
            raise _wrong(place, "a quotation mark is opened and not closed")
        if kind == "field" and said.lower() not in FIELDS:
            if said.isascii():
                raise _wrong(place, f"no field {said}: (fields: {', '.join(_LATIN)})")
            # 苏州：…: a headline's own colon.
            kind, said = "word", said + text[found.end() - 1]
        if kind == "word" and said in ("AND", "OR", "NOT"):
            kind = said
        if kind != "space" and not (kind == "word" and phrase(said) is None and len(said) == 1):
            yield _Token(kind, said, place)
        place = found.end()


_LATIN = [name for name in FIELDS if name.isascii()]


def _wrong(at: int, what: str) -> UsageError:
    return UsageError(f"query, character {at + 1}: {what}; an example: {_EXAMPLE}")
