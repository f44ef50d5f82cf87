# make demo   a running Dealgraph with a demo company: needs Python 3.11+ and nothing else
# make test   all tests, by two workers (WORKERS=…)      make lint    ruff, mypy, import-linter
# make down   stops what `make demo` started             make bench   figures as a table and as JSON
# make lock   resolves the libraries anew                make clean   removes .venv and .dealgraph

PYTHON ?= python3
# Each worker of the tests has a Neo4j of its own (1.3 GB).
WORKERS ?= 2
BIN    := .venv/bin
SHELL  := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := demo
.PHONY: demo test bench lint down clean lock install

# uv installs in a quarter of pip's time; where it cannot (no wheel, no way through a proxy), pip does the same.
define sync
$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) \
  || $(BIN)/python -m pip install --quiet --require-hashes -r $(1)
$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
endef

demo: .venv/.runtime
	@$(BIN)/python -m api.cli quickstart

test: .venv/.dev
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: .venv/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Run: .venv/bin/ruff format ." >&2; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: .venv/.dev
	@$(BIN)/python -m api.cli bench $(ARGS)

install: .venv/.runtime

down:
	@if [ -x $(BIN)/dealgraph ]; then $(BIN)/dealgraph down; else echo "Nothing was installed here, so nothing runs."; fi

clean:
	@if [ -x $(BIN)/dealgraph ]; then $(BIN)/dealgraph down; fi
	rm -rf .venv .dealgraph build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Dealgraph needs Python 3.11 or newer: name one, as in \`make demo PYTHON=python3.12\`." >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' \
	  || { echo "$(PYTHON) lacks venv: install it (Debian: apt install python3-venv)." >&2; exit 2; }
	@echo "Making .venv"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-uv.lock || echo "uv is not to be had: pip goes on."
	@touch $@

.venv/.runtime: .venv/.made requirements.lock pyproject.toml
	@echo "Installing the libraries (locked, with hashes)"
	@$(call sync,requirements.lock)
	@touch $@

.venv/.dev: .venv/.made requirements-dev.lock pyproject.toml
	@echo "Installing the libraries and the tools of development (locked, with hashes)"
	@$(call sync,requirements-dev.lock)
	@touch $@ .venv/.runtime

# The header of each lock says how it was made; no address of a registry stands in any of them.
lock: .venv/.made
	@for lock in "requirements.lock:pyproject.toml" "requirements-dev.lock:--extra dev -c requirements.lock pyproject.toml" \
	    "requirements-uv.lock:requirements-uv.in"; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" $${lock#*:} -o $${lock%%:*} $(ARGS); \
	done
