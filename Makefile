# `make run` needs Python 3.11 or newer, make and a package index; `make test` the same.

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000

# The folder of the research data sets; tests whose data are missing are skipped.
MIEN_DATA ?= $(abspath ../shared/data)
export MIEN_DATA

.PHONY: run test lint format docs bench clean

run: .installed-run
	portrait=$$($(BIN)/python -c "from matplotlib.cbook import get_sample_data as g; print(g('grace_hopper.jpg', asfileobj=False))") && $(BIN)/mien "$$portrait"
	$(BIN)/mien serve --port $(PORT)

# Browsers need the machine for themselves: how long silence between songs lasts is tested.
test: .installed-lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not browser" --numprocesses auto --dist loadfile
	$(BIN)/python -m pytest -m browser

lint: .installed-lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .installed-lint
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: .installed-lint
	$(BIN)/python -m sphinx -E -W --keep-going -q docs build/docs
	@echo "Open build/docs/index.html"

bench: .installed-lint
	$(BIN)/python benchmarks/ranking.py
	$(BIN)/python benchmarks/catalogue.py
	$(BIN)/python benchmarks/faces.py
	$(BIN)/python benchmarks/expression.py
	$(BIN)/python benchmarks/server.py
	$(BIN)/python benchmarks/library.py

.venv:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'mien needs Python 3.11 or newer; try make PYTHON=python3.12')"
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.installed-run: pyproject.toml | .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[library,sample]'
	touch $@

.installed-lint: pyproject.toml | .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[lint]'
	touch $@ .installed-run

clean:
	rm -rf .venv .installed-* build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
