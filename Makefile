# make book · make test · make serve · make notebooks · make bench · make mutants · make clean
# Paths are relative, so that the folder's own path may hold spaces.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# One core for each process: tests and notebooks run side by side.
export OMP_NUM_THREADS := 1

.PHONY: help book test serve notebooks bench mutants clean

help:
	@echo "make book       run every chapter and build the site"
	@echo "make test       everything that the checks run"
	@echo "make serve      show the site on localhost (PORT=$(PORT))"
	@echo "make notebooks  bring the .ipynb files in step with their .md sources"
	@echo "make bench      time the models, the checks and the marking of a class"
	@echo "make mutants    plant known bugs and see each of them caught"
	@echo "make clean      remove what was built (.venv stays; remove it by hand)"

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "The course needs Python 3.10 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make book PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "$(PYTHON) could not make a virtual environment (on Debian: apt install python3-venv)"; exit 1; }
	@touch $@

# Written when everything is installed, so that a second run installs nothing.
.venv/installed: .venv/made requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

book: .venv/installed
	@$(BIN)/python tools/book.py

serve: book
	@echo "http://localhost:$(PORT)/ (Ctrl-C ends it)"
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

test: book
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest -n auto --dist loadgroup

notebooks: .venv/installed
	@$(BIN)/python tools/notebooks.py

# nbgrader is there to compare with; without a network the bench does without it.
.venv/bench: .venv/installed requirements-bench.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  -r requirements.txt -r requirements-bench.txt && touch $@ || \
	  echo "requirements-bench.txt could not be installed: nothing will be compared with nbgrader"

bench: .venv/bench
	@$(BIN)/python tools/bench.py

mutants: .venv/installed
	@$(BIN)/python tools/mutants.py

clean:
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis
