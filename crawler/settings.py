"""Every setting that differs from Scrapy's default or is the project's own, each with its reason.

Change one for a run with ``-s NAME=VALUE``.  docs/settings.md is the reference; a test keeps the two in step.
"""

BOT_NAME = "chengwen"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "crawler.commands"
# One spider a portal file, besides the generic spider "portal".
SPIDER_LOADER_CLASS = "crawler.spiders.loader.PortalLoader"

# --- The project's own -------------------------------------------------------------------------------------------
# The corpus: one SQLite file, made when it does not exist.
CORPUS = "data/corpus.db"
# Seconds to wait while another process writes to it: one batch takes far less than one.
CORPUS_TIMEOUT = 30.0
# Folder of the user's own portal files (NAME.toml); they win over the shipped ones.
PORTALS_DIR = "portals"
# List pages with something new on them that one section may cost in one run; beyond it the run says "gap possible"
# and the next run goes deeper.  A hundred pages of twenty are more than a year of most sections.
SECTION_PAGES = 100
# Sections that navigation may add to a portal whose file names none (links of a bar beyond that are link farms).
MAX_SECTIONS = 80
# A section ends when this many list pages in a row hold nothing that was not known when its last walk ended ...
KNOWN_PAGES = 1
# ... and the pages read reach back at least so many days: editors insert back-dated news further down (DOMAIN.md §7).
OVERLAP_DAYS = 3
# Parts that one article may have; galleries with a page a picture reach some dozens.
MAX_PARTS = 60
# The run ends as blocked after so many refusals or challenge pages in a row (DESIGN.md §5: never circumvented).
BLOCKED_LIMIT = 5
# Seconds that a run waits when a portal asks it to (Retry-After); who wants a longer rest ends the run and gets it.
RETRY_AFTER_MAX = 120
# Editions before today's that a run without -a since reads of an e-paper: today's may appear after midnight's run.
EPAPER_DAYS = 2
# Seconds between two notes of how far a run is: all that stays of its figures if it is killed.
CHECKPOINT_SECONDS = 15.0
# Articles that are written in one transaction, and the seconds after which fewer are written too.
STORE_BATCH = 100
STORE_SECONDS = 0.05
# Stored articles are asked again (conditionally) every six hours while they are younger than this, later ever more
# rarely: corrections and removals come within days.
REVISIT_DAYS = 3
# Articles that one run asks again at most: three days of a city portal's news and half as many older ones; 0: none.
REVISIT_LIMIT = 200

# Portals that scrapy harvest crawls side by side: at a request a second each they keep one core busy.
HARVEST_PORTALS = 100
# Hours that scrapy harvest --due lets pass before it begins a portal again.
HARVEST_LEAST_HOURS = 1.0

# --- Crawl jobs on several machines: docs/scale.md -----------------------------------------------------------------
# The worker's name in status, lines and the archive's files; empty: the machine's, and NAME-2 for its second worker.
CLUSTER_WORKER = ""
# Portals that workers put into the queue when they are due, by name; empty: all that have a file.
CLUSTER_PORTALS: list[str] = []
# Portals that a worker crawls at a time, each in a process of its own: about 120 MB, and a hundredth of a core at a
# request a second.
CLUSTER_CONCURRENCY = 8
# Seconds between two looks for portals that are due (0: nobody looks, scrapy cluster enqueue does), and between two
# looks of a worker with room into the queue.
CLUSTER_DUE_SECONDS = 60
CLUSTER_POLL_SECONDS = 2.0
# Seconds between two signs of life; after so many without one a worker is dead, and its jobs go back to the queue ...
CLUSTER_HEARTBEAT_SECONDS = 5.0
CLUSTER_STALLED_SECONDS = 20.0
# ... with the next sweep: with two looks into the queue 30 seconds at most until a dead worker's portal is another's,
# if that one has room.  A worker that is only slow loses nothing but the job: the crawl that is on keeps its portal.
CLUSTER_SWEEP_SECONDS = 5
# Seconds that a crawl may take to end when its worker is stopped: the requests that wait (CONCURRENT_REQUESTS) are
# finished at their pace before it does.
CLUSTER_GRACE_SECONDS = 30.0
# Hours after which a crawl is ended: the first one of a large portal takes some, at a request a second.
CLUSTER_CRAWL_HOURS = 24.0
# Folder of the crawls' output, NAME.log, on the worker's machine.
CLUSTER_LOGS = "data/cluster"
# Days for which the queue remembers what was done.
CLUSTER_KEEP_DAYS = 30
# Given by a worker to its crawls: where the crawl says how it ended (JSON); whether it waits a delay before its first
# request, since another machine may have asked a moment ago; the seconds after which it ends, its worker being gone.
OUTCOME_JSON = ""
WAIT_AT_START = False
ORPHAN_SECONDS = 0.0

# --- The archive ---------------------------------------------------------------------------------------------------
# Everything that is fetched is archived, as WARC; empty: nothing is.  Extraction can be run again on these bytes.
ARCHIVE = "warc"
# Folder of the archive's files; empty: "warc" beside the corpus.
ARCHIVE_DIR = ""
# How the names of files begin, for several machines that share a corpus: none goes on in another's file, or closes one
# that it cannot find.  Empty: one machine.
ARCHIVE_PREFIX = ""
# Bytes at which a file of the archive is full: a gigabyte is what the field's programs read and copy comfortably ...
ARCHIVE_FILE_SIZE = 1_000_000_000
# ... and hours after which the next is begun: a portal has one a week, and a backup finds the old ones unchanged.
ARCHIVE_FILE_HOURS = 168.0
# With -a media=yes: bytes of a picture or file beyond which it is left out ...
ARCHIVE_MEDIA_SIZE = 10 * 1024 * 1024
# ... and the content types that are kept, by how they begin: pictures, style sheets, documents; no audio, no video.
# Pages too: what a server says of a picture that is gone, or it would be asked for in every run.
ARCHIVE_MEDIA_TYPES = [
    "image/",
    "text/css",
    "text/html",
    "application/pdf",
    "application/msword",
    "application/vnd.",
    "application/zip",
]
# --- Health: docs/health.md --------------------------------------------------------------------------------------
# Files that say how all portals of the corpus are, written anew after every judged run; empty: none.
HEALTH_JSON = ""
HEALTH_TEXTFILE = ""
# Told when a portal's verdict changes: an address that is sent JSON, and mail addresses (Scrapy's MAIL_* settings).
HEALTH_WEBHOOK = ""
HEALTH_MAIL: list[str] = []

# --- Politeness: DESIGN.md §5 ------------------------------------------------------------------------------------
# Put a contact into it: portals that mind should be able to say so.
USER_AGENT = "chengwen/0.1 (city news corpus; +https://example.invalid/set-USER_AGENT)"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "chengwen"
DOWNLOAD_DELAY = 1.0
# The delay is a promise to the portal; Scrapy's default would halve it at random.
DOWNLOAD_DELAY_JITTER = 0.0
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Requests waiting in the downloader are finished before a stopped crawl ends: each costs a delay.
CONCURRENT_REQUESTS = 4
# The first cookie makes Scrapy look up the public suffix list over the network; portals need none.
COOKIES_ENABLED = False

# Items of one response in the pipelines at a time: Scrapy starts so many tasks for every response, ours never wait.
CONCURRENT_ITEMS = 1

# --- The network ---------------------------------------------------------------------------------------------------
DOWNLOAD_TIMEOUT = 30
# Thirty-two megabytes: larger than any news page, smaller than what hurts.
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024
DOWNLOAD_WARNSIZE = 8 * 1024 * 1024
RETRY_TIMES = 2
# Portals lead from http to https and from a bare host to www; whoever goes round in circles has shown it by then.
REDIRECT_MAX_TIMES = 5
# A page that is refused with these is refused again: the ledger retries in a later run.
RETRY_HTTP_CODES = [500, 502, 503, 504, 408]
# What failed stands in the ledger and in the summary; an error line each would say it twice.
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
# Lists are read again in every run and articles never: a cache would only hide news (ECOSYSTEM.md, fact 4).
HTTPCACHE_ENABLED = False

# --- Components ------------------------------------------------------------------------------------------------------
ITEM_PIPELINES = {
    "pipelines.validate.Validate": 100,
    "pipelines.dedupe.Dedupe": 200,
    "pipelines.store.Store": 300,
}
EXTENSIONS = {
    "crawler.extensions.corpus.CorpusSession": 0,
    "crawler.extensions.latency.Latency": 5,
    "crawler.extensions.checkpoint.Checkpoint": 6,
    "crawler.extensions.archive.Archive": 5,
    "crawler.extensions.progress.Progress": 10,
    "crawler.extensions.crawl_delay.CrawlDelay": 20,
    "crawler.extensions.pace.Pace": 25,
    "crawler.extensions.spacing.Spacing": 26,
    "crawler.extensions.orphan.Orphan": 27,
    "crawler.extensions.turn.TurnWatch": 28,
    "crawler.extensions.backoff.Backoff": 30,
    "crawler.extensions.health.Health": 40,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.corestats.CoreStats": 500,
}
# Scrapy's own, keeping what went over the wire for the archive.
DOWNLOAD_HANDLERS = {
    "http": "crawler.extensions.wire.Handler",
    "https": "crawler.extensions.wire.Handler",
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    # Before robots.txt is asked for: other hosts are not asked for anything.
    "crawler.middlewares.scope.Scope": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.robots.Robots": 100,
    # Nearer to the network than Scrapy's retries (550), which do not wait.
    "crawler.middlewares.retry_after.RetryAfter": 560,
}
SPIDER_MIDDLEWARES = {
    "crawler.middlewares.corpus_guard.CorpusGuard": 900,
}
# Both listen on loopback and execute what they are sent.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# --- Output ----------------------------------------------------------------------------------------------------------
FEED_EXPORT_ENCODING = "utf-8"
# Rejects are kept in the corpus and counted; a warning each would bury the log.
DEFAULT_DROPITEM_LOG_LEVEL = "INFO"
# Scrapy tells every request; people want the summary.  -L INFO shows the rest.
LOG_LEVEL = "WARNING"
# A live picture on a terminal, elsewhere a line now and then; the table at the end.
PROGRESS = True
SUMMARY = True
# Seconds between two such lines: a log is read later.
PROGRESS_SECONDS = 30.0
# What a crawl says on standard error: "text", or "json" for one object a line (--log-format json).
LOG_LINES = "text"
