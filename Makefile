# make demo   everything on this machine, nothing to configure
# make test   the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FRESH_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

.PHONY: demo test lint venv lock catalogues clean
.DEFAULT_GOAL := demo

demo: $(VENV)/.run
	@exec $(BIN)/wayhome demo $(ARGS)

test: $(VENV)/.dev
	@$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

venv: $(VENV)/.run

# Re-made when a lock changes. A half-made environment has no stamp, and is finished by the next call.
$(VENV)/.run: requirements/run.txt pyproject.toml $(wildcard locales/*/LC_MESSAGES/*.po)
	@$(PYTHON) -c '$(FRESH_ENOUGH)' 2>/dev/null || { echo "Wayhome needs Python 3.11 or newer: install it, or name it with 'make PYTHON=/path/to/python3.11 …'." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Wayhome needs …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(MAKE) --no-print-directory catalogues
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

catalogues:
	@if ls locales/*/LC_MESSAGES/*.po >/dev/null 2>&1; then $(BIN)/pybabel --quiet compile --directory locales --domain wayhome; fi

# Names, versions and hashes only: needs uv on the PATH.
lock:
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header requirements/dev.in -o requirements/dev.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header -c requirements/dev.txt requirements/run.in -o requirements/run.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
