# Everything a newcomer needs: make crawl, make test.  See README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: crawl test lint bench bench-peers bench-pipelines bench-incremental bench-kills bench-harvest bench-dedupe \
  bench-search bench-browse bench-export bench-archive bench-replay bench-health bench-chaos \
  bench-engines bench-scale screenshots picture clean help

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "chengwen needs Python 3.11 or newer; try make PYTHON=python3.12 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

crawl: $(READY) ## crawl the built-in demo portal, PORTAL=szdushi, or URL=https://www.example.cn/
ifdef URL
	@$(BIN)/scrapy crawl portal -a url='$(URL)' $(ARGS)
else ifdef PORTAL
	@$(BIN)/scrapy crawl '$(PORTAL)' $(ARGS)
else
	@$(BIN)/scrapy demo $(ARGS)
endif

test: $(READY) ## run all tests
	@# Tests start some hundred commands: compiled once, each starts in a third of the time.  Most of them wait, for
	@# servers and at a portal's pace: three at a time take half as long on two cores.  With ARGS one at a time.
	@$(BIN)/python -m compileall -q crawler pipelines
	$(BIN)/pytest $(if $(ARGS),,-n 3 --dist worksteal) $(ARGS)

lint: $(READY) ## style, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) ## figures over ../shared/bench beside their floors
	$(BIN)/python benchmarks/bench.py $(ARGS)

bench-peers: $(READY) ## measure other extractors on the same pages (a virtual environment of their own)
	$(BIN)/python benchmarks/peers.py $(ARGS)

bench-pipelines: $(READY) ## articles a second through the pipelines into SQLite
	$(BIN)/python benchmarks/pipelines.py $(ARGS)

bench-incremental: $(READY) ## requests that second runs cost, beside other crawlers
	$(BIN)/python benchmarks/reruns.py $(ARGS)

bench-kills: $(READY) ## kill -9 at 200 random moments of crawls, against an undisturbed one
	$(BIN)/python benchmarks/kills.py $(ARGS)

bench-harvest: $(READY) ## a hundred demo portals side by side, each at one request a second (three minutes)
	$(BIN)/python benchmarks/harvest.py $(ARGS)

bench-dedupe: $(READY) ## near-duplicates: recall, precision, speed, a million articles, datasketch beside it (ARGS='--large 100000': fewer)
	$(BIN)/python benchmarks/dedupe.py $(ARGS)

bench-search: $(READY) ## search over 200,000 articles: times, size, trigram beside it (ARGS=50000: fewer)
	$(BIN)/python benchmarks/search.py $(ARGS)

bench-browse: $(READY) ## pages of scrapy browse over 200,000 articles (ARGS=50000: fewer)
	$(BIN)/python benchmarks/browse.py $(ARGS)

screenshots: $(READY) ## the pictures of docs/browse.md, with a headless Chromium
	$(BIN)/python -m tests.screenshots

bench-export: $(READY) ## memory and speed of exports of 100,000 articles (ARGS=20000: fewer)
	$(BIN)/python benchmarks/exports.py $(ARGS)

bench-replay: $(READY) ## pages a second that a replay reads, beside a bare parse
	$(BIN)/python benchmarks/replay.py $(ARGS)

bench-chaos: $(READY) ## three workers, thirty portals, kills, stops and restarts: is the corpus the undisturbed one? (eight minutes)
	$(BIN)/python benchmarks/chaos.py $(ARGS)

bench-archive: $(READY) ## what archiving everything costs a crawl (three minutes)
	$(BIN)/python benchmarks/archive.py $(ARGS)

bench-health: $(READY) ## breaks found and false alarms over simulated portals (200 years of hourly runs, twice)
	$(BIN)/python benchmarks/health.py $(ARGS)

bench-engines: $(READY) ## a corpus in a file and in PostgreSQL (POSTGRES_URL=…), side by side (ARGS=5000: fewer articles)
	PYTHONPATH=. $(BIN)/python benchmarks/engines.py $(ARGS)

bench-scale: $(READY) ## bulk work on Spark beside a plain pool of processes (ARGS='--times 1,4': sooner)
	@test -x $(or $(SPARK_BIN),.venv-spark/bin)/python || { $(PYTHON) -m venv .venv-spark && \
	  .venv-spark/bin/pip install --quiet --constraint constraints.txt --editable '.[spark]' opencc; }
	$(or $(SPARK_BIN),.venv-spark/bin)/python benchmarks/bulk.py $(ARGS)

picture: $(READY) ## put what a run prints into README.md
	$(BIN)/python benchmarks/picture.py $(ARGS)

clean: ## remove the virtual environments and caches (data/ stays)
	rm -rf $(VENV) .venv-peers .venv-scrapyd .venv-readers .venv-archive .venv-spark build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
