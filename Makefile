# make test installs what the tests need and runs them all; make help lists the rest.
.DEFAULT_GOAL := help
.PHONY: help setup engines check test test-fast test-scheduler bless soak mutants docs lock

# uv of this machine, or one in a private virtual environment.
UV := $(shell command -v uv || echo .venv-uv/bin/uv)
export PATH := $(dir $(UV)):$(PATH)
PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest
# Three workers on two cores, for an engine waits more than it computes; one test at a time, for some take seconds and some minutes.
PARALLEL := -n 3 --maxschedchunk=1
ENGINES := PYTHONPATH=tests $(PYTHON) -m engines.setup

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv-uv/bin/uv:
	python3 -m venv .venv-uv
	.venv-uv/bin/python -m pip install --quiet uv

setup: $(filter .venv-uv/bin/uv,$(UV)) ## install wfc with its development tools into .venv
	$(UV) sync --quiet --frozen

engines: setup ## install the real engines that have their toolchain here
	$(ENGINES) all

check: setup ## format, lint and types
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/pyright

test: setup ## every test, with the real engines
	-@$(ENGINES) all
	$(PYTEST) $(PARALLEL) $(ARGS)

test-fast: setup ## the tests that need no engine
	$(PYTEST) -m "not engine and not scheduler" $(ARGS)

test-scheduler: setup ## the tests on Airflow's scheduler
	$(PYTEST) -m scheduler $(ARGS)

bless: setup ## write the golden files anew (look at the difference before you commit it)
	$(PYTEST) -m "not engine and not scheduler" --bless $(ARGS)

soak: setup ## the property tests with many more examples; N=300: so many random flows on each engine instead
	$(if $(N),WFC_RANDOM_FLOWS=$(N) $(PYTEST) tests/test_random_flows.py,HYPOTHESIS_PROFILE=soak $(PYTEST) -m "not engine and not scheduler") $(ARGS)

mutants: setup ## break the compiler on purpose, in each way of tests/mutants, and see that a test notices
	PYTHONPATH=tests $(PYTHON) -m mutants $(ARGS)

docs: setup ## write the generated pages anew
	$(PYTHON) -m wfc.docgen && $(PYTHON) -m wfc.docgen_actions && $(PYTHON) -m wfc.build_checks_page
	PYTHONPATH=tests $(PYTHON) -m conformance.table

lock: ## resolve the pinned versions of the engines anew
	$(UV) pip compile -q --no-header --no-emit-index-url --python-version 3.11 \
	  tests/engines/airflow/requirements.in -o tests/engines/airflow/requirements.txt
	cd tests/engines/github/js && npm install --package-lock-only --omit-lockfile-registry-resolved=true
