# Everything a person does with this checkout. Needs Python >= 3.11 (with venv) and make, nothing else.
# The first target installs what the lock files pin, by hash, into .venv and web/third; second runs find it there.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
# PYTHON=/usr/bin/python3.12 make install   chooses the interpreter; otherwise the first that will do.
PYTHON ?=
# What browsers load of npm's packages, and what checks that side.
THIRD := web/third/LICENCES.txt
WEB_CHECKS := build/web/node_modules/typescript/package.json
WEB_LOCK := web/package.json web/package-lock.json web/.npmrc web/licences/zxing-cpp.txt tools/web.py requirements/node.txt
LOCK_TOOLS := build/lock-tools
LOCK := $(LOCK_TOOLS)/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--fork-strategy fewest --no-header --no-annotate --no-emit-index-url --no-emit-find-links $(LOCK_OPTIONS)
DEMO_OPTIONS ?=
LOCK_OPTIONS ?=

.PHONY: help run test check bench release install format lock clean packages

help:  ## Say what can be made.
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.portique-run $(THIRD)  ## Start the demo: a synthetic school, its server and two gates (DEMO_OPTIONS="--camera 0").
	@exec $(VENV)/bin/portique demo $(DEMO_OPTIONS)

test: $(VENV)/.portique-dev $(WEB_CHECKS) packages  ## Run every test but the long campaigns, and enforce coverage (< 30 min).
	@$(PY) tools/checks.py test

check: $(VENV)/.portique-dev $(WEB_CHECKS)  ## Lint, types, import contracts and the fast tests (< 2 min).
	@$(PY) tools/checks.py check

bench: $(VENV)/.portique-dev packages  ## Measure speed against the peers, on this machine, in one run.
	@exec $(VENV)/bin/portique bench

release: $(VENV)/.portique-dev $(WEB_CHECKS) packages  ## Run the long campaigns: mutations by the million, kills by the thousand (hours).
	@$(PY) tools/checks.py release

install: $(VENV)/.portique-run $(THIRD)  ## Install what a gate and the demo need, from hash-pinned lock files.

format: $(VENV)/.portique-dev $(WEB_CHECKS)  ## Give every file its one form: ruff for Python, Prettier for JavaScript.
	@$(PY) tools/checks.py format

lock: $(LOCK_TOOLS)/.installed  ## Write the lock files anew from pyproject.toml and requirements/*.in (LOCK_OPTIONS=--upgrade for newer).
	$(LOCK) --extra dev pyproject.toml requirements/build.in --output-file requirements/dev.txt
	$(LOCK) --extra demo --constraint requirements/dev.txt pyproject.toml requirements/build.in \
		--output-file requirements/run.txt
	$(LOCK) --extra postgresql --constraint requirements/dev.txt pyproject.toml \
		--output-file requirements/postgresql.txt
	$(LOCK) requirements/tools.in --output-file requirements/tools.txt
	$(LOCK) requirements/node.in --output-file requirements/node.txt
	@$(LOCK_TOOLS)/bin/python tools/web.py lock

clean:  ## Remove everything made here: the environment, caches, builds, the demo's school.
	rm -rf $(VENV) build dist demo web/third .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -f .coverage .coverage.*
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

packages:
	@bash tools/packages

# One environment serves everything; the stamps say how much of it is there.
$(VENV)/.portique-python: tools/environment
	@bash tools/environment $(VENV) $(PYTHON)
	@touch $@

$(VENV)/.portique-run: $(VENV)/.portique-python requirements/run.txt pyproject.toml
	@echo 'Installing Portique and what it needs into $(VENV) (once) ...'
	@$(PIP) install --quiet --require-hashes --requirement requirements/run.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.portique-dev: $(VENV)/.portique-python requirements/dev.txt pyproject.toml
	@echo 'Installing Portique and what its checks need into $(VENV) (once) ...'
	@$(PIP) install --quiet --require-hashes --requirement requirements/dev.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.portique-run $@

$(THIRD): $(WEB_LOCK) | $(VENV)/.portique-python
	@echo 'Fetching the web modules into web/third (once) ...'
	@$(PY) tools/web.py modules

$(WEB_CHECKS): $(WEB_LOCK) | $(THIRD)
	@echo 'Fetching what checks the web side (once) ...'
	@$(PY) tools/web.py checks
	@touch $@

$(LOCK_TOOLS)/.installed: requirements/tools.txt tools/environment
	@bash tools/environment $(LOCK_TOOLS) $(PYTHON)
	@$(LOCK_TOOLS)/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes \
		--requirement requirements/tools.txt
	@touch $@
