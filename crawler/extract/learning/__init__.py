"""Several pages of one portal in, a Template out: where its articles keep their parts, and what repeats."""

from crawler.extract.learning.learn import learn

__all__ = ["learn"]
