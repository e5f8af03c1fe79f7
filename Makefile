# What people and the continuous integration run: the same targets. `make help` lists them.

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run test fmt python clippy features unit docs openapi-valid references commands figures workbooks page page-engine browser instructions toolchain lake-build openapi fuzz deny sbom test-clients test-schema test-traces test-container test-deploy test-hold test-lake test-load test-mass test-sql bench bench-sql clean

STEP := scripts/step
# Where rustup puts cargo, for shells that have not been told.
export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

run: ## serve on http://127.0.0.1:8000/
	@cargo run --release --locked

test: toolchain fmt python clippy features unit docs openapi-valid references commands figures workbooks page browser ## everything that proves the code: format, names, lints, features, tests, docs, OpenAPI

fmt: toolchain ## is the code formatted as rustfmt would?
	@$(STEP) "format" cargo fmt --all --check

python: ## names that Python scripts use and never define, imports that they never use
	@scripts/python-tools
	@$(STEP) "names in Python" .venv/bin/python -m pyflakes $(shell git ls-files '*.py') $(shell git grep -lE '^#!.*python' -- ':!*.py')

clippy: toolchain ## lints of every target, warnings denied; from nothing minutes, as they check dependencies apart from a build
	@$(STEP) "lints" cargo clippy --quiet --locked --workspace --all-targets -- --deny warnings

features: toolchain ## the libraries with none of their features and with each alone, the program with none
	@$(STEP) "features" scripts/features

unit: toolchain ## all tests, doc tests included: a line for each suite as it ends
	@$(STEP) --live "tests" scripts/suites

docs: toolchain ## the documentation of the crates, warnings denied
	@RUSTDOCFLAGS='--deny warnings' $(STEP) "documentation" cargo doc --quiet --locked --no-deps --workspace

openapi-valid: ## openapi/openapi.json against the standard, by an independent validator
	@scripts/python-tools
	@$(STEP) "OpenAPI document" .venv/bin/openapi-spec-validator --schema 3.1 openapi/openapi.json

references: toolchain ## the figures against numpy, scipy and mpmath on thousands of cases
	@scripts/python-tools
	@$(STEP) --show 'agree with' "references" scripts/against-references

commands: toolchain ## every command of README.md and docs/, with its printed output
	@command -v curl >/dev/null || scripts/debian-packages curl
	@cargo build --quiet --locked
	@$(STEP) --show 'commands of' "commands" python3 tests/docs/commands.py target/debug/describe-api

figures: ## the measured figures of the documents against benches/figures.json
	@$(STEP) --show '^Ran ' "plumbing of figures" python3 tests/docs/figures.py
	@$(STEP) --show 'figures in' "figures" benches/update-docs --check

openapi: toolchain ## write openapi/openapi.json anew
	@scripts/renew-openapi

test-clients: toolchain ## clients that generators make of the OpenAPI document, and the programs of docs/clients.md and of the page
	@scripts/python-tools .venv-clients tests/clients/requirements.txt
	@scripts/node-tools target/clients tests/clients
	@cargo build --quiet --locked --features mcp
	@$(STEP) --show passed "clients" .venv-clients/bin/python -B tests/clients/check.py target/debug/describe-api target/clients
	@Rscript -e 'library(httr2); library(jsonlite)' >/dev/null 2>&1 || scripts/debian-packages r-base-core r-cran-httr2 r-cran-jsonlite
	@$(STEP) --show passed "docs/clients.md" .venv-clients/bin/python -B tests/clients/snippets.py target/debug/describe-api target/clients
	@$(STEP) --show passed "programs of the page" .venv-clients/bin/python -B tests/clients/programs.py target/debug/describe-api target/clients

CASES ?= 20000
test-schema: toolchain ## 20,000 valid and invalid requests made of the OpenAPI document, or CASES=5000
	@scripts/python-tools .venv-schema tests/schema/requirements.txt
	@cargo build --quiet --locked
	@$(STEP) --show 'agree with' "schema" tests/schema/check target/debug/describe-api $(CASES)

test-traces: toolchain ## the spans that a collector gets, of a build with the feature
	@$(STEP) --show '^test result' "traces" cargo test --quiet --locked --features otlp --test e2e traces

test-container: ## build the image, run it on a real engine, and check how it is locked up
	@tests/container/check

test-deploy: toolchain ## the AWS templates, the CI workflow, alerts and dashboard, and the program as a Lambda function
	@scripts/python-tools .venv-deploy tests/deploy/requirements.txt
	@$(STEP) "templates" .venv-deploy/bin/cfn-lint $(filter-out deploy/alerts.yaml,$(wildcard deploy/*.yaml))
	@$(STEP) "workflow" .venv-deploy/bin/actionlint -shellcheck= -pyflakes= .github/workflows/*.yaml
	@$(STEP) --show 'are pinned' "pins" scripts/pin --check
	@$(STEP) --show '^Ran ' "script of pins" python3 tests/deploy/test_pins.py
	@$(STEP) "program" cargo build --quiet --locked
	@$(STEP) --show '^Ran ' "alerts and dashboard" .venv-deploy/bin/python tests/deploy/test_monitoring.py target/debug/describe-api
	@$(STEP) --show '^Ran ' "stacks" .venv-deploy/bin/python tests/deploy/test_stacks.py target/debug/describe-api
	@$(STEP) --show '^(Ran |cold start)' "Lambda" .venv-deploy/bin/python tests/deploy/test_lambda.py target/debug/describe-api

test-sql: toolchain ## statements of `sql` on PostgreSQL, DuckDB, ClickHouse and Spark, against `describe`; minutes to install them
	@scripts/python-tools .venv-sql tests/sql/requirements.txt
	@ls -d /usr/lib/postgresql/*/bin >/dev/null 2>&1 || scripts/debian-packages postgresql
	@command -v java >/dev/null || scripts/debian-packages default-jre-headless
	@cargo build --quiet --locked
	@$(STEP) --show '^Ran ' "databases" .venv-sql/bin/python -B tests/sql/databases.py target/debug/describe-api

# Built trees of the query engine, which are used again by later clones.
LAKE_TARGET ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/describe-api/lake-target
lake-build: toolchain
	@cd crates/describe-datafusion && CARGO_TARGET_DIR=$(LAKE_TARGET) cargo build --quiet --locked --all-targets

test-lake: toolchain ## describe-lake and the aggregate functions of DataFusion, against `describe`; minutes to build from nothing
	@scripts/python-tools .venv-lake tests/lake/requirements.txt
	@cargo build --quiet --locked
	@$(STEP) --show '^test result' "lake" env CARGO_TARGET_DIR=$(LAKE_TARGET) scripts/lake-tests
	@$(STEP) --show '^Ran ' "lake in a store" .venv-lake/bin/python -B tests/lake/s3.py $(LAKE_TARGET)/debug/describe-lake target/debug/describe-api

test-mass: toolchain ## the files of some thousand public tables against exact arithmetic, pandas and DuckDB
	@scripts/python-tools .venv-mass tests/mass/requirements.txt
	@$(STEP) "collections" .venv-mass/bin/python -B tests/mass/fetch.py target/mass
	@cargo build --quiet --locked
	@$(STEP) --show '^' "mass test" .venv-mass/bin/python -B tests/mass/compare.py target/debug/describe-api target/mass

test-hold: toolchain ## requests made to break the service, against budgets of memory and time; half an hour
	@cargo build --quiet --locked --release
	@$(STEP) --show '^(FAIL|[0-9]+ passed)' "hold" tests/hold/ceiling target/release/describe-api

test-load: toolchain ## more load than the service takes, shutdowns under load, slow clients and ten minutes of mixed requests
	@command -v slowhttptest >/dev/null || scripts/debian-packages slowhttptest
	@cargo build --quiet --locked --release
	@$(STEP) --show '^(FAIL|[a-z]+: |[0-9]+ passed)' "load" tests/hold/load target/release/describe-api

bench-sql: toolchain ## statements of `sql` beside the databases' own var_samp
	@scripts/python-tools .venv-sql tests/sql/requirements.txt
	@cargo build --quiet --locked --release
	@.venv-sql/bin/python -B benches/sql.py target/release/describe-api
	@benches/update-docs

bench: toolchain ## measure, each figure beside a floor or a peer, and write the figures into the documents
	@benches/run

workbooks: toolchain ## workbooks of ours, read back by openpyxl, and those of xlwt, described; figures of every format of a report
	@scripts/python-tools
	@cargo build --quiet --locked
	@$(STEP) "workbooks" .venv/bin/python tests/output/workbooks.py target/debug/describe-api
	@$(STEP) --show agree "figures of reports" .venv/bin/python -B tests/output/figures.py target/debug/describe-api

page: toolchain ## the scripts of the page by their types; is its engine that of the sources, and does it answer as the service?
	@command -v npm >/dev/null || scripts/python-tools .venv-clients tests/clients/requirements.txt
	@scripts/node-tools target/page tests/page
	@cargo build --quiet --locked
	@$(STEP) "types of the page" env PATH="$$PWD/.venv-clients/bin:$$PATH" target/page/node_modules/.bin/tsc --project tests/page
	@$(STEP) "sources of the engine" scripts/page-engine --check
	@$(STEP) --show 'equal answers' "engine of the page" env PATH="$$PWD/.venv-clients/bin:$$PATH" python3 -B tests/page/parity.py target/debug/describe-api node examples fuzz/corpus

page-engine: toolchain ## build the engine of the page anew, which is committed; from nothing some minutes
	@scripts/page-engine

browser: toolchain ## the page and the documentation, clicked through in Chromium; the page and reports by axe-core, on screens and on paper
	@command -v chromedriver >/dev/null || scripts/debian-packages chromium chromium-driver
	@command -v npm >/dev/null || scripts/python-tools .venv-clients tests/clients/requirements.txt
	@scripts/python-tools
	@scripts/node-tools target/axe tests/e2e/axe
	@cargo build --quiet --locked
	@$(STEP) "browser" python3 tests/e2e/browser.py target/debug/describe-api target/axe
	@$(STEP) "engine in a browser" python3 -B tests/e2e/local.py target/debug/describe-api
	@$(STEP) --show actions "a newcomer" python3 -B tests/e2e/newcomer.py target/debug/describe-api
	@$(STEP) "reports in a browser" .venv/bin/python -B tests/e2e/reports.py target/debug/describe-api target/axe

instructions: toolchain ## the instructions of the hot paths, counted under Valgrind, against benches/instructions.json
	@$(STEP) --show 'paths within' "instructions" benches/instructions

fuzz: toolchain ## search for inputs that break a parser: a minute of each target, or SECONDS=300
	@scripts/fuzz $(SECONDS)

CHECKS ?= licenses bans sources
deny: toolchain ## licences, versions and sources of dependencies; CHECKS=all with errors published in them; builds its tool, minutes once
	@$(STEP) "cargo-deny" scripts/cargo-tool cargo-deny@0.20.2
	@PATH=$$PWD/target/tools/bin:$$PATH $(STEP) "dependencies" cargo deny --locked check -D unmatched-skip $(CHECKS)

sbom: toolchain ## what the program is built of, as CycloneDX in target/sbom; builds its tool, minutes once
	@scripts/python-tools
	@$(STEP) "cargo-cyclonedx" scripts/cargo-tool cargo-cyclonedx@0.5.9
	@$(STEP) "SBOM" scripts/sbom
	@$(STEP) --show 'as cargo resolves' "SBOM is valid" .venv/bin/python tests/supply/check_sbom.py target/sbom/describe-api.cdx.json

toolchain:
	@scripts/toolchain

clean: ## remove everything built, the tools of the checks included
	rm -rf target .venv .venv-clients .venv-deploy .venv-lake .venv-mass .venv-schema
