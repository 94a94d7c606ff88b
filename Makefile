# Everything a person or a pipeline runs. `make demo` needs Python 3.11 or newer, and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed

.PHONY: demo test installed test-matrix test-faults test-mutants lint format bench brokers brokers-stop docs requirements clean

demo: $(RUN_STAMP)
	@MQINFRA=$(abspath $(BIN)/mqinfra) sh examples/quickstart/demo.sh

# Fetching brokers waits for the network, and mypy takes a processor: they go side by side.
test: $(DEV_STAMP)
	@$(MAKE) --no-print-directory -j2 lint installed
	@$(BIN)/python -m tests.runs

installed: $(DEV_STAMP)
	$(BIN)/python -m tests.brokers install

test-matrix: $(DEV_STAMP)
	$(BIN)/python -m tests.brokers install --matrix
	@$(BIN)/python -m tests.runs matrix

# Crashes at every request and every reply, and the faults that take long; an ordinary run has a sample of them.
test-faults: $(DEV_STAMP)
	$(BIN)/python -m tests.brokers install
	@$(BIN)/python -m tests.runs faults

# Takes one defence after the other away, and requires its test to fail.
test-mutants: $(DEV_STAMP)
	$(BIN)/python -m tests.mutants

lint: $(DEV_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(DEV_STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEV_STAMP)
	$(BIN)/python -m tests.brokers install
	$(BIN)/python -m tests.bench

brokers: $(DEV_STAMP)
	$(BIN)/python -m tests.brokers install
	$(BIN)/python -m tests.brokers up --version 4
	$(BIN)/python -m tests.brokers up --version 3.9

brokers-stop: $(DEV_STAMP)
	$(BIN)/python -m tests.brokers down

docs: $(DEV_STAMP)
	$(BIN)/python -m pytest -q tests/unit/test_docs.py tests/unit/schema/test_schema_files.py --update-golden

requirements: $(DEV_STAMP)
	$(BIN)/pip-compile -q --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host -o requirements/run.txt pyproject.toml
	$(BIN)/pip-compile -q --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --extra dev -o requirements/dev.txt pyproject.toml

clean:
	rm -rf $(VENV) .cache dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "mqinfra needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): $(BIN)/python requirements/run.txt pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
