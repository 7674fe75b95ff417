"""What the walk over a page yields: lines of text, the boxes that hold them, pictures and links between them."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

__all__ = ["Anchor", "Box", "Line", "Picture"]


@dataclass(slots=True, eq=False)
class Box:
    """A block-level element with the half-open range of lines that it and its descendants hold.

    heading: level 1 to 6 of the innermost heading around it, 0 outside of headings.  hidden: it or an ancestor is
    styled away (display: none).
    """

    element: etree._Element
    tag: str
    parent: Box | None
    first: int
    last: int = 0
    depth: int = 0
    heading: int = 0
    hidden: bool = False
    #: class and id in lower case, or "" (filled by names())
    _names: str | None = None

    def names(self) -> str:
        """Class and id of the element in lower case, joined by a space: a weak hint only (DOMAIN.md, fact 6)."""
        if self._names is None:
            self._names = f"{self.element.get('class') or ''} {self.element.get('id') or ''}".strip().lower()
        return self._names

    def within(self, other: Box) -> bool:
        """True if this box is the other one or lies inside it."""
        box: Box | None = self
        while box is not None and box.depth > other.depth:
            box = box.parent
        return box is other


@dataclass(slots=True, eq=False)
class Line:
    """One visual line of text.

    text: white space folded to single spaces, indents and zero-width characters gone.  link_chars, bold_chars:
    characters (white space not counted at the ends of pieces) inside <a> and inside <b>, <strong>.
    """

    text: str
    index: int
    box: Box
    link_chars: int = 0
    bold_chars: int = 0
    #: what furniture.mark() said of it, "" before it was asked
    marked: str | None = ""

    @property
    def element(self) -> etree._Element:
        """Nearest block-level ancestor."""
        return self.box.element

    @property
    def heading(self) -> int:
        """Level 1 to 6 of the heading it stands in, else 0."""
        return self.box.heading

    @property
    def hidden(self) -> bool:
        """Styled away: a reader does not see it before some script runs."""
        return self.box.hidden


@dataclass(slots=True, eq=False)
class Picture:
    """An <img> and the number of lines before it."""

    element: etree._Element
    line: int
    box: Box


@dataclass(slots=True, eq=False)
class Anchor:
    """An <a>, the number of complete lines before it (its own text is in that line or later), and its address.

    href: as written, None where it only marks a place.
    """

    element: etree._Element
    line: int
    href: str | None
