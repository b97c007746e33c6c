# make demo   sets everything up and converts a sample workbook into depot/
# make test   sets up what is missing and runs every check and test
# make cover  the same, with the lines that no test runs
# make docs   makes the pages of docs/ anew (a test holds them fresh)
# make bench  times everything against its targets (benchmarks/README.md); BENCH="--sizes 200 --only requests" for less
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test cover lint format docs bench clean

$(READY): pyproject.toml requirements/dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: $(READY)
	$(BIN)/xl2json sample_workbooks/radio_2000/radio_2000.xlsx --date 2021-11-30 --out depot --ledger depot/registre.sqlite

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: lint
	$(BIN)/python -m pytest -q -n 2

# The same with the lines that no test runs; it takes twice as long.
cover: $(READY)
	$(BIN)/coverage erase
	$(BIN)/python -m pytest -q -n 2 --cov --cov-report=term

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)
	$(BIN)/python docs/make.py

bench: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/bench.txt
	$(BIN)/python -m benchmarks.run $(BENCH)

clean:
	rm -rf $(VENV) depot .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
