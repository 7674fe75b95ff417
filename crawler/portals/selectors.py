"""Are selectors and regular expressions of a portal file well-formed?  Found when the file is read, not in a crawl."""

from __future__ import annotations

import re

__all__ = ["pattern_fault", "selector_fault"]


def pattern_fault(pattern: str) -> str | None:
    """What is wrong with a regular expression for addresses, or None.

    >>> pattern_fault(r"/news/\\d{16}\\.shtml$") is None
    True
    """
    try:
        compiled = re.compile(pattern)
    except re.error as e:
        return f"must be a regular expression ({e})"
    # A hint that matches nothing at all matches every address of every site.
    return "must not match empty text" if compiled.search("") else None


def selector_fault(selector: str) -> str | None:
    """What is wrong with a CSS selector, or with an XPath (starts with "/" or "./", crawler.items.Template), or None.

    >>> selector_fault("div.article > h1"), selector_fault("//h1[") is None
    (None, False)
    """
    # Only files with selectors, which are few, pay for these imports: listing all portals stays quick.
    from cssselect import SelectorError
    from lxml import etree
    from parsel import css2xpath

    xpath = selector
    if not selector.startswith(("/", "./")):
        try:
            xpath = css2xpath(selector)
        except SelectorError as e:
            return f"must be a CSS selector, or an XPath that starts with / or ./ ({e})"
    try:
        # Run once, since unknown functions and prefixes show only then.
        etree.XPath(xpath)(etree.Element("html"))
    except etree.XPathError as e:
        return f"must be an XPath, or a CSS selector that does not start with / ({e})"
    return None
