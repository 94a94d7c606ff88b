# Everything a person or a pipeline runs. `make demo` needs Python 3.11 or newer, and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed

.PHONY: demo test test-matrix test-faults test-mutants lint format bench brokers brokers-stop docs requirements clean

demo: $(RUN_STAMP)
	@MQINFRA=$(abspath $(BIN)/mqinfra) sh examples/quickstart/demo.sh

# Five runs side by side, because those with brokers mostly wait for them: RabbitMQ and Kafka in two parts each, of which
# Kafka 3.9 goes before the second, and the quick ones, which are all without a broker and those with Redis or a schema
# registry. What failed is said last, as the end of a log is what people see first.
BROKERS := tests/integration tests/brokers_selftest
APART := faults ownership provider verification
RABBITMQ_APART := $(APART:%=tests/integration/rabbitmq/%)
KAFKA_APART := $(APART:%=tests/integration/kafka/%)
RUNS := older-kafka rabbitmq-apart rabbitmq kafka-apart quick kafka
define run-tests
rm -f $(VENV)/*-cells.txt; \
$(BIN)/python -m pytest $(1) --broker none --broker redis --broker registry --cells $(VENV)/quick-cells.txt \
  > $(VENV)/quick-tests.txt 2>&1 & quick=$$!; \
$(BIN)/python -m pytest $(1) --broker rabbitmq --cells $(VENV)/rabbitmq-apart-cells.txt $(RABBITMQ_APART) \
  > $(VENV)/rabbitmq-apart-tests.txt 2>&1 & rabbit_apart=$$!; \
$(BIN)/python -m pytest $(1) --broker rabbitmq --cells $(VENV)/rabbitmq-cells.txt $(BROKERS) \
  $(RABBITMQ_APART:%=--ignore=%) > $(VENV)/rabbitmq-tests.txt 2>&1 & rabbit=$$!; \
{ $(BIN)/python -m pytest $(1) --broker kafka -k 3.9 --cells $(VENV)/older-kafka-cells.txt $(BROKERS) \
  > $(VENV)/older-kafka-tests.txt 2>&1; older=$$?; \
  $(BIN)/python -m pytest $(1) --broker kafka -k 'not 3.9' --cells $(VENV)/kafka-apart-cells.txt $(KAFKA_APART) \
  > $(VENV)/kafka-apart-tests.txt 2>&1 && exit $$older; } & kafka_apart=$$!; \
$(BIN)/python -m pytest $(1) --broker kafka -k 'not 3.9' --cells $(VENV)/kafka-cells.txt $(BROKERS) \
  $(KAFKA_APART:%=--ignore=%) > $(VENV)/kafka-tests.txt 2>&1; kafka=$$?; \
failed=0; for run in $$quick $$rabbit_apart $$rabbit $$kafka_apart; do wait $$run || failed=1; done; \
for run in $(RUNS); do echo "== $$run"; tail -n 90 $(VENV)/$$run-tests.txt; done; \
$(BIN)/python -m tests.cells $(VENV)/*-cells.txt; cells=$$?; \
for run in $(RUNS); do \
  grep -hE '^(FAILED|ERROR) ' $(VENV)/$$run-tests.txt | cut -c 1-240 | head -n 20; \
  echo "$$run: $$(tail -n 1 $(VENV)/$$run-tests.txt)"; \
done; \
test $$failed -eq 0 && test $$kafka -eq 0 && test $$cells -eq 0
endef

test: lint
	$(BIN)/python -m tests.brokers install
	@$(call run-tests)

test-matrix: $(DEV_STAMP)
	$(BIN)/python -m tests.brokers install --matrix
	@$(call run-tests,--matrix)

# Crashes at every request and every reply, and the faults that take long; an ordinary run has a sample of them.
test-faults: $(DEV_STAMP)
	$(BIN)/python -m tests.brokers install
	@$(BIN)/python -m pytest --faults --hypothesis-profile=explore tests/faults tests/ownership > $(VENV)/quick-faults.txt 2>&1 & quick=$$!; \
	$(BIN)/python -m pytest --faults tests/integration/rabbitmq/faults tests/integration/rabbitmq/ownership > $(VENV)/rabbitmq-faults.txt 2>&1 & rabbit=$$!; \
	$(BIN)/python -m pytest --faults tests/integration/redis/faults tests/integration/redis/ownership > $(VENV)/redis-faults.txt 2>&1 & redis=$$!; \
	$(BIN)/python -m pytest --faults tests/integration/kafka/faults tests/integration/kafka/ownership tests/integration/kafka/verification \
	  tests/integration/kafka/e2e/test_killed.py tests/integration/kafka/monitoring; kafka=$$?; \
	wait $$rabbit; rabbit=$$?; wait $$redis; redis=$$?; wait $$quick; quick=$$?; \
	tail -n 60 $(VENV)/rabbitmq-faults.txt $(VENV)/redis-faults.txt $(VENV)/quick-faults.txt; \
	test $$kafka -eq 0 && test $$rabbit -eq 0 && test $$redis -eq 0 && test $$quick -eq 0

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
