"""A portal's own selectors, applied before the generic rules, which keep the fields where they find nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from crawler.extract.breadcrumbs import split_breadcrumb
from crawler.extract.bylines import read_credits
from crawler.extract.container import Core
from crawler.extract.dates import parse_date
from crawler.extract.dom import Box, Document, fold
from crawler.extract.names import split_names
from crawler.items import CST, Article, Evidence, Template

__all__ = ["apply_fields", "choose", "marked_core", "removed_lines"]


@lru_cache(maxsize=4096)
def _compiled(selector: str) -> etree.XPath | None:
    """An XPath for a CSS selector, or for an XPath (which starts with a slash or a dot); None for a wrong one."""
    try:
        path = selector if selector.startswith(("/", "./")) else HTMLTranslator().css_to_xpath(selector)
        return etree.XPath(path)
    except (SelectorError, etree.XPathError):
        # Portal files are validated when they are loaded; here a wrong selector finds nothing.
        return None


def _select(document: Document, selectors: Iterable[str]) -> list[etree._Element | str]:
    """What the first selector that finds anything finds."""
    for selector in selectors:
        path = _compiled(selector)
        try:
            found = path(document.root) if path is not None else None
        except etree.XPathError:
            found = None
        if isinstance(found, str) and found.strip():
            return [found]
        if isinstance(found, list) and found:
            return [item for item in found if isinstance(item, str | etree._Element)]
    return []


def _texts(document: Document, template: Template, field: str) -> list[str]:
    found = _select(document, template.selectors.get(field, ()))
    texts = [fold(item if isinstance(item, str) else "".join(map(str, item.itertext()))) for item in found]
    return [text for text in texts if text]


def choose(
    templates: Template | Sequence[Template] | None, document: Document, today: dt.date | None = None
) -> Template | None:
    """The first template that is meant for the address, is still valid, and whose body selectors find something."""
    day = today or dt.datetime.now(CST).date()
    for template in (templates,) if isinstance(templates, Template) else templates or ():
        if template.url and not re.search(template.url, document.url):
            continue
        if template.valid_until and template.valid_until < day:
            continue
        bodies = template.selectors.get("body", ())
        if not bodies or any(isinstance(item, etree._Element) for item in _select(document, bodies)):
            return template
    return None


def marked_core(document: Document, template: Template | None) -> Core | None:
    """The body that a template's selectors name, as a core; None where they find no text."""
    if template is None:
        return None
    found = {item for item in _select(document, template.selectors.get("body", ())) if isinstance(item, etree._Element)}
    if not found:
        return None
    elements = {element for item in found for element in (item, *item.iterdescendants())}
    held = [line for line in document.lines if line.element in elements]
    if not held:
        return None
    first, last = held[0].index, held[-1].index + 1
    home: Box = held[0].box
    while home.parent is not None and not (
        home.first <= first and (home.last or last) >= last and home.element in found
    ):
        if home.first <= first and home.last >= last:
            break
        home = home.parent
    hidden = all(line.hidden for line in held)
    return Core(first, last, home, float(sum(len(line.text) for line in held)), 0.0, hidden)


def removed_lines(document: Document, template: Template | None) -> set[int]:
    """Indices of the lines that stand in what a template removes."""
    if template is None or not template.remove:
        return set()
    removed: set[etree._Element] = set()
    for selector in template.remove:
        for item in _select(document, (selector,)):
            if isinstance(item, etree._Element):
                removed.update((item, *item.iterdescendants()))
    return {line.index for line in document.lines if line.element in removed}


def _set_title(article: Article, texts: list[str], _now: dt.datetime | None) -> bool:
    article.title = texts[0]
    return True


def _set_published(article: Article, texts: list[str], now: dt.datetime | None) -> bool:
    stamp = next((stamp for text in texts if (stamp := parse_date(text, now)) is not None), None)
    if stamp is None:
        return False
    article.published, article.published_text = stamp.when, stamp.text
    return True


def _set_source(article: Article, texts: list[str], _now: dt.datetime | None) -> bool:
    source = read_credits(texts[0]).source
    if source is None and len(texts[0]) <= 30 and ":" not in texts[0] and "：" not in texts[0]:
        source = texts[0]
    article.source = source or article.source
    return source is not None


def _set_reporters(article: Article, texts: list[str], _now: dt.datetime | None) -> bool:
    credits = read_credits(" ".join(texts))
    names = credits.reporters or split_names(" ".join(texts))
    article.reporters = names or article.reporters
    return bool(names)


def _set_editors(article: Article, texts: list[str], _now: dt.datetime | None) -> bool:
    names = read_credits(" ".join(texts)).editors or split_names(" ".join(texts))
    article.editors = names or article.editors
    return bool(names)


def _set_breadcrumb(article: Article, texts: list[str], _now: dt.datetime | None) -> bool:
    parts = texts if len(texts) > 1 else split_breadcrumb(texts[0], trusted=True)
    article.breadcrumb = parts or article.breadcrumb
    return bool(parts)


_SETTERS: dict[str, Callable[[Article, list[str], dt.datetime | None], bool]] = {
    "title": _set_title,
    "published": _set_published,
    "source": _set_source,
    "reporters": _set_reporters,
    "editors": _set_editors,
    "breadcrumb": _set_breadcrumb,
}


def apply_fields(article: Article, document: Document, template: Template, now: dt.datetime | None) -> None:
    """Put what a template's selectors find into the article's fields; evidence names the template."""
    for field, setter in _SETTERS.items():
        if field not in template.selectors:
            continue
        texts = _texts(document, template, field)
        if texts and setter(article, texts, now):
            article.evidence[field] = Evidence(f"template {template.name}", 0.95, texts[0])
