# The two that matter: `make demo` and `make test`. Both set themselves up.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install -q --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade --no-header
LINT := .cache/venvs/deploy/bin
KUBERNETES := 1.37
WORKERS ?= 2

.DEFAULT_GOAL := help

.PHONY: help
help: ## what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-19s %s\n", $$1, $$2}'

.venv/.ready: requirements/dev.txt pyproject.toml
	@echo "Setting up .venv (about half a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "fngraph needs Python 3.11 or newer")'
	@$(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

gateway/http/page/index.html: web/package-lock.json web/index.html web/rest.html web/vite.config.js $(shell find web/src -type f 2>/dev/null)
	@echo "Building the page (about half a minute) ..."
	@cd web && npm ci --ignore-scripts --no-audit --no-fund --silent && npm run --silent build

.PHONY: setup
setup: .venv/.ready ## make .venv with the pinned packages

.PHONY: page
page: gateway/http/page/index.html ## build the pages that GET /graph and GET /rest show

.PHONY: demo
demo: setup page ## run the gateway over four stand-ins with example data
	@$(BIN)/fngraph demo

.PHONY: serve
serve: setup page ## run the gateway over the upstreams of fngraph.toml
	@$(BIN)/fngraph serve

.PHONY: test
test: setup page ## run the tests (without the slow ones)
	@$(BIN)/pytest -n $(WORKERS) -m "not slow"

.PHONY: test-slow
test-slow: setup page ## run the slow tests: vendor clients, real servers, browsers
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile -m slow

.PHONY: format
format: setup ## rewrite the code in the house format
	@$(BIN)/ruff check -q --fix-only .
	@$(BIN)/ruff format -q .

.PHONY: lint
lint: setup ## format, lint, types and import contracts, without changing anything
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

.PHONY: check
check: lint schema-check test ## everything that must hold before a commit

.PHONY: schema
schema: setup ## print the schema to schema.graphql
	@$(BIN)/fngraph schema > schema.graphql

.PHONY: schema-check
schema-check: setup ## compare the schema with the last release's
	@$(BIN)/fngraph schema --check tests/released/schema.graphql

.PHONY: settings-reference
settings-reference: setup ## print the reference of all settings to docs/settings.md
	@$(BIN)/fngraph settings > docs/settings.md

.cache/venvs/%/.ready: requirements/%.txt | setup
	@echo "Setting up $(@D) ..."
	@$(BIN)/uv venv -q --clear --python $(BIN)/python $(@D)
	@$(BIN)/uv pip install -q --python $(@D) --require-hashes -r $<
	@touch $@

.PHONY: docs
docs: .cache/venvs/docs/.ready ## build the documentation into site/, with all its links checked
	@NO_MKDOCS_2_WARNING=1 .cache/venvs/docs/bin/mkdocs build --strict
	@! grep -rnE "<(script|link|img|iframe)[^>]* (src|href)=.?https?://" site --include="*.html"

.PHONY: build
build: setup page ## build the wheel, the source distribution and their bills of materials into dist/
	@rm -rf dist
	@$(BIN)/uv build -q --offline --no-build-isolation --python $(BIN)/python
	@$(MAKE) --no-print-directory sbom

.PHONY: sbom
sbom: .cache/venvs/runtime/.ready .cache/venvs/supply-chain/.ready ## write only these, in CycloneDX
	@mkdir -p dist
	@.cache/venvs/supply-chain/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application \
	  --output-reproducible -o dist/fngraph.cdx.json .cache/venvs/runtime
	@$(BIN)/python -m supply_chain.page_sbom > dist/fngraph-page.cdx.json

.PHONY: licences
licences: setup ## print the licences of all packages to docs/licences.md
	@$(BIN)/python -m supply_chain.licences > docs/licences.md

.PHONY: audit
audit: .cache/venvs/supply-chain/.ready ## known vulnerabilities of the pinned packages
	@$(BIN)/python -m supply_chain.audit

.PHONY: lint-deploy
lint-deploy: .cache/venvs/deploy/.ready ## check the Dockerfile, the compose file and the Kubernetes manifests
	@$(LINT)/hadolint deploy/Dockerfile
	@$(LINT)/yamllint --strict -c deploy/yamllint.yaml deploy
	@$(LINT)/check-jsonschema -q --builtin-schema vendor.compose-spec deploy/docker-compose.yaml
	@$(LINT)/kubernetes-validate --quiet --strict -k $(KUBERNETES) deploy/kubernetes/*.yaml deploy/kubernetes/*/*.yaml

.PHONY: lock
lock: setup ## pin the newest versions, with hashes
	$(COMPILE) pyproject.toml -o requirements/runtime.txt
	$(COMPILE) -c requirements/runtime.txt pyproject.toml --group dev -o requirements/dev.txt
	$(COMPILE) requirements/docs.in -o requirements/docs.txt
	$(COMPILE) requirements/deploy.in -o requirements/deploy.txt
	$(COMPILE) requirements/supply-chain.in -o requirements/supply-chain.txt
	$(COMPILE) -c requirements/dev.txt requirements/build.in -o requirements/build.txt

.PHONY: bench
bench: setup ## measure the gateway beside its peers, at most 40 minutes
	@$(BIN)/python -m benchmarks

.PHONY: bench-quick
bench-quick: setup ## what matters most of it, in about four minutes
	@$(BIN)/python -m benchmarks --quick

.PHONY: load
load: setup ## five minutes of load over faulty upstreams, then one SIGTERM
	@$(BIN)/python -m benchmarks.load

.PHONY: bench-profile
bench-profile: setup ## where the CPU of the hot path goes
	@$(BIN)/python -m benchmarks.hot_path
