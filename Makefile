# The two that matter: `make demo` and `make test`. Both set themselves up.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help

.PHONY: help
help: ## what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/.ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: setup
setup: .venv/.ready ## make .venv with the pinned packages

.PHONY: lock
lock: setup ## pin the versions anew, with hashes
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade --no-header pyproject.toml -o requirements/runtime.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade --no-header -c requirements/runtime.txt pyproject.toml --group dev -o requirements/dev.txt
