# Every verb makes the virtual environment first if need be, of the newest Python that works.
PYTHONS ?= python3.13 python3.12 python3.11 python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL = $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --constraints requirements.lock
COMPILE = $(BIN)/uv pip compile --quiet --no-emit-index-url --custom-compile-command "make lock"
PLATFORMS = x86_64-manylinux_2_28 aarch64-manylinux_2_28 aarch64-apple-darwin
DIRECT = $(COMPILE) --no-deps --no-annotate --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help run test quick coverage lint format lock check clean

help:  ## show these verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

run: $(VENV)/runtime  ## install what is needed and serve the page (options: make run ARGS="--port 8000")
	@$(BIN)/python app.py $(ARGS)

test: $(VENV)/development  ## install what is needed and run the tests (options: make test ARGS="-k tiles")
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

quick: $(VENV)/development  ## run the tests that start no process, no server and no training
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile -m "not slow and not browser" $(ARGS)

coverage: $(VENV)/development  ## run the tests and say which lines none of them reaches
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --cov --cov-report term-missing $(ARGS)

lint: $(VENV)/development  ## look for faults of style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "not as ruff formats it; run: make format"; exit 1; }
	@$(BIN)/ty check --python $(VENV) --output-format concise

format: $(VENV)/development  ## mend what can be mended by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: $(BIN)/uv  ## write the requirements files anew from pyproject.toml; ARGS=--upgrade takes newer indirect ones
	@$(DIRECT) pyproject.toml --output-file requirements.txt >/dev/null
	@$(DIRECT) pyproject.toml --group dev --output-file requirements-dev.txt >/dev/null
	@$(COMPILE) --universal --generate-hashes $(ARGS) pyproject.toml --group dev --output-file requirements.lock >/dev/null
	@for platform in $(PLATFORMS); do for python in 3.11 3.12 3.13; do \
		MACOSX_DEPLOYMENT_TARGET=14.0 $(COMPILE) --only-binary :all: --python-platform $$platform --python-version $$python \
			--constraints requirements.lock pyproject.toml --group dev >/dev/null || exit 1; \
		echo "wheels of all for Python $$python on $$platform"; \
	done; done

check: $(VENV)/runtime  ## build the page and load every bundled model, then stop
	@$(BIN)/python app.py --check

clean:  ## remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .ruff_cache .coverage

$(BIN)/python:
	@for each in $(PYTHONS); do \
		"$$each" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || continue; \
		exec "$$each" -m venv $(VENV); \
	done; \
	echo "Iris needs Python 3.11, 3.12 or 3.13 with venv; found none of: $(PYTHONS)" >&2; exit 1

$(BIN)/uv: | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^ *"\(uv==[^"]*\)".*/\1/p' pyproject.toml)"

$(VENV)/runtime: requirements.txt requirements.lock | $(BIN)/uv
	@$(INSTALL) --requirements requirements.txt
	@$(INSTALL) --no-deps --editable .
	@touch $@

$(VENV)/development: requirements-dev.txt requirements.lock | $(BIN)/uv
	@$(INSTALL) --requirements requirements-dev.txt
	@$(INSTALL) --no-deps --editable .
	@touch $@ $(VENV)/runtime
