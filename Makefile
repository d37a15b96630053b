# Each target makes the environment it needs. IN, OUT and FLAGS are for `make extract`, OUT is for `make report` too, N for
# `make bench-scale`, MINUTES and TARGETS for `make fuzz`, STEPS for `make model`,
# and N and SEED for `make mutants`.
PYTHON ?= python3.11
VENV ?= .venv
IN ?= samples
OUT ?= out
FLAGS ?=
N ?= 2000
MINUTES ?= 10
TARGETS ?=
STEPS ?= 2000
SEED ?= 1

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SOURCES := extract tests fuzz benchmarks supply docs/hooks.py notebooks

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help extract report example notebooks docs test coverage fuzz model mutants check bench bench-confidence bench-scale soak hostile hashes inventory clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

extract: $(VENV)/.run ## Read IN (samples) and write the tables to OUT (out); FLAGS go to the command
	$(BIN)/pifubiao extract $(IN) --out $(OUT) $(FLAGS)

report: $(VENV)/.report ## Write a report of the tables in OUT for a browser, beside them
	$(BIN)/pifubiao report $(OUT)

example: $(VENV)/.run ## Write an archive of made-up figures to example/, and its tables to out-example/
	$(BIN)/python -m tests.example example
	$(BIN)/pifubiao extract example --out out-example --max-failed 3

notebooks: $(VENV)/.notebooks ## Execute the notebooks from a clean output, and write docs/notebooks/
	$(BIN)/python -m tests.notebooks

docs: $(VENV)/.docs ## Build the site of the documents into site/; links that lead nowhere fail
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

test: $(VENV)/.test ## Run the tests
	$(BIN)/python -m pytest

coverage: $(VENV)/.test $(VENV)/.coverage ## Run the tests and say which lines and branches of the package they do not reach
	$(BIN)/coverage erase
	HYPOTHESIS_PROFILE=measured $(BIN)/coverage run -m pytest; ended=$$?; \
	$(BIN)/coverage combine --quiet && $(BIN)/coverage report --fail-under 0 && $(BIN)/python -m tests.covered && exit $$ended

fuzz: $(VENV)/.fuzz ## Fuzz the readers and what reads other files, MINUTES (10) in all; TARGETS for some of them
	$(BIN)/python -m fuzz.run --minutes $(MINUTES) $(TARGETS)

model: $(VENV)/.test ## Hold runs over changing inputs against runs from nothing, for STEPS (2000) steps
	PIFUBIAO_MODEL_STEPS=$(STEPS) $(BIN)/python -m pytest -s tests/test_batch_model.py

mutants: $(VENV)/.test $(VENV)/.mutation ## See whether tests notice N (600) changes of the code drawn by SEED (1), and write benchmarks/MUTANTS.md
	$(BIN)/python -m benchmarks.mutants $(if $(filter command line,$(origin N)),$(N)) --seed $(SEED)

check: $(VENV)/.check ## Run ruff, mypy and import-linter
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.bench ## Time the way through, and write benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks.bench

bench-confidence: $(VENV)/.check ## Learn what a confidence is worth, and write benchmarks/CONFIDENCE.md
	$(BIN)/python -m benchmarks.calibrate

bench-scale: $(VENV)/.bench ## Time runs over an archive of N (2000) files, and write benchmarks/SCALE.md
	$(BIN)/python -m benchmarks.scale $(N)

soak: $(VENV)/.test ## Run over N (900000) files with a million forms, and write a section of benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks.soak $(if $(filter command line,$(origin N)),$(N))

hostile: $(VENV)/.test ## Run over N (10000) files made to break a reader, and write benchmarks/HOSTILE.md
	$(BIN)/python -m benchmarks.hostile $(if $(filter command line,$(origin N)),$(N))

hashes: $(VENV)/.supply ## Write hashes.txt anew, after a change of pyproject.toml or constraints.txt
	$(BIN)/python -m supply.hashes

inventory: $(VENV)/.supply ## Write the bill of materials and the licences, docs/sbom.cdx.json and docs/licences.md
	$(BIN)/python -m supply.inventory

clean: ## Remove the environment, the tables and all caches
	rm -rf $(VENV) out out-report out-example example site dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .fuzz .coverage mutants
	find $(SOURCES) docs -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp says that the environment has what the target needs; a change of the requirements makes it anew.
# Each package has one of the hashes in hashes.txt, which a pip older than the one pinned there could not hold it to.
$(VENV)/.run: pyproject.toml hashes.txt
	$(PYTHON) -m venv $(VENV)
	awk '/^[^ ]/ { own = /^pip==/ } own' hashes.txt > $(VENV)/pip.txt
	$(PIP) install --quiet --require-hashes --requirement $(VENV)/pip.txt
	$(BIN)/python supply/needed.py > $(VENV)/run.txt
	$(PIP) install --quiet --require-hashes --constraint hashes.txt --requirement $(VENV)/run.txt
	$(PIP) install --quiet --no-deps --build-constraint hashes.txt --editable .
	@touch $@

$(VENV)/.report $(VENV)/.notebooks $(VENV)/.docs $(VENV)/.test $(VENV)/.coverage $(VENV)/.fuzz $(VENV)/.mutation $(VENV)/.check $(VENV)/.bench $(VENV)/.supply: $(VENV)/.%: $(VENV)/.run
	$(BIN)/python supply/needed.py $* > $(VENV)/$*.txt
	$(PIP) install --quiet --require-hashes --constraint hashes.txt --requirement $(VENV)/$*.txt
	@touch $@
