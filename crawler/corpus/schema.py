"""Tables of the corpus, as a list of migrations.  docs/corpus.md explains every column; a test compares the two.

A migration is never changed once released: a new one is appended, and user_version counts them.  Times are ISO 8601
text with an offset: SQLite has no type for them, and people read the file with other programs.  Lists are JSON arrays.
Long because migrations only ever come to it.
"""

from __future__ import annotations

__all__ = ["APPLICATION_ID", "MIGRATIONS", "REPRINTS_VERSION", "SEARCH_VERSION", "STATES", "VERSION"]

#: "CHWN" in PRAGMA application_id: tells a corpus from any other SQLite file.
APPLICATION_ID = int.from_bytes(b"CHWN", "big")

#: What the ledger can say of an article's address.
STATES = ("waiting", "stored", "rejected", "failed", "gone")

_WALK = """
CREATE TABLE portals (
    name TEXT NOT NULL PRIMARY KEY,
    city TEXT,
    province TEXT,
    home TEXT,
    added_at TEXT NOT NULL
);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    portal TEXT NOT NULL REFERENCES portals(name),
    arguments TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    outcome TEXT,
    stats TEXT
);
CREATE INDEX runs_portal ON runs(portal, started_at);
CREATE TABLE sections (
    id INTEGER PRIMARY KEY,
    portal TEXT NOT NULL REFERENCES portals(name),
    key TEXT NOT NULL,
    label TEXT NOT NULL,
    url TEXT NOT NULL,
    found_at TEXT NOT NULL,
    completed_at TEXT,
    complete_since TEXT,
    complete_mark INTEGER,
    gap INTEGER NOT NULL DEFAULT 0 CHECK (gap IN (0, 1)),
    UNIQUE (portal, key)
);
CREATE TABLE run_sections (
    run_id INTEGER NOT NULL REFERENCES runs(id),
    section_id INTEGER NOT NULL REFERENCES sections(id),
    list_pages INTEGER NOT NULL,
    links_seen INTEGER NOT NULL,
    links_new INTEGER NOT NULL,
    ended_by TEXT,
    gap INTEGER NOT NULL CHECK (gap IN (0, 1)),
    PRIMARY KEY (run_id, section_id)
) WITHOUT ROWID;
CREATE INDEX run_sections_section ON run_sections(section_id);
"""

# frontier is unique by key first, so that one address is found in all portals at once.
# sightings need AUTOINCREMENT: an id once used must never come back, or sections.complete_mark would cover a newer row.
_LEDGER = """
CREATE TABLE frontier (
    id INTEGER PRIMARY KEY,
    portal TEXT NOT NULL REFERENCES portals(name),
    key TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    published TEXT,
    first_seen TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'stored', 'rejected', 'failed', 'gone')),
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    next_try TEXT,
    UNIQUE (key, portal)
);
CREATE INDEX frontier_state ON frontier(portal, state, next_try);
CREATE TABLE sightings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    frontier_id INTEGER NOT NULL REFERENCES frontier(id) ON DELETE CASCADE,
    section_id INTEGER NOT NULL REFERENCES sections(id),
    first_seen TEXT NOT NULL,
    position INTEGER NOT NULL,
    side INTEGER NOT NULL CHECK (side IN (0, 1)),
    UNIQUE (frontier_id, section_id)
);
CREATE INDEX sightings_section ON sightings(section_id);
CREATE TABLE rejects (
    id INTEGER PRIMARY KEY,
    portal TEXT NOT NULL REFERENCES portals(name),
    key TEXT NOT NULL,
    url TEXT NOT NULL,
    reason TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    run_id INTEGER REFERENCES runs(id),
    rejected_at TEXT NOT NULL,
    UNIQUE (key, portal)
);
CREATE INDEX rejects_reason ON rejects(portal, reason);
CREATE INDEX rejects_run ON rejects(run_id);
"""

# A body stands in a table of its own: identical texts share a row, and a later table of revisions can point at the
# earlier texts of an article without copying them.
_ARTICLES = """
CREATE TABLE bodies (
    id INTEGER PRIMARY KEY,
    content_hash TEXT UNIQUE,
    body TEXT NOT NULL,
    blocks TEXT NOT NULL
);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    canonical_url TEXT NOT NULL,
    link_url TEXT,
    portal TEXT REFERENCES portals(name),
    section TEXT,
    kind TEXT NOT NULL,
    breadcrumb TEXT NOT NULL,
    title TEXT,
    subtitle TEXT,
    published TEXT,
    published_text TEXT,
    source TEXT,
    reporters TEXT NOT NULL,
    correspondents TEXT NOT NULL,
    photographers TEXT NOT NULL,
    editors TEXT NOT NULL,
    body_id INTEGER NOT NULL REFERENCES bodies(id),
    duplicate_of INTEGER REFERENCES articles(id),
    part_urls TEXT NOT NULL,
    full_url TEXT,
    keywords TEXT NOT NULL,
    page_number TEXT,
    page_name TEXT,
    template TEXT,
    confidence REAL NOT NULL,
    evidence TEXT NOT NULL,
    cuts TEXT NOT NULL,
    fetched_at TEXT,
    stored_at TEXT NOT NULL,
    run_id INTEGER REFERENCES runs(id)
);
CREATE INDEX articles_published ON articles(portal, published);
CREATE INDEX articles_body ON articles(body_id, title);
CREATE INDEX articles_duplicate ON articles(duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX articles_run ON articles(run_id);
CREATE TABLE addresses (
    key TEXT NOT NULL PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('own', 'canonical', 'link', 'part'))
) WITHOUT ROWID;
CREATE INDEX addresses_article ON addresses(article_id);
CREATE TABLE article_sections (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    section_id INTEGER NOT NULL REFERENCES sections(id),
    first_seen TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (article_id, section_id)
) WITHOUT ROWID;
CREATE INDEX article_sections_section ON article_sections(section_id);
CREATE TABLE images (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    caption TEXT,
    PRIMARY KEY (article_id, position)
) WITHOUT ROWID;
CREATE TABLE attachments (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (article_id, position)
) WITHOUT ROWID;
CREATE VIEW article_texts AS
SELECT articles.id, articles.portal, articles.section, articles.title, articles.published, articles.source,
       articles.url, bodies.body, articles.duplicate_of
FROM articles JOIN bodies ON bodies.id = articles.body_id;
"""

# By host, since portals share hosts and anti-crawl systems guard hosts.
_PAUSES = """
CREATE TABLE pauses (
    host TEXT NOT NULL PRIMARY KEY,
    refused_runs INTEGER NOT NULL,
    refused_at TEXT NOT NULL,
    until TEXT NOT NULL,
    why TEXT NOT NULL
) WITHOUT ROWID;
"""

# A table beside articles, not columns in it: it changes with every look, and articles only when their pages do.
_AGAIN = """
CREATE TABLE revisions (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('first', 'edited', 're-extracted')),
    seen_at TEXT NOT NULL,
    title TEXT,
    body_id INTEGER NOT NULL REFERENCES bodies(id),
    changed TEXT NOT NULL,
    PRIMARY KEY (article_id, number)
) WITHOUT ROWID;
CREATE INDEX revisions_body ON revisions(body_id);
CREATE TABLE checks (
    article_id INTEGER NOT NULL PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,
    etag TEXT,
    last_modified TEXT,
    checked_at TEXT NOT NULL,
    next_check TEXT NOT NULL,
    missing_runs INTEGER NOT NULL DEFAULT 0,
    missing_run_id INTEGER REFERENCES runs(id),
    gone_at TEXT,
    gone_why TEXT,
    restored_at TEXT
);
CREATE INDEX checks_next ON checks(next_check);
CREATE INDEX checks_last ON checks(checked_at);
CREATE INDEX checks_run ON checks(missing_run_id) WHERE missing_run_id IS NOT NULL;
CREATE TABLE tombstones (
    key TEXT NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    why TEXT NOT NULL,
    purged_at TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO checks (article_id, checked_at, next_check)
SELECT id, coalesce(fetched_at, stored_at), coalesce(fetched_at, stored_at) FROM articles;
"""

# Every version is kept: archived pages of an old layout are read by the template of their time.
_TEMPLATES = """
CREATE TABLE templates (
    id INTEGER PRIMARY KEY,
    portal TEXT NOT NULL REFERENCES portals(name),
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    learned_at TEXT,
    valid_from TEXT,
    valid_until TEXT,
    pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
    json TEXT NOT NULL,
    evidence TEXT NOT NULL,
    pages INTEGER NOT NULL DEFAULT 0,
    fit REAL,
    used_at TEXT,
    UNIQUE (portal, version)
);
"""

# Tokens only, no text (crawler/corpus/search.py); content= names the table whose ids the rows have, so that other
# programs see what the index belongs to (ECOSYSTEM.md, fact 3).  The tokenizer only has to split at spaces.
# bm25: a word of the headline counts as eight of the text; the other columns are asked by name and do not rank.
_SEARCH = """
CREATE VIRTUAL TABLE articles_fts USING fts5(
    title, body, source, section, portal, reporters, content="articles", tokenize="ascii"
);
INSERT INTO articles_fts (articles_fts, rank) VALUES ('rank', 'bm25(8.0, 1.0, 0.0, 0.0, 0.0, 0.0)');
"""

# minhashes refers to bodies without a foreign key: SQLite would want an index on body_id, which doubles the table.
# reprints and clusters are of articles, because who came first is a matter of their times and sources.
_REPRINTS = """
ALTER TABLE portals ADD COLUMN title TEXT;
CREATE TABLE minhashes (
    value INTEGER NOT NULL,
    body_id INTEGER NOT NULL,
    PRIMARY KEY (value, body_id)
) WITHOUT ROWID;
CREATE TABLE reprints (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    of_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('identical', 'reprint', 'abridged', 'expanded', 'revised')),
    resemblance REAL NOT NULL,
    containment REAL NOT NULL,
    told_by TEXT NOT NULL CHECK (told_by IN ('source', 'time', 'portal', 'order')),
    PRIMARY KEY (article_id, of_id)
) WITHOUT ROWID;
CREATE INDEX reprints_of ON reprints(of_id);
CREATE TABLE clusters (
    article_id INTEGER NOT NULL PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,
    cluster_id INTEGER NOT NULL REFERENCES articles(id)
);
CREATE INDEX clusters_cluster ON clusters(cluster_id);
"""

# By id first: what facets and filters ask of the articles that a search has found stands together, a tenth of the rows.
_FACETS = "CREATE INDEX articles_facets ON articles(id, portal, section, source, published);"

# digest is of the body as it travelled, so that one body is kept once however many addresses show it.
_ARCHIVE = """
CREATE TABLE warc_files (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    portal TEXT NOT NULL REFERENCES portals(name),
    begun_at TEXT NOT NULL,
    size INTEGER NOT NULL DEFAULT 0,
    sealed INTEGER NOT NULL DEFAULT 0 CHECK (sealed IN (0, 1))
);
CREATE INDEX warc_files_portal ON warc_files(portal, sealed);
CREATE TABLE captures (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    url TEXT NOT NULL,
    captured_at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('response', 'revisit')),
    status INTEGER NOT NULL,
    content_type TEXT,
    digest TEXT NOT NULL,
    file_id INTEGER NOT NULL REFERENCES warc_files(id),
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    original_id INTEGER REFERENCES captures(id),
    run_id INTEGER REFERENCES runs(id),
    UNIQUE (file_id, offset)
);
CREATE INDEX captures_key ON captures(key, captured_at);
CREATE INDEX captures_digest ON captures(digest) WHERE kind = 'response';
CREATE INDEX captures_original ON captures(original_id) WHERE original_id IS NOT NULL;
CREATE INDEX captures_run ON captures(run_id);
ALTER TABLE articles ADD COLUMN extractor TEXT;
ALTER TABLE articles ADD COLUMN capture_id INTEGER REFERENCES captures(id);
CREATE INDEX articles_capture ON articles(capture_id) WHERE capture_id IS NOT NULL;
"""

# How far a run of scrapy reextract came, so that an interrupted one goes on.
_REEXTRACTIONS = """
CREATE TABLE reextractions (
    id INTEGER PRIMARY KEY,
    arguments TEXT NOT NULL,
    extractor TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    ended_at TEXT,
    reached INTEGER NOT NULL DEFAULT 0
);
"""

# What a run's articles were like stands beside run_sections, not in it: leftovers and feeds have no section.
# health holds what the tests remember, so that a run is judged without reading a year of runs again.
_HEALTH = """
ALTER TABLE sections ADD COLUMN route TEXT NOT NULL DEFAULT 'list' CHECK (route IN ('list', 'front', 'feed', 'paper'));
UPDATE sections SET route = 'feed' WHERE label LIKE '订阅 %';
UPDATE sections SET route = 'front' WHERE label = '首页';
ALTER TABLE runs ADD COLUMN verdict TEXT CHECK (verdict IN ('ok', 'watch', 'broken'));
CREATE TABLE run_figures (
    run_id INTEGER NOT NULL REFERENCES runs(id),
    section_id INTEGER REFERENCES sections(id),
    fresh INTEGER NOT NULL,
    articles INTEGER NOT NULL,
    missing TEXT NOT NULL,
    lengths TEXT NOT NULL,
    confidences TEXT NOT NULL,
    judged INTEGER NOT NULL,
    misfits INTEGER NOT NULL,
    rejects TEXT NOT NULL,
    UNIQUE (run_id, section_id)
);
CREATE INDEX run_figures_section ON run_figures(section_id);
CREATE TABLE health (
    portal TEXT NOT NULL PRIMARY KEY REFERENCES portals(name),
    run_id INTEGER NOT NULL REFERENCES runs(id),
    version INTEGER NOT NULL,
    state TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX health_run ON health(run_id);
CREATE TABLE alarms (
    id INTEGER PRIMARY KEY,
    portal TEXT NOT NULL REFERENCES portals(name),
    section_id INTEGER REFERENCES sections(id),
    figure TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('watch', 'broken')),
    since TEXT NOT NULL,
    seen REAL NOT NULL,
    of REAL NOT NULL,
    usual REAL NOT NULL,
    words TEXT NOT NULL,
    examples TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    run_id INTEGER REFERENCES runs(id),
    ended_at TEXT,
    ended_how TEXT CHECK (ended_how IN ('cleared', 'accepted', 'recounted'))
);
CREATE INDEX alarms_portal ON alarms(portal, ended_at);
CREATE INDEX alarms_section ON alarms(section_id);
CREATE INDEX alarms_run ON alarms(run_id);
"""

#: SQL that leads from one version to the next; the first makes an empty file a corpus.
MIGRATIONS: tuple[str, ...] = (
    _WALK + _LEDGER + _ARTICLES,
    _PAUSES,
    _AGAIN,
    _TEMPLATES,
    _SEARCH,
    _REPRINTS,
    _FACETS,
    _ARCHIVE,
    _REEXTRACTIONS,
    _HEALTH,
)

#: The version that has the search index; articles of older corpora are entered when it is made.
SEARCH_VERSION = MIGRATIONS.index(_SEARCH) + 1

#: The version that compares articles; those of older corpora are compared when it is made.
REPRINTS_VERSION = MIGRATIONS.index(_REPRINTS) + 1

#: user_version of a file that this release writes.
VERSION = len(MIGRATIONS)
