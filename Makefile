# One command each; every one sets up what it needs. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python

.PHONY: help setup run test test-fast demo check format bench faults lock clean
.DEFAULT_GOAL := help

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(VENV)/.runtime ## virtual environment and locked dependencies

run: $(VENV)/.runtime ## serve the app on http://localhost:8080
	@$(PY) run.py

demo: $(VENV)/.runtime ## serve a seeded team of six, with calendars the demo serves itself
	@$(PY) run.py demo

test: $(VENV)/.dev ## every test, with and without a browser
	@$(PY) -m tests.provide
	@$(PY) -m tests

test-fast: $(VENV)/.dev ## no browser, no PostgreSQL, nothing long
	@$(PY) -m tests --fast

check: $(VENV)/.dev ## format, lint, types, import contracts, files to install with
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	@$(BIN)/hadolint docs/deploy/Dockerfile
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec docs/deploy/compose*.yaml

format: $(VENV)/.dev ## put the code into the house format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## the figures of docs/performance.md, as ratios in one run
	@$(PY) -m bench
	@$(PY) -m bench.due
	@$(PY) -m bench.pages
	@$(PY) -m bench.boards
	@$(PY) -m bench.plans

faults: $(VENV)/.dev ## play what can go wrong, and print the table of docs/reliability.md (about an hour)
	@$(PY) -m bench.faults

lock: ## renew both lock files from pyproject.toml
	$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install --quiet uv
	$(VENV)/lock/bin/uv pip compile pyproject.toml --extra dev --upgrade $(LOCK) --output-file requirements-dev.lock
	$(VENV)/lock/bin/uv pip compile pyproject.toml --constraint requirements-dev.lock $(LOCK) --output-file requirements.lock

# Hashes of every platform's files, and no address of any package index.
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

clean: ## remove the virtual environment and caches; data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, this is $$($(PYTHON) --version). Name another with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up in $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(PY)
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# It names all that the first names, and whatever any of it needs: nothing is left to look for. What is imported is
# compiled then, and most of it never is.
$(VENV)/.dev: requirements-dev.lock requirements.lock | $(PY)
	@$(BIN)/pip install -qq --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements-dev.lock
	@touch $(VENV)/.runtime $@
