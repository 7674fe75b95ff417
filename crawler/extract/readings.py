"""The ways in which a page may be read, best first: by a portal's own selectors, by a learned template, generically."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from crawler.extract.body import Body, find_body
from crawler.extract.dom import Document, walk
from crawler.extract.learned import Fitting, read_learned
from crawler.extract.template import choose
from crawler.extract.titles import Title, find_title
from crawler.items import Evidence, Template

__all__ = ["Reading", "readings"]


@dataclass(slots=True)
class Reading:
    """Document, headline and body of a page as one way of reading sees them.

    template: written by hand, whose selectors are applied to the fields.  used: name of the template that the body or
    the fields come from (None: the generic rules).  evidence: of the learned template, used or not.
    """

    document: Document
    title: Title
    body: Body
    template: Template | None = None
    used: str | None = None
    evidence: dict[str, Evidence] = field(default_factory=dict)


def readings(page: Document, templates: Template | Sequence[Template] | None) -> Iterator[Reading]:
    """Ways of reading a loaded page; the next one is for pages that the one before does not take for an article."""
    given = (templates,) if isinstance(templates, Template) else tuple(templates or ())
    chosen = choose([template for template in given if not template.layouts or template.selectors], page)
    evidence: dict[str, Evidence] = {}
    if chosen is None or "body" not in chosen.selectors:
        fitting = read_learned(page, given)
        if fitting is not None:
            evidence["template"] = _told(fitting)
        if fitting is not None and fitting.template is not None:
            yield Reading(fitting.document, fitting.title, fitting.body, chosen, fitting.template.name, evidence)
            evidence = {"template": Evidence("generic: the template's reading is no article", fitting.fit)}
    walk(page)
    title = find_title(page)
    body = find_body(page, title, chosen)
    yield Reading(page, title, body, chosen, chosen.name if chosen else None, evidence)


def _told(fitting: Fitting) -> Evidence:
    if fitting.template is None:
        return Evidence(f"generic: {fitting.why}", fitting.fit)
    return Evidence(f"{fitting.template.name} version {fitting.template.version}: {fitting.why}", fitting.fit)
