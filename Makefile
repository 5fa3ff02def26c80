.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
# Processes that share the tests, each with servers of its own. Modules stay whole, and those of
# the integration tests, which take longest, begin.
PROCESSES ?= 2
PARALLEL := -n $(PROCESSES) --dist loadfile --no-loadscope-reorder
# The first Python of a version that is taken; say PYTHON=... for another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && { command -v "$$p"; break; }; done)
UV := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-annotate --quiet --custom-compile-command "make lock" $(UPGRADE)
DEV := $(foreach extra,web worker embedded s3 heic checkout diffusers dev,--extra $(extra))
# What benchmarks compare with is installed beside the rest for them alone.
BENCH := $(foreach extra,web worker embedded s3 heic checkout bench,--extra $(extra))

.PHONY: help
help:  ## Show this list
	@grep -E '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sort \
	| awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: run
run: install-all motifs  ## Install what is missing, start everything here, draw a first design
	@exec $(BIN)/codesigner up --demo

.PHONY: stop
stop:  ## Stop what `make run` started in the home folder
	@$(BIN)/codesigner stop

.PHONY: test
test: lint motifs  ## Run the linters, then all tests but the long ones; ARGS="-k lease" for some
	@$(BIN)/python -m pytest -m "not long" $(PARALLEL) $(ARGS)

.PHONY: test-long
test-long: install-dev  ## Run the tests that take minutes: soak, browser, whole installations, fuzzing
	@$(BIN)/python -m pytest -m long $(ARGS)

.PHONY: lint
lint: install-dev  ## Run linter, formatter check, type checker and import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

.PHONY: check
check: test test-long  ## Run everything that continuous integration runs

.PHONY: motifs
motifs:  ## Install the motif library; everything works without it
	-@$(BIN)/codesigner motifs install

.PHONY: hooks
hooks: install-dev  ## Have git run linter and formatter before each commit
	@$(BIN)/pre-commit install

.PHONY: soak
soak: install-dev  ## Put an installation under every fault; ARGS="--seed 2 --kills 1000 --minutes 60"
	@$(BIN)/python -m tests.soak $(ARGS)

.PHONY: soak-mutants
soak-mutants: install-dev  ## Show that the soak fails when any one safeguard is taken out
	@$(BIN)/python -m tests.soak.mutants $(ARGS)

.PHONY: bench
bench: install-bench  ## Measure everything, at most 40 minutes; ARGS="rest noop" measures some
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: bench-gpu
bench-gpu: install-bench  ## Measure the stages on a GPU, at most ten minutes
	@timeout 600 $(BIN)/python -m benchmarks.gpu $(ARGS)

.PHONY: pictures
pictures: install-dev  ## Draw the pictures of docs/design.md and of the own motifs anew
	@$(BIN)/python -m benchmarks.motif_pictures
	@$(BIN)/python -m benchmarks.design_pictures

.PHONY: screenshots
screenshots: install-dev  ## Take pictures of all pages into build/screenshots; ARGS="form queue" takes some
	@$(BIN)/python -m tests.screenshots $(ARGS)

.PHONY: lock
lock: install-dev  ## Write the requirements files anew; UPGRADE=--upgrade for newer versions
	$(UV) $(DEV) -o requirements/dev.txt
	$(UV) --extra web --extra worker --extra embedded --extra s3 --extra heic --extra checkout -c requirements/dev.txt -o requirements/all.txt
	$(UV) --extra web --extra s3 --extra heic --extra checkout -c requirements/dev.txt -o requirements/web.txt
	$(UV) $(BENCH) -c requirements/dev.txt -o requirements/bench.txt

.PHONY: clean
clean:  ## Remove the virtual environment, caches and builds, but no designs
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: install-all install-dev install-bench python
install-all install-dev install-bench: install-%: python
	@$(PYTHON) requirements/install.py $(VENV) $*

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 with its venv module is needed" \
	"(on Debian and Ubuntu: apt install python3 python3-venv)" >&2; exit 1; }
