"""Reports: the corpus's figures as one page with plots, and as text for a mail."""

from crawler.report.page import render
from crawler.report.state import State, state_of
from crawler.report.text import write

__all__ = ["State", "render", "state_of", "write"]
