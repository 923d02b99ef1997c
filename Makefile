# Every recipe sets up what it needs in .venv; all that must be there beforehand is Python 3.11+ and make.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
DEMO := .venv/demo# a demo registry of synthetic patients and its cut, made once

.PHONY: help demo serve test test-postgresql test-slow simulate test-browser browser fuzz crash screenshots mutants check fix bench lock clean

help: ## list the recipes
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

demo: $(READY) ## print the consult of the worked patient
	@$(BIN)/patency consult examples/acute-severe-adult.yaml
	@echo
	@echo "The same in a browser: make serve, then http://127.0.0.1:8000/examples/acute-severe-adult"

serve: $(DEMO)/.ready ## open the consult and the library in a browser, with the examples and a demo registry's outcomes
	@$(BIN)/patency serve --examples examples --cut $(DEMO)/cut

test: $(READY) ## pass the tests
	$(BIN)/python -m pytest --numprocesses auto

test-postgresql: $(READY) ## pass the registry's tests on a real PostgreSQL as well: those that `make test` runs on SQLite alone
	PATENCY_POSTGRESQL=required $(BIN)/python -m pytest --numprocesses auto --database postgresql tests/registry

test-slow: $(READY) ## pass the long random tests too, at twenty times the examples
	PATENCY_EXAMPLES=20 $(BIN)/python -m pytest -m "slow or not slow"

fuzz: $(READY) ## send the application 20,000 requests that nobody meant, or PATENCY_FUZZ of them
	PATENCY_FUZZ=$${PATENCY_FUZZ:-20000} $(BIN)/python -m pytest -s tests/fuzz

crash: $(READY) ## kill the registry's writers, and PostgreSQL, 200 times on each database, or PATENCY_CRASHES times
	PATENCY_CRASHES=$${PATENCY_CRASHES:-200} $(BIN)/python -m pytest -s tests/registry/test_crash.py

mutants: $(READY) ## let every mistake loose that a test can breed, and list those that nothing catches
	PATENCY_MUTANTS=all $(BIN)/python -m pytest -s tests/mutants

simulate: $(READY) ## hold every estimator against the truth of the demo model, 1,000 runs each or PATENCY_RUNS, into docs/simulations.md
	PYTHONPATH=tests $(BIN)/python -m outcome.simulation.coverage

test-browser: browser ## check the pages and people's journeys in a real browser, which is fetched where there is none
	PATENCY_BROWSER=required $(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m "not slow" tests/browser

screenshots: browser ## take a picture of each page, on a desktop and a phone, light, dark and printed, into screenshots/
	$(BIN)/python -m tests.browser.screenshots

browser: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-browser.lock
	command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome || $(BIN)/python -m playwright install --with-deps chromium

check: $(READY) ## look for faults in code and content; changes nothing
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/patency guideline check
	$(BIN)/patency guideline prove
	$(BIN)/patency instrument check

fix: $(READY) ## let the tools mend what a machine may
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY) ## measure speed, as ratios to what is bare and measured in the same run
	$(BIN)/python benchmarks/consult.py
	$(BIN)/python benchmarks/over_http.py
	$(BIN)/python benchmarks/tabulate.py
	$(BIN)/python benchmarks/registry_visit.py
	$(BIN)/python benchmarks/registry_import.py
	$(BIN)/python benchmarks/registry_cut.py
	$(BIN)/python benchmarks/estimators.py
	$(BIN)/python benchmarks/registry_rules.py

lock: $(READY) ## write the three lock files anew from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra browser --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet --output-file requirements-browser.lock
	$(BIN)/uv pip compile pyproject.toml --extra proof --constraint requirements.lock --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements-serve.lock

clean: ## remove what the recipes made
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis

$(DEMO)/.ready: $(READY) $(wildcard src/patency/registry/cutting/*.py)
	@echo "making a demo registry of 400 synthetic patients in $(DEMO) (once; some 10 seconds)"
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	@export PATENCY_PASSWORD=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(18))') && \
		$(BIN)/patency registry demo $(DEMO)/registry --patients 400 --seed 7 >$(DEMO)/made.txt && \
		$(BIN)/patency registry cut $(DEMO)/registry $(DEMO)/cut --user statistician >>$(DEMO)/made.txt
	@touch $@

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Patency needs Python 3.11 or newer; name one with make PYTHON=...")'
	@echo "setting up .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src/patency
	@touch $(READY)
