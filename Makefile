# make run starts Hydrogen with its demo; make help lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PORT ?= $(or $(HYDROGEN_PORT),5000)
CONTENDERS ?= hydrogen,hello,datasette
BENCH_FLAGS ?=
FAULTS_FLAGS ?=
SWIFT_FILES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

.PHONY: help
help: ## what each target does
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name text; do \
		printf '  make %-12s %s\n' "$$name" "$$text"; done

.PHONY: release
release: ## build the optimised binary, .build/release/hydrogen
	@scripts/ensure-tools run
	swift build -c release --product hydrogen

.PHONY: run
run: release ## build and start on config/hydrogen.json, a demo database (PORT=5000); Ctrl-C lands
	@echo
	@echo "Hydrogen on http://127.0.0.1:$(PORT), once its log says READY FOR REQUESTS. Try:"
	@echo "  curl http://127.0.0.1:$(PORT)/api/query/Demo/1/fast/id=17"
	@echo "  curl http://127.0.0.1:$(PORT)/api/query/Demo/2/fast"
	@echo "  curl http://127.0.0.1:$(PORT)/api/system/health"
	@echo
	@HYDROGEN_PORT=$(PORT) exec .build/release/hydrogen run --config config/hydrogen.json

# Hundreds of flights at once would only take turns on the processors.
TESTS_AT_ONCE ?= 16

.PHONY: test
test: ## everything: unit tests, real servers of every engine, and the real (debug) binary end to end
	@scripts/ensure-tools test
	swift build --build-tests
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TESTS_AT_ONCE) HYDROGEN_BINARY="$$(swift build --show-bin-path)/hydrogen" \
		scripts/with-all-engines scripts/with-fakeai swift test --skip-build --disable-xctest
	HYDROGEN_ALONE=1 swift test --skip-build --disable-xctest --no-parallel --filter 'ManyFlightsTests|ManyDatabaseFlightsTests'

.PHONY: conformance
conformance: ## what every engine owes, case by case, as a table of those that are here
	@scripts/ensure-tools test
	swift build --build-tests
	rm -f .build/conformance.tsv
	HYDROGEN_CONFORMANCE_REPORT="$(CURDIR)/.build/conformance.tsv" \
		scripts/with-all-engines swift test --skip-build --disable-xctest --filter 'Conformance.*Tests'
	scripts/conformance-table .build/conformance.tsv

.PHONY: bench
bench: release ## measure against the baselines, and print the ratios with their goals
	@scripts/ensure-tools bench
	python3 Benchmarks/run.py --only $(CONTENDERS) $(BENCH_FLAGS)

.PHONY: bench-short
bench-short: release ## the same in half a minute: fails on broken answers, never on speed
	@scripts/ensure-tools bench
	python3 Benchmarks/run.py --short --only $(CONTENDERS) $(BENCH_FLAGS)

.PHONY: bench-postgresql
bench-postgresql: release ## the same on a PostgreSQL of its own, beside pgbench and FastAPI
	@scripts/ensure-tools bench
	HYDROGEN_PG_SETTINGS="-c max_connections=400 -c shared_buffers=256MB" \
		scripts/with-postgresql python3 Benchmarks/postgresql.py $(BENCH_FLAGS)

.PHONY: bench-mysql
bench-mysql: release ## the same on a MariaDB of its own, beside a loop on its client library
	@scripts/ensure-tools bench
	scripts/with-mariadb python3 Benchmarks/mysql.py $(BENCH_FLAGS)

.PHONY: bench-queue
bench-queue: release ## the message queue on a PostgreSQL of its own, beside bare inserts of the same rows
	@scripts/ensure-tools bench
	HYDROGEN_PG_SETTINGS="-c shared_buffers=256MB -c shared_preload_libraries=pg_stat_statements" \
		scripts/with-postgresql python3 Benchmarks/message_queue.py $(BENCH_FLAGS)

.PHONY: faults
faults: release ## kill, cut off, exhaust and flood real databases under load, for half an hour
	@scripts/ensure-tools test
	python3 Tests/Faults/run.py $(FAULTS_FLAGS)

.PHONY: queue-clients
queue-clients: release ## play Queen MQ's own clients on the message queue
	@scripts/ensure-tools test
	scripts/with-postgresql python3 Tests/QueueClients/run.py $(CLIENTS_FLAGS)

.PHONY: format
format: ## lay out the Swift sources
	swift format --in-place --recursive --parallel $(SWIFT_FILES)

.PHONY: lint
lint: ## check layout and documentation of the Swift sources
	swift format lint --strict --recursive --parallel $(SWIFT_FILES)

.PHONY: clean
clean: ## remove all that was built or downloaded
	rm -rf .build .build-bench Benchmarks/.build
