"""The corpus's tables in PostgreSQL: crawler.corpus.schema respelled, and what SQLite has built in."""

from __future__ import annotations

from crawler.corpus.postgres.dialect import respell_schema
from crawler.corpus.schema import MIGRATIONS, SEARCH_VERSION

__all__ = ["FUNCTIONS", "MARK", "script"]

#: Tells a corpus from any other database, as PRAGMA application_id and user_version do in a file.
MARK = "chengwen_schema"

#: What the corpus's SQL asks of SQLite under these names.
FUNCTIONS = f"""
CREATE TABLE {MARK} (version BIGINT NOT NULL);
INSERT INTO {MARK} (version) VALUES (0);
CREATE FUNCTION json_extract(document TEXT, path TEXT) RETURNS DOUBLE PRECISION IMMUTABLE STRICT LANGUAGE sql AS
    $$ SELECT (document::json #>> string_to_array(substr(path, 3), '.'))::double precision $$;
CREATE FUNCTION count_true(so_far BIGINT, holds BOOLEAN) RETURNS BIGINT IMMUTABLE LANGUAGE sql AS
    $$ SELECT so_far + coalesce(holds, false)::int $$;
CREATE AGGREGATE sum(BOOLEAN) (sfunc = count_true, stype = BIGINT, initcond = '0');
"""

# whole: 1 where the article has this row alone, which is nearly always; part: its number where it has several.
# GIN finds by any of its columns: tokens alone, or with a portal, which btree_gin lets stand beside them.
# The view stands for the table of that name which FTS5 keeps.
_SEARCH = """
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE TABLE articles_fts (
    article_id BIGINT NOT NULL,
    part BIGINT NOT NULL,
    whole BIGINT NOT NULL CHECK (whole IN (0, 1)),
    portal TEXT COLLATE "C",
    tokens TSVECTOR NOT NULL,
    PRIMARY KEY (article_id, part)
);
CREATE INDEX articles_fts_tokens ON articles_fts USING gin (portal, tokens);
CREATE VIEW articles_fts_docsize AS SELECT article_id AS id FROM articles_fts WHERE part = 0;
"""


def script(version: int) -> str:
    """The statements that lead to that version from the one before."""
    return _SEARCH if version == SEARCH_VERSION else respell_schema(MIGRATIONS[version - 1])
