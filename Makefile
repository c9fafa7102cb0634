# Every verb makes the virtual environment first if need be.
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test lint format check clean

help:  ## show these verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

run: $(VENV)/runtime  ## install what is needed and serve the page (options: make run ARGS="--port 8000")
	@$(BIN)/python app.py $(ARGS)

test: $(VENV)/development  ## install what is needed and run the tests (options: make test ARGS="-k tiles")
	@$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/development  ## look for faults of style
	@$(BIN)/ruff check .

format: $(VENV)/development  ## mend what can be mended by itself
	@$(BIN)/ruff check --fix .

check: $(VENV)/runtime  ## build the page and load every bundled model, then stop
	@$(BIN)/python app.py --check

clean:  ## remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .ruff_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	@touch $@

$(VENV)/development: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	@touch $@ $(VENV)/runtime
