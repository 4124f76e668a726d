# `make` says what there is. Needs Python 3.11 or newer; all else is fetched into .venv.

.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory
export UV_PYTHON_DOWNLOADS = never

PORT ?= 8000
HOST ?= 127.0.0.1
# More words for a tool, for example: make test-quick ARGS="-k certificate"
ARGS ?=
PY = .venv/bin/python
LOCK = $(PY) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header $(ARGS)

# Where Python is told to write nothing beside its sources, it would compile everything at every start.
ifdef PYTHONDONTWRITEBYTECODE
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX = $(CURDIR)/var/pycache
endif

.PHONY: help
help: ## Say what each of these does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: .env-run ## Serve the demo on http://HOST:PORT (127.0.0.1:8000); builds it the first time
	@$(PY) -m scripts.demo serve $(HOST) $(PORT)

.PHONY: reset-demo
reset-demo: .env-run ## Throw away what the demo keeps in var/ and build it again
	@$(PY) -m scripts.demo reset

.PHONY: test
test: .env-dev ## Run every test: PostgreSQL, SQLite, races, browser
	@$(PY) -m scripts.suite quick-postgres again-sqlite races browser -- $(ARGS)

.PHONY: test-quick
test-quick: .env-dev ## Run the quick tests on SQLite
	@$(PY) -m scripts.suite quick-sqlite -- $(ARGS)

.PHONY: test-races
test-races: .env-dev ## Run the tests of people doing things at the same moment, on PostgreSQL
	@$(PY) -m scripts.suite races -- $(ARGS)

.PHONY: test-browser
test-browser: .env-dev ## Run the tests that use a real browser, on PostgreSQL
	@$(PY) -m scripts.suite browser -- $(ARGS)

.PHONY: stripe-live
stripe-live: .env-dev ## Ask Stripe's test mode what the tests ask its stand-in; needs STRIPE_TEST_KEY
	@$(PY) -m pytest --force-enable-socket -p no:randomly -m live tests/contracts $(ARGS)

.PHONY: check
check: .env-dev ## Check style, types, imports, templates, settings, migrations, addresses
	@$(PY) -m scripts.checks $(ARGS)

.PHONY: format
format: .env-dev ## Put code and templates into the one format
	@$(PY) -m ruff format --quiet .
	@$(PY) -m ruff check --quiet --fix-only .
	@git ls-files -co --exclude-standard '*templates/*.html' | xargs -r .venv/bin/djade --target-version 5.2

.PHONY: bench
bench: .env-dev ## Measure the CPU time of pages beside the least they could cost
	@$(PY) -m bench $(ARGS)

.PHONY: lighthouse
lighthouse: .env-dev ## Ask Lighthouse (needs Node) about the main pages; writes docs/reference/lighthouse.md
	@$(PY) -m bench.lighthouse

.PHONY: screenshots
screenshots: .env-dev ## Draw the pictures in docs/pictures
	@$(PY) -m scripts.suite pictures -- tests/browser $(ARGS)

.PHONY: lock
lock: .env-dev ## Write the lock files from pyproject.toml (ARGS=--upgrade takes newer versions)
	@$(LOCK) pyproject.toml -o requirements.lock
	@$(LOCK) --group dev pyproject.toml -c requirements.lock -o requirements-dev.lock
	@cd scripts && ../$(LOCK) --no-deps installer.in -o installer.lock
	@cd scripts && ../$(LOCK) --no-deps postgres.in -o postgres.lock
	@$(PY) -m scripts.check_addresses

.PHONY: clean
clean: ## Remove what can be made again, but not what the demo keeps
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@rm -rf .coverage htmlcov test-results var/pycache var/static var/bench var/stamps/static
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: .env-run .env-dev
.env-run:
	@scripts/environment run
.env-dev:
	@scripts/environment dev
