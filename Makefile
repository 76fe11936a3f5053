# make demo   everything on this machine, nothing to configure
# make test   the tests
# make bench  the measurements; ARGS="inbound --write" for one of them, kept
# make faults, fuzz, mutants, scan, audit: what looks for faults; each says below how
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := bot console dialogs domain handlers locales migrations simulator storage
LANGUAGES := fr sq ar uk ru es it pt de el pl
FRESH_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

.PHONY: demo test faults fuzz mutants sentences bench lint scan audit venv lock messages clean
.DEFAULT_GOAL := demo

demo: venv
	@exec $(BIN)/wayhome demo $(ARGS)

test: $(VENV)/.dev venv
	@$(BIN)/python -m pytest $(ARGS)

bench: $(VENV)/.dev venv
	@$(BIN)/wayhome bench $(ARGS)

# All of the fault trials, of which the tests run a twentieth: an hour and a half or so.
faults: $(VENV)/.dev venv
	@$(BIN)/python -m pytest tests/faults tests/model tests/domain/check_ins/test_clock.py tests/domain/pathways/test_year.py tests/handlers/test_forged_buttons.py --faults-share 1 $(ARGS)

# Ten minutes of input that was made to break what takes in words and files of others, of which the
# tests run a handful. ARGS="--seconds 60 watch form" for some of it; findings lie in .fuzz.
fuzz: $(VENV)/.fuzz $(VENV)/.dev venv
	@PYTHONPATH=$(VENV)/fuzz $(BIN)/python -m tests.attacks.fuzzing $(ARGS)

# Whether the tests notice when what decides about distress, and who gets in, is wrong: an hour or so.
# ARGS="--most 1000 distress/scopes" for all mutants of one module; they lie in mutants.
mutants: $(VENV)/.mutants $(VENV)/.dev venv
	@PYTHONPATH=$(VENV)/mutants $(BIN)/python .ci/mutants.py $(ARGS)

# Teaches the model of sentences our messages, which changes domain/distress/sentences.onnx: anew in an
# hour on two idle cores, or with ARGS=--on from where it is; three gigabytes for what it needs and
# nothing else does.
sentences: $(VENV)/.sentences venv
	@PYTHONPATH=$(VENV)/sentences $(BIN)/python -m benchmarks.sentences $(ARGS)

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

# What ruff has no rules for, in the code that runs; ruff's own are bandit's, and both are asked.
scan: $(VENV)/.scan
	@$(VENV)/scan/bin/bandit --quiet --recursive $(PACKAGES) -lll
	@$(VENV)/scan/bin/semgrep scan --quiet --metrics off --disable-version-check --error --config .ci/semgrep.yml $(PACKAGES)

# Whether anything in the locks is known to be vulnerable. ARGS=--strict fails also when the
# advisory database can't be asked.
audit: $(VENV)/.audit
	@$(VENV)/audit/bin/pip-audit --disable-pip --require-hashes --progress-spinner off --format json -r requirements/dev.txt 2>/dev/null | $(PYTHON) .ci/audit.py $(ARGS)

venv: $(VENV)/.run $(VENV)/.catalogues

# uv takes a tenth of pip's time; pip does it where uv can't, behind an index that only pip knows of.
install = $(BIN)/uv pip install --quiet --python $(1) $(2) 2>/dev/null || $(1) -m pip install --quiet --disable-pip-version-check $(2)

$(VENV)/.uv: requirements/install.txt
	@$(PYTHON) -c '$(FRESH_ENOUGH)' 2>/dev/null || { echo "Wayhome needs Python 3.11 or newer: install it, or name it with 'make PYTHON=/path/to/python3.11 …'." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $< || echo "pip will do." >&2
	@touch $@

# Re-made when a lock changes. A half-made environment has no stamp, and is finished by the next call.
$(VENV)/.run: requirements/run.txt pyproject.toml $(VENV)/.uv
	@echo "Installing what Wayhome needs …"
	@$(call install,$(BIN)/python,--require-hashes -r $<)
	@$(call install,$(BIN)/python,--no-deps --no-build-isolation -e .)
	@touch $@

$(VENV)/.catalogues: $(wildcard locales/*/LC_MESSAGES/*.po) $(VENV)/.run
	@$(BIN)/pybabel --quiet compile --directory locales --domain wayhome
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@echo "Installing what the tests need …"
	@$(call install,$(BIN)/python,--require-hashes -r $<)
	@touch $@

# Apart from all else, since they bring much along.
$(VENV)/.audit $(VENV)/.scan: $(VENV)/.%: requirements/%.txt $(VENV)/.uv
	@$(PYTHON) -m venv $(VENV)/$*
	@$(call install,$(VENV)/$*/bin/python,--require-hashes -r $<)
	@touch $@

# Beside the rest, which they run, and not among it.
$(VENV)/.fuzz $(VENV)/.mutants $(VENV)/.sentences: $(VENV)/.%: requirements/%.txt $(VENV)/.run
	@rm -rf $(VENV)/$*
	@$(call install,$(BIN)/python,--require-hashes --target $(VENV)/$* -r $<)
	@touch $@

# After a change of texts: what is new in the code comes into every catalogue, untranslated.
messages: $(VENV)/.dev
	@$(BIN)/pybabel --quiet extract -F babel.cfg --no-default-keywords -k Tr -k texts -k count:1,2 -k N_ -k _ -k gettext -k _gettext:2 -k ngettext:1,2 -k Refused -k RefusedForThem --width=100 --sort-by-file --no-location --omit-header -o locales/wayhome.pot .
	@for language in $(LANGUAGES); do $(BIN)/pybabel --quiet update --width=100 --ignore-pot-creation-date --init-missing --no-fuzzy-matching --ignore-obsolete --domain wayhome -l $$language -i locales/wayhome.pot -d locales; done

# Names, versions and hashes only.
lock: $(VENV)/.uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header requirements/dev.in -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header -c requirements/dev.txt requirements/run.in -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header -c requirements/dev.txt requirements/sentences.in -o requirements/sentences.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header -c requirements/dev.txt requirements/fuzz.in -o requirements/fuzz.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header -c requirements/dev.txt requirements/mutants.in -o requirements/mutants.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header requirements/audit.in -o requirements/audit.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header requirements/scan.in -o requirements/scan.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header requirements/install.in -o requirements/install.txt

clean:
	rm -rf $(VENV) .fuzz mutants .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
