"""Chinese news text of our own making: a small grammar, the same words for the same seed and number.

No global random state: every draft has its own `random.Random` seeded with a string, which Python hashes with SHA-512,
so that the same text comes out in every process and release.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from crawler.demo import frames
from crawler.demo.words import GIVEN, RARE_GIVEN, SHARED, SUBJECTS, SURNAMES
from crawler.items import Block

__all__ = ["City", "Draft", "Headline", "compose", "headline", "person"]

_SLOT = re.compile(r"\{(\w+)\}")
#: Alternatives of a slot that one article may use: fewer than there are, so that two on one subject differ.
_PALETTE = 3


@dataclass(frozen=True, slots=True)
class City:
    """The invented place a portal writes about: its name, its newspaper, and the newspaper's dateline word (清报)."""

    name: str
    paper: str
    dateline: str
    districts: tuple[str, ...]
    rare_names: bool = False


@dataclass(frozen=True, slots=True)
class Headline:
    """What a list shows of an article, cheap to make: subject, headline, second line ("" if none), the focus slots."""

    subject: str
    title: str
    subtitle: str
    focus: dict[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as its newsroom would file it, before a portal dresses it; `images` are captions in block order."""

    blocks: tuple[Block, ...]
    reporters: tuple[str, ...] = ()
    correspondents: tuple[str, ...] = ()
    photographers: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    byline_in_text: bool = False
    images: tuple[str, ...] = field(default=())


@cache
def _parts(frame: str) -> tuple[str, ...]:
    """Literal, slot, literal, slot, … literal."""
    return tuple(_SLOT.split(frame))


def person(rng: random.Random, rare: bool = False) -> str:
    """An invented personal name of two or three characters; rare: with characters outside GB2312.

    >>> len(person(random.Random("x"))) in (2, 3)
    True
    """
    given = rng.choice(RARE_GIVEN) if rare and rng.random() < 0.5 else rng.choice(GIVEN)
    second = rng.choice(GIVEN) if rng.random() < 0.75 else ""
    return rng.choice(SURNAMES) + given + second


class _Writer:
    """Fills frames for one article: the focus stays, other slots vary within a small palette."""

    def __init__(self, rng: random.Random, city: City, subject: str, focus: dict[str, str] | None = None) -> None:
        self.rng = rng
        self.city = city
        self.lexicon = SUBJECTS[subject]
        self.focus = focus or {}
        self.palette: dict[str, Sequence[str]] = {}
        self.used: dict[str, str] = {}

    def fill(self, frame: str) -> str:
        parts = _parts(frame)
        return "".join(self.slot(part) if i % 2 else part for i, part in enumerate(parts))

    def slot(self, name: str) -> str:
        if (fixed := self.focus.get(name)) is not None:
            return fixed
        if (words := self.lexicon.get(name)) is not None:
            return self.rng.choice(self._some(name, words))
        base = name.removesuffix("2")
        if base == "district" or base in SHARED:
            words = self.city.districts if base == "district" else SHARED[base]
            return self._other(base, words)
        if name == "name":
            return person(self.rng, self.city.rare_names)
        return self._number(name)

    def _other(self, base: str, words: Sequence[str]) -> str:
        """One that is not the last of its kind: from 人民路 to 望江路, never to itself."""
        last = self.focus.get(base) or self.used.get(base)
        self.used[base] = self.rng.choice([word for word in words if word != last])
        return self.used[base]

    def _some(self, name: str, words: Sequence[str]) -> Sequence[str]:
        if name not in self.palette:
            self.palette[name] = self.rng.sample(words, min(_PALETTE, len(words)))
        return self.palette[name]

    def _number(self, name: str) -> str:
        rng = self.rng
        if name == "city":
            return self.city.name
        if name == "p":
            return f"{rng.randint(30, 990) / 10:g}"
        if name == "f":
            return f"{rng.randint(11, 480) / 10:g}"
        if name == "tens":
            return str(rng.randint(3, 48) * 10)
        if name == "year":
            return str(rng.randint(1998, 2021))
        low, high = {"n": (21, 9800), "age": (23, 88), "d": (1, 28)}.get(name, (2, 12))
        return str(rng.randint(low, high))


def headline(seed: str, city: City, subjects: Sequence[str]) -> Headline:
    """Headline of the article that `seed` names, on one of the subjects (keys of `crawler.demo.words.SUBJECTS`)."""
    rng = random.Random(f"{seed}/head")
    subject = rng.choice(subjects)
    writer = _Writer(rng, city, subject)
    focus = {name: writer.slot(name) for name in ("thing", "body", "district")}
    writer.focus = focus
    title = writer.fill(rng.choice(frames.TITLES))
    subtitle = writer.fill(rng.choice(frames.SUBTITLES)) if rng.random() < 0.2 else ""
    return Headline(subject, title, subtitle, focus)


def compose(seed: str, city: City, head: Headline, *, paragraphs: int | None = None) -> Draft:
    """The article under a headline: dateline, paragraphs, now and then sub-headings, pictures, a list or a table."""
    rng = random.Random(f"{seed}/body")
    writer = _Writer(rng, city, head.subject, head.focus)
    reporters = tuple(dict.fromkeys(person(rng, city.rare_names) for _ in range(1 if rng.random() < 0.7 else 2)))
    helpers = tuple(dict.fromkeys(person(rng, city.rare_names) for _ in range(rng.choice((0, 0, 1, 2)))))
    helpers = tuple(name for name in helpers if name not in reporters)
    in_text = rng.random() < 0.6
    blocks = _body(writer, paragraphs or rng.randint(5, 11))
    if in_text:
        blocks[0].text = _dateline(rng, city, reporters, helpers) + blocks[0].text
    else:
        helpers = ()
    shooters = _picture(writer, blocks, reporters[0])
    _extra(writer, blocks)
    keywords = tuple(dict.fromkeys((head.focus["thing"], *rng.sample(SUBJECTS[head.subject]["key"], 2))))
    return Draft(tuple(blocks), reporters, helpers, shooters, keywords, in_text)


def _dateline(rng: random.Random, city: City, reporters: Sequence[str], helpers: Sequence[str]) -> str:
    """城报讯（记者 王强 通讯员 李敏）, in the spellings of DOMAIN.md §3."""
    gap = rng.choice((" ", " ", ""))
    joint = rng.choice((" ", "、"))
    who = f"记者{gap}{joint.join(reporters)}"
    if helpers:
        who += f" 通讯员{gap}{joint.join(helpers)}"
    opening = rng.choice((f"{city.dateline}讯", "本报讯", f"{city.dateline}讯"))
    return f"{opening}（{who}）"


def _body(writer: _Writer, count: int) -> list[Block]:
    rng = writer.rng
    facts = rng.sample(frames.FACTS, min(len(frames.FACTS), count * 2))
    quotes = rng.sample(frames.QUOTES, min(len(frames.QUOTES), max(2, count // 2)))
    blocks = [Block("paragraph", writer.fill(rng.choice(frames.LEADS)) + writer.fill(facts.pop()))]
    while len(blocks) < count - 1:
        sentences = [facts.pop() if facts else rng.choice(frames.FACTS) for _ in range(rng.choice((1, 2, 2, 3)))]
        if quotes and rng.random() < 0.45:
            sentences.insert(rng.randrange(len(sentences) + 1), quotes.pop())
        blocks.append(Block("paragraph", "".join(writer.fill(sentence) for sentence in sentences)))
    blocks.append(Block("paragraph", writer.fill(rng.choice(frames.CLOSES))))
    if count >= 7 and rng.random() < 0.5:
        _subheadings(writer, blocks)
    return blocks


def _subheadings(writer: _Writer, blocks: list[Block]) -> None:
    heads = writer.rng.sample(SHARED["head"], 2)
    third = len(blocks) // 3
    for place, text in ((2 * third, heads[1]), (third, heads[0])):
        blocks.insert(place, Block("heading", text))


def _picture(writer: _Writer, blocks: list[Block], name: str) -> tuple[str, ...]:
    """Perhaps put pictures with captions between paragraphs; the names of those who took them."""
    rng = writer.rng
    if rng.random() > 0.4:
        return ()
    shooter = name if rng.random() < 0.5 else person(rng, writer.city.rare_names)
    place = rng.randint(1, 2)
    caption = f"{writer.fill(rng.choice(frames.CAPTIONS))}。{writer.city.paper}记者 {shooter} 摄"
    blocks[place:place] = [Block("image"), Block("caption", caption)]
    return (shooter,)


def _extra(writer: _Writer, blocks: list[Block]) -> None:
    """Rarely a list or a table before the last paragraph."""
    rng = writer.rng
    dice = rng.random()
    if dice < 0.08:
        rows = [writer.fill(frame) for frame in rng.sample(frames.NOTES, 3)]
        blocks.insert(-1, Block("list", "\n".join(rows)))
    elif dice < 0.12:
        header = "区域\t数量\t同比"
        cells = [f"{place}\t{writer.slot('n')}\t{writer.slot('p')}%" for place in writer.city.districts[:4]]
        blocks.insert(-1, Block("table", "\n".join([header, *cells])))
