"""Personal data in articles, and marks in its place.

What is looked for has a shape that can be checked: area codes, a checksum, the letters that plates use.  Names are not
looked for.  Hotlines (110, 12345, 400-…) have other shapes and stay, as do numbers with a unit behind them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

from crawler.items import Article

__all__ = ["DEFAULT", "KINDS", "MARKS", "Redactor", "redact"]

_D = "[0-9０-９]"
#: Not in the middle of a longer number, a word or a decimal fraction, and not 第13912345678号.
_START = r"(?<![0-9０-９A-Za-z.．第])"
_NO_MORE = r"(?![0-9０-９]|[.．][0-9０-９])"
#: What makes a number an amount.
_UNIT = r"(?!\s*(?:余|多)?(?:[万亿元人吨户件股度次辆册票倍个米千百%％]|美元|欧元|日元|港元|公里|公斤|平方|立方))"
_DASH = r"[-－‐–—]"
_GAP = rf"(?:{_DASH}|[ \u00a0\u3000])?"

#: 1, a digit from 3 to 9, nine more (Numbering Plan of the Telecommunication Network, MIIT 2017), also as 3-4-4.
_MOBILE = rf"(?:(?:\+|00)?86{_GAP})?[1１][3-9３-９]{_D}{_GAP}{_D}{{4}}{_GAP}{_D}{{4}}"
#: Area code: 010, 02x, or 0 and three digits from 3 to 9 on; seven or eight digits; perhaps an extension.
_AREA = r"0(?:10|2[0-9]|[3-9][0-9]{2})"
_LANDLINE = (
    rf"(?:\+?86{_GAP})?(?:[(（]{_AREA}[)）]{_GAP}|{_AREA}{_GAP})[1-9][0-9]{{2,3}}{_GAP}[0-9]{{4}}"
    rf"(?:(?:{_DASH}|转|\s?转\s?)[0-9]{{1,4}})?"
)
#: Without its area code a number is known only by the word before it.
_LOCAL = r"(?P<word>(?:电话|座机|传真|[Tt]el|TEL)(?:号码)?(?:[:：]|是|为)?\s?)[1-9][0-9]{6,7}"
#: Letters and digits of plates: no I and no O (GA 36-2018); new energy has six places, D or F (A to K) first or last.
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = (
    rf"[{_PROVINCES}][A-HJ-NP-Z][·•・.．\- \u00a0\u3000]?"
    r"(?:[A-HJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[A-HJK]|[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9学警挂港澳])(?![0-9A-Za-z])"
)
#: A plate has at most two letters after its own, which words and model numbers have not.
_PLATE_DIGITS = 3
#: Province, city and county; birthday; number and check digit (GB 11643-1999), also as 6-8-4.
_ID = (
    r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{4}[ \u00a0]?"
    r"(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[ \u00a0]?[0-9]{3}[0-9Xx]"
)
#: UnionPay (62), Visa (4), Mastercard (51 to 55), whole or in fours.
_CARD = (
    rf"(?:62[0-9]{{2}}(?:{_GAP}[0-9]{{4}}){{3}}(?:{_GAP}[0-9]{{1,3}})?"
    rf"|(?:4[0-9]|5[1-5])[0-9]{{2}}(?:{_GAP}[0-9]{{4}}){{3}})"
)
_EMAIL = r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+[@＠][A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?![A-Za-z0-9-])"
#: Numbers in addresses of pages are the pages'.
_URL = r"(?P<url>https?://[^\s，。；、）》”]+)"


def _is_id(text: str) -> bool:
    """ISO 7064 MOD 11-2, as GB 11643 has it."""
    digits = re.sub(r"\s", "", text).upper()
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11] == digits[-1]


def _is_card(text: str) -> bool:
    """The Luhn check (ISO/IEC 7812-1)."""
    digits = [int(d) for d in re.sub(r"\D", "", text)]
    doubled = [d * 2 - 9 * (d > 4) for d in digits[-2::-2]]
    return sum(digits[-1::-2] + doubled) % 10 == 0


def _is_plate(text: str) -> bool:
    return sum("0" <= c <= "9" for c in text) >= _PLATE_DIGITS


class _Rule(NamedTuple):
    """pattern: what finds it.  passes: what a hit must pass.  mark: what is put in its place."""

    pattern: re.Pattern[str]
    mark: str
    passes: Callable[[str], bool] = bool

    def put(self, text: str) -> tuple[str, int]:
        """The text with marks, and how many."""
        found = 0

        def marked(hit: re.Match[str]) -> str:
            nonlocal found
            if hit["url"] or not self.passes(hit[0]):
                return hit[0]
            found += 1
            return (hit.groupdict().get("word") or "") + self.mark

        return self.pattern.sub(marked, text), found


_NUMBER = rf"{_START}(?<![0-9]{_DASH})(?:{_MOBILE}|{_LANDLINE})"
#: In this order: an address may hold a number.
_RULES = {
    "email": _Rule(re.compile(f"{_URL}|{_EMAIL}"), "〔邮箱〕"),
    "id": _Rule(re.compile(f"{_URL}|{_START}{_ID}(?![0-9A-Za-z])"), "〔身份证号〕", _is_id),
    "card": _Rule(re.compile(f"{_URL}|{_START}{_CARD}{_NO_MORE}{_UNIT}"), "〔银行卡号〕", _is_card),
    "phone": _Rule(re.compile(f"{_URL}|(?:{_LOCAL}|{_NUMBER}){_NO_MORE}{_UNIT}"), "〔电话〕"),
    "plate": _Rule(re.compile(f"{_URL}|{_PLATE}"), "〔车牌号〕", _is_plate),
}
KINDS = tuple(_RULES)
MARKS = {kind: rule.mark for kind, rule in _RULES.items()}
#: Mail addresses and cards in the news are mostly those of offices and of relief funds.
DEFAULT = ("phone", "id", "plate")

#: Everything looked for has one of these: most texts are settled by it.
_ANY = re.compile(r"[0-9０-９]{3}|[@＠]")


def redact(text: str, kinds: Iterable[str] = DEFAULT) -> tuple[str, Counter[str]]:
    """The text with marks, and how many of each kind there were.  kinds: of KINDS.

    >>> redact("联系张先生13812345678或12345热线")[0]
    '联系张先生〔电话〕或12345热线'
    """
    found: Counter[str] = Counter()
    before = None
    # Again after each change: a mark in the place of a number lets what followed it begin there.
    while text != before and _ANY.search(text):
        before = text
        for kind in (kind for kind in KINDS if kind in kinds):
            text, hits = _RULES[kind].put(text)
            if hits:
                found[kind] += hits
    return text, found


class Redactor:
    """Puts marks into articles, and counts: found by kind, articles that held any."""

    def __init__(self, kinds: Iterable[str]) -> None:
        self.kinds = tuple(kind for kind in KINDS if kind in set(kinds))
        self.found: Counter[str] = Counter()
        self.articles = 0

    def __call__(self, article: Article) -> Article:
        """The article with marks in all its texts.

        What stands in headline, text and captions counts; blocks, evidence and cuts repeat it.  content_hash is
        emptied where the text changed: whoever has the hash of a text but for eleven digits can find them.
        """
        counted: Counter[str] = Counter()

        def shown(text: str | None) -> str | None:
            return None if text is None else self._put(text, counted)

        def quiet(text: str | None) -> str | None:
            return None if text is None else self._put(text, Counter())

        body = self._put(article.body, counted)
        redacted = replace(
            article,
            title=shown(article.title),
            subtitle=shown(article.subtitle),
            body=body,
            images=[replace(image, caption=shown(image.caption)) for image in article.images],
            attachments=[replace(file, name=quiet(file.name) or "") for file in article.attachments],
            blocks=[replace(block, text=quiet(block.text) or "") for block in article.blocks],
            source=quiet(article.source),
            keywords=[quiet(word) or "" for word in article.keywords],
            cuts=[replace(cut, text=quiet(cut.text) or "") for cut in article.cuts],
            evidence={name: replace(seen, text=quiet(seen.text)) for name, seen in article.evidence.items()},
            content_hash=article.content_hash if body == article.body else "",
        )
        self.found += counted
        self.articles += bool(counted)
        return redacted

    def _put(self, text: str, counted: Counter[str]) -> str:
        redacted, found = redact(text, self.kinds)
        counted += found
        return redacted
