# Every target does its own set-up; only Python >= 3.11 (with venv), make and git are needed.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: demo test serve check bench lint clean
.DELETE_ON_ERROR:

demo: $(READY)
	$(BIN)/fund demo

serve: $(READY)
	$(BIN)/fund serve

bench: $(READY)
	$(BIN)/python -m bench

lint: $(READY)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

test: lint
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

# The virtual environment, exactly as pinned: every package by its hash, then the project itself, editable.
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "需要 Python 3.11 或更新版本：make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

# Removes the environment and caches; var, where the data is, stays.
clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
