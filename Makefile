# One door for everything. `make` alone says what there is.

# Tests and docs speak of target/release/onemap; a machine-wide setting must not move it. `make CARGO_TARGET_DIR=…` may.
export CARGO_TARGET_DIR := $(CURDIR)/target

LISTEN ?= 127.0.0.1:8080
# Further flags of the demo: make demo DEMO="--scale city --seed 7"
DEMO ?=

# Larger third-party data sets, where they lie beside this folder. Tests that want them skip themselves without.
ONEMAP_TEST_DATA ?= $(realpath ../shared/data)
ifneq ($(ONEMAP_TEST_DATA),)
export ONEMAP_TEST_DATA
endif

VIEWER_SOURCES := $(shell find web-viewer -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help need build demo test bench bench-peers scenarios scale fuzz screenshots fmt lint doc generated

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

need:
	@scripts/need.sh

# `npm ci` of npm 11 refuses a lock that leaves out other platforms' optional packages; this keeps to the lock as well.
web-viewer/node_modules/.package-lock.json: web-viewer/package-lock.json
	cd web-viewer && npm install --no-save
	@touch $@

web-viewer/dist/index.html: web-viewer/node_modules/.package-lock.json $(VIEWER_SOURCES)
	cd web-viewer && npm run build
	@touch $@

build: need web-viewer/dist/index.html ## the binary with the viewer inside: target/release/onemap
	cargo build --release --bin onemap

demo: build ## a city on the map, at http://127.0.0.1:8080
	target/release/onemap demo --listen $(LISTEN) $(DEMO)

test: need ## everything that must hold; installs what the tests need
	@scripts/test.sh

bench: need ## speed, each number with its seeded data
	cargo bench --workspace --benches

bench-peers: build ## tiles, nearest and positions beside Martin, PostGIS and Redis: writes docs/benchmarks.md; half an hour
	benches/tiles/run.py

scenarios: build ## the long tests that `make test` leaves out, as one table; and that they go red without a guard
	@scripts/scenarios.sh

scale: build ## a whole city from nothing to tiles, with times and memory: half an hour, 20 GB of disk
	@scripts/scale.sh

fuzz: need ## coverage-guided fuzzing of every reader, SECONDS_EACH for each of them, then property tests with 20,000 cases
	@scripts/fuzz.sh
	PROPTEST_CASES=20000 cargo test --release -p spatial -p intake -p tiles -p dispatch -p patrol --lib --tests

screenshots: build ## docs/img/*.png at 1920x1080 and 3840x2160, in Chinese and English
	@scripts/setup-test.sh browser
	cd tests/browser && for page in '' -dispatch -wall -unit -plan -nearest; do node screenshots$$page.mjs || exit 1; done

generated: build ## writes docs/openapi.json and the viewer's types from the code
	@scripts/generated.sh write

fmt: web-viewer/node_modules/.package-lock.json ## formats all code
	cargo fmt --all
	cd web-viewer && npm run format

lint: need web-viewer/node_modules/.package-lock.json ## the linters alone
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets -- -D warnings
	cd web-viewer && npm run check

doc: need ## the documentation of the code: target/doc
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace --release
